"""Rows and holes of this part: a workshop that is prepared, with its exercises, and a phone that waits in it."""

from __future__ import annotations

from chainmap.access import OPERATOR
from chainmap.domain.roles import Action
from chainmap.models import Exercise, Organization, Participant, Phone
from chainmap.services.workshops import WorkshopPlan, workshop_create, workshop_open
from tests.access.rows import Row, button, form, may, reading

_WORKSHOPS = "organizations/<int:organization>/workshops/"
_WORKSHOP = _WORKSHOPS + "<int:workshop>/"
_SEE, _RUN = may(Action.SEE_WORKSHOPS), may(Action.RUN_WORKSHOPS)

ROWS: tuple[Row, ...] = (
    reading(_WORKSHOPS, _SEE),
    form(_WORKSHOPS + "new/", _RUN),
    reading(_WORKSHOP, _SEE),
    form(_WORKSHOP + "edit/", _RUN),
    form(_WORKSHOP + "remove/", _RUN),
    button(_WORKSHOP + "open/", _RUN),
    button(_WORKSHOP + "close/", _RUN),
    button(_WORKSHOP + "reopen/", _RUN),
    reading(_WORKSHOP + "console/", _RUN),
    button(_WORKSHOP + "step/", _RUN),
    # to whoever does not run workshops their parts do not exist
    button(_WORKSHOP + "phones/<int:phone>/", _RUN, refused=404),
    form(_WORKSHOP + "people/", _RUN),
    form(_WORKSHOP + "exercises/<int:exercise>/edit/", _RUN, refused=404),
    reading(_WORKSHOP + "screen/", _SEE),
    reading(_WORKSHOP + "screen/now/", _SEE),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    plan = WorkshopPlan(name="Workshop of Acme")
    made = workshop_open(actor=OPERATOR, workshop=workshop_create(actor=OPERATOR, organization=organization, plan=plan))
    waiting = Phone.objects.create(
        participant=Participant.objects.create(workshop=made, name="Anna"),
        token_hash=f"waiting {made.pk}",
        is_let_in=False,
    )
    first = Exercise.objects.filter(workshop=made).order_by("place")[0]
    return {"<int:workshop>": made.pk, "<int:phone>": waiting.pk, "<int:exercise>": first.pk}
