"""What a report is asked for: of which round, team or workshop, in which format; and whether it may be had."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from chainmap.access import NotFound, User, require, roles_of
from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Action, allows
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.models import Organization, Round, Team, Workshop
from chainmap.services.audit import audit_write
from chainmap.services.team_leads import led_teams

PAPERS = ("a4", "letter")
#: Characters of a name in a title.
_NAME = 90


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Numbers of rows; ``round`` None: the latest with results. A workshop has a report without round and team."""

    round: int | None = None
    team: int | None = None
    workshop: int | None = None
    format: str = "pdf"
    paper: str = "a4"

    def to_json(self) -> str:
        """The same request gives the same text.

        >>> ReportRequest(round=3).to_json()
        '{"format":"pdf","paper":"a4","round":3,"team":null,"workshop":null}'
        """
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ReportRequest:
        """Raises ValueError for anything that is none."""
        try:
            read = json.loads(text)
            return cls(**{name: read[name] for name in ("round", "team", "workshop", "format", "paper")})
        except (KeyError, TypeError) as error:
            raise ValueError("no request of a report") from error


@dataclass(frozen=True, slots=True)
class RequestRows:
    """The rows a request names."""

    round: Round | None
    team: Team | None
    workshop: Workshop | None


def request_rows(*, user: User, organization: Organization, request: ReportRequest) -> RequestRows:
    """The rows, if the user may take this report away now.

    Raises NotFound for a stranger, for rows that are not of this organization, for a draft and for a team that the
    user does not lead; PermissionDenied for an insider without the right.
    """
    require(user, Action.EXPORT_BOTTLENECKS, organization)
    if request.workshop is not None:
        require(user, Action.SEE_WORKSHOPS, organization)
    led = led_teams(user=user, organization=organization)
    rows = RequestRows(
        _row(Round.objects.exclude(state=Round.State.DRAFT), organization, request.round),
        _row(Team.objects.all(), organization, request.team),
        _row(Workshop.objects.select_related("organization", "team"), organization, request.workshop),
    )
    of_workshop = rows.workshop.team_id if rows.workshop is not None else None
    if led is not None and any(team is not None and team not in led for team in (request.team, of_workshop)):
        raise NotFound
    return rows


def requests_allowed(*, user: User, organization: Organization, requests: Sequence[ReportRequest]) -> list[bool]:
    """Of each whether the user may take that report away now; as many queries for many as for one."""
    roles = roles_of(user, organization)
    if not allows(roles, Action.EXPORT_BOTTLENECKS):
        return [False] * len(requests)
    led = led_teams(user=user, organization=organization)
    sees_workshops = allows(roles, Action.SEE_WORKSHOPS)
    rounds = _there(Round.objects.exclude(state=Round.State.DRAFT), organization, [each.round for each in requests])
    teams = _there(Team.objects.all(), organization, [each.team for each in requests])
    workshops = Workshop.objects.all() if led is None else Workshop.objects.filter(Q(team=None) | Q(team__in=led))
    shown = _there(workshops, organization, [each.workshop for each in requests])
    return [
        each.round in rounds
        and each.team in teams
        and (each.team is None or led is None or each.team in led)
        and each.workshop in shown
        and (each.workshop is None or sees_workshops)
        for each in requests
    ]


def request_title(*, organization: Organization, request: ReportRequest) -> str:
    """What the report is of, in the names of its rows: "Sales · Spring". Names are cleaned."""
    rows = [
        _row(Team.objects.all(), organization, request.team, required=False),
        _row(Workshop.objects.all(), organization, request.workshop, required=False),
    ]
    of = next((row.name for row in rows if row is not None), organization.name)
    round = _row(Round.objects.all(), organization, request.round, required=False)
    return " · ".join(clean_text(name, _NAME) for name in (of, *([round.name] if round is not None else [])))


def request_stamp(*, organization: Organization, request: ReportRequest) -> str:
    """What the report is made from, as far as it can change: another stamp is another file.

    The data of the organization, the day (an agreement can be overdue), its rounds and their versions (a report says
    what changed since the one before), the workshop's version.
    """
    rounds = Round.objects.filter(organization=organization).order_by("pk").values_list("pk", "version", "state")
    workshops = Workshop.objects.filter(organization=organization, pk=request.workshop or 0)
    version = Organization.objects.filter(pk=organization.pk).values_list("data_version", flat=True).first()
    parts = [
        *(version, timezone.localdate().isoformat()),
        hashlib.sha256(repr(list(rounds)).encode()).hexdigest()[:16],
        *workshops.values_list("version", flat=True),
    ]
    return " ".join(map(str, parts))


def report_taken(*, user: AbstractBaseUser | None, organization: Organization, request: ReportRequest) -> None:
    """Write down that somebody took this report away as a file; in the caller's transaction."""
    title = request_title(organization=organization, request=request)
    paper = f" · {request.paper}" if REPORT_FORMATS[request.format].has_paper else ""
    about = f"{title} · {request.format}{paper}"
    audit_write(organization=organization, user=user, what=AuditWhat.REPORT_TAKEN, about=about)


def _there(rows: Any, organization: Organization, wanted: Sequence[int | None]) -> set[int | None]:
    """Those of the numbers that there are; None, which names nothing, is always one of them."""
    named = {pk for pk in wanted if pk is not None}
    found = rows.filter(organization=organization, pk__in=named).values_list("pk", flat=True) if named else ()
    return {None, *found}


def _row(rows: Any, organization: Organization, pk: int | None, *, required: bool = True) -> Any:
    """Raises NotFound where a row is named that is not there."""
    found = None if pk is None else rows.filter(organization=organization, pk=pk).first()
    if found is None and pk is not None and required:
        raise NotFound
    return found
