"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import HandOff, Need, Organization, Party
from tests.access.rows import ASKED, INSIDERS, Row, button, form, may, reading

ORGANIZATION = "organizations/<int:organization>/"
HANDOFF = ORGANIZATION + "me/handoffs/<int:handoff>/"
NEED = HANDOFF + "needs/<int:need>/"

ROWS: tuple[Row, ...] = (
    reading(ORGANIZATION + "people.json", INSIDERS),
    button(ORGANIZATION + "parties/<int:party>/left/", may(Action.CHANGE_PEOPLE)),
    reading(ORGANIZATION + "me/handoffs/", ASKED, refused=404),
    form(ORGANIZATION + "me/handoffs/new/", ASKED, refused=404),
    reading(HANDOFF, ASKED, refused=404),
    form(HANDOFF + "edit/", ASKED, refused=404),
    form(HANDOFF + "remove/", ASKED, refused=404),
    button(HANDOFF + "say/", ASKED, refused=404),
    button(HANDOFF + "restore/", ASKED, refused=404),
    button(HANDOFF + "undo/", ASKED, refused=404),
    button(HANDOFF + "needs/", ASKED, refused=404),
    form(NEED, ASKED, refused=404),
    button(NEED + "reply/", ASKED, refused=404),
    button(NEED + "remove/", ASKED, refused=404),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: what Alice gives to Bob, and what Bob needs of it."""
    given = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    return {
        "<int:party>": Party.objects.get(organization=organization, code="bob").pk,
        "<int:handoff>": given.pk,
        "<int:need>": Need.objects.create(handoff=given, text="by Tuesday noon").pk,
    }
