"""The formats a report can be taken away in, and the one function that writes any of them.

The same report gives the same bytes, whoever takes it: nothing but the record and the reader's language goes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.report_csv import report_csv
from chainmap.exports.report_json import report_json
from chainmap.exports.report_pdf import report_pdf
from chainmap.exports.report_xlsx import report_xlsx
from chainmap.exports.workshop_report import Paper

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["REPORT_FORMATS", "Paper", "ReportFormat", "report_file", "report_filename"]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One format."""

    extension: str
    words: _StrPromise | str  # what it is, for a button
    meaning: _StrPromise | str  # what it is good for
    make: Callable[[Report, Paper], ExportFile]
    is_long: bool = False  # over a second for a large report: made in the background
    has_paper: bool = False


def _pdf(report: Report, paper: Paper) -> ExportFile:
    return report_pdf(report, paper=paper)


def _on_no_paper(make: Callable[[Report], ExportFile]) -> Callable[[Report, Paper], ExportFile]:
    return lambda report, _paper: make(report)


#: In the order a page offers them; the keys are what an address or a request may ask for.
REPORT_FORMATS: dict[str, ReportFormat] = {
    "pdf": ReportFormat(
        "pdf", _("Document (PDF)"), _("to print or to send: the whole report, set for paper"), _pdf, True, True
    ),
    "xlsx": ReportFormat(
        "xlsx", _("Spreadsheet (XLSX)"), _("to sort and to filter: every hand-off"), _on_no_paper(report_xlsx), True
    ),
    "csv": ReportFormat("csv", _("Table (CSV)"), _("every hand-off, for any program"), _on_no_paper(report_csv)),
    "json": ReportFormat("json", _("Data (JSON)"), _("the whole record, for programs"), _on_no_paper(report_json)),
}


def report_file(report: Report, *, format: str, paper: Paper = "a4") -> ExportFile:
    """The report in one of ``REPORT_FORMATS``. ``paper``, for those that have pages, is "a4" or "letter".

    Raises KeyError for a format there is none of, DocumentError, PictureError or ChartError where it cannot be made.
    """
    chosen = REPORT_FORMATS[format]
    made = chosen.make(report, paper)
    return replace(made, filename=report_filename(report, chosen.extension))


def report_filename(report: Report, extension: str) -> str:
    """Says of whom, of what and of which round: "report-acme-sales-spring.pdf"."""
    scope = report.scope
    about = " ".join(part for part in (scope.organization, scope.name, scope.round) if part)
    return export_filename("report", about, extension)
