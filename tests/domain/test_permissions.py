"""Decision rights: dependence against solving again and against simulation, chains and loops against networkx."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainmap.domain import permissions
from chainmap.domain.analysis import analyse
from chainmap.domain.permissions import MOST_CHAINS, MOST_OWNERS, NOT_SAID, Permissions, find_permissions
from chainmap.domain.records import Chain, ChainError
from chainmap.domain.yields import Yields
from tests.domain.chains import Reference, chain_of, random_chains


def decided(chain: Chain, *names: str) -> np.ndarray:
    """Who decides on each hand-off, by id; "-" = not said."""
    place = {name: position for position, name in enumerate(chain.party_ids)} | {"-": NOT_SAID}
    return np.array([place[name] for name in names], np.int32)


def asking(*edges: str) -> Permissions:
    """``asking("a>b", "b>c")``: a has to ask b, who has to ask c. Nothing is rated."""
    chain = chain_of(*(f"{edge.split('>')[0]}>X d={number}" for number, edge in enumerate(edges)),
                     extra=" ".join(edge.split(">")[1] for edge in edges))  # fmt: skip
    return find_permissions(analyse(chain), decided(chain, *(edge.split(">")[1] for edge in edges)))


def test_worked_by_hand():
    """
    a --.5--> b --.8--> C      a, b and d create 1 each: D = .5 * .8 + .8 + .25 = 1.45
              d --.25-> C      b decides on a > b and d > C and on its own b > C; C decides nothing

    Without a > b and d > C: D' = .8. Two suppliers ask b; of the 5 waits 2 are at its own hand-off.
    """
    chain = chain_of("a>b y=.5", "b>C y=.8", "d>C y=.25")
    found = find_permissions(analyse(chain), decided(chain, "b", "b", "b"), np.array([1, 2, 2]))
    (owner,) = found.owners
    assert (owner.party, owner.handoffs, owner.askers, owner.waits) == ("b", 2, 2, 3)
    assert owner.dependence == pytest.approx(1 - 0.8 / 1.45)
    assert (found.said, found.unsaid, found.chains, found.loops) == (3, 0, (), ())
    assert found.bottleneck == owner


def test_a_loop_is_passed_once():
    """
    a <-> b --> C, b hands half back; C decides on a > b. All of a's value passes it, b's own only what comes round.
    D' = what b delivers of its own at once: 1 * .5 * 1.  D = 15/16 as in the test of dependence on a party.
    """
    chain = chain_of("a>b y=.5", "b>a y=.8", "b>C y=1")
    (owner,) = find_permissions(analyse(chain), decided(chain, "C", "-", "-")).owners
    assert owner.dependence == pytest.approx(1 - 0.5 / 0.9375)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Chain, np.ndarray]:
    chain = draw(random_chains())
    party = st.integers(NOT_SAID, chain.party_count - 1)
    return chain, np.array(draw(st.lists(party, min_size=chain.handoff_count, max_size=chain.handoff_count)), np.int32)


@given(decisions())
@settings(max_examples=40, deadline=None)
def test_dependence_is_the_delivered_value_lost_without_these_handoffs(drawn):
    """By a plain dense solve, and by the analysis of a chain where these yields are given as 0."""
    chain, owner = drawn
    yields = Yields.of(chain)
    assume(yields.known)
    before = Reference(chain, yields.value).delivered
    assume(before > 1e-6)
    for found in find_permissions(analyse(chain), owner).owners:
        party = chain.party_ids.index(found.party)
        stopped = np.where((owner == party) & (chain.supplier != party), 0.0, yields.value)
        left = Reference(chain, stopped).delivered
        assert found.dependence == pytest.approx((before - left) / before, rel=1e-8, abs=1e-9)
        again = analyse(replace(chain, given_yield=stopped))
        assert again.flow.delivered == pytest.approx(left, rel=1e-9, abs=1e-12)


def test_dependence_is_what_a_simulation_counts():
    """40,000 units of work walk through the chain: the share of those that arrive and passed a decision of x."""
    chain = chain_of("a>b y=.9 w=2", "a>c y=.7", "b>c y=.8", "b>D y=.6", "c>a y=.5", "c>D y=.9 w=3", extra="x")
    owner = decided(chain, "-", "x", "x", "-", "-", "-")
    (found,) = find_permissions(analyse(chain), owner).owners
    random, reference = np.random.default_rng(7), Reference(chain, chain.given_yield)
    x = chain.party_ids.index("x")
    place = random.choice(chain.party_count, 40_000, p=chain.capacity / chain.capacity.sum())
    asked, alive = np.zeros(len(place), bool), chain.capacity[place] > 0
    end = chain.party_ids.index("D")
    for _ in range(60):
        moving = np.flatnonzero(alive & (place != end))
        before = place[moving]
        for party in np.unique(before):
            here = moving[before == party]
            links = np.flatnonzero(chain.supplier == party)
            if not len(links):
                alive[here] = False
                continue
            link = random.choice(links, len(here), p=reference.share[links])
            alive[here] = random.random(len(here)) < chain.given_yield[link]
            asked[here] |= owner[link] == x
            place[here] = chain.customer[link]
    arrived = alive & (place == end)
    assert asked[arrived].mean() == pytest.approx(found.dependence, abs=0.015)


def test_without_any_yield_only_the_counts_are_known():
    chain = chain_of("a>b", "b>C")
    found = find_permissions(analyse(chain), decided(chain, "b", "-"))
    assert [(owner.party, owner.handoffs, owner.dependence) for owner in found.owners] == [("b", 1, None)]
    assert (found.said, found.unsaid, found.bottleneck) == (1, 1, None)
    nothing = find_permissions(analyse(chain), decided(chain, "-", "-"))
    assert (nothing.owners, nothing.chains, nothing.loops, nothing.said) == ((), (), (), 0)


def test_nothing_delivered_depends_on_nobody():
    chain = chain_of("a>C y=0")
    (owner,) = find_permissions(analyse(chain), decided(chain, "C")).owners
    assert owner.dependence is None


def test_a_decision_on_work_that_reaches_no_customer_holds_up_nothing():
    chain = chain_of("a>C y=.5", "b>d y=.5")
    (owner,) = find_permissions(analyse(chain), decided(chain, "-", "d")).owners
    assert owner.dependence == 0
    assert find_permissions(analyse(chain), decided(chain, "-", "d")).bottleneck is None


def test_dependence_for_those_most_value_flows_past_and_the_rest_last():
    """25 pairs: the n-th supplier creates n and its hand-off is decided by the n-th boss, so boss 25 comes first."""
    names = [f"s{number}" for number in range(1, 26)]
    chain = chain_of(
        *(f"{name}>C y=.5" for name in names),
        extra=" ".join(f"o{number}" for number in range(1, 26)),
        capacity={name: float(name[1:]) for name in names},
    )
    found = find_permissions(analyse(chain), decided(chain, *(f"o{name[1:]}" for name in names)))
    assert [owner.party for owner in found.owners[:MOST_OWNERS]] == [f"o{number}" for number in range(25, 5, -1)]
    assert [owner.dependence for owner in found.owners[:2]] == pytest.approx([25 / 325, 24 / 325])
    assert [(owner.party, owner.dependence) for owner in found.owners[MOST_OWNERS:]] == [
        (f"o{number}", None) for number in range(1, 6)
    ]


def test_chains_of_permission():
    """
    a > b > c > d      e > c       f > g (two parties are no chain)      a2 > b differs from a only in who asks first
    """
    found = asking("a>b", "b>c", "c>d", "e>c", "f>g", "a2>b")
    assert found.chains == (("a", "b", "c", "d"), ("e", "c", "d"))
    assert found.loops == ()


def test_a_loop_on_the_way_is_crossed_once_and_listed():
    """a > b, b > c > d > b, c > e: from a to e by way of b and c; d is only in the loop."""
    found = asking("a>b", "b>c", "c>d", "d>b", "c>e")
    assert found.chains == (("a", "b", "c", "e"),)
    assert found.loops == (("b", "c", "d"),)
    assert asking("a>b", "b>a").loops == (("a", "b"),)
    assert asking("a>b", "b>a").chains == ()


def test_at_most_five_chains_the_longest_first():
    edges = [f"{letter}{step}>{letter}{step + 1}" for size, letter in enumerate("pqrstuv", 2) for step in range(size)]
    found = asking(*edges)
    assert [len(way) for way in found.chains] == [9, 8, 7, 6, 5]
    assert len(found.chains) == MOST_CHAINS


@given(decisions())
@settings(max_examples=60, deadline=None)
def test_chains_and_loops_hold_in_the_graph_of_permissions(drawn):
    chain, owner = drawn
    found = find_permissions(analyse(chain), owner)
    links = zip(chain.supplier.tolist(), owner.tolist(), strict=True)
    graph = nx.DiGraph(
        (chain.party_ids[asker], chain.party_ids[asked]) for asker, asked in links if asked not in (NOT_SAID, asker)
    )
    for way in found.chains:
        assert nx.is_simple_path(graph, way)
        assert len(way) >= 3
    assert {frozenset(loop) for loop in found.loops} == {
        frozenset(group) for group in nx.strongly_connected_components(graph) if len(group) > 1
    }
    if nx.is_directed_acyclic_graph(graph) and len(longest := nx.dag_longest_path(graph)) >= 3:
        assert len(found.chains[0]) == len(longest)
    assert {one.party: (one.handoffs, one.askers) for one in found.owners} == {
        party: (
            sum(asked == position != asker for asker, asked in zip(chain.supplier, owner, strict=True)),
            graph.in_degree(party),
        )
        for position, party in enumerate(chain.party_ids)
        if party in graph and graph.in_degree(party)
    }


@given(decisions(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_handoffs_does_not_matter(drawn, random):
    chain, owner = drawn
    order = list(range(chain.handoff_count))
    random.shuffle(order)
    shuffled = replace(
        chain,
        **{name: getattr(chain, name)[order] for name in ("supplier", "customer", "volume", "passes", "returned")},
        given_yield=chain.given_yield[order],
        deliverables=[chain.deliverables[place] for place in order],
    )
    one, other = find_permissions(analyse(chain), owner), find_permissions(analyse(shuffled), owner[order])
    assert (one.chains, one.loops, one.said) == (other.chains, other.loops, other.said)
    assert {each.party: each.handoffs for each in one.owners} == {each.party: each.handoffs for each in other.owners}


def test_a_large_chain_agrees_with_the_small_solver():
    """The iterative solver, above 500 parties, against the dense reference."""
    random = np.random.default_rng(3)
    links = [f"p{one}>p{other} y=.7" for one in range(600) for other in random.choice(600, 2, replace=False).tolist()]
    links = [link for link in dict.fromkeys(links) if link.split(">")[0] != link.split()[0].split(">")[1]]
    links += [f"p{one}>C y=.9" for one in range(0, 600, 7)]
    chain = chain_of(*links)
    owner = random.integers(-1, 3, chain.handoff_count).astype(np.int32)
    found = find_permissions(analyse(chain), owner)
    before = Reference(chain, chain.given_yield).delivered
    for each in found.owners:
        party = chain.party_ids.index(each.party)
        stopped = np.where((owner == party) & (chain.supplier != party), 0.0, chain.given_yield)
        assert each.dependence == pytest.approx(1 - Reference(chain, stopped).delivered / before, rel=1e-9)


def test_a_loop_that_iteration_cannot_solve_is_solved_directly(monkeypatch):
    """
    a <-> b hand each other all but 1e-15 of their work without loss, half of what leaves b is decided by x:
    of what is delivered half passes that decision, however often it went round.
    """
    chain = chain_of("a>b y=1", "b>a y=1 w=1e15", "b>C y=1 d=one", "b>C y=1 d=two", extra="x")
    owner = decided(chain, "-", "-", "-", "x")
    analysis = analyse(chain)
    monkeypatch.setattr(permissions, "DIRECT_LIMIT", 0)
    tried = []
    solve = permissions.find_value_flow
    monkeypatch.setattr(permissions, "find_value_flow", lambda *a, **k: tried.append(k) or solve(*a, **k))
    (found,) = find_permissions(analysis, owner).owners
    assert found.dependence == pytest.approx(0.5, rel=1e-6)
    assert tried == [{"dense_limit": 0}, {}]


@pytest.mark.parametrize(
    ("owner", "waits", "message"),
    [
        ([0], None, "shape"), ([0, 7], None, "hand-off 1 names party 7"), ([-2, 0], None, "hand-off 0 names party -2"),
        ([0, 0], [1], "waits"), ([0, 0], [1, -1], "waits"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_the_chain(owner, waits, message):
    chain = chain_of("a>b y=.5", "b>C y=.5")
    with pytest.raises(ChainError, match=message):
        find_permissions(analyse(chain), np.array(owner), None if waits is None else np.array(waits))
