"""The history of a hand-off in words: who changed what, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Need
from chainmap.services.handoffs import History, HistoryStep
from chainmap.services.own import OwnHandOff
from chainmap.web.handoff_words import volume_number

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step. ``details``: (what, before, after) in words; "" where there was nothing."""

    change: int
    who: str  # "" for somebody who is no longer here
    is_mine: bool
    made_at: datetime
    said: str
    details: list[tuple[str, str, str]]
    is_undone: bool
    can_undo: bool


def step_rows(own: OwnHandOff, history: History) -> list[StepRow]:
    """The steps of a history, latest first."""
    return [_row(own, step, history.names) for step in history.steps]


def _row(own: OwnHandOff, step: HistoryStep, names: Mapping[int, str]) -> StepRow:
    change = step.change
    return StepRow(
        change=change.pk,
        who=clean_text(change.party.name) if change.party is not None else "",
        is_mine=change.party_id == own.party.pk,
        made_at=change.made_at,
        said=_said(step, is_mine=change.party_id == own.party.pk),
        details=_details(step, names),
        is_undone=change.is_undone,
        can_undo=step.can_undo,
    )


def _said(step: HistoryStep, *, is_mine: bool) -> str:
    """What follows the name of who did it, or "You"."""
    kind = step.change.kind
    if kind == "said":
        says = step.after.get("supplier_says") or step.after.get("customer_says")
        return {"yes": _("said that it is so"), "no": _("said that it is not so")}.get(
            str(says), _("said something else")
        )
    if kind == "need_answered" and step.after.get("reply"):
        return {
            Need.Reply.AGREED.value: _("agreed to a need"),
            Need.Reply.CANNOT.value: _("said that a need cannot be met"),
            Need.Reply.TALK.value: _("said “let us talk” to a need"),
        }.get(str(step.after["reply"]), _("answered a need"))
    return {
        "added": _("named this hand-off"),
        "edited": _("changed this hand-off"),
        "removed": _("took this hand-off out"),
        "restored": _("brought this hand-off back"),
        "need_added": _("said what you need") if is_mine else _("said what they need"),
        "need_edited": _("changed a need"),
        "need_removed": _("took a need back"),
        "need_answered": _("answered a need"),
    }[kind]


def _details(step: HistoryStep, names: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """The fields worth telling; that the other side is asked again goes with another deliverable anyway."""
    before, after = step.before, step.after
    rows = []
    labels = _labels()
    for name, value in after.items():
        if name not in labels or (step.change.kind == "added" and not value):
            continue
        old = "" if step.change.kind in ("added", "need_added") else _shown(name, before.get(name), names)
        rows.append((labels[name], old, _shown(name, value, names)))
    return rows


def _labels() -> dict[str, str]:
    return {
        "deliverable": _("What is handed over"),
        "volume": _("How much"),
        "decision_owner_id": _("Decides on exceptions"),
        "supplier_note": _("Reason"),
        "customer_note": _("Reason"),
        "text": _("Need"),
        "importance": _("Importance"),
        "reply_note": _("Note"),
    }


def _shown(name: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value == "":
        return ""
    if name == "volume":
        return volume_number(float(value))
    if name == "decision_owner_id":
        return clean_text(names.get(value, "")) or _("somebody who is no longer here")
    if name == "importance" and value in Need.Importance.values:
        return str(Need.Importance(value).label)
    return clean_text(str(value), _SHOWN)
