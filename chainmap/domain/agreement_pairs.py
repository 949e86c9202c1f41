"""Did agreeing help? Pairs that agreed on something between two rounds, against pairs that did not.

Both rounds asked the same receiver about the same hand-off. The difference of the two mean changes, with the interval
of Welch (1947) for two means of unequal variances:

    d = mean(agreed) - mean(others)      v = s1^2 / n1 + s2^2 / n2      d +- t(confidence, nu) sqrt(v)
    nu = v^2 / ( (s1^2 / n1)^2 / (n1 - 1) + (s2^2 / n2)^2 / (n2 - 1) )

It is a comparison, not an experiment: nobody drew lots who agrees. Pairs agree where something is wrong, and what was
low by chance rises by itself (regression to the mean); so where each group began is told beside it.

The exact figures would let whoever knows the scores find out which pairs agreed: what is told is coarser
(``told_agreements``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, variance

from scipy import special

from chainmap.domain.answers import ENOUGH, HIGHEST_SCORE, checked_score
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval


@dataclass(frozen=True, slots=True)
class PairScores:
    """What one receiver said of one hand-off in the two rounds, 0..10, and whether the two agreed in between."""

    before: float
    now: float
    agreed: bool

    @property
    def change(self) -> float:
        """-10..10."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class GroupChange:
    """One of the two groups: how many pairs, where they began, and by how much their scores changed on average."""

    pairs: int
    before: float  # mean, 0..10
    change: float  # mean, -10..10


@dataclass(frozen=True, slots=True)
class PairsEffect:
    """The two groups and what lies between their changes."""

    agreed: GroupChange
    others: GroupChange
    difference: float  # of the mean changes, -20..20
    interval: Interval  # of the difference, clipped to -20..20

    @property
    def began_lower(self) -> bool:
        """Whether the pairs that agreed began lower: part of their rise would then have come anyway."""
        return self.agreed.before < self.others.before


def find_pairs_effect(pairs: Iterable[PairScores], *, confidence: float = DEFAULT_CONFIDENCE) -> PairsEffect | None:
    """The difference with its interval; None with fewer than ``ENOUGH`` pairs in either group.

    Raises ValueError for a score outside 0..10 or a confidence outside 0..1.

    >>> agreed = [PairScores(4, 4 + by, agreed=True) for by in (1, 2, 3, 4, 5)]
    >>> others = [PairScores(6, 6 + by, agreed=False) for by in (-1, 0, 0, 0, 1)]
    >>> found = find_pairs_effect(agreed + others)
    >>> found.difference, round(found.interval.low, 2), round(found.interval.high, 2), found.began_lower
    (3.0, 1.47, 4.53, True)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1 (0.90 for 90 %), not {confidence!r}")
    listed = list(pairs)
    for pair in listed:
        checked_score(pair.before), checked_score(pair.now)
    agreed, others = [one for one in listed if one.agreed], [one for one in listed if not one.agreed]
    if min(len(agreed), len(others)) < ENOUGH:
        return None
    difference = fmean(one.change for one in agreed) - fmean(one.change for one in others)
    half_width = _half_width([one.change for one in agreed], [one.change for one in others], confidence)
    most = 2 * HIGHEST_SCORE
    return PairsEffect(
        agreed=_group(agreed),
        others=_group(others),
        difference=difference,
        interval=Interval.around(difference, half_width, least=-most, most=most),
    )


def _group(pairs: list[PairScores]) -> GroupChange:
    return GroupChange(len(pairs), fmean(one.before for one in pairs), fmean(one.change for one in pairs))


def _half_width(first: list[float], second: list[float], confidence: float) -> float:
    parts = [variance(values) / len(values) for values in (first, second)]
    total = sum(parts)
    if total == 0:
        return 0.0  # all changed alike: nothing varies that could be measured
    freedom = total**2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (first, second), strict=True))
    return float(special.stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(total)
