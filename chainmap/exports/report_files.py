"""The formats a report can be taken away in, and the one function that writes any of them.

The same report gives the same bytes, whoever takes it: nothing but the record and the reader's language goes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.graph_files import (
    GEXF_TYPE,
    GRAPHML_TYPE,
    report_gexf,
    report_gexf_chunks,
    report_graphml,
    report_graphml_chunks,
)
from chainmap.exports.report_csv import CONTENT_TYPE as CSV_TYPE
from chainmap.exports.report_csv import report_csv, report_csv_chunks
from chainmap.exports.report_json import CONTENT_TYPE as JSON_TYPE
from chainmap.exports.report_json import report_json, report_json_chunks
from chainmap.exports.report_pdf import report_pdf
from chainmap.exports.report_pictures import (
    DOT_TYPE,
    PNG_TYPE,
    SVG_TYPE,
    report_dot,
    report_dot_chunks,
    report_png,
    report_svg,
)
from chainmap.exports.report_pptx import report_pptx
from chainmap.exports.report_xlsx import CONTENT_TYPE as XLSX_TYPE
from chainmap.exports.report_xlsx import report_xlsx
from chainmap.exports.slide_house import CONTENT_TYPE as PPTX_TYPE
from chainmap.exports.workshop_report import Paper

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["REPORT_FORMATS", "Paper", "ReportFormat", "ReportStream", "report_file", "report_filename", "report_stream"]

Chunks = Callable[[Report], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One format. Those that can be written in pieces are had at once; the others are made in the background."""

    extension: str
    content_type: str
    words: _StrPromise | str  # what it is, for a button
    meaning: _StrPromise | str  # what it is good for
    make: Callable[[Report, Paper], ExportFile]
    chunks: Chunks | None = None  # the same bytes in pieces
    has_paper: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it may take over a second."""
        return self.chunks is None


@dataclass(frozen=True, slots=True)
class ReportStream:
    """A file that is written while it is sent."""

    filename: str
    content_type: str
    chunks: Iterator[bytes]


def _pdf(report: Report, paper: Paper) -> ExportFile:
    return report_pdf(report, paper=paper)


def _plain(make: Callable[[Report], ExportFile]) -> Callable[[Report, Paper], ExportFile]:
    """For a format without pages."""
    return lambda report, _paper: make(report)


_FORMATS = (
    ReportFormat(
        "pdf",
        "application/pdf",
        _("Document (PDF)"),
        _("to print or to send: the whole report, set for paper"),
        _pdf,
        has_paper=True,
    ),
    ReportFormat("pptx", PPTX_TYPE, _("Slides (PPTX)"), _("six slides to show and to change"), _plain(report_pptx)),
    ReportFormat(
        "xlsx", XLSX_TYPE, _("Spreadsheet (XLSX)"), _("every hand-off, to sort and filter"), _plain(report_xlsx)
    ),
    ReportFormat(
        "csv", CSV_TYPE, _("Table (CSV)"), _("every hand-off, for any program"), _plain(report_csv), report_csv_chunks
    ),
    ReportFormat(
        "json",
        JSON_TYPE,
        _("Data (JSON)"),
        _("the whole record, for programs"),
        _plain(report_json),
        report_json_chunks,
    ),
    ReportFormat(
        "graphml",
        GRAPHML_TYPE,
        _("Graph (GraphML)"),
        _("the chain for yEd and others"),
        _plain(report_graphml),
        report_graphml_chunks,
    ),
    ReportFormat(
        "gexf",
        GEXF_TYPE,
        _("Graph (GEXF)"),
        _("the chain for Gephi and others"),
        _plain(report_gexf),
        report_gexf_chunks,
    ),
    ReportFormat(
        "dot", DOT_TYPE, _("Graph (DOT)"), _("the picture for Graphviz"), _plain(report_dot), report_dot_chunks
    ),
    ReportFormat("svg", SVG_TYPE, _("Picture (SVG)"), _("the chain, sharp at any size"), _plain(report_svg)),
    ReportFormat("png", PNG_TYPE, _("Picture (PNG)"), _("the chain, for slides and mails"), _plain(report_png)),
)
#: In the order a page offers them; the keys are what an address or a request may ask for.
REPORT_FORMATS: dict[str, ReportFormat] = {one.extension: one for one in _FORMATS}


def report_file(report: Report, *, format: str, paper: Paper = "a4") -> ExportFile:
    """The report in one of ``REPORT_FORMATS``. ``paper``, for those that have pages, is "a4" or "letter".

    Raises KeyError for a format there is none of, DocumentError, PictureError or ChartError where it cannot be made.
    """
    chosen = REPORT_FORMATS[format]
    made = chosen.make(report, paper)
    return replace(made, filename=report_filename(report, chosen.extension, paper=paper if chosen.has_paper else "a4"))


def report_stream(report: Report, *, format: str) -> ReportStream:
    """The same bytes as of :func:`report_file`, in pieces. Raises KeyError for a format that is not made in pieces."""
    chosen = REPORT_FORMATS[format]
    if chosen.chunks is None:
        raise KeyError(format)
    return ReportStream(report_filename(report, chosen.extension), chosen.content_type, chosen.chunks(report))


def report_filename(report: Report, extension: str, *, paper: Paper = "a4") -> str:
    """Says of whom, of what and of which round, and that it is for US Letter: "report-acme-sales-spring-letter.pdf"."""
    scope = report.scope
    about = " ".join(part for part in (scope.organization, scope.name, scope.round) if part)
    name = export_filename("report", about, extension)
    return name if paper == "a4" else f"{name.removesuffix(f'.{extension}')}-{paper}.{extension}"
