"""One report as one file: what is asked for, looked up and written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast

from chainmap.access import User
from chainmap.exports.files import ExportFile
from chainmap.exports.report_files import REPORT_FORMATS, Paper, report_file
from chainmap.models import Organization
from chainmap.services.report_requests import PAPERS, ReportRequest, request_rows
from chainmap.services.reports import report_find, report_sources


def report_formats() -> Collection[str]:
    """The formats there are."""
    return REPORT_FORMATS.keys()


def request_resolved(*, user: User, organization: Organization, request: ReportRequest) -> ReportRequest:
    """The same with its round named: the latest with results, where none was; unchanged where there is none yet.

    A format without pages has no paper of its own: whichever is named, it is the same file.
    """
    known = REPORT_FORMATS.get(request.format)
    if known is not None and not known.has_paper:
        request = replace(request, paper=PAPERS[0])
    if request.round is not None or request.workshop is not None:
        return request
    latest = next(iter(report_sources(actor=user, organization=organization).rounds), None)
    return replace(request, round=latest.pk if latest is not None else None)


def report_make(*, user: User, organization: Organization, request: ReportRequest) -> ExportFile:
    """The report as the user may have it, in the language that is on.

    Raises NotFound where it has no results or is not for this user, PermissionDenied, SolverError, and whatever its
    format raises when it cannot be made (DocumentError, PictureError, ChartError).
    """
    rows = request_rows(user=user, organization=organization, request=request)
    report = report_find(
        actor=user, organization=organization, round=rows.round, team=rows.team, workshop=rows.workshop
    )
    return report_file(report, format=request.format, paper=cast(Paper, request.paper))
