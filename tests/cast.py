"""A fixed cast and a small company, so that every test speaks of the same people.

Acme, left to right (volume x, score of the receiving side)::

    ext ──(x1)──> alice ──forecast (x3, 6)──> bob ──plan (x1, 9)──> carla ──report (x2, 8)──> client
                    │                          ^                      │
                    └──figures (x1, 4)─────────┼──────────> carla     └──questions (x1, unrated)──> bob
    dan: nobody hands him anything and he hands on nothing

Teams: alice and dan in Sales, bob in Planning, carla in Delivery.
Users: Alice (member, is the party alice), Bob (coach), Carla (manager), Dora (administrator), Erik (auditor);
Zoe manages another company and is a stranger to Acme.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import User

from chainmap.domain.records import DEFAULT_CAPACITY, PartyKind
from chainmap.domain.roles import Role
from chainmap.models import HandOff, Membership, Organization, Party, Rating, Round, Team

PEOPLE = [
    ("alice", "Alice Adams", PartyKind.EMPLOYEE, "Sales"),
    ("bob", "Bob Brown", PartyKind.EMPLOYEE, "Planning"),
    ("carla", "Carla Conti", PartyKind.EMPLOYEE, "Delivery"),
    ("dan", "Dan Duval", PartyKind.EMPLOYEE, "Sales"),
    ("ext", "Paper mill", PartyKind.EXTERNAL_SUPPLIER, ""),
    ("client", "The client", PartyKind.END_CUSTOMER, ""),
]
HANDOFFS = [
    ("ext", "alice", "paper", 1.0, None),
    ("alice", "bob", "forecast", 3.0, 6.0),
    ("alice", "carla", "figures", 1.0, 4.0),
    ("bob", "carla", "plan", 1.0, 9.0),
    ("carla", "client", "report", 2.0, 8.0),
    ("carla", "bob", "questions", 1.0, None),
]
USERS = [
    ("alice", Role.MEMBER),
    ("bob", Role.COACH),
    ("carla", Role.MANAGER),
    ("dora", Role.ADMINISTRATOR),
    ("erik", Role.AUDITOR),
]


def make_organization(name: str, prefix: str = "") -> Organization:
    """The company above under another name; ``prefix`` goes before every name of a party."""
    organization = Organization.objects.create(name=name)
    names = ("Sales", "Planning", "Delivery")
    teams = dict(
        zip(
            names,
            Team.objects.bulk_create(Team(organization=organization, name=prefix + name) for name in names),
            strict=True,
        )
    )
    made = Party.objects.bulk_create(
        Party(
            organization=organization,
            code=code,
            name=f"{prefix}{party_name}",
            kind=kind.value,
            team=teams.get(team),
            capacity=DEFAULT_CAPACITY[kind],
        )
        for code, party_name, kind, team in PEOPLE
    )
    parties = {party.code: party for party in made}
    asked = Round.objects.create(
        organization=organization, name="Spring", mode=Round.Mode.OPEN, state=Round.State.CLOSED
    )
    handoffs = HandOff.objects.bulk_create(
        HandOff(
            organization=organization,
            supplier=parties[supplier],
            customer=parties[customer],
            deliverable=f"{prefix}{deliverable}",
            volume=volume,
        )
        for supplier, customer, deliverable, volume, _score in HANDOFFS
    )
    Rating.objects.bulk_create(
        Rating(round=asked, handoff=handoff, rater=handoff.customer, score=score, given_on=date(2026, 5, 4))
        for handoff, (*_ends, score) in zip(handoffs, HANDOFFS, strict=True)
        if score is not None
    )
    organization.touch()
    return organization


def make_user(username: str, organization: Organization | None = None, role: Role | None = None) -> User:
    """A user, with one role where one is given."""
    user = User.objects.create_user(username=username, first_name=username.capitalize())
    if organization is not None and role is not None:
        Membership.objects.create(organization=organization, user=user, role=role.value)
    return user


def make_cast(organization: Organization) -> dict[str, User]:
    """The five people of Acme; alice stands for the party of the same name."""
    users = User.objects.bulk_create(
        User(username=username, first_name=username.capitalize(), password="!") for username, _role in USERS
    )
    Membership.objects.bulk_create(
        Membership(organization=organization, user=user, role=role.value)
        for user, (_username, role) in zip(users, USERS, strict=True)
    )
    Party.objects.filter(organization=organization, code="alice").update(user=users[0])
    return {user.username: user for user in users}
