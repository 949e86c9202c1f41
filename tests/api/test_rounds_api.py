"""Rounds, their releases and their bottlenecks, as programs read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.release import Release as ReleaseTable
from chainmap.domain.roles import Role
from chainmap.exports.tables import bottlenecks_json
from chainmap.models import Ask, Party, Rating, Round
from chainmap.services.published import published_find
from chainmap.services.releases import release_of, release_table
from chainmap.services.round_analysis import round_bottlenecks_find
from chainmap.services.rounds import round_reopen
from tests import cast
from tests.api.test_refusals import JUNK, problem_of
from tests.crowd import answer_all, close, make_crowd, make_round, save

#: Changed only on purpose: a field here is a promise to every program that reads it.
FIELDS = [
    "id", "name", "mode", "mode_sentence", "state", "version", "question_set", "opens_at", "closes_at"
]  # fmt: skip
CELL_FIELDS = [
    "table", "supplier_team", "supplier_team_name", "rater_team", "rater_team_name", "state", "mean", "clip", "raters",
    "nps",
]  # fmt: skip


def names(response):
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def rounds(organization):
    """Beside the imported Spring: a draft, an open pair round and a closed anonymous one."""
    return {
        "draft": make_round(organization, "open", opened=False, name="Draft"),
        "pair": make_round(organization, "pair", name="Pair", closes_at=datetime(2099, 6, 1, 12, tzinfo=UTC)),
        "anonymous": close(make_round(organization, "anonymous", name="Anonymous", question_set="short")),
    }


# What a round is


def test_a_round(ask, rounds):
    listed = ask("rounds/").json()["results"]
    assert all(list(row) == FIELDS for row in listed)
    pair = ask(f"rounds/{rounds['pair'].pk}/").json()
    assert pair in listed
    assert pair == {
        "id": rounds["pair"].pk,
        "name": "Pair",
        "mode": "pair",
        "mode_sentence": "The person you rate will see your name and your score. Their manager will not.",
        "state": "open",
        "version": 1,
        "question_set": "full",
        "opens_at": None,
        "closes_at": "2099-06-01T12:00:00+00:00",
    }
    assert (
        "Numbers appear only for 5 or more people" in ask(f"rounds/{rounds['anonymous'].pk}/").json()["mode_sentence"]
    )


def test_drafts_are_there_for_those_who_manage_rounds(ask, rounds, alice, bob, carla, dora, erik):
    for user in (bob, dora):
        assert names(ask("rounds/", user=user)) == ["Anonymous", "Pair", "Draft", "Spring"]
        assert ask(f"rounds/{rounds['draft'].pk}/", user=user).status_code == 200
    for user in (alice, carla, erik):
        assert names(ask("rounds/", user=user)) == ["Anonymous", "Pair", "Spring"]
        for part in ("", "release/", "bottlenecks/", "ballot/", "ballot/1/"):
            missing = ask(f"rounds/987654321/{part}", user=user)
            asked = ask(f"rounds/{rounds['draft'].pk}/{part}", user=user)
            assert (asked.status_code, asked.content) == (404, missing.content), part


def test_rounds_narrowed_and_ordered(ask, rounds, dora):
    for query, found in {
        "state=closed": ["Anonymous", "Spring"],
        "mode=open": ["Draft", "Spring"],
        "mode=open&state=closed": ["Spring"],
        "ordering=name": ["Anonymous", "Draft", "Pair", "Spring"],
        "ordering=id&page_size=2": ["Spring", "Draft"],
        "ordering=-name&page_size=2&page=2": ["Draft", "Anonymous"],
    }.items():
        assert names(ask(f"rounds/?{query}", user=dora)) == found, query


def test_bad_input_10_junk_in_the_query(ask, rounds):
    for name in ("mode", "state", "ordering", "page", "page_size"):
        for junk in JUNK if name == "page" else JUNK[:6]:
            assert list(problem_of(ask(f"rounds/?{name}={junk}"), 400, "bad_filter")["errors"]) == [name]
    release = f"rounds/{rounds['anonymous'].pk}/release/"
    for junk in JUNK:
        assert list(problem_of(ask(f"{release}?version={junk}"), 400, "bad_filter")["errors"]) == ["version"]


def test_bad_input_40_protected_rounds_know_no_filters(ask, rounds):
    """A cut of one's own would be a way to subtract: nothing but the version of the release may be chosen."""
    for part in ("release/", "bottlenecks/", "ballot/", ""):
        for query in ("min=1", "site=Rome&tenure=0", "team=1", "supplier=1", "k=1"):
            problem_of(ask(f"rounds/{rounds['anonymous'].pk}/{part}?{query}"), 400, "unknown_parameter")


def test_an_answer_changes_no_byte_for_others(ask, rounds, alice, bob, dora):
    """While a round is open nothing tells that somebody answered."""

    def seen():
        addresses = ("rounds/", f"rounds/{rounds['pair'].pk}/", "ratings/", "bottlenecks/")
        return [ask(address, user=user).content for address in addresses for user in (alice, bob, dora)]

    before = seen()
    answer_all(rounds["pair"], lambda ask: Card(score=3, comment="late"))
    assert seen() == before


# What was published of it


@pytest.fixture
def crowd(client, db):
    """24 people in three teams, an anonymous round that closed, and red0 signed in as a member."""
    organization = make_crowd()
    user = cast.make_user("red0", organization, Role.MEMBER)
    Party.objects.filter(organization=organization, code="red0").update(user=user)
    published = make_round(organization, "anonymous")
    answer_all(published, lambda ask: Card(score=9 if ask.rater.code.startswith("blue") else 5))
    close(published)
    client.force_login(user)
    return Round.objects.get(pk=published.pk), user


def test_the_release(crowd, client):
    """Blue rates Red with 9, the others rate with 5: cells of teams, and of persons none but one's own."""
    published, user = crowd
    address = f"/api/v1/organizations/{published.organization_id}/rounds/{published.pk}/release/"
    answer = client.get(address).json()
    assert {name: answer[name] for name in ("round", "version", "versions", "k")} == {
        "round": published.pk, "version": 1, "versions": [1], "k": 5
    }  # fmt: skip
    assert all(list(cell) == CELL_FIELDS for cell in answer["cells"])
    tables = [cell["table"] for cell in answer["cells"]]
    assert tables.count("supplier") == 1
    red_to_blue = next(
        cell
        for cell in answer["cells"]
        if (cell["table"], cell["supplier_team_name"], cell["rater_team_name"]) == ("link", "Red", "Blue")
    )
    keys = {"supplier_team", "rater_team"}
    assert {name: value for name, value in red_to_blue.items() if name not in keys} == {
        "table": "link", "supplier_team_name": "Red", "rater_team_name": "Blue", "state": "shown", "mean": 9.0,
        "clip": "at_least", "raters": "8-12", "nps": None,
    }  # fmt: skip
    own = next(cell for cell in answer["cells"] if cell["table"] == "supplier")
    assert own == dict.fromkeys(CELL_FIELDS) | {"table": "supplier", "state": "not_shown"}, "two raters are too few"
    assert client.get(f"{address}?version=1").json() == answer
    problem_of(client.get(f"{address}?version=2"), 404, "not_found")
    assert len(published_find(actor=user, round=published).cells) == len(tables)


def test_the_cell_of_a_person_is_there_for_nobody_else(crowd, client):
    """Nor does the proof tell anything of it: few figures are possible, so they could be tried out."""
    published, user = crowd
    address = f"/api/v1/organizations/{published.organization_id}/rounds/{published.pk}/release/"
    of_supplier = client.get(address).json()
    Party.objects.filter(user=user).update(user=None)
    answer = client.get(address).json()
    assert {cell["table"] for cell in answer["cells"]} == {"organization", "rater_team", "supplier_team", "link"}
    assert answer["proof"] == of_supplier["proof"] != release_of(round=published).proof
    cells = [cell for cell in release_table(release_of(round=published)).cells if cell.table != "supplier"]
    assert answer["proof"] == ReleaseTable.of(5, cells).proof


def test_an_earlier_release_stays(crowd, client):
    published, _user = crowd
    address = f"/api/v1/organizations/{published.organization_id}/rounds/{published.pk}/release/"
    first = client.get(address).content
    again = round_reopen(actor=OPERATOR, round=published, closes_at=None)
    assert client.get(address).content == first, "while it is open again"
    answer_all(again, lambda ask: Card(score=2))
    close(again)
    latest = client.get(address).json()
    assert (latest["version"], latest["versions"]) == (2, [1, 2])
    assert latest["cells"] != client.get(f"{address}?version=1").json()["cells"]


def test_nothing_is_published_before_the_end_nor_of_an_open_round(ask, rounds, organization):
    missing = ask("rounds/987654321/release/")
    imported = Round.objects.get(organization=organization, name="Spring")
    for one in (rounds["pair"], imported):
        assert ask(f"rounds/{one.pk}/release/").content == missing.content
    assert ask(f"rounds/{rounds['pair'].pk}/bottlenecks/").content == missing.content
    assert missing.status_code == 404


def test_bottlenecks_of_an_open_round_are_by_person(ask, organization, carla):
    imported = Round.objects.get(organization=organization, name="Spring")
    response = ask(f"rounds/{imported.pk}/bottlenecks/")
    assert response.content == bottlenecks_json(round_bottlenecks_find(actor=carla, round=imported))
    assert "alice" in [party["id"] for party in response.json()["parties"]]


def test_bottlenecks_of_a_release_are_by_team(crowd, client):
    published, user = crowd
    response = client.get(f"/api/v1/organizations/{published.organization_id}/rounds/{published.pk}/bottlenecks/")
    assert response.content == bottlenecks_json(round_bottlenecks_find(actor=user, round=published))
    assert sorted(party["name"] for party in response.json()["parties"]) == ["Blue", "End customers", "Green", "Red"]


def test_ratings_of_a_pair_round_are_there_for_both_sides_and_the_coach_they_share_with(ask, organization, people):
    """Alice gives Bob the forecast; the coach, who is no party himself, sees it once both ticked it."""
    closed = make_round(organization, "pair", name="Pair")
    given = Ask.objects.get(round=closed, handoff__deliverable="forecast")
    save(closed, given, Card(score=4, shared=True))
    close(closed)
    rating = Rating.objects.get(round=closed)

    def seen(user):
        return ask(f"ratings/?round={closed.pk}", user=people[user]).json()["count"]

    assert [seen(user) for user in ("alice", "bob", "carla", "dora", "erik")] == [1, 0, 0, 0, 0]
    Rating.objects.filter(pk=rating.pk).update(shared_by_supplier=True)
    assert [seen(user) for user in ("alice", "bob", "carla", "dora", "erik")] == [1, 1, 0, 0, 0]


# What it costs


def test_queries_do_not_grow_with_the_rounds(ask, organization, dora, rounds):
    def queries(address):
        ask("rounds/", user=dora)  # signed in
        with CaptureQueriesContext(connection) as captured:
            assert ask(address, user=dora).status_code == 200
        return len(captured)

    addresses = ["rounds/?page_size=200", f"rounds/{rounds['pair'].pk}/", f"rounds/{rounds['anonymous'].pk}/release/"]
    few = [queries(address) for address in addresses]
    Round.objects.bulk_create(
        Round(organization=organization, name=f"Round {number}", state=state)
        for number, state in enumerate(["draft", "closed"] * 50)
    )
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 10
