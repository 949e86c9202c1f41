"""The rows of the access table, asked for real: everybody, every method, own, foreign and missing things."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.models import Link
from chainmap.services.ballots import ballot_find
from chainmap.services.links import link_find
from tests.access.table import ANONYMOUS, API, EVERYBODY, STRANGER, Row
from tests.api.conftest import DEAD, MISSING, Things, answer_body, put

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Asked with every method; the other roles differ from these only in what they may read.
ASKED_FULLY = {"manager", STRANGER, ANONYMOUS}
#: Answered by a page of its own, not by the interface: anonymous is sent to the sign-in page.
PAGES = {"api/v1/docs/"}
PROBLEM = "application/problem+json"


#: Sent again and again: the same attempt, so that each answer is the same.
BODY = answer_body()
WRITES = ("INSERT", "UPDATE", "DELETE")
#: Counted and written down, as every file that is taken away.
TAKEN = [row for row in API if "/report/files/" in row.route]
IN_ORGANIZATION = [row for row in API if "<int:organization>" in row.route]
BY_LINK = [row for row in API if "<str:token>" in row.route]


def is_write(sql: str) -> bool:
    """Whether it changes something; that a session is in use is noted once a minute."""
    return sql.startswith(WRITES) and not sql.startswith('UPDATE "django_session"')


def needs_rounds(row: Row) -> bool:
    """Whether its address is about a round; making some takes longer than asking."""
    return "rounds/<" in row.route or row in BY_LINK


def number_of(row: Row, things: Things) -> int:
    """What stands for <int:pk>: the round that the address is about, or the row of its kind."""
    if "/rounds/<" in row.route:
        kinds = {"/release/": things.published, "/bottlenecks/": things.imported}
        return next((kinds[end] for end in kinds if row.route.endswith(end)), things.running)
    kinds = {"/handoffs/": things.handoff, "/ratings/": things.rating}
    return next((kinds[kind] for kind in kinds if kind in row.route), things.party)


def address(row: Row, organization: int, things: Things) -> str:
    """The row's address with numbers in it; ``things`` tells which ones."""
    route = "/" + row.route
    for hole, value in (
        ("<int:organization>", organization),
        ("<int:pk>", number_of(row, things)),
        ("<int:ask>", things.ask),
        ("<str:token>", things.token),
        ("<str:format>", "csv"),
    ):
        route = route.replace(hole, str(value))
    return route


def answer(client, method, address):
    """Ask with the method; a PUT brings an answer to save."""
    return put(client, address, BODY) if method == "PUT" else client.generic(method, address)


def content_of(response):
    """All of an answer, also of one that is written while it is sent."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def expected(row: Row, method: str, who: str) -> int:
    if who == ANONYMOUS and row.route not in PAGES and row not in BY_LINK:
        return 401
    if method not in row.allowed:
        return 405
    if who in row.allowed[method]:
        return 200
    return 302 if who == ANONYMOUS else 404 if who == STRANGER else row.refused


def test_every_address_is_asked_for():
    unknown = [row.route for row in API if row not in (*IN_ORGANIZATION, *BY_LINK) and "<" in row.route]
    assert (unknown, len(BY_LINK)) == ([], 2)


@pytest.mark.parametrize("row", API, ids=lambda row: row.route)
def test_who_may_do_what(row, clients, request):
    things = request.getfixturevalue("round_things" if needs_rounds(row) else "things")
    assert set(clients) == EVERYBODY
    written = []
    for who, client in clients.items():
        for method in METHODS if who in ASKED_FULLY else [each for each in ("GET", "PUT") if each in row.allowed]:
            Link.objects.update(browser_hash="")  # each of them is the first
            with CaptureQueriesContext(connection) as queries:
                response = answer(client, method, address(row, things.organization, things))
            assert response.status_code == expected(row, method, who), (who, method)
            if response.status_code >= 400 and row.route not in PAGES:
                assert response["Content-Type"] == PROBLEM
            if response.status_code != 200 or (method != "PUT" and row not in TAKEN):
                written += [query["sql"] for query in queries if is_write(query["sql"])]
    assert written == []
    if needs_rounds(row):
        (item,) = ballot_find(key=link_find(token=things.token).key).items
        assert item.version == ("PUT" in row.allowed)


@pytest.mark.parametrize("row", IN_ORGANIZATION, ids=lambda row: row.route)
def test_foreign_and_missing_things_answer_with_the_same_bytes(row, clients, request):
    kind = "round_things" if needs_rounds(row) else "things"
    ours, theirs = request.getfixturevalue(kind), request.getfixturevalue(f"other_{kind}")
    nothing = Things(MISSING, MISSING, MISSING, MISSING)
    asked = [address(row, theirs.organization, theirs), address(row, MISSING, ours)]
    if "<int:pk>" in row.route:
        asked += [
            address(row, ours.organization, theirs),  # its row under our organization
            address(row, theirs.organization, ours),  # our row under its organization
            address(row, ours.organization, nothing),
        ]
    if "<int:ask>" in row.route:
        asked += [address(row, ours.organization, replace(ours, ask=ask)) for ask in (theirs.ask, MISSING)]
    for who in EVERYBODY - {ANONYMOUS, STRANGER}:
        missing = clients[who].get(address(row, MISSING, nothing))
        assert (missing.status_code, missing["Content-Type"]) == (404, PROBLEM)
        for method in {"GET", "PUT"} & set(row.allowed):
            for each in asked:
                response = answer(clients[who], method, each)
                assert (response.status_code, response.content) == (404, missing.content), (who, method, each)


def test_foreign_and_missing_questions_of_a_link_answer_with_the_same_bytes(client, round_things, other_round_things):
    missing = put(client, f"/api/v1/links/{round_things.token}/{MISSING}/", BODY)
    assert missing.status_code == 404
    for ask in (other_round_things.ask, MISSING, 2**70):
        for method in ("GET", "PUT"):
            response = answer(client, method, f"/api/v1/links/{round_things.token}/{ask}/")
            assert (response.status_code, response.content) == (404, missing.content), (ask, method)


@pytest.mark.parametrize("row", BY_LINK, ids=lambda row: row.route)
def test_a_dead_link_is_nothing_to_everybody(row, clients, round_things):
    answers = {
        answer(client, method, address(row, 0, replace(round_things, token=DEAD))).content
        for client in clients.values()
        for method in {"GET", "PUT"} & set(row.allowed)
    }
    (one,) = answers
    assert b'"status":404' in one


def test_a_role_taken_away_is_gone_with_the_next_request(clients, people, things):
    address = f"/api/v1/organizations/{things.organization}/handoffs/"
    assert clients["coach"].get(address).status_code == 200
    people["bob"].memberships.all().delete()
    assert clients["coach"].get(address).status_code == 404
    people["carla"].is_active = False
    people["carla"].save()
    assert clients["manager"].get(address).status_code == 401


def test_nothing_of_another_organization_is_ever_in_an_answer(clients, round_things, other_round_things):
    ours, theirs = round_things, other_round_things
    for who in EVERYBODY - {ANONYMOUS, STRANGER}:
        for row in API:
            assert b"CANARY" not in content_of(clients[who].get(address(row, ours.organization, ours)))
    # so that its absence above means something
    for seen in (f"organizations/{theirs.organization}/parties/", f"links/{theirs.token}/"):
        assert b"CANARY" in clients[STRANGER].get(f"/api/v1/{seen}").content
