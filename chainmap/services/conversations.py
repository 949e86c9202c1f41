"""Coffee conversations: one side of a hand-off invites the other, both prepare three lines, and they talk.

Everything here is for the two sides alone; what one prepares is the writer's alone until they show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import User
from chainmap.exports.calendar import calendar_file
from chainmap.exports.files import ExportFile
from chainmap.exports.plain_text import clean_text
from chainmap.exports.talk_words import calendar_description, calendar_title, two_questions
from chainmap.models import Agreement, Conversation, Need, Notification, Organization, Party, Preparation
from chainmap.services.grounds import Ground, conversation_reasons, customer_scores
from chainmap.services.limits import INVITATION_NEWS, INVITATIONS, attempt_count, attempt_require
from chainmap.services.notifications import notify, settle
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem, own_handoff
from chainmap.services.scores import ScoreSeen
from chainmap.services.talk_rules import (
    OPEN,
    RUNNING,
    check_time,
    is_here,
    lock_handoff,
    own_conversation,
    require_both_here,
)

State = Conversation.State
#: How many of the customer's cards are shown beside the coffee, the latest ones.
_CARDS = 3
#: Answer -> (from which states, who may give it, the state it leads to).
_ANSWERS: dict[str, tuple[tuple[State, ...], str, State]] = {
    "accept": ((State.INVITED,), "invitee", State.ACCEPTED),
    "decline": ((State.INVITED,), "invitee", State.DECLINED),
    # also of what was declined: whoever invited lets it be
    "withdraw": ((*RUNNING, State.DECLINED), "inviter", State.WITHDRAWN),
    "end": (RUNNING, "", State.ENDED),
}


class ConversationRunning(OwnProblem):
    """There is one already; ``conversation`` is its number."""

    def __init__(self, conversation: int) -> None:
        said = _("You two have a talk open already. Go on there, or end it first.")
        super().__init__("running", said)
        self.conversation = conversation


@dataclass(frozen=True, slots=True)
class TalkSeen:
    """Everything of one conversation that its reader may see."""

    own: OwnHandOff
    conversation: Conversation
    is_inviter: bool
    mine: Preparation  # not saved yet where nothing was written
    theirs: Preparation | None  # None as long as it is not shown
    scores: tuple[ScoreSeen, ...]  # the customer's latest, newest first
    needs: tuple[Need, ...]
    questions: tuple[str, str]
    agreements: tuple[Agreement, ...]  # what came of it, and was not taken back

    @property
    def is_running(self) -> bool:
        """Whether it can still be answered, prepared and moved."""
        return self.conversation.state in RUNNING

    @property
    def did_not_happen(self) -> bool:
        """Whether it was declined or taken back, with nothing prepared that is left to read."""
        said = (self.mine, self.theirs) if self.theirs else (self.mine,)
        is_off = self.conversation.state in (State.DECLINED, State.WITHDRAWN)
        return is_off and not self.agreements and not any(line.gets or line.needs or line.unsaid for line in said)

    @property
    def waits_for_reader(self) -> bool:
        """Whether the reader was invited and has not answered."""
        return self.conversation.state == State.INVITED and not self.is_inviter

    @property
    def may_agree(self) -> bool:
        """Whether something can be agreed now: it was not called off, and both are there."""
        is_off = self.conversation.state in (State.DECLINED, State.WITHDRAWN)
        return not is_off and is_here(self.own.other) and is_here(self.own.party)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Why the reader could invite the other side, or why not."""

    own: OwnHandOff
    grounds: tuple[Ground, ...]
    running: Conversation | None
    why_not: str  # "" where they can, but for a running one


@dataclass(frozen=True, slots=True)
class HandOffTalks:
    """What the two sides of one hand-off talk about and agreed, for its page."""

    running: Conversation | None
    waits_for_reader: bool
    agreements: tuple[Agreement, ...]  # open ones, the next due first
    today: date
    why_not: str  # why nothing new can begin; "" where it can


def invitation_find(*, user: User, organization: Organization, handoff: int) -> Invitation:
    """What the form of an invitation starts from. Raises NotFound, HandOffRemoved."""
    own = own_handoff(user=user, organization=organization, pk=handoff)
    talks = handoff_talks(user=user, own=own)
    return Invitation(own, conversation_reasons(user=user, own=own), talks.running, talks.why_not)


def conversation_invite(
    *,
    user: User,
    organization: Organization,
    handoff: int,
    reason: str,
    words: str = "",
    starts_at: datetime | None = None,
    minutes: int = 20,
    place: str = "",
) -> Conversation:
    """Invite the other side of one's own hand-off for a coffee.

    ``reason`` is one of ``conversation_reasons``. Whoever invites again and again is heard a few times a day: then the
    invitation waits where it is answered, without news of its own. Raises NotFound, HandOffRemoved, TooMany,
    ConversationRunning, and OwnProblem where the other side left or is no person of the house, the ground is not there,
    or the time is over.
    """
    own = own_handoff(user=user, organization=organization, pk=handoff)
    require_both_here(own)
    check_time(starts_at, minutes)
    if reason not in {ground.reason.value for ground in conversation_reasons(user=user, own=own)}:
        raise OwnProblem("reason", _("This ground is not there any more. Choose one of those shown."), "reason")
    with transaction.atomic():
        attempt_require(limit=INVITATIONS, who=str(user.pk))
        lock_handoff(own)
        running = Conversation.objects.filter(handoff=own.handoff, state__in=RUNNING).first()
        if running is not None:
            raise ConversationRunning(running.pk)
        made = Conversation.objects.create(
            handoff=own.handoff,
            inviter=own.party,
            invitee=own.other,
            reason=reason,
            words=words,
            starts_at=starts_at,
            minutes=minutes,
            place=place,
        )
        if attempt_count(limit=INVITATION_NEWS, who=f"{own.handoff.pk} {own.other.pk}") is None:
            _tell(own, made, Notification.Kind.INVITED)
    return made


def conversation_answer(
    *, user: User, organization: Organization, pk: int, answer: str, version: int | None
) -> Conversation:
    """Accept or decline (the invited), withdraw (who invited) or end (either).

    ``version``: the one that was shown, so that nobody accepts a time they did not see. Raises NotFound,
    HandOffRemoved, EditConflict, and OwnProblem for an answer that is not theirs or comes too late.
    """
    own, _shown = own_conversation(user=user, organization=organization, pk=pk)
    if answer not in _ANSWERS:
        raise OwnProblem("answer", _("This is no answer to an invitation. Use one of the buttons."))
    states, who, then = _ANSWERS[answer]
    with transaction.atomic():
        found = _locked(pk)
        side = "inviter" if found.inviter_id == own.party.pk else "invitee"
        if found.state not in states:
            raise OwnProblem("over", _too_late(found))
        if who and who != side:
            raise OwnProblem("side", _("This is for the other side to say."))
        if answer == "accept":
            require_both_here(own)
        _require_version(found, version)
        found.state = then
        found.version += 1
        found.save(update_fields=["state", "version"])
        _settle(own, found)
        if side == "invitee":
            if answer != "end":
                _tell(own, found, Notification.Kind.INVITATION_ANSWERED)
        elif answer == "withdraw":
            Notification.objects.filter(
                conversation=found, kind=Notification.Kind.INVITED, is_seen=False
            ).delete()  # nothing to answer any more
    return found


def conversation_time(
    *,
    user: User,
    organization: Organization,
    pk: int,
    starts_at: datetime | None,
    minutes: int,
    place: str,
    version: int | None,
) -> Conversation:
    """Say when and where; either side may. Whoever accepted what the inviter changes now is asked again.

    Raises as :func:`conversation_answer`.
    """
    own, _shown = own_conversation(user=user, organization=organization, pk=pk)
    with transaction.atomic():
        found = _locked(pk)
        if found.state not in RUNNING:
            raise OwnProblem("over", _too_late(found))
        _require_version(found, version)
        if starts_at != found.starts_at or minutes != found.minutes:
            check_time(starts_at, minutes)
        is_inviter = found.inviter_id == own.party.pk
        is_other = (starts_at, minutes, place) != (found.starts_at, found.minutes, found.place)
        if is_inviter and is_other and found.state == State.ACCEPTED:
            found.state = State.INVITED
        found.starts_at, found.minutes, found.place = starts_at, minutes, place
        found.version += 1
        found.save(update_fields=["starts_at", "minutes", "place", "state", "version"])
        _settle(own, found)
        _tell(own, found, Notification.Kind.INVITED if is_inviter else Notification.Kind.INVITATION_ANSWERED)
    return found


def preparation_save(
    *,
    user: User,
    organization: Organization,
    pk: int,
    gets: str,
    needs: str,
    unsaid: str,
    is_shown: bool,
    version: int | None,
) -> Preparation:
    """Keep the reader's own three lines, and whether the other side sees them.

    Raises NotFound, HandOffRemoved, EditConflict where another tab saved in between, OwnProblem after the end.
    """
    own, _shown = own_conversation(user=user, organization=organization, pk=pk)
    given = {"gets": gets, "needs": needs, "unsaid": unsaid, "is_shown": is_shown}
    with transaction.atomic():
        conversation = _locked(pk)
        if conversation.state not in RUNNING:
            raise OwnProblem("over", _too_late(conversation))
        kept, _made = Preparation.objects.get_or_create(conversation=conversation, party=own.party)
        if kept.version != version:
            raise EditConflict({name: getattr(kept, name) for name in given}, kept.version)
        for name, value in given.items():
            setattr(kept, name, value)
        kept.version += 1
        kept.save()
    return kept


def conversation_find(*, user: User, organization: Organization, pk: int) -> TalkSeen:
    """Everything for the page of one conversation. Raises NotFound, HandOffRemoved."""
    own, conversation = own_conversation(user=user, organization=organization, pk=pk)
    mine = Preparation.objects.filter(conversation=conversation, party=own.party).first()
    theirs = Preparation.objects.filter(conversation=conversation, party=own.other, is_shown=True).first()
    agreements = conversation.agreements.exclude(state=Agreement.State.WITHDRAWN).select_related("owner")
    return TalkSeen(
        own=own,
        conversation=conversation,
        is_inviter=conversation.inviter_id == own.party.pk,
        mine=mine or Preparation(conversation=conversation, party=own.party),
        theirs=theirs,
        scores=customer_scores(user=user, own=own)[::-1][:_CARDS],
        needs=tuple(Need.objects.filter(handoff=own.handoff, is_removed=False)),
        questions=two_questions(conversation.reason),
        agreements=tuple(agreements),
    )


def conversation_calendar(*, user: User, organization: Organization, pk: int, address: str) -> ExportFile:
    """The conversation as a file for a calendar; ``address`` of its page stands in it.

    Raises NotFound, HandOffRemoved, and OwnProblem where no time is fixed or it was called off.
    """
    own, found = own_conversation(user=user, organization=organization, pk=pk)
    if found.starts_at is None or found.state in (State.DECLINED, State.WITHDRAWN):
        raise OwnProblem("no_time", _("No time is fixed, so there is nothing for the calendar yet. Give a time first."))
    return calendar_file(
        uid=f"conversation-{found.pk}@chainmap",
        title=calendar_title(own.other.name),
        description=calendar_description(two_questions(found.reason), address),
        location=clean_text(found.place, 120),
        starts=found.starts_at,
        minutes=found.minutes,
        made=timezone.now(),
        sequence=found.version,
    )


def conversations_waiting(*, party: Party) -> list[Conversation]:
    """Invitations this party has not answered, newest first."""
    invited = Conversation.objects.filter(invitee=party, state=State.INVITED, handoff__is_removed=False)
    return list(invited.select_related("inviter", "handoff"))


def handoff_talks(*, user: User, own: OwnHandOff) -> HandOffTalks:
    """The open conversation and the open agreements of one of the reader's own hand-offs; two queries."""
    running = Conversation.objects.visible_to(user).filter(handoff=own.handoff, state__in=RUNNING).first()
    agreements = Agreement.objects.visible_to(user).filter(handoff=own.handoff, state__in=OPEN)
    why_not = ""
    try:
        require_both_here(own)
    except OwnProblem as problem:
        why_not = str(problem)
    return HandOffTalks(
        running=running,
        waits_for_reader=running is not None and running.state == State.INVITED and running.invitee_id == own.party.pk,
        agreements=tuple(agreements.select_related("owner", "replaces")),
        today=timezone.localdate(),
        why_not=why_not,
    )


def _locked(pk: int) -> Conversation:
    found: Conversation = Conversation.objects.select_for_update(no_key=True).get(pk=pk)
    return found


def _require_version(found: Conversation, version: int | None) -> None:
    if found.version != version:
        stored = {"starts_at": found.starts_at, "minutes": found.minutes, "place": found.place}
        raise EditConflict(stored, found.version)


def _tell(own: OwnHandOff, found: Conversation, kind: Notification.Kind) -> None:
    notify(kind=kind, party=own.other, by=own.party, handoff=own.handoff, conversation=found)


def _settle(own: OwnHandOff, found: Conversation) -> None:
    """Whoever answers an invitation, or names a time, has seen what they were told of it."""
    kinds = [Notification.Kind.INVITED, Notification.Kind.INVITATION_ANSWERED]
    settle(party=own.party, kinds=kinds, conversation=found)


def _too_late(found: Conversation) -> str:
    return {
        State.INVITED.value: _("This invitation is not answered yet."),
        State.ACCEPTED.value: _("This invitation was accepted already."),
        State.DECLINED.value: _("This invitation was declined already. Either of you can invite again."),
        State.ENDED.value: _("This talk is over already. Either of you can invite again."),
        State.WITHDRAWN.value: _("This invitation was taken back. Either of you can invite again."),
    }[found.state]
