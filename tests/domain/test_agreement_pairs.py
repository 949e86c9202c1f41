"""Pairs that agreed against pairs that did not."""

from __future__ import annotations

import random

import pytest
from scipy import stats

from chainmap.domain.agreement_pairs import PairScores, find_pairs_effect


def pairs(agreed, others, before=(4, 6)):
    return [PairScores(before[0], before[0] + by, agreed=True) for by in agreed] + [
        PairScores(before[1], before[1] + by, agreed=False) for by in others
    ]


def test_the_interval_is_welchs():
    """Against scipy's own two-sample test with unequal variances."""
    chance = random.Random(3)
    for _ in range(20):
        agreed = [chance.randint(-4, 6) for _ in range(chance.randint(5, 12))]
        others = [chance.randint(-2, 3) for _ in range(chance.randint(5, 30))]
        found = find_pairs_effect(pairs(agreed, others))
        known = stats.ttest_ind(agreed, others, equal_var=False).confidence_interval(0.90)
        assert (found.interval.low, found.interval.high) == pytest.approx((known.low, known.high))
        assert found.difference == pytest.approx(sum(agreed) / len(agreed) - sum(others) / len(others))


def test_each_group_is_told_with_where_it_began():
    found = find_pairs_effect(pairs([1, 1, 2, 2, 4], [0, 0, 0, 0, 0, 6 - 6]))
    assert (found.agreed.pairs, found.agreed.before, found.agreed.change) == (5, 4, 2)
    assert (found.others.pairs, found.others.before, found.others.change) == (6, 6, 0)
    assert found.began_lower
    assert not find_pairs_effect(pairs([0] * 5, [1] * 5, before=(6, 6))).began_lower


def test_fewer_than_five_pairs_on_either_side_say_nothing():
    assert find_pairs_effect(pairs([1] * 4, [1] * 9)) is None
    assert find_pairs_effect(pairs([1] * 9, [1] * 4)) is None
    assert find_pairs_effect([]) is None


def test_where_nothing_varies_the_interval_has_no_width():
    found = find_pairs_effect(pairs([2] * 5, [1] * 5))
    assert (found.interval.low, found.interval.high) == (1, 1)


def test_a_score_that_is_none_and_a_wrong_confidence_are_refused():
    with pytest.raises(ValueError, match="score"):
        find_pairs_effect([PairScores(11, 5, agreed=True)])
    with pytest.raises(ValueError, match="confidence"):
        find_pairs_effect([], confidence=1)
