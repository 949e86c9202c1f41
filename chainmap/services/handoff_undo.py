"""Taking back the last change of a hand-off, by whoever made it, while nothing came after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User
from chainmap.exports.plain_text import clean_text
from chainmap.models import HandOff, HandOffChange, Need, Notification, Organization, Party
from chainmap.services.handoff_checks import check_removable
from chainmap.services.handoff_history import NEED_KINDS, change_values, handoff_state, last_change, need_state
from chainmap.services.handoffs import handoff_lock, handoff_take_out
from chainmap.services.own import HandOffRemoved, OwnHandOff, OwnProblem, own_handoff
from chainmap.services.people import left_problem

#: What a change of a hand-off or of a need tells the other side.
_TOLD = (
    Notification.Kind.CONFIRMED, Notification.Kind.DISPUTED, Notification.Kind.EDITED, Notification.Kind.REMOVED,
    Notification.Kind.NEED, Notification.Kind.NEED_ANSWERED,
)  # fmt: skip


def handoff_undo(*, user: User, organization: Organization, handoff: int, change: int) -> HandOff:
    """Put back what the user's own last change of a hand-off, or of a need of it, changed.

    Naming a hand-off, or bringing one back, is undone by taking it out, under the rules of that. Raises NotFound for
    a change that is not the user's or not of this hand-off, and OwnProblem where something came after.
    """
    with transaction.atomic():
        own = handoff_lock(user=user, organization=organization, handoff=handoff, removed=True)
        step = HandOffChange.objects.filter(handoff=own.handoff, pk=change, party=own.party).first()
        if step is None:
            raise NotFound
        last = last_change(own.handoff)
        if step.is_undone:
            raise OwnProblem("undone", _("This was taken back already."))
        if last is None or last.pk != step.pk:
            raise _came_after(last)
        if step.kind in ("added", "restored"):
            check_removable(own)
            handoff_take_out(own)
            return own.handoff
        if step.kind in NEED_KINDS:
            _undo_need(step)
        else:
            _undo_handoff(own, step)
        HandOffChange.objects.filter(pk=step.pk).update(is_undone=True)
        _forget_news(own, step)
    return own.handoff


@dataclass(frozen=True, slots=True)
class JustSaid:
    """That the user said whether a hand-off is so, as the last thing that happened to it: ``change`` undoes it."""

    own: OwnHandOff
    change: int


def said_find(*, user: User, organization: Organization, handoff: int) -> JustSaid | None:
    """What the user said last of a hand-off and can take back; None for everything and everybody else."""
    try:
        own = own_handoff(user=user, organization=organization, pk=handoff)
    except (NotFound, HandOffRemoved):
        return None
    last = last_change(own.handoff)
    if last is None or last.kind != "said" or last.party_id != own.party.pk:
        return None
    return JustSaid(own, last.pk)


def _undo_handoff(own: OwnHandOff, step: HandOffChange) -> None:
    held = own.handoff
    before, after = change_values(step)
    if any(handoff_state(held)[name] != value for name, value in after.items()):
        raise _came_after(None)
    _check_undo(own, before)
    was_claim = held.is_claim
    for name, value in before.items():
        setattr(held, name, value)
    fields: list[str] = list(before)
    if step.kind != "said":
        held.version += 1
        fields.append("version")
    held.save(update_fields=fields)
    if step.kind != "said" or held.is_claim != was_claim:
        held.organization.touch()


def _check_undo(own: OwnHandOff, before: Mapping[str, Any]) -> None:
    """What may not be done any more may not be brought back either. Raises OwnProblem."""
    held = own.handoff
    if before.get("is_removed") is False and own.other.left_on is not None:
        raise left_problem(own.other)
    deliverable = before.get("deliverable")
    if deliverable is not None:
        between = HandOff.everything.filter(supplier=held.supplier_id, customer=held.customer_id)
        if between.filter(deliverable=deliverable).exclude(pk=held.pk).exists():
            raise _came_after(None)
    owner = before.get("decision_owner_id")
    if owner is not None and not Party.objects.filter(organization=held.organization_id, pk=owner).exists():
        raise _came_after(None)


def _undo_need(step: HandOffChange) -> None:
    before, after = change_values(step)
    need = Need.objects.select_for_update().filter(pk=after.get("need"), handoff=step.handoff_id).first()
    state: dict[str, Any] = need_state(need) if need is not None else {}
    if need is None or any(state[name] != value for name, value in after.items() if name in state):
        raise _came_after(None)
    for name in (name for name in before if name in state):
        setattr(need, name, before[name])
    need.version += 1
    need.save()


def _forget_news(own: OwnHandOff, step: HandOffChange) -> None:
    """What the other side was told of this step, and has not seen yet, did not happen."""
    told = Notification.objects.filter(handoff=own.handoff, party=own.other, by=own.party, kind__in=_TOLD)
    told.filter(made_at__gte=step.made_at, is_seen=False, is_mailed=False).delete()


def _came_after(last: HandOffChange | None) -> OwnProblem:
    if last is None or last.party is None:
        return OwnProblem("came_after", _("Something was changed after it. Change it by hand; the history shows all."))
    return OwnProblem(
        "came_after",
        _("%(name)s changed something after it. Change it by hand; the history shows what there was.")
        % {"name": clean_text(last.party.name)},
    )
