"""What the tests of the interface share."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client

from chainmap.models import Ask, HandOff, Organization, Party, Rating, Round
from chainmap.services.ballots import ballot_find
from chainmap.services.links import link_find, link_issue
from tests.access.table import ANONYMOUS, STRANGER
from tests.crowd import close, make_round

MISSING = 987_654_321
#: A token of the right length that nobody has.
DEAD = "A" * 43


@dataclass(frozen=True)
class Things:
    """Primary keys in one organization: the party alice, what she gives to bob, and the rating she got for it.

    With rounds: the imported open one, a pair round that is published and one that runs, in which alice is asked about
    the paper she gets, and a link to her ballot.
    """

    organization: int
    party: int
    handoff: int
    rating: int
    imported: int = MISSING
    published: int = MISSING
    running: int = MISSING
    ask: int = MISSING
    token: str = DEAD

    def with_rounds(self) -> Things:
        organization = Organization.objects.get(pk=self.organization)
        published = close(make_round(organization, "pair", name="Published"))
        running = make_round(organization, "pair", name="Running")
        ask = Ask.objects.get(round=running, rater=self.party)
        return replace(
            self,
            imported=Round.objects.get(organization=organization, name="Spring").pk,
            published=published.pk,
            running=running.pk,
            ask=ask.pk,
            token=link_issue(round=running, rater=ask.rater).token,
        )

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
def round_things(things) -> Things:
    return things.with_rounds()


@pytest.fixture
def other_round_things(other_things) -> Things:
    return other_things.with_rounds()


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


def answer_body(card: Any = None, *, version: Any = 0, client_id: Any = None, **more: Any) -> dict[str, Any]:
    """What a PUT of an answer holds: score 7 in a first attempt unless told otherwise."""
    card = {"score": 7} if card is None else card
    return {"client_id": client_id or str(uuid.uuid4()), "version": version, "card": card, **more}


def put(client: Client, address: str, body: Any, content_type: str = "application/json", **options: Any) -> Any:
    """Send a body, as bytes where it is none yet."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.put(address, data, content_type, **options)


class Ballot:
    """Where alice answers in a running pair round: signed in, or by her link."""

    def __init__(self, things: Things, *, by_link: bool) -> None:
        self.things = things
        rounds = f"/api/v1/organizations/{things.organization}/rounds/{things.running}/ballot/"
        self.whole = f"/api/v1/links/{things.token}/" if by_link else rounds
        self.question = self.address_of(things.ask)

    def address_of(self, ask: int) -> str:
        """One question."""
        return f"{self.whole}{ask}/"

    @property
    def stored(self) -> Any:
        """What is kept of the answer, and its version."""
        (item,) = ballot_find(key=link_find(token=self.things.token).key).items
        return item


@pytest.fixture
def ballot(round_things) -> Ballot:
    """Alice's, signed in."""
    return Ballot(round_things, by_link=False)


@pytest.fixture
def link_ballot(round_things) -> Ballot:
    """Alice's, by her link."""
    return Ballot(round_things, by_link=True)


@pytest.fixture
def alice_client(alice) -> Client:
    """Alice, signed in."""
    client = Client()
    client.force_login(alice)
    return client
