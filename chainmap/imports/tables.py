"""Bytes of a CSV or XLSX file -> one table of text with line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chainmap.domain.formula_guard import unguarded
from chainmap.imports.errors import ImportRefused, Problem, RowError, refused, written_out
from chainmap.imports.limits import DEFAULT_LIMITS, Limits
from chainmap.imports.text import clean_name
from chainmap.imports.workbooks import read_workbook

#: Comma first: it wins when a header line has as many of one as of the other.
_DELIMITERS = (",", ";", "\t")
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_FOREIGN_MARKS = {
    b"\xd0\xcf\x11\xe0": "XLS / password",  # old Excel files and encrypted new ones share this container
    b"%PDF": "PDF",
    b"\x1f\x8b": "GZIP",
    b"\x89PNG": "PNG",
}
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Record = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as text: ``rows[i]`` has one cell for each of ``columns`` and stands in line ``lines[i]``.

    Columns are lower case and cleaned, "" for one without a name; cells are as in the file. Lines are the numbers an
    editor or spreadsheet shows; rows without content are left out. ``problems`` are rows that had to be left out.
    """

    name: str
    columns: tuple[str, ...]
    header_line: int
    lines: tuple[int, ...]
    rows: tuple[Sequence[str], ...]
    decimal_comma: bool  # True: a comma inside a number can only be a decimal comma
    problems: tuple[Problem, ...] = ()
    warnings: tuple[RowError, ...] = ()

    @property
    def errors(self) -> tuple[RowError, ...]:
        """The first problems, written out."""
        return written_out(self.problems, file=self.name)[0]


def read_table(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> Table:
    """Read a CSV text (UTF-8; comma, semicolon or tab) or the first visible sheet with content of an XLSX workbook.

    What it is, is decided by its content; ``name`` is for the messages. The first row with content is the header.
    Raises ImportRefused, and nothing else, when the file as a whole cannot be used.

    >>> table = read_table(b"Id;Name\\n7;Ana\\n", name="people.csv")
    >>> table.columns, table.rows, table.lines
    (('id', 'name'), (['7', 'Ana'],), (2,))
    """
    if len(data) > limits.max_bytes:
        size, limit = f"{len(data) / 1e6:,.1f}", f"{limits.max_bytes / 1e6:,.1f}"
        raise refused("file_too_big", file=name, size=size, limit=limit)
    if not data.strip():
        raise refused("file_empty", file=name)
    if data.startswith(_ZIP_MARKS):
        sheet, warnings = read_workbook(data, name=name, limits=limits)
        return _table(iter(sheet), name, limits, decimal_comma=True, warnings=warnings)
    for mark, looks in _FOREIGN_MARKS.items():
        if data.startswith(mark):
            raise refused("unknown_format", file=name, looks=looks)
    text = _decoded(data, name)
    delimiter, first_line = _dialect(text)
    records = _csv_records(text, delimiter, name, limits)
    return _table(
        (record for record in records if record[0] >= first_line), name, limits, decimal_comma=delimiter != ","
    )


def _decoded(data: bytes, name: str) -> str:
    if data.startswith(_UTF_16_MARKS):
        raise refused("not_utf8", file=name, detail="UTF-16")
    if b"\0" in data:
        raise refused("nul_byte", file=name, line=_line_at(data, data.index(b"\0")))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"0x{error.object[error.start]:02X}"
        line = _line_at(error.object, error.start)
        raise refused("not_utf8", file=name, line=line, value=detail, detail=detail) from error


def _line_at(data: bytes, position: int) -> int:
    """The line, from 1, in which a byte stands; lines end in LF, CR LF or CR."""
    before = data[:position]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def _dialect(text: str) -> tuple[str, int]:
    """The delimiter, and the line on which the table begins (2 below Excel's own mark ``sep=;``)."""
    for mark in (",", ";"):
        if text.startswith((f"sep={mark}\n", f"sep={mark}\r")):
            return mark, 2
    first_line = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    unquoted = "".join(first_line.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count), 1


def _csv_records(text: str, delimiter: str, name: str, limits: Limits) -> Iterator[Record]:
    """Every record with the line on which it begins; a quoted cell may span lines. Lines end in LF, CR LF or CR.

    The apostrophe with which a text is kept from being run as a formula is taken off: what our own files say comes
    back as it was.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            # one look at the line tells nearly always that there is nothing to take off
            yield line, [unguarded(cell) for cell in cells] if any(cell[:1] == "'" for cell in cells) else cells
            line = reader.line_num + 1
    except csv.Error as error:
        reason = str(error)
        code = "bad_quote"
        if "unexpected end" in reason:
            code = "unclosed_quote"
        elif "larger than field limit" in reason:
            code = "field_too_long"
        raise refused(code, file=name, line=line, limit=limits.max_cell) from error


def _table(
    records: Iterator[Record], name: str, limits: Limits, *, decimal_comma: bool, warnings: Sequence[RowError] = ()
) -> Table:
    header_line, header = next(((line, cells) for line, cells in records if any(map(str.strip, cells))), (0, ()))
    if not header_line:
        raise refused("file_empty", file=name)
    columns = _columns(header, header_line, name, limits)
    rows: list[Sequence[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    for line, cells in records:
        length = len("".join(cells).strip())
        if not length:
            continue
        if len(rows) + len(problems) >= limits.max_rows:
            raise refused("too_many_rows", file=name, line=line, limit=limits.max_rows)
        if len(cells) != len(columns) or length > limits.max_cell:
            cells, problem = _fitted(cells, columns, line, limits)
            if problem:
                problems.append(problem)
                continue
        rows.append(cells)
        lines.append(line)
    if not rows and not problems:
        raise refused("no_rows", file=name, line=header_line)
    return Table(name, columns, header_line, tuple(lines), tuple(rows), decimal_comma, tuple(problems), tuple(warnings))


def _columns(header: Sequence[str], line: int, name: str, limits: Limits) -> tuple[str, ...]:
    """The names of the columns, without nameless ones at the end."""
    columns = [clean_name(cell).lower() for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > limits.max_columns:
        raise refused("too_many_columns", file=name, line=line, count=len(columns), limit=limits.max_columns)
    if not columns:
        raise refused("file_empty", file=name)
    repeated = [column for position, column in enumerate(columns) if column and column in columns[:position]]
    if repeated:
        raise ImportRefused(
            RowError.of("column_repeated", file=name, line=line, column=column) for column in dict.fromkeys(repeated)
        )
    return tuple(columns)


def _fitted(
    cells: Sequence[str], columns: Sequence[str], line: int, limits: Limits
) -> tuple[Sequence[str], Problem | None]:
    """The row with one cell for each column, or the reason why it cannot be."""
    width = len(columns)
    extra = next((cell for cell in cells[width:] if cell.strip()), None)
    if extra is not None:
        return cells, Problem(line, "", extra, "extra_cells", {"count": len(cells), "limit": width})
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > limits.max_cell:
            facts = {"count": len(cell), "limit": limits.max_cell}
            return cells, Problem(line, column, cell, "cell_too_long", facts)
    return [*cells[:width], *[""] * (width - len(cells))], None


def unread_columns(table: Table, known: Iterable[str]) -> tuple[RowError, ...]:
    """A warning for each column that is not among the ``known`` ones."""
    names = tuple(known)
    warnings = []
    for number, column in enumerate(table.columns, start=1):
        code = "unknown_column" if column else "unnamed_column"
        if column not in names:
            warnings.append(
                RowError.of(
                    code,
                    file=table.name,
                    line=table.header_line,
                    column=column,
                    known=", ".join(names),
                    number=number,
                )
            )
    return tuple(warnings)
