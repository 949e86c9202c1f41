"""Who is whose most important client, key suppliers, and the main chain of one party (MODEL section 4).

    c_ij = sum over hand-offs i -> j of  p y v_j / v_i       share of what i delivers to end customers through j
    key supplier i of j:  x_i p y / (what arrives at j)       share of what j gets from others

Work a team hands to itself is left out of both, so that the shares of the others sum to 1.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from chainmap.domain.arrays import sum_by
from chainmap.domain.findings import ChainStep, ClientShare, PartyChain, SupplierShare
from chainmap.domain.network import Network
from chainmap.domain.records import BoolArray, Chain, FloatArray, IntArray, LongArray
from chainmap.domain.structure import best_yield_path
from chainmap.domain.value_flow import ValueFlow
from chainmap.domain.yields import Yields

#: Shares that agree to this many digits are equal: the larger volume decides, not the rounding of a sum.
DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Clients:
    """Every pair of a supplier and another party it serves directly, parallel hand-offs added up, by supplier.

    Shares are nan where they are not defined: nothing known of yields, nothing delivered, nothing arriving.
    """

    supplier: IntArray  # [k] position
    customer: IntArray  # [k] position
    volume: FloatArray  # [k] in the supplier's unit
    yield_: FloatArray  # [k] weighted by volume, 0..1; nan when not known
    client_share: FloatArray  # [k] c_ij; sums to 1 for every supplier that delivers anything
    supplier_share: FloatArray  # [k] share of what arrives at the customer from others
    most_important: IntArray  # [n] position of the most important client, -1 when there is none

    @classmethod
    def of(cls, network: Network, yields: Yields, flow: ValueFlow | None) -> Clients:
        """Add up parallel hand-offs and work out both kinds of share. ``flow`` None: volumes alone are known."""
        chain = network.chain
        handoffs = np.flatnonzero(chain.supplier != chain.customer)
        ends = chain.supplier[handoffs].astype(np.int64) * max(chain.party_count, 1) + chain.customer[handoffs]
        pairs, pair_of = np.unique(ends, return_inverse=True)
        supplier = (pairs // max(chain.party_count, 1)).astype(np.int32)
        customer = (pairs % max(chain.party_count, 1)).astype(np.int32)

        def added(weight: FloatArray) -> FloatArray:
            return sum_by(pair_of, weight[handoffs], len(pairs))

        volume = added(chain.volume)
        yield_ = np.clip(added(chain.volume * yields.value) / volume, 0.0, 1.0)
        if flow is None:
            nothing = np.full(len(pairs), np.nan)
            nobody = np.full(chain.party_count, -1, np.int32)
            return cls(supplier, customer, volume, yield_, nothing, nothing.copy(), nobody)
        through = added(network.share * yields.value) * flow.reach[customer]
        client_share = _part_of_sum(through, supplier, chain.party_count)
        supplier_share = _part_of_sum(added(flow.flow - flow.lost), customer, chain.party_count)
        best = _most_important(chain, supplier, customer, client_share, volume)
        return cls(supplier, customer, volume, yield_, client_share, supplier_share, best)


def read_party_chain(network: Network, yields: Yields, clients: Clients, party: int) -> PartyChain:
    """Customers, suppliers, main chain and best-yield path of the party at position ``party``.

    The main chain follows the largest share ``c`` to an end customer. Where work goes round in a loop the largest
    share can lead back to a party already passed; then the largest one is taken from which an end customer can still
    be reached without coming back. So it always ends at an end customer and passes nobody twice.
    """
    chain = network.chain
    first, last = np.searchsorted(clients.supplier, [party, party + 1])
    served = np.arange(first, last)
    serving = np.flatnonzero(clients.customer == party)
    path, path_yield = best_yield_path(network, yields, party)
    return PartyChain(
        party=chain.party_ids[party],
        customers=[
            ClientShare(chain.party_ids[clients.customer[pair]], _known(share), float(clients.volume[pair]))
            for pair, share in _by_share(chain, served, clients.customer, clients.client_share, clients.volume)
        ],
        suppliers=[
            SupplierShare(chain.party_ids[clients.supplier[pair]], _known(share), float(clients.volume[pair]))
            for pair, share in _by_share(chain, serving, clients.supplier, clients.supplier_share, clients.volume)
        ],
        main_chain=_main_chain(network, clients, party),
        best_path=[chain.party_ids[step] for step in path],
        best_path_yield=path_yield,
    )


def _known(share: float) -> float | None:
    return None if np.isnan(share) else share


def _part_of_sum(value: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """[k] value / sum of the values of its group; nan where that sum is 0."""
    total = sum_by(group, value, groups)[group]
    part = np.full(len(value), np.nan)
    np.divide(value, total, out=part, where=total > 0)
    return part


def _most_important(
    chain: Chain, supplier: IntArray, customer: IntArray, share: FloatArray, volume: FloatArray
) -> IntArray:
    """[n] the customer with the largest share; ties by larger volume, then by name, then by id. -1: none."""
    best = np.full(chain.party_count, -1, np.int32)
    left = np.flatnonzero(share > 0)
    if len(left) == 0:
        return best
    name_place = np.empty(chain.party_count)
    name_place[sorted(range(chain.party_count), key=lambda p: (chain.party_names[p], chain.party_ids[p]))] = np.arange(
        chain.party_count
    )
    for measure in (np.round(share, DIGITS), volume, -name_place[customer]):
        starts = np.flatnonzero(np.diff(supplier[left], prepend=-1))
        largest = np.maximum.reduceat(measure[left], starts)
        left = left[measure[left] == np.repeat(largest, np.diff(starts, append=len(left)))]
    best[supplier[left]] = customer[left]
    return best


def _by_share(
    chain: Chain, pairs: LongArray, partner: IntArray, share: FloatArray, volume: FloatArray
) -> list[tuple[int, float]]:
    """The pairs, largest share first; ties by larger volume, then by name, then by id of the partner."""

    def importance(pair: int) -> tuple[float, float, str, str]:
        known = 0.0 if np.isnan(share[pair]) else round(float(share[pair]), DIGITS)
        other = partner[pair]
        return (-known, -float(volume[pair]), chain.party_names[other], chain.party_ids[other])

    return [(pair, float(share[pair])) for pair in sorted(pairs.tolist(), key=importance)]


def _main_chain(network: Network, clients: Clients, party: int) -> list[ChainStep]:
    """The steps from the party to an end customer along the largest shares, with what is left of one unit."""
    chain = network.chain
    steps: list[ChainStep] = []
    if clients.most_important[party] < 0 or network.is_end[party]:
        return steps
    left, route = 1.0, _route(network, clients, party)
    for supplier, customer in itertools.pairwise(route):
        first, last = np.searchsorted(clients.supplier, [supplier, supplier + 1])
        pair = first + int(np.searchsorted(clients.customer[first:last], customer))
        left *= float(clients.yield_[pair])
        steps.append(ChainStep(chain.party_ids[supplier], chain.party_ids[customer], float(clients.yield_[pair]), left))
    return steps


def _route(network: Network, clients: Clients, party: int) -> list[int]:
    """Positions along the main chain, ``party`` first. The cheap walk first; the careful one if it comes back."""
    route, passed = [party], {party}
    while not network.is_end[route[-1]]:
        following = int(clients.most_important[route[-1]])
        if following in passed:
            return _route_without_return(network, clients, party)
        route.append(following)
        passed.add(following)
    return route


def _route_without_return(network: Network, clients: Clients, party: int) -> list[int]:
    """The same, each step only to parties from which an end customer can be reached past everybody on the route."""
    chain, route = network.chain, [party]
    free = np.ones(chain.party_count, np.bool_)
    while not network.is_end[route[-1]]:
        free[route[-1]] = False
        first, last = np.searchsorted(clients.supplier, [route[-1], route[-1] + 1])
        ways = _reaching(network, clients, free)
        onward = [
            pair
            for pair, share in _by_share(
                chain, np.arange(first, last), clients.customer, clients.client_share, clients.volume
            )
            if share > 0 and ways[clients.customer[pair]]
        ]
        route.append(int(clients.customer[onward[0]]))
    return route


def _reaching(network: Network, clients: Clients, free: BoolArray) -> BoolArray:
    """[n] parties that deliver something to an end customer along ``free`` parties only."""
    count = network.chain.party_count
    use = (clients.client_share > 0) & free[clients.supplier] & free[clients.customer]
    ends = np.flatnonzero(network.is_end)
    towards = np.concatenate([clients.customer[use], np.full(len(ends), count)])
    origin = np.concatenate([clients.supplier[use], ends])
    backwards = sparse.csr_array((np.ones(len(origin)), (towards, origin)), shape=(count + 1, count + 1))
    reached = np.zeros(count + 1, np.bool_)
    reached[csgraph.breadth_first_order(backwards, count, return_predecessors=False)] = True
    return reached[:count]
