"""Who decides on exceptions, who has to ask whom, and whom everything waits for: the owner as bottleneck.

A hand-off may say which party decides when something is out of the ordinary. Where that is not its supplier, the
supplier has to ask: an edge "supplier -> who decides" in the graph of permissions.

    dependence = 1 - D' / D

D is delivered value, D' what is delivered once nothing arrives any more over the hand-offs that the party decides on
and does not give itself: their entries of W are 0, all shares stay as they are. It is the share of delivered value
that passes at least one such decision. Like the dependence on a party (MODEL section 3), but over hand-offs.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.arrays import sum_by
from chainmap.domain.network import Network
from chainmap.domain.records import BoolArray, Chain, ChainError, FloatArray, IntArray, LongArray
from chainmap.domain.solver import SolverError
from chainmap.domain.value_flow import ValueFlow, find_value_flow
from chainmap.domain.yields import Yields

#: Stands in ``owner`` for "nobody said who decides".
NOT_SAID = -1
#: Dependence is worked out for this many parties, those whose decisions most value flows past: each is a solve.
MOST_OWNERS = 20
#: Up to this many parties each of these solves is direct; above iterative, and direct again where that fails.
DIRECT_LIMIT = 100
#: So many chains of permission are listed, each of at least so many parties.
MOST_CHAINS, SHORTEST_CHAIN = 5, 3


@dataclass(frozen=True, slots=True)
class DecisionOwner:
    """A party that decides on exceptions for others. Hand-offs it gives itself are not counted."""

    party: str  # id
    handoffs: int  # hand-offs of others it decides on, >= 1
    askers: int  # distinct suppliers that have to ask it, >= 1
    waits: int  # answers "I have to ask for authorization" at these hand-offs; 0 where they were not counted
    dependence: float | None  # share of delivered value that passes such a decision, 0..1; None: not worked out


@dataclass(frozen=True, slots=True)
class Permissions:
    """Everything the decision rights of a chain say. ``said + unsaid`` is the number of hand-offs."""

    owners: tuple[DecisionOwner, ...]  # by dependence, largest first (unknown last), then hand-offs, then id
    chains: tuple[tuple[str, ...], ...]  # ids: the first asks the second, who for own work asks the third ...
    loops: tuple[tuple[str, ...], ...]  # ids, sorted: two parties or more that all wait for each other
    said: int  # hand-offs with a party that decides
    unsaid: int

    @property
    def bottleneck(self) -> DecisionOwner | None:
        """The party whose decisions most delivered value waits for; None where nothing is known of it."""
        return self.owners[0] if self.owners and self.owners[0].dependence else None


def find_permissions(analysis: Analysis, owner: IntArray, waits: IntArray | None = None) -> Permissions:
    """What the decision rights of an analysed chain say.

    ``owner`` [m] is the position of the party that decides on exceptions of each hand-off, ``NOT_SAID`` where nobody
    said; ``waits`` [m] >= 0 counts the answers "I have to ask for authorization". Without any known yield, and where
    nothing is delivered, no dependence is given. Raises ChainError for an array of another length, an owner that is
    no party of the chain or a negative count; SolverError as ``find_value_flow`` does.

    >>> from chainmap.domain.analysis import analyse
    >>> from chainmap.domain.records import HandOff, Party, PartyKind
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("bob", "Bob"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "cli", given_yield=0.5), HandOff("bob", "cli", given_yield=0.5)])
    >>> found = find_permissions(analyse(chain), np.array([1, 1]))
    >>> found.bottleneck
    DecisionOwner(party='bob', handoffs=1, askers=1, waits=0, dependence=0.5)
    """
    chain = analysis.chain
    decider, counts = _checked_owner(chain, owner), _checked_waits(chain, waits)
    asks = (decider != NOT_SAID) & (decider != chain.supplier)
    graph = _graph(chain, decider, asks)
    loops = [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1]
    said = int((decider != NOT_SAID).sum())
    return Permissions(
        owners=_owners(analysis, decider, counts, asks),
        chains=_chains(chain, graph),
        loops=tuple(_ids(chain, loop) for loop in sorted(loops, key=lambda loop: (-len(loop), loop))),
        said=said,
        unsaid=chain.handoff_count - said,
    )


def _checked_owner(chain: Chain, owner: IntArray) -> LongArray:
    if owner.shape != (chain.handoff_count,):
        raise ChainError(f"owner has the shape {owner.shape}, and there are {chain.handoff_count} hand-offs")
    wrong = np.flatnonzero((owner < NOT_SAID) | (owner >= chain.party_count))
    if len(wrong):
        raise ChainError(f"hand-off {wrong[0]} names party {owner[wrong[0]]}, and there are {chain.party_count}")
    return owner.astype(np.int64)


def _checked_waits(chain: Chain, waits: IntArray | None) -> LongArray:
    if waits is None:
        return np.zeros(chain.handoff_count, np.int64)
    if waits.shape != (chain.handoff_count,) or np.any(waits < 0):
        raise ChainError(f"waits must hold a count >= 0 for each of the {chain.handoff_count} hand-offs")
    return waits.astype(np.int64)


def _graph(chain: Chain, owner: LongArray, asks: BoolArray) -> nx.DiGraph:
    """Who asks whom, by position, in an order that does not depend on the order of the hand-offs."""
    pairs = sorted(set(zip(chain.supplier[asks].tolist(), owner[asks].tolist(), strict=True)))
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(set(itertools.chain.from_iterable(pairs))))
    graph.add_edges_from(pairs)
    return graph


# ---- whom everything waits for


def _owners(analysis: Analysis, owner: LongArray, waits: LongArray, asks: BoolArray) -> tuple[DecisionOwner, ...]:
    chain = analysis.chain
    parties = np.unique(owner[asks])
    dependence = _dependence(analysis, owner, asks)
    found = []
    for party in parties.tolist():
        decided = asks & (owner == party)
        found.append(
            DecisionOwner(
                party=chain.party_ids[party],
                handoffs=int(decided.sum()),
                askers=len(np.unique(chain.supplier[decided])),
                waits=int(waits[decided].sum()),
                dependence=dependence.get(party),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(owner: DecisionOwner) -> tuple[float, int, str]:
    return 1.0 if owner.dependence is None else -owner.dependence, -owner.handoffs, owner.party


def _dependence(analysis: Analysis, owner: LongArray, asks: BoolArray) -> dict[int, float]:
    """Dependence on the ``MOST_OWNERS`` parties past whose decisions most value flows."""
    flow = analysis.flow
    if flow is None or not flow.delivered > 0:
        return {}
    past = sum_by(owner[asks], flow.flow[asks], analysis.chain.party_count)
    parties = np.unique(owner[asks])
    most = parties[np.lexsort((parties, -past[parties]))][:MOST_OWNERS]
    return {
        party: _dependence_on(analysis.network, analysis.yields, flow, asks & (owner == party))
        for party in most.tolist()
    }


def _dependence_on(network: Network, yields: Yields, flow: ValueFlow, decided: BoolArray) -> float:
    """``1 - D' / D`` without the difference of two nearly equal numbers: what passes ``decided`` a first time.

    Inflow in the cut chain is value that has passed no such hand-off yet. What of it enters one and survives goes on
    to the end customers as ever: ``D - D' = sum over decided of x'_i p y v_j``.
    """
    passed: FloatArray = network.share * yields.value
    first = decided & network.counts & (passed > 0)
    if not first.any():
        return 0.0
    cut = _solved(network, replace(yields, value=np.where(decided, 0.0, yields.value)))
    chain = network.chain
    value = cut.inflow[chain.supplier[first]] * passed[first] * flow.reach[chain.customer[first]]
    return min(float(value.sum()) / flow.delivered, 1.0)


def _solved(network: Network, yields: Yields) -> ValueFlow:
    """Twenty dense inverses of 500 parties take 0.4 s, so they are left for loops that iteration cannot solve."""
    try:
        return find_value_flow(network, yields, dense_limit=DIRECT_LIMIT)
    except SolverError:
        return find_value_flow(network, yields)


# ---- who asks whom who asks whom


def _chains(chain: Chain, graph: nx.DiGraph) -> tuple[tuple[str, ...], ...]:
    """The longest chain from each party that nobody asks, longest first.

    A loop counts as one place on the way and is crossed by its shortest way, so that no party comes twice. Of chains
    that differ only in who asks first one is listed.
    """
    places = nx.condensation(graph)
    members: dict[int, list[int]] = {place: sorted(places.nodes[place]["members"]) for place in places}
    left: dict[int, list[int]] = {}  # the longest way from a place to one that asks nobody
    for place in reversed(list(nx.topological_sort(places))):
        after = sorted(places.successors(place), key=lambda later: (-len(left[later]), members[later]))
        left[place] = [place, *(left[after[0]] if after else [])]
    starts = sorted((place for place in places if not places.in_degree(place)), key=lambda place: members[place])
    ways = {tuple(left[start][1:]): left[start] for start in reversed(starts) if len(left[start]) >= SHORTEST_CHAIN}
    longest = sorted(ways.values(), key=lambda way: (-len(way), members[way[0]]))[:MOST_CHAINS]
    paths = [_path(graph, [members[place] for place in way]) for way in longest]
    return tuple(_ids(chain, path) for path in sorted(paths, key=lambda path: (-len(path), path)))


def _path(graph: nx.DiGraph, groups: Sequence[Sequence[int]]) -> list[int]:
    """A way from party to party through groups, each asking the next; inside a group the shortest way across it."""
    path: list[int] = []
    for group, after in itertools.pairwise(groups):
        asker, asked = min((asker, asked) for asker in group for asked in graph.successors(asker) if asked in after)
        if path:
            path += [*nx.shortest_path(graph.subgraph(group), path[-1], asker)[1:], asked]
        else:
            path = [asker, asked]
    return path


def _ids(chain: Chain, positions: Sequence[int]) -> tuple[str, ...]:
    return tuple(chain.party_ids[position] for position in positions)
