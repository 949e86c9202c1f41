"""What the customer of a hand-off needs, in their words, and what the supplier says to it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User
from chainmap.exports.plain_text import clean_text
from chainmap.models import Need, Notification, Organization
from chainmap.services.handoff_history import change_record, conflict_raise, need_state
from chainmap.services.handoffs import handoff_lock, needs_gaps, notify_other
from chainmap.services.limits import NEEDS, attempt_require
from chainmap.services.notifications import settle
from chainmap.services.own import OwnHandOff, OwnProblem, own_handoff
from chainmap.services.people import left_problem

__all__ = ["MOST_NEEDS", "need_add", "need_edit", "need_find", "need_remove", "need_reply", "needs_gaps"]

#: More than this nobody can keep in mind while working.
MOST_NEEDS = 12
#: Characters of a need, and of the supplier's note to it.
LONGEST_NEED, LONGEST_NOTE = 200, 200


def need_add(*, user: User, organization: Organization, handoff: int, text: str, importance: int) -> Need:
    """Say what is needed from a hand-off one receives; importance 1 nice to have, 2 important, 3 vital.

    Raises NotFound, HandOffRemoved, TooMany, and OwnProblem: not the customer, somebody left, too many, the same twice.
    """
    with transaction.atomic():
        attempt_require(limit=NEEDS, who=str(user.pk))
        own = handoff_lock(user=user, organization=organization, handoff=handoff)
        _check_customer(own)
        _check_words(text, importance)
        if own.other.left_on is not None:
            raise left_problem(own.other)
        there = [need.text.casefold() for need in Need.objects.filter(handoff=own.handoff, is_removed=False)]
        if text.casefold() in there:
            raise OwnProblem("twice", _("This is on the list already. Change that one instead."), "text")
        if len(there) >= MOST_NEEDS:
            raise OwnProblem(
                "too_many",
                _("There are %(most)s needs already; more nobody keeps in mind. Take one back first.")
                % {"most": MOST_NEEDS},
                "text",
            )
        need = Need.objects.create(handoff=own.handoff, text=text, importance=importance)
        after = need_state(need)
        change_record(own=own, kind="need_added", before=after | {"is_removed": True}, after=after, need=need)
        notify_other(own, Notification.Kind.NEED)
    return need


def need_find(*, user: User, organization: Organization, handoff: int, need: int) -> tuple[OwnHandOff, Need]:
    """A need of one of the user's hand-offs.

    Raises NotFound and HandOffRemoved as own_handoff does, and OwnProblem for one that was taken back.
    """
    own = own_handoff(user=user, organization=organization, pk=handoff)
    return own, _checked(own, Need.objects.filter(handoff=own.handoff, pk=need).first())


def need_edit(
    *, user: User, organization: Organization, handoff: int, need: int, version: int, text: str, importance: int
) -> Need:
    """Change one's own need. What the supplier had said to it was said to other words, so it is asked again.

    Raises as need_find, EditConflict, TooMany, and OwnProblem as need_add.
    """
    with transaction.atomic():
        attempt_require(limit=NEEDS, who=str(user.pk))
        own, held = _held(user, organization, handoff, need)
        _check_customer(own)
        _check_version(own, held, version)
        _check_words(text, importance)
        before = need_state(held)
        if text != held.text:
            held.text, held.reply, held.reply_note = text, Need.Reply.NONE, ""
        held.importance = importance
        if _keep(own, held, "need_edited", before):
            notify_other(own, Notification.Kind.NEED)
    return held


def need_remove(*, user: User, organization: Organization, handoff: int, need: int, version: int) -> Need:
    """Take one's own need back. Raises as need_edit."""
    with transaction.atomic():
        own, held = _held(user, organization, handoff, need)
        _check_customer(own)
        _check_version(own, held, version)
        before = need_state(held)
        held.is_removed = True
        _keep(own, held, "need_removed", before)
    return held


def need_reply(
    *, user: User, organization: Organization, handoff: int, need: int, version: int, reply: str, note: str = ""
) -> Need:
    """Say to a need of one's customer: agreed, cannot, or let us talk ("talk"), with a note where one helps.

    Raises as need_find, EditConflict where the need was changed since it was shown, OwnProblem for anybody but the
    supplier, and ValueError for any other word.
    """
    if reply not in (Need.Reply.AGREED, Need.Reply.CANNOT, Need.Reply.TALK):
        raise ValueError(f"a supplier says agreed, cannot or talk, not {reply!r}")
    with transaction.atomic():
        own, held = _held(user, organization, handoff, need)
        if not own.is_supplier:
            raise OwnProblem(
                "supplier_only",
                _("What is said to a need, %(name)s says, who hands it over.") % {"name": clean_text(own.other.name)},
            )
        _check_version(own, held, version)
        before = need_state(held)
        held.reply, held.reply_note = reply, note
        if _keep(own, held, "need_answered", before):
            notify_other(own, Notification.Kind.NEED_ANSWERED)
        if not Need.objects.filter(handoff=own.handoff, is_removed=False, reply=Need.Reply.NONE).exists():
            settle(party=own.party, kinds=[Notification.Kind.NEED], handoff=own.handoff)
    return held


def _held(user: User, organization: Organization, handoff: int, need: int) -> tuple[OwnHandOff, Need]:
    """As need_find, and held until the transaction ends."""
    own = handoff_lock(user=user, organization=organization, handoff=handoff)
    return own, _checked(own, Need.objects.select_for_update(no_key=True).filter(handoff=own.handoff, pk=need).first())


def _checked(own: OwnHandOff, need: Need | None) -> Need:
    if need is None:
        raise NotFound
    if need.is_removed:
        raise OwnProblem(
            "taken_back",
            _("This need was taken back by %(name)s meanwhile. Nothing was changed.")
            % {"name": clean_text(own.handoff.customer.name)},
        )
    return need


def _keep(own: OwnHandOff, need: Need, kind: str, before: dict[str, object]) -> bool:
    """Keep what differs, with its step of the history; whether anything did."""
    if not change_record(own=own, kind=kind, before=before, after=need_state(need), need=need):
        return False
    need.version += 1
    need.save()
    return True


def _check_version(own: OwnHandOff, need: Need, version: int) -> None:
    stored = {"text": need.text, "importance": need.importance, "reply": need.reply, "note": need.reply_note}
    conflict_raise(handoff=own.handoff, version=version, now=need.version, stored=stored, of_need=True)


def _check_customer(own: OwnHandOff) -> None:
    if own.is_supplier:
        raise OwnProblem(
            "customer_only",
            _("What is needed, %(name)s says in their own words. You can answer to it, or talk about it.")
            % {"name": clean_text(own.other.name)},
        )


def _check_words(text: str, importance: int) -> None:
    if not text.strip():
        raise OwnProblem("empty", _("Say in a few words what you need."), "text")
    if importance not in Need.Importance.values:
        raise OwnProblem("importance", _("Say how important it is: one of the three."), "importance")
