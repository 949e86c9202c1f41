"""How often something was said in one published cell of a protected round, in steps too coarse to count people.

A share is a distribution, and there are none below 21 people (SECURITY section 3.1, P10). It is one of all answers
with a score in the cell, in steps of 10 %, cut off at 10 and 90: "nobody" and "everybody" would say what each did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.domain.cards import HIGHEST_SCORE, Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason

#: From how many distinct raters on shares are given.
SHARE_RATERS = 21
#: The ends stand for "or less" and "or more", in percent.
LOWEST_SHARE, HIGHEST_SHARE = 10, 90


@dataclass(frozen=True, slots=True)
class Shares:
    """Percent, 10..90 in steps of 10, of all answers with a score. Every choice is listed, said or not.

    A question that the round did not ask stands at 10 throughout; whoever shows the shares leaves it out.
    """

    reasons: Mapping[Reason, int]  # named beside a score below 10
    moments: Mapping[Moment, int]
    good: Mapping[Dimension, int]
    missing: Mapping[Dimension, int]

    def as_dict(self) -> dict[str, object]:
        """The shares as JSON types."""
        return {
            "reasons": {reason.value: share for reason, share in self.reasons.items()},
            "moments": {moment.value: share for moment, share in self.moments.items()},
            "good": {dimension.value: share for dimension, share in self.good.items()},
            "missing": {dimension.value: share for dimension, share in self.missing.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Mapping[str, int]]) -> Shares:
        """Read back what :meth:`as_dict` wrote. Raises KeyError or ValueError for anything else."""
        return cls(
            reasons={Reason(name): share for name, share in data["reasons"].items()},
            moments={Moment(name): share for name, share in data["moments"].items()},
            good={Dimension(name): share for name, share in data["good"].items()},
            missing={Dimension(name): share for name, share in data["missing"].items()},
        )


def find_shares(cards: Sequence[Card], raters: int) -> Shares | None:
    """The shares of one published cell; None with fewer than 21 raters.

    ``cards`` are the answers of the cell, of which those without a score are left out; ``raters`` is the number of
    people who gave them. The caller passes published cells only.

    >>> cards = [Card(score=6, reason=Reason.LATE)] * 9 + [Card(score=9)] * 12
    >>> found = find_shares(cards, raters=21)
    >>> found.reasons[Reason.LATE], found.reasons[Reason.HABIT]
    (40, 10)
    >>> find_shares(cards[1:], raters=20) is None
    True
    """
    scored = [card for card in cards if card.score is not None]
    # nobody rates without an answer: a greater number of raters would be a mistake, and not one to the better
    if min(raters, len(scored)) < SHARE_RATERS:
        return None
    reasons = [card.reason for card in scored if card.score != HIGHEST_SCORE]
    moments = [card.moment for card in scored]
    chips = {dimension: [card.care.get(dimension) for card in scored] for dimension in Dimension}
    count = len(scored)
    return Shares(
        reasons={reason: round_share(reasons.count(reason), count) for reason in Reason},
        moments={moment: round_share(moments.count(moment), count) for moment in Moment},
        good={dimension: round_share(chips[dimension].count(Chip.GOOD), count) for dimension in Dimension},
        missing={dimension: round_share(chips[dimension].count(Chip.MISSING), count) for dimension in Dimension},
    )


def round_share(part: int, whole: int) -> int:
    """``100 part / whole`` to the nearest ten, halves upwards, cut off at 10 and 90; ``whole`` is above 0.

    >>> round_share(0, 21), round_share(5, 20), round_share(9, 21), round_share(21, 21)
    (10, 30, 40, 90)
    """
    tens = (20 * part + whole) // (2 * whole)
    return min(max(10 * tens, LOWEST_SHARE), HIGHEST_SHARE)
