"""Rows and holes of this part: the manager's own file and report by mail, a link of theirs, and a lead of a team."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from chainmap.domain.roles import Action, Role
from chainmap.models import (
    KeptFile,
    KeptFilePart,
    Membership,
    Organization,
    ReportLink,
    ReportSchedule,
    Team,
    TeamLead,
)
from chainmap.services.report_links import report_link_make
from chainmap.services.report_requests import ReportRequest
from chainmap.services.report_schedules import schedule_token
from tests.access.rows import EVERYBODY, Row, button, form, may, reading
from tests.cast import make_user

_ORGANIZATION = "organizations/<int:organization>/"
_FILE = _ORGANIZATION + "files/<int:file>/"
_SHARES, _EXPORTS = may(Action.SHARE_REPORTS), may(Action.EXPORT_BOTTLENECKS)
#: Whose the file is.
_OWNER = frozenset({Role.MANAGER.value})

ROWS: tuple[Row, ...] = (
    reading(_ORGANIZATION + "files/", _EXPORTS),
    button(_ORGANIZATION + "files/ask/", _EXPORTS),
    reading(_FILE, _OWNER, refused=404),
    reading(_FILE + "progress.json", _OWNER, refused=404),
    reading(_FILE + "download/", _OWNER, refused=404),
    form(_FILE + "share/", _OWNER, refused=404),
    reading(_ORGANIZATION + "report-links/", _SHARES),
    button(_ORGANIZATION + "report-links/<int:shared_link>/end/", _SHARES),
    form("shared/<str:shared>/", EVERYBODY),
    form(_ORGANIZATION + "report-mails/", _SHARES),
    button(_ORGANIZATION + "report-mails/<int:schedule>/end/", _OWNER, refused=404),
    form("mail/<str:schedule_token>/report/", EVERYBODY),
    form(_ORGANIZATION + "team-leads/", may(Action.LEAD_TEAMS)),
    button(_ORGANIZATION + "team-leads/<int:lead>/end/", may(Action.LEAD_TEAMS)),
    reading(_ORGANIZATION + "audit/", may(Action.READ_AUDIT)),
    reading(_ORGANIZATION + "audit.csv", may(Action.READ_AUDIT)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    owner = _manager(organization)
    file = KeptFile.objects.create(
        organization=organization,
        asked_by=owner,
        request=ReportRequest().to_json(),
        state=KeptFile.State.READY,
        filename="report.pdf",
        content_type="application/pdf",
        size=4,
        expires_at=timezone.now() + timedelta(hours=24),
    )
    KeptFilePart.objects.create(file=file, number=0, content=b"%PDF")
    made = report_link_make(
        actor=owner, organization=organization, file=file.pk, days=7, password="four plain words here"
    )
    schedule = ReportSchedule.objects.create(organization=organization, user=owner, when="monthly")
    other = make_user(f"lead-{organization.pk}", organization, Role.MANAGER)
    lead = TeamLead.objects.create(team=Team.objects.filter(organization=organization).first(), user=other)
    return {
        "<int:file>": file.pk,
        "<int:shared_link>": ReportLink.objects.get(pk=made.link.pk).pk,
        "<str:shared>": made.address.rstrip("/").rpartition("/")[2],
        "<int:schedule>": schedule.pk,
        "<str:schedule_token>": schedule_token(schedule=schedule),
        "<int:lead>": lead.pk,
    }


def _manager(organization: Organization) -> User:
    """Carla where she is; somebody else in another organization."""
    held = Membership.objects.filter(organization=organization, role=Role.MANAGER.value).select_related("user")
    found = held.order_by("user__username").first()
    return found.user if found is not None else make_user(f"owner-{organization.pk}", organization, Role.MANAGER)
