"""What if: what would be different with a few hand-offs changed, solved again (MODEL section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.network import Network
from chainmap.domain.records import BoolArray
from chainmap.domain.scenario_chain import Applied, apply_changes, keys_of, party_keys_of
from chainmap.domain.scenario_changes import Change, Reroute, ScenarioCode, ScenarioError
from chainmap.domain.value_flow import ValueFlow

#: A hand-off whose figures moved by less than this part of created value is as it was.
MOVED = 1e-12


class WarningCode(StrEnum):
    """What somebody should know about the changed chain."""

    NOTHING_LEAVES = "nothing_leaves"  # nothing leaves the party any more: its work is stranded
    NO_WAY = "no_way"  # it still hands over, and no end customer is reached any more
    CUSTOMER_WITHOUT = "customer_without"  # nothing is handed to the end customer any more
    NOTHING_DELIVERED = "nothing_delivered"  # of no party: nothing at all reaches an end customer


@dataclass(frozen=True, slots=True)
class ScenarioWarning:
    """``party``: its key; None where it is about the whole chain."""

    code: WarningCode
    party: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """``created = delivered + lost + stranded``, in person-equivalents."""

    created: float
    delivered: float
    lost: float
    stranded: float

    @property
    def chain_yield(self) -> float | None:
        """Share of what is created that is delivered, 0..1; None where nothing is created."""
        return self.delivered / self.created if self.created > 0 else None


@dataclass(frozen=True, slots=True)
class ChangedHandOff:
    """A hand-off of the chain whose yield, flow or loss is another one now."""

    key: int
    yield_: float
    flow: float
    lost: float
    yield_before: float
    flow_before: float
    lost_before: float


@dataclass(frozen=True, slots=True)
class NewHandOff:
    """A hand-off that the scenario adds, or one that goes to another customer (``instead_of``: its key)."""

    key: int  # -1 for what the first change makes, -2 for the second ...
    supplier: int  # key of the party
    customer: int
    deliverable: str
    volume: float
    yield_: float
    flow: float
    lost: float
    instead_of: int | None


@dataclass(frozen=True, slots=True)
class ScenarioFinding:
    """What would be different."""

    before: Totals
    after: Totals
    changed: Sequence[ChangedHandOff]  # in the order of the chain
    new: Sequence[NewHandOff]  # in the order of the changes
    removed: Sequence[int]  # keys; a re-routed hand-off is not among them
    warnings: Sequence[ScenarioWarning]

    @property
    def gain(self) -> float:
        """What more is delivered, in person-equivalents; below 0 where less is."""
        return self.after.delivered - self.before.delivered


def scenario_find(analysis: Analysis, changes: Sequence[Change], *, allow_self: bool = False) -> ScenarioFinding:
    """What would be different if the changes were made. Raises ScenarioError, and SolverError as the analysis does."""
    applied = apply_changes(analysis, changes, allow_self=allow_self)
    before, after = analysis.flow, applied.analysis.flow
    if before is None or after is None:
        raise ScenarioError(ScenarioCode.NOTHING_RATED)
    kept = np.zeros(analysis.chain.handoff_count, np.bool_)
    kept[applied.origin[applied.origin >= 0]] = True
    return ScenarioFinding(
        before=_totals(before),
        after=_totals(after),
        changed=_changed(analysis, before, applied, after),
        new=_new(applied, after, changes),
        removed=tuple(key for key in keys_of(analysis.chain)[~kept].tolist() if key not in _rerouted(changes)),
        warnings=_warnings(analysis.network, applied.analysis.network, after),
    )


def _totals(flow: ValueFlow) -> Totals:
    return Totals(flow.created, flow.delivered, flow.total_lost, flow.stranded)


def _rerouted(changes: Sequence[Change]) -> dict[int, int]:
    """Hand-off -> the key of what it became."""
    return {change.handoff: -1 - place for place, change in enumerate(changes) if isinstance(change, Reroute)}


def _changed(base: Analysis, before: ValueFlow, applied: Applied, after: ValueFlow) -> tuple[ChangedHandOff, ...]:
    at = applied.origin[applied.origin >= 0]
    now = np.flatnonzero(applied.origin >= 0)
    old = base.yields.value[at], before.flow[at], before.lost[at]
    new = applied.analysis.yields.value[now], after.flow[now], after.lost[now]
    least = MOVED * max(before.created, float(np.finfo(np.float64).tiny))
    differs: BoolArray = new[0] != old[0]
    for was, became in zip(old[1:], new[1:], strict=True):
        differs = differs | (np.abs(became - was) > least)
    rows = np.flatnonzero(differs)
    keys = keys_of(base.chain)[at][rows].tolist()
    columns = [column[rows].tolist() for column in (*new, *old)]
    return tuple(ChangedHandOff(*row) for row in zip(keys, *columns, strict=True))


def _new(applied: Applied, after: ValueFlow, changes: Sequence[Change]) -> tuple[NewHandOff, ...]:
    chain, party_keys = applied.analysis.chain, party_keys_of(applied.analysis.chain)
    instead = {became: handoff for handoff, became in _rerouted(changes).items()}
    return tuple(
        NewHandOff(
            key=int(chain.handoff_keys[at]),
            supplier=int(party_keys[chain.supplier[at]]),
            customer=int(party_keys[chain.customer[at]]),
            deliverable=chain.deliverables[at],
            volume=float(chain.volume[at]),
            yield_=float(applied.analysis.yields.value[at]),
            flow=float(after.flow[at]),
            lost=float(after.lost[at]),
            instead_of=instead.get(int(chain.handoff_keys[at])),
        )
        for at in np.flatnonzero(applied.origin < 0).tolist()
    )


def _warnings(before: Network, after: Network, flow: ValueFlow) -> tuple[ScenarioWarning, ...]:
    """Only of what the changes did: a party that had no way before is no news."""
    keys, count = party_keys_of(after.chain), after.chain.party_count
    cut = before.in_reach & ~after.in_reach
    gives = np.bincount(after.chain.supplier, minlength=count) > 0
    got, gets = (np.bincount(network.chain.customer, minlength=count) > 0 for network in (before, after))
    found = [
        ScenarioWarning(code, int(keys[party]))
        for code, parties in (
            (WarningCode.CUSTOMER_WITHOUT, after.is_end & got & ~gets),
            (WarningCode.NOTHING_LEAVES, cut & ~gives),
            (WarningCode.NO_WAY, cut & gives),
        )
        for party in np.flatnonzero(parties).tolist()
    ]
    nothing = [ScenarioWarning(WarningCode.NOTHING_DELIVERED)] if flow.created > 0 and not flow.delivered > 0 else []
    return (*nothing, *found)
