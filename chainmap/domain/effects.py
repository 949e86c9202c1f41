"""Did it help? The same customer rates the same hand-off before and after an agreement (issue 4, item 5).

The yield before and the yield after are unsure, each a Beta variable with the mean and variance of MODEL section 2:

    a = kappa m + sum retention        b = kappa (1 - m) + sum (1 - retention)        a + b = kappa + n
    mean a / (a + b) = y               variance y (1 - y) / (kappa + n + 1)

taken as independent, and the chance that it helped is the chance that the second is above the first:

    chance = P(X < Y) = integral of F(t) g(t) dt        F distribution of X (before), g density of Y (after)

over the log odds t = log(x / (1 - x)). There both are smooth and fade exponentially on either side, so that a sum at
even steps converges faster than any power of the step (Trefethen & Weideman 2014); beyond the last point its terms are
geometric series and are summed as such. The same answers always give the same figure. Over many pairs, the mean change
has a Student t interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, stdev

import numpy as np
from scipy import special

from chainmap.domain.answers import ENOUGH, HIGHEST_SCORE, checked_score
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval
from chainmap.domain.records import FloatArray
from chainmap.domain.yields import DEFAULT_KAPPA, retention

#: From this chance on "it is probably better", and from this one on "it is almost surely better"; worse mirrors both.
LIKELY, ALMOST_SURE = 0.80, 0.95

#: A shape parameter below this is none: all of the mass sits at one end.
_NO_SHAPE = 1e-9
#: Beside a mean worth this many answers those of one pair are nothing; more is not told apart.
_MOST_KAPPA = 1e6
#: Log odds beyond which a Beta's distribution and density are powers of the odds, to the last digit.
_FAR = 60.0
#: Points for one width of the peak, and the logarithm of what is too little to count.
_POINTS_A_WIDTH, _NEGLIGIBLE = 3, 40.0


class Verdict(StrEnum):
    """What can be said of a change."""

    SURELY_BETTER = "surely_better"
    LIKELY_BETTER = "likely_better"
    TOO_EARLY = "too_early"  # the answers do not tell yet
    LIKELY_WORSE = "likely_worse"
    SURELY_WORSE = "surely_worse"


@dataclass(frozen=True, slots=True)
class Effect:
    """One customer's answers about one hand-off, before and after an agreement."""

    before: float  # mean score 0..10 before
    after: float  # mean score 0..10 after
    change: float  # after minus before, -10..10
    answers: int  # before and after together, 2 or more
    chance: float  # that the yield after is above the yield before, 0..1

    @property
    def verdict(self) -> Verdict:
        """How sure the direction is.

        Too early also when the shrunken yields point another way than the plain means, which can happen where there
        are far more answers on one side: nobody should read "probably better" beside a score that fell.

        >>> Effect(before=2, after=9, change=7, answers=6, chance=0.96).verdict
        <Verdict.SURELY_BETTER: 'surely_better'>
        """
        against = 1 - self.chance
        if self.change > 0 and self.chance >= LIKELY:
            return Verdict.SURELY_BETTER if self.chance >= ALMOST_SURE else Verdict.LIKELY_BETTER
        if self.change < 0 and against >= LIKELY:
            return Verdict.SURELY_WORSE if against >= ALMOST_SURE else Verdict.LIKELY_WORSE
        return Verdict.TOO_EARLY


@dataclass(frozen=True, slots=True)
class EffectSummary:
    """What the agreements of many pairs changed; every pair weighs the same."""

    pairs: int  # ENOUGH or more
    mean_change: float  # of the scores, -10..10
    interval: Interval  # of the mean change, -10..10; of no width when all pairs changed alike

    @property
    def excludes_zero(self) -> bool:
        """Whether the direction is certain enough to be said."""
        return self.interval.excludes_zero


def find_effect(
    before: Sequence[float], after: Sequence[float], *, mean: float, kappa: float = DEFAULT_KAPPA
) -> Effect | None:
    """The change of one pair's scores 0..10 and the chance that it helped; None when either side has no answer.

    ``mean`` is the organization's mean retention 0..1 (0.5 when nothing is known), ``kappa`` >= 0 how many answers it
    is worth. Raises ValueError for a score, mean or kappa outside its range. One answer a side says little: at the
    usual kappa only a change of some 9 points is told.

    >>> found = find_effect([0], [10], mean=0.5)  # Beta(1, 2) before, Beta(2, 1) after: 5/6
    >>> found.change, round(found.chance, 4), str(found.verdict)
    (10.0, 0.8333, 'likely_better')
    >>> find_effect([], [7], mean=0.5) is None
    True
    """
    if not 0 <= mean <= 1:
        raise ValueError(f"the mean retention lies between 0 and 1, not {mean!r}")
    if not (kappa >= 0 and math.isfinite(kappa)):
        raise ValueError(f"kappa must be 0 or more, not {kappa!r}")
    first, second = [checked_score(score) for score in before], [checked_score(score) for score in after]
    if not first or not second:
        return None
    score_before, score_after = fmean(first), fmean(second)
    return Effect(
        before=score_before,
        after=score_after,
        change=score_after - score_before,
        answers=len(first) + len(second),
        chance=_chance_above(_shapes(first, mean, kappa), _shapes(second, mean, kappa)),
    )


def summarize_effects(effects: Sequence[Effect], *, confidence: float = DEFAULT_CONFIDENCE) -> EffectSummary | None:
    """The mean change over the pairs with its Student t interval; None below ``ENOUGH`` pairs.

        mean change +- t(confidence, n - 1) s / sqrt(n)        s standard deviation of the n changes

    The interval is clipped to -10..10. Raises ValueError for a confidence outside 0..1.

    >>> changes = [Effect(before=5, after=5 + by, change=by, answers=2, chance=0.5) for by in (1, 2, 3, 4, 5)]
    >>> found = summarize_effects(changes)  # s = 1.5811, t = 2.1318
    >>> found.mean_change, round(found.interval.low, 3), round(found.interval.high, 3), found.excludes_zero
    (3.0, 1.493, 4.507, True)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1 (0.90 for 90 %), not {confidence!r}")
    pairs = len(effects)
    if pairs < ENOUGH:
        return None
    changes = [effect.change for effect in effects]
    middle = fmean(changes)
    half_width = float(special.stdtrit(pairs - 1, (1 + confidence) / 2)) * stdev(changes) / math.sqrt(pairs)
    interval = Interval.around(middle, half_width, least=-HIGHEST_SCORE, most=HIGHEST_SCORE)
    return EffectSummary(pairs=pairs, mean_change=middle, interval=interval)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """A Beta(a, b), a and b >= 0 and not both 0."""

    a: float
    b: float

    @property
    def place(self) -> int:
        """-1 when all of the mass sits at 0, 1 when it sits at 1, else 0."""
        return int(self.b < _NO_SHAPE) - int(self.a < _NO_SHAPE)

    @property
    def width(self) -> float:
        """Square of the width of the peak on the scale of log odds; both shapes above 0."""
        return 1 / self.a + 1 / self.b


def _shapes(scores: Sequence[float], mean: float, kappa: float) -> _Shapes:
    kept, kappa = retention(scores), min(kappa, _MOST_KAPPA)
    return _Shapes(kappa * mean + float(kept.sum()), kappa * (1 - mean) + float((1 - kept).sum()))


def _chance_above(before: _Shapes, after: _Shapes) -> float:
    """P(X < Y) for X ~ Beta(before), Y ~ Beta(after), equal ones counted half; error below 1e-9."""
    if before.place or after.place:
        return 0.5 + (after.place > before.place) / 2 - (after.place < before.place) / 2
    is_narrower = after.width <= before.width  # weighed with the narrower density, the other one is smooth
    chance = _chance_below(before, after) if is_narrower else 1 - _chance_below(after, before)
    return min(max(chance, 0.0), 1.0)


def _chance_below(other: _Shapes, pivot: _Shapes) -> float:
    """P(other < pivot), summed over the density of the pivot."""
    points, step = _even_points(pivot)
    log_density = -pivot.a * np.logaddexp(0.0, -points) - pivot.b * np.logaddexp(0.0, points)
    density = np.exp(log_density - log_density.max())
    below = special.betainc(other.a, other.b, special.expit(points))
    above = special.betainc(other.b, other.a, special.expit(-points))
    reached = np.where(points < 0, below, 1.0 - above)
    first, last = float(density[0]), float(density[-1])
    total = float(density.sum()) + first * _series(pivot.a * step) + last * _series(pivot.b * step)
    part = float(density @ reached) + first * float(below[0]) * _series((pivot.a + other.a) * step)
    part += last * (_series(pivot.b * step) - float(above[-1]) * _series((pivot.b + other.b) * step))
    return part / total


def _even_points(pivot: _Shapes) -> tuple[FloatArray, float]:
    """Log odds at even steps around the peak, as far as the density counts but not beyond ``_FAR``; and the step."""
    peak, width = math.log(pivot.a / pivot.b), math.sqrt(pivot.width)
    step = min(width, 1.0) / _POINTS_A_WIDTH
    reach = math.sqrt(2 * _NEGLIGIBLE) * width
    low = max(peak - reach - _NEGLIGIBLE / pivot.a, -_FAR)
    high = min(peak + reach + _NEGLIGIBLE / pivot.b, _FAR)
    steps = np.arange(math.floor((low - peak) / step), math.ceil((high - peak) / step) + 1, dtype=np.float64)
    return peak + step * steps, step


def _series(rate: float) -> float:
    """exp(-rate) + exp(-2 rate) + ..., rate above 0."""
    return math.exp(-rate) / -math.expm1(-rate)
