"""Rows and holes of this part: a workshop with one revealed result and a link to it."""

from __future__ import annotations

from chainmap.access import OPERATOR
from chainmap.domain.exercise_results import PurposeResult, Text
from chainmap.domain.roles import Action
from chainmap.models import Organization
from chainmap.services.workshop_after import after_link_make
from tests.access.rows import EVERYBODY, Row, button, form, may, reading
from tests.after import SHOWN, make_workshop, revealed

_WORKSHOP = "organizations/<int:organization>/workshops/<int:workshop>/"
_RUNS, _SEES = may(Action.RUN_WORKSHOPS), may(Action.SEE_WORKSHOPS)

ROWS: tuple[Row, ...] = (
    reading(_WORKSHOP + "results/", _SEES),
    reading(_WORKSHOP + "results.pdf", _SEES),
    button(_WORKSHOP + "results/link/", _RUNS),
    button(_WORKSHOP + "results/link/end/", _RUNS),
    reading(_WORKSHOP + "paper.pdf", _RUNS),
    form(_WORKSHOP + "copy/", _RUNS),
    reading("after/<str:link>/", EVERYBODY),
    reading("after/<str:link>/results.pdf", EVERYBODY),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    workshop = make_workshop(organization, name="Over")
    revealed(workshop, PurposeResult(SHOWN, (Text("Guests go home happier."),)))
    address = after_link_make(actor=OPERATOR, workshop=workshop)
    return {"<str:link>": address.rstrip("/").rpartition("/")[2]}
