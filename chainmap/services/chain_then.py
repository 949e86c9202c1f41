"""The hand-offs as they were when a round closed, by what people changed since and by what the round asked about.

A change since that day is taken back, latest first. What a file brought has no history: it counts as having been there
always, unless the round asked everybody about everything they receive and did not ask about it.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from chainmap.domain.records import PartyKind
from chainmap.models import HandOff, HandOffChange, Round

#: What of a hand-off the chain is made of, as its history names it.
_FACTS = ("deliverable", "volume", "is_removed", "is_claim")


def handoffs_then(*, round: Round) -> list[tuple[Any, ...]]:
    """(id, supplier, customer, deliverable, volume, passes, returned) by id, of those in the chain when it closed.

    Of a round that was never closed, or of which the day is not known, those of today.
    """
    organization = round.organization
    facts = {row.pk: row for row in HandOff.everything.filter(organization=organization).order_by("pk")}
    states = {key: {name: getattr(row, name) for name in _FACTS} for key, row in facts.items()}
    if round.closed_on is not None:
        _take_back(states, round)
    not_asked = _not_asked(facts, round)
    return [
        (key, row.supplier_id, row.customer_id, state["deliverable"], state["volume"], row.passes, row.returned)
        for key, row in facts.items()
        if (state := states[key]) and not state["is_removed"] and not state["is_claim"] and key not in not_asked
    ]


def _take_back(states: dict[int, dict[str, Any]], round: Round) -> None:
    """Put back what was changed after the day the round closed. What was undone is back already."""
    changes = HandOffChange.objects.filter(handoff__organization=round.organization, is_undone=False).order_by("-pk")
    day = round.closed_on
    for handoff, made_at, before in changes.values_list("handoff_id", "made_at", "before"):
        if day is not None and timezone.localdate(made_at) > day and handoff in states:
            was = json.loads(before)
            states[handoff] |= {name: was[name] for name in _FACTS if name in was}


def _not_asked(handoffs: dict[int, HandOff], round: Round) -> set[int]:
    """What came after a round that asked everybody about everything; empty where that cannot be told."""
    if round.most_asked is not None or round.teams.exists():
        return set()
    asked = set(round.asks.values_list("handoff_id", flat=True))
    if not asked:  # brought by a file
        return set()
    rated = set(round.ratings.values_list("handoff_id", flat=True))
    kinds = {PartyKind.EMPLOYEE.value} | ({PartyKind.END_CUSTOMER.value} if round.asks_end_customers else set())
    receiving = set(
        round.organization.parties.filter(kind__in=kinds).values_list("pk", flat=True)
    )  # fmt: skip
    return {key for key, row in handoffs.items() if row.customer_id in receiving and key not in asked | rated}
