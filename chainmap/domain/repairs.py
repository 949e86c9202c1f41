"""The best few repairs: which hand-offs to make perfect first (MODEL section 9).

Greedy: the first repair is the hand-off that recovers most, then the chain is solved again with it perfect, and so on.
Each step is the best one *after the ones before it*. A set of several repairs may bring more than the greedy one,
because one repair can raise what another recovers; finding the best set would mean solving every combination. On
random chains of 9 to 12 hand-offs (``tests/domain/test_repairs.py``) greedy found the best set of 3 in 95 % of 199
chains and the best 5 in 88 % of 60; the worst brought 57 % and 84 % of the best. One repair is always the best.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.findings import Basis
from chainmap.domain.records import BoolArray
from chainmap.domain.scenario_chain import keys_of
from chainmap.domain.scenario_changes import ScenarioCode, ScenarioError
from chainmap.domain.yields import BASES

#: What recovers less than this part of created value recovers nothing.
LEAST_GAIN = 1e-12
_ASSUMED, _GIVEN = BASES.index(Basis.ASSUMED), BASES.index(Basis.GIVEN)


@dataclass(frozen=True, slots=True)
class RepairStep:
    """One hand-off made perfect, after the steps before it."""

    handoff: int  # key
    yield_before: float
    gain: float  # what this step adds to delivered value, person-equivalents
    delivered: float  # after it


@dataclass(frozen=True, slots=True)
class Repairs:
    """The steps, best first; fewer than asked for where nothing more can be recovered."""

    steps: tuple[RepairStep, ...]
    created: float
    delivered_before: float

    @property
    def gain(self) -> float:
        """Of all steps together, person-equivalents."""
        return sum(step.gain for step in self.steps)


def best_repairs(analysis: Analysis, count: int, *, without: Collection[int] = ()) -> Repairs:
    """Up to ``count`` >= 1 repairs, chosen greedily by recoverable value with a re-solve after each.

    Only hand-offs that somebody rated, measured or gave: an assumed yield is a question, not a finding. ``without``:
    keys that are not to be chosen. Ties go to the larger loss, then the larger volume, then the chain's order. On
    chains so large that recoverable value is known within bounds, the choice is as good as those (``gains``); what a
    step gains is always solved. Raises ScenarioError without any yield, ValueError for a count below 1, SolverError.
    """
    if count < 1:
        raise ValueError(f"at least one repair, not {count}")
    if analysis.flow is None:
        raise ScenarioError(ScenarioCode.NOTHING_RATED)
    keys, now = keys_of(analysis.chain), analysis
    open_ = (analysis.yields.basis != _ASSUMED) & ~np.isin(keys, np.fromiter(without, np.int64, len(without)))
    delivered = analysis.flow.delivered
    steps: list[RepairStep] = []
    while len(steps) < count and (best := _best(now, open_)) is not None:
        before, now = float(now.yields.value[best]), _repaired(now, best)
        open_[best] = False
        assert now.flow is not None  # noqa: S101 - a chain with yields keeps them
        steps.append(RepairStep(int(keys[best]), before, now.flow.delivered - delivered, now.flow.delivered))
        delivered = now.flow.delivered
    return Repairs(tuple(steps), analysis.flow.created, analysis.flow.delivered)


def _best(analysis: Analysis, open_: BoolArray) -> int | None:
    """Position of the hand-off that recovers most; None where none recovers anything."""
    flow, gains = analysis.flow, analysis.gains
    if flow is None or gains is None or not open_.any():
        return None
    unit = flow.created if flow.created > 0 else 1.0
    gain = np.round(np.where(open_, gains.recoverable, 0.0) / unit, 13)
    most = float(gain.max())
    if not most > LEAST_GAIN:
        return None
    ties = np.flatnonzero(gain == most)
    order = np.lexsort((ties, -analysis.chain.volume[ties], -np.round(flow.lost[ties] / unit, 13)))
    return int(ties[order[0]])


def _repaired(analysis: Analysis, position: int) -> Analysis:
    yields = analysis.yields
    value, basis, variance = yields.value.copy(), yields.basis.copy(), yields.variance.copy()
    value[position], basis[position], variance[position] = 1.0, _GIVEN, 0.0
    return Analysis(network=analysis.network, yields=replace(yields, value=value, basis=basis, variance=variance))
