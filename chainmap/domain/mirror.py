"""The mirror: what suppliers think their customers would say, beside what these said (issue 3, items 3 and 5).

The gap of a hand-off is the guess less the mean rating: above 0 the supplier thinks better of it than its customer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.answers import checked_score

#: Up to this many points of the scale guess and rating are said to agree: one step is as fine as a guess can be.
AGREEMENT = 1.0


class Direction(StrEnum):
    """How the supplier's picture lies to the customer's."""

    BRIGHTER = "brighter"  # the supplier thinks better of it than the customer says
    ALIKE = "alike"
    DARKER = "darker"  # the customer thinks better of it than the supplier expects


@dataclass(frozen=True, slots=True)
class MirrorGap:
    """One hand-off with a guess and at least one rating."""

    guess: float  # 0..10
    rating: float  # mean of the ratings, 0..10
    ratings: int  # >= 1
    agreement: float = AGREEMENT

    @property
    def gap(self) -> float:
        """Guess minus mean rating, -10..10."""
        return self.guess - self.rating

    @property
    def direction(self) -> Direction:
        """On which side the guess lies, or that the two agree."""
        return direction_of(self.gap, self.agreement)


def direction_of(gap: float, agreement: float = AGREEMENT) -> Direction:
    """The word for a gap; gaps of up to ``agreement`` >= 0 points are alike.

    >>> [str(direction_of(gap)) for gap in (-2, -1, 0.5, 1.5)]
    ['darker', 'alike', 'alike', 'brighter']
    """
    if abs(gap) <= agreement:
        return Direction.ALIKE
    return Direction.BRIGHTER if gap > 0 else Direction.DARKER


def find_mirror_gap(guess: float | None, ratings: Sequence[float], *, agreement: float = AGREEMENT) -> MirrorGap | None:
    """The gap of one hand-off; None when there is no guess or no rating.

    Raises ValueError for a guess or a rating outside 0..10, or an ``agreement`` below 0.

    >>> find_mirror_gap(9, [5, 6]).gap
    3.5
    """
    if not agreement >= 0:
        raise ValueError(f"guess and rating agree up to a gap of 0 points or more, not {agreement!r}")
    scores = [checked_score(rating) for rating in ratings]
    if guess is None or not scores:
        return None
    return MirrorGap(checked_score(guess), math.fsum(scores) / len(scores), len(scores), agreement)
