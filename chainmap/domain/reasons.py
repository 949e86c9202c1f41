"""Why something was lost: which reasons were given, how often, and how much was lost with them (issue 3, items 2, 5).

Each answer that lost something may name one reason. It weighs what it lost, ``(10 - score) / 10``, in hand-offs lost
whole: five answers of 8 weigh as much as one answer of 0. The most frequent reason and the costliest one may differ;
both are named, with all that tie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.answers import HIGHEST_SCORE, checked_score


class Reason(StrEnum):
    """The reasons of the rating card, in their order."""

    UNSPOKEN_EXPECTATION = "unspoken_expectation"  # "I thought you would do it"
    HABIT = "habit"  # "we usually do it this way"
    NO_OWNER = "no_owner"  # "I didn't know it was up to me"
    NO_POWER_TO_DECIDE = "no_power_to_decide"  # "I have to ask for authorization"
    LATE = "late"
    INCOMPLETE = "incomplete"
    NOT_WHAT_I_NEED = "not_what_i_need"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScoredReason:
    """A score 0..10 and the reason given with it, None when none was given."""

    score: float
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """One reason: how many named it and what was lost with it."""

    reason: Reason
    count: int
    lost: float  # sum of (10 - score) / 10, in hand-offs lost whole
    lost_share: float  # of all that was lost with a reason named, 0..1


@dataclass(frozen=True, slots=True)
class ReasonProfile:
    """The reasons of one group of answers. Make it with :func:`find_reasons`."""

    reasons: tuple[ReasonCount, ...]  # those named at least once: most lost, then most often, then the card's order
    lost: float  # in all answers together, with and without a reason
    answers: int  # n: answers with a score
    answers_with_loss: int  # of these, below 10
    without_reason: int  # of these, naming no reason
    lost_without_reason: float

    @property
    def named(self) -> int:
        """How many named a reason."""
        return self.answers_with_loss - self.without_reason

    @property
    def most_frequent(self) -> tuple[Reason, ...]:
        """The reason named most often; all that tie, in the order of the card; () when none was named."""
        most = max((count.count for count in self.reasons), default=0)
        return _in_card_order(count.reason for count in self.reasons if count.count == most)

    @property
    def costliest(self) -> tuple[Reason, ...]:
        """The reason with which most was lost; all that tie, in the order of the card; () when none was named."""
        most = max((count.lost for count in self.reasons), default=0.0)
        return _in_card_order(count.reason for count in self.reasons if count.lost == most)


def find_reasons(answers: Iterable[ScoredReason]) -> ReasonProfile:
    """Count and weigh the reasons of a group of answers. Raises ValueError for a score outside 0..10.

    A reason beside a score of 10 is not counted, because nothing was lost: it is left from before the score was
    changed.

    >>> late, habit = Reason.LATE, Reason.HABIT
    >>> found = find_reasons([ScoredReason(8, late), ScoredReason(9, late), ScoredReason(2, habit), ScoredReason(5)])
    >>> [(str(count.reason), count.count, count.lost) for count in found.reasons], found.without_reason
    ([('habit', 1, 0.8), ('late', 2, 0.3)], 1)
    >>> found.most_frequent, found.costliest
    ((<Reason.LATE: 'late'>,), (<Reason.HABIT: 'habit'>,))
    """
    listed = list(answers)
    missing: dict[Reason | None, list[float]] = {}
    for answer in listed:
        points = HIGHEST_SCORE - checked_score(answer.score)
        if points > 0:
            missing.setdefault(answer.reason, []).append(points)
    silent = missing.pop(None, [])
    points_named = sum(sum(points) for points in missing.values())
    # whole points are summed and divided once, so that equal losses are equal numbers and tie
    counts = [
        ReasonCount(reason, len(missing[reason]), sum(missing[reason]) / 10, sum(missing[reason]) / points_named)
        for reason in Reason
        if reason in missing
    ]
    return ReasonProfile(
        reasons=tuple(sorted(counts, key=lambda count: (-count.lost, -count.count))),
        lost=(points_named + sum(silent)) / 10,
        answers=len(listed),
        answers_with_loss=len(silent) + sum(len(points) for points in missing.values()),
        without_reason=len(silent),
        lost_without_reason=sum(silent) / 10,
    )


def _in_card_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    wanted = set(reasons)
    return tuple(reason for reason in Reason if reason in wanted)
