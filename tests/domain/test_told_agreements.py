"""What is told of agreements never tells which pairs agreed, to whoever knows every score and tries every split."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from chainmap.domain.agreement_pairs import PairScores, find_pairs_effect
from chainmap.domain.told_agreements import PAIRS_TOLD, STEP, told_effect

SIZE = 13


def company(seed, size=SIZE, agreed=6):
    """(before, now) of each pair, and the places of those that agreed."""
    chance = random.Random(seed)
    before = [chance.randint(3, 8) for _ in range(size)]
    scores = [(one, min(10, max(0, one + chance.choice((-1, 0, 0, 1, 2))))) for one in before]
    return scores, frozenset(chance.sample(range(size), agreed))


def told(scores, agreed):
    return told_effect(PairScores(*each, agreed=place in agreed) for place, each in enumerate(scores))


@pytest.mark.parametrize("seed", [1, 2, 10])
def test_every_pair_could_be_in_either_group(seed):
    """The attack: all splits of 13 pairs into 6 that agreed and 7 that did not."""
    scores, agreed = company(seed)
    found = told(scores, agreed)
    sure = set(range(SIZE))
    for split in combinations(range(SIZE), len(agreed)):
        # the figures of the split alone; whether it would itself be told of says nothing
        if coarse(scores, split) == (found.agreed, found.others, found.difference, found.interval):
            sure -= {place for place in sure if (place in split) != (place in agreed)}
    assert sure == set()


def coarse(scores, split):
    """The figures as they are told, worked out from the exact ones."""
    exact = find_pairs_effect(PairScores(*each, agreed=place in split) for place, each in enumerate(scores))
    groups = []
    for group in (exact.agreed, exact.others):
        pairs = max(count for count in PAIRS_TOLD if count <= group.pairs)
        groups.append(type(group)(pairs, step(group.before), step(group.change)))
    outwards = type(exact.interval)(floor(exact.interval.low), -floor(-exact.interval.high) + 0.0)
    return *groups, step(exact.difference), outwards


def step(value):
    return round(round(value, 9) / STEP) * STEP + 0.0


def floor(value):
    return (value / STEP + 1e-9) // 1 * STEP + 0.0


def test_figures_are_coarse_and_the_interval_is_never_narrower():
    for seed in range(5):
        scores, agreed = company(seed, 60, 25)
        pairs = [PairScores(*each, agreed=place in agreed) for place, each in enumerate(scores)]
        found, exact = told_effect(pairs), find_pairs_effect(pairs)
        assert found is not None
        assert (found.agreed.pairs, found.others.pairs) == (21, 21)
        assert abs(found.difference - exact.difference) <= STEP / 2 + 1e-9
        assert found.interval.low <= exact.interval.low <= exact.interval.high <= found.interval.high
        for figure in (
            found.agreed.before,
            found.others.change,
            found.difference,
            found.interval.low,
            found.interval.high,
        ):
            assert (figure / STEP).is_integer()


def test_those_who_agreed_and_rose_alone_are_not_told_of():
    assert told([(4, 8)] * 6 + [(6, 6)] * 20, range(6)) is None
    assert told([(4, 8), (6, 6)] * 13, range(12)) is not None


def test_few_pairs_and_wrong_scores():
    scores, _agreed = company(2)
    assert told(scores, range(5)) is None
    assert told(scores, range(8)) is None
    assert told_effect([]) is None
    with pytest.raises(ValueError, match="score"):
        told([(11, 5)] * 12, range(6))
