"""What is said of a conversation and of what came of it."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.domain.effects import Effect, EffectSummary
from chainmap.domain.intervals import Interval
from chainmap.exports import talk_words
from chainmap.models import Conversation


def effect(before, after, chance, answers=6):
    return Effect(before=before, after=after, change=after - before, answers=answers, chance=chance)


@pytest.mark.parametrize("reason", Conversation.Reason.values)
def test_every_reason_has_two_different_questions(reason):
    first, second = talk_words.two_questions(reason)
    assert first != second
    assert first.endswith("?")
    assert second.endswith("?")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (effect(4, 7, 0.83), "From 4 to 7. Likely better (chance 83\u00a0%, 6 answers)."),
        (effect(2, 9.5, 0.97), "From 2 to 9.5. Almost surely better (chance 97\u00a0%, 6 answers)."),
        (effect(6, 8, 0.6, 2), "From 6 to 8. Too early to tell (2 answers)."),
        (effect(6, 6, 0.5, 2), "It stayed at 6. Too early to tell (2 answers)."),
        (effect(8, 4, 0.15), "From 8 to 4. Likely worse (chance 85\u00a0%, 6 answers)."),
        (effect(9, 1, 0.01), "From 9 to 1. Almost surely worse (chance 99\u00a0%, 6 answers)."),
    ],
)
def test_an_effect_says_how_sure_it_is(found, said):
    assert f"{talk_words.effect_sentence(found)} {talk_words.effect_certainty(found)}" == said


@pytest.mark.parametrize(
    ("mean", "low", "high", "part"),
    [
        (1.0, 0.04, 1.96, "up by 1 on average (between 0.04 and 2.0, 90 % sure)"),
        (-1.5, -2.5, -0.5, "did not help: the score went down by 1.5 on average (between -2.5 and -0.5, 90 % sure)"),
        (0.5, -0.5, 1.5, "too early to say"),
    ],
)
def test_a_summary_says_a_direction_only_where_it_is_sure(mean, low, high, part):
    assert part in talk_words.summary_sentence(EffectSummary(pairs=5, mean_change=mean, interval=Interval(low, high)))


@pytest.mark.parametrize(
    ("day", "said"), [(10, "today"), (11, "in 1 day"), (15, "in 5 days"), (9, "1 day ago"), (1, "9 days ago")]
)
def test_how_far_away_a_day_is(day, said):
    assert talk_words.due_words(date(2026, 5, day), date(2026, 5, 10)) == said


def test_names_and_notes_come_cleaned():
    assert talk_words.dispute_sentence("\u202eevil", "no\u2066te") == "evil says it is not so. “no te”"
