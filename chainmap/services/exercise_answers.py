"""Yes or not yet to an agreement that somebody else in the room proposes, from the phone of the side that is asked."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.domain.exercises import Exercise as Kind
from chainmap.services.exercise_asking import NOT_YET, YES, answer_put, proposals_to
from chainmap.services.exercise_entries import EntryRefused, exercise_held
from chainmap.services.joining import Room


def proposal_answer(*, room: Room, exercise: int, mark: str, answer: str, edition: int | None = None) -> None:
    """Say yes or not yet to what ``mark`` names; the last answer counts.

    Raises NotFound for an exercise of another workshop, ExerciseClosed where nothing is taken now, EntryRefused for
    what is not asked of this phone (any more), and for no answer.
    """
    with transaction.atomic():
        held = exercise_held(room, exercise, edition)
        if answer not in (YES, NOT_YET):
            raise EntryRefused(_("Say yes, or not yet."), None)
        asked = proposals_to(room=room, exercise=held) if held.kind == Kind.AGREEMENTS else []
        if mark not in {one.mark for one in asked}:
            raise EntryRefused(
                _("This is not proposed to you any more: it was taken back or changed. Look at what stands there now."),
                None,
            )
        answer_put(exercise=held, participant=room.participant, mark=mark, answer=answer)
