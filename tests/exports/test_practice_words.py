"""The script: ninety minutes, no step without words, and a lesson that is read off the figures."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.exercises import Exercise
from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating
from chainmap.exports.practice_words import AGENDA, END, LOBBY, MAP, guide_steps, lesson_words


def test_the_agenda_takes_ninety_minutes_without_a_gap():
    steps = guide_steps({kind.value for kind in Exercise})
    assert [step.code for step in steps] == [step.code for step in AGENDA]
    assert steps[0].begins == 0
    assert steps[-1].ends == 90
    assert all(earlier.ends == later.begins for earlier, later in pairwise(steps))


def test_every_exercise_has_a_step_and_every_step_its_words():
    assert {step.code for step in AGENDA} == {kind.value for kind in Exercise} | {LOBBY, MAP, END}
    for step in AGENDA:
        assert all((step.title, step.do, step.say, step.room)), step.code
        assert bool(step.after) == (step.code not in (LOBBY, MAP, END)), step.code


def test_without_live_ratings_the_map_is_left_out_too():
    assert [step.code for step in guide_steps({"client", "coffee"})] == [LOBBY, "client", "coffee", END]


def chain(*ratings):
    """ann gives to ben and to the client, ben to the client; ratings of the three in this order."""
    people = [Party("ann", "Ann"), Party("ben", "Ben"), Party("cli", "Client", PartyKind.END_CUSTOMER)]
    ends = [("ann", "ben", "note"), ("ann", "cli", "box"), ("ben", "cli", "letter")]
    handoffs = [HandOff(*end, volume=9 if end[2] == "box" else 1) for end in ends]
    given = [Rating(s, c, score, what) for (s, c, what), score in zip(ends, ratings, strict=True) if score is not None]
    return find_bottlenecks(Chain.from_records(people, handoffs, given), organization="Acme")


def test_the_lesson_names_the_lowest_score_and_the_best_repair():
    said = lesson_words(chain(1, 5, 9))
    assert "“note”" in said.partition("Making")[0]
    assert "“box”" in said.partition("Making")[2]


@pytest.mark.parametrize("ratings", [(9, 1, 9), (None, None, None)])
def test_no_lesson_where_the_chain_does_not_tell_it(ratings):
    assert lesson_words(chain(*ratings)) == ""
