"""The part of a chain a workshop looks at, with what the room draws and rates. Drawn in each test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.records import PartyKind, Rating
from chainmap.domain.workshop_chain import (
    LARGEST_DRAWN,
    DrawnHandOff,
    DrawnSide,
    LiveRating,
    drawn_key,
    with_drawn,
    with_ratings,
    workshop_part,
)
from tests.domain.chains import chain_of, random_chains


def key(chain, name):
    return int(chain.party_keys[list(chain.party_ids).index(name)])


def drawn(supplier, customer, what="plan", volume=1.0):
    sides = (DrawnSide(side) if isinstance(side, int) else DrawnSide(None, side) for side in (supplier, customer))
    return DrawnHandOff(*sides, what, volume)


def test_the_part_holds_neighbours_and_a_way_to_the_end_customer():
    r"""z > a > b > c > d > C, and b > e > f > g > C beside it: the shorter way out of each neighbour is kept."""
    chain = chain_of("y>z", "z>a", "a>b", "b>c", "c>d", "d>Cust", "b>e", "e>f", "f>g", "g>Cust", "q>f")
    part = workshop_part(chain, [key(chain, "b")])
    assert sorted(part.party_ids) == sorted(["a", "b", "c", "e", "d", "Cust", "f", "g"])
    part = workshop_part(chain, [key(chain, "a")])
    assert sorted(part.party_ids) == sorted(["z", "a", "b", "c", "d", "Cust"])
    assert part.party_keys.tolist() == [key(chain, name) for name in part.party_ids]


def test_without_anybody_it_is_the_whole_chain():
    chain = chain_of("a>b", "b>C")
    assert workshop_part(chain, []) is chain
    assert workshop_part(chain, [99]) is chain


@settings(max_examples=60, deadline=None)
@given(random_chains(ratings=True))
def test_a_part_is_a_chain_of_its_own_with_the_same_facts(chain):
    part = workshop_part(chain, [int(chain.party_keys[0])])
    facts = set(zip(chain.handoff_keys.tolist(), chain.volume.tolist(), chain.deliverables, strict=True))
    assert set(zip(part.handoff_keys.tolist(), part.volume.tolist(), part.deliverables, strict=True)) <= facts
    ends = {(chain.party_ids[s], chain.party_ids[c]) for s, c in zip(chain.supplier, chain.customer, strict=True)}
    assert {(part.party_ids[s], part.party_ids[c]) for s, c in zip(part.supplier, part.customer, strict=True)} <= ends
    find_bottlenecks(part, organization="")


def test_what_is_drawn_is_new_once_and_what_is_known_is_known():
    chain = chain_of("a>b d=plan", "b>Cust d=cake")
    a, b = key(chain, "a"), key(chain, "b")
    more, keys = with_drawn(
        chain,
        [
            drawn(a, b, " PLAN"),
            drawn(a, b, "flour", 3.0),
            drawn(a, b, "Flour"),
            drawn("The bakery", a, "bread"),
            drawn("the  BAKERY", b, "bread"),
        ],
    )
    flour, to_a, to_b = keys[1], keys[3], keys[4]
    assert keys == (0, flour, flour, to_a, to_b)
    assert len({flour, to_a, to_b}) == 3
    assert all(-LARGEST_DRAWN <= one < 0 for one in keys[1:])
    assert more.handoff_keys.tolist() == [0, 1, flour, to_a, to_b]
    assert more.party_names[-1] == "The bakery"
    assert more.party_keys.tolist()[-1] == -1
    assert more.party_kinds[-1] == PartyKind.EMPLOYEE
    assert more.volume.tolist() == [1, 1, 2, 1, 1]
    assert more.supplier[-1] == more.supplier[-2] == chain.party_count
    find_bottlenecks(more, organization="")


def test_a_drawn_volume_is_in_the_unit_of_the_supplier():
    """a gives 60 and 20 (hours, say). The room draws the 60 as 6 and 2 of something new: 2 / 6 of 60. b drew nothing
    that is known: 5 and 1, of which the mean, 3, is as much as the mean 40 of what b gives. The bakery has no unit."""
    chain = chain_of("a>b w=60 d=plan", "a>Cust w=20 d=cake", "b>Cust w=40 d=toast")
    a, b = key(chain, "a"), key(chain, "b")
    new = [drawn(a, b, "plan", 6.0), drawn(a, b, "flour", 3.0), drawn(a, b, "Flour", 1.0)]
    new += [drawn(b, a, "news", 5.0), drawn(b, "Post", "letters", 1.0), drawn("The bakery", a, "bread", 7.0)]
    more, keys = with_drawn(chain, new)
    volume = dict(zip(more.handoff_keys.tolist(), more.volume.tolist(), strict=True))
    found = [volume[one] for one in keys]
    assert found == pytest.approx([60, 20, 20, 40 * 5 / 3, 40 / 3, 7])


def test_a_part_holds_everything_that_was_drawn_and_its_way_out():
    chain = chain_of("a>b", "b>Cust", "x>y", "y>Cust")
    more, _keys = with_drawn(chain, [drawn(key(chain, "x"), "somebody new")])
    part = workshop_part(more, [key(chain, "a")])
    assert set(part.party_names) == {"A", "B", "Cust", "X", "Y", "somebody new"}


def test_a_name_that_one_party_has_is_that_party():
    chain = chain_of("a>b d=plan", "b>Cust d=cake")
    more, keys = with_drawn(chain, [drawn("A", "cust", "toast")])
    assert (more.party_count, keys) == (chain.party_count, (drawn_key(0, 2, "toast"),))


def test_what_cannot_be_handed_over_adds_nothing():
    chain = chain_of("a>b", "b>Cust")
    wrong = [drawn(key(chain, "Cust"), "somebody"), drawn("Cust", "somebody"), drawn(1, 1), drawn(99, "somebody")]
    wrong += [drawn("a", key(chain, "a")), drawn("x", "X")]
    more, keys = with_drawn(chain, wrong)
    assert (more, keys) == (chain, (0,) * 6)


def test_a_live_score_counts_instead_of_the_same_raters_former_one():
    """a > b > Cust: b said 4 about a, now says 8; the mean of the organization stays (4 + 6) / 2 -> (8 + 6) / 2."""
    chain = chain_of("a>b", "b>Cust", ratings=(Rating("a", "b", 4), Rating("b", "Cust", 6)))
    rated = with_ratings(chain, [LiveRating(0, key(chain, "b"), 8), LiveRating(7, 1, 0), LiveRating(0, 99, 0)], 739_000)
    found = {handoff.key: handoff for handoff in find_bottlenecks(rated, organization="").handoffs}
    assert found[0].ratings == 1
    assert found[0].yield_ == pytest.approx((2 * 0.7 + 0.8) / 3)
    assert found[1].yield_ == pytest.approx((2 * 0.7 + 0.6) / 3)
    assert chain.rating_score.tolist() == [4, 6]
    assert with_ratings(chain, [], 1) is chain


def test_the_columns_of_an_extended_chain_cannot_be_written():
    chain = chain_of("a>b", "b>Cust")
    more, _keys = with_drawn(chain, [drawn("z", 0)])
    with pytest.raises(ValueError, match="read-only"):
        more.volume[0] = 2
    assert np.all(more.rating_handoff == chain.rating_handoff)
