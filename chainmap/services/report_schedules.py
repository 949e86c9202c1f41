"""Reports by mail: on the first of each month, or when a round closed, as a PDF, for whoever asked for them.

A month or a round is taken before its mail leaves and given back when it does not, so that run twice at once it is
sent once. Access is asked again each time; whoever lost it gets nothing more, and the schedule is deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User, can, require
from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Action
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Party, Release, ReportSchedule, Round, Team
from chainmap.services.audit import audit_write
from chainmap.services.background import error_without_words
from chainmap.services.limits import Limit, attempt_count
from chainmap.services.mails import mails_send
from chainmap.services.organizations import organization_hold
from chainmap.services.report_mails import report_mail
from chainmap.services.report_making import report_make, request_resolved
from chainmap.services.report_requests import (
    PAPERS,
    ReportRequest,
    report_taken,
    request_rows,
    request_title,
    requests_allowed,
)
from chainmap.services.team_leads import led_teams

_logger = logging.getLogger(__name__)
MOST_SCHEDULES = 20
#: Reports made for mails at one look: rounds that are due must not wait until a thousand documents are made.
MOST_A_LOOK = 20
#: A document that cannot be made, or a server that cannot be reached, is tried so often, not every minute of the day.
TRIES = Limit("report_mail", 6, timedelta(hours=1))
_When = ReportSchedule.When


class ScheduleProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be; ``str()`` says what, why and what to do. ``field``: of the form, if of one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ScheduleDead(Exception):  # noqa: N818
    """The link of a mail ends nothing: no token of ours, or its schedule was ended before. Which, nobody is told."""


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """A person's reports by mail. ``address``: where they go; None when there is no mail address."""

    schedules: tuple[ReportSchedule, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class _Mail:
    """One report that is about to leave, and how its month or round is given back."""

    schedule: ReportSchedule
    request: ReportRequest
    message: EmailMessage
    give_back: Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is due for a schedule: the fields that say so when it was sent, and the round (None: the latest)."""

    taken: dict[str, object]
    before: dict[str, object]
    round: int | None


# ---- making and ending


def schedule_make(*, actor: User, organization: Organization, team: int | None, when: str, paper: str) -> None:
    """Send the actor the report of the organization, or of a team, from the next first of a month or closing on.

    Asked for twice it is there once, with the paper and language of the second time. Raises NotFound,
    PermissionDenied, ScheduleProblem.
    """
    require(actor, Action.SHARE_REPORTS, organization)
    if when not in _When.values:
        raise ScheduleProblem(_("Choose one of the two: each month, or when a round closes."), "when")
    if paper not in PAPERS:
        raise ScheduleProblem(_("Choose A4 or Letter."), "paper")
    rows = request_rows(user=actor, organization=organization, request=ReportRequest(team=team))
    if mail_address_of(user=actor, organization=organization) is None:
        raise ScheduleProblem(_("There is no e-mail address of yours here. Ask your administrator to enter one."))
    with transaction.atomic():
        organization_hold(organization=organization)
        own = ReportSchedule.objects.filter(organization=organization, user_id=actor.pk or 0)
        same = own.filter(team=rows.team, when=when)
        if same.update(paper=paper, language=get_language() or "en"):
            return
        if own.count() >= MOST_SCHEDULES:
            raise ScheduleProblem(_("These are many reports by mail already. End one of them first."))
        latest = _with_results(organization)[-1:]
        schedule = ReportSchedule.objects.create(
            organization=organization,
            user_id=actor.pk or 0,
            team=rows.team,
            when=when,
            paper=paper,
            language=get_language() or "en",
            sent_month=timezone.localdate().replace(day=1),
            sent_round=latest[0] if latest else None,
            sent_version=latest[0].version if latest else 0,
        )
        _log(schedule, actor, AuditWhat.MAIL_MADE)


def schedules_find(*, actor: User, organization: Organization) -> SchedulePage:
    """The actor's own. Raises NotFound, PermissionDenied."""
    require(actor, Action.SHARE_REPORTS, organization)
    rows = ReportSchedule.objects.visible_to(actor).filter(organization=organization).select_related("team")
    return SchedulePage(tuple(rows), mail_address_of(user=actor, organization=organization))


def schedule_teams(*, actor: User, organization: Organization) -> list[Team]:
    """The teams whose report the actor may have, by name. Raises NotFound, PermissionDenied."""
    require(actor, Action.SHARE_REPORTS, organization)
    led = led_teams(user=actor, organization=organization)
    teams = Team.objects.filter(organization=organization)
    return list(teams if led is None else teams.filter(pk__in=led))


def schedule_end(*, actor: User, organization: Organization, pk: int) -> None:
    """No such mail comes any more. Raises NotFound for those of others."""
    rows = ReportSchedule.objects.visible_to(actor).filter(organization=organization)
    if not rows.filter(pk=pk).exists() or not _end(pk, actor):
        raise NotFound


def schedule_token(*, schedule: ReportSchedule) -> str:
    """What the link of a mail is made of: the right to end this one schedule, until the secret key changes."""
    return _signer().sign_object([schedule.pk, schedule.user_id])


def schedule_of_token(*, token: str) -> ReportSchedule:
    """The schedule a link of a mail is about. Raises ScheduleDead."""
    try:
        key, user = _signer().unsign_object(token)
    except (BadSignature, TypeError, ValueError):
        raise ScheduleDead from None
    rows = ReportSchedule.objects.select_related("organization", "team")
    found = rows.filter(pk=key, user_id=user).first()
    if found is None:
        raise ScheduleDead
    return found


def schedule_end_by_token(*, token: str) -> ReportSchedule:
    """End it by the link of a mail, without signing in. Raises ScheduleDead."""
    schedule = schedule_of_token(token=token)
    if not _end(schedule.pk, schedule.user):
        raise ScheduleDead
    return schedule


def mail_address_of(*, user: User, organization: Organization) -> str | None:
    """Where reports go: the address of the account, else the one the organization keeps of the person, else nowhere.

    The account first: whoever may change people, and may not read every report, must not have one mailed elsewhere.
    """
    parties = Party.objects.filter(organization=organization, user_id=user.pk or 0, left_on__isnull=True)
    for address in (getattr(user, "email", ""), *parties.values_list("email", flat=True)):
        try:
            validate_email(address)
        except ValidationError:
            continue
        return str(address)
    return None


# ---- sending


def schedules_run(*, now: datetime) -> int:
    """Mail the reports that are due; how many mails left. Safe to run at any time, and twice at once.

    At most ``MOST_A_LOOK`` are made; those left over stay due and go with the next look.
    """
    sent = 0
    under_way: list[_Mail] = []
    for left in mails_send(messages=_messages(now, under_way)):
        mail = under_way.pop()
        if left:
            _told(mail)
        else:
            mail.give_back()
        sent += left
    return sent


def _messages(now: datetime, under_way: list[_Mail]) -> Iterator[EmailMessage]:
    """Message after message; what it is about stands in ``under_way`` while it is sent.

    In an order drawn by lot: some that can never be made, or never leave, must not keep the others waiting for ever.
    """
    begun = 0
    for pk in list(ReportSchedule.objects.order_by("?").values_list("pk", flat=True)):
        schedule = ReportSchedule.objects.select_related("organization", "team", "user").filter(pk=pk).first()
        turn = None if schedule is None else _turn(schedule, now)
        if schedule is None or turn is None:
            continue
        if begun >= MOST_A_LOOK:
            return
        address = _address_now(schedule)
        if address is None:
            continue
        begun += 1
        mail = _mail_of(schedule, turn, address)
        if mail is not None:
            under_way.append(mail)
            yield mail.message


def _address_now(schedule: ReportSchedule) -> str | None:
    """Where a report that is due goes; None where it does not go now. Whoever lost the right has no schedule more."""
    if not _may(schedule):
        _end(schedule.pk, schedule.user, AuditWhat.MAIL_STOPPED)
        return None
    address = mail_address_of(user=schedule.user, organization=schedule.organization)
    if address is None or attempt_count(limit=TRIES, who=f"schedule {schedule.pk}") is not None:
        return None
    return address


def _mail_of(schedule: ReportSchedule, turn: _Turn, address: str) -> _Mail | None:
    same = ReportSchedule.objects.filter(pk=schedule.pk)
    if not same.filter(**turn.before).update(**turn.taken):
        return None  # another process sends it
    request = ReportRequest(turn.round, schedule.team_id, None, "pdf", schedule.paper)

    def give_back() -> None:
        same.filter(**turn.taken).update(**turn.before)

    try:
        request = request_resolved(user=schedule.user, organization=schedule.organization, request=request)
        message = _compose(schedule, request, address)
    except NotFound:
        return None  # no results: nothing is sent this time
    except Exception as error:
        # the reports of others must still leave
        _logger.error("A report for a mail could not be made: %s", error_without_words(error))
        give_back()
        return None
    return _Mail(schedule, request, message, give_back)


def _turn(schedule: ReportSchedule, now: datetime) -> _Turn | None:
    """What is due; None when nothing is."""
    if schedule.when == _When.MONTHLY:
        month = timezone.localdate(now).replace(day=1)
        if schedule.sent_month is not None and schedule.sent_month >= month:
            return None
        return _Turn({"sent_month": month}, {"sent_month": schedule.sent_month}, None)
    round = _next_round(schedule)
    if round is None:
        return None
    return _Turn(
        {"sent_round_id": round.pk, "sent_version": round.version},
        {"sent_round_id": schedule.sent_round_id, "sent_version": schedule.sent_version},
        round.pk,
    )


def _next_round(schedule: ReportSchedule) -> Round | None:
    """The first round that closed after the one sent last, or that one when it closed anew."""
    rounds = _with_results(schedule.organization)
    last = schedule.sent_round
    if last is None:
        return next(iter(rounds), None)
    places = [place for place, round in enumerate(rounds) if round.pk == last.pk]
    if not places:  # it is open again: whatever closed since then
        since = last.opened_on or date.min
        return next((round for round in rounds if round.closed_on is not None and round.closed_on >= since), None)
    if rounds[places[0]].version != schedule.sent_version:
        return rounds[places[0]]
    return next(iter(rounds[places[0] + 1 :]), None)


def _with_results(organization: Organization) -> list[Round]:
    """Closed rounds, as they closed; a protected one once its release is there."""
    released = Release.objects.filter(round=OuterRef("pk"), version=OuterRef("version"))
    rounds = Round.objects.filter(organization=organization, state=Round.State.CLOSED)
    return list(
        rounds.filter(Q(mode=Round.Mode.OPEN) | Exists(released)).order_by(F("closed_on").asc(nulls_first=True), "pk")
    )


def _may(schedule: ReportSchedule) -> bool:
    """Whether its owner may still have this report, and have it mailed."""
    request = ReportRequest(team=schedule.team_id)
    return can(schedule.user, Action.SHARE_REPORTS, schedule.organization) and requests_allowed(
        user=schedule.user, organization=schedule.organization, requests=[request]
    ) == [True]


def _compose(schedule: ReportSchedule, request: ReportRequest, address: str) -> EmailMessage:
    """Raises NotFound where there are no results, and whatever the document raises."""
    with override(schedule.language):
        owner, organization = schedule.user, schedule.organization
        made = report_make(user=owner, organization=organization, request=request)
        return report_mail(
            file=made,
            to=address,
            reader=_name(owner),
            organization=organization.name,
            title=request_title(organization=organization, request=request),
            is_monthly=schedule.when == _When.MONTHLY,
            organization_pk=schedule.organization_id,
            token=schedule_token(schedule=schedule),
        )


def _told(mail: _Mail) -> None:
    with transaction.atomic():
        report_taken(user=mail.schedule.user, organization=mail.schedule.organization, request=mail.request)
        _log(mail.schedule, mail.schedule.user, AuditWhat.MAIL_SENT)


def _end(pk: int, user: User, what: AuditWhat = AuditWhat.MAIL_ENDED) -> bool:
    """Delete it and write it down; whether it was there."""
    organization = Organization.objects.filter(report_schedules=pk).first()
    if organization is None:
        return False
    with transaction.atomic():
        organization_hold(organization=organization)  # before the schedule, as whoever makes one does
        rows = ReportSchedule.objects.select_for_update(of=("self",)).select_related("organization", "team", "user")
        schedule = rows.filter(pk=pk).first()
        if schedule is None:
            return False
        _log(schedule, user, what)
        schedule.delete()
    return True


def _log(schedule: ReportSchedule, user: User, what: AuditWhat) -> None:
    of = schedule.team.name if schedule.team is not None else schedule.organization.name
    audit_write(organization=schedule.organization, user=user, what=what, about=f"{of} · {schedule.when}")


def _name(user: AbstractBaseUser) -> str:
    return clean_text(getattr(user, "get_full_name", str)() or user.get_username())


def _signer() -> Signer:
    return Signer(salt="chainmap.mail.report")
