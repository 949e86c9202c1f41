"""What a script asks of a what-if, as JSON: strict, small, and every fault with a sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from chainmap.domain.scenario_changes import MOST_BYTES, Changes, ScenarioCode, ScenarioError, changes_of
from chainmap.models import Organization, Round
from chainmap.services.rounds import round_find
from chainmap.services.what_if import REPAIR_COUNTS, WhatIfBase
from chainmap.services.what_if_names import party_named

#: Bytes of a whole question, and names in it that are looked up: a script sends what was typed, once.
MOST_SENT, MOST_NAMES = MOST_BYTES + 1_000, 4
_KNOWN = frozenset({"round", "changes", "best"})


@dataclass(frozen=True, slots=True)
class Question:
    """What was sent. ``rows``: the changes as they came; ``best``: how many repairs are asked for, 0 = none."""

    round: int | None
    rows: list[Any]
    best: int


def question_read(body: bytes) -> Question:
    """The question a script sent. Raises ScenarioError for anything else."""
    if len(body) > MOST_SENT:
        raise ScenarioError(ScenarioCode.TOO_LONG, "changes")
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise ScenarioError(ScenarioCode.NOT_READABLE) from None
    if not isinstance(read, dict) or not read.keys() <= _KNOWN:
        raise ScenarioError(ScenarioCode.NOT_READABLE)
    round_, rows, best = read.get("round"), read.get("changes", []), read.get("best", 0)
    if not isinstance(rows, list):
        raise ScenarioError(ScenarioCode.NOT_READABLE, "changes")
    if not (round_ is None or _is_number(round_)):
        raise ScenarioError(ScenarioCode.NOT_READABLE, "round")
    if not (_is_number(best) and best in (0, *REPAIR_COUNTS)):
        raise ScenarioError(ScenarioCode.NOT_READABLE, "best")
    return Question(round_, rows, best)


def changes_asked(request: HttpRequest, organization: Organization, base: WhatIfBase, rows: list[Any]) -> Changes:
    """The changes of a question, with the names in it looked up. Raises ScenarioError, and OwnProblem for a name."""
    named = [
        (row, field)
        for row in rows
        if isinstance(row, dict)
        for field in ("supplier", "customer")
        if isinstance(row.get(field), str)
    ]
    if len(named) > MOST_NAMES:
        raise ScenarioError(ScenarioCode.NOT_READABLE, "changes")
    for row, field in named:
        row[field] = party_named(
            user=request.user, organization=organization, base=base, text=row[field][:400], field=field
        )
    return changes_of(rows)


def round_asked(request: HttpRequest, organization: Organization, pk: int | None) -> Round | None:
    """The round a question is about; None for the whole chain. Raises NotFound."""
    return None if pk is None else round_find(actor=request.user, organization=organization, pk=pk)


def number_or_none(text: str | None) -> int | None:
    """A number out of a form or an address: None for nothing. Raises ScenarioError for what is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise ScenarioError(ScenarioCode.NOT_READABLE)
    return int(text)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
