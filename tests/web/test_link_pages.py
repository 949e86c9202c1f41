"""Answering without an account: looking changes nothing, a dead link says nothing, a used one stays in its browser."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.cards import Card
from chainmap.models import Answer, Link, MirrorGuess, Party, Round
from chainmap.services.ballots import BallotKey, ballot_find
from chainmap.services.limits import LINK_CODE, LINK_MAIL
from chainmap.services.link_cookie import link_cookie_name
from chainmap.services.links import link_issue
from tests.crowd import close, make_round

EMAIL = "carla@example.com"


@pytest.fixture
def rater(organization):
    """Carla gets figures from Alice and a plan from Bob; she has no account."""
    Party.objects.filter(organization=organization, code="carla").update(email=EMAIL)
    return Party.objects.get(organization=organization, code="carla")


@pytest.fixture
def round(organization, rater):
    return make_round(organization, "pair", closes_at=timezone.now() + timedelta(days=3))


@pytest.fixture
def issued(round, rater):
    mail.outbox.clear()
    return link_issue(round=round, rater=rater)


@pytest.fixture
def browser():
    """A browser as strict as a real one about forms."""
    return Client(enforce_csrf_checks=True)


def page_of(name, issued, *more):
    return reverse(f"chainmap:{name}", args=[issued.token, *more])


def first(round, rater):
    return ballot_find(key=BallotKey(round, rater)).items[0]


def send(browser, url, **fields):
    """As a browser sends it under ``Referrer-Policy: no-referrer``."""
    return browser.post(url, {"version": "0", "client_id": str(uuid.uuid4())} | fields, headers={"Origin": "null"})


def stored():
    """Every row a look could change."""
    return [list(model.objects.order_by("pk").values()) for model in (Answer, Link, MirrorGuess)]


def test_a_link_leads_to_the_questions_and_the_end_without_an_account(browser, issued, round, rater):
    start = browser.get(page_of("link", issued))
    assert start.status_code == 302
    then = send(browser, start["Location"], score="9")
    assert then.status_code == 303
    then = send(browser, then["Location"], score="6", comment="thank you")
    assert then["Location"] == page_of("link_mirror", issued)
    guess = re.search(r'name="(guess_\d+)"', browser.get(then["Location"]).content.decode())[1]
    then = browser.post(then["Location"], {guess: "7"}, headers={"Origin": "null"})
    assert "That was all. Thank you!" in browser.get(then["Location"]).content.decode()
    assert [item.card.score for item in ballot_find(key=BallotKey(round, rater)).items] == [9, 6]
    assert MirrorGuess.objects.get().guess == 7


def test_looking_changes_nothing_however_often_and_by_whom(issued, round, rater):
    before = stored()
    ask = first(round, rater).ask
    for method in ("get", "head"):
        for _scanner in range(3):
            for address in (
                page_of("link", issued), page_of("link_card", issued, ask), page_of("link_done", issued),
                page_of("link_mirror", issued),
            ):  # fmt: skip
                assert getattr(Client(), method)(address).status_code in {200, 302}
    assert stored() == before


def test_every_answer_is_kept_nowhere_and_told_to_nobody(browser, issued, round, rater):
    ask = first(round, rater).ask
    answers = [
        browser.get(page_of("link", issued)), browser.get(page_of("link_card", issued, ask)),
        browser.get(page_of("link_card", issued, 10**9)), browser.get(page_of("link_done", issued)),
        browser.get("/a/nonsense/"), browser.get(page_of("link", issued) + "?x=1"), browser.get("/join/"),
        send(browser, page_of("link_card", issued, ask), score="11"), browser.post(page_of("link_renew", issued)),
        Client(headers={"Sec-Fetch-Site": "cross-site"}).post("/join/", {"way": "code", "code": "x"}),
    ]  # fmt: skip
    for answer in answers:
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert settings.SESSION_COOKIE_NAME not in answer.cookies
        assert settings.CSRF_COOKIE_NAME not in answer.cookies


def test_every_dead_link_gives_the_same_bytes(organization, rater, round, issued, other_organization):
    ended, replaced = issued, link_issue(round=round, rater=rater)
    live = link_issue(round=round, rater=rater)  # replaces the one before
    other = make_round(other_organization, "pair")
    closed = link_issue(round=other, rater=Party.objects.get(organization=other_organization, code="carla"))
    close(other)
    expired_round = make_round(organization, "open")
    expired = link_issue(round=expired_round, rater=rater)
    Link.objects.filter(round=expired_round).update(expires_at=timezone.now() - timedelta(seconds=1))
    dead = [ended.token, replaced.token, closed.token, expired.token, "A" * 43, "x", "%00", "%ff", "é", "A" * 10_000]
    answers = [Client().get(f"/a/{token}/") for token in dead]
    answers += [Client().get(f"/a/{token}/done/") for token in dead]
    answers += [send(Client(), f"/a/{token}/1/") for token in dead]
    answers += [Client().post(f"/a/{token}/renew/") for token in dead[:1]]
    answers += [Client().get(page_of("link_card", live, 10**9))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1
    assert 'href="/join/"' in answers[0].content.decode()
    assert Client().get(page_of("link", live)).status_code == 302


def test_a_dead_link_gives_back_what_was_typed(organization, rater, round, issued):
    ask = first(round, rater).ask
    close(round)
    answers = [
        send(Client(), f"/a/{token}/{ask}/", score="4", comment="three\nlines <b>") for token in (issued.token, "never")
    ]
    assert len({answer.content for answer in answers}) == 1
    assert "three<br>lines &lt;b&gt;" in answers[0].content.decode()


def test_the_first_answer_gives_the_link_to_its_browser(browser, issued, round, rater):
    url = page_of("link_card", issued, first(round, rater).ask)
    cookie = browser.get(url).cookies[link_cookie_name()]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", 14 * 24 * 3600)
    assert Client().get(url).status_code == 200
    send(browser, url, score="4", comment="mine alone")
    other = Client()
    for answer in (other.get(url), send(other, url, score="10"), other.get(page_of("link_done", issued))):
        assert answer.status_code == 403
        assert "first answered in another browser" in answer.content.decode()
        assert "Alice" not in answer.content.decode()
    assert "mine alone" in browser.get(url).content.decode()
    assert first(round, rater).card == Card(score=4, comment="mine alone")


def test_a_refused_form_gives_the_link_to_nobody(browser, issued, round, rater):
    url = page_of("link_card", issued, first(round, rater).ask)
    assert send(browser, url, score="11").status_code == 400
    assert Link.objects.get(rater=rater).browser_hash == ""


def test_who_opens_it_elsewhere_can_have_a_new_link_mailed(browser, issued, round, rater):
    send(browser, page_of("link_card", issued, first(round, rater).ask), score="4")
    elsewhere = Client().get(page_of("link", issued)).content.decode()
    renew = re.search(r'action="([^"]+)"', elsewhere)[1]
    assert Client().get(renew).status_code == 405
    assert "Look at your mail" in Client().post(renew).content.decode()
    (sent,) = mail.outbox
    assert sent.to == [EMAIL]
    token = re.search(r"/a/([\w-]+)/", sent.body)[1]
    assert Client().get(f"/a/{token}/").status_code == 302
    assert browser.get(page_of("link", issued)).status_code == 404


def test_a_code_opens_the_questions_once_however_it_is_typed(issued):
    typed = issued.code.lower().replace("-", " ")
    answer = Client().post("/join/", {"way": "code", "code": f" {typed} "})
    assert answer.status_code == 303
    assert Client().get(answer["Location"]).status_code == 302
    assert Client().get(page_of("link", issued)).status_code == 404
    again = Client().post("/join/", {"way": "code", "code": issued.code})
    assert again.status_code == 400
    assert f"“{issued.code}” does not work" in again.content.decode()


def test_a_code_that_is_none_is_said_and_guessing_is_slowed_down(issued):
    for code in ("", "   "):
        assert "Type the code you were given" in Client().post("/join/", {"code": code}).content.decode()
    for number in range(LINK_CODE.most):
        assert Client().post("/join/", {"way": "code", "code": f"<b>{number}"}).status_code == 400
    answer = Client().post("/join/", {"way": "code", "code": issued.code})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 61
    assert "Too many tries from here. Wait 1 minute" in answer.content.decode()
    assert f'value="{issued.code}"' in answer.content.decode()


def test_send_me_my_link_again_answers_every_address_alike(issued):
    wanted = (EMAIL, EMAIL.upper(), "nobody@example.com", "not an address", "x" * 200)
    answers = [Client().post("/join/", {"way": "mail", "email": email}) for email in wanted]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert [sent.to for sent in mail.outbox] == [[EMAIL], [EMAIL]]
    assert "Type your e-mail address" in Client().post("/join/", {"way": "mail", "email": ""}).content.decode()


def test_asking_for_mail_again_and_again_is_slowed_down(issued):
    for _mail in range(LINK_MAIL.most):
        assert Client().post("/join/", {"way": "mail", "email": EMAIL}).status_code == 200
    answer = Client().post("/join/", {"way": "mail", "email": EMAIL})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 60
    assert len(mail.outbox) == LINK_MAIL.most


def test_a_form_of_another_site_is_refused(browser, issued, round, rater):
    url = page_of("link_card", issued, first(round, rater).ask)
    browser.get(url)
    for site in ("cross-site", "same-site"):
        answer = browser.post(
            url,
            {"version": "0", "client_id": str(uuid.uuid4()), "score": "0"},
            headers={"Sec-Fetch-Site": site, "Origin": "https://evil.example"},
        )
        assert answer.status_code == 403
        assert "sent from another site" in answer.content.decode()
    assert first(round, rater).card == Card()


def test_a_round_that_closes_meanwhile_leaves_a_dead_link(browser, issued, round, rater):
    url = page_of("link_card", issued, first(round, rater).ask)
    browser.get(url)
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    assert send(browser, url, score="4").status_code == 404


def test_a_link_holder_is_led_to_no_page_that_needs_an_account(browser, issued, round, rater):
    for name, more in (("link_card", [first(round, rater).ask]), ("link_done", []), ("link_mirror", [])):
        page = browser.get(page_of(name, issued, *more)).content.decode()
        assert "/organizations/" not in page
        assert "csrfmiddlewaretoken" not in page
