"""What the shape of the chain says: dead ends, loops, single points, the path with the best yield (MODEL section 8)."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from chainmap.domain.dominators import immediate_post_dominators
from chainmap.domain.findings import Cycle, SinglePoint, Structure
from chainmap.domain.gains import Gains
from chainmap.domain.network import Network
from chainmap.domain.records import LongArray
from chainmap.domain.value_flow import ValueFlow
from chainmap.domain.yields import Yields

#: The repeated value of a loop is shown when it is certain to this part of itself.
REPEATED_ACCURACY = 0.05


def find_structure(network: Network, flow: ValueFlow | None, gains: Gains | None) -> Structure:
    """Everything that can be said without ratings; with a flow and its gains also how much value is concerned."""
    chain = network.chain
    receives = np.zeros(chain.party_count, np.bool_)
    receives[chain.customer] = True
    return Structure(
        dead_ends=_ids(network, np.flatnonzero(~network.in_reach)),
        customers_without_supplier=_ids(network, np.flatnonzero(network.is_end & ~receives)),
        cycles=_cycles(network, flow, gains),
        single_points=_single_points(network, gains),
    )


def best_yield_path(network: Network, yields: Yields, party: int) -> tuple[list[int], float | None]:
    """The path from a party to an end customer on which most of a unit survives, and how much that is (0..1).

    The shortest path where a hand-off is ``-log y`` long; of parallel hand-offs the best one counts. ``([], None)``
    when there is no way without a yield of 0, when nothing is known of yields, or from an end customer.

    >>> from chainmap.domain.records import Chain, HandOff, Party, PartyKind
    >>> chain = Chain.from_records(
    ...     [Party("a", "A"), Party("b", "B"), Party("c", "C", PartyKind.END_CUSTOMER)],
    ...     [HandOff("a", "b", given_yield=1), HandOff("b", "c", given_yield=0.5), HandOff("a", "c", given_yield=0.4)])
    >>> best_yield_path(Network.of(chain), Yields.of(chain), 0)
    ([0, 1, 2], 0.5)
    """
    chain = network.chain
    open_ = network.counts & (yields.value > 0)
    if not yields.known or network.is_end[party] or not open_.any():
        return [], None
    keep = _best_of_parallel(network, yields, np.flatnonzero(open_))
    # -log(1) is -0.0, which a shortest-path routine may refuse as negative
    length = -np.log(yields.value[keep]) + 0.0
    graph = sparse.csr_array(
        (length, (chain.supplier[keep], chain.customer[keep])), shape=(chain.party_count, chain.party_count)
    )
    distances, predecessors = csgraph.dijkstra(graph, indices=np.array([party]), return_predecessors=True)
    distance, before = distances[0], predecessors[0]
    ends = np.flatnonzero(network.is_end)
    nearest = int(ends[np.argmin(distance[ends])])
    if not np.isfinite(distance[nearest]):
        return [], None
    path = [nearest]
    while path[-1] != party:
        path.append(int(before[path[-1]]))
    return path[::-1], float(np.exp(-distance[nearest]))


def _best_of_parallel(network: Network, yields: Yields, handoffs: LongArray) -> LongArray:
    """Of the hand-offs between the same two parties the one with the best yield."""
    chain = network.chain
    ends = chain.supplier[handoffs].astype(np.int64) * chain.party_count + chain.customer[handoffs]
    order = np.lexsort((yields.value[handoffs], ends))
    last = np.append(ends[order][1:] != ends[order][:-1], True)
    return np.asarray(handoffs[order[last]], np.int64)


def _ids(network: Network, positions: LongArray) -> list[str]:
    return sorted(network.chain.party_ids[position] for position in positions.tolist())


def _cycles(network: Network, flow: ValueFlow | None, gains: Gains | None) -> list[Cycle]:
    """Strongly connected components of two parties or more, most parties first.

    Repeated value: for each party ``x_k (1 - 1 / N[k, k])``, what comes to it a second time or more, summed over the
    loop. None outside R, where no value is followed, and where it is not certain enough.
    """
    members = np.flatnonzero(network.block_sizes[network.block] > 1)
    if len(members) == 0:
        return []
    members = members[np.argsort(network.block[members], kind="stable")]
    cuts = np.flatnonzero(np.diff(network.block[members])) + 1
    found = [
        Cycle(parties=_ids(network, group), repeated=_repeated(network, flow, gains, group))
        for group in np.split(members, cuts)
    ]
    return sorted(found, key=lambda cycle: (-len(cycle.parties), -(cycle.repeated or 0.0), list(cycle.parties)))


def _repeated(network: Network, flow: ValueFlow | None, gains: Gains | None, group: LongArray) -> float | None:
    if flow is None or gains is None or not network.in_reach[group[0]]:
        return None
    value, error = float(gains.repeated[group].sum()), float(gains.repeated_error[group].sum())
    return value if error <= REPEATED_ACCURACY * value else None


def _single_points(network: Network, gains: Gains | None) -> list[SinglePoint]:
    """Parties, end customers apart, through which every way of at least one other party to the end customers goes."""
    chain = network.chain
    dependence = None if gains is None or gains.dependence is None else gains.dependence.tolist()
    points = [
        SinglePoint(
            party=chain.party_ids[party],
            blocks=sorted(chain.party_ids[position] for position in below),
            dependence=None if dependence is None else dependence[party],
        )
        for party, below in _blocked(immediate_post_dominators(network), chain.party_count).items()
    ]
    return sorted(points, key=lambda point: (-len(point.blocks), -(point.dependence or 0.0), point.party))


def _blocked(above: dict[int, int], sink: int) -> dict[int, list[int]]:
    """For each party that dominates somebody all those it dominates, near or far. ``above`` is the dominator tree."""
    children: dict[int, list[int]] = {}
    for party, parent in above.items():
        if parent != sink:
            children.setdefault(parent, []).append(party)
    from_the_top = [party for party in children if above[party] == sink]
    for party in from_the_top:
        from_the_top.extend(child for child in children[party] if child in children)
    below: dict[int, list[int]] = {}
    for party in reversed(from_the_top):
        below[party] = [blocked for child in children[party] for blocked in (child, *below.get(child, ()))]
    return below
