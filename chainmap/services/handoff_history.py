"""The history of a hand-off: who changed what, kept as it was before and after, for its two sides alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chainmap.models import HandOff, HandOffChange, Need, Party
from chainmap.services.own import EditConflict, OwnHandOff

#: So many steps of a history are shown, the latest ones.
MOST_SHOWN = 20
#: Which kinds of change are about a need; the others are about the hand-off itself.
NEED_KINDS = frozenset({"need_added", "need_edited", "need_removed", "need_answered"})
_FACTS = ("deliverable", "volume", "decision_owner_id", "is_removed", "is_claim")
_CLAIMS = ("supplier_says", "customer_says", "supplier_note", "customer_note")
_NEED = ("text", "importance", "reply", "reply_note", "is_removed")


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One change. ``before`` and ``after`` hold the fields that differ, as handoff_state and need_state name them."""

    change: HandOffChange
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    can_undo: bool  # by the reader, now


@dataclass(frozen=True, slots=True)
class History:
    """The latest steps first, how many there are in all, and the names of those who decide in any of them."""

    steps: tuple[HistoryStep, ...]
    total: int
    names: Mapping[int, str]


def handoff_state(handoff: HandOff) -> dict[str, Any]:
    """What of a hand-off a change can change."""
    return {name: getattr(handoff, name) for name in (*_FACTS, *_CLAIMS)}


def need_state(need: Need) -> dict[str, Any]:
    """What of a need a change can change."""
    return {name: getattr(need, name) for name in _NEED}


def change_record(
    *, own: OwnHandOff, kind: str, before: Mapping[str, Any], after: Mapping[str, Any], need: Need | None = None
) -> HandOffChange | None:
    """Keep what differs between two states as one step by the reader's side; None where nothing does.

    Call it inside the transaction of the change, after the hand-off has its new version.
    """
    differs = [name for name in after if before.get(name) != after[name]]
    if not differs:
        return None
    about = {} if need is None else {"need": need.pk}
    old = about | {name: before.get(name) for name in differs}
    new = about | {name: after[name] for name in differs}
    if need is not None:
        new.setdefault("text", need.text)  # what the step was about, also where the words stayed
    return HandOffChange.objects.create(
        handoff=own.handoff,
        party=own.party,
        kind=kind,
        before=json.dumps(old),
        after=json.dumps(new),
        version=own.handoff.version,
    )


def change_values(change: HandOffChange) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a step holds: the fields before and after."""
    return json.loads(change.before), json.loads(change.after)


def last_change(handoff: HandOff, kinds: Collection[str] = ()) -> HandOffChange | None:
    """The last step that was not undone, of some kinds or of all."""
    rows = HandOffChange.objects.filter(handoff=handoff, is_undone=False).select_related("party")
    return (rows.filter(kind__in=kinds) if kinds else rows).first()


def conflict_raise(*, handoff: HandOff, version: int, now: int, stored: Mapping[str, object], of_need: bool) -> None:
    """Raise EditConflict where the ``version`` somebody was shown is no longer the one of ``now``."""
    if version == now:
        return
    kinds = NEED_KINDS if of_need else {"edited", "removed", "restored", "added"}
    # a step that was undone is a change as well: the latest of all, whatever became of it
    last = HandOffChange.objects.filter(handoff=handoff, kind__in=kinds).select_related("party").first()
    by = last.party.name if last is not None and last.party is not None else ""
    raise EditConflict(stored, now, by)


def history_find(*, own: OwnHandOff) -> History:
    """The history of a hand-off for one of its sides, latest step first; three queries."""
    rows = HandOffChange.objects.filter(handoff=own.handoff).select_related("party")
    changes = list(rows[:MOST_SHOWN])
    last = next((change.pk for change in changes if not change.is_undone), None)
    steps = []
    for change in changes:
        before, after = change_values(change)
        can_undo = change.pk == last and change.party_id == own.party.pk
        steps.append(HistoryStep(change, before, after, can_undo))
    deciders = {
        value for step in steps for side in (step.before, step.after) if (value := side.get("decision_owner_id"))
    }
    names = dict(
        Party.objects.filter(organization=own.handoff.organization_id, pk__in=deciders).values_list("pk", "name")
    )
    return History(tuple(steps), rows.count(), names)
