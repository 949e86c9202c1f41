"""Tables of a slide that stay tables: hairlines, a head that says it is one, and words that fit their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from chainmap.exports.slide_house import describe
from chainmap.exports.slide_text import Box, add_run, fitted

#: "No style, no grid": lines are drawn here.
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_HEAD_SIZE, _HEAD_HEIGHT, _HEAD_ABOVE = 11, 0.5, 0.04
_SIDE, _ABOVE = 0.11, 0.09
_SCHEME = {"ink": "tx1", "line": "accent5"}


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph of a cell."""

    text: str
    size: int = 13
    colour: str = "ink"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Its head, its width in inches, and whether figures stand at its right edge."""

    title: str
    width: float
    right: bool = False


def put_table(
    slide: Any,
    place: Box,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Sequence[Words]]],
    *,
    row_height: float,
    title: str,
    words: str,
) -> float:
    """A table at the upper left corner of ``place``; each cell is made of paragraphs, cut where they do not fit.

    Returns the inches from the top of the slide to its end.
    """
    width = sum(column.width for column in columns)
    box = Box(place.left, place.top, width, _HEAD_HEIGHT + row_height * len(rows))
    frame = slide.shapes.add_table(len(rows) + 1, len(columns), *box.emu())
    describe(frame, words, name=title)
    table = frame.table
    table.first_row, table.horz_banding = True, False
    frame.element.xpath(".//a:tableStyleId")[0].text = _PLAIN
    for number, column in enumerate(columns):
        table.columns[number].width = Inches(column.width)
    table.rows[0].height = Inches(_HEAD_HEIGHT)
    for number, column in enumerate(columns):
        head = Words(column.title, _HEAD_SIZE, "quiet", True)
        _fill(table.cell(0, number), [head], column, height=_HEAD_HEIGHT, edges=("", "ink"))
    for place_down, row in enumerate(rows, start=1):
        table.rows[place_down].height = Inches(row_height)
        for number, (column, cell) in enumerate(zip(columns, row, strict=True)):
            above = "ink" if place_down == 1 else "line"
            _fill(table.cell(place_down, number), cell, column, height=row_height, edges=(above, "line"))
    return box.top + box.height


def _fill(cell: Any, words: Sequence[Words], column: Column, *, height: float, edges: tuple[str, str]) -> None:
    cell.margin_left = cell.margin_right = Inches(_SIDE)
    above = _ABOVE if edges[0] else _HEAD_ABOVE
    cell.margin_top = cell.margin_bottom = Inches(above)
    cell.vertical_anchor = MSO_ANCHOR.TOP if edges[0] else MSO_ANCHOR.BOTTOM
    cell.fill.background()
    room = height - 2 * above
    for number, one in enumerate(words):
        kept, size = fitted([one.text], column.width - 2 * _SIDE, room, (one.size, max(one.size - 2, 10)), gap=0)
        frame = cell.text_frame
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if column.right else None
        add_run(paragraph, kept[0], size=size, colour=one.colour, bold=one.bold)
    if not words:
        cell.text_frame.paragraphs[0].font.size = Pt(_HEAD_SIZE)
    _draw_edges(cell, *edges)


def _draw_edges(cell: Any, above: str, below: str) -> None:
    """Hairlines above and below, nothing at the sides; in the order the format wants, before the fill."""
    properties = cell._tc.get_or_add_tcPr()  # python-pptx knows no borders
    for place, (name, colour) in enumerate((("lnL", ""), ("lnR", ""), ("lnT", above), ("lnB", below))):
        inside = "<a:noFill/>"
        if colour:
            inside = f'<a:solidFill><a:schemeClr val="{_SCHEME[colour]}"/></a:solidFill>'
        properties.insert(place, parse_xml(f'<a:{name} {nsdecls("a")} w="9525">{inside}</a:{name}>'))
