"""What waits for one person: agreements, invitations, ratings, words of the other side to answer, hand-offs to confirm.

A piece of news says once that something happened; what is due stays until it is done. Every kind is read with a fixed
number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chainmap.access import User
from chainmap.domain.records import PartyKind
from chainmap.models import Agreement, Conversation, HandOff, Moment, Need, Organization, Party, Round
from chainmap.services.agreements import agreements_due
from chainmap.services.ballots import waiting_list
from chainmap.services.conversations import conversations_waiting
from chainmap.services.handoff_rows import claims_waiting
from chainmap.services.moments import waiting_moments
from chainmap.services.own import OwnHandOff, own_of
from chainmap.services.talk_rules import RUNNING

#: So many stand on the page at once; so many more unfold; the rest is counted and found on the pages they belong to.
MOST_SHOWN, MOST_LISTED = 3, 12
_MOST = MOST_SHOWN + MOST_LISTED
#: A rating that is asked comes after at most so many talks, so that it is among those shown.
_TALKS_BEFORE_RATINGS = 2
_ENDS = ("supplier", "customer")


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing that waits for the reader; ``kind`` says which of the other fields are there."""

    kind: str  # "agreement", "invitation", "rating", "disputed", "misery", "needs", "declined" or "claim"
    agreement: Agreement | None = None
    conversation: Conversation | None = None  # an invitation to answer, or the reader's own that was declined
    round: Round | None = None
    moment: Moment | None = None
    own: OwnHandOff | None = None
    missing: int = 0  # hand-offs still to rate in the round, or needs still to answer


@dataclass(frozen=True, slots=True)
class DueNow:
    """What waits for the reader, most pressing first."""

    items: tuple[DueItem, ...] = ()  # shown at once
    listed: tuple[DueItem, ...] = ()  # these unfold
    talks_left: int = 0  # neither shown nor listed: of talks and agreements, found on their page
    moments_left: int = 0
    handoffs_left: int = 0

    @property
    def more(self) -> int:
        """How many are not shown at once."""
        return len(self.listed) + self.talks_left + self.moments_left + self.handoffs_left


def due_find(*, user: User, organization: Organization, party: Party) -> DueNow:
    """Everything that waits for ``party``, for which the user stands."""
    talks = [
        *(DueItem("agreement", agreement=one) for one in agreements_due(party=party, today=timezone.localdate())),
        *(DueItem("invitation", conversation=one) for one in conversations_waiting(party=party)),
    ]
    ratings = [
        DueItem("rating", round=one.round, missing=one.total - one.answered)
        for one in waiting_list(user=user)
        if one.answered < one.total and one.organization == organization
    ]
    disputed = _part(_disputed(party), lambda row: DueItem("disputed", own=own_of(row, party)))
    miseries = _part(_miseries(party), lambda row: DueItem("misery", moment=row))
    needs = _part(_with_needs(party), lambda row: DueItem("needs", own=own_of(row, party), missing=row.waiting))
    declined = _part(_declined(party), lambda row: DueItem("declined", conversation=row))
    claims = claims_waiting(party=party, limit=_MOST)
    found = [
        *talks[:_TALKS_BEFORE_RATINGS],
        *ratings,
        *talks[_TALKS_BEFORE_RATINGS:],
        *disputed.items,
        *miseries.items,
        *needs.items,
        *declined.items,
        *(DueItem("claim", own=own) for own in claims.owns),
    ][:_MOST]
    taken = [item.kind for item in found]
    return DueNow(
        items=tuple(found[:MOST_SHOWN]),
        listed=tuple(found[MOST_SHOWN:]),
        talks_left=len(talks) + declined.total - _count(taken, "agreement", "invitation", "declined"),
        moments_left=miseries.total - _count(taken, "misery"),
        handoffs_left=disputed.total + needs.total + claims.total - _count(taken, "disputed", "needs", "claim"),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    items: tuple[DueItem, ...]
    total: int


def _part(rows: QuerySet[Any], item: Callable[[Any], DueItem]) -> _Part:
    return _Part(tuple(item(row) for row in rows[:_MOST]), rows.count())


def _count(kinds: Iterable[str], *wanted: str) -> int:
    return sum(kind in wanted for kind in kinds)


def _disputed(party: Party) -> QuerySet[HandOff]:
    """Of which the other side says that they are not so, the reader does not say so too, and no talk is under way."""
    said_no = Q(supplier=party, customer_says="no") & ~Q(supplier_says="no")
    said_no |= Q(customer=party, supplier_says="no") & ~Q(customer_says="no")
    talk = Conversation.objects.filter(handoff=OuterRef("pk"), state__in=RUNNING)
    return _between_people().filter(said_no).exclude(Exists(talk)).select_related(*_ENDS).order_by("pk")


def _with_needs(party: Party) -> QuerySet[HandOff]:
    """The reader gives them, and their customers wait for an answer to ``waiting`` needs."""
    unanswered = Q(needs__is_removed=False, needs__reply=Need.Reply.NONE)
    rows = _between_people().filter(supplier=party).exclude(Q(supplier_says="no") | Q(customer_says="no"))
    counted = rows.annotate(waiting=Count("needs", filter=unanswered)).filter(waiting__gt=0)
    return counted.select_related(*_ENDS).order_by("pk")


def _miseries(party: Party) -> QuerySet[Moment]:
    """Told to the reader by somebody who is still there, and neither thanked for nor answered; newest first."""
    told = waiting_moments().filter(kind=Moment.Kind.MISERY, handoff__supplier=party, handoff__is_removed=False)
    return told.filter(teller__left_on=None).select_related("teller", "handoff").order_by("-told_on", "-pk")


def _declined(party: Party) -> QuerySet[Conversation]:
    """The reader's invitations that were declined, where nobody invited again since; newest first."""
    later = Conversation.objects.filter(handoff=OuterRef("handoff"), made_at__gt=OuterRef("made_at"))
    mine = Conversation.objects.filter(inviter=party, state=Conversation.State.DECLINED, handoff__is_removed=False)
    here = mine.filter(invitee__left_on=None).exclude(Exists(later))
    return here.select_related("invitee", "handoff").order_by("-made_at", "-pk")


def _between_people() -> QuerySet[HandOff]:
    """Whose two sides are people of the house who are still there."""
    employee = PartyKind.EMPLOYEE.value
    rows: QuerySet[HandOff] = HandOff.objects.filter(supplier__kind=employee, customer__kind=employee)
    return rows.filter(supplier__left_on=None, customer__left_on=None)
