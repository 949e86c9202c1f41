"""The chain in the document of a report: as many hand-offs as stay legible on page 1, and more on a sheet of its own.

A picture whose names are too small to read says nothing. So hand-offs are left out, least first, until the names fit,
and what is left out is counted below the picture. The key stands in the type of the document, never shrunk with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from chainmap.domain.findings import Bottlenecks
from chainmap.domain.reports import Report
from chainmap.exports.chain_picture import ChainPicture, chain_picture, draw
from chainmap.exports.picture_error import PictureError
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_drawing import drawing
from chainmap.exports.report_pictures import drawn_finding_of
from chainmap.exports.workshop_report import ALTERNATIVE, Paper

#: Hand-offs drawn, most first: the first number whose names are legible is taken, the last one if none is.
ON_SHEET, ON_PAGE_1 = (60, 40, 30, 22, 16), (40, 30, 22, 16, 12, 9)
#: Names in boxes in the drawing and the least they may be on paper, in points; the type is set that much larger.
NAMES, LEAST_NAMES, LARGER = 16.0, 7.0, 1.1
#: Names are broken early, so that long chains stay legible across a page.
NARROW = 13
#: Room in points: on page 1 across, and so much of its height; on a sheet upright and across, head and key left out.
_POINTS = 72 / 25.4
_PAGE_1 = {"a4": (188 * _POINTS, 82 * _POINTS), "letter": (194 * _POINTS, 72 * _POINTS)}
_SHEETS = {
    "a4": ((186 * _POINTS, 232 * _POINTS), (273 * _POINTS, 145 * _POINTS)),
    "letter": ((192 * _POINTS, 214 * _POINTS), (255 * _POINTS, 151 * _POINTS)),
}

Drawn = tuple[ChainPicture, dict[str, Any]]


def chain_data(
    report: Report, paper: Paper, draw_with: Callable[[ChainPicture], bytes] | None = None
) -> dict[str, Any]:
    """The picture of page 1, and of a sheet of its own where page 1 leaves out more; or why there is none.

    ``least`` is the smallest size of names in points, in units of the drawing: the template keeps to it.
    """
    data: dict[str, Any] = {"title": _("The chain"), "first": None, "sheet": None, "across": False, "trouble": ""}
    data["more"] = _("More of it on page %(page)s.") % {"page": "{page}"}
    data["least"], data["names"], data["larger"] = LEAST_NAMES, NAMES, LARGER
    finding = drawn_finding_of(report)
    if not finding.parties:
        return data
    drawn = _drawer(finding)
    try:
        first = _legible(drawn, finding, ON_PAGE_1, (_PAGE_1[paper],))
        sheet = _legible(drawn, finding, ON_SHEET, _SHEETS[paper])
    except PictureError as error:
        data["trouble"] = str(error)
        return data
    data["first"] = _picture_data(first)
    if sheet[0].drawn_handoffs > first[0].drawn_handoffs or not _is_legible(first, _PAGE_1[paper]):
        upright, across = _SHEETS[paper]
        data["sheet"], data["across"] = (
            _picture_data(sheet),
            names_size(sheet[1], across) > names_size(sheet[1], upright),
        )
    return data


def names_size(drawn: Mapping[str, Any], room: tuple[float, float]) -> float:
    """How large names are, in points, where the drawing fills ``room`` (points); never larger than they were drawn."""
    scale = min(room[0] / drawn["width"], room[1] / drawn["height"], 1.0)
    return float(NAMES * LARGER * scale)


def _is_legible(one: Drawn, room: tuple[float, float]) -> bool:
    return names_size(one[1], room) >= LEAST_NAMES


def _legible(
    drawn: Callable[[int], Drawn],
    finding: Bottlenecks,
    numbers: tuple[int, ...],
    rooms: tuple[tuple[float, float], ...],
) -> Drawn:
    """The picture of most hand-offs whose names are legible in one of the rooms; else that of fewest."""
    there = len(finding.handoffs)
    wanted = list(dict.fromkeys(min(number, there) for number in numbers))
    for number in wanted[:-1]:
        one = drawn(number)
        if any(_is_legible(one, room) for room in rooms):
            return one
    return drawn(wanted[-1])


def _drawer(finding: Bottlenecks) -> Callable[[int], Drawn]:
    """What draws a picture of so many hand-offs, each number once."""

    @cache
    def drawn(number: int) -> Drawn:
        picture = chain_picture(
            finding, max_handoffs=number, titled=False, keyed=False, in_spreadsheet=True, wrap=NARROW
        )
        return picture, drawing(draw(picture, format="svg"))

    return drawn


def _picture_data(one: Drawn) -> dict[str, Any]:
    picture, drawn = one
    return {
        "drawn": drawn,
        "alt": clean_text(f"{picture.title} {picture.description}", ALTERNATIVE),
        "key": {
            "title": picture.key.scale_title,
            "scale": [{"colour": colour, "words": told} for colour, told in picture.key.scale],
            "sentences": list(picture.key.sentences),
        },
    }
