"""Net promoter score with its interval, and whether it moved between two rounds (MODEL section 7).

    NPS = 100 (P - D) / n           P scores of 9 or 10, D scores of 6 or less, n scores

Interval (adjusted Wald: Rocks 2016, "Interval Estimation for the Net Promoter Score", The American Statistician 70):
three answers are added, three quarters of one a promoter, three quarters a detractor, the rest passive.

    N = n + 3    p = (P + .75) / N    d = (D + .75) / N
    100 (p - d  +-  z sqrt((p + d - (p - d)^2) / N))        clipped to -100 .. 100

An answer is worth +1, 0 or -1, so ``p + d`` is its mean square and ``p - d`` its mean: the bracket is its variance.
Two rounds are read as independent samples, and the variances of their means add up:

    100 (m2 - m1  +-  z sqrt(V1 / N1 + V2 / N2))     m = p - d,  V = p + d - m^2       clipped to -200 .. 200

Where the same people answer both times, their answers mostly move together, and the true interval is narrower: an
arrow is then shown too rarely, never too often.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.answers import ENOUGH, checked_score
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval, normal_quantile

#: From this score on an answer is a promoter; from the other on it is passive; below, a detractor.
PROMOTER_FROM, PASSIVE_FROM = 9.0, 7.0
#: From this many answers on the letters NPS may stand beside the figure.
ENOUGH_FOR_THE_NAME = 10
#: Below this confidence the interval of few answers would no longer hold the score itself.
LEAST_CONFIDENCE = 0.90
_ADDED, _ADDED_TO_EACH = 3.0, 0.75


class Bucket(StrEnum):
    """What a score counts as."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


class Arrow(StrEnum):
    """What may be said about two rounds."""

    UP = "up"
    DOWN = "down"
    NOT_CLEAR = "not_clear"  # the interval of the difference holds 0
    TOO_FEW = "too_few"  # one of the two has no score


def bucket_of(score: float) -> Bucket:
    """Promoter 9..10, passive 7..8, detractor 0..6. Raises ValueError outside 0..10.

    A score between two whole ones (rescaled from another scale) counts as the lower one.

    >>> [str(bucket_of(score)) for score in (6, 6.9, 7, 8, 9)]
    ['detractor', 'detractor', 'passive', 'passive', 'promoter']
    """
    if checked_score(score) >= PROMOTER_FROM:
        return Bucket.PROMOTER
    return Bucket.PASSIVE if score >= PASSIVE_FROM else Bucket.DETRACTOR


@dataclass(frozen=True, slots=True)
class NetPromoterScore:
    """How many of each bucket, and what follows. Under ``ENOUGH`` answers there are dots and no number.

    Make it with :meth:`of_scores` or :meth:`of_counts`.
    """

    promoters: int
    passives: int
    detractors: int
    score: int | None  # -100..100, rounded once; None under ENOUGH answers
    interval: Interval | None  # -100..100, not rounded; None under ENOUGH answers
    confidence: float  # of the interval, 0.9..1

    @property
    def answers(self) -> int:
        """n, without those who skipped the question."""
        return self.promoters + self.passives + self.detractors

    @property
    def named(self) -> bool:
        """Whether the letters NPS may stand beside the figure."""
        return self.answers >= ENOUGH_FOR_THE_NAME

    @property
    def signed(self) -> str | None:
        """The score with its sign, a real minus sign, and no sign at 0; None where there is no score."""
        if self.score is None:
            return None
        return f"{self.score:+d}".replace("-", "\u2212") if self.score else "0"

    @property
    def dots(self) -> tuple[Bucket, ...]:
        """One bucket an answer, promoters first, while there are too few for a number; else ()."""
        if self.score is not None:
            return ()
        counts = zip(Bucket, (self.promoters, self.passives, self.detractors), strict=True)
        return tuple(bucket for bucket, count in counts for _ in range(count))

    @classmethod
    def of_scores(cls, scores: Iterable[float | None], *, confidence: float = DEFAULT_CONFIDENCE) -> NetPromoterScore:
        """From scores 0..10; None stands for skipped or "not this period" and is left out.

        Raises ValueError for a score outside 0..10 or a confidence outside 0.9..1.

        >>> found = NetPromoterScore.of_scores([10, 9, 9, 8, 7, 3, None])
        >>> found.signed, found.answers, round(found.interval.low), round(found.interval.high), found.named
        ('+33', 6, -19, 63, False)
        """
        buckets = [bucket_of(score) for score in scores if score is not None]
        promoters, passives, detractors = (buckets.count(bucket) for bucket in Bucket)
        return cls.of_counts(promoters, passives, detractors, confidence=confidence)

    @classmethod
    def of_counts(
        cls, promoters: int, passives: int, detractors: int, *, confidence: float = DEFAULT_CONFIDENCE
    ) -> NetPromoterScore:
        """From counts >= 0. Raises ValueError for a negative count or a confidence outside 0.9..1.

        >>> NetPromoterScore.of_counts(2, 1, 1).dots
        (<Bucket.PROMOTER: 'promoter'>, <Bucket.PROMOTER: 'promoter'>, <Bucket.PASSIVE: 'passive'>, \
<Bucket.DETRACTOR: 'detractor'>)
        """
        if min(promoters, passives, detractors) < 0:
            raise ValueError(f"counts are 0 or more, not {(promoters, passives, detractors)!r}")
        quantile = _checked_quantile(confidence)
        answers = promoters + passives + detractors
        if answers < ENOUGH:
            return cls(promoters, passives, detractors, None, None, confidence)
        score = rounded_share(promoters - detractors, answers)
        mean, variance = _adjusted(promoters, detractors, answers)
        interval = Interval.around(100 * mean, 100 * quantile * math.sqrt(variance), least=-100.0, most=100.0)
        return cls(promoters, passives, detractors, score, interval, confidence)


@dataclass(frozen=True, slots=True)
class Change:
    """From one round to the next. ``difference`` is that of the two scores as they are shown, so that whoever takes
    one from the other finds it; it may differ by 1 from what the counts give."""

    difference: int | None  # -200..200; None when one of the two has no score
    interval: Interval | None  # -200..200, not rounded
    arrow: Arrow


def find_change(before: NetPromoterScore, now: NetPromoterScore, *, confidence: float = DEFAULT_CONFIDENCE) -> Change:
    """Whether the score moved: an arrow only if the interval of the difference excludes 0.

    Raises ValueError for a confidence outside 0.9..1.

    >>> low, high = NetPromoterScore.of_counts(5, 10, 15), NetPromoterScore.of_counts(15, 10, 5)
    >>> found = find_change(low, high)
    >>> found.difference, round(found.interval.low, 1), round(found.interval.high, 1), str(found.arrow)
    (66, 30.3, 90.9, 'up')
    """
    quantile = _checked_quantile(confidence)
    if before.score is None or now.score is None:
        return Change(None, None, Arrow.TOO_FEW)
    (mean_before, variance_before), (mean_now, variance_now) = (
        _adjusted(round_.promoters, round_.detractors, round_.answers) for round_ in (before, now)
    )
    half_width = 100 * quantile * math.sqrt(variance_before + variance_now)
    interval = Interval.around(100 * (mean_now - mean_before), half_width, least=-200.0, most=200.0)
    arrow = Arrow.NOT_CLEAR
    if interval.excludes_zero:
        arrow = Arrow.UP if interval.low > 0 else Arrow.DOWN
    return Change(now.score - before.score, interval, arrow)


def rounded_share(numerator: int, denominator: int) -> int:
    """``100 numerator / denominator`` to the nearest integer, halves away from 0, without passing through a float.

    So swapping promoters and detractors changes the sign and nothing else. ``denominator`` is above 0.

    >>> rounded_share(1, 8), rounded_share(-1, 8), rounded_share(1, 3)
    (13, -13, 33)
    """
    size = (200 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def _adjusted(promoters: int, detractors: int, answers: int) -> tuple[float, float]:
    """The adjusted mean, -1..1, and the variance of that mean."""
    total = answers + _ADDED
    promoting, detracting = (promoters + _ADDED_TO_EACH) / total, (detractors + _ADDED_TO_EACH) / total
    mean = promoting - detracting
    return mean, (promoting + detracting - mean**2) / total


def _checked_quantile(confidence: float) -> float:
    if not LEAST_CONFIDENCE <= confidence < 1:
        raise ValueError(f"the confidence of a net promoter score lies between 0.9 and 1, not {confidence!r}")
    return normal_quantile(confidence)
