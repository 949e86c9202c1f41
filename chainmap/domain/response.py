"""How many of those asked have answered, told so coarsely that nobody learns about one person (PRIVACY section 2).

"Everybody" and "nobody" are never said: both would name people.
"""

from __future__ import annotations

from enum import StrEnum

#: Of fewer people than this nothing is said.
FEWEST_ASKED = 5
#: The highest figure; it stands for itself and everything above.
HIGHEST_PERCENT = 90


class Band(StrEnum):
    """The response of a team."""

    TOO_FEW = "too_few"  # asked, whatever they did
    UNDER_QUARTER = "under_quarter"
    UNDER_HALF = "under_half"
    OVER_HALF = "over_half"  # half or more
    OVER_THREE_QUARTERS = "over_three_quarters"


def percent_of_response(asked: int, answered: int) -> int | None:
    """The share of a whole organization in percent, down to the last full ten; None where too few are asked.

    >>> percent_of_response(30, 17), percent_of_response(30, 30), percent_of_response(4, 2)
    (50, 90, None)
    """
    if asked < FEWEST_ASKED:
        return None
    return min(100 * answered // asked // 10 * 10, HIGHEST_PERCENT)


def band_of_response(asked: int, answered: int) -> Band:
    """The quarter a team has reached.

    >>> [str(band_of_response(8, answered)) for answered in (0, 2, 4, 8)], str(band_of_response(4, 4))
    (['under_quarter', 'under_half', 'over_half', 'over_three_quarters'], 'too_few')
    """
    if asked < FEWEST_ASKED:
        return Band.TOO_FEW
    quarters = 4 * answered // asked
    return list(Band)[1 + min(quarters, 3)]
