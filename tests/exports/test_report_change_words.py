"""What changed since the round before: better or worse only beyond chance, and parts that add up as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chainmap.domain.intervals import Interval
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reports import (
    Moved,
    ReportChange,
)
from chainmap.exports import report_words as words
from chainmap.exports.report_change_words import change_total, nps_change_sentence, verdict

CHANGE = ReportChange(
    round="Autumn",
    closed_on=date(2025, 11, 17),
    yield_before=0.41,
    yield_now=0.44,
    difference=Interval(0.01, 0.05),
    lost_before=1.5,
    lost_now=1.2,
    by_yield=-0.4,
    by_flow=0.1,
    new=0.0,
    removed=0.0,
)


@pytest.mark.parametrize(
    ("difference", "comparable", "begins"),
    [
        (Interval(0.01, 0.05), True, "That is better: 1 to 5 more of every 100"),
        (Interval(-0.05, -0.01), True, "That is worse: 1 to 5 fewer of every 100"),
        (Interval(-0.02, 0.08), True, "That may be chance: the difference lies anywhere between −2 and +8 of 100"),
        (None, True, "How sure that is cannot be said from released figures"),
        (Interval(0.01, 0.05), False, "The two rounds are not of one kind"),
    ],
)
def test_better_and_worse_only_where_it_is_more_than_chance(
    difference: Interval | None, comparable: bool, begins: str
) -> None:
    said = verdict(replace(CHANGE, difference=difference, comparable=comparable))
    assert said.startswith(begins)
    if not begins.startswith("That is"):
        assert "That is" not in said


def test_the_change_and_its_parts() -> None:
    assert words.change_sentences(CHANGE)[0] == (
        "Compared with the round “Autumn” (closed 17 November 2025): of every 100 units of work 44 reach the end "
        "customers instead of 41 (+3)."
    )
    parts = words.change_parts(CHANGE)
    assert [(part.amount, part.words) for part in parts] == [(-0.4, "−0.40"), (0.1, "+0.10")]
    assert change_total(CHANGE).words == "−0.30"
    assert sum(part.amount for part in parts) == pytest.approx(change_total(CHANGE).amount)


def test_what_is_shown_of_a_change_adds_up() -> None:
    """20.748 less 19.674 is 1.074, and 1.07 as well for whoever takes 19.67 from 20.75 by hand: it is 1.08."""
    change = replace(CHANGE, lost_before=20.748, lost_now=19.674, by_yield=-1.834, by_flow=2.824, by_assumed=-2.064)
    figures = [round(float(part.words.replace("−", "-")), 2) for part in words.change_parts(change)]
    assert sum(figures) == pytest.approx(-1.08)
    assert change_total(change).words == "−1.08"
    assert "are lost instead of 20.75 (−1.08)" in words.change_sentences(change)[2]
    moved = Moved("Ann", "Bob", "plan", "both", 0.448, 0.314, -0.194, 0.06)
    assert words.moved_rows(replace(change, moved=(moved,)))[0][1:] == ("0.45", "0.31", "−0.20", "+0.06")


def test_parts_that_are_there_are_told() -> None:
    change = replace(CHANGE, new=0.2, removed=-0.2, by_assumed=0.05, by_flow=0.05)
    assert [part.amount for part in words.change_parts(change)] == [-0.4, 0.05, 0.05, 0.2, -0.2]


def test_hand_offs_that_moved() -> None:
    moved = (
        Moved("Ann", "Bob", "forecast", "both", 0.9, 0.45, -0.5, 0.05),
        Moved("Bob", "Eve", "", "new", 0.0, 0.1, 0.0, 0.1),
        Moved("Eve", "Hotel", "", "both", 0.3, 0.2, -0.1, 0.0, is_assumed=True),
    )
    assert words.moved_rows(replace(CHANGE, moved=moved)) == [
        ("Ann → Bob (forecast)", "0.90", "0.45", "−0.50", "+0.05"),
        ("Bob → Eve, new", "0.00", "0.10", "0.00", "+0.10"),
        ("Eve → Hotel, not rated in one of the rounds", "0.30", "0.20", "−0.10", "0.00"),
    ]


def test_the_net_promoter_score_moves_only_beyond_chance() -> None:
    low, high = NetPromoterScore.of_counts(5, 10, 15), NetPromoterScore.of_counts(15, 10, 5)
    assert nps_change_sentence(replace(CHANGE, nps_before=low, nps_now=high)) == (
        "NPS +33 instead of −33: higher by more than chance, by +30 to +91 (90\u00a0% sure)."
    )
    assert "which may be chance" in nps_change_sentence(replace(CHANGE, nps_before=low, nps_now=low))
    few = NetPromoterScore.of_counts(2, 2, 2)
    assert nps_change_sentence(replace(CHANGE, nps_before=few, nps_now=high)) == ""
