"""Which hand-offs are drawn, and the order from left to right."""

from __future__ import annotations

from dataclasses import replace

from chainmap.domain.records import PartyKind
from chainmap.exports.picture_selection import drawn_handoffs, reading_order
from tests.exports.examples import handoff, party, small_finding


def test_all_are_drawn_when_they_fit() -> None:
    finding = small_finding()
    assert drawn_handoffs(finding, 3) == list(finding.handoffs)


def test_worst_then_main_ways_then_largest_flows() -> None:
    r"""A chain a -> b -> c -> end in thin lines beside fat lines among x, y; the thin main ways stay.

    30 ranked fat hand-offs x <-> y (flow 5); a->b, b->c, c->end assumed (flow 0.1).
    """
    parties = [
        party(0, "a", client="p1"),
        party(1, "b", client="p2"),
        party(2, "c", client="p3"),
        party(3, "end", PartyKind.END_CUSTOMER),
        party(4, "x"),
        party(5, "y"),
    ]
    fat = [handoff(place, "p4", "p5", rank=place + 1, flow=5.0, deliverable=str(place)) for place in range(30)]
    thin = [handoff(100 + place, f"p{place}", f"p{place + 1}", rank=None, flow=0.1) for place in range(3)]
    kept = drawn_handoffs(replace(small_finding(), parties=parties, handoffs=[*fat, *thin]), 25)
    keys = [one.key for one in kept]
    assert set(range(20)) <= set(keys)  # the twenty worst
    assert {100, 101, 102} <= set(keys)  # every party's way to the end customer
    assert len(keys) == 25
    assert keys == sorted(keys)  # in the finding's own order


def test_limit_holds_even_for_the_worst() -> None:
    fat = [handoff(place, "ann", "ben", rank=place + 1, deliverable=str(place)) for place in range(30)]
    kept = drawn_handoffs(replace(small_finding(), handoffs=fat), 7)
    assert [one.rank for one in kept] == [1, 2, 3, 4, 5, 6, 7]


def test_reading_order_of_a_chain_with_rework() -> None:
    """0 -> 1 -> 2 -> 3 with a thin way back 2 -> 0: only the thin one runs backwards."""
    order = reading_order([3, 2, 1, 0], [(0, 1, 5.0), (1, 2, 5.0), (2, 3, 5.0), (2, 0, 0.5)])
    assert order == {0: 0, 1: 1, 2: 2, 3: 3}


def test_reading_order_of_loops_selves_and_nothing() -> None:
    assert reading_order([], []) == {}
    assert sorted(reading_order([0, 1], [(0, 1, 1.0), (1, 0, 1.0), (0, 0, 9.0)])) == [0, 1]
