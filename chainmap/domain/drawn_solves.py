"""Solving one chain for many draws of its yields at once: what the draws share is found out once.

Every draw has the same shape: who hands to whom does not change, only how much arrives. So the parties are eliminated
in an order that keeps that shape sparse (minimum degree), for all draws in one go; what is left, the parties that hand
to nearly all others by then, is inverted densely for each draw. Going back, of the inverse ``N`` just those entries are
worked out that the gains need: ``N[j, i]`` of each hand-off i -> j and ``N[k, k]`` (Takahashi, Fagan & Chin 1973: they
follow from entries of the same kind). The elimination works with the leaks and never subtracts (Grassmann, Taksar &
Heyman 1985), so nearly closed loops keep their accuracy.

With w(k, o) the share from k to o in what is left, l(k) what leaves and p(k) = l(k) + sum of w(k, o) over o != k:

    away    w(i, o) += w(i, k) w(k, o) / p(k)        l(i) += w(i, k) l(k) / p(k)
    back    N[k, i] = sum of w(k, o) N[o, i] / p(k)  N[o, k] = sum of N[o, i] w(i, k) / p(k)
            N[k, k] = (1 + sum of w(k, o) N[o, k]) / p(k)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chainmap.domain.gains import find_gains
from chainmap.domain.network import Network
from chainmap.domain.records import FloatArray, LongArray
from chainmap.domain.solver import fundamental_matrix
from chainmap.domain.value_flow import BALANCE, find_value_flow
from chainmap.domain.yields import Yields

#: Where so many are left, and the best of them has this part of all pairs as neighbours, they are inverted densely:
#: for fewer a dense inverse of each draw costs more than it saves, above all where its library uses several threads.
DENSE_LEAST = 160
DENSE_PART = 0.25
#: With more hand-offs a party than these nothing is sparse for long, and all of them are inverted densely at once.
SPARSE_MOST = 24
#: Numbers one part of the draws may hold at a time.
CHUNK_ENTRIES = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFigures:
    """What the draws say of ``m`` hand-offs, in person-equivalents."""

    delivered: FloatArray  # [draws]
    lost: FloatArray  # [draws, m]
    recoverable: FloatArray  # [draws, m]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSolve:
    """Solved draws of a network with ``n`` parties and ``m`` hand-offs, the draws in the last axis."""

    reach: FloatArray  # [n, draws] of parties that hand off towards end customers; 0 of all others
    inflow: FloatArray  # [n, draws] the same
    back: FloatArray  # [m, draws] N[customer, supplier] of hand-offs inside a cycle; 0 of all others


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One party to eliminate: who hands to it, to whom it hands, and where those shares are stored."""

    party: int
    givers: LongArray  # [a]
    takers: LongArray  # [b]
    given: LongArray  # [a] slots of giver -> party
    taken: LongArray  # [b] slots of party -> taker
    pairs: LongArray  # [a, b] slots of giver -> taker


def solve_draws(network: Network, yields: Yields, drawn: FloatArray) -> DrawnFigures:
    """The figures of ``find_value_flow`` and ``find_gains`` for each row of ``drawn`` [draws, m], yields 0..1.

    A draw whose balance is not met to ``BALANCE`` is solved again by itself, as any chain is. Raises SolverError where
    that does not meet it either.
    """
    draws, handoffs = drawn.shape
    found = DrawnFigures(np.empty(draws), np.empty((draws, handoffs)), np.empty((draws, handoffs)))
    solver = DrawnSolver(network)
    for start in range(0, draws, solver.chunk()):
        rows = slice(start, start + solver.chunk())
        for row in start + _figures(network, solver, drawn[rows].T, found, rows):
            alone = replace(yields, value=drawn[row])
            flow = find_value_flow(network, alone, dense_limit=len(solver.working))
            found.delivered[row], found.lost[row] = flow.delivered, flow.lost
            found.recoverable[row] = find_gains(network, alone, flow).recoverable
    return found


def _figures(network: Network, solver: DrawnSolver, passes: FloatArray, found: DrawnFigures, rows: slice) -> LongArray:
    """Write the figures of some draws into ``found``; which of them do not balance. Formulas as in value_flow and
    gains."""
    chain, is_end, share = network.chain, network.is_end, network.share[:, None]
    solved = solver.solve(passes)
    reach = np.where(is_end[:, None], 1.0, np.minimum(solved.reach, 1.0))
    flow = np.where(network.flows[:, None], solved.inflow[chain.supplier] * share, 0.0)
    lost = flow * (1.0 - passes)
    arrived = flow - lost
    inflow, to_end = solved.inflow, np.flatnonzero(is_end[chain.customer])
    inflow[is_end] = chain.capacity[is_end, None]
    np.add.at(inflow, chain.customer[to_end], arrived[to_end])
    delivered = inflow[is_end].sum(axis=0)
    missing = np.where(network.counts[:, None], share * (1.0 - passes), 0.0)
    gained = inflow[chain.supplier] * missing * reach[chain.customer]
    found.delivered[rows], found.lost[rows] = delivered, lost.T
    found.recoverable[rows] = (gained / np.maximum(1.0 - missing * solved.back, np.finfo(float).tiny)).T
    created, inside = float(chain.capacity.sum()), network.in_reach
    stranded = arrived[~inside[chain.customer]].sum(axis=0) + chain.capacity[~inside].sum()
    gap = np.abs(created - delivered - lost.sum(axis=0) - stranded)
    gap = np.maximum(gap, np.abs(delivered - chain.capacity[inside] @ reach[inside]))
    return np.flatnonzero(~(gap <= BALANCE * max(created, np.finfo(float).tiny)))


class DrawnSolver:
    """A network prepared to be solved for many draws. Positions inside are places among the working parties."""

    def __init__(self, network: Network) -> None:
        chain = network.chain
        self._network = network
        self.working = np.flatnonzero(network.in_reach & ~network.is_end)
        place = np.full(chain.party_count, -1)
        place[self.working] = np.arange(len(self.working))
        gives = place[chain.supplier] >= 0
        inner = gives & network.in_reach[chain.customer] & ~network.is_end[chain.customer]
        self._inner, self._outer = np.flatnonzero(inner), np.flatnonzero(gives & ~inner)
        self._straight = np.flatnonzero(gives & network.is_end[chain.customer])
        self._supplier, self._customer = place[chain.supplier], place[chain.customer]
        self._prepare()

    def chunk(self) -> int:
        """How many draws to solve at a time."""
        return max(CHUNK_ENTRIES // max(self._slots, 1), 1)

    def solve(self, passes: FloatArray) -> DrawnSolve:
        """Solve for ``passes`` [m, draws], the yields 0..1 of each draw. Raises SolverError for a closed loop."""
        network, size, draws = self._network, len(self.working), passes.shape[1]
        passed = network.share[:, None] * passes
        weight, leak = np.zeros((self._slots, draws)), np.zeros((size, draws))
        np.add.at(weight, self._slot_of, passed[self._inner])
        lost = network.share[:, None] - passed
        np.add.at(leak, self._supplier[self._inner], lost[self._inner])
        # what leaves to outside is no part of any loop: all of it is a leak
        shares = np.broadcast_to(network.share[self._outer, None], (len(self._outer), draws))
        np.add.at(leak, self._supplier[self._outer], shares)
        reach = np.zeros((size, draws))
        np.add.at(reach, self._supplier[self._straight], passed[self._straight])
        inflow = np.repeat(network.chain.capacity[self.working][:, None], draws, axis=1)
        pivots = [self._away(step, weight, leak, reach, inflow) for step in self._steps]
        visits = np.zeros_like(weight)
        self._invert_core(weight, leak, reach, inflow, visits)
        for step, pivot in zip(reversed(self._steps), reversed(pivots), strict=True):
            self._back(step, pivot, weight, reach, inflow, visits)
        return self._found(reach, inflow, visits)

    @staticmethod
    def _away(step: _Step, weight: FloatArray, leak: FloatArray, reach: FloatArray, inflow: FloatArray) -> FloatArray:
        """Take one party out of all draws; its pivots."""
        taken, party = weight[step.taken], step.party
        pivot: FloatArray = leak[party] + taken.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            given = weight[step.given] / pivot
        if len(step.givers):
            leak[step.givers] += given * leak[party]
            reach[step.givers] += given * reach[party]
            if len(step.takers):
                weight[step.pairs] += given[:, None] * taken[None]
        if len(step.takers):
            inflow[step.takers] += taken * (inflow[party] / pivot)
        return pivot

    @staticmethod
    def _back(
        step: _Step, pivot: FloatArray, weight: FloatArray, reach: FloatArray, inflow: FloatArray, visits: FloatArray
    ) -> None:
        """Put it back, with what of N belongs to it."""
        taken, given, party = weight[step.taken] / pivot, weight[step.given] / pivot, step.party
        reach[party] = reach[party] / pivot + (taken * reach[step.takers]).sum(axis=0)
        inflow[party] = inflow[party] / pivot + (given * inflow[step.givers]).sum(axis=0)
        around = visits[step.pairs]  # N[taker, giver]
        visits[step.given] = np.einsum("bd,abd->ad", taken, around)
        back = np.einsum("ad,abd->bd", given, around)
        visits[step.taken] = back
        visits[party] = 1.0 / pivot + (taken * back).sum(axis=0)

    def _invert_core(
        self, weight: FloatArray, leak: FloatArray, reach: FloatArray, inflow: FloatArray, visits: FloatArray
    ) -> None:
        """What is left, densely and for each draw."""
        core, size = self._core, len(self._core)
        if not size:
            return
        matrix = np.ascontiguousarray(np.moveaxis(weight[self._core_slots], -1, 0))
        leaks = np.ascontiguousarray(leak[core].T)
        own = np.arange(size)
        matrix[:, own, own] = 0.0
        matrix[:, own, own] = 1.0 - (leaks + matrix.sum(axis=2))
        inverse = fundamental_matrix(matrix, leaks)
        reach[core] = np.einsum("dij,jd->id", inverse, reach[core])
        inflow[core] = np.einsum("id,dij->jd", inflow[core], inverse)
        visits[self._core_slots] = inverse.transpose(2, 1, 0)  # the slot of i -> j holds N[j, i]

    def _found(self, reach: FloatArray, inflow: FloatArray, visits: FloatArray) -> DrawnSolve:
        network, draws = self._network, reach.shape[1]
        all_reach, all_inflow = (np.zeros((network.chain.party_count, draws)) for _ in range(2))
        all_reach[self.working], all_inflow[self.working] = reach, inflow
        back = np.zeros((network.chain.handoff_count, draws))
        cyclic = network.inside_block[self._inner]
        back[self._inner[cyclic]] = visits[self._slot_of[cyclic]]
        return DrawnSolve(all_reach, all_inflow, back)

    # ---- the shape, once

    def _prepare(self) -> None:
        """The order of elimination and a slot for every pair that ever has a share; the first slots are the parties'
        own, which hold N[k, k] in the end."""
        size = len(self.working)
        givers: list[set[int]] = [set() for _ in range(size)]
        takers: list[set[int]] = [set() for _ in range(size)]
        ends = list(zip(self._supplier[self._inner].tolist(), self._customer[self._inner].tolist(), strict=True))
        for giver, taker in ends:
            if giver != taker:
                takers[giver].add(taker)
                givers[taker].add(giver)
        slots: dict[tuple[int, int], int] = {(party, party): party for party in range(size)}
        order = self._eliminate(givers, takers, slots)
        for giver, taker in ends:
            slots.setdefault((giver, taker), len(slots))
        core = self._core.tolist()
        for giver in core:
            for taker in core:
                slots.setdefault((giver, taker), len(slots))
        self._core_slots = np.array([[slots[giver, taker] for taker in core] for giver in core], np.int64)
        self._slot_of = np.array([slots[pair] for pair in ends], np.int64)
        self._steps = [_step(party, before, after, slots) for party, before, after in order]
        self._slots = len(slots)

    def _eliminate(
        self, givers: list[set[int]], takers: list[set[int]], slots: dict[tuple[int, int], int]
    ) -> list[tuple[int, list[int], list[int]]]:
        """Whoever has the fewest pairs of neighbours goes first, as long as that is cheaper than keeping them."""
        left = set(range(len(givers)))
        order = []
        is_sparse = sum(map(len, takers)) <= SPARSE_MOST * len(left) or len(left) < DENSE_LEAST
        while left and is_sparse:
            party = min(left, key=lambda one: (len(givers[one]) * len(takers[one]), one))
            if len(left) >= DENSE_LEAST and len(givers[party]) * len(takers[party]) > DENSE_PART * len(left) ** 2:
                break
            left.discard(party)
            before, after = sorted(givers[party]), sorted(takers[party])
            for giver in before:
                takers[giver].discard(party)
                takers[giver].update(one for one in after if one != giver)
            for taker in after:
                givers[taker].discard(party)
                givers[taker].update(one for one in before if one != taker)
            for pair in [(giver, taker) for giver in before for taker in after]:
                slots.setdefault(pair, len(slots))
            order.append((party, before, after))
        self._core = np.array(sorted(left), np.int64)
        return order


def _step(party: int, before: list[int], after: list[int], slots: dict[tuple[int, int], int]) -> _Step:
    pairs = [slots[giver, taker] for giver in before for taker in after]
    return _Step(
        party=party,
        givers=np.array(before, np.int64),
        takers=np.array(after, np.int64),
        given=np.array([slots[giver, party] for giver in before], np.int64),
        taken=np.array([slots[party, taker] for taker in after], np.int64),
        pairs=np.array(pairs, np.int64).reshape(len(before), len(after)),
    )
