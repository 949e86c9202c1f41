"""Intervals and how wide they must be: what every statement of uncertainty is written in."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

#: How often an interval is meant to hold the true value, when nothing else is said.
DEFAULT_CONFIDENCE = 0.90


@dataclass(frozen=True, slots=True)
class Interval:
    """A lower and an upper end, both included, in the unit of the figure they belong to."""

    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the sign of the figure is certain enough to be said.

        >>> Interval(0.5, 3).excludes_zero, Interval(-1, 0).excludes_zero
        (True, False)
        """
        return self.low > 0 or self.high < 0

    @classmethod
    def around(cls, middle: float, half_width: float, *, least: float, most: float) -> Interval:
        """``middle`` plus and minus ``half_width`` >= 0, clipped to ``least`` .. ``most``.

        >>> Interval.around(90, 20, least=-100, most=100)
        Interval(low=70, high=100)
        """
        return cls(min(max(middle - half_width, least), most), max(min(middle + half_width, most), least))


def normal_quantile(confidence: float) -> float:
    """How many standard deviations to each side hold ``confidence`` (0..1, ends excluded) of a normal distribution.

    Raises ValueError outside that range.

    >>> round(normal_quantile(0.90), 3), round(normal_quantile(0.95), 3)
    (1.645, 1.96)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1 (0.90 for 90 %), not {confidence!r}")
    return NormalDist().inv_cdf((1 + confidence) / 2)
