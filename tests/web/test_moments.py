"""The pages of moments: told, thanked, answered, kept between the two sides, and nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.domain.cards import Card
from chainmap.domain.moments import Moment as Encounter
from chainmap.models import Ask, HandOff, Membership, Moment, Notification, Party, Rating
from chainmap.services.moments import moment_answer, moment_tell
from tests.crowd import answer_all, close, make_round, save
from tests.pair import give_account, handoff_of
from tests.privacy.crawl import whole
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

CANARY = "canary-of-a-moment"


@pytest.fixture
def forecast(organization, bob, carla):
    """Alice -> Bob; Bob and Carla stand for the parties of their names here."""
    for user in (bob, carla):
        give_account(organization, user.username)
    return handoff_of(organization, "alice", "bob")


@pytest.fixture
def told(organization, forecast, bob):
    return moment_tell(user=bob, organization=organization, handoff=forecast.pk, kind="magic", words=CANARY)


def test_a_moment_is_told_in_two_taps_and_a_line(signed_in, at, bob, forecast):
    client = signed_in(bob)
    page = client.get(at("moment_tell", forecast.pk))
    assert page.status_code == 200
    assert "Alice Adams sees your name and what you tell here" in text_of(page)
    assert page.content.decode().count('type="radio"') == 2
    sent = client.post(at("moment_tell", forecast.pk), {"kind": "misery", "words": CANARY}, follow=True)
    assert sent.redirect_chain == [(at("handoff", forecast.pk), 302)]
    assert "Told. Alice Adams sees it, and nobody else." in text_of(sent)
    assert CANARY in text_of(sent)
    assert Moment.objects.get().kind == "misery"


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("x" * 10_000, "magic", "This text has 10000 characters, and 200 fit."),
        ("a\x07b", "magic", "a character that cannot be shown (U+0007)"),
        ("fine", "", "Choose one of the two"),
        ("fine", "ordinary", "Select a valid choice"),
    ],
)
def test_what_cannot_be_told_is_said_and_kept(signed_in, at, bob, forecast, words, kind, said):
    answer = signed_in(bob).post(at("moment_tell", forecast.pk), {"kind": kind, "words": words})
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert f'value="{html.escape(words)}"' in answer.content.decode()
    assert not Moment.objects.exists()


def test_the_supplier_is_told_who_tells_and_loses_nothing(signed_in, at, alice, forecast):
    page = signed_in(alice).get(at("moment_tell", forecast.pk))
    assert page.status_code == 200
    assert "by whoever receives the work, here Bob Brown" in text_of(page)
    assert '<form class="me-form"' not in page.content.decode()
    answer = signed_in(alice).post(at("moment_tell", forecast.pk), {"kind": "magic", "words": CANARY})
    assert answer.status_code == 400
    assert CANARY in text_of(answer)
    assert not Moment.objects.exists()


def test_a_hand_off_that_was_taken_out_meanwhile_is_said_with_what_was_typed(signed_in, at, bob, alice, told, forecast):
    HandOff.objects.filter(pk=forecast.pk).update(is_removed=True)
    answer = signed_in(bob).post(at("moment_tell", forecast.pk), {"kind": "magic", "words": "kept words"})
    assert answer.status_code == 409
    assert "kept words" in text_of(answer)
    answer = signed_in(alice).post(at("moment_answer", told.pk), {"answer": "kept reply", "version": 1})
    assert answer.status_code == 409
    assert "kept reply" in text_of(answer)
    assert Moment.objects.get() == told


def test_thanks_in_one_tap_lead_back_to_where_the_button_stands(signed_in, at, alice, bob, told, forecast):
    client = signed_in(alice)
    page = client.get(at("moments"))
    assert CANARY in text_of(page)
    assert 'name="thank"' in page.content.decode()
    tap = {"thank": "yes", "version": 1, "back": "handoff"}
    sent = client.post(at("moment_answer", told.pk), tap, follow=True)
    assert sent.redirect_chain == [(at("handoff", forecast.pk), 302)]
    assert "Bob Brown is told of your answer." in text_of(sent)
    assert 'name="thank"' not in client.get(at("moments")).content.decode()
    assert "Alice Adams says thank you." in text_of(signed_in(bob).get(at("moments")))
    for back, name in (("me", "me"), ("anything", "moments")):
        sent = client.post(
            at("moment_answer", told.pk),
            {"answer": back, "thanked": "on", "version": Moment.objects.get().version, "back": back},
        )
        assert sent["Location"] == at(name)


def test_an_answer_is_read_by_the_teller_who_cannot_write_it(signed_in, at, alice, bob, told):
    client = signed_in(alice)
    assert "What Bob Brown remembers" in text_of(client.get(at("moment_answer", told.pk)))
    client.post(at("moment_answer", told.pk), {"answer": "It was\nthe new list.", "version": 1})
    moment = Moment.objects.get()
    assert (moment.reply, moment.is_thanked) == ("It was\nthe new list.", False)
    page = signed_in(bob).get(at("moment_answer", told.pk))
    assert "Alice Adams answers: It was the new list." in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert signed_in(bob).post(at("moment_answer", told.pk), {"answer": "mine", "version": 2}).status_code == 404


def test_two_answers_at_once_show_both_and_the_second_can_go_on(signed_in, at, alice, told, organization):
    client = signed_in(alice)
    moment_answer(user=alice, organization=organization, pk=told.pk, version=1, thanked=False, reply="from the phone")
    answer = client.post(at("moment_answer", told.pk), {"answer": "from the desk", "version": 1})
    assert answer.status_code == 409
    assert "from the phone" in text_of(answer)
    assert "from the desk" in text_of(answer)
    assert 'name="version" value="2"' in answer.content.decode()
    assert client.post(at("moment_answer", told.pk), {"answer": "from the desk", "version": 2}).status_code == 302
    assert Moment.objects.get().reply == "from the desk"
    tap = client.post(at("moment_answer", told.pk), {"thank": "yes", "version": 1})
    assert tap.status_code == 409
    assert "from the desk" in text_of(tap)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "x" * 10_000, "version": 1}, "This text has 10000 characters, and 500 fit."),
        ({"answer": " ", "version": 1}, "one of the two is needed"),
        ({"answer": "fine"}, "Open the page again"),
        ({"thank": "yes"}, "Open the page again"),
        ({"answer": "fine", "version": "x"}, "Not saved yet"),
    ],
)
def test_an_answer_that_cannot_be_kept_is_said(signed_in, at, alice, told, sent, said):
    answer = signed_in(alice).post(at("moment_answer", told.pk), sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert sent.get("answer", "").strip() in answer.content.decode()
    assert Moment.objects.get().version == 1


def test_the_lists_are_cut_and_one_side_has_pages(signed_in, at, alice, bob, forecast):
    Moment.objects.bulk_create(
        Moment(handoff=forecast, teller=forecast.customer, kind="magic", words=f"word{number}!", told_on="2026-01-01")
        for number in range(45)
    )
    client = signed_in(alice)
    page = client.get(at("moments"))
    assert page.content.decode().count("!</bdi>") == 10
    assert "35 more" in text_of(page)
    counts = [
        client.get(at("moments") + f"?side=to&page={number}").content.decode().count("!</bdi>") for number in (1, 2, 3)
    ]
    assert counts == [20, 20, 5]
    assert "You have told none yet" in text_of(page)
    assert "All moments told by you" in text_of(signed_in(bob).get(at("moments") + "?side=by"))
    for query in ("?side=both", "?page=2", "?side=to&page=4", "?side=to&side=by", "?who=bob"):
        assert client.get(at("moments") + query).status_code == 400


def test_queries_do_not_grow_with_the_moments(signed_in, at, alice, forecast, told):
    client, counts = signed_in(alice), []
    client.get(at("moments"))  # reads the news of them
    for new in (0, 200):
        Moment.objects.bulk_create(
            Moment(handoff=forecast, teller=forecast.customer, kind="misery", words=str(number), told_on="2026-01-01")
            for number in range(new)
        )
        row = []
        for address in (at("moments"), at("moments") + "?side=to", at("moment_answer", told.pk)):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            row.append(len(captured))
        counts.append(row)
    assert counts[0] == counts[1]


# ---- nobody but the two


def crawled(client, start, most=60):
    """The pages one reaches by following links, and their texts."""
    waiting, seen = [start], {}
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen:
            continue
        answer = client.get(address, follow=True)
        seen[address] = whole(answer).decode(errors="replace") if answer.status_code == 200 else ""
        if "text/html" in answer.get("Content-Type", ""):
            links = re.findall(r'href="(/organizations/[^"#]*|\?[^"#]*)', seen[address])
            waiting += [html.unescape(link if link[0] == "/" else address.partition("?")[0] + link) for link in links]
    return seen


@pytest.mark.parametrize("reader", ["carla", "dora", "zoe"])
def test_no_page_shows_a_moment_to_anybody_else(
    signed_in, at, organization, told, people, zoe, alice, forecast, reader
):
    """Manager (and third person of the chain), administrator who is auditor too, stranger: every page they reach, every
    address of the moment."""
    Membership.objects.create(organization=organization, user=people["dora"], role="auditor")
    moment_answer(user=alice, organization=organization, pk=told.pk, version=1, thanked=True, reply=CANARY + "-reply")
    client = signed_in(people.get(reader, zoe))
    pages = crawled(client, reverse("chainmap:home")) | crawled(client, at("chain"), most=1)
    assert len(pages) >= (2 if reader == "zoe" else 8)
    assert not [address for address, text in pages.items() if CANARY in text]
    for address in (at("moment_answer", told.pk), at("moment_tell", forecast.pk)):
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)
    assert client.get(at("handoff", forecast.pk)).status_code == 404


def test_those_who_are_one_of_the_two_find_the_moment(signed_in, at, told, alice):
    """So the look of the test above would find it."""
    mine = crawled(signed_in(alice), at("moments"), most=4)
    assert any(CANARY in text for text in mine.values())


def test_of_a_pair_round_nothing_is_seen_before_it_closes(signed_in, at, organization, alice, bob, forecast):
    asked = make_round(organization, "pair")
    save(
        asked, Ask.objects.get(round=asked, handoff=forecast), Card(score=9, moment=Encounter.MAGIC, moment_line=CANARY)
    )
    addresses = [at("moments"), at("handoff", forecast.pk), at("me"), at("round", asked.pk)]
    assert not [each for each in addresses if CANARY in text_of(signed_in(alice).get(each))]
    assert not Notification.objects.filter(kind="moment").exists()
    close(asked)
    for user in (alice, bob):
        assert CANARY in text_of(signed_in(user).get(at("moments")))
        assert CANARY in text_of(signed_in(user).get(at("handoff", forecast.pk)))


def test_of_an_anonymous_round_nothing_is_ever_seen(signed_in, at, organization, alice, bob, forecast):
    asked = make_round(organization, "anonymous")
    answer_all(asked, lambda ask: Card(score=9, moment=Encounter.MAGIC, moment_line=CANARY))
    close(asked)
    for user in (alice, bob):
        for address in (at("moments"), at("handoff", forecast.pk), at("me")):
            assert CANARY not in text_of(signed_in(user).get(address))


# ---- the ladder on the page of a hand-off


def test_both_sides_see_the_rung_the_next_one_and_every_rule(signed_in, at, organization, alice, bob, told, forecast):
    """A 6 (cast.py), then an 8 in a pair round and a magic moment: client, and supporter is next."""
    asked = make_round(organization, "pair", opened=False)
    asked.state = "closed"
    asked.save()
    Rating.objects.create(round=asked, handoff=forecast, rater=forecast.customer, score=8)
    for user, standing, step in (
        (alice, "Bob Brown stands on the rung “client” here.", "A second 7 or more from Bob Brown"),
        (bob, "You stand on the rung “client” here.", "so that you can say 7 or more two times in a row"),
    ):
        page = signed_in(user).get(at("handoff", forecast.pk))
        text = text_of(page)
        assert standing in text
        assert "The next rung: supporter" in text
        assert step in text
        assert page.content.decode().count('aria-current="step"') == 1
        assert re.search(r"apostle advocate supporter next client now customer prospect", text)
        assert "How this is worked out" in text
        assert "The last two scores are 9 or more." in text
        assert "Every moment of misery has an answer in words from the supplier." in text


def test_names_that_turn_the_reading_direction_do_not(signed_in, at, alice, told, forecast):
    Party.objects.filter(pk=forecast.customer_id).update(name="\u202egnp.exe\u200b<b>")
    for address in (at("moments"), at("moment_answer", told.pk), at("handoff", forecast.pk)):
        source = signed_in(alice).get(address).content.decode()
        assert "\u202e" not in source
        assert "<bdi>gnp.exe &lt;b&gt;</bdi>" in source
