"""The chain of teams of a release: released yields only, volumes from the structure."""

import math

import pytest

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.cells import Table
from chainmap.domain.findings import Basis
from chainmap.domain.records import ChainError, PartyKind
from chainmap.domain.release import CellState, ProtectedRating, Release, ReleasedCell, close_round
from chainmap.domain.release_chain import TeamHandOffs, TeamParty, team_chain

PARTIES = [
    TeamParty(1, "Design", capacity=8),
    TeamParty(2, "Build", capacity=8),
    TeamParty("shop", "Shop", PartyKind.END_CUSTOMER),
]


def link(supplier, customer, mean):
    state = CellState.NOT_SHOWN if mean is None else CellState.SHOWN
    return ReleasedCell(Table.LINK, (supplier, customer), state, mean)


def test_a_chain_worked_by_hand():
    """Design -0.5-> Build -0.8-> Shop: of Design's 8 half reach Build; of the 12 there 0.8 are delivered: 9.6 of 16."""
    release = Release.of(5, [link(1, 2, 5.0), link(2, "shop", 8.0)])
    chain = team_chain(release, PARTIES, [TeamHandOffs(1, 2, 9), TeamHandOffs(2, "shop", 4)])
    found = find_bottlenecks(chain, organization="Acme", by_team=True)
    assert found.delivered == pytest.approx(9.6)
    assert found.created == pytest.approx(16)
    assert [(item.supplier, item.customer, item.basis) for item in found.ranked] == [
        ("1", "2", Basis.GIVEN),
        ("2", "shop", Basis.GIVEN),
    ]


def test_a_hidden_link_is_assumed_at_the_mean_of_the_released_ones_and_not_ranked():
    release = Release.of(5, [link(1, 2, 6.0), link(2, "shop", None)])
    chain = team_chain(release, PARTIES, [TeamHandOffs(1, 2), TeamHandOffs(2, "shop")])
    found = find_bottlenecks(chain, organization="Acme", by_team=True)
    assert [item.basis for item in found.ask_next] == [Basis.ASSUMED]
    assert found.ask_next[0].yield_ == pytest.approx(0.6)


def test_without_a_released_link_there_is_no_value_analysis():
    ratings = [ProtectedRating(rater, 2, 10, 1, 9) for rater in range(20, 25)]
    chain = team_chain(close_round(ratings).release, PARTIES, [TeamHandOffs(1, 2, 5), TeamHandOffs(2, "shop")])
    assert all(math.isnan(value) for value in chain.given_yield.tolist())
    assert not find_bottlenecks(chain, organization="Acme", by_team=True).analysed


def test_counts_add_up_and_work_inside_a_team_stays():
    release = Release.of(5, [link(1, 1, 9.0)])
    chain = team_chain(release, PARTIES, [TeamHandOffs(1, 1, 2), TeamHandOffs(1, 1, 3), TeamHandOffs(1, "shop")])
    assert chain.volume.tolist() == [5, 1]
    assert chain.given_yield[0] == 0.9
    assert chain.party_teams == ("Design", "Build", "")


def test_other_tables_give_no_yields():
    cell = ReleasedCell(Table.SUPPLIER_TEAM, (1,), CellState.SHOWN, 4.0)
    chain = team_chain(Release.of(5, [cell]), PARTIES, [TeamHandOffs(1, 2)])
    assert math.isnan(chain.given_yield[0])


@pytest.mark.parametrize(
    ("parties", "handoffs", "message"),
    [
        (PARTIES, [TeamHandOffs(1, 2, 0)], "0 hand-offs"),
        (PARTIES, [TeamHandOffs(1, 3)], "unknown party"),
        ([TeamParty(1, "One"), TeamParty("1", "Also one")], [], "same id"),
        (PARTIES, [TeamHandOffs("shop", 1)], "nothing leaves"),
    ],
)
def test_what_makes_no_chain_is_refused(parties, handoffs, message):
    with pytest.raises(ChainError, match=message):
        team_chain(Release.of(5, []), parties, handoffs)
