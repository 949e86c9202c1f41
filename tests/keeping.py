"""Reports that are made at once and say nothing, for tests of what is done with files."""

from __future__ import annotations

from collections.abc import Callable

from chainmap.exports.files import ExportFile
from chainmap.services import kept_files, report_schedules
from chainmap.services.kept_files import kept_file_ask
from chainmap.services.report_requests import ReportRequest

PDF = "application/pdf"


class Maker:
    """Stands for whatever makes a report: counts, and gives ``content`` or raises ``error``."""

    def __init__(self, content: bytes = b"%PDF-1.7 a report") -> None:
        self.content = content
        self.error: Exception | None = None
        self.calls: list[ReportRequest] = []
        self.before: Callable[[], object] = lambda: None

    def __call__(self, *, user, organization, request):
        self.calls.append(request)
        self.before()
        if self.error is not None:
            raise self.error
        kind = PDF if request.format == "pdf" else "text/csv; charset=utf-8"
        return ExportFile(f"report-acme.{request.format}", kind, self.content)


def stand_in(monkeypatch, content: bytes = b"%PDF-1.7 a report") -> Maker:
    """From now on reports are made so."""
    maker = Maker(content)
    monkeypatch.setattr(kept_files, "report_make", maker)
    monkeypatch.setattr(kept_files, "report_formats", lambda: ("pdf", "csv", "xlsx"))
    monkeypatch.setattr(report_schedules, "report_make", maker)
    return maker


def ask(user, organization, **wanted):
    """A file, made at once."""
    return kept_file_ask(actor=user, organization=organization, request=ReportRequest(**wanted))
