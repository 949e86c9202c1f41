"""What coaches do while a workshop runs: each step once, undone one by one, and never over another coach's head.

``history`` keeps the last steps with what they changed (JSON, newest last)::

    {"step": "reveal", "exercise": 7, "by": "Bob", "version": 12, "before": {"workshop": {...}, "exercises": {...}}}

``version`` is that of the workshop after the step. A step that was asked for looking at an older version is refused if
another step came in between, unless it asks for what is so already. Undoing takes the last step away and leaves a mark
({"step": "undo"} without "before") until the next one, so that it counts as a step as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.roles import Action
from chainmap.models import Entry, Exercise, Scene, Workshop
from chainmap.services.agreement_room import agreement_hear, is_heard
from chainmap.services.exercise_forgetting import editions_forget, is_figure_alone
from chainmap.services.exercise_results import result_freeze
from chainmap.services.journal import journal_empty
from chainmap.services.own import EditConflict
from chainmap.services.practice import practice_answers
from chainmap.services.workshops import WorkshopProblem, exercises_of, workshop_held, workshop_touch

#: So many steps can be undone.
MOST_STEPS = 20
#: Within this a second "next" is the same finger, or a clicker that bounces.
SAME_PRESS = timedelta(seconds=2)
#: Steps about one exercise, and about the screens.
EXERCISE_STEPS = frozenset({"start", "reveal", "hide", "done", "anew", "heard", "unheard"})
SWITCHES: Mapping[str, tuple[str, bool]] = {
    "lock": ("is_locked", True),
    "unlock": ("is_locked", False),
    "look": ("is_looking", True),
    "unlook": ("is_looking", False),
}
#: Both said yes to an agreement aloud, and that taken back.
HEARD: Mapping[str, bool] = {"heard": True, "unheard": False}
STEPS = EXERCISE_STEPS | SWITCHES.keys() | HEARD.keys() | {"names", "scene", "undo"}
_WORKSHOP = ("current_id", "is_locked", "is_looking", "hides_names", "scene_id")
_EXERCISE = ("state", "edition", "result", "started_at", "asked")
#: Kept of every exercise in the history: whether there was a result, also where the result itself is not kept.
_HAD = "had"


@dataclass(frozen=True, slots=True)
class StepDone:
    """What became of a step. ``was_so``: it was so already and nothing changed; ``by`` is who did it then."""

    workshop: Workshop
    step: str
    was_so: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class LastStep:
    """The newest step that can be undone; ``exercise`` is its kind, "" for none."""

    step: str
    by: str
    exercise: str


@dataclass(slots=True)
class _Hand:
    """One step while it is done: the held rows, and the exercise and scene that are meant."""

    workshop: Workshop
    exercises: dict[int, Exercise]
    exercise: Exercise | None
    scene: int | None
    step: str
    agreement: int | None = None

    @property
    def meant(self) -> Exercise:
        if self.exercise is None:
            raise NotFound
        return self.exercise


def step_do(
    *,
    actor: User | Operator,
    workshop: Workshop,
    step: str,
    version: int,
    exercise: int | None = None,
    scene: int | None = None,
    agreement: int | None = None,
    is_next: bool = False,
) -> StepDone:
    """Do one of :data:`STEPS`; ``version`` is that of the console the coach looked at.

    start, reveal, hide (take back a reveal), done and anew are about ``exercise``; scene shows ``scene``, None shows
    the exercise again; names turns hiding of names on or off; heard and unheard are about ``agreement``, its place in
    the revealed result. ``is_next``: it was the button that is another step after every press. Raises WorkshopProblem
    for what cannot be done now, EditConflict(version) when another coach did something since, NotFound for an exercise
    or scene of elsewhere.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    if step not in STEPS:
        raise WorkshopProblem("step", _("What came does not say what to do. Look at the console and press again."))
    with transaction.atomic():
        hand = _hand(workshop, step, exercise, scene)
        hand.agreement = agreement
        held = hand.workshop
        if held.state != Workshop.State.OPEN:
            raise WorkshopProblem("not_open", _("The workshop is not open. Open it first."))
        history: list[dict[str, Any]] = json.loads(held.history)
        if _is_so(hand):
            return StepDone(held, step, was_so=True, by=_who_did(history, step, exercise))
        later = next((one for one in reversed(history) if one["version"] > version), None)
        if later is not None:
            raise EditConflict(_told(later, hand.exercises), held.version, str(later["by"]))
        if is_next and _is_same_press(hand):
            raise WorkshopProblem("same_press", _("This was started a moment ago. Press again to reveal it."))
        before = _before(hand)
        made: dict[str, Any] = {"step": step, "exercise": exercise, "by": _name(actor)}
        if history and history[-1]["step"] == "undo":
            history.pop()
        if step == "undo":
            _undo(hand, history)
        else:
            _DO.get(step, _switch)(hand)
            made["before"] = before
        _keep(hand, [*history, made])
    if step in ("reveal", "anew"):
        journal_empty()  # what was said is deleted then where only the figures are needed
    return StepDone(held, step)


def last_step(workshop: Workshop) -> LastStep | None:
    """What "undo" would undo; None where there is nothing, and for a reveal that stays."""
    steps = [one for one in json.loads(workshop.history) if one["step"] != "undo"]
    exercises = {row.pk: row for row in exercises_of(workshop)}
    if not steps or _stays(steps[-1], exercises):
        return None
    row = exercises.get(steps[-1]["exercise"])
    return LastStep(steps[-1]["step"], steps[-1]["by"], row.kind if row is not None else "")


def _hand(workshop: Workshop, step: str, exercise: int | None, scene: int | None) -> _Hand:
    held = workshop_held(workshop)
    exercises = {row.pk: row for row in Exercise.objects.select_for_update(no_key=True).filter(workshop=held)}
    for row in exercises.values():
        row.workshop = held
    if step in EXERCISE_STEPS and exercise not in exercises:
        raise NotFound
    if step == "scene" and scene is not None and not Scene.objects.filter(workshop=held, pk=scene).exists():
        raise NotFound
    meant = exercises.get(exercise) if exercise is not None and step in EXERCISE_STEPS else None
    return _Hand(held, exercises, meant, scene, step)


def _is_so(hand: _Hand) -> bool:
    """Whether the step asks for what is so already."""
    held, step, states = hand.workshop, hand.step, Exercise.State
    if step in SWITCHES:
        field, wanted = SWITCHES[step]
        return getattr(held, field) is wanted
    if step == "scene":
        return held.scene_id == hand.scene
    if step in HEARD:
        return is_heard(exercise=hand.meant, place=hand.agreement) is HEARD[step]
    if hand.exercise is None:
        return False
    is_current = held.current_id == hand.exercise.pk and held.scene_id is None
    wanted_state = {"start": states.RUNNING, "reveal": states.REVEALED, "hide": states.RUNNING, "done": states.DONE}
    return hand.exercise.state == wanted_state.get(step) and (is_current or step == "done")


def _is_same_press(hand: _Hand) -> bool:
    """A clicker that bounces presses twice: what one press started the next one must not reveal unseen."""
    row = hand.exercise
    if hand.step != "reveal" or row is None or row.started_at is None or row.result:
        return False
    return timezone.now() - row.started_at < SAME_PRESS


def _start(hand: _Hand) -> None:
    row = hand.meant
    if row.state == Exercise.State.REVEALED or row.result:
        raise WorkshopProblem("over", _("It was revealed already. Show it again, or ask it anew."))
    _run(hand, row)
    if hand.workshop.is_practice:
        practice_answers(exercise=row)
    _ask(hand, row)


def _reveal(hand: _Hand) -> None:
    """The result is worked out once; one that was revealed before is shown again as it was."""
    row = hand.meant
    if not row.result:
        if row.state != Exercise.State.RUNNING:
            raise WorkshopProblem(
                "not_running", _("It was not asked yet, so there is nothing to reveal. Start it first.")
            )
        result_freeze(exercise=row)
        row.refresh_from_db(fields=["result"])
    _put_aside(hand, row)
    row.state, row.started_at = Exercise.State.REVEALED, None
    _look_at(hand, row)


def _hide(hand: _Hand) -> None:
    row = hand.meant
    if is_figure_alone(row):
        raise WorkshopProblem("stays", _stays_sentence(hand.workshop))
    if row.state not in (Exercise.State.REVEALED, Exercise.State.DONE):
        raise WorkshopProblem("not_revealed", _("It was not revealed, so there is nothing to take back."))
    row.result = ""
    _run(hand, row)


def _done(hand: _Hand) -> None:
    row = hand.meant
    row.state, row.started_at = Exercise.State.DONE, None
    if hand.workshop.current_id == row.pk:
        hand.workshop.current = None


def _anew(hand: _Hand) -> None:
    """A new edition, above every one of which anything is kept: what was said before never counts again."""
    row = hand.meant
    last = Entry.objects.filter(exercise=row).aggregate(last=Max("edition"))["last"] or 0
    row.edition, row.result = max(row.edition, last) + 1, ""
    editions_forget(exercise=row)
    _run(hand, row)
    if hand.workshop.is_practice:
        row.save()
        practice_answers(exercise=row)
    _ask(hand, row)


def _ask(hand: _Hand, row: Exercise) -> None:
    """From now on "about half" is of those who are in now: whoever comes and goes moves no word."""
    row.asked = hand.workshop.participants.count()


def _hear(hand: _Hand) -> None:
    agreement_hear(exercise=hand.meant, place=hand.agreement, is_yes=HEARD[hand.step])


def _names(hand: _Hand) -> None:
    hand.workshop.hides_names = not hand.workshop.hides_names


def _scene(hand: _Hand) -> None:
    hand.workshop.scene_id = hand.scene


def _switch(hand: _Hand) -> None:
    field, wanted = SWITCHES[hand.step]
    setattr(hand.workshop, field, wanted)


_DO: Mapping[str, Callable[[_Hand], None]] = {
    "start": _start,
    "reveal": _reveal,
    "hide": _hide,
    "done": _done,
    "anew": _anew,
    "heard": _hear,
    "unheard": _hear,
    "names": _names,
    "scene": _scene,
}


def _undo(hand: _Hand, history: list[dict[str, Any]]) -> None:
    if not history:
        raise WorkshopProblem("nothing", _("There is nothing left to undo."))
    last = history.pop()
    if _stays(last, hand.exercises):
        raise WorkshopProblem("stays", _stays_sentence(hand.workshop))
    for name, value in last["before"]["workshop"].items():
        setattr(hand.workshop, name, value)
    if hand.workshop.scene_id and not Scene.objects.filter(pk=hand.workshop.scene_id).exists():
        hand.workshop.scene_id = None
    if hand.workshop.current_id not in hand.exercises:
        hand.workshop.current_id = None
    for key, values in last["before"]["exercises"].items():
        row = hand.exercises.get(int(key))
        if row is not None:
            for name in values.keys() - {_HAD}:
                value = values[name]
                setattr(row, name, parse_datetime(value) if name == "started_at" and value else value)


def _stays(step: Mapping[str, Any], exercises: Mapping[int, Exercise]) -> bool:
    """Whether a step cannot be undone: a reveal that stays, if it worked something out, and asking anew after it.

    What was heard where no former result is kept has a button of its own to take it back.
    """
    row = exercises.get(step["exercise"] or 0)
    if row is None or not is_figure_alone(row):
        return False
    had = bool(step["before"]["exercises"].get(str(row.pk), {}).get(_HAD))
    return {"reveal": not had, "anew": had, "heard": True, "unheard": True}.get(step["step"], False)


def _stays_sentence(workshop: Workshop) -> str:
    if workshop.is_anonymous:
        return _(
            "Without names a reveal stays: an answer added after it could be told apart. Ask it anew to go on"
            " answering."
        )
    return _(
        "These are figures of the room, so the reveal stays: an answer changed after it could be told apart. Ask it"
        " anew to go on answering."
    )


def _run(hand: _Hand, row: Exercise) -> None:
    """The room is at this exercise from now on; one it was at is put aside with what was said."""
    _put_aside(hand, row)
    row.state, row.started_at = Exercise.State.RUNNING, timezone.now()
    _look_at(hand, row)


def _put_aside(hand: _Hand, row: Exercise) -> None:
    for other in hand.exercises.values():
        if other.pk != row.pk and other.state in (Exercise.State.RUNNING, Exercise.State.REVEALED):
            is_over = other.state == Exercise.State.REVEALED
            other.state, other.started_at = Exercise.State.DONE if is_over else Exercise.State.READY, None


def _look_at(hand: _Hand, row: Exercise) -> None:
    hand.workshop.current, hand.workshop.scene = row, None


def _before(hand: _Hand) -> dict[str, Any]:
    exercises = {
        str(row.pk): {name: _plain(getattr(row, name)) for name in _EXERCISE} | {_HAD: bool(row.result)}
        for row in hand.exercises.values()
    }
    return {"workshop": {name: getattr(hand.workshop, name) for name in _WORKSHOP}, "exercises": exercises}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _keep(hand: _Hand, history: list[dict[str, Any]]) -> None:
    """Save all rows; the history keeps of the newest step only the exercises it changed."""
    held = hand.workshop
    workshop_touch(held)
    history[-1]["version"] = held.version
    if "before" in history[-1]:
        then, now = history[-1]["before"]["exercises"], _before(hand)["exercises"]
        changed = {key: value for key, value in then.items() if now[key] != value}
        for key, value in changed.items():
            if is_figure_alone(hand.exercises[int(key)]):
                del value["result"]  # never comes back by an undo, and nobody keeps two of them to subtract
        history[-1]["before"]["exercises"] = changed
    for row in hand.exercises.values():
        row.save(update_fields=list(_EXERCISE))
    held.history = json.dumps(history[-MOST_STEPS:])
    held.save(update_fields=["current", "is_locked", "is_looking", "hides_names", "scene", "history"])


def _who_did(history: list[dict[str, Any]], step: str, exercise: int | None) -> str:
    """Who did this step last, as far as it is remembered."""
    same = (one for one in reversed(history) if one["step"] == step and one["exercise"] == exercise)
    return str(next(same, {"by": ""})["by"])


def _told(step: Mapping[str, Any], exercises: Mapping[int, Exercise]) -> dict[str, object]:
    """What another coach did, for the sentence about it."""
    row = exercises.get(step["exercise"]) if step["exercise"] is not None else None
    return {"step": step["step"], "exercise": row.kind if row is not None else ""}


def _name(actor: User | Operator) -> str:
    if isinstance(actor, Operator):
        return ""
    return str(getattr(actor, "first_name", "") or actor.get_username())
