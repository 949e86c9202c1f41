"""Two rounds on one map: places stay, who is gone finds one, teams add up, lines pass beside boxes."""

from __future__ import annotations

import numpy as np
import pytest

from chainmap.domain.chain_map import MOST_UNFOLDED
from chainmap.domain.clear_curves import HALF_HEIGHT, HALF_WIDTH, clear_bends, curve
from chainmap.domain.compared_map import MapGround, Turn, compared_map
from chainmap.domain.findings import PartyFinding
from chainmap.domain.map_room import ROW, SIDE
from chainmap.domain.records import PartyKind
from chainmap.domain.round_changes import HandOffChange, Presence


def party(name, team="", kind=PartyKind.EMPLOYEE):
    return PartyFinding(0, name, name, kind, team, 1.0, 1.0, 0.0, 0.0, None)


def change(supplier, customer, before=0.5, now=0.5, flow=(1.0, 1.0), presence=Presence.BOTH, is_assumed=False):
    lost = [0.0 if one is None else moved * (1 - one) for one, moved in zip((before, now), flow, strict=True)]
    return HandOffChange(
        1, supplier, customer, "", presence, is_assumed, before, now, *flow, *lost, lost[1] - lost[0], 0.0
    )


def ground(now, before=(), places=None, teams=None, by_team=False):
    placed = places or {one.id: (80.0 + 280 * number, 80.0) for number, one in enumerate(now)}
    return MapGround(now, [*now, *before], placed, teams or {}, by_team)


@pytest.mark.parametrize(
    ("one", "turn"),
    [
        (change("a", "b", 0.5, 0.55), Turn.MORE),
        (change("a", "b", 0.5, 0.549), Turn.SAME),
        (change("a", "b", 0.5, 0.45), Turn.LESS),
        (change("a", "b", 0.5, 0.9, is_assumed=True), Turn.UNKNOWN),
        (change("a", "b", None, 0.9, presence=Presence.NEW, is_assumed=True), Turn.NEW),
        (change("a", "b", 0.5, None, presence=Presence.REMOVED), Turn.REMOVED),
    ],
)
def test_what_became_of_a_handoff(one, turn):
    found = compared_map(ground([party("a"), party("b")]), [one])
    assert [link.turn for link in found.links] == [turn]
    assert found.counted(turn) == 1


def test_everybody_stands_where_the_map_has_them_and_who_is_gone_beside_them():
    places = {"a": (80.0, 80.0), "b": (360.0, 80.0), "end": (640.0, 80.0)}
    now = [party("a"), party("b"), party("end", kind=PartyKind.END_CUSTOMER)]
    gone = [party("old"), party("shop", kind=PartyKind.END_CUSTOMER), party("alone")]
    changes = [
        change("a", "old", presence=Presence.REMOVED),
        change("b", "shop", presence=Presence.REMOVED),
        change("a", "b"),
    ]
    found = compared_map(ground(now, gone, places), changes)
    assert {one.id: (one.x, one.y) for one in found.parties if not one.is_gone} == places
    assert [one.id for one in found.parties if one.is_gone] == ["old", "shop"]  # nobody had to do with "alone"
    assert found.parties[-1].x == 640.0  # on the shore
    spots = [(one.x, one.y) for one in found.parties]
    assert all(
        abs(x - across) >= SIDE or abs(y - down) >= ROW
        for place, (x, y) in enumerate(spots)
        for across, down in spots[:place]
    )


def test_too_many_people_fold_to_teams_and_their_handoffs_add_up():
    many = MOST_UNFOLDED
    now = [party(f"r{one}", "Red") for one in range(many // 2)] + [party(f"b{one}", "Blue") for one in range(many // 2)]
    now.append(party("end", kind=PartyKind.END_CUSTOMER))
    teams = {"Red": (80.0, 80.0), "Blue": (360.0, 80.0)}
    places = {one.id: (0.0, 0.0) for one in now} | {"end": (640.0, 80.0)}
    changes = [
        change("r0", "b0", 0.5, 0.9, (2.0, 2.0)),
        change("r1", "b1", 0.5, 0.5, (2.0, 2.0)),
        change("r2", "b2", None, 0.5, (0.0, 4.0), Presence.NEW),
        change("r0", "r1", 0.1, 0.9),
        change("b0", "end", presence=Presence.REMOVED),
    ]
    found = compared_map(ground(now, places=places, teams=teams), changes)
    assert [(one.name, one.x) for one in found.parties] == [("Red", 80.0), ("Blue", 360.0), ("end", 640.0)]
    assert (found.by_team, found.released) == (True, False)
    between = found.links[0]
    assert (between.handoffs, between.flow_before, between.flow_now) == (3, 4.0, 8.0)
    assert between.yield_before == pytest.approx(0.5)
    assert between.yield_now == pytest.approx((1.8 + 1.0 + 2.0) / 8)
    assert [link.turn for link in found.links] == [Turn.MORE, Turn.REMOVED]  # what stays inside Red is left out


def test_parallel_lines_do_not_lie_on_each_other_and_pass_beside_boxes():
    now = [party("a"), party("b"), party("c")]
    found = compared_map(ground(now), [change("a", "b"), change("a", "b"), change("b", "a"), change("a", "c")])
    assert len({link.bend for link in found.links[:2]}) == 2
    points = curve((80.0, 80.0), (640.0, 80.0), found.links[3].bend)
    near = np.abs(points - np.array([360.0, 80.0]))
    assert not ((near[:, 0] < HALF_WIDTH) & (near[:, 1] < HALF_HEIGHT)).any()


def test_a_line_without_a_way_past_takes_the_one_that_touches_least():
    wall = [(360.0, 80.0 + 45 * row) for row in range(-14, 15)]
    places = np.array([(80.0, 80.0), (640.0, 80.0), *wall])
    assert np.isfinite(clear_bends(places, [(0, 1)], [0.0])).all()
