"""Agreements and conversations of one person, as lists: what is due first, then what is open, then what is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chainmap.access import User
from chainmap.domain.effects import Effect, EffectSummary, summarize_effects
from chainmap.models import Agreement, Conversation, Notification, Organization, Party
from chainmap.services.agreement_effects import effects_find, last_score, scored_agreements
from chainmap.services.notifications import notify
from chainmap.services.own import OwnHandOff, OwnProblem, own_handoff, own_party
from chainmap.services.talk_rules import OPEN, RUNNING, is_here, own_agreement, own_conversation, require_both_here

State = Agreement.State
#: Of what is over this many are listed.
OVER_LISTED = 20


@dataclass(frozen=True, slots=True)
class AgreementSeen:
    """One agreement as one of its two sides sees it."""

    agreement: Agreement
    party: Party  # the reader
    other: Party
    side: str  # "supplier" or "customer"
    today: date
    effect: Effect | None = None
    proposal: Agreement | None = None  # other words proposed for it, or come in its place

    @property
    def is_supplier(self) -> bool:
        """Whether the reader gives the hand-off."""
        return self.side == "supplier"

    @property
    def is_mine(self) -> bool:
        """Whether the reader sees to it."""
        return self.agreement.owner_id == self.party.pk

    @property
    def other_left(self) -> bool:
        """Whether the other side is there no more."""
        return not is_here(self.other)

    @property
    def is_open(self) -> bool:
        return self.agreement.state in OPEN

    @property
    def waits_for_reader(self) -> bool:
        """Whether the other side proposed it and the reader has not said yes."""
        return self.agreement.state == State.PROPOSED and self.agreement.made_by_id != self.party.pk

    @property
    def is_replaced(self) -> bool:
        """Whether both said yes to other words, which came in its place."""
        return self.agreement.state == State.WITHDRAWN and self.proposal is not None

    @property
    def proposal_is_theirs(self) -> bool:
        """Whether it was the other side that proposed the other words."""
        return self.proposal is not None and self.proposal.made_by_id != self.party.pk

    @property
    def is_due(self) -> bool:
        """Whether its day has come and it is not over."""
        return self.agreement.state == State.AGREED and self.agreement.due_on <= self.today

    @property
    def my_outcome(self) -> str:
        return self.agreement.supplier_outcome if self.is_supplier else self.agreement.customer_outcome

    @property
    def outcome_missing(self) -> bool:
        """Whether the reader has still to say what came of it."""
        is_unscored = not self.is_supplier and self.agreement.score_after is None
        return self.is_due and (not self.my_outcome or is_unscored)

    @property
    def other_outcome(self) -> str:
        """What the other side said, once it is over: nobody is led by it before."""
        if self.agreement.state != State.ENDED:
            return ""
        return self.agreement.customer_outcome if self.is_supplier else self.agreement.supplier_outcome

    @property
    def may_edit(self) -> bool:
        """Whether other words can be proposed; to the other side's own for something agreed only yes or no is said."""
        nothing_said = not (self.agreement.supplier_outcome or self.agreement.customer_outcome)
        theirs = self.waits_for_reader if self.agreement.replaces_id is not None else self.proposal_is_theirs
        return self.is_open and nothing_said and not self.other_left and not theirs

    @property
    def may_withdraw(self) -> bool:
        """A proposal by either side, an agreement only where the other side left."""
        return self.is_open and (self.agreement.state == State.PROPOSED or self.other_left)

    @property
    def asks_score_before(self) -> bool:
        """Whether the reader may say how it is today when saying yes."""
        return self.waits_for_reader and not self.is_supplier and self.agreement.score_before is None

    @property
    def i_share(self) -> bool:
        return self.agreement.shared_by_supplier if self.is_supplier else self.agreement.shared_by_customer

    @property
    def other_shares(self) -> bool:
        return self.agreement.shared_by_customer if self.is_supplier else self.agreement.shared_by_supplier


@dataclass(frozen=True, slots=True)
class AgreementStart:
    """What the form of a new agreement starts from."""

    own: OwnHandOff
    score_before: float | None  # what the customer said last, as far as the reader may see it
    why_not: str  # why nothing can be agreed; "" where it can

    @property
    def asks_score(self) -> bool:
        """Whether the reader, a customer, may say how it is today."""
        return self.score_before is None and not self.own.is_supplier


@dataclass(frozen=True, slots=True)
class TalkList:
    """The page of conversations and agreements."""

    due: tuple[AgreementSeen, ...]  # the reader has to do something now
    invitations: tuple[Conversation, ...]  # the reader was invited
    conversations: tuple[Conversation, ...]  # other open ones
    agreements: tuple[AgreementSeen, ...]  # other open ones, the next due first
    over: tuple[AgreementSeen, ...]
    over_total: int
    summary: EffectSummary | None
    party: Party

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.invitations or self.conversations or self.agreements or self.over)


def agreement_start(
    *, user: User, organization: Organization, handoff: int | None = None, conversation: int | None = None
) -> AgreementStart:
    """Before agreeing at a hand-off or out of a conversation. Raises NotFound, HandOffRemoved."""
    if conversation is not None:
        own, _talk = own_conversation(user=user, organization=organization, pk=conversation)
    else:
        own = own_handoff(user=user, organization=organization, pk=handoff or 0)
    why_not = ""
    try:
        require_both_here(own)
    except OwnProblem as problem:
        why_not = str(problem)
    return AgreementStart(own, last_score(user=user, own=own), why_not)


def agreement_find(*, user: User, organization: Organization, pk: int) -> tuple[OwnHandOff, AgreementSeen]:
    """One of the user's own agreements, with its effect once it was scored again, and other words proposed for it.

    Raises NotFound, HandOffRemoved.
    """
    own, found = own_agreement(user=user, organization=organization, pk=pk)
    effect = effects_find(user=user, organization=organization, agreements=[found]).get(found.pk)
    proposal = found.proposals.select_related("owner", "decides").first()
    return own, AgreementSeen(found, own.party, own.other, own.side, timezone.localdate(), effect, proposal)


def talks_find(*, user: User, organization: Organization) -> TalkList:
    """All conversations and agreements of the user, with a fixed number of queries. Raises NotFound."""
    party = own_party(user=user, organization=organization)
    today = timezone.localdate()
    due = agreements_due(party=party, today=today)
    agreements = list(_of_party(party).filter(state__in=OPEN).exclude(pk__in=[each.pk for each in due]))
    waiting_words = {each.replaces_id: each for each in (*due, *agreements) if each.state == State.PROPOSED}
    ended = _over(party)
    over = list(ended[:OVER_LISTED])
    scored = scored_agreements(user=user, organization=organization)
    effects = effects_find(user=user, organization=organization, agreements=scored)
    running = list(
        Conversation.objects.filter(Q(inviter=party) | Q(invitee=party), handoff__is_removed=False, state__in=RUNNING)
        .select_related("inviter", "invitee", "handoff")
        .order_by("starts_at", "-made_at")
    )
    waiting = [each for each in running if each.state == Conversation.State.INVITED and each.invitee_id == party.pk]
    return TalkList(
        due=tuple(_seen(each, party, today, proposal=waiting_words.get(each.pk)) for each in due),
        invitations=tuple(waiting),
        conversations=tuple(each for each in running if each not in waiting),
        agreements=tuple(_seen(each, party, today, proposal=waiting_words.get(each.pk)) for each in agreements),
        over=tuple(_seen(each, party, today, effects.get(each.pk)) for each in over),
        over_total=ended.count(),
        summary=summarize_effects(list(effects.values())),
        party=party,
    )


def agreements_due(*, party: Party, today: date) -> list[Agreement]:
    """Where this side has to do something: say yes, or say what came of it (a customer also the score). Next due first.

    One query; supplier and customer of the hand-off, who sees to it and who proposed it come with the rows.
    """
    proposed = Q(state=State.PROPOSED) & ~Q(made_by=party)
    unsaid = Q(handoff__supplier=party, supplier_outcome="") | (
        Q(handoff__customer=party) & (Q(customer_outcome="") | Q(score_after__isnull=True))
    )
    over_date = Q(state=State.AGREED, due_on__lte=today) & unsaid
    return list(_of_party(party).filter(proposed | over_date))


def agreements_remind(*, today: date) -> int:
    """Tell both sides of every agreement whose day has come, once; how many were told. For the daily run."""
    told = Notification.objects.filter(kind=Notification.Kind.AGREEMENT_DUE, agreement__isnull=False)
    due = Agreement.objects.filter(
        state=State.AGREED, due_on__lte=today, handoff__is_removed=False
    ).select_related("handoff__supplier", "handoff__customer")  # fmt: skip
    before = told.count()
    with transaction.atomic():
        known = set(told.filter(agreement__in=due).values_list("agreement", "party"))
        for agreement in due:
            for party in (agreement.handoff.supplier, agreement.handoff.customer):
                if (agreement.pk, party.pk) not in known:
                    notify(
                        kind=Notification.Kind.AGREEMENT_DUE,
                        party=party,
                        handoff=agreement.handoff,
                        agreement=agreement,
                    )
        return told.count() - before


def _of_party(party: Party) -> QuerySet[Agreement]:
    sides = Q(handoff__supplier=party) | Q(handoff__customer=party)
    return Agreement.objects.filter(sides, handoff__is_removed=False).select_related(
        "handoff__supplier", "handoff__customer", "owner", "decides", "made_by", "replaces"
    )


def _over(party: Party) -> QuerySet[Agreement]:
    """What is over or was taken back, the latest first; without those in whose place other words came."""
    replaced = Q(state=State.WITHDRAWN) & Exists(Agreement.objects.filter(replaces=OuterRef("pk")))
    over = _of_party(party).filter(state__in=[State.ENDED, State.WITHDRAWN]).exclude(replaced)
    return over.order_by("-due_on", "-pk")


def _seen(
    agreement: Agreement, party: Party, today: date, effect: Effect | None = None, proposal: Agreement | None = None
) -> AgreementSeen:
    handoff = agreement.handoff
    is_supplier = handoff.supplier_id == party.pk
    other = handoff.customer if is_supplier else handoff.supplier
    return AgreementSeen(agreement, party, other, "supplier" if is_supplier else "customer", today, effect, proposal)
