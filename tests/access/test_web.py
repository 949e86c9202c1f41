"""Every page, asked for by everybody with every method: the answer is the one of the table, and nothing is written."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from chainmap.access import OPERATOR
from chainmap.models import HandOff, Membership, Organization, Party, Rating, Round
from chainmap.services.rounds import RoundPlan, round_create, round_open
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
#: The one thing a button of the site sends; whatever a form does not know it leaves out.
SENT, SENT_AS = "shared=yes", "application/x-www-form-urlencoded"


@pytest.fixture
def users(people, zoe):
    """Who asks: the cast of Acme by role, a stranger, and nobody."""
    by_role = {
        member.role: member.user for member in Membership.objects.filter(user__in=[user.pk for user in people.values()])
    }
    return by_role | {STRANGER: zoe, ANONYMOUS: None}


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


def filled(row: Row, organization: Organization) -> dict[str, object]:
    return own_holes(organization) if row in OWN else holes(organization)[kind_of(row.route)]


def kind_of(route: str) -> str:
    return KINDS.get(route.rstrip("/").rpartition("/")[2], "closed")


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


def rows_written() -> list[int]:
    return [model.objects.count() for model in (Organization, Party, HandOff, Rating, Membership, Round)]


@pytest.mark.parametrize("row", [*WEB, *OWN], ids=lambda row: row.route or "home")
def test_everybody_gets_what_the_table_says(row, organization, users):
    """Each request is undone again, so that everybody finds the same."""
    values = filled(row, organization)
    before = rows_written()
    for who, user in users.items():
        session = signed_in(user)
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
def test_another_organization_s_and_a_missing_address_give_the_same_bytes(row, organization, other_organization, carla):
    """Also for parts of one's own organization: a party or a round of the other one, and one that never was."""
    ours, theirs = (filled(row, one) for one in (organization, other_organization))
    method = "GET" if "GET" in row.allowed else "POST"
    asked = [address(row.route, theirs)]
    parts = re.findall(r"<int:(\w+)>", row.route)
    if "organization" in parts:
        asked += [address(row.route, ours, organization=key) for key in (other_organization.pk, 10**9)]
    for part in parts:
        if part != "organization":
            asked += [address(row.route, ours, **{part: key}) for key in (theirs[f"<int:{part}>"], 10**9, 2**70)]
    client = Client()
    client.force_login(carla)
    client.cookies.load(rooms.cookies(ours))
    answers = [client.generic(method, each, SENT, SENT_AS) for each in asked]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
