"""The words of an agreement: what can be agreed on, and other words proposed for what was agreed.

Whoever wants what both agreed on otherwise proposes it beside it, in an agreement of its own that names the one it
``replaces``. That one stands until the other side says yes; then it makes room in the same step. A proposal that is
taken back names it no longer, so that ``replaces`` means: proposed for it, or come in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Agreement, Notification, Party
from chainmap.services.own import OwnHandOff, OwnProblem
from chainmap.services.talk_rules import is_here

State = Agreement.State
LONGEST_SENTENCE = 300
#: The farthest due date, from today.
FARTHEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """What is agreed, as one side writes it."""

    sentence: str
    owner: str  # who sees to it: "me" or "other", seen from the writer
    due_on: date
    decides: Party | None = None  # None: not said

    def stored(self, own: OwnHandOff) -> dict[str, object]:
        """Field -> value, seen from nobody in particular."""
        owner = own.party if self.owner == "me" else own.other
        return {"sentence": self.sentence, "owner": owner, "due_on": self.due_on, "decides": self.decides}


def plan_check(own: OwnHandOff, plan: AgreementPlan) -> None:
    """Raise OwnProblem, naming the field, for a plan that makes no agreement."""
    today = timezone.localdate()
    if not plan.sentence.strip() or len(plan.sentence) > LONGEST_SENTENCE:
        said = _("Say in one sentence of at most %(most)s characters what you agree on.")
        raise OwnProblem("sentence", said % {"most": LONGEST_SENTENCE}, "sentence")
    if plan.owner not in ("me", "other"):
        raise OwnProblem("owner", _("Choose which of you two sees to it."), "owner")
    if plan.due_on < today:
        raise OwnProblem("past", _("This day is over already. Give today or a later one."), "due_on")
    if plan.due_on > today + FARTHEST:
        raise OwnProblem("far", _("This is more than two years away. Give an earlier day."), "due_on")
    decides = plan.decides
    if decides is not None and (decides.organization_id != own.handoff.organization_id or not is_here(decides)):
        raise OwnProblem(
            "decides", _("Who decides must be somebody who works here now. Choose another name, or nobody."), "decides"
        )


def refuse_twice(own: OwnHandOff, plan: AgreementPlan) -> None:
    """Raise OwnProblem where the writer has just proposed the same: a second tap."""
    same = {"sentence": plan.sentence, "due_on": plan.due_on, "made_by": own.party, "state": State.PROPOSED}
    if Agreement.objects.filter(handoff=own.handoff, **same).exists():
        raise _twice()


def refuse_unchanged(own: OwnHandOff, plan: AgreementPlan, found: Agreement) -> None:
    """Raise OwnProblem where a plan says what the agreement says already."""
    if _is_same(own, plan, found):
        raise OwnProblem(
            "unchanged", _("Nothing is different from the words that are there. Change something, or leave them so.")
        )


def words_change(own: OwnHandOff, found: Agreement, plan: AgreementPlan) -> Agreement:
    """Put a proposal, held by the caller, in other words: the other side is the one to say yes, and nobody has ticked
    that the coach sees them. Raises OwnProblem for a proposal of the other side that is for something agreed."""
    if found.replaces_id is not None:
        _require_own(own, found)
    for name, value in plan.stored(own).items():
        setattr(found, name, value)
    found.made_by = own.party
    found.shared_by_supplier = found.shared_by_customer = False
    found.version += 1
    found.save()
    return found


def words_propose(own: OwnHandOff, agreed: Agreement, plan: AgreementPlan) -> Agreement:
    """Propose other words for what both agreed, which stands unchanged; it is held by the caller.

    One such proposal at a time: the writer's own that waits already is put in these words. Raises OwnProblem where it
    says just this, or is the other side's.
    """
    waiting = Agreement.objects.select_for_update(no_key=True).filter(replaces=agreed, state=State.PROPOSED).first()
    if waiting is not None:
        _require_own(own, waiting)
        if _is_same(own, plan, waiting):
            raise _twice()
        return words_change(own, waiting, plan)
    made: Agreement = Agreement.objects.create(
        handoff=own.handoff,
        conversation_id=agreed.conversation_id,
        replaces=agreed,
        made_by=own.party,
        score_before=agreed.score_before,
        **plan.stored(own),
    )
    return made


def room_make(agreed_on: Agreement) -> None:
    """What the words both have now said yes to were proposed for makes room for them, and is asked about no more."""
    if agreed_on.replaces_id is None:
        return
    replaced = Agreement.objects.filter(pk=agreed_on.replaces_id)
    replaced.update(state=State.WITHDRAWN, version=F("version") + 1)
    Notification.objects.filter(
        agreement__in=replaced, kind=Notification.Kind.AGREEMENT_DUE, is_seen=False
    ).delete()  # fmt: skip


def proposal_drop(agreed: Agreement) -> None:
    """Take back what was proposed instead of it: what came of it was said, or it is over."""
    waiting = Agreement.objects.filter(replaces=agreed, state=State.PROPOSED)
    waiting.update(state=State.WITHDRAWN, replaces=None, version=F("version") + 1)


def _is_same(own: OwnHandOff, plan: AgreementPlan, found: Agreement) -> bool:
    return all(getattr(found, name) == value for name, value in plan.stored(own).items())


def _require_own(own: OwnHandOff, waiting: Agreement) -> None:
    if waiting.made_by_id != own.party.pk:
        said = _("%(name)s has proposed other words already. Say yes or no to those first.")
        raise OwnProblem("theirs", said % {"name": clean_text(own.other.name, 60)})


def _twice() -> OwnProblem:
    return OwnProblem("twice", _("You have proposed exactly this already. It waits for the other side."))
