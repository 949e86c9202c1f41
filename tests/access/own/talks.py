"""Rows and holes of this part: Alice's conversation and agreement with whoever gets the forecast."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chainmap.domain.roles import Action
from chainmap.models import Agreement, Conversation, HandOff, Organization
from tests.access.rows import ASKED, Row, button, form, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_TALKS = _ORGANIZATION + "me/talks/"
_TALK = _TALKS + "<int:conversation>/"
_HANDOFF = _ORGANIZATION + "me/handoffs/<int:handoff>/"
_AGREEMENT = _ORGANIZATION + "me/agreements/<int:agreement>/"

ROWS: tuple[Row, ...] = (
    form(_HANDOFF + "coffee/", ASKED, refused=404),
    form(_HANDOFF + "agree/", ASKED, refused=404),
    reading(_TALKS, ASKED, refused=404),
    reading(_TALK, ASKED, refused=404),
    button(_TALK + "lines/", ASKED, refused=404),
    button(_TALK + "answer/", ASKED, refused=404),
    form(_TALK + "time/", ASKED, refused=404),
    reading(_TALK + "conversation.ics", ASKED, refused=404),
    form(_TALK + "agree/", ASKED, refused=404),
    reading(_AGREEMENT, ASKED, refused=404),
    form(_AGREEMENT + "edit/", ASKED, refused=404),
    button(_AGREEMENT + "answer/", ASKED, refused=404),
    form(_AGREEMENT + "outcome/", ASKED, refused=404),
    button(_AGREEMENT + "share/", ASKED, refused=404),
    reading(_ORGANIZATION + "agreements/", may(Action.COUNT_AGREEMENTS)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    handoff = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    talk = Conversation.objects.create(
        handoff=handoff,
        inviter=handoff.customer,
        invitee=handoff.supplier,
        reason="other",
        starts_at=timezone.now() + timedelta(days=1),
    )
    agreement = Agreement.objects.create(
        handoff=handoff,
        conversation=talk,
        sentence="It comes by Tuesday",
        made_by=handoff.customer,
        owner=handoff.supplier,
        due_on=timezone.localdate(),
        state="agreed",
    )
    return {"<int:handoff>": handoff.pk, "<int:conversation>": talk.pk, "<int:agreement>": agreement.pk}
