"""What a workshop says of itself: one sentence a mode, a title and an instruction an exercise."""

from __future__ import annotations

import pytest

from chainmap.domain.exercises import Exercise, WorkshopMode
from chainmap.exports.workshop_words import (
    clock,
    exercise_instruction,
    exercise_title,
    mode_label,
    mode_sentence,
    people_in,
)


@pytest.mark.parametrize("kind", Exercise)
def test_every_exercise_has_a_title_and_an_instruction_of_its_own(kind):
    others = [other for other in Exercise if other != kind]
    assert exercise_title(kind) not in {exercise_title(other) for other in others}
    assert exercise_instruction(kind) not in {exercise_instruction(other) for other in others}
    assert 20 < len(exercise_instruction(kind)) < 160
    assert exercise_instruction(kind, "In my words.") == "In my words."


def test_the_sentences_of_the_modes_are_those_that_were_promised():
    said = {mode: mode_sentence(mode) for mode in WorkshopMode}
    assert said["open"] == (
        "Everybody in this room, your coach and the managers will see your name and what you say here."
    )
    assert said["anonymous"] == (
        "Nobody will see who said what, not even the coach. Numbers appear from 6 people on, texts from 10."
    )
    assert len({mode_label(mode) for mode in WorkshopMode}) == 2


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59, "0:59"), (65, "1:05"), (3600, "60:00"), (-7, "0:00")])
def test_the_clock(seconds, shown):
    assert clock(seconds) == shown


def test_people_are_counted_and_not_named():
    assert [people_in(count) for count in (0, 1, 11)] == ["Nobody is in yet", "1 is in", "11 are in"]
