"""The mirror: guesses of suppliers beside the ratings they got."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.mirror import Direction, find_mirror_gap

SCORES = st.integers(0, 10)


@pytest.mark.parametrize(
    ("guess", "ratings", "gap", "direction"),
    [
        (9, [4], 5, Direction.BRIGHTER),
        (2, [4, 8], -4, Direction.DARKER),
        (7, [7], 0, Direction.ALIKE),
        (8, [7], 1, Direction.ALIKE),
        (6, [7], -1, Direction.ALIKE),
        (10, [0, 0, 0], 10, Direction.BRIGHTER),
    ],
)
def test_a_gap_is_the_guess_less_the_mean_rating(guess, ratings, gap, direction):
    found = find_mirror_gap(guess, ratings)
    assert (found.gap, found.direction, found.ratings) == (gap, direction, len(ratings))


@pytest.mark.parametrize(("guess", "ratings"), [(None, [5]), (5, []), (None, [])])
def test_without_a_pair_there_is_no_gap(guess, ratings):
    assert find_mirror_gap(guess, ratings) is None


def test_what_counts_as_agreement_is_a_setting():
    assert find_mirror_gap(8, [7], agreement=0).direction is Direction.BRIGHTER
    assert find_mirror_gap(9, [6], agreement=3).direction is Direction.ALIKE
    with pytest.raises(ValueError, match="agree"):
        find_mirror_gap(8, [7], agreement=-1)


@pytest.mark.parametrize(("guess", "ratings"), [(11, [5]), (5, [-1]), (None, [12]), (5, [float("nan")])])
def test_a_score_outside_0_to_10_is_refused(guess, ratings):
    with pytest.raises(ValueError, match="between 0 and 10"):
        find_mirror_gap(guess, ratings)


@given(SCORES, SCORES)
@settings(max_examples=40, deadline=None)
def test_turning_the_mirror_round_turns_the_direction(guess, rating):
    turned = {Direction.BRIGHTER: Direction.DARKER, Direction.DARKER: Direction.BRIGHTER}
    forth, back = find_mirror_gap(guess, [rating]), find_mirror_gap(rating, [guess])
    assert back.gap == -forth.gap
    assert back.direction is turned.get(forth.direction, forth.direction)
