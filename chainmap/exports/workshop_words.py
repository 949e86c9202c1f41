"""The words of a workshop: who will see what, what an exercise is called and what it asks of the room.

The same on console, projector, phone and paper, in the reader's language.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.exercises import Exercise, WorkshopMode


def mode_label(mode: str) -> str:
    """The name of a mode in a list."""
    return {WorkshopMode.OPEN: _("With names"), WorkshopMode.ANONYMOUS: _("Without names")}[WorkshopMode(mode)]


def mode_sentence(mode: str) -> str:
    """Who will see what somebody says: stands above the first tap, word for word."""
    return {
        WorkshopMode.OPEN: _(
            "Everybody in this room, your coach and the managers will see your name and what you say here."
        ),
        WorkshopMode.ANONYMOUS: _(
            "Nobody will see who said what, not even the coach. Numbers appear from 6 people on, texts from 10."
        ),
    }[WorkshopMode(mode)]


def exercise_title(kind: str) -> str:
    """What an exercise is called."""
    return {
        Exercise.CLIENT: _("Who is your most important client?"),
        Exercise.DRAW: _("Draw our chain"),
        Exercise.RATE: _("Rate live"),
        Exercise.MOMENTS: _("Magic and misery"),
        Exercise.LADDER: _("The ladder"),
        Exercise.ORIENTATION: _("Customer-focused or operations-focused?"),
        Exercise.PURPOSE: _("Purpose"),
        Exercise.COFFEE: _("Coffee pairs"),
        Exercise.AGREEMENTS: _("Agreements"),
    }[Exercise(kind)]


def exercise_instruction(kind: str, own: str = "") -> str:
    """What the room is asked to do: in the coach's ``own`` words where there are some."""
    if own:
        return own
    return {
        Exercise.CLIENT: _("Think of the one who needs your work most: a colleague, a team or a customer. Name one."),
        Exercise.DRAW: _(
            "Who hands you what you need, and to whom do you hand your work on? Add one hand-off at a time."
        ),
        Exercise.RATE: _(
            "How much of what you need to serve your customer did you get? From 0, nothing, to 10, all of it."
        ),
        Exercise.MOMENTS: _(
            "Tell a moment that was magic, or one that was misery. The work is meant, never the person."
        ),
        Exercise.LADDER: _("How far does the loyalty of your customers go? Choose the step you see most often."),
        Exercise.ORIENTATION: _(
            "When it gets busy, what comes first with us? Choose the side that is nearer every time."
        ),
        Exercise.PURPOSE: _("What are we here for? Say it in one sentence a customer would understand."),
        Exercise.COFFEE: _("These pairs could win the most for our customers. Find yours and talk for five minutes."),
        Exercise.AGREEMENTS: _("What will be different from Monday on? Say between which two, and until when."),
    }[Exercise(kind)]


def clock(seconds: int) -> str:
    """Seconds as minutes and seconds.

    >>> clock(0), clock(65), clock(600), clock(-3)
    ('0:00', '1:05', '10:00', '0:00')
    """
    left = max(seconds, 0)
    return f"{left // 60}:{left % 60:02}"


def people_in(count: int) -> str:
    """How many are in the room, and nobody's name."""
    if not count:
        return _("Nobody is in yet")
    return ngettext("%(count)d is in", "%(count)d are in", count) % {"count": count}
