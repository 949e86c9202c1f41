"""The words of the console's buttons, and what is said when two coaches meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.exports.plain_text import clean_text
from chainmap.exports.workshop_words import exercise_title
from chainmap.models import Exercise
from chainmap.services.exercise_forgetting import is_figure_alone
from chainmap.services.workshop_screens import Asked, ConsoleScreen
from chainmap.services.workshop_steps import LastStep


@dataclass(frozen=True, slots=True)
class StepButton:
    """One button of the console: what it sends, what stands on it, and its key ("" for none)."""

    step: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleCard:
    """One exercise on the console."""

    asked: Asked
    state: str
    is_current: bool
    buttons: tuple[StepButton, ...]
    #: What the coach should know before pressing one; "" for nothing.
    note: str = ""


def console_cards(screen: ConsoleScreen) -> list[ConsoleCard]:
    """The exercises with the buttons that make sense now; none unless the workshop is open."""
    is_open = screen.workshop.state == "open"
    return [
        ConsoleCard(
            asked,
            str(asked.exercise.get_state_display()),
            screen.current is asked,
            tuple(_buttons(asked, is_current=screen.current is asked)) if is_open else (),
            _note(asked, screen.joined) if is_open else "",
        )
        for asked in screen.cards
    ]


def _note(asked: Asked, joined: int) -> str:
    """That too few are in, and why a reveal of it cannot be taken back in a workshop in which others can."""
    said = [too_few_in(asked, joined)]
    if not asked.exercise.workshop.is_anonymous and is_figure_alone(asked.exercise):
        said.append(_("Its reveal stays: all it shows are figures of the room. Ask it anew to go on answering."))
    return " ".join(one for one in said if one)


def too_few_in(asked: Asked, joined: int) -> str:
    """Before the reveal: nothing would be shown; "" where enough are in."""
    if joined >= asked.needed or asked.exercise.result:
        return ""
    if not joined and asked.needed <= 1:
        return _("Nobody is in yet. Let people join first.")
    return ngettext(
        "%(joined)s is in, and this needs answers of %(needed)s people: with fewer nothing of it is shown.",
        "%(joined)s are in, and this needs answers of %(needed)s people: with fewer nothing of it is shown.",
        joined,
    ) % {"joined": joined, "needed": asked.needed}


def too_few_for_next(screen: ConsoleScreen) -> str:
    """The same beside the button that would start or reveal it."""
    coming = next((card for card in screen.cards if card.exercise is screen.next.exercise), None)
    return too_few_in(coming, screen.joined) if coming is not None else ""


def _buttons(asked: Asked, *, is_current: bool) -> list[StepButton]:
    """Of one card. The letter keys belong to the exercise the room is at."""
    row, states = asked.exercise, Exercise.State
    if row.state == states.READY or (row.state == states.DONE and not row.result):
        return [StepButton("start", _("Start"))]
    if row.state == states.RUNNING:
        return [
            StepButton("reveal", _("Reveal"), "r" if is_current else ""),
            StepButton("anew", _("Ask anew")),
            StepButton("done", _("End without revealing")),
        ]
    buttons = []
    if row.state == states.DONE:
        buttons.append(StepButton("reveal", _("Show again")))
    elif not is_figure_alone(row):
        buttons.append(StepButton("hide", _("Take the reveal back")))
    buttons.append(StepButton("anew", _("Ask anew")))
    if row.state == states.REVEALED:
        buttons.append(StepButton("done", _("Done"), "d" if is_current else ""))
    return buttons


def so_already(by: str) -> str:
    """Nothing was done, because it is so."""
    if not by:
        return _("That is so already.")
    return _("%(name)s did that already.") % {"name": clean_text(by)}


def conflict_sentence(by: str, stored: Mapping[str, object]) -> str:
    """What another coach did while this one looked at something older."""
    exercise = str(stored.get("exercise") or "")
    said = _DONE.get(str(stored.get("step")), _something)()
    values = {"name": clean_text(by) or _("Somebody"), "exercise": exercise_title(exercise) if exercise else ""}
    return _("%(what)s Here is how it stands; nothing was done twice.") % {"what": said % values}


def undo_label(last: LastStep) -> str:
    """What the undo button would take back."""
    title = exercise_title(last.exercise) if last.exercise else ""
    said = _UNDO.get(last.step, lambda: _("Undo"))()
    return said % {"exercise": title}


def _something() -> str:
    return _("%(name)s did something a moment ago.")


_DONE = {
    "start": lambda: _("%(name)s started “%(exercise)s” a moment ago."),
    "reveal": lambda: _("%(name)s revealed “%(exercise)s” a moment ago."),
    "hide": lambda: _("%(name)s took the reveal of “%(exercise)s” back a moment ago."),
    "done": lambda: _("%(name)s ended “%(exercise)s” a moment ago."),
    "anew": lambda: _("%(name)s asked “%(exercise)s” anew a moment ago."),
    "lock": lambda: _("%(name)s locked the phones a moment ago."),
    "unlock": lambda: _("%(name)s unlocked the phones a moment ago."),
    "look": lambda: _("%(name)s called everybody to look here a moment ago."),
    "unlook": lambda: _("%(name)s let the phones go on a moment ago."),
    "names": lambda: _("%(name)s hid or showed the names a moment ago."),
    "scene": lambda: _("%(name)s changed what the projector shows a moment ago."),
    "heard": lambda: _("%(name)s wrote down a moment ago that both said yes to an agreement."),
    "unheard": lambda: _("%(name)s took a yes to an agreement back a moment ago."),
    "undo": lambda: _("%(name)s undid the last step a moment ago."),
}

_UNDO = {
    "start": lambda: _("Undo: start of “%(exercise)s”"),
    "reveal": lambda: _("Undo: reveal of “%(exercise)s”"),
    "hide": lambda: _("Undo: taking back the reveal of “%(exercise)s”"),
    "done": lambda: _("Undo: end of “%(exercise)s”"),
    "anew": lambda: _("Undo: asking “%(exercise)s” anew"),
    "lock": lambda: _("Undo: lock"),
    "unlock": lambda: _("Undo: unlock"),
    "look": lambda: _("Undo: everybody look here"),
    "unlook": lambda: _("Undo: let the phones go on"),
    "names": lambda: _("Undo: names hidden or shown"),
    "scene": lambda: _("Undo: what the projector shows"),
    "heard": lambda: _("Undo: both said yes"),
    "unheard": lambda: _("Undo: not both said yes"),
}
