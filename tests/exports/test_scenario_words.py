"""What-if in words: figures that add up, a sentence for every change, warning and problem."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.scenario_changes import (
    Add,
    Remove,
    Reroute,
    ScenarioCode,
    ScenarioError,
    SetVolume,
    SetYield,
)
from chainmap.domain.scenarios import Totals, WarningCode
from chainmap.exports.scenario_words import (
    HandOffWords,
    change_sentence,
    gain_in_people,
    gone_sentence,
    of_hundred,
    outcome_sentence,
    problem_sentence,
    reroute_sentence,
    starting_sentence,
    warning_sentences,
)

PLAN = HandOffWords("Anna", "Ben", "plan", yield_=0.52, volume=1.0)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, 1]))
def test_the_three_figures_add_up_and_are_near_the_truth(before, after, digits):
    said = of_hundred(before, after, 1.0, digits)
    shown, difference = float(said.after) - float(said.before), 100 * (after - before)
    assert abs(shown - difference) <= (1.0 if digits is None and abs(difference) >= 5 else 0.1) + 1e-6
    if "<" not in said.gain:
        assert float(said.gain.replace("−", "-")) == pytest.approx(shown, abs=1e-9)
    assert said.sign == (0 if abs(difference) < 1e-7 else 1 if after > before else -1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (SetYield(1, 0.9), "90 of every 100 units arrive between Anna and Ben (plan), instead of 52."),
        (SetYield(1, 1.0), "Everything arrives between Anna and Ben (plan), instead of 52 of every 100 units."),
        (SetVolume(1, 2.5), "The volume between Anna and Ben (plan) is 2.5 instead of 1."),
        (Remove(1), "No hand-off any more between Anna and Ben (plan)."),
        (Add(1, 2, "plan"),
         "A new hand-off between Anna and Ben (plan); as much arrives as on average, 61 of every 100."),
        (Add(1, 2, "plan", 1.0, 0.3), "A new hand-off between Anna and Ben (plan); 30 of every 100 units arrive."),
        (Reroute(1, 2), "What is handed over between Anna and Ben (plan) goes to somebody else."),
    ],
)  # fmt: skip
def test_every_change_has_its_sentence(change, said):
    assert change_sentence(change, handoff=PLAN, mean=0.61) == said


def test_where_it_goes_instead_and_work_inside_a_team():
    assert reroute_sentence(PLAN, "Cleo").endswith("goes to Cleo instead.")
    inside = change_sentence(Remove(1), handoff=HandOffWords("Red", "Red"), mean=None)
    assert inside == "No hand-off any more inside Red."
    unknown = change_sentence(SetYield(1, 0.4), handoff=HandOffWords("Anna", "Ben"), mean=None)
    assert unknown.endswith("instead of not known.")


def test_what_it_brings():
    before = Totals(created=4.0, delivered=1.6, lost=2.4, stranded=0.0)
    better = Totals(created=4.0, delivered=1.84, lost=2.16, stranded=0.0)
    assert outcome_sentence(before, better) == (
        "Of every 100 units of work, 46 would reach the end customer instead of 40: 6 more."
    )
    assert outcome_sentence(better, before).endswith("40 would reach the end customer instead of 46: 6 fewer.")
    assert outcome_sentence(before, before).endswith("40 would reach the end customer: the same as today.")
    assert "Nobody creates" in outcome_sentence(Totals(0, 0, 0, 0), Totals(0, 0, 0, 0))
    assert starting_sentence(of_hundred(1.6, 1.6, 4.0)) == "Of every 100 units of work, 40 reach the end customer"
    assert (gain_in_people(1.349), gain_in_people(-0.5), gain_in_people(0.0)) == ("+1.35", "−0.50", "0.00")


def test_of_many_warnings_the_rest_is_counted():
    said = warning_sentences([(WarningCode.NO_WAY, f"P{at}") for at in range(7)])
    assert len(said) == 6
    assert said[0] == "No way leads on from P0 to an end customer any more."
    assert said[-1] == "The same holds for 2 more."
    assert {len(warning_sentences([(code, "Anna")])) for code in WarningCode} == {1}


@pytest.mark.parametrize("code", list(ScenarioCode))
def test_every_problem_says_what_to_do_and_repeats_nothing(code):
    said = problem_sentence(ScenarioError(code, "<b>handoff</b>", place=3))
    assert said.endswith(".")
    assert "%" not in said
    assert "<b>" not in said
    assert len(said) > 25
    assert problem_sentence(ScenarioError(ScenarioCode.OUTSIDE, "yield")) == (
        "How much arrives is a number from 0 to 100."
    )


def test_why_a_kept_change_is_left_out():
    gone = {
        gone_sentence(change, ScenarioError(code))
        for change, code in (
            (Remove(1), ScenarioCode.UNKNOWN_HANDOFF),
            (Add(1, 2), ScenarioCode.DUPLICATE),
            (Add(1, 2), ScenarioCode.UNKNOWN_PARTY),
        )
    }
    assert len(gone) == 3
    assert all(re.search("left out", said) for said in gone)
