"""Every page, asked for by everybody with every method: the answer is the one of the table, and nothing is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client

from chainmap.access import OPERATOR
from chainmap.domain.roles import Role
from chainmap.models import HandOff, Membership, Organization, Party, Rating, Round
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests import cast
from tests.access.own import MODULES, rooms
from tests.access.rows import Row
from tests.access.table import ANONYMOUS, INSIDERS, OWN, STRANGER, WEB, methods_of

pytestmark = pytest.mark.django_db

#: A bare form is answered with itself, a redirect, or the sentence that something is missing.
ANSWERED = {"GET": {200, 302}, "HEAD": {200, 302}, "POST": {200, 302, 400}}
#: What is asked for with a round that is no draft would be refused for that alone.
KINDS = {"edit": "draft", "open": "draft", "delete": "draft", "preview": "running", "poster": "running"} | {
    "slips": "running", "invite": "running", "close": "running", "share": "shared"
}  # fmt: skip
#: Rows of "my page", the map and workshops, whose holes their own modules fill.
OWN_PART = "own"
#: The one thing a button of the site sends; whatever a form does not know it leaves out.
SENT, SENT_AS = "shared=yes", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class World:
    """What every row is asked in: two companies, who asks, and what stands in the holes by kind of address.

    Made once for the module; whatever a test writes is taken back at its end.
    """

    acme: int
    other: int
    sessions: dict[str, dict[str, str]]
    ours: dict[str, dict[str, object]]
    theirs: dict[str, dict[str, object]]

    def values(self, row: Row) -> dict[str, object]:
        return self.ours[kind_of(row)]

    def elsewhere(self, row: Row) -> dict[str, object]:
        return self.theirs[kind_of(row)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Acme with its cast and their sessions, and the company that Zoe manages."""
    with django_db_blocker.unblock(), transaction.atomic():
        acme, other = cast.make_organization("Acme"), cast.make_organization("Other", prefix="CANARY ")
        people = cast.make_cast(acme)
        asking = {role.value: people[name] for name, role in cast.USERS}
        asking |= {STRANGER: cast.make_user("zoe", other, Role.MANAGER), ANONYMOUS: None}
        yield World(
            acme=acme.pk,
            other=other.pk,
            ours=holes(acme),
            theirs=holes(other),
            sessions={who: signed_in(user) for who, user in asking.items()},
        )
        transaction.set_rollback(True)


def holes(organization: Organization) -> dict[str, dict[str, object]]:
    """Kind of address -> what stands in the holes of one: a party, a draft, a running and two closed rounds."""
    draft = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Draft"))
    running = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Running"))
    pair = Round.objects.create(organization=organization, name="Pair", mode="pair", state="closed")
    received = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    common = {
        "<int:organization>": organization.pk,
        "<int:party>": Party.objects.get(organization=organization, code="bob").pk,
        "<int:rating>": Rating.objects.create(round=pair, handoff=received, rater=received.customer, score=6).pk,
        "<bottlenecks_format:format>": "csv",
    }
    return {
        OWN_PART: own_holes(organization),
        "draft": common | {"<int:round>": draft.pk},
        "running": common | {"<int:round>": round_open(actor=OPERATOR, round=running).pk},
        "shared": common | {"<int:round>": pair.pk},
        "closed": common | {"<int:round>": organization.rounds.get(name="Spring").pk},
    }


def own_holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of "my page"."""
    common: dict[str, object] = {"<int:organization>": organization.pk}
    for module in MODULES:
        common |= module.holes(organization)
    return common


def kind_of(row: Row) -> str:
    return OWN_PART if row in OWN else KINDS.get(row.route.rstrip("/").rpartition("/")[2], "closed")


def address(route: str, values: dict[str, object], **other: object) -> str:
    """The route with its holes filled; ``other`` by the name inside the hole: ``party=7``."""
    for hole, value in values.items():
        route = route.replace(hole, str(other.get(hole.strip("<>").split(":")[1], value)))
    return "/" + route


def signed_in(user) -> dict[str, str]:
    """The cookies of a session of the user; none for nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return {name: cookie.value for name, cookie in client.cookies.items()}


def rows_written() -> tuple[int, ...]:
    """How many rows of each kind there are, in one question: it is asked around every request."""
    tables = [model._meta.db_table for model in (Organization, Party, HandOff, Rating, Membership, Round)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))
        return cursor.fetchone()


@pytest.mark.parametrize("row", [*WEB, *OWN], ids=lambda row: row.route or "home")
def test_everybody_gets_what_the_table_says(row, world):
    """Each request is undone again, so that everybody finds the same."""
    values = world.values(row)
    before = rows_written()
    for who, session in world.sessions.items():
        for method in methods_of(who):
            client = Client()
            client.cookies.load(session | rooms.cookies(values))
            with transaction.atomic():
                status = client.generic(method, address(row.route, values), SENT, SENT_AS).status_code
                allowed = who in row.allowed.get(method, ())
                assert allowed or rows_written() == before, (who, method)
                transaction.set_rollback(True)
            assert status in expected(row, who, method), (who, method, status)


def expected(row, who, method) -> set[int]:
    if method not in row.allowed:
        return {405}
    if who in row.allowed[method]:
        return ANSWERED[method]
    if who == ANONYMOUS:
        return {302}
    return {row.refused} if who in INSIDERS else {404}


@pytest.mark.parametrize("row", [row for row in [*WEB, *OWN] if "<int" in row.route], ids=lambda row: row.route)
def test_another_organization_s_and_a_missing_address_give_the_same_bytes(row, world):
    """Also for parts of one's own organization: a party or a round of the other one, and one that never was."""
    ours, theirs = world.values(row), world.elsewhere(row)
    method = "GET" if "GET" in row.allowed else "POST"
    asked = [address(row.route, theirs)]
    parts = re.findall(r"<int:(\w+)>", row.route)
    if "organization" in parts:
        asked += [address(row.route, ours, organization=key) for key in (world.other, 10**9)]
    for part in parts:
        if part != "organization":
            asked += [address(row.route, ours, **{part: key}) for key in (theirs[f"<int:{part}>"], 10**9, 2**70)]
    client = Client()
    client.cookies.load(world.sessions[Role.MANAGER.value] | rooms.cookies(ours))
    answers = [client.generic(method, each, SENT, SENT_AS) for each in asked]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
