"""Putting answers together by hand-off, person, team and organization."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.answers import WHOLE_ORGANIZATION, Level, Place, checked_score, group_by_level

PLACES = st.builds(Place, st.integers(1, 4), st.sampled_from(["ann", "ben"]), st.sampled_from(["red", ""]))


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.HANDOFF, {1: [5], 2: [6, 9], 3: [7], 4: [8]}),
        (Level.PERSON, {"ann": [5, 6, 9], "ben": [7], "cas": [8]}),
        (Level.TEAM, {"red": [5, 6, 7, 9], "": [8]}),
        (Level.ORGANIZATION, {WHOLE_ORGANIZATION: [5, 6, 7, 8, 9]}),
    ],
)
def test_every_level_of_a_small_company(level, expected):
    """ann and ben are in the red team, cas is in none; ann hands off twice and is rated twice on the second."""
    answers = [
        (Place(1, "ann", "red"), 5),
        (Place(2, "ann", "red"), 6),
        (Place(3, "ben", "red"), 7),
        (Place(4, "cas"), 8),
        (Place(2, "ann", "red"), 9),
    ]
    assert group_by_level(answers, level) == expected


@given(st.lists(st.tuples(PLACES, st.integers())), st.sampled_from(Level))
@settings(max_examples=40, deadline=None)
def test_every_answer_is_in_exactly_one_group(answers, level):
    groups = group_by_level(answers, level)
    assert sorted(answer for group in groups.values() for answer in group) == sorted(answer for _, answer in answers)
    assert all(groups.values())


@pytest.mark.parametrize("score", [-0.1, 10.1, float("nan"), float("inf")])
def test_a_score_outside_0_to_10_is_refused(score):
    with pytest.raises(ValueError, match="between 0 and 10"):
        checked_score(score)


@pytest.mark.parametrize("score", [0, 10, 7.5])
def test_a_score_is_handed_back_as_it_is(score):
    assert checked_score(score) == score
