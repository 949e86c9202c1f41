"""From ratings and passes to the yield of every hand-off (MODEL section 2).

A hand-off has few raters, often one, so its yield is shrunk towards the organization's mean ``m``:

    rated     y = (kappa m + sum retention(score)) / (kappa + n)       n counted ratings
    measured  y = (kappa m + passes - returned) / (kappa + passes)
    assumed   y = m
    given     y as it was given

    Var(y) = y (1 - y) / (kappa + n + 1)      n = ratings or passes; 0 where the yield was given
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainmap.domain.arrays import sum_by
from chainmap.domain.findings import Basis
from chainmap.domain.records import NOT_MEASURED, BoolArray, Chain, ChainError, FloatArray, LongArray

#: Points (score, retention) of a piecewise linear curve, scores increasing, retention 0..1 and never falling.
Curve = tuple[tuple[float, float], ...]

#: The question asks for a share, so a score of 7 means that 0.7 was received.
LINEAR: Curve = ((0.0, 0.0), (10.0, 1.0))
#: For imported "would you recommend" scores.
PROMOTER: Curve = ((0.0, 0.0), (6.0, 0.6), (9.0, 1.0), (10.0, 1.0))
CURVES: dict[str, Curve] = {"linear": LINEAR, "promoter": PROMOTER}

#: How many ratings the organization's mean is worth.
DEFAULT_KAPPA = 2.0

#: ``Yields.basis`` holds positions in this tuple. The order is also the precedence, last wins.
BASES: tuple[Basis, ...] = (Basis.ASSUMED, Basis.MEASURED, Basis.RATED, Basis.GIVEN)
_ASSUMED, _MEASURED, _RATED, _GIVEN = range(len(BASES))


def retention(score: npt.ArrayLike, curve: Curve = LINEAR) -> FloatArray:
    """Share of value that a score 0..10 says was received, by piecewise linear interpolation.

    Below the first and above the last point the curve is level. Raises ChainError when the curve has no points, its
    scores do not increase, or its retentions leave 0..1 or fall.

    >>> retention([0, 5, 10]).tolist(), retention([3, 7.5], PROMOTER).tolist()
    ([0.0, 0.5, 1.0], [0.3, 0.8])
    """
    points = np.asarray(curve, np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ChainError(f"a retention curve is a list of points (score, retention), not {curve!r}")
    scores, values = points[:, 0], points[:, 1]
    if not (np.all(np.diff(scores) > 0) and np.all(np.diff(values) >= 0) and values[0] >= 0 and values[-1] <= 1):
        raise ChainError(f"scores must increase and retentions rise within 0..1 along the curve {curve!r}")
    return np.interp(np.asarray(score, np.float64), scores, values)


def latest_ratings(chain: Chain) -> LongArray:
    """Rows of the ratings that count: the latest of each rater on each hand-off, in the order of the ratings.

    Of ratings on the same day the later row counts; a rating of unknown date counts as the oldest.
    """
    if chain.rating_count == 0:
        return np.empty(0, np.int64)
    who = chain.rating_handoff.astype(np.int64) * max(chain.party_count, 1) + chain.rating_rater
    order = np.lexsort((chain.rating_day, who))
    last = np.append(who[order][1:] != who[order][:-1], True)
    return np.sort(order[last])


@dataclass(frozen=True, slots=True, eq=False)
class Yields:
    """The yield of each of the ``m`` hand-offs and where it comes from.

    ``mean`` is the mean retention over all counted ratings; where there are none the share of passes not returned;
    where there are none either the plain mean of the given yields. ``known`` is False when nothing at all is known:
    then ``value`` is nan and there is no value analysis.
    """

    value: FloatArray  # [m] 0..1
    basis: npt.NDArray[np.int8]  # [m] position in BASES
    ratings: LongArray  # [m] counted ratings
    variance: FloatArray  # [m]
    mean: float  # m, nan when not known

    @property
    def known(self) -> bool:
        return not math.isnan(self.mean)

    @property
    def is_assumed(self) -> BoolArray:
        """[m] True where nobody rated, measured or gave the yield."""
        return np.asarray(self.basis == _ASSUMED, np.bool_)

    @classmethod
    def of(cls, chain: Chain, *, kappa: float = DEFAULT_KAPPA, curve: Curve = LINEAR) -> Yields:
        """Work out the yields of a chain. Raises ChainError for a bad curve, a negative kappa or a yield outside 0..1.

        >>> from chainmap.domain.records import HandOff, Party, Rating
        >>> chain = Chain.from_records([Party("a", "A"), Party("b", "B")], [HandOff("a", "b")], [Rating("a", "b", 5)])
        >>> Yields.of(chain).value.tolist()
        [0.5]
        """
        if not (kappa >= 0 and math.isfinite(kappa)):
            raise ChainError(f"kappa must be 0 or more, not {kappa!r}")
        given = ~np.isnan(chain.given_yield)
        if np.any((chain.given_yield[given] < 0) | (chain.given_yield[given] > 1)):
            raise ChainError("a given yield lies outside 0..1")
        count, kept, rating_mean = _rating_sums(chain, curve)
        passes, returned, pass_mean = _pass_sums(chain)
        given_mean = float(chain.given_yield[given].mean()) if given.any() else math.nan
        mean = next((m for m in (rating_mean, pass_mean, given_mean) if not math.isnan(m)), math.nan)

        basis = np.select([given, count > 0, passes > 0], [_GIVEN, _RATED, _MEASURED], _ASSUMED).astype(np.int8)
        value = np.full(chain.handoff_count, mean)
        _shrink(value, basis == _MEASURED, pass_mean, passes - returned, passes, kappa)
        _shrink(value, basis == _RATED, rating_mean, kept, count, kappa)
        value[given] = chain.given_yield[given]
        np.clip(value, 0.0, 1.0, out=value)

        evidence = np.select([basis == _RATED, basis == _MEASURED], [count, passes], 0)
        variance = np.where(given, 0.0, value * (1.0 - value) / (kappa + evidence + 1.0))
        return cls(value=value, basis=basis, ratings=count, variance=variance, mean=mean)


def _rating_sums(chain: Chain, curve: Curve) -> tuple[LongArray, FloatArray, float]:
    """[m] counted ratings, [m] their summed retention, and the mean retention over all of them (nan: none)."""
    rows = latest_ratings(chain)
    kept = retention(chain.rating_score[rows], curve)
    handoff = chain.rating_handoff[rows]
    count = np.bincount(handoff, minlength=chain.handoff_count).astype(np.int64)
    total = sum_by(handoff, kept, chain.handoff_count)
    return count, total, float(kept.mean()) if len(kept) else math.nan


def _pass_sums(chain: Chain) -> tuple[LongArray, LongArray, float]:
    """[m] passes (0 = not measured), [m] returned, and the share not returned over all passes (nan: none)."""
    measured = chain.passes != NOT_MEASURED
    passes = np.where(measured, chain.passes, 0)
    returned = np.where(measured & (chain.returned != NOT_MEASURED), chain.returned, 0)
    total = int(passes.sum())
    return passes, returned, 1.0 - float(returned.sum()) / total if total else math.nan


def _shrink(
    value: FloatArray, where: BoolArray, mean: float, kept: npt.NDArray[np.number], count: LongArray, kappa: float
) -> None:
    """Write ``(kappa mean + kept) / (kappa + count)`` into ``value`` where ``where`` holds."""
    value[where] = (kappa * mean + kept[where]) / (kappa + count[where])
