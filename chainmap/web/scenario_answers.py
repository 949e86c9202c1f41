"""The answer of a what-if for a script and for a page: the same sentences and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chainmap.domain.scenario_changes import Change, ScenarioError, change_row
from chainmap.domain.scenarios import ScenarioFinding, Totals
from chainmap.exports.scenario_words import (
    OfHundred,
    gain_in_people,
    of_hundred,
    outcome_sentence,
    problem_sentence,
    starting_sentence,
    warning_sentences,
)
from chainmap.services.what_if import RepairsFound, WhatIfBase


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page says of a finding. ``big`` is None where nothing is created."""

    sentence: str
    big: OfHundred | None
    line: str  # the same to be seen: "Of every 100 units of work, 41 reach the end customer", and "→ 46 (+5)"
    arrow: str  # "" where nothing differs
    people: str  # the gain in person-equivalents, with its sign
    rest: tuple[tuple[str, OfHundred], ...]  # lost, stranded
    rest_said: str  # both of these in words, where they differ; "" where nothing does
    warnings: tuple[str, ...]
    before: float  # delivered of created, 0..1
    after: float


@dataclass(frozen=True, slots=True)
class RepairRow:
    """One step of the best repairs: where, what it brings of every 100, and the arriving share so far."""

    sentence: str
    gain: str


def outcome_of(base: WhatIfBase, finding: ScenarioFinding, digits: int | None = None) -> Outcome:
    """``digits``: decimals of the figures, where they stand beside others; else as few as tell the difference."""
    before, after = finding.before, finding.after
    created = before.created
    warnings = [(one.code, base.party_name(one.party) if one.party is not None else "") for one in finding.warnings]
    big = of_hundred(before.delivered, after.delivered, created, digits) if created > 0 else None
    return Outcome(
        sentence=outcome_sentence(before, after),
        big=big,
        line=starting_sentence(big) if big else outcome_sentence(before, after),
        arrow=f"→ {big.after} ({big.gain})" if big and big.sign else "",
        people=gain_in_people(finding.gain),
        rest=_rest(before, after, digits) if created > 0 else (),
        rest_said=_rest_said(before, after) if big and big.sign else "",
        warnings=tuple(warning_sentences(warnings)),
        before=before.chain_yield or 0.0,
        after=after.chain_yield or 0.0,
    )


def repair_rows(found: RepairsFound) -> tuple[RepairRow, ...]:
    """The steps in words, in their order."""
    rows, delivered, created = [], found.repairs.delivered_before, found.repairs.created
    for step, change in zip(found.repairs.steps, found.changes, strict=True):
        said = of_hundred(delivered, step.delivered, created)
        rows.append(RepairRow(found.base.sentence(change), said.gain))
        delivered = step.delivered
    return tuple(rows)


def repairs_sentence(found: RepairsFound) -> str:
    """All steps together; that there is nothing to repair."""
    repairs = found.repairs
    if not repairs.steps:
        return _("No rated hand-off could bring more: nothing that is known is lost.")
    said = of_hundred(repairs.delivered_before, repairs.steps[-1].delivered, repairs.created)
    return _("Together %(gain)s of every 100: %(after)s instead of %(before)s would reach the end customer.") % {
        "gain": said.gain,
        "before": said.before,
        "after": said.after,
    }


def outcome_json(
    base: WhatIfBase, finding: ScenarioFinding, changes: Sequence[Change], round_pk: int | None
) -> dict[str, object]:
    """The answer for a script: what was asked, what comes of it, and what the map shows over its own figures."""
    outcome = outcome_of(base, finding)
    return {
        "round": round_pk,
        **changes_json(base, changes),
        "said": outcome.sentence,
        "line": outcome.line,
        "arrow": outcome.arrow,
        "sign": outcome.big.sign if outcome.big else 0,
        "rest_said": outcome.rest_said,
        "warnings": list(outcome.warnings),
        "totals": {"before": _totals_json(finding.before), "after": _totals_json(finding.after)},
        "links": {str(one.key): {"yield": one.yield_, "flow": one.flow, "lost": one.lost} for one in finding.changed},
        "added": [
            {
                "id": one.key,
                "from": one.supplier,
                "to": one.customer,
                "what": one.deliverable,
                "volume": one.volume,
                "yield": one.yield_,
                "flow": one.flow,
                "lost": one.lost,
            }
            for one in finding.new
        ],
        "removed": [*finding.removed, *(one.instead_of for one in finding.new if one.instead_of is not None)],
    }


def changes_json(base: WhatIfBase, changes: Sequence[Change]) -> dict[str, object]:
    """Changes for a script, and each in words."""
    return {
        "changes": [change_row(change) for change in changes],
        "sentences": [base.sentence(change) for change in changes],
    }


def repairs_json(found: RepairsFound) -> dict[str, object]:
    """The best repairs for a script."""
    return {
        **changes_json(found.base, found.changes),
        "steps": [{"sentence": row.sentence, "gain": row.gain} for row in repair_rows(found)],
        "said": repairs_sentence(found),
    }


def problem_json(error: ScenarioError) -> dict[str, object]:
    """What is wrong with a question, for a script: the sentence is for people."""
    return {"code": error.code.value, "field": error.field, "place": error.place, "message": problem_sentence(error)}


def _rest_said(before: Totals, after: Totals) -> str:
    people = gain_in_people(after.delivered - before.delivered)
    said = [_("%(people)s person-equivalents of delivered work.") % {"people": people}]
    said += [
        _("Of every 100, %(after)s %(where)s instead of %(before)s.")
        % {"where": label, "after": one.after, "before": one.before}
        for label, one in _rest(before, after)
        if one.sign
    ]
    return " ".join(said)


def _rest(before: Totals, after: Totals, digits: int | None = None) -> tuple[tuple[str, OfHundred], ...]:
    created = before.created
    return (
        (_("are lost at hand-offs"), of_hundred(before.lost, after.lost, created, digits)),
        (_("end where no way leads on"), of_hundred(before.stranded, after.stranded, created, digits)),
    )


def _totals_json(totals: Totals) -> dict[str, float | None]:
    return {
        "created": totals.created,
        "delivered": totals.delivered,
        "lost": totals.lost,
        "stranded": totals.stranded,
        "chain_yield": totals.chain_yield,
    }
