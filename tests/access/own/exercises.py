"""Rows and holes of this part: what a phone that is in the workshop sends, and the picture of what the room drew; the
exercise is one of the workshop's."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import Exercise, Organization
from chainmap.services.exercise_results import result_freeze
from tests.access.rows import EVERYBODY, Row, button, may, reading

_EXERCISE = "room/<int:workshop>/exercises/<int:exercise>/"

ROWS: tuple[Row, ...] = (
    button(_EXERCISE, EVERYBODY),
    button(_EXERCISE + "answer/", EVERYBODY),
    button(_EXERCISE + "take-back/", EVERYBODY),
    reading("organizations/<int:organization>/workshops/<int:workshop>/drawn.json", may(Action.SEE_WORKSHOPS)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: the workshop's first exercise, which runs.

    What the room drew is revealed.
    """
    first = Exercise.objects.filter(workshop__organization=organization, workshop__state="open").order_by("place")[0]
    Exercise.objects.filter(pk=first.pk).update(state="running")
    drawn = Exercise.objects.get(workshop=first.workshop, kind="draw")
    drawn.state = "revealed"
    drawn.save()
    result_freeze(exercise=drawn)
    return {"<int:exercise>": first.pk}
