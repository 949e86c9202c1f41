"""What the scorings of a round share: where an answer belongs, and what a score may be.

Each scoring (net promoter score, I-CARE, moments, reasons, mirror) reads the answers of one group. Which answers make
a group is decided here, once: all answers about one hand-off, one person, one team, or the whole organization.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

#: Fewer answers than this are too few for a share, a score or a ranking (MODEL section 7).
ENOUGH = 5
LOWEST_SCORE, HIGHEST_SCORE = 0.0, 10.0


class Level(StrEnum):
    """What the answers are put together by."""

    HANDOFF = "handoff"
    PERSON = "person"  # the giving party: what others say about what they get from it
    TEAM = "team"  # the team of the giving party
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Place:
    """Which hand-off an answer is about, and who gives it. The caller's own ids; ``team`` "" = no team."""

    handoff: int | str
    supplier: int | str
    team: int | str = ""


#: The key of the only group at the level of the organization.
WHOLE_ORGANIZATION = ""


def group_by_level(answers: Iterable[tuple[Place, T]], level: Level) -> dict[int | str, list[T]]:
    """The answers of each hand-off, person or team, or all under ``WHOLE_ORGANIZATION``, in the order they came.

    Groups without an answer do not appear. Whoever shows a group decides first who may see it (PRIVACY section 1).

    >>> plan, report = Place(1, "ann", "red"), Place(2, "ben", "red")
    >>> group_by_level([(plan, 7), (report, 9), (plan, 3)], Level.PERSON)
    {'ann': [7, 3], 'ben': [9]}
    >>> group_by_level([(plan, 7), (report, 9)], Level.ORGANIZATION)
    {'': [7, 9]}
    """
    groups: dict[int | str, list[T]] = {}
    for place, answer in answers:
        groups.setdefault(_key(place, level), []).append(answer)
    return groups


def checked_score(score: float) -> float:
    """The score itself. Raises ValueError when it is not a number 0..10.

    >>> checked_score(7)
    7
    """
    if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise ValueError(f"a score lies between 0 and 10, not {score!r}")
    return score


def _key(place: Place, level: Level) -> int | str:
    match level:
        case Level.HANDOFF:
            return place.handoff
        case Level.PERSON:
            return place.supplier
        case Level.TEAM:
            return place.team
        case Level.ORGANIZATION:
            return WHOLE_ORGANIZATION
