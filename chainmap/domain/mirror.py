"""The mirror: what suppliers think their customers would say, beside what these said (issue 3, items 3 and 5).

    gap = guess - mean rating            above 0: the supplier thinks better of the hand-off than its customer

Over several hand-offs the mean gap shows a leaning to one side; gaps up and down cancel in it. The mean absolute gap
shows how far off the guesses are, whatever their side. Each hand-off counts once, however many rated it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class MirrorSummary:
    """Several hand-offs together. Figures are None where there is no pair of a guess and a rating."""

    pairs: int  # n: hand-offs with a guess and a rating
    mean_gap: float | None  # -10..10
    mean_absolute_gap: float | None  # 0..10
    direction: Direction | None  # of the mean gap
    brighter: int  # hand-offs where the supplier thinks better of it
    alike: int
    darker: int


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


def summarize_mirror(gaps: Iterable[MirrorGap | None], *, agreement: float = AGREEMENT) -> MirrorSummary:
    """Put the gaps of several hand-offs together; None, a hand-off without a pair, is left out.

    >>> found = summarize_mirror([find_mirror_gap(9, [6]), find_mirror_gap(4, [7]), find_mirror_gap(None, [7])])
    >>> found.pairs, found.mean_gap, found.mean_absolute_gap, str(found.direction), found.brighter, found.darker
    (2, 0.0, 3.0, 'alike', 1, 1)
    """
    known = [gap for gap in gaps if gap is not None]
    directions = [gap.direction for gap in known]
    mean = math.fsum(gap.gap for gap in known) / len(known) if known else None
    return MirrorSummary(
        pairs=len(known),
        mean_gap=mean,
        mean_absolute_gap=math.fsum(abs(gap.gap) for gap in known) / len(known) if known else None,
        direction=None if mean is None else direction_of(mean, agreement),
        brighter=directions.count(Direction.BRIGHTER),
        alike=directions.count(Direction.ALIKE),
        darker=directions.count(Direction.DARKER),
    )
