"""Findings as files, and how many reports one person takes away: a report counts, not each of its files."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.access import Operator, User, require
from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Action
from chainmap.exports.bottlenecks import ExportFormat, export_bottlenecks
from chainmap.exports.files import ExportFile
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.audit import audit_write
from chainmap.services.limits import EXPORT, parts_require
from chainmap.services.pictures import drawn_finding
from chainmap.services.report_requests import ReportRequest, request_stamp

#: Formats that show the chain as a picture, folded where it is too large to draw.
_PICTURES = {"dot", "svg", "png"}
#: What is printed for whoever runs the server is no file that leaves it.
_PRINTED = "table"


def bottlenecks_export(
    *, actor: User | Operator, organization: Organization, format: ExportFormat, top: int | None = None
) -> ExportFile:
    """The bottleneck finding as a file, written to the audit log: json, csv, dot, svg or png; or printed: table.

    Pictures of more than 150 parties are folded to teams. Raises NotFound for a stranger, PermissionDenied without
    the right, TooMany after ten reports in an hour, KeyError for an unknown format, PictureError when a picture cannot
    be drawn in time.
    """
    export_allow(actor=actor, organization=organization, report=f"bottlenecks {organization.data_version}", file=format)
    find = drawn_finding if format in _PICTURES else bottlenecks_find
    file = export_bottlenecks(find(actor=actor, organization=organization), format=format, top=top)
    if format != _PRINTED:
        export_taken(actor=actor, organization=organization, of=organization.name, file=file)
    return file


def export_allow(*, actor: User | Operator, organization: Organization, report: str, file: str) -> None:
    """Count one file of a report for the actor: of what, of which state of the data, and which of its files.

    Every other file of the same report is free for an hour, once; the same file again counts as another report. Raises
    NotFound, PermissionDenied, and TooMany after ten reports in an hour.
    """
    require(actor, Action.EXPORT_BOTTLENECKS, organization)
    if not isinstance(actor, Operator):
        parts_require(limit=EXPORT, who=f"user {actor.pk}", whole=f"{organization.pk} {report}", part=file)


def report_allow(*, actor: User, organization: Organization, request: ReportRequest) -> None:
    """The same for a file of the bottleneck report; the request names its round (``request_resolved``)."""
    of = f"report {request.round} {request.team} {request.workshop}"
    stamp = request_stamp(organization=organization, request=request)
    file = f"{request.format} {request.paper}"
    export_allow(actor=actor, organization=organization, report=f"{of} {stamp}", file=file)


def export_taken(*, actor: User | Operator, organization: Organization, of: str, file: ExportFile) -> None:
    """Write down that the actor took a file away: of what, by name, and what the file is called."""
    audit_write(
        organization=organization,
        user=None if isinstance(actor, Operator) else actor,
        what=AuditWhat.REPORT_TAKEN,
        about=f"{clean_text(of)} · {file.filename}",
    )


def export_limit_words() -> str:
    """How many reports one person may take away, for whoever took as many."""
    said = ngettext(
        "One person can take %(most)d report away in an hour, each in all its formats; the same file again counts as "
        "another one.",
        "One person can take %(most)d reports away in an hour, each in all its formats; the same file again counts as "
        "another one.",
        EXPORT.most,
    )
    return said % {"most": EXPORT.most}


def export_waiting_words() -> str:
    """What can be had meanwhile."""
    return _("Files that are ready can be downloaded meanwhile, under “My files”.")
