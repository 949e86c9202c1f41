"""The rows of the access table, asked for real: everybody, every method, own, foreign and missing things."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.table import ANONYMOUS, API, EVERYBODY, STRANGER, Row
from tests.api.conftest import MISSING, Things

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Asked with every method; the other roles differ from these only in what they may read.
ASKED_FULLY = {"manager", STRANGER, ANONYMOUS}
#: Answered by a page of its own, not by the interface: anonymous is sent to the sign-in page.
PAGES = {"api/v1/docs/"}
PROBLEM = "application/problem+json"


def address(row: Row, organization: int, things: Things) -> str:
    """The row's address with numbers in it; ``things`` tells which ones."""
    pk = {"parties": things.party, "handoffs": things.handoff, "ratings": things.rating}
    kind = next((kind for kind in pk if f"/{kind}/<" in row.route), "parties")
    return "/" + row.route.replace("<int:organization>", str(organization)).replace("<int:pk>", str(pk[kind]))


def expected(row: Row, method: str, who: str) -> int:
    if who == ANONYMOUS:
        return 302 if row.route in PAGES and method in row.allowed else 405 if row.route in PAGES else 401
    if method not in row.allowed:
        return 405
    if who in row.allowed[method]:
        return 200
    return 404 if who == STRANGER else row.refused


@pytest.mark.parametrize("row", API, ids=lambda row: row.route)
def test_who_may_do_what(row, clients, things):
    assert set(clients) == EVERYBODY
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for who, client in clients.items():
            for method in METHODS if who in ASKED_FULLY else ("GET", "POST"):
                response = client.generic(method, address(row, things.organization, things))
                assert response.status_code == expected(row, method, who), (who, method)
                if response.status_code >= 400 and row.route not in PAGES:
                    assert response["Content-Type"] == PROBLEM
    assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize("row", [row for row in API if "<" in row.route], ids=lambda row: row.route)
def test_foreign_and_missing_things_answer_with_the_same_bytes(row, clients, things, other_things):
    nothing = Things(MISSING, MISSING, MISSING, MISSING)
    for who in EVERYBODY - {ANONYMOUS, STRANGER}:
        client = clients[who]
        missing = client.get(address(row, MISSING, nothing))
        assert (missing.status_code, missing["Content-Type"]) == (404, PROBLEM)
        asked = [address(row, other_things.organization, other_things), address(row, MISSING, things)]
        if "<int:pk>" in row.route:
            asked += [
                address(row, things.organization, other_things),  # its row under our organization
                address(row, other_things.organization, things),  # our row under its organization
                address(row, things.organization, nothing),
            ]
        for each in asked:
            response = client.get(each)
            assert (response.status_code, response.content) == (404, missing.content), (who, each)


def test_a_role_taken_away_is_gone_with_the_next_request(clients, people, things):
    address = f"/api/v1/organizations/{things.organization}/handoffs/"
    assert clients["coach"].get(address).status_code == 200
    people["bob"].memberships.all().delete()
    assert clients["coach"].get(address).status_code == 404
    people["carla"].is_active = False
    people["carla"].save()
    assert clients["manager"].get(address).status_code == 401


def test_nothing_of_another_organization_is_ever_in_an_answer(clients, things, other_things):
    for who in EVERYBODY - {ANONYMOUS, STRANGER}:
        for row in API:
            assert b"CANARY" not in clients[who].get(address(row, things.organization, things)).content
    answer = clients[STRANGER].get(f"/api/v1/organizations/{other_things.organization}/parties/")
    assert b"CANARY" in answer.content  # so that its absence above means something
