"""Which news ask for nothing any more: what they ask for was done, or there is nothing left to do it with."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from chainmap.models import Agreement, Conversation, Moment, Need, Notification

_Kind = Notification.Kind


def overtaken_news() -> Case:
    """True for a row that is overtaken, False for any other; to filter and to annotate with."""
    return Case(When(_overtaken(), then=Value(True)), default=Value(False), output_field=BooleanField())


def _overtaken() -> Q:
    reader_said = Q(handoff__supplier=F("party")) & ~Q(handoff__supplier_says="")
    reader_said |= Q(handoff__customer=F("party")) & ~Q(handoff__customer_says="")
    outcome_said = Q(handoff__supplier=F("party")) & ~Q(agreement__supplier_outcome="")
    outcome_said |= Q(handoff__customer=F("party"), agreement__score_after__isnull=False)
    return (
        Q(kind=_Kind.CLAIMED) & (reader_said | Q(handoff__is_removed=True))
        | Q(kind=_Kind.NEED) & _none_left(_needs(), Q(is_removed=False, reply=Need.Reply.NONE))
        | Q(kind=_Kind.INVITED, conversation__isnull=False) & ~Q(conversation__state=Conversation.State.INVITED)
        | Q(kind=_Kind.PROPOSED, agreement__isnull=False) & ~Q(agreement__state=Agreement.State.PROPOSED)
        | Q(kind=_Kind.AGREEMENT_DUE, agreement__isnull=False)
        & (~Q(agreement__state=Agreement.State.AGREED) | outcome_said)
        | Q(kind=_Kind.MOMENT) & _none_left(_moments(), Q(is_thanked=False, reply=""))
    )


def _needs() -> QuerySet[Need]:
    return Need.objects.filter(handoff=OuterRef("handoff"))


def _moments() -> QuerySet[Moment]:
    return Moment.objects.filter(handoff=OuterRef("handoff"), teller=OuterRef("by"))


def _none_left(told: QuerySet[Any], waiting: Q) -> Q:
    """Something was told that can be answered, and none of it waits for an answer."""
    return Q(Exists(told)) & ~Q(Exists(told.filter(waiting)))
