"""Taking away what was said once it is not needed any more: the frozen result is all that anybody is shown.

Without names nothing of an exercise stays after its reveal, nor of a former edition, nor after the workshop is closed.
How people see their work is deleted at its reveal in every workshop: only the room's figure is shown.
"""

from __future__ import annotations

from chainmap.domain.exercises import Exercise as Kind
from chainmap.models import Entry, Exercise, Workshop


def is_figure_alone(exercise: Exercise) -> bool:
    """Whether of what is said nothing but figures of the room is ever shown, so that it goes at the reveal."""
    return exercise.workshop.is_anonymous or exercise.kind == Kind.ORIENTATION


def revealed_forget(*, exercise: Exercise) -> None:
    """At the reveal, inside the caller's transaction, after the result was worked out."""
    if is_figure_alone(exercise):
        Entry.objects.filter(exercise=exercise).delete()


def editions_forget(*, exercise: Exercise) -> None:
    """Asked anew without names: what was said before never counts again. With names it stays, for an undo."""
    if exercise.workshop.is_anonymous:
        Entry.objects.filter(exercise=exercise).delete()


def workshop_forget(*, workshop: Workshop) -> None:
    """Closed without names: what was not revealed by now is not kept, inside the caller's transaction."""
    if workshop.is_anonymous:
        Entry.objects.filter(exercise__workshop=workshop).delete()
