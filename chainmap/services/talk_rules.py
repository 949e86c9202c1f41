"""What conversations and agreements have in common: with whom one can talk, and whose they are."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User
from chainmap.domain.records import PartyKind
from chainmap.exports.talk_words import left_sentence
from chainmap.models import Agreement, Conversation, HandOff, Organization, Party
from chainmap.services.own import OwnHandOff, OwnProblem, own_handoff

#: Conversations that are not over; one at a time for each hand-off.
RUNNING = (Conversation.State.INVITED, Conversation.State.ACCEPTED)
#: Agreements that are not over.
OPEN = (Agreement.State.PROPOSED, Agreement.State.AGREED)

#: How far ahead anything is fixed.
_FARTHEST = timedelta(days=731)
LEAST_MINUTES, MOST_MINUTES = 5, 240


def is_here(party: Party) -> bool:
    """Whether something new can be agreed with this party: a person of the house who has not left."""
    return party.kind == PartyKind.EMPLOYEE.value and party.left_on is None


def require_both_here(own: OwnHandOff) -> None:
    """Raise OwnProblem where one side is no person of the house, or left: nothing new begins there."""
    for party in (own.other, own.party):
        if party.kind != PartyKind.EMPLOYEE.value:
            raise OwnProblem("outside", left_sentence(party.name, None))
        if party.left_on is not None:
            step = _("Nothing new can be agreed. What you have together stays, and you can end it.")
            raise OwnProblem("left", f"{left_sentence(party.name, party.left_on)} {step}")


def own_conversation(*, user: User, organization: Organization, pk: int) -> tuple[OwnHandOff, Conversation]:
    """One of the user's own conversations and its hand-off. Raises NotFound, HandOffRemoved."""
    found = Conversation.objects.visible_to(user).filter(handoff__organization=organization, pk=pk).first()
    if found is None:
        raise NotFound
    own = own_handoff(user=user, organization=organization, pk=found.handoff_id)
    found.handoff = own.handoff
    return own, found


def own_agreement(*, user: User, organization: Organization, pk: int) -> tuple[OwnHandOff, Agreement]:
    """One of the user's own agreements and its hand-off. Raises NotFound, HandOffRemoved.

    A coach with whom one is shared is no side of it: for them it is not here.
    """
    found = (
        Agreement.objects.visible_to(user)
        .filter(handoff__organization=organization, pk=pk)
        .select_related("owner", "decides", "made_by", "replaces__owner", "replaces__decides")
        .first()
    )
    if found is None:
        raise NotFound
    own = own_handoff(user=user, organization=organization, pk=found.handoff_id)
    found.handoff = own.handoff
    return own, found


def lock_handoff(own: OwnHandOff) -> None:
    """Hold the hand-off until the transaction ends, so that two beginnings at once see each other."""
    # without the key: what others write that names the hand-off does not wait
    HandOff.everything.select_for_update(no_key=True).get(pk=own.handoff.pk)


def check_time(starts_at: datetime | None, minutes: int) -> None:
    """Raise OwnProblem for a time that is over, or too far away to be meant, or for no length of a talk."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        limits = {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        raise OwnProblem(
            "minutes", _("A talk takes %(least)s to %(most)s minutes. Give a number in between.") % limits,
            "minutes",
        )  # fmt: skip
    if starts_at is None:
        return
    now = timezone.now()
    if starts_at < now:
        raise OwnProblem(
            "past", _("This time is over already. Give one that is still to come, or none."), "starts_at"
        )  # fmt: skip
    if starts_at > now + _FARTHEST:
        raise OwnProblem("far", _("This is more than two years away. Look at the year again."), "starts_at")
