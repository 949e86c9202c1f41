"""How charts look: colours by theme, type, and the room a text takes. One house style for page, paper and slide.

A specification names its colours by what they mean ("house:leak"); :func:`painted` puts those of a theme in their
place. They are the tokens of ``static/chainmap/css/chainmap.css``; a test compares them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from chainmap.exports.picture_style import PALETTES, Palette
from chainmap.exports.plain_text import ELLIPSIS, clean_text

ChartTheme = Literal["light", "dark", "print"]

MEANING = "house:"
#: Measured inside the child with a font that it brings along; the SVG then asks for one of the same widths.
MEASURED_FONT = "Liberation Sans"
TEXT_SIZE, SMALL_SIZE = 13, 12


def _tokens(palette: Palette, **own: str) -> dict[str, str]:
    return {"ink": palette.ink, "accent": palette.accent, "on_accent": palette.on_accent, "none": "transparent"} | own


TOKENS: dict[ChartTheme, dict[str, str]] = {
    "light": _tokens(
        PALETTES["light"],
        paper="#fdfaf4",
        quiet="#665d52",
        line="#dfd6c6",
        sunk="#efe8db",
        leak="#b5521a",
        leak_soft="#e8b48a",
        neutral="#a39a8d",
    ),
    "dark": _tokens(
        PALETTES["dark"],
        paper="#16181b",
        quiet="#aea69a",
        line="#3a3835",
        sunk="#2a2d31",
        leak="#f4ac6e",
        leak_soft="#8a5a34",
        neutral="#6d675f",
    ),
    "print": _tokens(
        PALETTES["light"],
        ink="#000000",
        paper="#ffffff",
        quiet="#444444",
        line="#bbbbbb",
        sunk="#ececec",
        leak="#b5521a",
        leak_soft="#e8b48a",
        neutral="#999999",
    ),
}


def painted(spec: Mapping[str, Any], theme: ChartTheme) -> dict[str, Any]:
    """``spec`` in the colours of a theme. What stands under "values" is data and stays as it is.

    >>> painted({"mark": {"color": "house:ink"}, "data": {"values": ["house:ink"]}}, "print")
    {'mark': {'color': '#000000'}, 'data': {'values': ['house:ink']}}
    """
    tokens = TOKENS[theme]

    def paint(value: Any) -> Any:
        if isinstance(value, str):
            return tokens[value.removeprefix(MEANING)] if value.startswith(MEANING) else value
        if isinstance(value, Mapping):
            return {key: inner if key == "values" else paint(inner) for key, inner in value.items()}
        if isinstance(value, Sequence):
            return [paint(inner) for inner in value]
        return value

    return {key: paint(value) for key, value in spec.items()}


#: Behind a chart: where it lies on a page or on paper that is there already, nothing.
_BEHIND: dict[ChartTheme, str] = {"light": "none", "dark": "paper", "print": "none"}


def house_config(theme: ChartTheme) -> dict[str, Any]:
    """What every chart begins with: type, ink, no frame, no words for screen readers but our own."""
    tokens = TOKENS[theme]
    return {
        "aria": False,
        "background": tokens[_BEHIND[theme]],
        "font": MEASURED_FONT,
        "view": {"stroke": None},
        "text": {"color": tokens["ink"], "fontSize": TEXT_SIZE, "align": "left", "baseline": "middle"},
        "rule": {"color": tokens["line"]},
    }


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """About how wide ``text`` is in pixels, rather more than less; the same on every machine.

    >>> text_width("iii") < text_width("mmm") < text_width("山山山")
    True
    """
    return size * sum(map(_em, text))


def shortened(text: str, pixels: float, size: float = TEXT_SIZE) -> str:
    """``text`` in one clean line that fits into ``pixels``, cut with an ellipsis.

    >>> shortened("Anna", 100), shortened("m" * 40, 60)
    ('Anna', 'mmmm…')
    """
    # between two names that read from the right, too, an arrow points from the first to the second
    line = clean_text(text, 120).replace(" → ", " \u200e→\u200e ")
    if text_width(line, size) <= pixels:
        return line
    room, kept = pixels - text_width(ELLIPSIS, size), ""
    for character in line:
        room -= size * _em(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


_NARROW, _WIDE = frozenset("iljftrI.,:;!|'()[] "), frozenset("mwMW@%—…")


def _em(character: str) -> float:
    """Width of one character in parts of the type size."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.05
    if character in _WIDE:
        return 0.98
    if character in _NARROW:
        return 0.34
    return 0.72 if character.isupper() else 0.57 if character.isascii() else 0.66
