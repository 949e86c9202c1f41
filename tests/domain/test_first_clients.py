"""The most important client before and after the first rating."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.analysis import analyse
from chainmap.domain.first_clients import ClientBasis, find_first_clients
from chainmap.domain.records import Chain, HandOff, Party
from chainmap.domain.solver import SolverError
from tests.domain.chains import chain_of, random_chains


def found(chain: Chain, *parties: str):
    ids = list(chain.party_ids)
    first = find_first_clients(analyse(chain), np.array([ids.index(party) for party in parties], np.int64))
    return [(ids[client] if client >= 0 else None) for client in first.client.tolist()], first


def test_the_share_decides_where_it_is_known():
    """a -3-> b -.2-> C,  a -1-> c -1-> C: through b .75 * .2 = .15, through c .25: c gets .25 / .4"""
    clients, first = found(chain_of("a>b y=1 w=3", "a>c y=1 w=1", "b>C y=.2", "c>C y=1"), "a", "C", "b")
    assert clients == ["c", None, "C"]
    assert first.share.tolist() == pytest.approx([0.625, np.nan, 1.0], nan_ok=True)
    assert first.volume.tolist() == [1, 0, 1]
    assert first.basis(0) == ClientBasis.SHARE


def test_before_the_first_rating_the_volume_decides():
    """The same without yields: b has 3 of 4."""
    clients, first = found(chain_of("a>b w=3", "a>c w=1", "b>C", "c>C"), "a", "C")
    assert clients == ["b", None]
    assert np.isnan(first.share).all()
    assert first.volume.tolist() == [3, 0]
    assert first.basis(0) == ClientBasis.UNRATED


def test_parallel_handoffs_are_one_client():
    """a hands b two things of 2 each and c one of 3: b has 4."""
    clients, first = found(chain_of("a>b w=2 d=plan", "a>b w=2 d=parts", "a>c w=3"), "a")
    assert (clients, first.volume.tolist()) == (["b"], [4])


def test_who_reaches_no_end_customer_has_a_client_by_volume():
    """a -> b is stranded beside c -> C."""
    clients, first = found(chain_of("a>b y=.5", "c>C y=.5"), "a", "c")
    assert clients == ["b", "C"]
    assert [first.basis(0), first.basis(1)] == [ClientBasis.STRANDED, ClientBasis.SHARE]


def test_equal_volumes_go_to_the_name_then_the_id():
    people = [Party("a", "A"), Party("z", "Same"), Party("y", "Same"), Party("b", "Zed")]
    chain = Chain.from_records(people, [HandOff("a", "b"), HandOff("a", "z"), HandOff("a", "y")])
    assert found(chain, "a")[0] == ["y"]


def test_a_loop_that_cannot_be_solved_leaves_the_volume(monkeypatch):
    chain = chain_of("a>b y=.5 w=1", "a>c y=.5 w=2", "b>C y=.5", "c>C y=.5")

    def refuse(*_anything):
        raise SolverError("too close to a closed loop")

    monkeypatch.setattr("chainmap.domain.analysis.find_value_flow", refuse)
    clients, first = found(chain, "a")
    assert (clients, first.basis(0)) == (["c"], ClientBasis.UNSOLVED)


def test_a_chain_without_anything():
    empty = Chain.from_records([Party("a", "A")], [])
    assert found(empty, "a")[0] == [None]
    assert found(empty)[0] == []


@settings(max_examples=25, deadline=None)
@given(random_chains())
def test_it_is_the_one_of_the_analysis_or_the_largest_sum_of_volumes(chain):
    analysis = analyse(chain)
    first = find_first_clients(analysis, np.arange(chain.party_count))
    for party, client in enumerate(first.client.tolist()):
        if analysis.clients.most_important[party] >= 0:
            assert client == analysis.clients.most_important[party]
            continue
        given_to: dict[int, float] = {}
        for handoff in np.flatnonzero(chain.supplier == party).tolist():
            customer = int(chain.customer[handoff])
            if customer != party:
                given_to[customer] = given_to.get(customer, 0.0) + float(chain.volume[handoff])
        assert (client == -1) == (not given_to)
        if given_to:
            assert given_to[client] == pytest.approx(max(given_to.values()))
            assert first.volume[party] == pytest.approx(max(given_to.values()))
