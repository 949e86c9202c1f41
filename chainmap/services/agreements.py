"""Agreements: one sentence two people agree on, who sees to it, until when, who decides, and what came of it.

Theirs alone. A coach sees the sentence when both tick so (``services/agreement_sharing.py``), nobody else anything.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import User
from chainmap.domain.answers import HIGHEST_SCORE, LOWEST_SCORE
from chainmap.models import Agreement, Conversation, Notification, Organization
from chainmap.services.agreement_effects import last_score
from chainmap.services.agreement_lists import agreements_due, agreements_remind
from chainmap.services.agreement_plans import (
    LONGEST_SENTENCE,
    AgreementPlan,
    plan_check,
    proposal_drop,
    refuse_twice,
    refuse_unchanged,
    room_make,
    words_change,
    words_propose,
)
from chainmap.services.agreement_sharing import AgreementCounts, agreement_counts, shared_agreements
from chainmap.services.limits import AGREEMENTS, attempt_require
from chainmap.services.notifications import notify, settle
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem, own_handoff
from chainmap.services.talk_rules import (
    OPEN,
    RUNNING,
    is_here,
    lock_handoff,
    own_agreement,
    own_conversation,
    require_both_here,
)

__all__ = [
    "LONGEST_SENTENCE",
    "AgreementCounts",
    "AgreementPlan",
    "agreement_answer",
    "agreement_counts",
    "agreement_edit",
    "agreement_make",
    "agreement_outcome",
    "agreement_share",
    "agreements_due",
    "agreements_remind",
    "shared_agreements",
]

State = Agreement.State


def agreement_make(
    *,
    user: User,
    organization: Organization,
    plan: AgreementPlan,
    handoff: int | None = None,
    conversation: int | None = None,
    score_today: int | None = None,
) -> Agreement:
    """Propose something to the other side, out of a conversation or straight at a hand-off; the former ends with it.

    What the customer said last and both can see is kept as the score before; ``score_today`` 0..10 is taken instead
    where there is none and the customer writes. Raises NotFound, HandOffRemoved, TooMany, and OwnProblem naming a
    field.
    """
    talk: Conversation | None = None
    if conversation is not None:
        own, talk = own_conversation(user=user, organization=organization, pk=conversation)
    else:
        own = own_handoff(user=user, organization=organization, pk=handoff or 0)
    require_both_here(own)
    plan_check(own, plan)
    with transaction.atomic():
        attempt_require(limit=AGREEMENTS, who=str(user.pk))
        lock_handoff(own)
        refuse_twice(own, plan)
        if talk is not None:
            _end_talk(talk.pk)
        made: Agreement = Agreement.objects.create(
            handoff=own.handoff,
            conversation=talk,
            made_by=own.party,
            score_before=_score_before(user, own, score_today),
            **plan.stored(own),
        )
        _tell(own, made, Notification.Kind.PROPOSED)
    return made


def agreement_edit(
    *, user: User, organization: Organization, pk: int, plan: AgreementPlan, version: int | None
) -> Agreement:
    """Propose other words. A proposal is put in them; what both agreed on stands unchanged, and a proposal beside it,
    which is returned, replaces it as soon as the other side says yes.

    Raises NotFound, HandOffRemoved, EditConflict, TooMany, and OwnProblem: nothing is different, somebody said what
    came of it, or other words of the other side wait for an answer.
    """
    own, shown = own_agreement(user=user, organization=organization, pk=pk)
    require_both_here(own)
    with transaction.atomic():
        attempt_require(limit=AGREEMENTS, who=str(user.pk))
        found = _locked(shown)
        _require_open(found)
        if found.supplier_outcome or found.customer_outcome:
            raise OwnProblem("said", _("One of you has said what came of it, so its words stay. Agree on a new one."))
        _require_version(found, version)
        for known in (found, found.replaces):
            if known is not None:
                refuse_unchanged(own, plan, known)
        plan_check(own, plan)
        is_agreed = found.state == State.AGREED
        kept = words_propose(own, found, plan) if is_agreed else words_change(own, found, plan)
        _settle(own, found)
        _tell(own, kept, Notification.Kind.PROPOSED)
    return kept


def agreement_answer(
    *,
    user: User,
    organization: Organization,
    pk: int,
    answer: str,
    version: int | None,
    score_today: int | None = None,
) -> Agreement:
    """ "yes" to what the other side proposed, or "withdraw".

    Either side may withdraw a proposal; what both agreed only when the other side has left. With a yes to other words
    for something agreed they replace it. A customer who says yes may say how it is today where no score is known.
    Raises NotFound, HandOffRemoved, EditConflict, OwnProblem.
    """
    own, shown = own_agreement(user=user, organization=organization, pk=pk)
    if answer not in ("yes", "withdraw"):
        raise OwnProblem("answer", _("This is no answer to an agreement. Use one of the buttons."))
    _check_score(score_today)
    with transaction.atomic():
        found = _locked(shown)
        _require_open(found)
        if answer == "yes":
            _require_may_agree(own, found)
        elif found.state == State.AGREED and is_here(own.other):
            raise OwnProblem(
                "agreed",
                _(
                    "Both of you agreed to it, so neither takes it back alone. Propose other words, or wait for "
                    "its day."
                ),
            )
        _require_version(found, version)
        _settle(own, found)
        if answer == "yes":
            _agree(own, found, score_today)
        else:
            _take_back(found)
    return found


def agreement_outcome(
    *,
    user: User,
    organization: Organization,
    pk: int,
    outcome: str,
    version: int | None,
    score: int | None = None,
    seen: tuple[str, int | None] = ("", None),
) -> Agreement:
    """Say what came of it, from the due date on; the customer also says the score 0..10 again.

    ``seen``: what the reader had said before, as it was shown; it may be changed until both have said, and then it is
    over. Other words proposed for it are taken back: it is too late for them. Raises NotFound, HandOffRemoved,
    EditConflict (another tab, or other words), OwnProblem.
    """
    own, shown = own_agreement(user=user, organization=organization, pk=pk)
    if outcome not in Agreement.Outcome.values or not outcome:
        raise OwnProblem("outcome", _("Choose one of the three: kept, partly, not."), "outcome")
    _check_score(score)
    if not own.is_supplier and score is None:
        raise OwnProblem("score", _("Say how it is today: choose one of the numbers."), "score")
    given = (outcome, None if own.is_supplier else score)
    with transaction.atomic():
        found = _locked(shown)
        _require_agreed(found)
        if found.due_on > timezone.localdate():
            raise OwnProblem("early", _("It is not due yet. Say what came of it when its day has come."))
        _require_version(found, version)
        stored = said_of(own, found)
        if stored not in (seen, given):
            raise EditConflict({"outcome": stored[0], "score": stored[1]}, found.version)
        _say(own, found, given)
        _settle(own, found)
        proposal_drop(found)
    return found


def said_of(own: OwnHandOff, agreement: Agreement) -> tuple[str, int | None]:
    """What the reader's side said came of it: outcome and, for a customer, score."""
    if own.is_supplier:
        return agreement.supplier_outcome, None
    return agreement.customer_outcome, agreement.score_after


def agreement_share(*, user: User, organization: Organization, pk: int, shared: bool) -> Agreement:
    """Tick, or no longer, that the coach may see it: they do only while both tick. Each side sets its own."""
    own, shown = own_agreement(user=user, organization=organization, pk=pk)
    with transaction.atomic():
        found = _locked(shown)
        if own.is_supplier:
            found.shared_by_supplier = shared
        else:
            found.shared_by_customer = shared
        found.save(update_fields=["shared_by_supplier", "shared_by_customer"])
    return found


def _locked(shown: Agreement) -> Agreement:
    """The agreement, held until the transaction ends; before it, in this order everywhere, the one it replaces."""
    rows = Agreement.objects.select_for_update(no_key=True)
    replaced = None if shown.replaces_id is None else rows.get(pk=shown.replaces_id)
    found: Agreement = rows.get(pk=shown.pk)
    if replaced is not None and found.replaces_id == replaced.pk:
        found.replaces = replaced
    return found


def _check_score(score: int | None) -> None:
    if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise OwnProblem("score", _("A score is a whole number from 0 to 10."), "score")


def _score_before(user: User, own: OwnHandOff, score_today: int | None) -> int | None:
    """The customer's last score that the writer can see, rounded half up; else what the customer says now."""
    _check_score(score_today)
    last = last_score(user=user, own=own)
    if last is not None:
        return int(last + 0.5)
    return None if own.is_supplier else score_today


def _end_talk(pk: int) -> None:
    """The conversation out of which something was agreed is over. Raises OwnProblem for one that was called off."""
    talk = Conversation.objects.select_for_update(no_key=True).get(pk=pk)
    if talk.state in (Conversation.State.DECLINED, Conversation.State.WITHDRAWN):
        raise OwnProblem("off", _("This talk was called off. Agree on something at the hand-off itself."))
    if talk.state in RUNNING:
        talk.state = Conversation.State.ENDED
        talk.version += 1
        talk.save(update_fields=["state", "version"])


def _require_open(found: Agreement) -> None:
    if found.state not in OPEN:
        raise OwnProblem("over", _("This agreement is over already. Agree on a new one."))


def _require_agreed(found: Agreement) -> None:
    _require_open(found)
    if found.state != State.AGREED:
        raise OwnProblem("proposed", _("It was not agreed yet: one of you has still to say yes."))


def _require_may_agree(own: OwnHandOff, found: Agreement) -> None:
    if found.state != State.PROPOSED:
        raise OwnProblem("agreed", _("Both of you agreed to it already."))
    if found.made_by_id == own.party.pk:
        raise OwnProblem("side", _("You proposed it: the other side has to say yes."))
    require_both_here(own)


def _agree(own: OwnHandOff, found: Agreement, score_today: int | None) -> None:
    """Both said yes: what it was proposed for makes room, and the other side is told."""
    found.state = State.AGREED
    if found.score_before is None and not own.is_supplier:
        found.score_before = score_today
    found.version += 1
    found.save(update_fields=["state", "score_before", "version"])
    room_make(found)
    _tell(own, found, Notification.Kind.AGREED)


def _take_back(found: Agreement) -> None:
    """A proposal, or, where the other side left, what was agreed and the other words proposed for it."""
    if found.state == State.AGREED:
        proposal_drop(found)
    else:
        found.replaces = None  # what it was proposed for stands
    found.state = State.WITHDRAWN
    found.version += 1
    found.save(update_fields=["state", "replaces", "version"])


def _require_version(found: Agreement, version: int | None) -> None:
    if found.version != version:
        stored = {
            "sentence": found.sentence,
            "owner": found.owner_id,
            "due_on": found.due_on,
            "decides": found.decides_id,
        }
        raise EditConflict(stored, found.version, found.made_by.name)


def _say(own: OwnHandOff, found: Agreement, said: tuple[str, int | None]) -> None:
    """Keep what one side said; it is over when all who are still there have."""
    if own.is_supplier:
        found.supplier_outcome = said[0]
    else:
        found.customer_outcome, found.score_after = said[0], said[1]
    other_said = found.customer_outcome if own.is_supplier else found.supplier_outcome
    if other_said or not is_here(own.other):
        found.state = State.ENDED
    found.save(update_fields=["supplier_outcome", "customer_outcome", "score_after", "state"])


def _tell(own: OwnHandOff, found: Agreement, kind: Notification.Kind) -> None:
    notify(kind=kind, party=own.other, by=own.party, handoff=own.handoff, agreement=found)


def _settle(own: OwnHandOff, found: Agreement) -> None:
    """Whoever answers to an agreement, or says what came of it, has seen what they were told of it."""
    kinds = [Notification.Kind.PROPOSED, Notification.Kind.AGREED, Notification.Kind.AGREEMENT_DUE]
    settle(party=own.party, kinds=kinds, agreement=found)
