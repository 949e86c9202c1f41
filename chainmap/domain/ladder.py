"""The loyalty ladder of a hand-off: from prospect to apostle by rules that anyone can check (issue 4, item 6).

Each rung asks for some steps. A rung is reached when its own steps and those of every rung below it hold, so the next
rung and the steps still missing follow from the same table that is shown. The ladder is a coaching rule, a way to talk
about the next step, not a measurement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.answers import checked_score
from chainmap.domain.nps import PASSIVE_FROM, PROMOTER_FROM

#: Scores from here on are good, and from here on excellent; the same limits as those of the net promoter score.
GOOD, EXCELLENT = PASSIVE_FROM, PROMOTER_FROM
#: Magic moments that tell as much as a story.
MAGIC_FOR_A_STORY = 2


class Rung(StrEnum):
    """How far the loyalty of a customer goes, lowest first."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    CLIENT = "client"
    SUPPORTER = "supporter"
    ADVOCATE = "advocate"
    APOSTLE = "apostle"


class Step(StrEnum):
    """What a rung asks for."""

    RATED = "rated"  # the customer gave a score
    LAST_GOOD = "last_good"  # the last score is 7 or more
    TWICE_GOOD = "twice_good"  # the last two scores are 7 or more
    NO_OPEN_MISERY = "no_open_misery"  # no misery without an answer of the supplier
    LAST_EXCELLENT = "last_excellent"  # the last score is 9 or more
    MAGIC = "magic"  # at least one magic moment
    TWICE_EXCELLENT = "twice_excellent"  # the last two scores are 9 or more
    TELLS = "tells"  # the customer told a story of success, or at least two magic moments


#: Rung -> the steps it adds to those of the rungs below, lowest rung first.
RULES: dict[Rung, tuple[Step, ...]] = {
    Rung.PROSPECT: (),
    Rung.CUSTOMER: (Step.RATED,),
    Rung.CLIENT: (Step.LAST_GOOD,),
    Rung.SUPPORTER: (Step.TWICE_GOOD, Step.NO_OPEN_MISERY),
    Rung.ADVOCATE: (Step.LAST_EXCELLENT, Step.MAGIC),
    Rung.APOSTLE: (Step.TWICE_EXCELLENT, Step.TELLS),
}


@dataclass(frozen=True, slots=True)
class LadderPlace:
    """Where a hand-off stands, and what would take it one rung up."""

    rung: Rung
    next_rung: Rung | None  # None on the highest
    missing: tuple[Step, ...]  # steps of the next rung that do not hold yet; () on the highest, else one or more


def find_ladder(scores: Sequence[float], *, magic: int, misery_unanswered: int, stories: int) -> LadderPlace:
    """The place of one hand-off on the ladder, from what its customer said.

    ``scores`` 0..10, oldest first; ``magic`` magic moments told, ``misery_unanswered`` miseries the supplier has not
    answered, ``stories`` of success told. Raises ValueError for a score outside 0..10 or a negative count.

    >>> find_ladder([4, 8], magic=1, misery_unanswered=0, stories=0)  # doctest: +NORMALIZE_WHITESPACE
    LadderPlace(rung=<Rung.CLIENT: 'client'>, next_rung=<Rung.SUPPORTER: 'supporter'>,
                missing=(<Step.TWICE_GOOD: 'twice_good'>,))
    >>> find_ladder([9, 10], magic=2, misery_unanswered=0, stories=0).rung
    <Rung.APOSTLE: 'apostle'>
    """
    counts = {"magic": magic, "misery_unanswered": misery_unanswered, "stories": stories}
    for name, count in counts.items():
        if count < 0:
            raise ValueError(f"{name} is counted, so it is 0 or more, not {count!r}")
    holding = _holding_steps([checked_score(score) for score in scores], magic, misery_unanswered, stories)
    reached = Rung.PROSPECT
    for rung, steps in RULES.items():
        missing = tuple(step for step in steps if step not in holding)
        if missing:
            return LadderPlace(rung=reached, next_rung=rung, missing=missing)
        reached = rung
    return LadderPlace(rung=reached, next_rung=None, missing=())


def _holding_steps(scores: Sequence[float], magic: int, misery_unanswered: int, stories: int) -> frozenset[Step]:
    """The steps that hold, whatever the rung."""
    holds = {
        Step.RATED: len(scores) > 0,
        Step.LAST_GOOD: _last_reach(scores, 1, GOOD),
        Step.TWICE_GOOD: _last_reach(scores, 2, GOOD),
        Step.NO_OPEN_MISERY: misery_unanswered == 0,
        Step.LAST_EXCELLENT: _last_reach(scores, 1, EXCELLENT),
        Step.MAGIC: magic >= 1,
        Step.TWICE_EXCELLENT: _last_reach(scores, 2, EXCELLENT),
        Step.TELLS: stories >= 1 or magic >= MAGIC_FOR_A_STORY,
    }
    return frozenset(step for step, met in holds.items() if met)


def _last_reach(scores: Sequence[float], count: int, limit: float) -> bool:
    """Whether there are ``count`` scores and the last of them are all ``limit`` or more."""
    return len(scores) >= count and min(scores[-count:]) >= limit
