"""I-CARE: what was good and what was missing in five dimensions of service (issue 3, items 2 and 5).

An answer may say of each dimension that it was good or that it was missing, and mostly says nothing. So a share is
always one among those who said something, ``good / (good + missing)``, with their number beside it. Silence is not
praise, and it is not blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from chainmap.domain.answers import ENOUGH


class Dimension(StrEnum):
    """The five dimensions, in their order."""

    IDEAL_SERVICE = "ideal_service"
    CULTURE_OF_SERVICE = "culture_of_service"
    ATTENTIVENESS = "attentiveness"
    RESPONSIVENESS = "responsiveness"
    EMPOWERMENT = "empowerment"


class Chip(StrEnum):
    """What an answer says of one dimension."""

    GOOD = "good"
    MISSING = "missing"
    NOT_SAID = "not_said"


class Reading(StrEnum):
    """What a profile says as a whole."""

    TOO_FEW = "too_few"  # no dimension was spoken of often enough
    NOTHING_MISSING = "nothing_missing"  # where enough was said, all of it was good
    WEAKEST_POINT = "weakest_point"


@dataclass(frozen=True, slots=True)
class DimensionProfile:
    """One dimension: the counts always, the share only when at least ``ENOUGH`` said something."""

    dimension: Dimension
    good: int
    missing: int
    not_said: int

    @property
    def said(self) -> int:
        """n: how many said something about this dimension."""
        return self.good + self.missing

    @property
    def enough(self) -> bool:
        return self.said >= ENOUGH

    @property
    def share_good(self) -> float | None:
        """Good among those who said something, 0..1; None when they are too few to tell."""
        return self.good / self.said if self.enough else None


@dataclass(frozen=True, slots=True)
class CareProfile:
    """The profile of one group of answers. Make it with :func:`find_care_profile`."""

    dimensions: tuple[DimensionProfile, ...]  # all five, in their order
    answers: int

    @property
    def weakest_points(self) -> tuple[Dimension, ...]:
        """The dimensions with the lowest share of good, all that tie; () when too few said something or all is good.

        Among equals the one missed by most comes first (its share stands on more answers), then the order of I-CARE.
        """
        told = [profile for profile in self.dimensions if profile.enough and profile.missing]
        if not told:
            return ()
        shares = [Fraction(profile.good, profile.said) for profile in told]  # equal shares must tie exactly
        weakest = [profile for profile, share in zip(told, shares, strict=True) if share == min(shares)]
        return tuple(profile.dimension for profile in sorted(weakest, key=lambda profile: -profile.missing))

    @property
    def weakest_point(self) -> Dimension | None:
        """The first of the weakest points, if any."""
        return next(iter(self.weakest_points), None)

    @property
    def reading(self) -> Reading:
        """Whether there is a weakest point, nothing missing, or too little said to tell."""
        if not any(profile.enough for profile in self.dimensions):
            return Reading.TOO_FEW
        return Reading.WEAKEST_POINT if self.weakest_points else Reading.NOTHING_MISSING


def find_care_profile(answers: Iterable[Mapping[Dimension, Chip]]) -> CareProfile:
    """Count the chips of a group of answers. A dimension that an answer leaves out was not said.

    >>> missed = {Dimension.EMPOWERMENT: Chip.MISSING}
    >>> found = find_care_profile([missed] * 3 + [{Dimension.EMPOWERMENT: Chip.GOOD}] * 2 + [{}])
    >>> empowerment = found.dimensions[4]
    >>> empowerment.share_good, empowerment.said, empowerment.not_said, str(found.weakest_point)
    (0.4, 5, 1, 'empowerment')
    """
    listed = list(answers)
    chips = {dimension: [answer.get(dimension, Chip.NOT_SAID) for answer in listed] for dimension in Dimension}
    return CareProfile(
        dimensions=tuple(
            DimensionProfile(dimension, *(chips[dimension].count(chip) for chip in Chip)) for dimension in Dimension
        ),
        answers=len(listed),
    )
