"""A chain as arrays and as a networkx graph."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.arrays import stable_order
from chainmap.domain.network import GRAPH_ATTRIBUTES, Network, to_networkx
from chainmap.domain.records import Chain
from tests.domain.chains import chain_of, random_chains


def test_shares_are_parts_of_the_suppliers_volume():
    network = Network.of(chain_of("a>b w=1", "a>C w=3", "b>C w=7"))
    assert network.share.tolist() == [0.25, 0.75, 1.0]


def test_volumes_at_the_limits_of_a_float_still_make_shares():
    network = Network.of(chain_of("a>b w=1e308", "a>C w=1e308", "b>C w=1e-308"))
    assert network.share.tolist() == [0.5, 0.5, 1.0]


def test_reach_holds_who_can_reach_an_end_customer():
    r"""
    a -> b -> C      d -> e (a dead end)    f alone
         b -> d
    """
    network = Network.of(chain_of("a>b", "b>C", "b>d", "d>e", extra="f"))
    inside = [network.chain.party_ids[k] for k in np.flatnonzero(network.in_reach)]
    assert inside == ["a", "b", "C"]
    assert network.counts.tolist() == [True, True, False, False]
    assert network.flows.tolist() == [True, True, True, False]


def test_parallel_handoffs_add_up_in_the_matrix():
    network = Network.of(chain_of("a>b d=plan w=1", "a>b d=part w=2", "a>C w=1", "b>C"))
    matrix = network.matrix(network.share, network.counts).toarray()
    assert matrix[0].tolist() == [0, 0.75, 0.25]


def test_the_empty_chain():
    network = Network.of(Chain.from_records([], []))
    assert network.in_reach.tolist() == []
    assert network.matrix(network.share, network.counts).shape == (0, 0)


@given(random_chains())
@settings(max_examples=25, deadline=None)
def test_reach_and_blocks_agree_with_networkx(chain):
    network, graph = Network.of(chain), to_networkx(chain)
    ends = np.flatnonzero(chain.is_end_customer).tolist()
    expected = set(ends).union(*(nx.ancestors(graph, end) for end in ends))
    assert set(np.flatnonzero(network.in_reach).tolist()) == expected
    blocks = {frozenset(np.flatnonzero(network.block == label).tolist()) for label in set(network.block.tolist())}
    assert blocks == {frozenset(block) for block in nx.strongly_connected_components(graph)}


def test_stable_order_sorts_positions_beyond_16_bits():
    positions = np.random.default_rng(1).integers(0, 300_000, 5_000).astype(np.int32)
    assert np.array_equal(stable_order(positions), np.argsort(positions, kind="stable"))


def test_every_attribute_of_the_graph_is_documented_and_carried():
    graph = to_networkx(chain_of("a>b d=plan w=2", "a>b d=part w=6", teams={"a": "red"}))
    documented = {place: {name for where, name, _ in GRAPH_ATTRIBUTES if where == place} for place in ("node", "edge")}
    assert set(graph.nodes[0]) == documented["node"]
    assert set(graph.edges[0, 1, 0]) == documented["edge"]
    assert graph.nodes[0]["team"] == "red"
    assert [share for _, _, share in graph.edges(data="share")] == [pytest.approx(0.25), pytest.approx(0.75)]
