"""What the tests of the interface share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from chainmap.models import HandOff, Organization, Party, Rating
from tests.access.table import ANONYMOUS, STRANGER

MISSING = 987_654_321


@dataclass(frozen=True)
class Things:
    """Primary keys in one organization: the party alice, what she gives to bob, and the rating she got for it."""

    organization: int
    party: int
    handoff: int
    rating: int

    @classmethod
    def of(cls, organization: Organization) -> Things:
        handoff = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
        return cls(
            organization=organization.pk,
            party=Party.objects.get(organization=organization, code="alice").pk,
            handoff=handoff.pk,
            rating=Rating.objects.get(handoff=handoff).pk,
        )


@pytest.fixture
def things(organization) -> Things:
    return Things.of(organization)


@pytest.fixture
def other_things(other_organization) -> Things:
    return Things.of(other_organization)


@pytest.fixture
def clients(people, zoe) -> dict[str, Client]:
    """A signed-in client by role, a stranger's and an anonymous one."""
    signed_in = {
        "member": people["alice"],
        "coach": people["bob"],
        "manager": people["carla"],
        "administrator": people["dora"],
        "auditor": people["erik"],
        STRANGER: zoe,
    }
    clients = {ANONYMOUS: Client()}
    for who, user in signed_in.items():
        clients[who] = Client()
        clients[who].force_login(user)
    return clients


@pytest.fixture
def ask(client, organization, carla) -> Callable[..., Any]:
    """Ask an address of Acme as its manager: ``ask("parties/?kind=employee")``; ``user`` asks as somebody else."""

    signed_in: list[Any] = [None]

    def ask(address: str, user: Any = carla) -> Any:
        if signed_in[0] != user:
            client.force_login(user)
            signed_in[0] = user
        return client.get(f"/api/v1/organizations/{organization.pk}/{address}")

    return ask
