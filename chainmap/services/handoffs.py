"""Changing one's own hand-offs: name them, change them, say that they are so or are not, take them out, bring back.

Whatever is changed is one step of the history, and the other side is told of it.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Avg
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from chainmap.access import User
from chainmap.models import HandOff, Notification, Organization, Party
from chainmap.services.handoff_checks import (
    LARGEST_VOLUME,
    SMALLEST_VOLUME,
    check_decides,
    check_deliverable,
    check_other,
    check_removable,
    checked_volume,
    there_already,
    volume_of_supplier,
)
from chainmap.services.handoff_history import (
    History,
    HistoryStep,
    change_record,
    conflict_raise,
    handoff_state,
    history_find,
)
from chainmap.services.handoff_rows import (
    GIVEN,
    RECEIVED,
    EndedAgreement,
    OpenClaims,
    OwnRow,
    OwnRows,
    agreement_ended,
    claim_state,
    claims_of,
    claims_open,
    claims_waiting,
    handoff_find,
    needs_gaps,
    own_rows,
    removed_list,
)
from chainmap.services.limits import CHANGES, attempt_require
from chainmap.services.notifications import notify, settle
from chainmap.services.own import OwnHandOff, OwnProblem, own_handoff, own_party
from chainmap.services.people import left_problem

# Everything about one's own hand-offs from one place.
__all__ = [
    "GIVEN", "RECEIVED", "EndedAgreement", "History", "HistoryStep", "OpenClaims", "OwnRow", "OwnRows",
    "agreement_ended", "claim_state", "claims_of", "claims_open", "claims_waiting", "handoff_add", "handoff_edit",
    "handoff_find", "handoff_lock", "handoff_removal_find", "handoff_remove", "handoff_restore", "handoff_say",
    "handoff_take_out", "history_find", "needs_gaps", "notify_other", "own_rows", "removed_list",
]  # fmt: skip

#: What a hand-off moves when nobody said and nothing else of its supplier is known.
USUAL_VOLUME = 1.0
#: News to which a yes, a no, or taking it out is the answer.
_ASK_WHETHER_SO = (Notification.Kind.CLAIMED, Notification.Kind.DISPUTED, Notification.Kind.EDITED)


def handoff_lock(*, user: User, organization: Organization, handoff: int, removed: bool = False) -> OwnHandOff:
    """One of the user's hand-offs, held until the transaction ends. Raises as own_handoff does."""
    HandOff.everything.select_for_update(no_key=True).filter(organization=organization, pk=handoff).first()
    return own_handoff(user=user, organization=organization, pk=handoff, removed=removed)


def handoff_add(
    *,
    user: User,
    organization: Organization,
    side: str,
    other: Party,
    deliverable: str,
    volume: float | None = None,
    decision_owner: Party | None = None,
) -> HandOff:
    """Name a hand-off the user gives ("given") to ``other`` or receives ("received") from them.

    The user's side says yes with that; the other side is asked, and until it says yes, a person of the house, the
    hand-off is a claim: seen by both and not part of the chain that is analysed. ``volume`` is for the supplier to say,
    in the unit of everything they give; None: as much as they give on average. One that was taken out is brought back.

    Raises NotFound, and OwnProblem: the other party left, is the user, is of elsewhere, or an end customer who would
    give; there is such a hand-off already; a volume that is none.
    """
    with transaction.atomic():
        party = own_party(user=user, organization=organization)
        attempt_require(limit=CHANGES, who=str(user.pk))
        if party.left_on is not None:
            raise left_problem(party)
        Party.objects.select_for_update(no_key=True).filter(pk__in=(party.pk, other.pk)).order_by("pk").first()
        check_other(party=party, other=other, side=side)
        supplier, customer = (party, other) if side == GIVEN else (other, party)
        check_deliverable(deliverable)
        if side != GIVEN and volume is not None:
            raise volume_of_supplier(other)
        check_decides(organization=organization, decision_owner=decision_owner)
        same = _same(supplier, customer, deliverable)
        if same is not None and not same.is_removed:
            raise there_already(same)
        if same is not None:
            own = _brought_back(OwnHandOff(same, party, other, "supplier" if side == GIVEN else "customer"))
            _keep_edit(own, deliverable=same.deliverable, volume=volume, decision_owner=decision_owner)
            return own.handoff
        handoff = HandOff(
            organization=organization,
            supplier=supplier,
            customer=customer,
            deliverable=deliverable,
            volume=_usual_volume(supplier) if volume is None else checked_volume(volume),
            decision_owner=decision_owner,
        )
        return _added(OwnHandOff(handoff, party, other, "supplier" if side == GIVEN else "customer"))


def handoff_edit(
    *,
    user: User,
    organization: Organization,
    handoff: int,
    version: int,
    deliverable: str,
    volume: float | None,
    decision_owner: Party | None,
) -> HandOff:
    """Change what is handed over, how much (the supplier alone; None keeps it) and who decides on exceptions.

    Another deliverable is another claim: a yes of the other side to the former one no longer holds, and they are asked
    again; a no stays. Raises NotFound, HandOffRemoved, EditConflict, and OwnProblem as handoff_add does.
    """
    with transaction.atomic():
        own = handoff_lock(user=user, organization=organization, handoff=handoff)
        held = own.handoff
        stored = {name: getattr(held, name) for name in ("deliverable", "volume")}
        attempt_require(limit=CHANGES, who=str(user.pk))
        stored["decision_owner"] = held.decision_owner.name if held.decision_owner else ""
        conflict_raise(handoff=held, version=version, now=held.version, stored=stored, of_need=False)
        if own.party.left_on is not None:
            raise left_problem(own.party)
        if own.other.left_on is not None and deliverable != held.deliverable:
            raise left_problem(own.other, "deliverable")
        if deliverable != held.deliverable:
            check_deliverable(deliverable)
            same = _same(held.supplier, held.customer, deliverable)
            if same is not None and same.pk != held.pk:
                raise there_already(same)
        if not own.is_supplier and volume is not None and volume != held.volume:
            raise volume_of_supplier(own.other)
        if decision_owner is not None and decision_owner.pk != held.decision_owner_id:
            check_decides(organization=organization, decision_owner=decision_owner)
        if _keep_edit(own, deliverable=deliverable, volume=volume, decision_owner=decision_owner):
            notify_other(own, Notification.Kind.EDITED)
    return held


def handoff_say(
    *, user: User, organization: Organization, handoff: int, version: int, says: str, note: str = ""
) -> HandOff:
    """Say "yes, it is so" or "no, it is not", the latter with a note of at most 200 characters.

    ``version`` is the one that was shown: nobody confirms what was changed in between. Raises NotFound,
    HandOffRemoved, EditConflict, and ValueError for any other word.
    """
    if says not in ("yes", "no"):
        raise ValueError(f"a side says yes or no, not {says!r}")
    with transaction.atomic():
        own = handoff_lock(user=user, organization=organization, handoff=handoff)
        held = own.handoff
        stored = {"deliverable": held.deliverable}
        conflict_raise(handoff=held, version=version, now=held.version, stored=stored, of_need=False)
        before = handoff_state(held)
        setattr(held, f"{own.side}_says", says)
        setattr(held, f"{own.side}_note", note if says == "no" else "")
        is_new_in_chain = says == "yes" and held.is_claim and claims_of(own)[1] == "yes"
        held.is_claim = held.is_claim and not is_new_in_chain
        held.save(update_fields=[f"{own.side}_says", f"{own.side}_note", "is_claim"])
        if is_new_in_chain:
            organization.touch()
        settle(party=own.party, kinds=_ASK_WHETHER_SO, handoff=held)
        if change_record(own=own, kind="said", before=before, after=handoff_state(held)):
            notify_other(own, Notification.Kind.CONFIRMED if says == "yes" else Notification.Kind.DISPUTED)
    return held


def handoff_remove(*, user: User, organization: Organization, handoff: int, version: int) -> HandOff:
    """Take a hand-off out of the chain; its ratings and its history stay.

    At once while one side alone says it is so (either of them may), where the other side left or disputes it, or is
    outside and was never asked. Otherwise it is not for one side alone: OwnProblem says to ask them. Raises NotFound,
    HandOffRemoved, EditConflict.
    """
    with transaction.atomic():
        own = handoff_lock(user=user, organization=organization, handoff=handoff)
        held = own.handoff
        stored = {"deliverable": held.deliverable}
        conflict_raise(handoff=held, version=version, now=held.version, stored=stored, of_need=False)
        check_removable(own)
        settle(party=own.party, kinds=_ASK_WHETHER_SO, handoff=held)
        handoff_take_out(own)
    return held


def handoff_removal_find(*, user: User, organization: Organization, handoff: int) -> tuple[OwnHandOff, str]:
    """A hand-off somebody thinks of taking out, and why that is not for them alone; "" where it is."""
    own = own_handoff(user=user, organization=organization, pk=handoff)
    try:
        check_removable(own)
    except OwnProblem as problem:
        return own, str(problem)
    return own, ""


def handoff_take_out(own: OwnHandOff) -> None:
    """Take out one that was checked and is held, and tell the other side."""
    before = handoff_state(own.handoff)
    own.handoff.is_removed = True
    own.handoff.version += 1
    own.handoff.save(update_fields=["is_removed", "version"])
    change_record(own=own, kind="removed", before=before, after=handoff_state(own.handoff))
    notify_other(own, Notification.Kind.REMOVED)
    own.handoff.organization.touch()


def handoff_restore(*, user: User, organization: Organization, handoff: int) -> HandOff:
    """Bring one back that was taken out; the user's side says yes with that. Raises NotFound, and OwnProblem where
    the other side left or it is in the chain already."""
    with transaction.atomic():
        own = handoff_lock(user=user, organization=organization, handoff=handoff, removed=True)
        if not own.handoff.is_removed:
            raise OwnProblem("in_chain", _("It is in the chain already; somebody brought it back before."))
        if own.other.left_on is not None:
            raise left_problem(own.other)
        settle(party=own.party, kinds=[Notification.Kind.REMOVED], handoff=own.handoff)
        return _brought_back(own).handoff


def notify_other(own: OwnHandOff, kind: Notification.Kind) -> None:
    """Tell the other side what this side did."""
    notify(kind=kind, party=own.other, by=own.party, handoff=own.handoff)


def _same(supplier: Party, customer: Party, deliverable: str) -> HandOff | None:
    """The hand-off between the two with this deliverable, whatever its case, also one that was taken out."""
    between = HandOff.everything.filter(supplier=supplier, customer=customer)
    alike = [one for one in between if one.deliverable.casefold() == deliverable.casefold()]
    exact = [one for one in alike if one.deliverable == deliverable]
    found = next(iter(exact or sorted(alike, key=lambda one: one.is_removed)), None)
    if found is not None:
        found.supplier, found.customer, found.organization = supplier, customer, supplier.organization
    return found


def _usual_volume(supplier: Party) -> float:
    """What the supplier gives on average in one hand-off."""
    volumes = HandOff.objects.filter(supplier=supplier)
    mean: float | None = volumes.aggregate(mean=Avg(Least("volume", LARGEST_VOLUME)))["mean"]
    return max(mean, SMALLEST_VOLUME) if mean is not None else USUAL_VOLUME


def _added(own: OwnHandOff) -> HandOff:
    """Keep a hand-off that was not there, and ask the other side."""
    handoff = own.handoff
    setattr(handoff, f"{own.side}_says", "yes")
    handoff.is_claim = own.other_can_say
    try:
        with transaction.atomic():
            handoff.save(force_insert=True)
    except IntegrityError:  # the other side named the same at the same moment
        raise there_already(handoff) from None
    change_record(own=own, kind="added", before={"is_removed": True}, after=handoff_state(handoff))
    notify_other(own, Notification.Kind.CLAIMED)
    if not handoff.is_claim:
        handoff.organization.touch()
    return handoff


def _brought_back(own: OwnHandOff) -> OwnHandOff:
    """Put one back into the chain with a yes of this side; the other side is asked unless it said something before."""
    held = own.handoff
    before = handoff_state(held)
    held.is_removed = False
    held.version += 1
    setattr(held, f"{own.side}_says", "yes")
    setattr(held, f"{own.side}_note", "")
    held.is_claim = own.other_can_say and (held.is_claim or claims_of(own)[1] == "no")  # they agreed to take it out
    held.save(update_fields=["is_removed", "is_claim", "version", f"{own.side}_says", f"{own.side}_note"])
    change_record(own=own, kind="restored", before=before, after=handoff_state(held))
    is_asked = claims_of(own)[1] == ""
    notify_other(own, Notification.Kind.CLAIMED if is_asked else Notification.Kind.EDITED)
    held.organization.touch()
    return own


def _keep_edit(own: OwnHandOff, *, deliverable: str, volume: float | None, decision_owner: Party | None) -> bool:
    """Keep what differs of a hand-off that is held and was checked; whether anything did."""
    held = own.handoff
    before = handoff_state(held)
    if deliverable != held.deliverable:
        held.deliverable = deliverable
        their_side = "customer" if own.is_supplier else "supplier"
        if claims_of(own)[1] == "yes":
            setattr(held, f"{their_side}_says", "")
    if own.is_supplier and volume is not None and volume != held.volume:
        held.volume = checked_volume(volume)
    held.decision_owner = decision_owner
    after = handoff_state(held)
    if before == after:
        return False
    held.version += 1
    try:
        with transaction.atomic():
            held.save(update_fields=[*after, "version"])
    except IntegrityError:  # another one got this name at the same moment
        raise there_already(held) from None
    change_record(own=own, kind="edited", before=before, after=after)
    held.organization.touch()  # all of it stands on the page of the chain
    return True
