"""The pages of conversations and agreements: what a person sees and sends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chainmap.models import (
    Agreement,
    Conversation,
    HandOff,
    MirrorGuess,
    Party,
    Preparation,
    Rating,
)
from chainmap.services.first_question import client_answer_save
from tests.pair import make_pair
from tests.web.talking import agreed, text

pytestmark = pytest.mark.django_db
LONG = "x" * 10_000
BIDI = "\u202eevil\u2066 name"


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


@pytest.fixture
def visit(pair, signed_in):
    """User, name of an address, its number, what is sent -> the answer."""

    def go(user, name, *numbers, **sent):
        address = reverse(f"chainmap:{name}", args=[pair.organization.pk, *numbers])
        client = signed_in(user)
        return client.post(address, sent) if sent else client.get(address)

    return go


def invitation(**given):
    return {"reason": "other", "words": "", "starts_at": "", "minutes": "20", "place": ""} | given


@pytest.mark.parametrize("name", ["coffee_new", "agreement_of_handoff"])
def test_a_form_that_comes_empty_says_what_is_missing(pair, signed_in, name):
    sent = signed_in(pair.marta).post(reverse(f"chainmap:{name}", args=[pair.organization.pk, pair.handoff.pk]))
    assert (sent.status_code, "Not saved yet." in text(sent)) == (400, True)
    assert 'aria-invalid="true"' in text(sent)


def test_from_a_low_score_over_a_coffee_to_an_agreement_and_what_came_of_it(pair, visit, signed_in):
    page = visit(pair.marta, "coffee_new", pair.handoff.pk)
    assert "You gave 6 of 10 in “Spring”." in text(page)
    when = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    sent = visit(pair.marta, "coffee_new", pair.handoff.pk, **invitation(reason="low_score", starts_at=when))
    talk = Conversation.objects.get()
    assert sent.url == reverse("chainmap:talk", args=[pair.organization.pk, talk.pk])
    assert "You are invited." in text(visit(pair.alice, "talk", talk.pk))
    assert visit(pair.alice, "talk_answer", talk.pk, answer="accept", version="1").status_code == 302
    assert visit(pair.alice, "talk_lines", talk.pk, version="0", gets="a table", is_shown="on").status_code == 302
    assert "a table" in text(visit(pair.marta, "talk", talk.pk))
    file = visit(pair.marta, "talk_calendar", talk.pk)
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="conversation.ics"'
    made_at = visit(pair.marta, "agreement_new", talk.pk, **agreed(decides="somebody", decides_name="carla conti"))
    agreement = Agreement.objects.get()
    assert made_at.url == reverse("chainmap:agreement", args=[pair.organization.pk, agreement.pk])
    assert (agreement.owner, agreement.decides.code) == (pair.supplier, "carla")
    assert "Proposed to you" in text(visit(pair.alice, "agreement", agreement.pk))
    assert visit(pair.alice, "agreement_answer", agreement.pk, answer="yes", version="1").status_code == 302
    Agreement.objects.update(due_on=timezone.localdate())
    assert "Say what came of it" in text(visit(pair.marta, "agreement", agreement.pk))
    assert 'type="radio"' in text(visit(pair.marta, "agreement_outcome", agreement.pk))
    visit(pair.alice, "agreement_outcome", agreement.pk, outcome="kept", version="2")
    visit(pair.marta, "agreement_outcome", agreement.pk, outcome="kept", score="9", version="2")
    page = text(visit(pair.alice, "agreement", agreement.pk))
    assert "From 6 to 9." in page
    assert "Too early to tell (2 answers)." in page
    assert "From 6 to 9." in text(visit(pair.marta, "talks"))


def checked(page):
    """The value of the ground that is chosen when the form is opened."""
    return re.findall(r'<input type="radio" name="reason" value="(\w+)"[^>]* checked', text(page))


def test_what_somebody_guessed_is_told_only_by_choosing_it(pair, visit, organization):
    """Marta gave 8, Alice had guessed 3: the only grounds are this gap, and something else."""
    Rating.objects.filter(handoff=pair.handoff).update(score=8)
    MirrorGuess.objects.create(round=organization.rounds.get(), handoff=pair.handoff, guess=3)
    page = visit(pair.alice, "coffee_new", pair.handoff.pk)
    assert 'value="gap"' in text(page)
    assert checked(page) == ["other"]
    assert "will learn that you guessed differently than they answered." in text(page)
    Rating.objects.filter(handoff=pair.handoff).update(score=5)
    assert checked(visit(pair.alice, "coffee_new", pair.handoff.pk)) == ["low_score"]
    page = visit(pair.marta, "coffee_new", pair.handoff.pk)
    assert "guessed differently" not in text(page)
    assert "<bdi>Alice Adams</bdi> will read which of these grounds you chose, and the line you write." in text(page)


def test_other_words_for_what_is_agreed_are_shown_beside_it_everywhere(pair, visit, signed_in):
    made = pair.agree(sentence="first words")
    assert "first words" in text(visit(pair.alice, "agreement_edit", made.pk))
    same = agreed(sentence="first words", owner="me", due_on=str(made.due_on), version="2")
    answer = visit(pair.alice, "agreement_edit", made.pk, **same)
    assert answer.status_code == 400
    assert "Nothing is different" in text(answer)
    answer = visit(pair.alice, "agreement_edit", made.pk, **same | {"sentence": "second words"})
    other = Agreement.objects.get(sentence="second words")
    own = f"/organizations/{pair.organization.pk}/me/agreements/{other.pk}/"
    assert answer.url == own
    pages = [visit(user, "agreement", each.pk) for user in (pair.alice, pair.marta) for each in (made, other)]
    assert all("first words" in text(page) and "second words" in text(page) for page in pages)
    assert "Proposed instead, by you:" in text(pages[0])
    assert "Proposed instead by <bdi>Alice Adams</bdi>:" in text(pages[2])
    assert "It would replace what both of you agreed on" in text(pages[3])
    assert "Proposed to you: say yes, or rather not." in text(pages[3])
    assert "Propose other words" not in text(pages[2]) + text(pages[3])
    assert visit(pair.alice, "agreement_edit", made.pk).url == own + "edit/"
    assert visit(pair.marta, "agreement_edit", made.pk).url == own
    answer = visit(pair.marta, "agreement_edit", made.pk, **agreed(sentence="typed", version="2"))
    assert answer.status_code == 400
    assert "Alice Adams has proposed other words already. Say yes or no to those first." in text(answer)
    assert "typed" in text(answer)
    listed = text(visit(pair.marta, "talks"))
    assert "proposes these other words; say yes?" in listed
    assert "other words are proposed" in listed
    assert "wait for a yes instead of" in text(visit(pair.marta, "handoff", pair.handoff.pk))
    client_answer_save(user=pair.marta, organization=pair.organization, words="Carla Conti")  # opens my page
    assert "proposes other words: yes?" in text(visit(pair.marta, "me"))
    visit(pair.marta, "agreement_answer", other.pk, answer="yes", version="1")
    assert "Other words came in its place." in text(visit(pair.alice, "agreement", made.pk))
    assert "It came in the place of:" in text(visit(pair.alice, "agreement", other.pk))
    assert "first words" not in text(visit(pair.alice, "talks"))


@pytest.mark.parametrize("who", ["alice", "marta"])
def test_a_proposal_that_was_declined_or_taken_back_is_listed_as_that_for_both(pair, visit, who):
    made = pair.propose(sentence="by Monday")
    visit(getattr(pair, who), "agreement_answer", made.pk, answer="withdraw", version="1")
    for user in (pair.alice, pair.marta):
        page = visit(user, "talks")
        assert [row.agreement for row in page.context["talks"].over] == [made]
        assert ": taken back" in text(page)


def test_a_second_invitation_points_to_the_first_and_keeps_what_was_typed(pair, visit):
    first = pair.invite()
    answer = visit(pair.alice, "coffee_new", pair.handoff.pk, **invitation(words="about the table"))
    assert answer.status_code == 400
    assert reverse("chainmap:talk", args=[pair.organization.pk, first.pk]) in text(answer)
    assert "about the table" in text(answer)


def test_whoever_left_is_named_and_nothing_typed_is_lost(pair, visit):
    made, talk = pair.agree(), pair.invite()
    pair.leave(pair.customer)
    assert "will not take place" in text(visit(pair.alice, "talk", talk.pk))
    assert visit(pair.alice, "talk_answer", talk.pk, answer="end", version="1").status_code == 302
    for name, given in (("coffee_new", invitation(words="typed")), ("agreement_of_handoff", agreed(sentence="typed"))):
        assert "Bob Brown left on 31 October 2026." in text(visit(pair.alice, name, pair.handoff.pk))
        answer = visit(pair.alice, name, pair.handoff.pk, **given)
        assert answer.status_code == 400
        assert "typed" in text(answer)
        assert "Bob Brown left on 31 October 2026." in text(answer)
    page = text(visit(pair.alice, "agreement", made.pk))
    assert "No longer needed" in page
    assert visit(pair.alice, "agreement_answer", made.pk, answer="withdraw", version="2").status_code == 302
    assert Agreement.objects.get().state == "withdrawn"


def test_a_hand_off_that_was_taken_out_meanwhile_is_said_with_what_was_typed(pair, visit):
    made, talk = pair.due(), pair.invite()
    HandOff.objects.filter(pk=pair.handoff.pk).update(is_removed=True)
    sent = (
        ("coffee_new", pair.handoff.pk, invitation(words="typed")),
        ("agreement_of_handoff", pair.handoff.pk, agreed(sentence="typed")),
        ("talk_lines", talk.pk, {"gets": "typed", "version": "0"}),
        ("agreement_edit", made.pk, agreed(sentence="typed", version="2")),
    )
    for name, number, given in sent:
        answer = visit(pair.alice, name, number, **given)
        assert answer.status_code == 409, name
        assert "typed" in text(answer), name
    for name, number in (("talk", talk.pk), ("agreement", made.pk), ("agreement_outcome", made.pk)):
        assert visit(pair.alice, name, number).status_code == 409


@pytest.mark.parametrize("field", ["gets", "needs", "unsaid"])
def test_a_line_that_is_too_long_is_kept_in_its_field(pair, visit, field):
    talk = pair.invite()
    answer = visit(pair.alice, "talk_lines", talk.pk, **{field: LONG, "version": "0"})
    assert answer.status_code == 400
    assert LONG in text(answer)
    assert "10000 characters, and 300 fit" in text(answer)
    assert not Preparation.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sentence": LONG}, "10000 characters, and 300 fit"),
        ({"sentence": "a\x00b"}, "cannot be shown"),
        ({"sentence": ""}, "Say in one sentence"),
        ({"due_on": "2020-01-01"}, "over already"),
        ({"due_on": "9999-12-31"}, "two years"),
        ({"due_on": "soon"}, "Give a day"),
        ({"due_on": ""}, "Give the day"),
        ({"owner": "them"}, "Choose one of those shown"),
        ({"decides": "somebody"}, "Write the name"),
        ({"decides_name": "Nobody Knows"}, "Nobody here is called “Nobody Knows”"),
        ({"decides_name": BIDI}, "Nobody here is called “evil name”"),
        ({"decides_name": "The client"}, "works here now"),
        ({"score_today": "７"}, "“７” is no number from 0 to 10"),
        ({"score_today": "11"}, "“11” is no number"),
        ({"score_today": "07"}, "“07” is no number"),
        ({"score_today": LONG}, "is no number"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_makes_no_agreement_is_said_beside_its_field_and_kept(pair, visit, given, said):
    Rating.objects.all().delete()  # so that the customer is asked how it is today
    answer = visit(pair.marta, "agreement_of_handoff", pair.handoff.pk, **agreed(**given))
    assert answer.status_code == 400
    assert said in text(answer)
    assert not Agreement.objects.exists()
    if "sentence" not in given:
        assert "It comes by Tuesday" in text(answer)


def test_a_name_that_several_bear_is_asked_for_again(pair, visit, organization):
    Party.objects.create(organization=organization, code="carla2", name="Carla Conti", capacity=1)
    answer = visit(pair.marta, "agreement_of_handoff", pair.handoff.pk, **agreed(decides_name="Carla Conti"))
    assert answer.status_code == 400
    assert "Carla Conti · Delivery" in text(answer)
    chosen = agreed(decides_name="Carla Conti · Delivery")
    assert visit(pair.marta, "agreement_of_handoff", pair.handoff.pk, **chosen).status_code == 302
    made = Agreement.objects.get()
    assert "Carla Conti · Delivery" in text(visit(pair.marta, "agreement_edit", made.pk))


@pytest.mark.parametrize(
    "given", [{"starts_at": "soon"}, {"starts_at": "9999-12-31T23:59"}, {"starts_at": "2020-01-01T10:00"},
              {"minutes": "７"}, {"minutes": "999"}, {"reason": "gap"}, {"place": LONG}, {"words": LONG}],
    ids=lambda given: str(given)[:40],
)  # fmt: skip
def test_an_invitation_that_makes_no_sense_is_refused(pair, visit, given):
    answer = visit(pair.alice, "coffee_new", pair.handoff.pk, **invitation(**given))
    assert answer.status_code == 400
    assert not Conversation.objects.exists()


def test_two_edits_at_once_show_both(pair, visit):
    made = pair.propose()
    assert visit(pair.marta, "agreement_edit", made.pk, **agreed(sentence="by Monday", version="1")).status_code == 302
    answer = visit(pair.alice, "agreement_edit", made.pk, **agreed(sentence="by Friday", owner="me", version="1"))
    assert answer.status_code == 409
    for shown in ("by Monday", "by Friday", "Bob Brown", 'name="version" value="2"'):
        assert shown in text(answer)
    assert Agreement.objects.get().sentence == "by Monday"
    assert visit(pair.alice, "agreement_answer", made.pk, answer="yes", version="1").status_code == 409
    again = agreed(sentence="by Friday", owner="me", version="2")
    assert visit(pair.alice, "agreement_edit", made.pk, **again).status_code == 302


def test_two_times_and_two_sets_of_lines_at_once_show_both(pair, visit):
    talk = pair.invite()
    for place, status in (("roof", 302), ("cellar", 409)):
        answer = visit(pair.alice, "talk_time", talk.pk, place=place, minutes="30", starts_at="", version="1")
        assert answer.status_code == status
    assert "roof" in text(answer)
    assert "cellar" in text(answer)
    for gets, status in (("first", 302), ("second", 409)):
        answer = visit(pair.alice, "talk_lines", talk.pk, gets=gets, version="0")
        assert answer.status_code == status
    assert "first" in text(answer)
    assert "second" in text(answer)
    assert visit(pair.alice, "talk_answer", talk.pk, answer="accept", version="1").status_code == 409


def test_two_outcomes_of_one_person_show_both_and_the_second_can_be_sent_again(pair, visit):
    made = pair.due()
    said = {"version": "2", "seen_outcome": "", "seen_score": ""}
    visit(pair.marta, "agreement_outcome", made.pk, outcome="not", score="3", **said)
    answer = visit(pair.marta, "agreement_outcome", made.pk, outcome="kept", score="8", **said)
    assert answer.status_code == 409
    assert "not kept" in text(answer)
    assert 'name="seen_outcome" value="not"' in text(answer)
    said |= {"seen_outcome": "not", "seen_score": "3"}
    assert visit(pair.marta, "agreement_outcome", made.pk, outcome="kept", score="8", **said).status_code == 302
    assert Agreement.objects.get().score_after == 8


@pytest.mark.parametrize("score", ["７", "11", "-1", "7.5", "", "1e1", LONG])
def test_a_score_that_is_none_is_refused(pair, visit, score):
    made = pair.due()
    answer = visit(pair.marta, "agreement_outcome", made.pk, outcome="kept", score=score, version="2")
    assert answer.status_code == 400
    assert Agreement.objects.get().customer_outcome == ""


def test_ending_twice_is_said(pair, visit):
    talk, made = pair.invite(), pair.due()
    assert visit(pair.alice, "talk_answer", talk.pk, answer="end", version="1").status_code == 302
    answer = visit(pair.alice, "talk_answer", talk.pk, answer="end", version="1")
    assert answer.status_code == 400
    assert "over already" in text(answer)
    Agreement.objects.update(state="ended", supplier_outcome="kept", customer_outcome="kept", score_after=5)
    answer = visit(pair.alice, "agreement_outcome", made.pk, outcome="kept", version="2", seen_outcome="kept")
    assert answer.status_code == 400
    assert "over already" in text(answer)


def test_names_that_turn_the_reading_direction_do_nothing(pair, visit):
    Party.objects.filter(pk=pair.customer.pk).update(name=BIDI)
    made, talk = pair.propose(), pair.invite()
    addresses = [("agreement", made.pk), ("talk", talk.pk), ("talks",), ("agreement_edit", made.pk)]
    for name, *number in [*addresses, ("coffee_new", pair.handoff.pk)]:
        page = visit(pair.alice, name, *number)
        assert page.status_code == 200
        assert "\u202e" not in text(page)
        assert "evil name" in text(page)
