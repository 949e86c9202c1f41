"""How much value is where, and where it goes: reach, inflow, flow, lost, stranded, delivered (MODEL section 3).

With ``W[i, j] = sum of p y`` over the hand-offs from i to j, both in R:

    reach    v = W v + (what goes straight to end customers)
    inflow   x = s + W^T x

Created = delivered + lost + stranded, always.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainmap.domain.arrays import sum_by
from chainmap.domain.network import Network
from chainmap.domain.records import FloatArray, LongArray
from chainmap.domain.solver import SolverError, fundamental_matrix, solve
from chainmap.domain.yields import Yields

#: Up to this many parties that hand off towards end customers everything is solved directly and exactly.
DENSE_LIMIT = 500
#: The two sides of the balance, and the two ways to work out delivered value, agree to this part of created value.
BALANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ValueFlow:
    """The solved flow of a network. Values in person-equivalents; ``n`` parties, ``m`` hand-offs."""

    reach: FloatArray  # [n] share of a unit of value here that reaches an end customer; 0 outside R
    inflow: FloatArray  # [n] value present here; nan outside R; for an end customer what is delivered to it
    flow: FloatArray  # [m] value put into the hand-off; 0 when the supplier is outside R
    lost: FloatArray  # [m] value destroyed in the step
    created: float
    delivered: float
    stranded: float  # value that goes to, or is created at, parties without a way to an end customer
    residual: float  # of the solve, relative; 0 = direct
    method: str  # "direct", "iteration" or "gmres"
    working: LongArray  # [k] positions of the parties of R that are not end customers
    visits: FloatArray | None  # [k, k] the fundamental matrix N between them where it was solved directly, else None

    @property
    def total_lost(self) -> float:
        """Value destroyed in all hand-offs together."""
        return float(self.lost.sum())


def find_value_flow(network: Network, yields: Yields, *, dense_limit: int = DENSE_LIMIT) -> ValueFlow:
    """Solve reach and inflow and split what is created into delivered, lost and stranded.

    Up to ``dense_limit`` parties of R directly, above iteratively. Raises SolverError when the balance could not be
    met to ``BALANCE`` of created value: the figures would then not deserve trust.
    """
    chain = network.chain
    capacity = np.where(network.in_reach, chain.capacity, 0.0)
    passed = network.share * yields.value
    straight = sum_by(chain.supplier, np.where(network.is_end[chain.customer], passed, 0.0), chain.party_count)
    working = np.flatnonzero(network.in_reach & ~network.is_end)
    own = np.where(network.is_end, 0.0, capacity)
    if len(working) <= dense_limit:
        reach, inflow, visits = _direct(network, yields, working, straight, own)
        residual, method = 0.0, "direct"
    else:
        matrix = network.matrix(passed, network.counts & ~network.is_end[chain.customer])
        forth, back = solve(matrix, straight), solve(matrix.T.tocsr(), own)
        reach, inflow, visits = forth.value, back.value, None
        residual = max(forth.residual, back.residual)
        method = forth.method if forth.method == back.method else "gmres"

    reach = np.where(network.is_end, 1.0, np.minimum(reach, 1.0))
    flow = np.where(network.flows, inflow[chain.supplier] * network.share, 0.0)
    lost = flow * (1.0 - yields.value)
    arrived = flow - lost
    delivered_to = sum_by(chain.customer, arrived, chain.party_count)
    inflow = np.where(network.is_end, chain.capacity + delivered_to, inflow)
    outside = chain.capacity[~network.in_reach].sum()
    result = ValueFlow(
        reach=reach,
        inflow=np.where(network.in_reach, inflow, np.nan),
        flow=flow,
        lost=lost,
        created=float(chain.capacity.sum()),
        delivered=float(inflow[network.is_end].sum()),
        stranded=float(arrived[~network.in_reach[chain.customer]].sum() + outside),
        residual=residual,
        method=method,
        working=working,
        visits=visits,
    )
    _check_balance(result, float((capacity * reach).sum()))
    return result


def _direct(
    network: Network, yields: Yields, working: LongArray, straight: FloatArray, own: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """[n] reach, [n] inflow and [k, k] N by one dense inverse over the ``working`` parties."""
    chain = network.chain
    place = np.full(chain.party_count, -1)
    place[working] = np.arange(len(working))
    passed = network.share * yields.value
    inner = network.counts & ~network.is_end[chain.customer]
    weights = np.zeros((len(working), len(working)))
    np.add.at(weights, (place[chain.supplier[inner]], place[chain.customer[inner]]), passed[inner])
    leaving = network.share * (1.0 - yields.value) + np.where(inner, 0.0, passed)
    leaks = sum_by(chain.supplier, leaving, chain.party_count)[working]
    small = fundamental_matrix(weights, leaks)
    reach, inflow = np.zeros(chain.party_count), np.zeros(chain.party_count)
    reach[working] = small @ straight[working]
    inflow[working] = own[working] @ small
    return reach, inflow, small


def _check_balance(flow: ValueFlow, delivered_by_reach: float) -> None:
    """Raise SolverError unless nothing was made or lost by the solving itself."""
    gap = abs(flow.created - flow.delivered - flow.total_lost - flow.stranded)
    gap = max(gap, abs(flow.delivered - delivered_by_reach))
    if not gap <= BALANCE * max(flow.created, np.finfo(float).tiny):
        raise SolverError(
            f"The value flow could not be solved: {gap:.3g} of {flow.created:.6g} created is unaccounted for. Some "
            "loop of hand-offs is so nearly closed that almost nothing leaves it. Look for parties that hand nearly "
            "all their volume to each other with a yield of 1, and correct their volumes."
        )
