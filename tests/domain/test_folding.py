"""From people to teams without losing a unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from chainmap.domain.analysis import analyse
from chainmap.domain.bottlenecks import find_team_bottlenecks
from chainmap.domain.findings import Basis
from chainmap.domain.folding import NO_KEY, Folding, fold_to_teams
from chainmap.domain.records import Chain, Rating
from tests.benchmarks.graphs import company
from tests.domain.chains import chain_of, random_chains


def folded(chain: Chain) -> Folding:
    solved = analyse(chain)
    return fold_to_teams(solved.network, solved.yields, solved.flow)


def assert_same_totals(chain: Chain) -> None:
    people, teams = analyse(chain).flow, analyse(folded(chain).chain).flow
    if teams is None:  # nobody hands over anything: no yield is left to give
        assert chain.handoff_count == 0
        return
    for total in ("created", "delivered", "total_lost", "stranded"):
        expected = getattr(people, total)
        assert getattr(teams, total) == pytest.approx(expected, rel=1e-9, abs=1e-9 * max(people.created, 1e-300)), total


def test_two_teams_worked_by_hand():
    """
    red: a -.5-> b; b -.8-> c (blue); c -1-> C.  Flows 1, 1.5, 2.2; red hands 1 of 2.5 to itself.
    """
    found = folded(chain_of("a>b y=.5", "b>c y=.8", "c>C y=1", teams={"a": "red", "b": "red", "c": "blue"}))
    chain = found.chain
    assert chain.party_ids == ("team:red", "team:blue", "C")
    assert chain.party_keys.tolist() == [NO_KEY, NO_KEY, 3]
    links = zip(chain.supplier, chain.customer, chain.volume, chain.given_yield, strict=True)
    assert [tuple(map(float, link)) for link in links] == [
        pytest.approx((0, 0, 1, 0.5)),
        pytest.approx((0, 1, 1.5, 0.8)),
        pytest.approx((1, 2, 2.2, 1)),
    ]
    assert found.party_of.tolist() == [0, 0, 1, 2]
    assert found.handoff_of.tolist() == [0, 1, 2]
    assert chain.capacity.tolist() == [2, 1, 0]


@given(random_chains(teams=True))
@settings(max_examples=55, deadline=None)
def test_totals_of_teams_are_those_of_the_people(chain):
    assume(analyse(chain).flow is not None)
    assert_same_totals(chain)


def test_totals_of_a_company_agree():
    assert_same_totals(company(1200))


def test_members_without_a_way_to_a_customer_stay_stranded():
    """red: a -> C and d, who hands to nobody; blue's e likewise, outside of any way."""
    chain = chain_of("a>C y=1", "a>d y=.5", "e>d y=.5", teams={"a": "red", "d": "red", "e": "blue"})
    found = folded(chain).chain
    assert found.party_ids == ("team:red", "C", "stranded:red", "stranded:blue")
    assert found.party_names[2] == "red (no way to an end customer)"
    assert_same_totals(chain)


def test_a_way_that_carries_nothing_still_keeps_its_team_in_reach():
    """a's only way is a hand-off of yield 0 to b, who creates nothing: all is lost, nothing stranded."""
    chain = chain_of("a>b y=0", "b>C y=1", teams={"a": "red", "b": "blue"}, capacity={"b": 0})
    assert_same_totals(chain)
    assert analyse(folded(chain).chain).flow.stranded == 0


def test_a_busy_team_keeps_the_way_out_that_only_an_idle_member_has():
    chain = chain_of("a>b y=0", "c>b y=.5", "b>C y=1", teams={"a": "red", "b": "red", "c": "red"}, capacity={"b": 0})
    assert_same_totals(chain)


def test_a_flow_too_small_to_square_still_folds():
    chain = chain_of("a>b y=0", "c>b y=1e-222", "b>C y=.5", teams={"b": "red"}, capacity={"b": 0})
    assert_same_totals(chain)
    assert np.isfinite(folded(chain).yields.variance).all()


def test_ids_are_never_those_of_somebody_else():
    chain = Chain.from_records(*_with_customer_called("team:red"))
    assert sorted(folded(chain).chain.party_ids) == ["team::red", "team:red"]


def _with_customer_called(name: str):
    from chainmap.domain.records import HandOff, Party, PartyKind

    parties = [Party("a", "A", team="red"), Party(name, "Customer", PartyKind.END_CUSTOMER)]
    return parties, [HandOff("a", name, given_yield=0.5)]


def test_external_suppliers_and_people_without_a_team():
    found = folded(chain_of("ext1>a y=1", "ext2>a y=1", "a>b y=1", "b>C y=1", teams={"ext1": "red"})).chain
    assert found.party_ids == ("ext1", "team:", "ext2", "C")
    assert found.party_names[1] == "(no team)"


def test_what_was_known_of_the_people_is_known_of_the_teams():
    chain = chain_of(
        "a>b n=4 r=1",
        "a>c n=6 r=2",
        "c>C",
        "b>C",
        teams={"a": "red", "b": "blue", "c": "blue"},
        ratings=(Rating("a", "b", 5),),
    )
    found = find_team_bottlenecks(chain, organization="Acme")
    between, last = found.handoffs
    assert (between.basis, between.ratings, between.passes, between.returned) == (Basis.GIVEN, 1, 10, 3)
    assert (last.basis, last.rank) == (Basis.ASSUMED, None)
    assert found.by_team
    assert found.mean_yield == 0.5


def test_without_ratings_the_shape_is_folded_and_nothing_is_analysed():
    found = find_team_bottlenecks(chain_of("a>b", "b>C", teams={"a": "red", "b": "blue"}), organization="Acme")
    assert not found.analysed
    assert [(party.id, party.inflow) for party in found.parties] == [
        ("team:red", None),
        ("team:blue", None),
        ("C", None),
    ]
    assert [point.party for point in found.structure.single_points] == ["team:blue"]


def test_the_empty_chain():
    assert folded(Chain.from_records([], [])).chain.party_count == 0
    assert np.all(folded(chain_of(extra="a b")).party_of == [0, 0])
