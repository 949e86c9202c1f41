"""Rows and holes of this part."""

from __future__ import annotations

import json
from datetime import date

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.roles import Action
from chainmap.models import Assessment, Organization, Party
from tests.access.rows import ASKED, INSIDERS, Row, button, form, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_OWN = _ORGANIZATION + "me/assessments/"
_ONE = _OWN + "<slug:code>/<slug:about>/"

ROWS: tuple[Row, ...] = (
    reading(_OWN, ASKED, refused=404),
    form(_ONE, ASKED, refused=404),
    button(_ONE + "share/", ASKED, refused=404),
    # what each may see there differs: their own team's figures, every team's, what people share
    reading(_ORGANIZATION + "assessments/", INSIDERS),
    form(_ORGANIZATION + "questionnaires/", may(Action.CHANGE_QUESTIONNAIRES)),
    form(_ORGANIZATION + "questionnaires/<slug:code>/", may(Action.CHANGE_QUESTIONNAIRES)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: one that Alice answered about herself."""
    Assessment.objects.get_or_create(
        party=Party.objects.get(organization=organization, code="alice"),
        code=ORIENTATION.code,
        about="person",
        defaults={
            "edition": ORIENTATION.version,
            "answers": json.dumps(dict.fromkeys(ORIENTATION.row_codes, 7)),
            "answered_on": date(2026, 11, 2),
        },
    )
    return {"<slug:code>": ORIENTATION.code, "<slug:about>": "person"}
