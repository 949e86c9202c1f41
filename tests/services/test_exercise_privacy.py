"""Exercises without names: no row is tied to anybody, too few are not shown, and nobody sees anything too early."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Entry, Exercise, Participant
from chainmap.services.exercise_cards import card_find
from chainmap.services.exercise_results import result_find, taken_part
from chainmap.services.workshop_findings import workshop_finding
from tests.services.exercising import make_exercise, make_room, make_rooms, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(organization):
    return make_workshop(organization, "anonymous")


DATA = {
    "client": lambda o, n: {"party": party_of(o, "client" if n % 2 else "bob").pk},
    "draw": lambda o, n: {"supplier_words": "Bob Brown", "customer_words": "The client", "deliverable": f"cake {n}"},
    "rate": lambda o, n: {"score": n % 11, "words": f"words {n}"},
    "moments": lambda o, n: {"kind": "magic" if n % 3 else "misery", "words": f"words {n}"},
    "ladder": lambda o, n: {"rung": "client" if n % 2 else "advocate"},
    "orientation": lambda o, n: dict.fromkeys(ORIENTATION.row_codes, n % 11),
    "purpose": lambda o, n: {"words": f"words {n}"},
    "coffee": lambda o, n: {"met": "yes" if n % 2 else "not_yet", "words": f"words {n}"},
    "agreements": lambda o, n: {
        "supplier_words": "Planning", "customer_words": "Sales", "sentence": f"words {n}",
        "due_on": timezone.localdate().isoformat(),
    },
}  # fmt: skip
KINDS = [kind for kind, _label in Exercise.Kind.choices]


def answer(workshop, kind, count, order=1):
    exercise = make_exercise(workshop, kind)
    for number, room in list(enumerate(make_rooms(workshop, count)))[::order]:
        say(room, exercise, DATA[kind](workshop.organization, number))
    return exercise


@pytest.mark.parametrize("kind", KINDS)
def test_without_names_no_row_holds_a_participant_or_a_moment_in_time(hidden, kind):
    exercise = answer(hidden, kind, 3)
    rows = list(Entry.objects.values())
    assert {row["participant_id"] for row in rows} == {None}
    assert len({row["teller"] for row in rows}) == 3
    tokens = [str(participant.pk) for participant in Participant.objects.all()]
    assert not any(token in str(row) for token in tokens for row in rows)
    assert set(rows[0]) == {
        "id", "exercise_id", "edition", "participant_id", "slot", "teller", "content", "is_taken_back", "version",
    }  # fmt: skip
    assert taken_part(exercise) == "Answers are coming in"


@pytest.mark.parametrize("kind", KINDS)
def test_without_names_five_people_are_too_few_and_say_nothing_at_all(organization, kind):
    """What is frozen is the same, byte for byte, whatever five people said and when nobody said anything."""
    frozen = set()
    for count in (0, 5):
        workshop = make_workshop(organization, "anonymous")
        frozen.add(reveal(answer(workshop, kind, count)).result)
    assert len(frozen) == 1
    found = result_find(workshop=workshop, exercise=workshop.exercises.get(), hides_names=False)
    if kind != "coffee":
        assert found.title == "Too few answers to show"
    assert "words 1" not in str(found.context)


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in ("client", "ladder", "orientation", "agreements")])
def test_without_names_nine_texts_are_not_shown_and_ten_are(organization, kind):
    texts = {}
    for count in (9, 10):
        workshop = make_workshop(organization, "anonymous")
        texts[count] = reveal(answer(workshop, kind, count)).result
    what = "cake 3" if kind == "draw" else "words 3"
    assert (what in texts[9], what in texts[10]) == (False, True)


def test_without_names_five_agreements_are_not_shown_and_six_are_and_the_card_says_so_before_the_tap(organization):
    found = {}
    for count in (5, 6):
        workshop = make_workshop(organization, "anonymous")
        exercise = answer(workshop, "agreements", count)
        found[count] = result_find(workshop=workshop, exercise=reveal(exercise), hides_names=False)
    assert ("words 3" in str(found[5].context), "words 3" in str(found[6].context)) == (False, True)
    assert "6 people" in found[5].context["missing"]
    said = "What you agree here is shown to everybody, without your name"
    cards = {}
    for mode, kind in (("anonymous", "agreements"), ("anonymous", "purpose"), ("open", "agreements")):
        room = make_room(make_workshop(organization, mode))
        card = card_find(room=room, exercise=make_exercise(room.workshop, kind))
        html = render_to_string(card.template, dict(card.context))
        cards[mode, kind] = said in html[: html.index("required")]
    assert cards == {("anonymous", "agreements"): True, ("anonymous", "purpose"): False, ("open", "agreements"): False}


@pytest.mark.parametrize("kind", KINDS)
def test_without_names_the_order_of_arrival_is_in_no_result(organization, kind):
    results = []
    for order in (1, -1):
        workshop = make_workshop(organization, "anonymous")
        results.append(reveal(answer(workshop, kind, 12, order)).result)
    assert results[0] == results[1]


def test_without_names_nothing_said_enters_the_chain(hidden):
    before = workshop_finding(workshop=hidden)
    for kind in ("draw", "rate"):
        reveal(answer(hidden, kind, 12))
    assert workshop_finding(workshop=hidden) == before


def test_without_names_only_the_phone_itself_finds_what_it_said(hidden):
    exercise = answer(hidden, "purpose", 2)
    mine, other = make_room(hidden), make_room(hidden)
    say(mine, exercise, {"words": "mine alone"})
    assert card_find(room=mine, exercise=exercise).context["words"] == "mine alone"
    assert card_find(room=other, exercise=exercise).context["words"] == ""
    say(mine, exercise, {"words": "changed"}, "other key")
    assert Entry.objects.filter(content__contains="changed").count() == 1
    assert not Entry.objects.filter(content__contains="mine alone").exists()


def test_without_names_how_many_answered_is_told_in_quarters(hidden):
    exercise = answer(hidden, "ladder", 10)
    words = {}
    for exercise.asked in (0, 9, 10, 20, 21, 41):
        words[exercise.asked] = taken_part(exercise)
        make_rooms(hidden, 3)
        assert taken_part(exercise) == words[exercise.asked], "whoever comes later moves no word"
    assert list(words.values()) == [
        "Answers are coming in", "Answers are coming in", "Most have answered", "Half or more have answered",
        "Under half have answered", "A few have answered",
    ]  # fmt: skip
    exercise.asked = 10
    for number, room in enumerate(make_rooms(hidden, 5)):
        say(room, exercise, DATA["ladder"](hidden.organization, number))
    assert taken_part(exercise) == words[10]
    assert taken_part(reveal(exercise)) == "", "nothing is left to count"


# ---- nothing before the reveal


@pytest.mark.parametrize("mode", ["open", "anonymous"])
@pytest.mark.parametrize("kind", KINDS)
def test_before_the_reveal_nobody_is_shown_what_others_said(organization, kind, mode):
    workshop = make_workshop(organization, mode)
    exercise = make_exercise(workshop, kind)
    watcher = make_room(workshop)
    before = card_find(room=watcher, exercise=exercise)
    for number, room in enumerate(make_rooms(workshop, 12)):
        data = DATA[kind](organization, number)
        if kind == "rate" and mode == "open":
            continue
        say(room, exercise, data)
    after = card_find(room=watcher, exercise=exercise)
    differ = {name for name in before.context if str(before.context[name]) != str(after.context[name])}
    assert differ <= {"new_key"}
    assert result_find(workshop=workshop, exercise=exercise, hides_names=False) is None
