"""How many of those asked have answered, told so coarsely that nobody learns about one person (PRIVACY section 2).

Groups that overlap could be subtracted from each other, so they never do: each person is counted in one group. A group
holds at least ten people, and a quarter of ten is two at least: no band stands for one number of answers, nor for
everybody or nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

#: Of fewer people than this nothing is said. From here on each quarter stands for two numbers or more, also for
#: somebody of the group, who knows one answer.
FEWEST_ASKED = 10


class Band(StrEnum):
    """The response of a group."""

    UNDER_QUARTER = "under_quarter"
    UNDER_HALF = "under_half"
    OVER_HALF = "over_half"  # half or more
    OVER_THREE_QUARTERS = "over_three_quarters"


@dataclass(frozen=True, slots=True)
class GroupResponse:
    """The response of some teams together, in the order of their keys; of one team where it is large enough."""

    teams: tuple[str, ...]
    band: Band


def response_by_group(counts: Mapping[str, tuple[int, int]]) -> tuple[GroupResponse, ...]:
    """The bands of all teams with at least ten people asked, and of all smaller ones together if these are ten.

    ``counts``: key of the team -> (asked, of these answered). What is told depends on the numbers asked, and the bands
    alone on the answers.

    >>> found = response_by_group({"a": (12, 6), "b": (6, 6), "c": (5, 0), "d": (20, 1)})
    >>> [(group.teams, str(group.band)) for group in found]
    [(('a',), 'over_half'), (('d',), 'under_quarter'), (('b', 'c'), 'over_half')]
    >>> response_by_group({"a": (9, 9)})
    ()
    """
    large = [key for key in sorted(counts) if counts[key][0] >= FEWEST_ASKED]
    small = tuple(key for key in sorted(counts) if counts[key][0] < FEWEST_ASKED)
    groups = [(key,) for key in large] + [small]
    told = []
    for teams in groups:
        asked, answered = (sum(counts[key][part] for key in teams) for part in (0, 1))
        if asked >= FEWEST_ASKED:
            told.append(GroupResponse(teams, band_of_response(asked, answered)))
    return tuple(told)


def band_of_response(asked: int, answered: int) -> Band:
    """The quarter a group has reached. Raises ValueError below ten people.

    >>> [str(band_of_response(10, answered)) for answered in (0, 2, 3, 5, 8, 10)]
    ['under_quarter', 'under_quarter', 'under_half', 'over_half', 'over_three_quarters', 'over_three_quarters']
    """
    if asked < FEWEST_ASKED:
        raise ValueError(f"of {asked} people nothing is told")
    return list(Band)[min(4 * answered // asked, 3)]
