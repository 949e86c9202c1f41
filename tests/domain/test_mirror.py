"""The mirror: guesses of suppliers beside the ratings they got."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.mirror import Direction, direction_of, find_mirror_gap, summarize_mirror

SCORES = st.integers(0, 10)
PAIRS = st.lists(st.tuples(st.none() | SCORES, st.lists(SCORES, max_size=3)), max_size=12)


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


def test_a_summary_worked_by_hand():
    """Gaps +5, -4, 0, +2: the mean is .75, the mean absolute gap 2.75."""
    gaps = [find_mirror_gap(*pair) for pair in [(9, [4]), (2, [4, 8]), (7, [7]), (8, [6]), (None, [1])]]
    found = summarize_mirror(gaps)
    assert (found.pairs, found.mean_gap, found.mean_absolute_gap) == (4, 0.75, 2.75)
    assert (found.brighter, found.alike, found.darker, found.direction) == (2, 1, 1, Direction.ALIKE)


def test_nothing_to_summarize():
    found = summarize_mirror([None])
    assert (found.pairs, found.mean_gap, found.mean_absolute_gap, found.direction) == (0, None, None, None)


def test_what_counts_as_agreement_is_a_setting():
    assert find_mirror_gap(8, [7], agreement=0).direction is Direction.BRIGHTER
    assert find_mirror_gap(9, [6], agreement=3).direction is Direction.ALIKE
    with pytest.raises(ValueError, match="agree"):
        find_mirror_gap(8, [7], agreement=-1)


@pytest.mark.parametrize(("guess", "ratings"), [(11, [5]), (5, [-1]), (None, [12]), (5, [float("nan")])])
def test_a_score_outside_0_to_10_is_refused(guess, ratings):
    with pytest.raises(ValueError, match="between 0 and 10"):
        find_mirror_gap(guess, ratings)


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_counts_add_up_and_the_mean_gap_never_exceeds_the_mean_absolute_gap(pairs):
    found = summarize_mirror(find_mirror_gap(*pair) for pair in pairs)
    assert found.brighter + found.alike + found.darker == found.pairs
    assert found.pairs == sum(guess is not None and bool(ratings) for guess, ratings in pairs)
    if found.pairs:
        assert abs(found.mean_gap) <= found.mean_absolute_gap + 1e-12
        assert found.direction is direction_of(found.mean_gap)


@given(SCORES, SCORES)
@settings(max_examples=40, deadline=None)
def test_turning_the_mirror_round_turns_the_direction(guess, rating):
    turned = {Direction.BRIGHTER: Direction.DARKER, Direction.DARKER: Direction.BRIGHTER}
    forth, back = find_mirror_gap(guess, [rating]), find_mirror_gap(rating, [guess])
    assert back.gap == -forth.gap
    assert back.direction is turned.get(forth.direction, forth.direction)
