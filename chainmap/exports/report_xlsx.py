"""A report as a workbook: what it says, every hand-off, and its parts as sheets with native charts.

Written row by row to a file and never whole in memory. Text is always text: nothing a person typed becomes a formula
or a link. The same report gives the same bytes: the file has no time of its own.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.plain_text import clean_text, shown_width
from chainmap.exports.report_method_words import pay_sentence
from chainmap.exports.report_sheets import SAID, Sheet, report_sheets
from chainmap.exports.report_table import COLUMNS, Cell, Column, Kind, report_rows

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The day inside the file; a workbook must have one.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: Of the parts of a file that is read back.
_PIECE = 256 * 1024
#: What a sheet can hold: rows with the header, characters in a cell.
MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
_FORMATS = {Kind.WHOLE: "0", Kind.SCORE: "0.0", Kind.AMOUNT: "#,##0.00", Kind.SHARE: "0.0%"}
#: Columns of names, and of sentences.
_WIDE, _SENTENCES = 46, 84
#: Points of one line, and above and below all of them.
_LINE, _AROUND = 15.0, 4.0
#: The house colours, on paper: of a table's lines, and of bars; what is less than nothing is told by another one.
_HAIR, _BARS, _LESS = "#D8CEBD", ("#B5521A", "#24514D", "#9A9184"), "#24514D"
_HEADS = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#F6F0E4"}
#: Words keep away from the figures of the column before them.
_INDENTED = {"align": "left", "indent": 1}
#: The rest of all hand-offs stands in the chart up to so many times the largest bar: above that it would be all of it.
_REST_SHOWN, _FEW_ROWS = 1.5, 3
_A4, _MARGINS = 9, {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}
_WIDTHS = {Kind.WHOLE: 8, Kind.SCORE: 11, Kind.AMOUNT: 13, Kind.SHARE: 11, Kind.TEXT: 22}
#: Control characters XML cannot hold.
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}


def report_xlsx(report: Report) -> ExportFile:
    """The whole file."""
    name = export_filename("report", report.scope.organization, "xlsx")
    return ExportFile(name, CONTENT_TYPE, b"".join(report_xlsx_chunks(report)))


def report_xlsx_chunks(report: Report) -> Iterator[bytes]:
    """The file in pieces; the zip is written to a temporary file first, for its table of contents comes last."""
    with tempfile.TemporaryFile() as file:
        report_xlsx_write(report, file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def report_xlsx_write(report: Report, file: IO[bytes]) -> None:
    """Write the workbook to an open binary file. Hand-offs beyond what a sheet can hold are counted at its end."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": clean_text(report.scope.organization, 200), "created": _EPOCH})
        looks = _Looks(book)
        sheets = report_sheets(report)
        _first_sheet(book, looks, sheets[0])
        _handoffs(book, looks, report)
        for sheet in sheets[1:]:
            _part(book, looks, sheet)


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 15})
        self.header: Format = book.add_format({**_HEADS, **_INDENTED})
        self.number_header: Format = book.add_format({**_HEADS, "align": "right"})
        self.said: Format = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.label: Format = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
        self.text: Format = book.add_format({"valign": "top", "quote_prefix": True, **_INDENTED})
        self.kinds: dict[Kind, Format] = {
            kind: book.add_format({"num_format": code, "valign": "top"}) for kind, code in _FORMATS.items()
        }
        self.kinds[Kind.TEXT] = self.text
        ruled = {"valign": "vcenter", "bottom": 1, "bottom_color": _HAIR}
        self.ruled: dict[Kind, Format] = {
            kind: book.add_format({"num_format": code, **ruled}) for kind, code in _FORMATS.items()
        }
        self.ruled[Kind.TEXT] = book.add_format({"text_wrap": True, "quote_prefix": True, **_INDENTED, **ruled})

    def head(self, kind: Kind) -> Format:
        """Of a column: over its figures at the right, over its words at the left."""
        return self.header if kind == Kind.TEXT else self.number_header


def _sheet(book: xlsxwriter.Workbook, name: str) -> Worksheet:
    """A sheet under a name a workbook allows."""
    made: Worksheet = book.add_worksheet(name[:31])
    if get_language_bidi():
        made.right_to_left()
    made.hide_gridlines(2)
    made.set_landscape()
    made.set_paper(_A4)
    made.set_margins(**_MARGINS)
    page = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}
    made.set_footer(f"&L{pay_sentence()}&R{page}")
    made.fit_to_pages(1, 1)
    return made


def _first_sheet(book: xlsxwriter.Workbook, looks: _Looks, sheet: Sheet) -> None:
    """Sentences: what the report says, and how its figures were made."""
    made = _sheet(book, sheet.name)
    made.set_column(0, 0, 30)
    made.set_column(1, 1, 100)
    made.write_string(0, 0, _kept(sheet.sentence), looks.title)
    for place, row in enumerate(sheet.rows, start=2):
        made.set_row(place, _height([row[1]], [100]))
        made.write_string(place, 0, _kept(str(row[0] or "")), looks.label)
        made.write_string(place, 1, _kept(str(row[1] or "")), looks.said)


def _handoffs(book: xlsxwriter.Workbook, looks: _Looks, report: Report) -> None:
    """Every hand-off, with a filter, its head and its first columns standing still."""
    made = _sheet(book, _("Team links") if report.scope.by_team else _("Hand-offs"))
    for place, column in enumerate(COLUMNS):
        made.set_column(place, place, _WIDTHS[column.kind])
    made.set_row(0, 45)
    made.freeze_panes(1, 3)
    for place, column in enumerate(COLUMNS):
        made.write_string(0, place, str(column.title), looks.head(column.kind))
    formats = [looks.kinds[column.kind] for column in COLUMNS]
    count = left_out = 0
    for row in report_rows(report):
        if count == MOST_ROWS - 2:
            left_out += 1
            continue
        count += 1
        _row(made, count, row, formats)
    if left_out:
        made.write_string(count + 1, 0, _("%(count)s more do not fit on a sheet.") % {"count": left_out}, looks.said)
    made.autofilter(0, 0, max(count, 1), len(COLUMNS) - 1)
    made.repeat_rows(0)
    made.repeat_columns(0, 2)
    made.fit_to_pages(2, 0)


def _part(book: xlsxwriter.Workbook, looks: _Looks, sheet: Sheet) -> None:
    """One part of the report: its sentence, its table, and its chart where it has one."""
    made = _sheet(book, sheet.name)
    widths = [_width(column) for column in sheet.columns]
    for place, width in enumerate(widths):
        made.set_column(place, place, width)
    made.write_string(0, 0, _kept(sheet.name), looks.title)
    made.set_row(1, _height([sheet.sentence], [sum(widths)]))
    if len(widths) > 1:
        made.merge_range(1, 0, 1, len(widths) - 1, _kept(sheet.sentence), looks.said)
    first = 3
    titles = [str(column.title) for column in sheet.columns]
    made.set_row(first, _height(titles, widths))
    for place, (title, column) in enumerate(zip(titles, sheet.columns, strict=True)):
        made.write_string(first, place, title, looks.head(column.kind))
    made.freeze_panes(first + 1, 0)
    formats = [looks.ruled[column.kind] for column in sheet.columns]
    for place, row in enumerate(sheet.rows, start=first + 1):
        made.set_row(place, _height(row, widths))
        _row(made, place, row, formats)
    last = first + len(sheet.rows)
    if sheet.rows:
        made.autofilter(first, 0, last, len(sheet.columns) - 1)
        if sheet.bars:
            _chart(book, made, sheet, (first, last))


def _width(column: Column) -> int:
    if column.kind != Kind.TEXT:
        return _WIDTHS[column.kind] + 4
    return _SENTENCES if column.field in SAID else _WIDE


def _less_than_nothing(cell: Cell) -> dict[str, Any] | None:
    """How a bar below nothing looks; None for all others."""
    return {"fill": {"color": _LESS}} if isinstance(cell, int | float) and cell < 0 else None


def _least(sheet: Sheet) -> int | None:
    """Bars begin at nothing; None where some go to the other side of it."""
    cells = [row[column] for row in sheet.rows for column in sheet.bars]
    return None if any(isinstance(cell, int | float) and cell < 0 for cell in cells) else 0


def _drawn_rows(sheet: Sheet) -> int:
    """Rows of the chart: without the rest at the end where its bar would make all others a hair."""
    if sheet.line is None or len(sheet.rows) < _FEW_ROWS:
        return len(sheet.rows)
    amounts = [row[sheet.bars[0]] for row in sheet.rows]
    figures = [amount for amount in amounts if isinstance(amount, int | float)]
    return len(sheet.rows) - (figures[-1] > _REST_SHOWN * max(figures[:-1]))


def _chart(book: xlsxwriter.Workbook, made: Worksheet, sheet: Sheet, rows: tuple[int, int]) -> None:
    """Bars over the first column's words, and the running share as a line over a second axis."""
    first, end = rows
    last = first + _drawn_rows(sheet)
    chart: Any = book.add_chart({"type": "bar" if sheet.line is None else "column"})
    names = [sheet.name, first + 1, 0, last, 0]
    for column, colour in zip(sheet.bars, _BARS, strict=False):
        chart.add_series(
            {
                "name": str(sheet.columns[column].title),
                "categories": names,
                "values": [sheet.name, first + 1, column, last, column],
                "fill": {"color": colour},
                "points": [_less_than_nothing(row[column]) for row in sheet.rows[: last - first]],
                "gap": 60,
            }
        )
    lines, no_lines = {"visible": True, "line": {"color": _HAIR, "width": 0.5}}, {"visible": False}
    if sheet.line is not None:
        line: Any = book.add_chart({"type": "line"})
        line.add_series(
            {
                "name": str(sheet.columns[sheet.line].title),
                "categories": names,
                "values": [sheet.name, first + 1, sheet.line, last, sheet.line],
                "y2_axis": True,
                "line": {"color": "#33414D", "width": 1.75},
                "marker": {"type": "circle", "size": 5},
            }
        )
        most = 1 if last == end else None  # without the rest the line ends before the whole
        line.set_y2_axis({"min": 0, "max": most, "num_format": "0%"})
        chart.combine(line)
        chart.set_y_axis({"major_gridlines": lines, "min": 0})
        chart.set_x_axis({"num_font": {"size": 8}})
    else:
        chart.set_y_axis({"reverse": True, "label_position": "low", "crossing": "max", "major_gridlines": no_lines})
        chart.set_x_axis({"major_gridlines": lines, "min": _least(sheet)})
    chart.set_title({"name": sheet.name, "overlay": False, "name_font": {"size": 13}})
    if len(sheet.bars) > 1 or sheet.line is not None:
        chart.set_legend({"position": "bottom"})
    else:
        chart.set_legend({"none": True})
    chart.set_size({"width": 900, "height": 440})
    # a reader of the screen is told in words what the chart shows
    made.insert_chart(end + 2, 0, chart, {"description": _kept(sheet.sentence)[:255]})


def _height(cells: Sequence[Cell], widths: Sequence[float]) -> float:
    """Points for the lines that wrapped text needs: not every program works that out by itself."""
    needed = [math.ceil(1.1 * shown_width(cell) / width) for cell, width in zip(cells, widths, strict=True)
              if isinstance(cell, str)]  # fmt: skip
    return _LINE * max([1, *needed]) + _AROUND


def _row(made: Worksheet, place: int, row: Iterable[Cell], formats: Sequence[Format]) -> None:
    for column, (cell, look) in enumerate(zip(row, formats, strict=True)):
        if cell is None:
            continue
        if isinstance(cell, str):
            made.write_string(place, column, _kept(cell), look)
        else:
            made.write_number(place, column, cell + 0, look)  # no "-0"


def _kept(text: str) -> str:
    """What a cell can hold: no control characters, no half characters, not too long."""
    return text.translate(_CONTROL).encode("utf-8", "replace").decode()[:MOST_CHARACTERS]
