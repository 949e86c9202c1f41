"""Rows and holes of this part."""

from __future__ import annotations

from datetime import date

from chainmap.domain.roles import Action, Role
from chainmap.models import HandOff, Moment, Organization, Party, Story, Team
from tests.access.rows import ASKED, INSIDERS, Row, form, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_PURPOSE = _ORGANIZATION + "purpose/"
_STORIES = _ORGANIZATION + "stories/"
_STORY = _STORIES + "<int:story>/"

ROWS: tuple[Row, ...] = (
    # moments are the two sides' alone: of the cast the member is one of them
    form(_ORGANIZATION + "me/handoffs/<int:handoff>/moments/", ASKED, refused=404),
    reading(_ORGANIZATION + "me/moments/", ASKED, refused=404),
    form(_ORGANIZATION + "me/moments/<int:moment>/", ASKED, refused=404),
    # purposes and stories are for everybody to read
    reading(_PURPOSE, INSIDERS),
    form(_PURPOSE + "edit/", may(Action.CHANGE_PURPOSE)),
    # asked for with the team the member belongs to
    form(_PURPOSE + "<int:team>/edit/", may(Action.CHANGE_PURPOSE) | {Role.MEMBER.value}),
    # a story is told by somebody who stands for a party, and changed by whoever told it: the member
    form(_STORIES + "new/", ASKED, refused=404),
    reading(_STORY, INSIDERS),
    form(_STORY + "edit/", ASKED),
    form(_STORY + "remove/", ASKED),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: told to Alice, told by Alice, and her team."""
    handoff = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    alice = Party.objects.get(organization=organization, code="alice")
    moment, _new = Moment.objects.get_or_create(
        handoff=handoff, teller=handoff.customer, kind="magic", told_on=date(2026, 11, 2)
    )
    story, _new = Story.objects.get_or_create(
        organization=organization, title="Open in a week", text="They could.", teller=alice, told_on=date(2026, 11, 2)
    )
    return {
        "<int:moment>": moment.pk,
        "<int:story>": story.pk,
        "<int:team>": Team.objects.get(organization=organization, parties=alice).pk,
    }
