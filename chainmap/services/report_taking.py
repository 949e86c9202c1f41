"""What the page of a report asks for: the rows an address names, and files in the formats that are made in no time.

The other formats are made in the background (services/kept_files.py).
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from chainmap.access import NotFound, User, require
from chainmap.domain.roles import Action
from chainmap.exports.report_files import ReportStream, report_stream
from chainmap.models import Organization, Team, Workshop
from chainmap.services.report_making import request_resolved
from chainmap.services.report_requests import ReportRequest, RequestRows, report_taken, request_rows
from chainmap.services.reporting import report_allow
from chainmap.services.reports import report_find
from chainmap.services.rounds import round_find
from chainmap.services.team_leads import led_teams


def report_take(*, actor: User, organization: Organization, request: ReportRequest) -> ReportStream:
    """The report as a file, now; counted with the other files of the same report and written to the audit log.

    Raises NotFound, PermissionDenied, TooMany after ten reports in an hour, SolverError, and KeyError for a format that
    is not made in pieces.
    """
    rows = request_rows(user=actor, organization=organization, request=request)
    report = report_find(
        actor=actor, organization=organization, round=rows.round, team=rows.team, workshop=rows.workshop
    )
    file = report_stream(report, format=request.format)
    request = request_resolved(user=actor, organization=organization, request=request)  # the log names the round
    report_allow(actor=actor, organization=organization, request=request)
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


def workshop_report_allowed(*, actor: User, workshop: Workshop) -> bool:
    """Whether the reader, who may see the workshop, may have its report, if there is one: for a link to it."""
    led = led_teams(user=actor, organization=workshop.organization)
    return led is None or workshop.team_id is None or workshop.team_id in led


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
