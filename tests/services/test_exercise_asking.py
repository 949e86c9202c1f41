"""An agreement needs the yes of the two it binds: each on a phone of its own, or heard by the coach in the room."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.exercise_results import AgreementSaid
from chainmap.models import Entry, Participant, Phone
from chainmap.services.exercise_answers import proposal_answer
from chainmap.services.exercise_asking import proposals_to
from chainmap.services.exercise_entries import EntryRefused, ExerciseClosed, entry_take_back
from chainmap.services.exercise_results import result_find, result_kept, taken_part
from chainmap.services.joining import leave
from chainmap.services.workshop_offers import copy_offers_find
from chainmap.services.workshop_screens import console_screen, phone_screen, phone_version
from chainmap.services.workshop_steps import last_step
from tests.services.exercising import make_exercise, make_room, make_workshop, party_of, reveal, say
from tests.workshop import fresh, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


@pytest.fixture
def exercise(workshop):
    return make_exercise(workshop, "agreements")


@pytest.fixture
def alice(workshop, organization):
    return make_room(workshop, party_of(organization, "alice"))


@pytest.fixture
def bob(workshop, organization):
    return make_room(workshop, party_of(organization, "bob"))


def promise(sentence="It comes by noon", supplier="Alice Adams", customer="Bob Brown", days=3):
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    return {"supplier_words": supplier, "customer_words": customer, "sentence": sentence, "due_on": day}


def asked(room, exercise):
    return proposals_to(room=room, exercise=exercise)


def answer(room, exercise, given="yes"):
    (one,) = asked(room, exercise)
    proposal_answer(room=room, exercise=exercise.pk, mark=one.mark, answer=given)


def how(exercise):
    return [str(one.said) for one in result_kept(exercise=reveal(exercise)).agreements]


def state(workshop, exercise):
    found = result_find(workshop=workshop, exercise=exercise, hides_names=False)
    return [one.state for one in found.context["agreements"]]


def test_one_phone_alone_agrees_nothing_and_the_other_one_is_asked(workshop, exercise, alice, bob):
    before = phone_version(workshop=workshop.pk, token=bob.token)
    say(alice, exercise, promise())
    assert phone_version(workshop=workshop.pk, token=bob.token) != before, "their phone learns of it"
    assert [(one.entry.sentence, one.answer) for one in asked(bob, exercise)] == [("It comes by noon", "")]
    assert asked(alice, exercise) == []
    assert [one["sentence"] for one in phone_screen(bob).card.context["asked"]] == ["It comes by noon"]
    assert taken_part(exercise) == "1 has answered", "to be asked is no answer"
    assert how(exercise) == ["open"]
    assert state(workshop, exercise) == ["still open: proposed by Alice Adams"]


@pytest.mark.parametrize(("given", "said"), [(["yes"], "both"), (["not_yet"], "open"), (["yes", "not_yet"], "open")])
def test_the_other_one_says_yes_or_not_yet_and_the_last_word_counts(exercise, alice, bob, given, said):
    say(alice, exercise, promise())
    for one in given:
        answer(bob, exercise, one)
    assert how(exercise) == [said]


def test_not_yet_and_no_answer_look_the_same(workshop, exercise, alice, bob):
    say(alice, exercise, promise())
    quiet = result_kept(exercise=reveal(exercise))
    exercise.state, exercise.result = "running", ""
    exercise.save()
    answer(bob, exercise, "not_yet")
    assert result_kept(exercise=reveal(exercise)) == quiet


def test_whoever_is_not_here_was_not_asked_and_the_words_say_so(workshop, exercise, alice):
    say(alice, exercise, promise())
    assert how(exercise) == ["not_asked"]
    assert state(workshop, exercise) == ["proposed by Alice Adams; Bob Brown was not asked here"]


def test_a_phone_that_waits_outside_is_not_asked(workshop, exercise, alice, bob):
    Phone.objects.filter(pk=bob.phone.pk).update(is_let_in=False)
    say(alice, exercise, promise())
    assert how(exercise) == ["not_asked"]


def test_who_comes_late_is_asked_as_well(workshop, organization, exercise, alice):
    say(alice, exercise, promise())
    answer(make_room(workshop, party_of(organization, "bob")), exercise)
    assert how(exercise) == ["both"]


def test_somebody_else_says_yes_for_nobody(workshop, organization, exercise, alice, bob):
    carla = make_room(workshop, party_of(organization, "carla"))
    say(carla, exercise, promise())
    (one,) = asked(bob, exercise)
    for room in (carla, make_room(workshop)):
        with pytest.raises(EntryRefused, match="not proposed to you"):
            proposal_answer(room=room, exercise=exercise.pk, mark=one.mark, answer="yes")
    answer(bob, exercise)
    assert how(exercise) == ["open"]
    exercise.state = "running"
    exercise.save()
    answer(alice, exercise)
    assert how(exercise) == ["both"]


def test_a_yes_is_to_these_words_and_to_no_later_ones(exercise, alice, bob):
    say(alice, exercise, promise())
    answer(bob, exercise)
    say(alice, exercise, promise("It comes by midnight"))
    (one,) = asked(bob, exercise)
    assert (one.entry.sentence, one.answer) == ("It comes by midnight", "")
    assert how(exercise) == ["open"]


def test_what_is_taken_back_is_asked_no_more(workshop, exercise, alice, bob):
    say(alice, exercise, promise())
    (one,) = asked(bob, exercise)
    before = phone_version(workshop=workshop.pk, token=bob.token)
    entry_take_back(room=alice, exercise=exercise.pk, key="k1")
    assert phone_version(workshop=workshop.pk, token=bob.token) != before
    assert asked(bob, exercise) == []
    with pytest.raises(EntryRefused, match="taken back or changed"):
        proposal_answer(room=bob, exercise=exercise.pk, mark=one.mark, answer="yes")


@pytest.mark.parametrize(("change", "code"), [("revealed", "revealed"), ("locked", "locked"), ("closed", "closed")])
def test_nothing_is_answered_where_nothing_is_taken(workshop, exercise, alice, bob, change, code):
    say(alice, exercise, promise())
    (one,) = asked(bob, exercise)
    if change == "revealed":
        reveal(exercise)
    else:
        type(workshop).objects.filter(pk=workshop.pk).update(
            **({"is_locked": True} if change == "locked" else {"state": "closed", "code": ""})
        )
    with pytest.raises(ExerciseClosed) as refused:
        proposal_answer(room=bob, exercise=exercise.pk, mark=one.mark, answer="yes")
    assert refused.value.code == code


@pytest.mark.parametrize("given", ["", "no", "YES"])
def test_an_answer_is_yes_or_not_yet(exercise, alice, bob, given):
    say(alice, exercise, promise())
    with pytest.raises(EntryRefused, match="Say yes, or not yet"):
        answer(bob, exercise, given)


def test_another_exercise_knows_no_proposals(workshop, alice, bob):
    other = make_exercise(workshop, "purpose")
    with pytest.raises(EntryRefused, match="not proposed to you"):
        proposal_answer(room=bob, exercise=other.pk, mark="x", answer="yes")
    with pytest.raises(NotFound):
        proposal_answer(room=bob, exercise=0, mark="x", answer="yes")


def test_without_names_nobody_is_asked(organization):
    workshop = make_workshop(organization, "anonymous")
    exercise, room = make_exercise(workshop, "agreements"), make_room(workshop)
    say(room, exercise, promise(supplier="Sales", customer="Planning"))
    assert Entry.objects.count() == 1
    assert asked(make_room(workshop), exercise) == []


@pytest.mark.parametrize(("given", "stays"), [(None, False), ("not_yet", True)])
def test_whoever_was_asked_and_said_nothing_leaves_nothing_behind(exercise, alice, bob, given, stays):
    say(alice, exercise, promise())
    if given:
        answer(bob, exercise, given)
    leave(room=bob)
    assert Participant.objects.filter(pk=bob.participant.pk).exists() is stays


def test_what_people_were_asked_is_not_offered_for_copying(workshop, exercise, alice, bob):
    say(alice, exercise, promise())
    answer(bob, exercise)
    reveal(exercise)
    offers = copy_offers_find(actor=OPERATOR, workshop=workshop)
    assert (len(offers.agreements) + offers.agreements_left, offers.claimed) == (1, 1)


# ---- heard by the coach


def test_the_coach_writes_down_what_both_said_aloud_and_undoes_it(workshop, exercise, alice):
    say(alice, exercise, promise())
    reveal(exercise)
    (row,) = console_screen(actor=OPERATOR, workshop=fresh(workshop)).to_hear
    assert (row.place, row.is_heard, row.sentence) == (0, False, "It comes by noon")
    step(OPERATOR, workshop, "heard", "agreements", agreement=0)
    exercise.refresh_from_db()
    assert result_kept(exercise=exercise).agreements[0].said == AgreementSaid.ROOM
    assert state(workshop, exercise) == ["both said yes in the room"]
    assert console_screen(actor=OPERATOR, workshop=fresh(workshop)).to_hear[0].is_heard
    assert step(OPERATOR, workshop, "heard", "agreements", agreement=0).was_so
    step(OPERATOR, workshop, "undo")
    exercise.refresh_from_db()
    assert state(workshop, exercise) == ["proposed by Alice Adams; Bob Brown was not asked here"]
    assert last_step(fresh(workshop)) is None


def test_what_the_room_heard_can_be_taken_back_without_names_too(organization):
    workshop = make_workshop(organization, "anonymous")
    exercise = make_exercise(workshop, "agreements")
    for number in range(6):
        say(make_room(workshop), exercise, promise(f"Word {number}", supplier="Sales", customer="Planning"))
    reveal(exercise)
    for name, open_ones in (("heard", 5), ("unheard", 6)):
        step(OPERATOR, workshop, name, "agreements", agreement=2)
        exercise.refresh_from_db()
        assert result_kept(exercise=exercise).open == open_ones
        assert "result" not in json.dumps(json.loads(fresh(workshop).history)), "no former result is kept"


@pytest.mark.parametrize("place", [None, 1, 40])
def test_there_is_nothing_to_hear_elsewhere(workshop, exercise, alice, bob, place):
    say(alice, exercise, promise())
    with pytest.raises(NotFound):  # before the reveal
        step(OPERATOR, workshop, "heard", "agreements", agreement=0)
    reveal(exercise)
    with pytest.raises(NotFound):
        step(OPERATOR, workshop, "heard", "agreements", agreement=place)


def test_what_both_said_on_their_phones_is_theirs(workshop, exercise, alice, bob):
    say(alice, exercise, promise())
    answer(bob, exercise)
    reveal(exercise)
    with pytest.raises(NotFound):
        step(OPERATOR, workshop, "unheard", "agreements", agreement=0)
    assert console_screen(actor=OPERATOR, workshop=fresh(workshop)).to_hear == ()
