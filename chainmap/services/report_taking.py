"""What the page of a report asks for: the rows an address names, and files in the formats that are made in no time.

The other formats are made in the background (services/kept_files.py).
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from chainmap.access import NotFound, User, require
from chainmap.domain.roles import Action
from chainmap.exports.files import ExportFile
from chainmap.models import Organization, Team, Workshop
from chainmap.services.report_making import report_make
from chainmap.services.report_requests import ReportRequest, RequestRows, report_taken, request_rows
from chainmap.services.reporting import export_allow
from chainmap.services.rounds import round_find


def report_take(*, actor: User, organization: Organization, request: ReportRequest) -> ExportFile:
    """The report as a file, now; counted as an export and written to the audit log.

    Raises NotFound, PermissionDenied, TooMany after ten files in an hour, KeyError for an unknown format, and what
    the format raises where it cannot be made.
    """
    request_rows(user=actor, organization=organization, request=request)
    export_allow(actor=actor, organization=organization)
    file = report_make(user=actor, organization=organization, request=request)
    with transaction.atomic():
        report_taken(
            user=actor if isinstance(actor, AbstractBaseUser) else None, organization=organization, request=request
        )
    return file


def report_rows(*, actor: User, organization: Organization, request: ReportRequest) -> RequestRows:
    """The rows a request names, of this organization; whether there is a report of them ``report_find`` says.

    Raises NotFound for a stranger and for what is not there, PermissionDenied.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    round = request.round
    return RequestRows(
        None if round is None else round_find(actor=actor, organization=organization, pk=round),
        None if request.team is None else _team(organization, request.team),
        None if request.workshop is None else _workshop(organization, request.workshop),
    )


def _team(organization: Organization, pk: int) -> Team:
    team = Team.objects.filter(organization=organization, pk=pk).first()
    if team is None:
        raise NotFound
    return team


def _workshop(organization: Organization, pk: int) -> Workshop:
    rows = Workshop.objects.select_related("organization", "team")
    workshop = rows.filter(organization=organization, pk=pk).first()
    if workshop is None:
        raise NotFound
    return workshop
