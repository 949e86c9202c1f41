"""Answering with an account: one question after the other, nothing lost, a clear end."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.models import HandOff, Link, MirrorGuess, Need, Party, Round
from chainmap.services.ballots import BallotKey, answer_save, ballot_find
from tests.crowd import close, make_round

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def carla(people, organization):
    """Carla gets figures from Alice and a plan from Bob, and hands questions to Bob."""
    Party.objects.filter(organization=organization, code="carla").update(user=people["carla"])
    return people["carla"]


@pytest.fixture
def client(carla, signed_in):
    return signed_in(carla)


@pytest.fixture
def round(organization):
    return make_round(organization, "pair")


def key_of(round):
    return BallotKey(round, Party.objects.get(organization=round.organization, code="carla"))


def items(round):
    return ballot_find(key=key_of(round)).items


def address(name, round, *more):
    return reverse(f"chainmap:{name}", args=[round.organization_id, round.pk, *more])


def card_address(round, place=1):
    return address("answer_card", round, items(round)[place - 1].ask)


def send(client, url, **fields):
    return client.post(url, {"version": "0", "client_id": str(uuid.uuid4())} | fields)


def test_two_posts_answer_two_questions_and_lead_to_the_mirror_and_the_end(client, round):
    first = client.get(address("answer", round))
    assert (first.status_code, first["Location"]) == (302, card_address(round, 1))
    then = send(client, first["Location"], score="9")
    assert (then.status_code, then["Location"]) == (303, card_address(round, 2))
    then = send(client, then["Location"], score="not_this_period")
    assert then["Location"] == address("answer_mirror", round)
    assert [item.card for item in items(round)] == [Card(score=9), Card(not_this_period=True)]
    assert client.get(address("answer", round))["Location"] == address("answer_done", round)


def test_the_card_asks_one_question_and_says_who_will_see_the_answer(client, round):
    page = client.get(card_address(round)).content.decode()
    assert "Alice Adams hands you <em>figures</em>." in page
    assert "Bob Brown" not in page
    assert page.count('name="score"') == 12
    assert page.index("Alice Adams will see your name and your score.") < page.index("Save and next")
    assert "1 of 2" in page
    assert re.search(r'<progress max="2"\s+value="0"', page)
    assert "Share with my coach" in page


@pytest.mark.parametrize(
    ("mode", "question_set", "there", "not_there"),
    [
        ("open", "score", (), ("What I need instead", "Share with my coach", "recognise your style", "<details")),
        ("open", "short", ("incomplete", "Comment"), ("Empowerment", "recognise your style", "What I need instead")),
        ("anonymous", "full", ("Empowerment", "recognise your style", "misery"), ("Share with my coach",)),
        ("pair", "score", ("Share with my coach",), ("<details", "Comment")),
    ],
)
def test_a_card_asks_what_its_round_asks_and_no_more(client, organization, mode, question_set, there, not_there):
    page = client.get(card_address(make_round(organization, mode, question_set=question_set))).content.decode()
    assert [text for text in there if text not in page] == []
    assert [text for text in not_there if text in page] == []


def test_everything_a_card_can_say_is_saved_and_shown_again(client, round):
    comment = "Two days late.\r\nZażółć — 山田 🙂"
    send(
        client, card_address(round), score="4", reason="late", moment="misery", moment_line="at noon", wish="by Monday",
        comment=comment, shared="on", care_empowerment="missing", care_attentiveness="good", care_responsiveness="",
    )  # fmt: skip
    assert items(round)[0].card == Card(
        score=4, reason=Reason.LATE, moment=Moment.MISERY, moment_line="at noon", wish="by Monday", shared=True,
        comment=comment.replace("\r\n", "\n"),
        care={Dimension.EMPOWERMENT: Chip.MISSING, Dimension.ATTENTIVENESS: Chip.GOOD},
    )  # fmt: skip
    page = re.sub(r"\s+", " ", client.get(card_address(round)).content.decode())
    for value in ("4", "late", "misery", "missing", "on"):
        assert f'value="{value}" checked' in page
    assert '<details class="more" open>' in page
    assert "Zażółć — 山田 🙂</textarea>" in page


NO_SCORES = (
    "11", "-1", "5.5", "5,0", "1e1", "٧", "७", "７", " 7", "07", "+7", "0x7", "seven", "NaN", "9" * 5000, "\x00", SCRIPT
)  # fmt: skip


def test_a_score_that_is_none_is_refused_in_words_and_what_else_was_typed_stays(client, round):
    url = card_address(round)
    for score in NO_SCORES:
        answer = send(client, url, score=score, comment="keep me", reason="late")
        page = answer.content.decode()
        assert answer.status_code == 400, score
        assert "Choose a whole number from 0 to 10." in page
        assert "keep me</textarea>" in page
        assert SCRIPT not in page
    assert [item.card for item in items(round)] == [Card(), Card()]


REFUSED = [
    ({}, "Choose a number from 0 to 10, or “not this period”."),
    ({"score": "7", "comment": "x" * 2001}, "2,001 characters are too many"),
    ({"score": "7", "moment_line": "x" * 201}, "201 characters are too many"),
    ({"score": "7", "wish": "x" * 501}, "501 characters are too many"),
    ({"score": "7", "comment": "a\x00b"}, "cannot be shown"),
    ({"score": "7", "reason": "boredom"}, "“boredom” is not one of the choices"),
    ({"score": "7", "care_empowerment": "perhaps"}, "“perhaps” is not one of the choices"),
    ({"score": "7", "shared": "maybe"}, "cannot be read here"),
    ({"score": "7", "mood": "fine"}, "A card has no part with the name “mood”"),
    ({"score": ["7", "8"]}, "sent more than once"),
    ({"score": "7", "client_id": "1"}, "The form was not sent whole"),
    ({"score": "7", "version": "-1"}, "The form was not sent whole"),
    ({"score": "7", "version": "٣"}, "The form was not sent whole"),
]


def test_what_is_wrong_is_said_and_nothing_is_saved(client, round):
    url = card_address(round)
    for fields, said in REFUSED:
        answer = send(client, url, **fields)
        page = answer.content.decode()
        assert answer.status_code == 400, fields
        assert said in page
        typed = fields.get("comment") or fields.get("wish") or ""
        assert typed.replace("\x00", "") in page.replace("\x00", "")
    assert [item.card for item in items(round)] == [Card(), Card()]


def test_sharing_is_a_question_of_pair_rounds_alone(client, organization):
    round = make_round(organization, "open")
    answer = send(client, card_address(round), score="7", shared="on")
    assert answer.status_code == 400
    assert "this round does not ask for it" in answer.content.decode()


def test_back_saves_what_was_typed_and_a_blank_card_saves_nothing(client, round):
    back = send(client, card_address(round, 2), comment="half a thought", go="back")
    assert back["Location"] == card_address(round, 1)
    assert items(round)[1].card == Card(comment="half a thought")
    assert send(client, card_address(round, 1), go="back")["Location"] == address("answer_done", round)
    assert items(round)[0].version == 0


def test_an_answer_can_be_changed_and_taken_back(client, round):
    send(client, card_address(round), score="3")
    page = client.get(card_address(round)).content.decode()
    assert "Take this answer back" in page
    send(client, card_address(round), version="1", score="5")
    assert items(round)[0].card == Card(score=5)
    answer = send(client, card_address(round), version="2", score="5", go="withdraw")
    assert answer["Location"] == address("answer_done", round)
    assert items(round)[0].card == Card()


def test_the_same_form_sent_twice_is_one_save(client, round):
    url, same = card_address(round), {"client_id": str(uuid.uuid4()), "score": "7"}
    assert {send(client, url, **same)["Location"] for _tap in range(3)} == {card_address(round, 2)}
    assert (items(round)[0].card.score, items(round)[0].version) == (7, 1)


def test_two_tabs_show_both_values_and_the_person_chooses(client, round):
    url = card_address(round)
    send(client, url, score="3", comment="first tab")
    answer = send(client, url, score="8", comment="second tab\n<b>")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r"<td>3</td>\s*<td>8</td>", page)
    assert "first tab" in page
    interface = reverse("chainmap_api:ballot_question", args=[round.organization_id, round.pk, items(round)[0].ask])
    assert f'data-forget="{interface}"' in page
    assert "second tab<br>&lt;b&gt;" in page
    assert items(round)[0].card.score == 3
    hidden = {
        name: html.unescape(text)
        for name, text in re.findall(r'<textarea name="(\w+)" hidden>\n([^<]*)</textarea>', page)
    }
    assert client.post(url, hidden)["Location"] == card_address(round, 2)
    assert items(round)[0].card == Card(score=8, comment="second tab\n<b>")


def test_a_form_sent_again_with_another_answer_is_not_overwritten(client, round):
    same = str(uuid.uuid4())
    send(client, card_address(round), score="3", client_id=same)
    answer = send(client, card_address(round), score="8", client_id=same)
    assert answer.status_code == 422
    assert "sent before with another answer" in answer.content.decode()
    assert items(round)[0].card.score == 3


def test_after_closing_what_was_typed_is_shown_and_not_saved(client, round):
    url = card_address(round)
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    answer = send(client, url, score="8", comment="too late?")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This round is closed" in page
    assert "too late?" in page
    assert "tell your coach" in page
    assert items(round)[0].card == Card()
    assert client.get(url)["Location"] == address("answer_done", round)
    assert "This round is closed" in client.get(address("answer_done", round)).content.decode()


def test_nothing_of_a_closed_anonymous_round_is_shown(client, organization):
    round = make_round(organization, "anonymous")
    send(client, card_address(round), score="3")
    close(round)
    page = client.get(address("answer_done", round)).content.decode()
    assert "This round is closed" in page
    assert "Alice Adams" not in page


def test_the_end_says_how_many_until_when_and_whom_to_thank(client, round):
    send(client, card_address(round, 1), score="9")
    half = client.get(address("answer_done", round)).content.decode()
    assert "1 hand-off is still without an answer" in re.sub(r"\s+", " ", half)
    send(client, card_address(round, 2), score="8")
    page = re.sub(r"\s+", " ", client.get(address("answer_done", round)).content.decode())
    assert "You answered 2 of 2." in page
    assert "You can change every answer until the round closes." in page
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now() + timedelta(days=3))
    later = client.get(address("answer_done", round)).content.decode()
    assert re.search(r"Until \d+ \w+ \d{4}, \d\d:\d\d you can change every answer\.", later)
    assert "<bdi>Alice Adams</bdi> hands you what you need" in page
    assert page.count(" Change ") == 2


def test_without_a_nine_nobody_is_named_to_thank(client, round):
    send(client, card_address(round, 1), score="8")
    send(client, card_address(round, 2), score="0")
    assert "Nobody got a 9 or a 10 from you" in client.get(address("answer_done", round)).content.decode()


def head_of(page):
    return re.search(r"<header.*?</header>", page, re.DOTALL)[0]


def test_the_own_page_stays_in_reach_on_every_page_and_is_where_the_end_leads(client, round):
    me = reverse("chainmap:me", args=[round.organization_id])
    news = reverse("chainmap:news", args=[round.organization_id])
    for url in (card_address(round), address("answer_mirror", round), address("answer_done", round)):
        head = head_of(client.get(url).content.decode())
        assert f'href="{me}"' in head
        assert f'href="{news}"' in head
    main_button = f'<a class="button go" href="{me}">To my page</a>'
    assert main_button not in client.get(address("answer_done", round)).content.decode(), (
        "first there is more to answer"
    )
    for place in (1, 2):
        send(client, card_address(round, place), score="8")
    page = client.get(address("answer_done", round)).content.decode()
    assert main_button in page
    assert page.count('class="button go"') == 1


def coffee_in(client, round):
    """Addresses of invitations on the page at the end."""
    page = client.get(address("answer_done", round)).content.decode()
    return re.findall(r'<a class="button" href="([^"]*/coffee/)"><span>Invite <bdi>(.*?)</bdi> for a coffee<', page)


def test_the_end_invites_for_a_coffee_where_the_lowest_score_is_low(client, round):
    """Alice's figures get a 6, Bob's plan a 3: the invitation is for Bob, and the page behind it is there."""
    for place, score in ((1, "6"), (2, "3")):
        send(client, card_address(round, place), score=score)
    ((url, name),) = coffee_in(client, round)
    assert name == "Bob Brown"
    assert (
        "Your lowest score, 3, is for <bdi>Bob Brown</bdi>"
        in client.get(address("answer_done", round)).content.decode()
    )
    assert client.get(url).status_code == 200
    for place, score in ((1, "7"), (2, "7")):
        client.post(card_address(round, place), {"version": "1", "client_id": str(uuid.uuid4()), "score": score})
    assert [item.card.score for item in items(round)] == [7, 7]
    assert coffee_in(client, round) == [], "nothing is low"


@pytest.mark.parametrize("change", [{"left_on": "2026-01-01"}, {"kind": "external_supplier"}])
def test_nobody_is_invited_who_left_or_is_outside(client, round, change):
    for place, score in ((1, "6"), (2, "3")):
        send(client, card_address(round, place), score=score)
    Party.objects.filter(organization=round.organization, code="bob").update(**change)
    assert [name for _url, name in coffee_in(client, round)] == ["Alice Adams"]
    Party.objects.filter(organization=round.organization, code="carla").update(left_on="2026-01-01")
    assert coffee_in(client, round) == [], "nor does somebody who left invite"


def test_an_anonymous_round_leads_from_no_answer_to_a_name(client, organization):
    round = make_round(organization, "anonymous")
    for place, score in ((1, "6"), (2, "3")):
        send(client, card_address(round, place), score=score)
    page = client.get(address("answer_done", round)).content.decode()
    assert "A friendly talk helps" in page
    assert "coffee" not in page


def with_needs(round):
    """Of the figures Carla gets from Alice: one need agreed, one open, one refused."""
    figures = HandOff.objects.get(organization=round.organization, customer__code="carla", supplier__code="alice")
    said = (("open one", ""), ("refused one", "cannot"), ("agreed <b>one", "agreed"))
    return [Need.objects.create(handoff=figures, text=text, reply=reply) for text, reply in said]


def test_needs_stand_right_under_the_score_and_what_cannot_be_is_not_asked(client, organization):
    round = make_round(organization, "pair", question_set="full")
    open_one, refused, agreed = with_needs(round)
    page = client.get(card_address(round)).content.decode()
    needs = page.index("own-needs")
    assert page.index('name="score"') < needs < page.index("<details")
    assert page.index("agreed &lt;b&gt;one <small>agreed</small>") < page.index("open one") < page.index("refused one")
    assert re.sub(r"\s+", " ", page).count("cannot, said <bdi>Alice Adams</bdi>") == 1
    assert f'name="need_{open_one.pk}"' in page
    assert f'name="need_{refused.pk}"' not in page
    sent = {f"need_{open_one.pk}": "missing", f"need_{agreed.pk}": "good", f"need_{refused.pk}": "good"}
    assert send(client, card_address(round), score="4", **sent).status_code == 303
    assert items(round)[0].card.needs == {open_one.pk: Chip.MISSING, agreed.pk: Chip.GOOD}
    page = client.get(card_address(round)).content.decode()
    assert re.search(r'<details class="more"\s*>', page), "a ticked need is no reason to unfold the rest"


def test_the_mirror_keeps_a_guess_and_says_what_is_no_guess(client, round):
    url = address("answer_mirror", round)
    page = client.get(url).content.decode()
    assert "Bob Brown" in page
    name = re.search(r'name="(guess_\d+)"', page)[1]
    for wrong in ("11", "-1", "٧", "7.0", SCRIPT):
        answer = client.post(url, {name: wrong})
        assert answer.status_code == 400
        assert "is no number from 0 to 10" in answer.content.decode()
        assert SCRIPT not in answer.content.decode()
    assert not MirrorGuess.objects.exists()
    assert client.post(url, {name: "10"})["Location"] == address("answer_done", round)
    assert MirrorGuess.objects.get().guess == 10
    client.post(url, {name: ""})
    assert not MirrorGuess.objects.exists()


def test_a_guess_after_closing_is_shown_and_not_saved(client, round):
    url = address("answer_mirror", round)
    name = re.search(r'name="(guess_\d+)"', client.get(url).content.decode())[1]
    close(round)
    answer = client.post(url, {name: "4"})
    assert (answer.status_code, MirrorGuess.objects.count()) == (409, 0)
    assert "Bob Brown" in answer.content.decode()


def test_without_own_hand_offs_there_is_no_mirror(organization, people, signed_in):
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    round = make_round(organization, "pair", question_set="short")
    assert signed_in(people["bob"]).get(address("answer_mirror", round)).status_code == 404


def test_a_phone_link_is_made_by_the_button_alone(client, round):
    url = address("answer_phone", round)
    Link.objects.all().delete()
    page = client.get(url).content.decode()
    assert "Show the code" in page
    assert not Link.objects.exists()
    page = client.post(url).content.decode()
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="qr"' in page
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page)
    assert Link.objects.count() == 1


def test_somebody_elses_question_does_not_exist(client, round, people, signed_in, zoe):
    theirs = ballot_find(key=BallotKey(round, Party.objects.get(organization=round.organization, code="bob")))
    url = address("answer_card", round, theirs.items[0].ask)
    assert client.get(url).status_code == 404
    assert send(client, url, score="1").status_code == 404
    for stranger in (zoe, people["erik"]):
        for name in ("answer", "answer_done", "answer_mirror", "answer_phone"):
            assert signed_in(stranger).get(address(name, round)).status_code == 404
    assert ballot_find(key=BallotKey(round, theirs.rater)).answered == 0


def test_what_is_due_stands_first_until_it_is_done(client, round, organization):
    home = client.get("/")
    assert home.status_code == 200
    page = re.sub(r"\s+", " ", home.content.decode())
    assert "Due now: rate 2 hand-offs" in page
    assert f'href="{address("answer", round)}"' in page
    assert "Due now: rate 2 hand-offs" in re.sub(
        r"\s+", " ", client.get(reverse("chainmap:chain", args=[organization.pk])).content.decode()
    )
    for item in items(round):
        answer_save(
            key=key_of(round), ask=item.ask, card=Card(score=1), version=0, client_id=str(uuid.uuid4())
        )  # fmt: skip
    assert client.get("/").status_code == 302
    assert "Due now" not in client.get(reverse("chainmap:chain", args=[organization.pk])).content.decode()
