"""A finding folded from itself is the finding of the folded chain: the figures that the chain gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.bottlenecks import find_bottlenecks, find_team_bottlenecks
from chainmap.domain.findings import Basis
from chainmap.domain.folded_finding import folded_finding
from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating

PEOPLE = 9


@st.composite
def chains(draw):
    """Nine people in three teams (some in none), a supplier, two end customers; loops, dead ends, few ratings."""
    teams = draw(st.lists(st.sampled_from(["Red", "Blue", "Green", ""]), min_size=PEOPLE, max_size=PEOPLE))
    capacities = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=PEOPLE, max_size=PEOPLE))
    parties = [Party(f"p{one}", f"P {one}", team=teams[one], capacity=capacities[one]) for one in range(PEOPLE)]
    parties += [
        Party("s", "Supplier", PartyKind.EXTERNAL_SUPPLIER),
        Party("c", "C", PartyKind.END_CUSTOMER),
        Party("d", "D", PartyKind.END_CUSTOMER),
    ]
    givers = [party.id for party in parties[: PEOPLE + 1]]
    takers = [party.id for party in parties]
    pairs = st.tuples(st.sampled_from(givers), st.sampled_from(takers)).filter(lambda pair: pair[0] != pair[1])
    ends = draw(st.lists(pairs, min_size=3, max_size=25, unique=True))
    links = [HandOff(*pair, volume=draw(st.sampled_from([1.0, 2.0, 0.5]))) for pair in ends]
    rated = draw(st.lists(st.sampled_from(ends), max_size=12, unique=True))
    ratings = [Rating(*pair, draw(st.integers(0, 9))) for pair in rated]
    return Chain.from_records(parties, links, ratings)


@settings(max_examples=60, deadline=None)
@given(chains())
def test_folding_the_finding_is_finding_the_folded(chain):
    finding = find_bottlenecks(chain, organization="Acme")
    expected = find_team_bottlenecks(chain, organization="Acme")
    found = folded_finding(finding)
    assert (found.by_team, found.analysed) == (True, expected.analysed)
    for name in ("created", "delivered", "lost", "stranded", "chain_yield", "mean_yield"):
        assert getattr(found, name) == pytest.approx(getattr(finding, name))
    assert [(one.id, one.name, one.kind) for one in found.parties] == [
        (one.id, one.name, one.kind) for one in expected.parties
    ]
    told = {(one.supplier, one.customer): one for one in found.handoffs}
    for one in expected.handoffs:
        same = told.pop((one.supplier, one.customer))
        assert (same.basis, same.ratings, same.rank is None) == (one.basis, one.ratings, one.rank is None)
        for name in ("volume", "share", "yield_", "flow", "lost", "recoverable"):
            assert getattr(same, name) == pytest.approx(getattr(one, name), abs=1e-9), name
    assert not told


def test_by_hand():
    """Ann (1 of her own) gives Ben half of it; half gets through; Ben adds 1 and all of his reaches the customer."""
    chain = Chain.from_records(
        [Party("a", "Ann", team="Red"), Party("b", "Ben", team="Blue"), Party("c", "C", PartyKind.END_CUSTOMER)],
        [HandOff("a", "b", given_yield=0.5), HandOff("b", "c", given_yield=1.0)],
    )
    found = folded_finding(find_bottlenecks(chain, organization="Acme"))
    assert [(one.yield_, one.flow, one.lost, one.basis) for one in found.handoffs] == [
        (0.5, 1.0, 0.5, Basis.GIVEN), (1.0, 1.5, 0.0, Basis.GIVEN)
    ]  # fmt: skip
    assert found.delivered == 1.5
