"""How much of a protected round was answered, as far as its release and who was asked tell.

Nothing is counted: answers of an anonymous round are gone when it closes, and those of a pair round are of two people
alone. What is known is how many were asked (the structure of opening day) and the released band of those who answered.
It changes by nothing but the release.
"""

from __future__ import annotations

from chainmap.domain.release import BANDS, ReleasedCell
from chainmap.domain.reports import LOW_COVERAGE, Coverage
from chainmap.domain.response import FEWEST_ASKED, band_of_response

#: So many numbers of answers must be possible under every band that could be shown.
LEAST_POSSIBLE = 3


def released_coverage(handoffs: int, people: int, cell: ReleasedCell) -> Coverage | None:
    """Coverage of a protected round: ``handoffs`` and ``people`` asked, ``cell`` that of the whole organization.

    A quarter is told where the whole released band lies in it, and ``is_low`` where all of the band does, of people.
    None where so many are asked that a band could mean everybody, or everybody but one: with 13 asked, "13-20" would
    say that all of them answered. That depends on the number asked alone, so that it says nothing itself.

    >>> from chainmap.domain.cells import Table
    >>> from chainmap.domain.release import CellState
    >>> cell = ReleasedCell(Table.ORGANIZATION, (), CellState.SHOWN, 6.5, raters="13-20")
    >>> found = released_coverage(48, 24, cell)
    >>> found.people_answered, str(found.band), found.is_low
    (None, '', None)
    >>> str(released_coverage(48, 18, cell).band), released_coverage(48, 18, cell).is_low
    ('', False)
    >>> released_coverage(48, 40, cell).is_low, released_coverage(48, 13, cell) is None
    (True, True)
    """
    if any(0 <= people - fewest < LEAST_POSSIBLE - 1 for fewest, _band in BANDS):
        return None
    fewest, most = _possible(cell, people)
    if fewest == 0 or people == 0:
        return Coverage(handoffs, None, people, None, "", None)
    is_low = None
    if most < LOW_COVERAGE * people or fewest >= LOW_COVERAGE * people:
        is_low = most < LOW_COVERAGE * people
    return Coverage(handoffs, None, people, None, _quarter(fewest, most, people), is_low)


def _possible(cell: ReleasedCell, people: int) -> tuple[int, int]:
    """Fewest and most who can have answered; (0, people) where the cell is not shown."""
    above = people
    for fewest, band in BANDS:
        if band == cell.raters:
            return fewest, min(above, people)
        above = fewest - 1
    return 0, people


def _quarter(fewest: int, most: int, people: int) -> str:
    if people < FEWEST_ASKED:
        return ""
    bands = {band_of_response(people, answered) for answered in (fewest, most)}
    return bands.pop() if len(bands) == 1 else ""
