"""Rows and holes of this part: what a phone that is in the workshop sends; the exercise is one of the workshop's."""

from __future__ import annotations

from chainmap.models import Exercise, Organization
from tests.access.rows import EVERYBODY, Row, button

_EXERCISE = "room/<int:workshop>/exercises/<int:exercise>/"

ROWS: tuple[Row, ...] = (
    button(_EXERCISE, EVERYBODY),
    button(_EXERCISE + "take-back/", EVERYBODY),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: the workshop's first exercise, which runs."""
    first = Exercise.objects.filter(workshop__organization=organization, workshop__state="open").order_by("place")[0]
    Exercise.objects.filter(pk=first.pk).update(state="running")
    return {"<int:exercise>": first.pk}
