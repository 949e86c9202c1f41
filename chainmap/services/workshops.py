"""Workshops from preparation to the end: prepared -> open (a code to join by) -> closed -> open again.

``Workshop.version`` grows with every step of a coach and whatever else all screens show. Who joins and what is said
does not touch it: a coach's button must not go stale because somebody came in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.exercises import RULES
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.roles import Action
from chainmap.domain.texts import TextCode, TextFault, read_text
from chainmap.models import Entry, Exercise, Organization, Phone, Team, Workshop
from chainmap.services.exercise_forgetting import workshop_forget
from chainmap.services.journal import journal_empty
from chainmap.services.maps import map_places_fix
from chainmap.services.own import EditConflict

LONGEST_NAME = 120
LONGEST_INSTRUCTION = 500
LONGEST_EXERCISE = 3600
#: All exercises in the order in which a coach would run them.
KINDS = tuple(kind.value for kind in Kind)
#: Crockford's: no letter that looks like a digit. 30 bits, alive for an afternoon, and 10 wrong ones a minute.
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 6
#: How often another code is drawn when one is taken.
_DRAWS = 5


class WorkshopProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be done; ``str()`` says what, why and what to do. ``field``: of the form, if of one."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class WorkshopPlan:
    """What a coach says about a workshop. ``team`` None: the whole organization; ``kinds`` None: all exercises."""

    name: str
    team: int | None = None
    mode: str = Workshop.Mode.OPEN.value
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkshopRow:
    """One workshop of the list: how many joined, and how many exercises were revealed or done of all."""

    workshop: Workshop
    joined: int
    over: int
    exercises: int


def workshops_list(*, actor: User | Operator, organization: Organization) -> list[WorkshopRow]:
    """All workshops, newest first. Raises NotFound for a stranger, PermissionDenied without the right. Two queries."""
    require(actor, Action.SEE_WORKSHOPS, organization)
    over = Q(exercises__state__in=[Exercise.State.REVEALED, Exercise.State.DONE])
    rows: Any = (  # rows with their counts
        Workshop.objects.filter(organization=organization)
        .select_related("team")
        .annotate(
            joined=Count("participants", distinct=True),
            over=Count("exercises", filter=over, distinct=True),
            asked=Count("exercises", distinct=True),
        )
        .order_by("-made_at", "-pk")
    )
    return [WorkshopRow(row, row.joined, row.over, row.asked) for row in rows]


def workshop_find(*, actor: User | Operator, organization: Organization, pk: int) -> Workshop:
    """One workshop. Raises NotFound when there is none and for a stranger, PermissionDenied without the right."""
    require(actor, Action.SEE_WORKSHOPS, organization)
    found = (
        Workshop.objects.filter(organization=organization, pk=pk)
        .select_related("organization", "team", "current", "scene")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def exercises_of(workshop: Workshop) -> list[Exercise]:
    """The exercises in the coach's order."""
    rows = list(Exercise.objects.filter(workshop=workshop).order_by("place", "pk"))
    for row in rows:
        row.workshop = workshop
    return rows


def workshop_create(*, actor: User | Operator, organization: Organization, plan: WorkshopPlan) -> Workshop:
    """Prepare a workshop. Raises WorkshopProblem for a plan that cannot be, naming the field."""
    require(actor, Action.RUN_WORKSHOPS, organization)
    made_by = None if isinstance(actor, Operator) else actor
    workshop = Workshop(organization=organization, made_by=made_by)  # type: ignore[misc]
    with transaction.atomic():
        _plan_put(workshop, plan)
        workshop.save()
        _exercises_set(workshop, _kinds_of(plan))
    return workshop


def workshop_edit(*, actor: User | Operator, workshop: Workshop, plan: WorkshopPlan, version: int) -> Workshop:
    """Change a workshop: all of it before it was first opened, afterwards everything but its mode.

    An exercise that ran already stays. Raises WorkshopProblem, EditConflict when it was changed since ``version``.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.version != version:
            raise EditConflict({"name": held.name}, held.version)
        if plan.mode != held.mode and _mode_stays(held):
            raise WorkshopProblem(
                "mode_stays",
                _(
                    "It was opened, so people may have read who will see what they say. That stays. Make another"
                    " workshop for it."
                ),
                "mode",
            )
        _plan_put(held, plan)
        _exercises_set(held, _kinds_of(plan))
        workshop_touch(held)
        held.save(update_fields=["name", "team", "mode"])
    return held


def workshop_remove(*, actor: User | Operator, workshop: Workshop) -> None:
    """Remove a workshop with all that was said in it. Raises WorkshopProblem while it is open."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.state == Workshop.State.OPEN:
            raise WorkshopProblem("open", _("It is open: people are in it. Close it first, then remove it."))
        held.delete()


def exercise_edit(
    *, actor: User | Operator, workshop: Workshop, exercise: int, instruction: str, seconds: int, place: int
) -> Exercise:
    """Set the words of an exercise ("" = those that come with it), its time and its place (1 = first).

    Raises NotFound for an exercise of another workshop, WorkshopProblem naming the field.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    if not 0 <= seconds <= LONGEST_EXERCISE:
        said = _("An exercise takes from 0 minutes, which is without a timer, to 60 minutes.")
        raise WorkshopProblem("seconds", said, "seconds")
    with transaction.atomic():
        held = workshop_held(workshop)
        rows = exercises_of(held)
        found = next((row for row in rows if row.pk == exercise), None)
        if found is None:
            raise NotFound
        found.instruction, found.seconds = _text(instruction, LONGEST_INSTRUCTION, "instruction"), seconds
        found.save(update_fields=["instruction", "seconds"])
        rows.remove(found)
        rows.insert(min(max(place, 1), len(rows) + 1) - 1, found)
        _renumber(rows)
        workshop_touch(held)
    return found


def workshop_open(*, actor: User | Operator, workshop: Workshop) -> Workshop:
    """Open it under a new code, for the first time or again. One that is open already stays as it is.

    Raises WorkshopProblem where there is no exercise to run.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.state == Workshop.State.OPEN:
            return held
        if not held.exercises.exists():
            raise WorkshopProblem("no_exercise", _("There is no exercise in it yet. Tick at least one."))
        held.state, held.closed_on = Workshop.State.OPEN, None
        held.is_locked = held.is_looking = False
        _code_give(held)
        workshop_touch(held)
        map_places_fix(organization=held.organization)
    return held


def workshop_reopen(*, actor: User | Operator, workshop: Workshop) -> Workshop:
    """Open a closed one again: with names, who was in is in; whoever comes now needs the new code."""
    return workshop_open(actor=actor, workshop=workshop)


def workshop_close(*, actor: User | Operator, workshop: Workshop) -> Workshop:
    """Close it: nobody joins or says anything any more. One that is not open stays as it is.

    No step can be undone afterwards. Without names the phones are forgotten as well, and join anew if it opens again.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.state != Workshop.State.OPEN:
            return held
        held.state, held.code, held.closed_on = Workshop.State.CLOSED, "", timezone.localdate()
        held.history = "[]"  # what former results said
        held.save(update_fields=["state", "code", "closed_on", "history"])
        if held.is_anonymous:
            Phone.objects.filter(participant__workshop=held).delete()
        workshop_forget(workshop=held)
        workshop_touch(held)
    journal_empty()
    return held


def workshop_held(workshop: Workshop) -> Workshop:
    """The row as it is now, locked until the transaction ends. Raises NotFound when it is gone."""
    held = (
        Workshop.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=workshop.pk)
        .select_related("organization")
        .first()
    )
    if held is None:
        raise NotFound
    return held


def workshop_touch(workshop: Workshop) -> None:
    """Tell every screen that something changed, inside the caller's transaction, which holds the row.

    For what all of them show (steps of a coach, scenes, words). Not for what one phone says: a coach's button would be
    stale after every answer, and sixty phones would draw themselves anew.
    """
    workshop.version += 1
    Workshop.objects.filter(pk=workshop.pk).update(version=workshop.version)


def _mode_stays(held: Workshop) -> bool:
    """Whether somebody may have read, or counted on, who will see what is said; the database asks the same."""
    if held.state != Workshop.State.PREPARED or held.participants.exists():
        return True
    return Entry.objects.filter(exercise__workshop=held).exists()


def _plan_put(workshop: Workshop, plan: WorkshopPlan) -> None:
    name = _text(plan.name, LONGEST_NAME, "name", one_line=True)
    if not name:
        raise WorkshopProblem("no_name", _("Give the workshop a name, so that you find it again."), "name")
    if plan.mode not in Workshop.Mode.values:
        raise WorkshopProblem("mode", _("Choose who will see what people say."), "mode")
    team = None
    if plan.team is not None:
        team = Team.objects.filter(organization=workshop.organization_id, pk=plan.team).first()
        if team is None:
            raise WorkshopProblem("team", _("This team is not there any more. Choose another."), "team")
    workshop.name, workshop.mode, workshop.team = name, plan.mode, team


def _kinds_of(plan: WorkshopPlan) -> tuple[str, ...]:
    kinds = KINDS if plan.kinds is None else tuple(dict.fromkeys(plan.kinds))
    if not kinds:
        raise WorkshopProblem("no_exercise", _("Tick at least one exercise."), "kinds")
    if not set(kinds) <= set(KINDS):
        raise WorkshopProblem("kinds", _("One of these exercises does not exist. Tick them again."), "kinds")
    return kinds


def _exercises_set(workshop: Workshop, kinds: tuple[str, ...]) -> None:
    """Exactly these exercises in this order; those that ran already stay, with what was said."""
    there = {row.kind: row for row in exercises_of(workshop)}
    for kind, row in list(there.items()):
        if kind not in kinds and row.state == Exercise.State.READY and not row.entries.exists():
            row.delete()
            del there[kind]
    rows = [there.pop(kind) if kind in there else _exercise_new(workshop, kind) for kind in kinds]
    _renumber([*rows, *there.values()])


def _exercise_new(workshop: Workshop, kind: str) -> Exercise:
    return Exercise.objects.create(workshop=workshop, kind=kind, place=0, seconds=RULES[Kind(kind)].seconds)


def _renumber(rows: Iterable[Exercise]) -> None:
    changed = []
    for place, row in enumerate(rows, start=1):
        row.place = place
        changed.append(row)
    Exercise.objects.bulk_update(changed, ["place"])


def _code_give(workshop: Workshop) -> None:
    """Save the workshop under a code no open workshop has."""
    for left in reversed(range(_DRAWS)):
        workshop.code = "".join(secrets.choice(_CODE_LETTERS) for _place in range(_CODE_LENGTH))
        try:
            with transaction.atomic():
                workshop.save(update_fields=["state", "code", "closed_on", "is_locked", "is_looking"])
        except IntegrityError:
            if not left:
                raise
        else:
            return


def _text(value: str, most: int, field: str, *, one_line: bool = False) -> str:
    try:
        return read_text(value, most, one_line=one_line)
    except TextFault as fault:
        said = _("This text has a character that cannot be shown. Take it out and send it again.")
        if fault.code == TextCode.TOO_LONG:
            said = _("This text is too long: %(limit)s characters fit. Shorten it.") % {"limit": fault.limit}
        raise WorkshopProblem(fault.code.value, said, field) from None
