"""What may be told of whether agreeing helped: so coarse that nobody finds out which pairs agreed.

Which pairs agreed is theirs alone, but coach and managers know every score of a signed round. From exact figures of
the two groups (``agreement_pairs``) they could try out who is in which: of 16 pairs of which 6 agreed, figures to one
decimal left 6 to 38 of 8,008 splits. So the numbers of pairs are told as "at least", points come in steps of 0.5, the
interval is widened to such steps; and nothing is told where a pair's group would be certain: for each pair there must
be another split of the same pairs, with as many that agreed, of which exactly the same would be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from chainmap.domain.agreement_pairs import GroupChange, PairScores, PairsEffect, find_pairs_effect
from chainmap.domain.answers import HIGHEST_SCORE
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval

#: Pairs of a group are told as "at least so many"; fewer than the first are not told of.
PAIRS_TOLD = (6, 8, 13, 21, 50, 100, 200, 500, 1000)
#: Scores and changes come in steps of so many points.
STEP = 0.5
#: Splits that are looked at for one kind of pair.
_MOST_SPLITS = 60_000

_Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Group:
    """Pairs alike in score and change, which nobody can tell apart, and how many there are of each kind.

    Columns of ``kinds``, as of every row of sums below: pairs (1), score before, change, square of the change.
    """

    kinds: _Rows
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Iterable[PairScores]) -> _Group:
        counted = Counter((1.0, one.before, one.change, one.change**2) for one in pairs)
        return cls(np.array(list(counted), float).reshape(-1, 4), np.array(list(counted.values()), np.int64))

    @property
    def sums(self) -> _Rows:
        return self.counts @ self.kinds


def told_effect(pairs: Iterable[PairScores], *, confidence: float = DEFAULT_CONFIDENCE) -> PairsEffect | None:
    """The effect as it may be told; None with fewer than ``PAIRS_TOLD[0]`` pairs in either group, and where a pair's
    group would be certain.

    ``pairs`` of a group is the largest of ``PAIRS_TOLD`` that it reaches. Raises ValueError as ``find_pairs_effect``.

    >>> alike = [PairScores(4, 4 + by, agreed=is_in) for by in (0, 1, 2) for is_in in (True, False) * 3]
    >>> found = told_effect(alike)
    >>> found.agreed, found.difference, found.interval
    (GroupChange(pairs=8, before=4.0, change=1.0), 0.0, Interval(low=-1.0, high=1.0))
    >>> told_effect([PairScores(4, 8 if is_in else 4, agreed=is_in) for is_in in (True, False) * 6]) is None
    True
    """
    listed = list(pairs)
    agreed, others = (_Group.of(one for one in listed if one.agreed is side) for side in (True, False))
    if min(agreed.counts.sum(), others.counts.sum()) < PAIRS_TOLD[0]:
        return None
    if find_pairs_effect(listed, confidence=confidence) is None:
        return None
    here = _Split(agreed.sums, others.sums, confidence)
    if not here.hides(agreed, others, -1.0) or not here.hides(others, agreed, 1.0):
        return None
    first, second, rest = np.split(here.told, [3, 6])
    groups = [GroupChange(int(pairs), before, change) for pairs, before, change in (first.tolist(), second.tolist())]
    difference, low, high = rest.tolist()
    return PairsEffect(groups[0], groups[1], difference, Interval(low, high))


class _Split:
    """The pairs as they are split, and what is told of them."""

    def __init__(self, agreed: _Rows, others: _Rows, confidence: float) -> None:
        self._agreed, self._whole, self._confidence = agreed, agreed + others, confidence
        self.told = self._of(agreed[None, :])[0]

    def hides(self, group: _Group, opposite: _Group, sign: float) -> bool:
        """Whether each pair of ``group`` could be in ``opposite``. ``sign``: of pairs that leave ``group``, -1 where
        it is the pairs that agreed."""
        return all(self._hides(place, group, opposite, sign) for place in range(len(group.counts)))

    def _hides(self, place: int, group: _Group, opposite: _Group, sign: float) -> bool:
        """A pair of one kind is exchanged with one of the other side, or it and another one with two of them.

        As many agree as before: how many agreements there are is told elsewhere.
        """
        kind = group.kinds[place]
        if (opposite.kinds == kind).all(axis=1).any():
            return True  # one that is alike is there already: exchanged, they change nothing
        more = group.kinds[(np.arange(len(group.counts)) != place) | (group.counts > 1)]
        taken = -opposite.kinds
        if self._has_same(sign * (kind + taken)):
            return True
        if len(taken) ** 2 * len(more) > _MOST_SPLITS:
            return False
        first, second = np.triu_indices(len(taken), 1)
        two = taken[first] + taken[second]
        return self._has_same(sign * (kind + (two[:, None, :] + more[None, :, :]).reshape(-1, 4)))

    def _has_same(self, moved: _Rows) -> bool:
        return bool((self._of(self._agreed + moved) == self.told).all(axis=1).any())

    def _of(self, agreed: _Rows) -> _Rows:
        """What is told of each split: of both groups pairs, score before and change; the difference, its interval."""
        sides = agreed, self._whole - agreed
        means, parts = [], []
        for sums in sides:
            size = sums[:, 0]
            means.append(sums[:, 1:3] / size[:, None])
            spread = np.maximum(sums[:, 3] - sums[:, 2] ** 2 / size, 0.0)
            parts.append(np.where(spread < 1e-9, 0.0, spread) / (size - 1) / size)
        total = parts[0] + parts[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            freedom = total**2 / sum(part**2 / (sums[:, 0] - 1) for part, sums in zip(parts, sides, strict=True))
            half = np.where(total > 0, special.stdtrit(freedom, (1 + self._confidence) / 2) * np.sqrt(total), 0.0)
        difference, most = means[0][:, 1] - means[1][:, 1], 2.0 * HIGHEST_SCORE
        told = [
            column
            for sums, mean in zip(sides, means, strict=True)
            for column in (_at_least(sums[:, 0]), _steps(mean[:, 0]), _steps(mean[:, 1]))
        ]
        low = np.floor(np.maximum(difference - half, -most) / STEP + 1e-9) * STEP
        high = np.ceil(np.minimum(difference + half, most) / STEP - 1e-9) * STEP
        return np.stack([*told, _steps(difference), low + 0.0, high + 0.0], axis=1)


def _at_least(pairs: _Rows) -> _Rows:
    known = np.array(PAIRS_TOLD, float)
    return known[np.searchsorted(known, pairs, side="right") - 1]


def _steps(values: _Rows) -> _Rows:
    return np.round(np.round(values, 9) / STEP) * STEP + 0.0
