"""Every page, asked for by everybody with every method: the answer is the one of the table, and nothing is written."""

from __future__ import annotations

import pytest
from django.test import Client

from chainmap.models import HandOff, Membership, Organization, Party, Rating
from tests.access.table import ANONYMOUS, INSIDERS, STRANGER, WEB

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
#: An address that lets somebody sign in or out answers a bare form with itself or a redirect.
ANSWERED = {200, 302}


@pytest.fixture
def users(people, zoe):
    """Who asks: the cast of Acme by role, a stranger, and nobody."""
    by_role = {
        member.role: member.user for member in Membership.objects.filter(user__in=[user.pk for user in people.values()])
    }
    return by_role | {STRANGER: zoe, ANONYMOUS: None}


def address(route: str, organization: int, party: int) -> str:
    for hole, value in (
        ("<int:organization>", organization), ("<int:party>", party), ("<bottlenecks_format:format>", "csv")
    ):  # fmt: skip
        route = route.replace(hole, str(value))
    return "/" + route


def rows_written() -> list[int]:
    return [model.objects.count() for model in (Organization, Party, HandOff, Rating, Membership)]


@pytest.mark.parametrize("row", WEB, ids=lambda row: row.route or "home")
def test_everybody_gets_what_the_table_says(row, organization, users):
    party = Party.objects.get(organization=organization, code="bob").pk
    before = rows_written()
    for who, user in users.items():
        for method in METHODS:
            client = Client()
            if user is not None:
                client.force_login(user)
            status = client.generic(method, address(row.route, organization.pk, party)).status_code
            assert status in expected(row, who, method), (who, method, status)
    assert rows_written() == before


def expected(row, who, method) -> set[int]:
    if method not in row.allowed:
        return {405}
    if who in row.allowed[method]:
        return ANSWERED
    if who == ANONYMOUS:
        return {302}
    return {row.refused} if who in INSIDERS else {404}


@pytest.mark.parametrize("row", [row for row in WEB if "<int" in row.route], ids=lambda row: row.route)
def test_another_organization_s_and_a_missing_address_give_the_same_bytes(row, organization, other_organization, carla):
    """Also for parts of one's own organization: a party of the other one, and one that never was."""
    theirs = Party.objects.get(organization=other_organization, code="bob").pk
    ours = Party.objects.get(organization=organization, code="bob").pk
    client = Client()
    client.force_login(carla)
    answers = [
        client.get(address(row.route, other_organization.pk, theirs)),
        client.get(address(row.route, other_organization.pk, ours)),
        client.get(address(row.route, 10**9, ours)),
    ]
    if "<int:party>" in row.route:
        answers += [client.get(address(row.route, organization.pk, key)) for key in (theirs, 10**9)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
