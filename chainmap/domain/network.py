"""A chain as index arrays and sparse matrices, and the one place where it becomes a networkx graph.

The arrays are the engine: at 100,000 hand-offs a networkx graph costs more to build than the whole analysis. The
networkx graph is the face for structure and for callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from chainmap.domain.arrays import stable_order, sum_by
from chainmap.domain.records import BoolArray, Chain, FloatArray, IntArray, LongArray

#: Every attribute of :func:`to_networkx`: where it sits, its name, and what it means.
GRAPH_ATTRIBUTES: tuple[tuple[str, str, str], ...] = (
    ("node", "id", "id of the party; the node itself is the party's position in the chain"),
    ("node", "name", "name of the party"),
    ("node", "kind", "employee, end_customer or external_supplier"),
    ("node", "team", "team of the party, '' when it has none"),
    ("node", "capacity", "value the party creates itself, in person-equivalents"),
    ("edge", "handoff", "position of the hand-off in the chain; also the key of the edge"),
    ("edge", "deliverable", "what is handed over"),
    ("edge", "volume", "how much of it, in the supplier's unit"),
    ("edge", "share", "volume / all volume of the supplier, 0..1"),
)


@dataclass(frozen=True, eq=False)
class Network:
    """A chain with what its shape alone says. ``n`` parties, ``m`` hand-offs; positions are those of the chain.

    Build it with :meth:`of`. Parallel hand-offs stay apart here and add up in the matrices.
    """

    chain: Chain
    share: FloatArray  # [m] volume / sum of the supplier's volumes, 0..1
    is_end: BoolArray  # [n] end customers
    in_reach: BoolArray  # [n] R: an end customer can be reached; end customers belong to it
    block: IntArray  # [n] label of the strongly connected component
    by_supplier: LongArray  # [m] positions of the hand-offs, ordered by supplier

    @classmethod
    def of(cls, chain: Chain) -> Network:
        """Shares, reach and strongly connected components of a chain, in time linear in its size."""
        is_end = chain.is_end_customer
        order = stable_order(chain.supplier)
        shape = _shape_with_sink(chain, order, is_end)
        shape.sum_duplicates()  # scipy's search for strong components never ends on repeated entries
        _, labels = csgraph.connected_components(shape, directed=True, connection="strong")
        sink = chain.party_count
        reached = csgraph.breadth_first_order(shape.T.tocsr(), sink, directed=True, return_predecessors=False)
        in_reach = np.zeros(sink + 1, np.bool_)
        in_reach[reached] = True
        return cls(
            chain=chain,
            share=_shares(chain),
            is_end=is_end,
            in_reach=in_reach[:sink],
            block=labels[:sink].astype(np.int32),
            by_supplier=order,
        )

    @cached_property
    def flows(self) -> BoolArray:
        """[m] hand-offs that value enters: those of suppliers in R."""
        return np.asarray(self.in_reach[self.chain.supplier], np.bool_)

    @cached_property
    def counts(self) -> BoolArray:
        """[m] hand-offs with both ends in R: their value can still reach an end customer."""
        return np.asarray(self.flows & self.in_reach[self.chain.customer], np.bool_)

    @cached_property
    def inside_block(self) -> BoolArray:
        """[m] hand-offs of R whose two ends share a cycle (or that are handed to the same party)."""
        same = self.block[self.chain.supplier] == self.block[self.chain.customer]
        return np.asarray(self.counts & same, np.bool_)

    @cached_property
    def block_sizes(self) -> LongArray:
        """[label] number of parties in each strongly connected component."""
        return np.bincount(self.block).astype(np.int64)

    def matrix(self, weight: FloatArray, where: BoolArray) -> sparse.csr_array:
        """[n, n] sparse matrix with ``weight[h]`` added at (supplier, customer) of each hand-off ``where`` holds."""
        chosen = self.by_supplier[where[self.by_supplier]]
        return _rows_of(
            self.chain.supplier[chosen], self.chain.customer[chosen], weight[chosen], self.chain.party_count
        )


def to_networkx(chain: Chain) -> nx.MultiDiGraph:
    """The chain as a graph: a node a party (its position), an edge a hand-off. Attributes: ``GRAPH_ATTRIBUTES``.

    >>> from chainmap.domain.records import HandOff, Party
    >>> graph = to_networkx(Chain.from_records([Party("a", "A"), Party("b", "B")], [HandOff("a", "b", "plan")]))
    >>> graph.nodes[0]["name"], graph.edges[0, 1, 0]["deliverable"], graph.edges[0, 1, 0]["share"]
    ('A', 'plan', 1.0)
    """
    graph = nx.MultiDiGraph()
    columns = zip(
        chain.party_ids, chain.party_names, chain.party_kinds, chain.party_teams, chain.capacity.tolist(), strict=True
    )
    for position, (party, name, kind, team, capacity) in enumerate(columns):
        graph.add_node(position, id=party, name=name, kind=str(kind), team=team, capacity=capacity)
    links = zip(
        chain.supplier.tolist(),
        chain.customer.tolist(),
        chain.deliverables,
        chain.volume.tolist(),
        _shares(chain).tolist(),
        strict=True,
    )
    for handoff, (supplier, customer, deliverable, volume, share) in enumerate(links):
        graph.add_edge(
            supplier, customer, handoff, handoff=handoff, deliverable=deliverable, volume=volume, share=share
        )
    return graph


def _shares(chain: Chain) -> FloatArray:
    """[m] share of the supplier's volume; volumes near the limits of a float are scaled down first."""
    if not chain.handoff_count:
        return np.empty(0, np.float64)
    volume = chain.volume
    if volume.max() > 1e290 or volume.min() < 1e-290:
        largest = np.zeros(chain.party_count)
        np.maximum.at(largest, chain.supplier, volume)
        volume = volume / largest[chain.supplier]
    total = sum_by(chain.supplier, volume, chain.party_count)
    return volume / total[chain.supplier]


def _shape_with_sink(chain: Chain, order: LongArray, is_end: BoolArray) -> sparse.csr_array:
    """[n + 1, n + 1] who hands to whom, and a last row: a sink that every end customer leads to."""
    ends = np.flatnonzero(is_end).astype(np.int32)
    supplier = np.concatenate([chain.supplier[order], ends])
    customer = np.concatenate([chain.customer[order], np.full(len(ends), chain.party_count, np.int32)])
    again = stable_order(supplier)
    return _rows_of(supplier[again], customer[again], np.ones(len(again)), chain.party_count + 1)


def _rows_of(row: IntArray, column: IntArray, weight: FloatArray, size: int) -> sparse.csr_array:
    """A square CSR matrix from entries already ordered by row; repeated entries stay apart and add up in use."""
    starts = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=size), out=starts[1:])
    indices: npt.NDArray[np.int32] = column.astype(np.int32, copy=False)
    return sparse.csr_array((weight, indices, starts), shape=(size, size))
