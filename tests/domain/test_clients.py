"""The most important client, key suppliers and the main chain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.analysis import analyse
from chainmap.domain.bottlenecks import find_party_chain
from chainmap.domain.records import Chain, HandOff, Party, PartyKind
from tests.domain.chains import chain_of, random_chains


def view(chain: Chain, party: str):
    return find_party_chain(chain, list(chain.party_ids).index(party))


def test_the_larger_volume_is_not_always_the_more_important_client():
    """
    a -3-> b -.2-> C,  a -1-> c -1-> C, all else 1: through b .75 * .2 = .15, through c .25: c gets .25 / .4
    """
    chain = chain_of("a>b y=1 w=3", "a>c y=1 w=1", "b>C y=.2", "c>C y=1")
    found = view(chain, "a")
    assert [(client.party, client.volume) for client in found.customers] == [("c", 1), ("b", 3)]
    assert [client.share for client in found.customers] == pytest.approx([0.625, 0.375])
    assert found.most_important_client.party == "c"
    assert analyse(chain).clients.most_important.tolist() == [2, 3, 3, -1]


def test_key_suppliers_share_what_arrives():
    """x = 1 each: a hands .5 on, b 1 * .25: 2/3 and 1/3 of what c gets from others."""
    found = view(chain_of("a>c y=.5", "b>c y=.25", "c>C y=1"), "c")
    assert [supplier.party for supplier in found.suppliers] == ["a", "b"]
    assert [supplier.share for supplier in found.suppliers] == pytest.approx([2 / 3, 1 / 3])


def test_ties_go_to_the_larger_volume_then_the_name_then_the_id():
    even = chain_of("a>c y=.5", "a>b y=.5", "b>C y=1", "c>C y=1")
    assert [client.party for client in view(even, "a").customers] == ["b", "c"]
    by_volume = chain_of("a>b y=.4 w=1", "a>c y=.2 w=2", "b>C y=1", "c>C y=1")
    assert view(by_volume, "a").most_important_client.party == "c"
    assert analyse(by_volume).clients.most_important[0] == list(by_volume.party_ids).index("c")
    namesakes = Chain.from_records(
        [Party("a", "A"), Party("z", "Same", PartyKind.END_CUSTOMER), Party("y", "Same", PartyKind.END_CUSTOMER)],
        [HandOff("a", "z", given_yield=0.5), HandOff("a", "y", given_yield=0.5)],
    )
    assert view(namesakes, "a").most_important_client.party == "y"
    assert analyse(namesakes).clients.most_important[0] == 2


def test_parallel_handoffs_are_one_client_with_a_volume_weighted_yield():
    """a hands b a plan (3 at .9) and parts (1 at .5): yield .8, then b -> C at .5 leaves .4"""
    found = view(chain_of("a>b w=3 y=.9 d=plan", "a>b w=1 y=.5 d=parts", "b>C y=.5"), "a")
    assert [(client.party, client.share, client.volume) for client in found.customers] == [("b", 1.0, 4.0)]
    assert [step.yield_ for step in found.main_chain] == pytest.approx([0.8, 0.5])
    assert [step.left for step in found.main_chain] == pytest.approx([0.8, 0.4])


def test_the_main_chain_leaves_a_loop_that_the_largest_shares_would_never_leave():
    """
    a <=9=> b, each 1 to its own customer: the largest share of a is b, of b is a. From b on, only C is left.
    """
    found = view(chain_of("a>b w=9 y=1", "b>a w=9 y=1", "a>D y=1", "b>C y=1"), "a")
    assert [(step.supplier, step.customer) for step in found.main_chain] == [("a", "b"), ("b", "C")]


def test_the_main_chain_does_not_enter_a_corner_without_another_way_out():
    """
    a <-> b is the strongest tie, but b serves nobody else: from a the chain must go to C directly.
    """
    found = view(chain_of("a>b w=9 y=1", "b>a y=1", "a>C y=1"), "a")
    assert [(step.supplier, step.customer) for step in found.main_chain] == [("a", "C")]


@given(random_chains())
@settings(max_examples=35, deadline=None)
def test_shares_sum_to_1_and_the_main_chain_ends_at_an_end_customer_without_repeats(chain):
    solved = analyse(chain)
    for party in range(chain.party_count):
        found = find_party_chain(chain, party, analysis=solved)
        shares = [client.share for client in found.customers if client.share is not None]
        assert not shares or sum(shares) == pytest.approx(1)
        assert shares == sorted(shares, key=lambda share: -round(share, 12))
        best = solved.clients.most_important[party]
        assert (found.most_important_client is None) == (best < 0)
        if best >= 0:
            assert found.customers[0].party == chain.party_ids[best]
            walked = [step.supplier for step in found.main_chain] + [found.main_chain[-1].customer]
            assert walked[0] == chain.party_ids[party]
            assert len(set(walked)) == len(walked)
            assert walked[-1].startswith("E")


def test_work_a_team_hands_to_itself_is_no_client():
    found = view(chain_of("t>t y=1 w=9", "t>C y=.5 w=1"), "t")
    assert [(client.party, client.share) for client in found.customers] == [("C", 1.0)]


def test_without_ratings_the_volumes_still_order_the_clients():
    found = view(chain_of("a>b w=1", "a>c w=2", "b>C", "c>C"), "a")
    assert [(client.party, client.share) for client in found.customers] == [("c", None), ("b", None)]
    assert found.most_important_client is None
    assert found.main_chain == []
    assert found.best_path == []


def test_the_best_path_prefers_the_higher_product_and_the_better_of_parallel_handoffs():
    chain = chain_of("a>b y=1 d=x", "a>b y=.1 d=y", "b>C y=1", "a>C y=.99", "e>C y=0")
    assert view(chain, "a").best_path == ["a", "b", "C"]
    assert view(chain, "a").best_path_yield == 1.0
    assert view(chain, "e").best_path_yield is None
    assert view(chain, "C").best_path == []


def test_a_party_that_is_not_there_is_an_error():
    with pytest.raises(IndexError, match="at position 2"):
        find_party_chain(chain_of("a>C y=1"), 2)
    assert np.all(analyse(Chain.from_records([], [])).clients.most_important == [])
