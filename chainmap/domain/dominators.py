"""Which party everybody has to go through: immediate dominators towards the end customers, fast on large chains.

All end customers together are the sink. Party ``d`` dominates ``u`` when every way from ``u`` to the sink passes ``d``.
networkx answers this, but not quickly for 100,000 hand-offs. In a company most parties have two independent ways out,
and that is cheap to prove: a party is *free* (nobody dominates it) if it hands to an end customer, or to two different
free parties - whoever dominated it would dominate both. Only the others are left for networkx, with every free party
linked straight to the sink, which changes none of their dominators: a free party has a way to the sink around anybody
else.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from scipy import sparse

from chainmap.domain.network import Network
from chainmap.domain.records import BoolArray, IntArray, LongArray


def immediate_post_dominators(network: Network) -> dict[int, int]:
    """For each party of R, end customers apart, the nearest party that all its ways to end customers go through.

    Keys and values are positions; ``n`` (one past the last party) stands for the sink: nobody in particular.
    """
    chain, sink = network.chain, network.chain.party_count
    use = network.counts & (chain.supplier != chain.customer)
    pairs = np.unique(chain.supplier[use].astype(np.int64) * max(sink, 1) + chain.customer[use])
    supplier, customer = (pairs // max(sink, 1)).astype(np.int32), (pairs % max(sink, 1)).astype(np.int32)
    free = _free(network, supplier, customer)
    above = dict.fromkeys(np.flatnonzero(free).tolist(), sink)

    rest = ~free[supplier]
    graph = nx.DiGraph()
    graph.add_node(sink)
    # reversed: from the sink back to those who hand over
    graph.add_edges_from(zip(customer[rest].tolist(), supplier[rest].tolist(), strict=True))
    graph.add_edges_from((sink, party) for party in np.unique(customer[rest & free[customer]]).tolist())
    above.update(nx.immediate_dominators(graph, sink))
    above.pop(sink, None)
    return above


def _free(network: Network, supplier: IntArray, customer: IntArray) -> BoolArray:
    """[n] parties that are proven free, spreading from the end customers backwards; each pair is looked at once."""
    count = network.chain.party_count
    suppliers_of = sparse.csr_array((np.ones(len(supplier), np.int32), (customer, supplier)), shape=(count, count))
    free = np.zeros(count, np.bool_)
    free[supplier[network.is_end[customer]]] = True
    ways = np.zeros(count, np.int64)
    fresh: LongArray = np.flatnonzero(free)
    while len(fresh):
        served = suppliers_of[fresh].indices.astype(np.int64)
        ways += np.bincount(served, minlength=count)
        candidates = np.unique(served)
        fresh = candidates[(ways[candidates] >= 2) & ~free[candidates]]
        free[fresh] = True
    return free
