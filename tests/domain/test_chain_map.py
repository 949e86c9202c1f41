"""The chain map of a finding: nothing left out, nothing added, nothing moved by a rating."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings

from chainmap.domain.bottlenecks import find_bottlenecks, find_team_bottlenecks
from chainmap.domain.chain_map import ChainMap, MapLink, chain_map
from chainmap.domain.map_room import ROW, SIDE
from chainmap.domain.records import Chain, HandOff, Party, Rating
from chainmap.domain.solver import SolverError
from tests.benchmarks.graphs import company
from tests.domain.chains import chain_of, random_chains


def map_of(chain: Chain, **kept: object) -> ChainMap:
    return chain_map(find_bottlenecks(chain, organization="Acme"), **kept)  # type: ignore[arg-type]


def link(found: ChainMap, supplier: str, customer: str) -> MapLink:
    number = {party.name.lower(): party.id for party in found.parties}
    return next(one for one in found.links if (one.supplier, one.customer) == (number[supplier], number[customer]))


@given(random_chains(ratings=True, teams=True))
@settings(max_examples=25, deadline=None)
def test_links_hold_all_the_finding_says(chain: Chain) -> None:
    try:
        finding = find_bottlenecks(chain, organization="Acme")
    except SolverError:
        return
    found = chain_map(finding)
    assert sorted(one.id for one in found.links) == sorted(handoff.key for handoff in finding.handoffs)
    assert len(found.parties) == len(finding.parties)
    if finding.analysed:
        assert math.isclose(sum(one.lost or 0 for one in found.links), finding.lost or 0, abs_tol=1e-9)
        by_key = {handoff.key: handoff for handoff in finding.handoffs}
        assert all(one.gain == by_key[one.id].recoverable for one in found.links)
    numbers = {party.id for party in found.parties}
    assert all({one.supplier, one.customer} <= numbers for one in found.links)
    assert found == chain_map(finding)


@given(random_chains(ratings=True, teams=True))
@settings(max_examples=20, deadline=None)
def test_no_two_links_between_two_parties_share_a_curve(chain: Chain) -> None:
    found = map_of(replace(chain, given_yield=chain.given_yield * 0 + 0.5))
    curves = defaultdict(list)
    for one in found.links:
        way = 1 if one.supplier < one.customer else -1
        curves[min(one.supplier, one.customer), max(one.supplier, one.customer)].append(way * one.bend)
    assert all(len(bends) == len(set(bends)) for bends in curves.values())


def test_one_link_alone_is_straight_and_two_opposite_ones_are_not() -> None:
    found = map_of(chain_of("a>b y=.5", "b>a y=.5 w=.1", "b>C y=.5"))
    assert link(found, "b", "c").bend == 0
    assert (link(found, "a", "b").bend, link(found, "b", "a").bend) == (-0.5, -0.5)  # each on the left of its own way


def test_a_link_inside_a_column_passes_beside_those_between() -> None:
    found = map_of(chain_of("a>C y=.5", "b>C y=.5", "a>b w=.001 y=.5", "b>a w=.001 y=.5"))
    a, b = found.parties[0], found.parties[2]
    assert a.x == b.x
    assert {link(found, "a", "b").bend, link(found, "b", "a").bend} == {1.0, -2.0}


def test_ratings_move_nobody() -> None:
    links = ("a>b", "b>C", "d>C", "a>d")
    good = chain_of(*links, ratings=(Rating("a", "b", 9), Rating("d", "C", 1)))
    bad = chain_of(*links, ratings=(Rating("a", "b", 0), Rating("b", "C", 10), Rating("d", "C", 9)))
    places = [[(party.x, party.y) for party in map_of(chain).parties] for chain in (good, bad)]
    assert places[0] == places[1]


def test_the_order_of_the_finding_moves_nobody() -> None:
    finding = find_bottlenecks(company(60), organization="Acme")
    turned = replace(finding, handoffs=list(reversed(finding.handoffs)))
    assert chain_map(turned).parties == chain_map(finding).parties
    assert chain_map(turned).links == chain_map(finding).links


def test_a_kept_place_stays_and_a_new_party_finds_one() -> None:
    before = map_of(chain_of("a>b y=.5", "b>C y=.5"))
    kept = {party.name.lower(): (party.x, party.y + 7.5) for party in before.parties}
    kept["C"] = kept.pop("c")
    after = map_of(chain_of("a>b y=.5", "b>C y=.5", "a>n y=.5", "n>C y=.5", "n>D y=.5"), places=kept)
    assert [(party.x, party.y) for party in after.parties[:3]] == list(kept.values())
    for one in after.parties:
        for other in after.parties:
            assert one is other or abs(one.x - other.x) >= SIDE or abs(one.y - other.y) >= ROW


def test_a_folded_team_stands_among_its_members_and_on_nobody() -> None:
    chain = chain_of("a>m y=.5", "b>m y=.5", "m>C y=.5", "n>C y=.5", teams={"a": "Red", "b": "Red", "n": "Blue"})
    found = map_of(chain, team_ids={"Red": 7, "Blue": 3})
    assert [(team.id, team.name) for team in found.teams] == [(3, "Blue"), (7, "Red")]
    red = found.teams[1]
    members = [party for party in found.parties if party.team == 1]
    assert [party.name for party in members] == ["A", "B"]
    assert (red.x, red.y) == (members[0].x, (members[0].y + members[1].y) / 2)


@given(random_chains(teams=True))
@settings(max_examples=20, deadline=None)
def test_folded_teams_touch_neither_each_other_nor_whoever_is_in_none(chain: Chain) -> None:
    found = map_of(replace(chain, given_yield=chain.given_yield * 0 + 0.5))
    visible = [(team.x, team.y) for team in found.teams]
    visible += [(party.x, party.y) for party in found.parties if party.team is None]
    for place, (x, y) in enumerate(visible):
        assert all(abs(x - other) >= SIDE or abs(y - down) >= ROW for other, down in visible[:place])


def test_a_dragged_team_stays_where_it_was_put() -> None:
    chain = chain_of("a>C y=.5", "b>C y=.5", teams={"a": "Red", "b": "Blue"})
    found = map_of(chain, team_places={"Red": (300.5, 900.0)})
    assert [(team.x, team.y) for team in found.teams if team.name == "Red"] == [(300.5, 900.0)]


def test_external_suppliers_and_end_customers_belong_to_no_team() -> None:
    found = map_of(chain_of("ext1>a y=.5", "a>C y=.5", teams={"ext1": "Red", "a": "Red", "C": "Red"}))
    assert [party.team for party in found.parties] == [None, 0, None]


def test_a_map_of_teams_keeps_what_stays_inside_a_team() -> None:
    chain = chain_of("a>b y=.5", "b>C y=.5", teams={"a": "Red", "b": "Red"})
    finding = find_team_bottlenecks(chain, organization="Acme")
    found = chain_map(finding)
    assert (found.by_team, list(found.teams)) == (True, [])
    assert [(one.supplier, one.customer) for one in found.links if one.supplier == one.customer] == [(0, 0)]
    assert math.isclose(sum(one.lost or 0 for one in found.links), finding.lost or 0)


def test_gain_share_is_the_part_of_all_that_is_created() -> None:
    """a and b create 1 each; a -> b -> C with yields .5 and .8: repairing a -> b brings 1 * .5 * .8 = .4 of 2."""
    found = map_of(chain_of("a>b y=.5", "b>C y=.8"))
    assert math.isclose(link(found, "a", "b").gain_share or 0, 0.2)


def test_without_any_figure_the_places_are_there_all_the_same() -> None:
    found = map_of(chain_of("a>b", "b>C"))
    assert not found.analysed
    assert [one.lost for one in found.links] == [None, None]
    assert found.parties[0].x < found.parties[1].x < found.parties[2].x


def test_more_than_three_hundred_parties_open_folded() -> None:
    assert map_of(company(301, "team")).opens_folded
    assert not map_of(company(300, "team")).opens_folded


def test_parallel_hand_offs_stay_apart() -> None:
    chain = Chain.from_records(
        [Party("a", "A"), Party("b", "B")],
        [HandOff("a", "b", what) for what in ("plan", "bill", "news")],
        [Rating("a", "b", 5, "plan")],
    )
    assert sorted(one.bend for one in map_of(chain).links) == [-1.0, 0.0, 1.0]
