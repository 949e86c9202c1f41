"""Two people of Acme with accounts, so that both sides of a hand-off can be asked: Alice gives Bob the forecast."""

from __future__ import annotations

from django.contrib.auth.models import User

from chainmap.domain.records import PartyKind
from chainmap.models import HandOff, Organization, Party


def give_account(organization: Organization, code: str) -> User:
    """Bob the coach, or Carla the manager, is the party of the same name from now on."""
    user = User.objects.get(username=code)
    Party.objects.filter(organization=organization, code=code).update(user=user)
    return user


def party(organization: Organization, code: str) -> Party:
    return Party.objects.get(organization=organization, code=code)


def handoff_of(organization: Organization, supplier: str, customer: str, deliverable: str | None = None) -> HandOff:
    """Also one that was taken out."""
    rows = HandOff.everything.filter(organization=organization, supplier__code=supplier, customer__code=customer)
    return rows.get() if deliverable is None else rows.get(deliverable=deliverable)


def many_handoffs(organization: Organization, code: str, count: int) -> None:
    """So many hand-offs each way between a party and new colleagues, every third one disputed or one-sided."""
    own = party(organization, code)
    made = Party.objects.bulk_create(
        Party(
            organization=organization, code=f"{code}-{count}-{place}", name=f"Colleague {place}",
            kind=PartyKind.EMPLOYEE.value, capacity=1.0,
        )
        for place in range(count)
    )  # fmt: skip
    HandOff.objects.bulk_create(
        HandOff(
            organization=organization,
            supplier=own if way == "to" else one,
            customer=one if way == "to" else own,
            deliverable=f"{way} {place}",
            supplier_says=("yes", "", "no")[place % 3],
            customer_says=("", "yes", "yes")[place % 3],
            decision_owner=own,
        )
        for place, one in enumerate(made)
        for way in ("to", "from")
    )
    organization.touch()
