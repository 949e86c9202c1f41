"""The one scale of how much arrives, and its colours on paper and on ink: of pictures, map and tables alike.

One scale from quiet blue (nearly everything arrives) to strong orange (much is lost), apart in lightness too, so that
it survives colour blindness and grey print; width, dashes and numbers say the same again.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

#: Upper limits of the yield bands 0..3; band 4 is everything from the last one up. The scripts of the map have the
#: same limits, and the style sheets the same colours; a test compares them.
BAND_LIMITS = (0.4, 0.6, 0.75, 0.9)
BAND_COUNT = len(BAND_LIMITS) + 1


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme, ``#rrggbb``."""

    paper: str
    ink: str
    quiet: str  # secondary text, borders
    box: str  # fill of a party
    outside: str  # fill of an external supplier
    team: str  # fill behind a team
    accent: str  # fill of an end customer
    on_accent: str  # text on it
    assumed: str  # line of a hand-off nobody has rated
    drawn: str  # line of one that a room drew just now
    bands: tuple[str, ...]  # lines by yield, band 0 (most lost) first


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#fdfaf4",
        ink="#2b2620",
        quiet="#6f665b",
        box="#fffefb",
        outside="#efe8db",
        team="#f6f0e4",
        accent="#24514d",
        on_accent="#fffdf9",
        assumed="#bdb4a6",
        drawn="#1b6e8c",
        bands=("#8a2f08", "#b5521a", "#d98f4a", "#a9b4ba", "#9fbfd8"),
    ),
    "dark": Palette(
        paper="#16181b",
        ink="#efe9df",
        quiet="#a79f93",
        box="#22262b",
        outside="#2d2a26",
        team="#1c1f23",
        accent="#8fc7bf",
        on_accent="#10201e",
        assumed="#6d675f",
        drawn="#8ad0ee",
        bands=("#ffcfa3", "#f29b52", "#c1762f", "#66737c", "#40678a"),
    ),
}


def yield_band(yield_: float) -> int:
    """Band 0 (under 40 % arrives) .. 4 (90 % and more).

    >>> yield_band(0.39), yield_band(0.4), yield_band(0.97)
    (0, 1, 4)
    """
    return bisect_right(BAND_LIMITS, yield_)
