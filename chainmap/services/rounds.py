"""Rounds from draft to closing: draft -> open -> closed -> open again as the next version."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound, Operator, User, can, require
from chainmap.domain.confidentiality import MINIMUM_RATERS, raters_needed
from chainmap.domain.questions import QuestionSet
from chainmap.domain.roles import Action
from chainmap.models import Ask, Link, Organization, Release, Round, Team
from chainmap.services.answers import answers_prepare
from chainmap.services.asking import asks_create
from chainmap.services.background import run_soon
from chainmap.services.ballots import answered_share
from chainmap.services.links import links_mail, reminders_mail
from chainmap.services.maps import map_places_fix
from chainmap.services.news import news_of_round
from chainmap.services.releases import release_publish, releases_missing
from chainmap.services.structure import structure_freeze

MOST_REMINDERS = 2
LONGEST_NAME = 120
MOST_ASKED = 100
#: Above this nobody would be published at all.
LARGEST_K = 50


class RoundProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be done; ``str()`` says what, why and what to do."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What an administrator says about a round. ``teams`` None: everybody; ``opens_at`` None: opened by hand."""

    name: str
    mode: str = Round.Mode.PAIR.value
    question_set: str = QuestionSet.FULL.value
    k: int | None = None  # the minimum group; None: the least this server allows
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    asks_end_customers: bool = False
    reminder_days: tuple[int, ...] = (3, 7)
    teams: tuple[int, ...] | None = None
    most_asked: int | None = None  # hand-offs a person, those with the most work; None: all


@dataclass(frozen=True, slots=True)
class RoundsRun:
    """What one run over all organizations did."""

    opened: int
    closed: int
    released: int
    reminders: int


def rounds_list(*, actor: User | Operator, organization: Organization) -> list[Round]:
    """All rounds, newest first; drafts only for those who may manage rounds."""
    require(actor, Action.SEE_ROUNDS, organization)
    rounds = Round.objects.filter(organization=organization).order_by("-pk")
    return list(rounds if _may_manage(actor, organization) else rounds.exclude(state=Round.State.DRAFT))


def latest_published(*, actor: User | Operator, organization: Organization) -> Round | None:
    """The protected round of which something was published last; None when there is none."""
    require(actor, Action.SEE_RELEASE, organization)
    release = Release.objects.filter(round__organization=organization).select_related("round").order_by("-pk").first()
    return release.round if release else None


def round_find(*, actor: User | Operator, organization: Organization, pk: int) -> Round:
    """One round. Raises NotFound when there is none, for a stranger, and of a draft for whoever may not manage it."""
    require(actor, Action.SEE_ROUNDS, organization)
    round = Round.objects.filter(organization=organization, pk=pk).select_related("organization").first()
    if round is None or (round.state == Round.State.DRAFT and not _may_manage(actor, organization)):
        raise NotFound
    return round


def round_create(*, actor: User | Operator, organization: Organization, plan: RoundPlan) -> Round:
    """A draft. Raises RoundProblem for a plan that cannot be, naming the field."""
    require(actor, Action.MANAGE_ROUNDS, organization)
    return _plan_store(Round(organization=organization), plan)


def round_edit(*, actor: User | Operator, round: Round, plan: RoundPlan) -> Round:
    """Change a draft. Raises RoundProblem for a plan that cannot be, or once the round was opened."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    with transaction.atomic():
        return _plan_store(_held(round, Round.State.DRAFT), plan)


def round_delete(*, actor: User | Operator, round: Round) -> None:
    """Throw a draft away. Raises RoundProblem once the round was opened: people may have answered."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    with transaction.atomic():
        _held(round, Round.State.DRAFT).delete()


def round_open(*, actor: User | Operator, round: Round) -> Round:
    """Open a draft: freeze teams and questions, invite by mail. Raises RoundProblem when nobody would be asked."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    now = timezone.now()
    with transaction.atomic():
        held = _held(round, Round.State.DRAFT)
        _check_end(held.closes_at, now)
        held.structure = structure_freeze(organization=held.organization)
        if not asks_create(round=held):
            raise RoundProblem(
                "nobody_asked",
                _("Nobody would be asked: no hand-off reaches these people. Choose other teams, or enter hand-offs."),
            )
        _start(held)
    run_soon(partial(links_mail, round=held))
    return held


def round_close(*, actor: User | Operator, round: Round) -> Round:
    """Close an open round and publish its results.

    A protected round that has not reached its end needs two people: the first call notes who asks, the call of
    somebody else closes. It also needs enough people who answered, or nothing could be shown. Raises RoundProblem.
    """
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    now = timezone.now()
    refused: RoundProblem | None = None
    with transaction.atomic():
        held = _held(round, Round.State.OPEN)
        early = held.closes_at is None or now < held.closes_at
        if held.is_protected and early and not isinstance(actor, Operator):
            if held.closing_asked_by_id in {None, actor.pk}:
                held.closing_asked_by_id = actor.pk
                held.save(update_fields=["closing_asked_by"])
                return held
            refused = _too_few(held)
        if refused is None:
            _close(held, now)
        else:  # whether enough have answered is told to two people at once, and not at will
            held.closing_asked_by = None
            held.save(update_fields=["closing_asked_by"])
    if refused is not None:
        raise refused
    if held.is_protected:
        run_soon(partial(release_publish, round_pk=held.pk))
    return held


def round_reopen(*, actor: User | Operator, round: Round, closes_at: datetime | None) -> Round:
    """Open a closed round again as its next version; of an anonymous round everybody is asked anew.

    Raises RoundProblem while it is not closed, while its results are being worked out, or for an end that is over.
    """
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    with transaction.atomic():
        held = _held(round, Round.State.CLOSED)
        if not held.asks.exists():
            raise RoundProblem(
                "imported", _("Nobody was asked in this round: its ratings were imported. Make a new round.")
            )
        if held.is_protected and not held.releases.filter(version=held.version).exists():
            raise RoundProblem("computing", _("The results are still being worked out. Try again in a minute."))
        _check_end(closes_at, timezone.now())
        held.version += 1
        held.closes_at, held.opens_at = closes_at, None
        held.reminders_sent = 0
        _start(held)
    run_soon(partial(links_mail, round=held))
    return held


def rounds_run(*, now: datetime) -> RoundsRun:
    """Everything that is due in all organizations: open, close, publish, remind. Safe to run at any time."""
    opened = _each(Round.objects.filter(state=Round.State.DRAFT, opens_at__lte=now), _open_due)
    closed = _each(Round.objects.filter(state=Round.State.OPEN, closes_at__lte=now), partial(_close_due, now=now))
    released = sum(release_publish(round_pk=pk) for pk in releases_missing())
    reminders = 0
    for round in Round.objects.filter(state=Round.State.OPEN, reminders_sent__lt=MOST_REMINDERS):
        if _reminder_is_due(round, now):
            reminders += reminders_mail(round=round)
    return RoundsRun(opened, closed, released, reminders)


def least_group() -> int:
    """The smallest minimum group a round may have here: 5, or what the server's setting raises it to."""
    return max(MINIMUM_RATERS, settings.CHAINMAP_MINIMUM_GROUP)


def reminder_days_of(round: Round) -> tuple[int, ...]:
    """After how many days those missing are reminded."""
    return tuple(int(days) for days in round.reminder_days.split(",") if days)


def _may_manage(actor: User | Operator, organization: Organization) -> bool:
    return can(actor, Action.MANAGE_ROUNDS, organization)


def _held(round: Round, state: Round.State) -> Round:
    """The round, held against other changes until the transaction ends. Raises RoundProblem in another state."""
    held = Round.objects.select_for_update(of=("self",)).select_related("organization").get(pk=round.pk)
    if held.state != state:
        wanted = {
            Round.State.DRAFT: _("This round was opened already; it can no longer be changed."),
            Round.State.OPEN: _("This round is not open."),
            Round.State.CLOSED: _("This round is not closed."),
        }
        raise RoundProblem("wrong_state", wanted[state])
    return held


def _plan_store(round: Round, plan: RoundPlan) -> Round:
    name = " ".join(plan.name.split())
    _check_plan(round, plan, name)
    round.name, round.mode, round.question_set = name, plan.mode, plan.question_set
    round.k = least_group() if plan.k is None else plan.k
    round.opens_at, round.closes_at = plan.opens_at, plan.closes_at
    round.asks_end_customers, round.most_asked = plan.asks_end_customers, plan.most_asked
    round.reminder_days = ",".join(str(days) for days in sorted(set(plan.reminder_days)))
    teams = _teams(round.organization, plan.teams)
    try:
        with transaction.atomic():
            round.save()
            round.teams.set(teams)
    except IntegrityError:
        raise RoundProblem(
            "name_taken", _("There is a round of this name already. Choose another name."), "name"
        ) from None
    return round


def _check_plan(round: Round, plan: RoundPlan, name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise RoundProblem(
            "name", _("Give the round a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, "name"
        )
    if plan.mode not in Round.Mode.values:
        raise RoundProblem("mode", _("Choose open, pair or anonymous."), "mode")
    if plan.question_set not in list(QuestionSet):
        raise RoundProblem("question_set", _("Choose one of the question sets."), "question_set")
    least = least_group()
    if plan.k is not None and not least <= plan.k <= LARGEST_K:
        values = {"least": least, "most": LARGEST_K}
        raise RoundProblem("k", _("The minimum group is %(least)s to %(most)s people.") % values, "k")
    if plan.most_asked is not None and not 1 <= plan.most_asked <= MOST_ASKED:
        raise RoundProblem(
            "most_asked", _("Ask a person about 1 to %(most)s hand-offs.") % {"most": MOST_ASKED}, "most_asked"
        )
    days = plan.reminder_days
    if len(set(days)) > MOST_REMINDERS or not all(1 <= day <= 60 for day in days):
        raise RoundProblem("reminder_days", _("At most two reminders, 1 to 60 days after opening."), "reminder_days")
    _check_end(plan.closes_at, max(timezone.now(), plan.opens_at or timezone.now()))


def _check_end(closes_at: datetime | None, begins: datetime) -> None:
    if closes_at is not None and closes_at <= begins:
        raise RoundProblem("closes_at", _("The round would close before it opens. Choose a later end."), "closes_at")


def _too_few(round: Round) -> RoundProblem | None:
    """Why the round cannot be closed early yet; None where enough have answered."""
    pairs = Ask.objects.filter(round=round).values_list("pk", "rater_id")
    _asked, answered = answered_share(round=round, asks=pairs)
    if answered >= raters_needed(round.k):
        return None
    return RoundProblem(
        "too_few", _("Too few people have answered to show anything. Wait for the planned end, or ask them again.")
    )


def _teams(organization: Organization, wanted: Sequence[int] | None) -> list[Team]:
    if wanted is None:
        return []
    teams = list(Team.objects.filter(organization=organization, pk__in=wanted))
    if len(teams) != len(set(wanted)):
        raise RoundProblem("teams", _("One of the teams is not a team of this organization. Choose again."), "teams")
    return teams


def _start(round: Round) -> None:
    """What opening and opening again have in common."""
    round.state = Round.State.OPEN
    round.opened_on, round.closed_on = timezone.localdate(), None
    round.closing_asked_by = None
    if round.mode == Round.Mode.ANONYMOUS:
        round.seal = secrets.token_hex(32)
    round.save()
    answers_prepare(round=round)
    map_places_fix(organization=round.organization)
    news_of_round(round=round)


def _close(round: Round, now: datetime) -> None:
    round.state = Round.State.CLOSED
    round.closed_on = timezone.localdate(now)
    round.closing_asked_by = None
    round.save()
    Link.objects.filter(round=round).delete()
    if not round.is_protected:
        release_publish(round_pk=round.pk)  # signed ratings alone: nothing to examine


def _each(rounds: object, act: object) -> int:
    return sum(bool(act(round)) for round in list(rounds))  # type: ignore[operator, call-overload]


def _open_due(round: Round) -> bool:
    try:
        round_open(actor=OPERATOR, round=round)
    except RoundProblem:
        return False  # said to the administrator on the page of the round
    return True


def _close_due(round: Round, *, now: datetime) -> bool:
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round.pk)
        if held.state != Round.State.OPEN or held.closes_at is None or held.closes_at > now:
            return False
        _close(held, now)
    return True


def _reminder_is_due(round: Round, now: datetime) -> bool:
    days = reminder_days_of(round)
    if round.opened_on is None or round.reminders_sent >= len(days) or (round.closes_at and now >= round.closes_at):
        return False
    return timezone.localdate(now) >= round.opened_on + timedelta(days=days[round.reminders_sent])
