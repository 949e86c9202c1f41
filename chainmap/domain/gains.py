"""What a repair would bring, and what rests on one party: recoverable value and dependence (MODEL section 3).

    recoverable  g_h = x_i d v_j / (1 - d N[j, i])     d = p_h (1 - y_h)     (Sherman & Morrison 1950)
    dependence       = (x_k v_k / N[k, k]) / D

Both are monotone in the entry of N, so certain bounds of N make certain bounds here: the figure is the middle of its
interval and the error is half its width. Up to about 500 parties the error is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainmap.domain.network import Network
from chainmap.domain.records import FloatArray, LongArray
from chainmap.domain.value_flow import ValueFlow
from chainmap.domain.visits import BackwardPush, Visits, invert_small_blocks, visits_from_inverse
from chainmap.domain.yields import Yields

#: Every recoverable value is certain to this part of itself,
GAIN_ACCURACY = 0.01
#: the ``REFINED`` largest ones to this part.
TOP_ACCURACY = 1e-4
REFINED = 50
#: Dependence is certain to this share of delivered value (a hundredth of a percent); large ones to the same part of
#: themselves as recoverable values, small ones to ten times that part.
DEPENDENCE_ACCURACY = 1e-4
#: Rounds of pushing, each finer for what is not accurate enough yet, and the finest residual worth pushing.
ROUNDS = 8
FINEST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """Recoverable value of ``m`` hand-offs, dependence on ``n`` parties, and value that passes again."""

    recoverable: FloatArray  # [m] person-equivalents
    recoverable_error: FloatArray  # [m] absolute bound; 0 = exact
    dependence: FloatArray | None  # [n] 0..1; None when nothing is delivered
    dependence_error: FloatArray  # [n] absolute bound; 0 = exact
    repeated: FloatArray  # [n] value that comes to the party a second time or more, person-equivalents
    repeated_error: FloatArray  # [n] absolute bound; 0 = exact


def find_gains(network: Network, yields: Yields, flow: ValueFlow, *, accuracy: float = GAIN_ACCURACY) -> Gains:
    """Recoverable value of every hand-off and dependence on every party, with certain bounds of their errors.

    ``accuracy`` is the largest error of a recoverable value as a part of itself where it cannot be exact. Hand-offs
    that lead out of R recover nothing.
    """
    if flow.visits is not None:
        return _Figures(network, yields, flow, visits_from_inverse(network, flow)).gains()
    figures = _Figures(network, yields, flow, Visits.without_cycles(network))
    large = invert_small_blocks(network, yields, figures.visits)
    if large.any():
        push = BackwardPush(network, yields, large)
        figures.visits.back_high[push.handoffs] = np.inf
        figures.visits.own_high[push.members] = np.inf
        _push_until_accurate(figures, push, accuracy)
    return figures.gains()


class _Figures:
    """The two formulas, evaluated at the bounds of N."""

    def __init__(self, network: Network, yields: Yields, flow: ValueFlow, visits: Visits) -> None:
        chain = network.chain
        self.visits = visits
        self.missing = np.where(network.counts, network.share * (1.0 - yields.value), 0.0)  # d
        inflow = np.where(network.in_reach, flow.inflow, 0.0)
        self.first_order = inflow[chain.supplier] * self.missing * flow.reach[chain.customer]
        self.most = max(flow.created - flow.delivered, 0.0)  # nothing recovers more than all that is not delivered
        self.inflow = inflow
        self.through = inflow * flow.reach
        self.delivered = flow.delivered

    def recoverable(self) -> tuple[FloatArray, FloatArray]:
        """[m] lower and upper bounds."""
        low = self.first_order / np.maximum(1.0 - self.missing * self.visits.back_low, np.finfo(float).tiny)
        with np.errstate(invalid="ignore"):
            rest = 1.0 - np.where(self.missing > 0, self.missing * self.visits.back_high, 0.0)
        high = np.where(rest > 0, self.first_order / np.where(rest > 0, rest, 1.0), np.inf)
        high = np.where(self.first_order > 0, high, 0.0)
        exact = self.visits.back_low == self.visits.back_high
        return low, np.where(exact, low, np.clip(high, low, np.maximum(self.most, low)))

    def dependence(self) -> tuple[FloatArray, FloatArray]:
        """[n] lower and upper bounds."""
        return (
            self.through / self.visits.own_high / self.delivered,
            np.minimum(self.through / self.visits.own_low / self.delivered, 1.0),
        )

    def gains(self) -> Gains:
        low, high = self.recoverable()
        again_low = self.inflow * (1.0 - 1.0 / self.visits.own_low)
        again_high = self.inflow * (1.0 - 1.0 / self.visits.own_high)
        dependence, dependence_error = None, np.zeros(len(self.through))
        if self.delivered > 0:
            least, most = self.dependence()
            dependence, dependence_error = (least + most) / 2, np.maximum(most - least, 0.0) / 2
        return Gains(
            recoverable=(low + high) / 2,
            recoverable_error=(high - low) / 2,
            dependence=dependence,
            dependence_error=dependence_error,
            repeated=(again_low + again_high) / 2,
            repeated_error=(again_high - again_low) / 2,
        )

    def dependence_allowed(self, share: float) -> FloatArray:
        """[n] absolute error that is promised for dependence, where ``share`` of a large one is accurate enough."""
        itself = self.through / self.delivered if self.delivered > 0 else np.zeros(len(self.through))
        return np.minimum(np.maximum(DEPENDENCE_ACCURACY, share * itself), 10 * share * itself)


def _push_until_accurate(figures: _Figures, push: BackwardPush, accuracy: float) -> None:
    """Push first as coarsely as the figures allow, then finer where a bound is still too wide, last for the top."""
    steps = np.maximum(push.steps, 1.0)
    most_missing = np.zeros(len(push.members))
    np.maximum.at(most_missing, push.supplier, figures.missing[push.handoffs] * steps[push.customer])
    threshold = 1.6 * accuracy / np.maximum(most_missing, accuracy)
    if figures.delivered > 0:
        itself = np.maximum(figures.through[push.members] / figures.delivered, np.finfo(float).tiny)
        allowed = figures.dependence_allowed(accuracy)[push.members]
        threshold = np.minimum(threshold, 2.0 * np.maximum(allowed / itself, accuracy) / steps)
    threshold = np.clip(threshold, FINEST, 0.5)
    push.refine(figures.visits, threshold)
    for excess_of in (_excess, _top_excess):
        for _ in range(ROUNDS):
            excess = excess_of(figures, push, accuracy)
            poor = (excess > 1.0) & (threshold > FINEST)
            if not poor.any():
                break
            threshold[poor] = np.maximum(threshold[poor] / np.clip(1.3 * excess[poor], 2.0, 30.0), FINEST)
            push.refine(figures.visits, np.where(poor, threshold, 0.0))


def _excess(figures: _Figures, push: BackwardPush, accuracy: float) -> FloatArray:
    """[members] how many times wider than promised the worst figure is that a column of N decides."""
    excess = np.zeros(len(push.members))
    low, high = (bound[push.handoffs] for bound in figures.recoverable())
    np.maximum.at(excess, push.supplier, _ratio(high - low, accuracy * (high + low)))
    if figures.delivered > 0:
        least, most = (bound[push.members] for bound in figures.dependence())
        excess = np.maximum(excess, _ratio(most - least, 2 * figures.dependence_allowed(accuracy)[push.members]))
    return excess


def _top_excess(figures: _Figures, push: BackwardPush, accuracy: float) -> FloatArray:
    """[members] the same for the largest recoverable values, which are promised to ``TOP_ACCURACY``."""
    excess = np.zeros(len(push.members))
    low, high = (bound[push.handoffs] for bound in figures.recoverable())
    top = _largest(high)
    promised = min(accuracy, TOP_ACCURACY) * (high + low)
    np.maximum.at(excess, push.supplier[top], _ratio(high - low, promised)[top])
    return excess


def _ratio(width: FloatArray, promised: FloatArray) -> FloatArray:
    """width / promised; 0 where there is no width, infinite where there is but none was promised."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(width > 0, width / promised, 0.0)


def _largest(values: FloatArray) -> LongArray:
    """Positions of the ``REFINED`` largest values, in no particular order."""
    if len(values) <= REFINED:
        return np.arange(len(values), dtype=np.int64)
    return np.argpartition(values, len(values) - REFINED)[-REFINED:]
