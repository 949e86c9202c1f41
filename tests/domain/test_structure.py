"""Dead ends, loops and single points, with networkx as the judge."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.analysis import analyse
from chainmap.domain.dominators import immediate_post_dominators
from chainmap.domain.findings import Structure
from chainmap.domain.network import Network, to_networkx
from chainmap.domain.records import Chain
from chainmap.domain.structure import find_structure
from tests.benchmarks.graphs import company
from tests.domain.chains import chain_of, random_chains


def structure(chain: Chain) -> Structure:
    solved = analyse(chain)
    return find_structure(solved.network, solved.flow, solved.gains)


def test_dead_ends_and_unserved_customers():
    found = structure(chain_of("a>C", "a>d", "d>e", extra="f D"))
    assert found.dead_ends == ["d", "e", "f"]
    assert found.customers_without_supplier == ["D"]


def test_a_loop_with_the_value_that_passes_again():
    """a <-> b of test_gains: 1.75 * .2 + 1.875 * .2; the loop d <-> e leads nowhere: not known."""
    found = structure(chain_of("a>b y=.5", "b>a y=.8", "b>C y=1", "d>e y=.5", "e>d y=.5"))
    assert [list(cycle.parties) for cycle in found.cycles] == [["a", "b"], ["d", "e"]]
    assert found.cycles[0].repeated == pytest.approx(0.725)
    assert found.cycles[1].repeated is None


def test_single_points_block_everybody_behind_them():
    r"""
    a -> b -> d -> C       g -> C and g -> D on its own two ways
    e ------> d
    """
    found = structure(chain_of("a>b y=1", "b>d y=1", "e>d y=1", "d>C y=1", "g>C y=1", "g>D y=1"))
    assert [(point.party, list(point.blocks)) for point in found.single_points] == [
        ("d", ["a", "b", "e"]),
        ("b", ["a"]),
    ]
    assert found.single_points[0].dependence == pytest.approx(4 / 5)


def test_an_end_customer_is_no_single_point():
    assert structure(chain_of("a>C", "b>C")).single_points == []


def test_parallel_handoffs_and_work_inside_a_team_are_not_a_second_way():
    found = structure(chain_of("a>b d=x", "a>b d=y", "a>a", "b>C", "b>D"))
    assert [(point.party, list(point.blocks)) for point in found.single_points] == [("b", ["a"])]


def expected_dominators(chain: Chain) -> dict[int, int]:
    sink, ends = chain.party_count, set(np.flatnonzero(chain.is_end_customer).tolist())
    links = [(i, sink if j in ends else j) for i, j in to_networkx(chain).edges()]
    graph = nx.DiGraph(links)
    graph.add_node(sink)
    found = dict(nx.immediate_dominators(graph.reverse(), sink))
    found.pop(sink, None)
    return found


@given(random_chains())
@settings(max_examples=35, deadline=None)
def test_dominators_agree_with_networkx(chain):
    assert immediate_post_dominators(Network.of(chain)) == expected_dominators(chain)


@pytest.mark.parametrize("kind", ["team", "rework"])
def test_dominators_of_a_company_agree_with_networkx(kind):
    chain = company(600, kind)
    assert immediate_post_dominators(Network.of(chain)) == expected_dominators(chain)


def test_the_empty_chain_has_no_structure():
    assert structure(Chain.from_records([], [])) == Structure(
        dead_ends=[], customers_without_supplier=[], cycles=[], single_points=[]
    )
