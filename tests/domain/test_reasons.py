"""Reasons for a loss: counts, weights, ties."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.answers import Level, Place, group_by_level
from chainmap.domain.reasons import Reason, ReasonCount, ScoredReason, find_reasons

ANSWERS = st.lists(st.builds(ScoredReason, st.integers(0, 10), st.none() | st.sampled_from(Reason)), max_size=30)


def test_without_an_answer_there_is_no_reason():
    found = find_reasons([])
    assert (found.reasons, found.lost, found.answers, found.named) == ((), 0, 0, 0)
    assert found.most_frequent == found.costliest == ()


def test_a_profile_worked_by_hand():
    """
    late      8, 9, 9       lost .2 + .1 + .1 = .4
    habit     0             lost 1
    none      5             lost .5
    none      10            nothing lost
    """
    late, habit = Reason.LATE, Reason.HABIT
    found = find_reasons([
        ScoredReason(8, late), ScoredReason(9, late), ScoredReason(9, late), ScoredReason(0, habit),
        ScoredReason(5), ScoredReason(10),
    ])  # fmt: skip
    assert found.reasons == (
        ReasonCount(habit, 1, 1.0, pytest.approx(1 / 1.4)),
        ReasonCount(late, 3, 0.4, pytest.approx(0.4 / 1.4)),
    )
    assert (found.most_frequent, found.costliest) == ((late,), (habit,))
    assert (found.answers, found.answers_with_loss, found.named, found.without_reason) == (6, 5, 4, 1)
    assert (found.lost, found.lost_without_reason) == (1.9, 0.5)


def test_a_reason_beside_a_ten_is_left_over_and_not_counted():
    found = find_reasons([ScoredReason(10, Reason.LATE)])
    assert (found.reasons, found.answers, found.answers_with_loss, found.most_frequent) == ((), 1, 0, ())


def test_five_answers_of_eight_weigh_as_much_as_one_of_zero():
    """Equal losses tie exactly, though they were summed in different ways; ties are named in the card's order."""
    found = find_reasons(
        [ScoredReason(8, Reason.OTHER)] * 5 + [ScoredReason(0, Reason.NO_OWNER)] + [ScoredReason(9.5, Reason.LATE)] * 20
    )
    assert found.costliest == (Reason.NO_OWNER, Reason.LATE, Reason.OTHER)
    assert [count.reason for count in found.reasons] == [Reason.LATE, Reason.OTHER, Reason.NO_OWNER]
    assert found.most_frequent == (Reason.LATE,)


def test_when_all_are_equal_all_are_named():
    found = find_reasons([ScoredReason(5, reason) for reason in reversed(Reason)])
    assert found.most_frequent == found.costliest == tuple(Reason)
    assert [count.reason for count in found.reasons] == list(Reason)


def test_reasons_by_person():
    late, habit = ScoredReason(6, Reason.LATE), ScoredReason(4, Reason.HABIT)
    groups = group_by_level([(Place(1, "ann"), late), (Place(2, "ben"), habit), (Place(3, "ann"), late)], Level.PERSON)
    found = {person: find_reasons(answers) for person, answers in groups.items()}
    assert found["ann"].reasons == (ReasonCount(Reason.LATE, 2, 0.8, 1.0),)
    assert found["ben"].most_frequent == (Reason.HABIT,)


@pytest.mark.parametrize("score", [-1, 10.5, float("nan")])
def test_a_score_outside_0_to_10_is_refused(score):
    with pytest.raises(ValueError, match="between 0 and 10"):
        find_reasons([ScoredReason(score, Reason.LATE)])


@given(ANSWERS)
@settings(max_examples=60, deadline=None)
def test_what_was_lost_adds_up_and_the_order_of_answers_does_not_matter(answers):
    found = find_reasons(answers)
    assert found.lost == pytest.approx(sum((10 - answer.score) / 10 for answer in answers))
    assert found.lost == pytest.approx(sum(count.lost for count in found.reasons) + found.lost_without_reason)
    assert sum(count.count for count in found.reasons) == found.named
    if found.reasons:
        assert sum(count.lost_share for count in found.reasons) == pytest.approx(1)
    assert find_reasons(answers[::-1]) == found
