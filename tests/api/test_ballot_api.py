"""Answering as a program does: one's own ballot, signed in or by a personal link, saved once and never lost."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.domain.cards import Card
from chainmap.models import Answer, HandOff, Link, Party, Round
from chainmap.services.links import link_issue
from chainmap.services.tokens import token_create
from tests.api.conftest import DEAD, Ballot, answer_body, put
from tests.api.test_refusals import problem_of
from tests.crowd import close, make_round

NOTHING = {
    "score": None, "not_this_period": False, "reason": None, "moment": None, "moment_line": "", "care": {},
    "needs": {}, "comment": "", "wish": "", "shared": False,
}  # fmt: skip
FULL = {
    "score": 4, "not_this_period": False, "reason": "late", "moment": "misery", "moment_line": "Tuesday, the audit",
    "care": {"responsiveness": "missing", "empowerment": "good"}, "needs": {},
    "comment": "Zażółć\ngęślą jaźń 🚀", "wish": "Friday",
    "shared": True,
}  # fmt: skip


def link_of(round: Round, code: str) -> str:
    return link_issue(round=round, rater=Party.objects.get(organization=round.organization, code=code)).token


@pytest.fixture(params=["session", "link"])
def way(request, round_things, alice_client):
    """Alice's ballot and the client she answers with, both ways."""
    by_link = request.param == "link"
    return Ballot(round_things, by_link=by_link), Client() if by_link else alice_client


# Reading


def test_the_ballot(way):
    ballot, client = way
    read = client.get(ballot.whole).json()
    assert list(read) == ["round", "editable", "answered", "total", "items", "mirrors"]
    assert (read["editable"], read["answered"], read["total"]) == (True, 0, 1)
    assert read["round"]["mode"] == "pair"
    item = {"ask": ballot.things.ask, "version": 0, "card": NOTHING, "place": 1} | {
        "supplier": "Paper mill",
        "deliverable": "paper",
        "needs": [],
    }
    assert read["items"] == [item]
    assert client.get(ballot.question).json() == item
    handoffs = dict(HandOff.objects.values_list("deliverable", "pk"))
    assert read["mirrors"] == [
        {"handoff": handoffs["forecast"], "customer": "Bob Brown", "deliverable": "forecast", "guess": None},
        {"handoff": handoffs["figures"], "customer": "Carla Conti", "deliverable": "figures", "guess": None},
    ]


def test_nobody_else_is_on_the_ballot_of_a_link(client, round_things):
    """Names of one's own suppliers and customers, and no more."""
    page = client.get(f"/api/v1/links/{round_things.token}/").content.decode()
    assert "Paper mill" in page
    for name in ("Dan Duval", "The client", "Alice"):
        assert name not in page


# Saving


def test_an_answer_is_saved(way):
    ballot, client = way
    response = put(client, ballot.question, answer_body(FULL))
    assert (response.status_code, response.json()) == (200, {"ask": ballot.things.ask, "version": 1, "card": FULL})
    assert ballot.stored.card.to_data() == FULL
    assert client.get(ballot.whole).json()["answered"] == 1


def test_a_part_left_out_is_empty_and_a_score_of_null_takes_it_back(way):
    ballot, client = way
    put(client, ballot.question, answer_body(FULL))
    changed = put(client, ballot.question, answer_body({"score": 9}, version=1)).json()
    assert changed == {"ask": ballot.things.ask, "version": 2, "card": NOTHING | {"score": 9}}
    put(client, ballot.question, answer_body({"score": None}, version=2))
    assert ballot.stored.card == Card()


def test_the_same_attempt_is_saved_once(way):
    ballot, client = way
    body = answer_body(client_id=str(uuid.uuid4()))
    answers = {put(client, ballot.question, body).content for _ in range(5)}
    upper = put(client, ballot.question, body | {"client_id": body["client_id"].upper()})
    assert answers == {upper.content}
    assert (Answer.objects.filter(ask=ballot.things.ask).count(), ballot.stored.version) == (1, 1)


def test_bad_input_15_a_stale_version_shows_both_answers(way):
    ballot, client = way
    put(client, ballot.question, answer_body({"score": 3}))
    problem = problem_of(
        put(client, ballot.question, answer_body({"score": 9, "comment": "mine"})), 409, "answer_conflict"
    )
    assert problem["current"] == NOTHING | {"score": 3}
    assert problem["yours"] == NOTHING | {"score": 9, "comment": "mine"}
    assert (problem["version"], ballot.stored.version) == (1, 1)
    put(client, ballot.question, answer_body(problem["yours"], version=problem["version"]))
    assert ballot.stored.card == Card(score=9, comment="mine")


def test_bad_input_16_an_attempt_used_again_for_something_else(way):
    ballot, client = way
    attempt = str(uuid.uuid4())
    put(client, ballot.question, answer_body({"score": 3}, client_id=attempt))
    problem = problem_of(
        put(client, ballot.question, answer_body({"score": 9}, version=1, client_id=attempt)), 422, "key_reused"
    )
    assert problem["yours"]["score"] == 9
    assert ballot.stored.card.score == 3


def test_bad_input_13_closed_a_second_ago(ballot, alice_client):
    """The end is what the round says, whether or not somebody has closed it yet; what was typed comes back."""
    Round.objects.filter(pk=ballot.things.running).update(closes_at=timezone.now() - timedelta(seconds=1))
    response = put(alice_client, ballot.question, answer_body({"score": 9, "comment": "mine"}))
    problem = problem_of(response, 409, "round_closed")
    assert problem["yours"] == NOTHING | {"score": 9, "comment": "mine"}
    assert "your coach" in problem["detail"]
    assert Answer.objects.get(ask=ballot.things.ask).score == "--"
    read = alice_client.get(ballot.whole).json()
    assert (read["editable"], read["items"][0]["version"]) == (False, 0)


def test_nothing_of_an_anonymous_answer_can_be_read_after_closing(organization, alice_client):
    round = make_round(organization, "anonymous")
    address = f"/api/v1/organizations/{organization.pk}/rounds/{round.pk}/ballot/"
    (item,) = alice_client.get(address).json()["items"]
    put(alice_client, f"{address}{item['ask']}/", answer_body(FULL | {"shared": False}))
    assert alice_client.get(address).json()["items"][0]["card"]["score"] == 4
    close(round)
    assert alice_client.get(address).json()["items"][0]["card"] == NOTHING
    problem_of(put(alice_client, f"{address}{item['ask']}/", answer_body(version=1)), 409, "round_closed")


def test_a_round_asks_only_what_it_asks(organization, alice_client):
    round = make_round(organization, "open", question_set="score")
    address = f"/api/v1/organizations/{organization.pk}/rounds/{round.pk}/ballot/"
    (item,) = alice_client.get(address).json()["items"]
    response = put(alice_client, f"{address}{item['ask']}/", answer_body({"score": 4, "comment": "x"}))
    assert problem_of(response, 400, "not_asked")["codes"] == {"comment": "not_asked"}


# Who


def test_a_session_needs_its_csrf_token(ballot, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    problem_of(put(client, ballot.question, answer_body()), 403, "permission_denied")
    client.cookies["csrftoken"] = "x" * 32
    problem_of(put(client, ballot.question, answer_body(), headers={"X-CSRFToken": "y" * 32}), 403, "permission_denied")
    assert ballot.stored.version == 0
    response = put(client, ballot.question, answer_body(), headers={"X-CSRFToken": "x" * 32})
    assert (response.status_code, ballot.stored.version) == (200, 1)


def test_a_token_writes_as_its_user(ballot, alice, carla):
    client = Client(enforce_csrf_checks=True)
    hers, others = (f"Token {token_create(user=user)}" for user in (alice, carla))
    problem_of(put(client, ballot.question, answer_body(), headers={"authorization": others}), 404, "not_found")
    assert put(client, ballot.question, answer_body(), headers={"authorization": hers}).status_code == 200
    assert ballot.stored.version == 1


def test_one_cannot_answer_for_somebody_else_in_the_same_round(ballot, alice_client, round_things):
    """The questions of others answer like questions nobody asked."""
    theirs = Answer.objects.filter(ask__round=round_things.running).exclude(ask=round_things.ask)
    assert theirs.count() == 4
    missing = put(alice_client, ballot.address_of(987654321), answer_body()).content
    for answer in theirs:
        response = put(alice_client, ballot.address_of(answer.ask_id), answer_body())
        assert (response.status_code, response.content) == (404, missing)
    assert not theirs.exclude(score="--").exists()


# Links


def test_a_link_needs_no_account_and_leaves_no_trace_on_the_way(link_ballot):
    client = Client(enforce_csrf_checks=True)
    for response in (
        client.get(link_ballot.whole),
        client.get(link_ballot.question),
        put(client, link_ballot.question, answer_body()),
        put(client, link_ballot.question, b"{"),
        client.get(f"/api/v1/links/{DEAD}/"),
        client.post(link_ballot.question),
    ):
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"
        assert "sessionid" not in response.cookies
    assert link_ballot.stored.version == 1


def test_an_account_adds_nothing_to_a_link(link_ballot, alice, zoe, bob):
    """Whoever is signed in meanwhile, the link opens the ballot of its owner and no other."""
    for user in (zoe, bob, alice):
        client = Client()
        client.force_login(user)
        assert client.get(link_ballot.whole).json()["items"][0]["deliverable"] == "paper"


def test_bad_input_38_looking_changes_nothing(link_ballot):
    before = list(Link.objects.values()), list(Answer.objects.values())
    with CaptureQueriesContext(connection) as queries:
        for _ in range(30):
            assert Client().get(link_ballot.whole).status_code == 200
        for method in ("HEAD", "OPTIONS", "POST", "PATCH", "DELETE"):
            Client().generic(method, link_ballot.question)
    assert not [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert (list(Link.objects.values()), list(Answer.objects.values())) == before


def test_the_first_answer_ties_the_link_to_its_browser(link_ballot):
    first, second = Client(), Client()
    for client in (first, second):
        client.get(link_ballot.whole)
    cookie = first.cookies["link"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", "")
    assert put(first, link_ballot.question, answer_body()).status_code == 200
    for response in (
        second.get(link_ballot.whole),
        second.get(link_ballot.question),
        put(second, link_ballot.question, answer_body({"score": 1}, version=1)),
        Client().get(link_ballot.whole),
    ):
        problem_of(response, 403, "other_browser")
        assert "Paper mill" not in response.content.decode()
    assert put(first, link_ballot.question, answer_body({"score": 8}, version=1)).status_code == 200
    assert link_ballot.stored.card.score == 8


def test_an_answer_that_is_refused_ties_nothing(link_ballot):
    problem_of(put(Client(), link_ballot.question, answer_body({"score": 11})), 400, "score_range")
    assert Link.objects.get().browser_hash == ""


def test_a_program_without_cookies_is_given_one_with_its_first_answer(link_ballot):
    client = Client()
    assert put(client, link_ballot.question, answer_body()).status_code == 200
    assert client.get(link_ballot.whole).json()["answered"] == 1


def test_a_cookie_this_server_did_not_make_is_not_used(link_ballot):
    client = Client()
    client.cookies["link"] = "x"
    assert put(client, link_ballot.question, answer_body()).status_code == 200
    assert len(client.cookies["link"].value) == 43


def test_with_tls_the_cookie_is_for_this_host_alone(link_ballot, settings):
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    client.get(link_ballot.whole)
    assert client.cookies["__Host-link"]["secure"] is True


def test_bad_input_38_every_dead_link_is_answered_alike(client, round_things, organization):
    """Ended, replaced, of a round that closed or never opened, one bit off, or nonsense: one answer for all."""
    running = Round.objects.get(pk=round_things.running)
    token = round_things.token
    ended, closed = link_of(running, "bob"), make_round(organization, "pair", name="Short")
    Link.objects.filter(rater__code="bob").update(expires_at=timezone.now())
    of_closed = link_of(closed, "alice")
    close(closed)
    replaced, token = token, link_of(running, "alice")
    assert client.get(f"/api/v1/links/{token}/").status_code == 200
    flipped = ("B" if token[0] == "A" else "A") + token[1:]
    answers = set()
    for dead in (ended, of_closed, replaced, flipped, DEAD, token + "x", token[:-1], "x" * 10_000, "%00", "%ff", "é"):
        for address in (f"/api/v1/links/{dead}/", f"/api/v1/links/{dead}/{round_things.ask}/"):
            for response in (client.get(address), put(client, address, answer_body())):
                if response.status_code != 405:  # the whole ballot cannot be written
                    problem_of(response, 404, "link_dead")
                    answers.add(response.content)
    assert len(answers) == 1


# What it costs


def test_queries_do_not_grow_with_the_ballot(alice_client, organization, ballot, link_ballot):
    def queries(address, body=None):
        with CaptureQueriesContext(connection) as captured:
            response = put(alice_client, address, body) if body else alice_client.get(address)
        assert response.status_code == 200
        return len(captured), len(response.json().get("items", []))

    addresses = (ballot.whole, ballot.question, link_ballot.whole)
    alice_client.get(ballot.whole)  # the first request of a minute notes that the session is used
    few = [queries(address)[0] for address in addresses]
    save = queries(ballot.question, answer_body())[0]
    mill = Party.objects.get(organization=organization, code="ext")
    alice = Party.objects.get(organization=organization, code="alice")
    running = Round.objects.get(pk=ballot.things.running)
    for number in range(30):
        handoff = HandOff.objects.create(
            organization=organization, supplier=mill, customer=alice, deliverable=f"paper {number}"
        )
        asked = running.asks.create(handoff=handoff, rater=alice, rater_team="no_team", supplier_team="no_team")
        Answer.objects.create(ask=asked)
    assert [queries(address)[0] for address in addresses] == few
    assert queries(ballot.question, answer_body({"score": 8}, version=1))[0] == save
    assert queries(ballot.whole)[1] == 31
    assert (max(few), save) <= (10, 20)
