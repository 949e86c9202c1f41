"""The program that reads a workbook: XLSX bytes on standard input, JSON on standard output, in a cage.

Run as a script in its own process by :mod:`chainmap.imports.workbooks`; it imports nothing of Chainmap or Django.
Arguments: bytes of address space, seconds of processor time, most rows, most characters of all cells together.
Output: ``{"rows": [[line, [text, ...]], ...], "others": [sheet name, ...]}``.
"""

from __future__ import annotations

import io
import json
import math
import resource
import sys
from datetime import date, datetime, time
from decimal import Decimal

import python_calamine

UNREADABLE, TOO_HEAVY, NO_SHEET = 2, 3, 4
_OPEN_FILES = 3  # standard input, output and error


def confine(memory: int, seconds: int) -> None:
    """From here on: so much memory and processor time, and no file, socket or core dump can be opened any more."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(value: object) -> str:
    """A cell as the text a person sees: 3 and not 3.0, 0.3 and not 0.30000000000000004, dates as ISO 8601.

    >>> text_of(3.0), text_of(0.1 + 0.2), text_of(datetime(2025, 3, 31)), text_of(True)
    ('3', '0.3', '2025-03-31', 'TRUE')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        # A spreadsheet shows 15 digits; the rest is the rounding of binary fractions.
        return format(Decimal(format(value, ".15g")), "f") if math.isfinite(value) else str(value)
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def read_workbook(data: bytes, max_rows: int, max_text: int) -> dict[str, object]:
    """The rows with content of the first visible sheet that has any, and the names of the other visible ones."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    for name in visible:
        rows = read_sheet(workbook.get_sheet_by_name(name), max_rows, max_text)
        if rows:
            return {"rows": rows, "others": [other for other in visible if other != name]}
    sys.exit(NO_SHEET)


def read_sheet(sheet: python_calamine.CalamineSheet, max_rows: int, max_text: int) -> list[tuple[int, list[str]]]:
    """The rows with content and their line numbers, at most a header and one row beyond ``max_rows``.

    Raises MemoryError when the cells hold more than ``max_text`` characters: one long shared text can stand in a
    million cells.
    """
    rows: list[tuple[int, list[str]]] = []
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        texts = [text_of(cell) for cell in cells]
        if not any(texts):
            continue
        max_text -= sum(map(len, texts))
        if max_text < 0:
            raise MemoryError
        rows.append((line, texts))
        if len(rows) > max_rows + 1:
            break
    return rows


def main() -> None:
    memory, seconds, max_rows, max_text = map(int, sys.argv[1:])
    data = sys.stdin.buffer.read()
    confine(memory, seconds)
    try:
        answer = json.dumps(read_workbook(data, max_rows, max_text))
    except MemoryError:
        sys.exit(TOO_HEAVY)
    except python_calamine.CalamineError:
        sys.exit(UNREADABLE)
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
