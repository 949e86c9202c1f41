"""Moments of truth: the balance that was counted, and the coaching rules kept apart from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.moments import (
    CoachingRules,
    Label,
    Moment,
    MomentBalance,
    Reading,
    apply_coaching_rules,
    find_moment_balance,
)

COUNTS = st.builds(MomentBalance, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))


def test_counts_worked_by_hand():
    moments = [Moment.MAGIC] * 5 + [Moment.ORDINARY] * 8 + [Moment.MISERY] * 2 + [None] * 4
    found = find_moment_balance(moments)
    assert (found.magic, found.ordinary, found.misery, found.said) == (5, 8, 2, 15)
    assert (found.balance, found.magic_for_one_misery) == (3, 2.5)


@pytest.mark.parametrize(
    ("counts", "reading"),
    [
        ((0, 0, 0), Reading.NOTHING_SAID),
        ((0, 3, 0), Reading.ONLY_ORDINARY),
        ((1, 0, 0), Reading.MORE_MAGIC),
        ((1, 9, 2), Reading.MORE_MISERY),
        ((2, 0, 2), Reading.EVEN),
    ],
)
def test_which_side_prevails(counts, reading):
    assert MomentBalance(*counts).reading is reading


def test_without_misery_there_is_no_ratio():
    assert find_moment_balance([Moment.MAGIC]).magic_for_one_misery is None
    assert find_moment_balance([]).magic_for_one_misery is None


@pytest.mark.parametrize(("magic", "still_wanted"), [(0, 6), (5, 1), (6, 0), (9, 0)])
def test_two_magic_for_one_misery(magic, still_wanted):
    view = apply_coaching_rules(MomentBalance(magic, 7, 3))
    assert (view.magic_wanted, view.magic_still_wanted, view.made_up_for) == (6, still_wanted, still_wanted == 0)


def test_twenty_told_against_ten():
    view = apply_coaching_rules(MomentBalance(magic=3, ordinary=1, misery=2))
    assert (view.told_of_misery, view.told_of_magic) == (40, 30)


def test_the_rules_are_settings_and_their_results_carry_the_label():
    rules = CoachingRules(magic_for_one_misery=1.1, told_of_misery=8, told_of_magic=5)
    view = apply_coaching_rules(MomentBalance(2, 0, 10), rules)
    assert (view.magic_wanted, view.magic_still_wanted) == (11, 9)  # not 12: 1.1 as a float is a little more
    assert (view.told_of_misery, view.told_of_magic) == (80, 10)
    assert view.rules is rules
    assert view.label is Label.COACHING_RULE


@pytest.mark.parametrize("name", ["magic_for_one_misery", "told_of_misery", "told_of_magic"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_rule_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        CoachingRules(**{name: value})


@given(COUNTS)
@settings(max_examples=50, deadline=None)
def test_the_usual_rules_agree_with_each_other(balance):
    """A misery told to 20 and a magic moment told to 10: two make up for one, in both rules at once."""
    view = apply_coaching_rules(balance)
    assert view.made_up_for == (view.told_of_magic >= view.told_of_misery)
    assert (
        view.made_up_for
        or not apply_coaching_rules(
            MomentBalance(balance.magic + view.magic_still_wanted - 1, 0, balance.misery)
        ).made_up_for
    )
