"""The hand-offs of a report as CSV that a spreadsheet opens and the import of hand-offs reads back.

RFC 4180, UTF-8 with a byte order mark; numbers so that reading them gives the same number; empty is not known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from chainmap.domain.formula_guard import guarded
from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.report_table import FIELDS, report_rows

CONTENT_TYPE = "text/csv; charset=utf-8"
#: Rows in a piece.
_ROWS = 1000


def report_csv_chunks(report: Report) -> Iterator[bytes]:
    """The file in pieces, so that it is never whole in memory."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow(FIELDS)
    for number, row in enumerate(report_rows(report), start=1):
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
        if number % _ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def report_csv(report: Report) -> ExportFile:
    """The whole file."""
    name = export_filename("report", report.scope.organization, "csv")
    return ExportFile(name, CONTENT_TYPE, b"".join(report_csv_chunks(report)))


def _taken(text: io.StringIO) -> bytes:
    """What was written since, with half characters as "?"."""
    taken = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return taken
