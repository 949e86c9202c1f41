"""The finding as a whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.analysis import analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.findings import Basis
from chainmap.domain.records import Chain, HandOff, Party, Rating
from tests.domain.chains import chain_of, kind_of, random_chains


def test_a_line_ranked_by_what_a_repair_brings():
    """
    a -.5-> b -.8-> C: repairing a -> b brings .5 * .8 = .4, b -> C brings 1.5 * .2 = .3
    """
    found = find_bottlenecks(chain_of("a>b y=.5", "b>C y=.8"), organization="Acme")
    first, second = found.handoffs
    assert (first.supplier, first.rank, second.supplier, second.rank) == ("a", 1, "b", 2)
    assert (first.recoverable, second.recoverable) == pytest.approx((0.4, 0.3))
    assert (first.lost_share, second.lost_share) == pytest.approx((0.625, 0.375))
    assert (found.created, found.delivered, found.lost, found.stranded) == pytest.approx((2, 1.2, 0.8, 0))
    assert found.chain_yield == pytest.approx(0.6)
    assert found.parties[0].most_important_client == "b"
    assert found.parties[1].dependence == pytest.approx(1)
    assert found.organization == "Acme"


def test_an_assumed_handoff_is_a_question_without_a_rank():
    chain = chain_of("a>b w=9", "a>C w=1", "b>C", ratings=(Rating("b", "C", 9), Rating("a", "C", 1)))
    found = find_bottlenecks(chain, organization="Acme")
    assert [(handoff.basis, handoff.rank) for handoff in found.handoffs] == [
        (Basis.RATED, 1),
        (Basis.RATED, 2),
        (Basis.ASSUMED, None),
    ]
    assert [handoff.customer for handoff in found.ask_next] == ["b"]
    assert found.ask_next[0].recoverable > 0


def test_without_ratings_only_the_structure_speaks():
    found = find_bottlenecks(chain_of("a>b", "b>C", "d>e"), organization="Acme")
    assert not found.analysed
    assert (found.delivered, found.lost, found.stranded, found.chain_yield, found.mean_yield) == (None,) * 5
    assert found.created == 4
    assert {handoff.rank for handoff in found.handoffs} == {None}
    assert found.handoffs[0].yield_ is None
    assert found.parties[0].reach is None
    assert found.structure.dead_ends == ["d", "e"]


def test_the_empty_chain():
    found = find_bottlenecks(Chain.from_records([], []), organization="Acme")
    assert (found.handoffs, found.parties, found.created) == ([], [], 0)


def test_nothing_created_has_no_chain_yield():
    found = find_bottlenecks(chain_of("a>C y=.5", capacity={"a": 0}), organization="Acme")
    assert found.chain_yield is None
    assert found.delivered == 0
    assert found.handoffs[0].lost_share is None
    assert found.parties[0].dependence is None


def test_outside_of_every_way_the_inflow_is_not_known_and_nothing_gets_through():
    party = find_bottlenecks(chain_of("a>C y=.5", extra="b"), organization="Acme").parties[2]
    assert (party.id, party.inflow, party.reach, party.dependence) == ("b", None, 0, 0)


def test_the_callers_keys_travel_along():
    plain = chain_of("a>b y=.5", "b>C y=.9")
    columns = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    columns |= {"handoff_keys": np.array([70, 71]), "party_keys": np.array([5, 6, 7])}
    found = find_bottlenecks(Chain(**columns), organization="Acme")
    assert {handoff.supplier: handoff.key for handoff in found.handoffs} == {"a": 70, "b": 71}
    assert [party.key for party in found.parties] == [5, 6, 7]


def test_ties_are_broken_by_loss_then_volume_then_ids():
    """Three equal ways: x, y and z lose the same; the larger volume of z's supplier-wide unit comes first."""
    chain = chain_of("y>C y=.5", "x>C y=.5 d=b", "x>C y=.5 d=a", "z>C y=.5 w=4")
    found = find_bottlenecks(chain, organization="Acme")
    assert [(h.supplier, h.deliverable) for h in found.handoffs] == [("z", ""), ("y", ""), ("x", "a"), ("x", "b")]


@given(random_chains(ratings=True), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_ranking_does_not_depend_on_the_order_of_the_input(chain, random):
    parties = [
        Party(party, party, kind_of(party), "", float(capacity))
        for party, capacity in zip(chain.party_ids, chain.capacity, strict=True)
    ]
    ids = chain.party_ids
    handoffs = [
        HandOff(ids[i], ids[j], deliverable, float(volume))
        for i, j, deliverable, volume in zip(
            chain.supplier, chain.customer, chain.deliverables, chain.volume, strict=True
        )
    ]
    ratings = [
        Rating(handoffs[h].supplier, handoffs[h].customer, float(score), handoffs[h].deliverable)
        for h, score in zip(chain.rating_handoff, chain.rating_score, strict=True)
    ]
    before = find_bottlenecks(chain, organization="Acme")
    for records in (parties, handoffs, ratings):
        random.shuffle(records)
    after = find_bottlenecks(Chain.from_records(parties, handoffs, ratings), organization="Acme")

    def order(found):
        return [(h.rank, h.supplier, h.customer, h.deliverable) for h in found.handoffs]

    assert order(after) == order(before)
    assert after.structure.single_points == before.structure.single_points or before.analysed
    clients = {party.id: party.most_important_client for party in before.parties}
    assert {party.id: party.most_important_client for party in after.parties} == clients


@given(random_chains(ratings=True))
@settings(max_examples=25, deadline=None)
def test_figures_are_finite_and_within_their_range(chain):
    found = find_bottlenecks(chain, organization="Acme")
    ranks = [handoff.rank for handoff in found.handoffs if handoff.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))
    for handoff in found.handoffs:
        figures = (handoff.flow, handoff.lost, handoff.recoverable, handoff.recoverable_error)
        assert all(figure is None or (math.isfinite(figure) and figure >= 0) for figure in figures)
    for party in found.parties:
        for share in (party.reach, party.dependence):
            assert share is None or -1e-12 <= share <= 1 + 1e-9


def test_an_analysis_is_solved_once_and_gives_the_same():
    chain = chain_of("a>b y=.5", "b>C y=.8")
    solved = analyse(chain)
    assert solved.flow is solved.flow
    assert find_bottlenecks(chain, organization="Acme", analysis=solved) == find_bottlenecks(chain, organization="Acme")
