"""One round against another: the parts add up exactly, and say what was changed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.analysis import analyse
from chainmap.domain.records import Rating
from chainmap.domain.round_changes import Presence, compare_rounds
from tests.domain.chains import chain_of, random_chains


def test_what_a_single_repair_changes_is_worked_out_by_hand():
    """a makes 1; a -> b lets .5 then .7 through; b makes 1 and hands all of it to the customer at .5.

    Lost before: .5 + 1.5 * .5 = 1.25; now: .3 + 1.7 * .5 = 1.15.
    """
    found = compare_rounds(analyse(chain_of("a>b y=.5", "b>C y=.5")), analyse(chain_of("a>b y=.7", "b>C y=.5")))
    assert (found.lost_before, found.lost_now) == pytest.approx((1.25, 1.15))
    assert found.parts.by_yield == pytest.approx(-0.2)  # 1 unit flows in, .2 more of it survives
    assert found.parts.by_flow == pytest.approx(0.1)  # .2 more reaches b, of which half is lost
    assert (found.parts.new, found.parts.removed, found.parts.by_assumed) == (0, 0, 0)
    assert (found.yield_before, found.yield_now) == pytest.approx((0.375, 0.425))
    assert [one.change for one in found.handoffs] == pytest.approx([-0.2, 0.1])


def test_a_hand_off_of_one_round_alone_is_new_or_removed():
    before = chain_of("a>b y=.5", "b>C y=.5")
    now = chain_of("a>b y=.5", "a>C y=.9", "b>C y=.5")
    found = compare_rounds(analyse(before), analyse(now), by_ends=True)
    by_ends = {(one.supplier, one.customer): one for one in found.handoffs}
    assert by_ends["a", "C"].presence == Presence.NEW
    assert by_ends["a", "C"].change == pytest.approx(0.05) == pytest.approx(found.parts.new)
    assert by_ends["a", "C"].yield_before is None
    assert by_ends["a", "b"].by_flow == pytest.approx(-0.25)  # half of what a does goes another way
    back = compare_rounds(analyse(now), analyse(before), by_ends=True)
    assert back.parts.removed == pytest.approx(-0.05)
    assert {one.presence for one in back.handoffs} == {Presence.BOTH, Presence.REMOVED}


def test_what_moved_because_the_mean_moved_is_kept_apart():
    """Nobody rated b -> C in either round: it is not the hand-off that changed."""
    links = ("a>b", "b>C")
    before = chain_of(*links, ratings=(Rating("a", "b", 4),))
    now = chain_of(*links, ratings=(Rating("a", "b", 8),))
    found = compare_rounds(analyse(before), analyse(now))
    assert found.parts.by_assumed < 0
    assert next(one for one in found.handoffs if one.customer == "C").is_assumed
    assert found.parts.by_yield == pytest.approx(-(0.8 - 0.4))  # y = m where one rating is the mean


def test_nothing_is_compared_where_one_round_has_no_rating():
    rated = analyse(chain_of("a>b y=.5", "b>C y=.5"))
    assert compare_rounds(rated, analyse(chain_of("a>b", "b>C"))) is None
    assert compare_rounds(analyse(chain_of("a>b", "b>C")), rated) is None


def test_the_interval_of_the_difference_is_that_of_two_independent_rounds():
    """One hand-off to the customer: D = y, Var = y (1 - y) / (kappa + n + 1), both rounds together."""
    many = chain_of("a>C", ratings=tuple(Rating("a", "C", 9, rater=rater) for rater in ("a1", "a2")), extra="a1 a2")
    few = chain_of("a>C", ratings=(Rating("a", "C", 3),), extra="a1 a2")
    found = compare_rounds(analyse(few), analyse(many))
    created = 3.0  # a, a1 and a2 make 1 each; the latter two are stranded
    wide = 1.6448536269514722 * math.sqrt(0.3 * 0.7 / 4 + 0.9 * 0.1 / 5) / created
    middle = (0.9 - 0.3) / created
    assert (found.difference.low, found.difference.high) == pytest.approx((middle - wide, middle + wide))
    assert found.direction == (1 if middle > wide else 0)
    assert compare_rounds(analyse(many), analyse(few)).direction == -found.direction


def test_a_yield_given_as_exact_gives_no_interval_and_no_direction():
    found = compare_rounds(analyse(chain_of("a>C y=.1")), analyse(chain_of("a>C y=.9")))
    assert found.difference is None
    assert found.direction == 0


@given(random_chains(), st.randoms(use_true_random=False))
def test_the_parts_always_add_up_and_turn_around(chain, chance):
    """Other yields, volumes and capacities, some hand-offs gone: to 1e-9 of what was created."""
    kept = np.array([chance.random() < 0.8 for _ in range(chain.handoff_count)], bool)
    fresh = np.array([chance.choice([math.nan, chance.random()]) for _ in range(chain.handoff_count)])
    columns = ("supplier", "customer", "passes", "returned", "handoff_keys")
    other = replace(
        chain,
        **{name: getattr(chain, name)[kept] for name in columns},
        deliverables=tuple(text for text, is_kept in zip(chain.deliverables, kept, strict=True) if is_kept),
        volume=(chain.volume * [chance.choice([0.5, 1.0, 3.0]) for _ in range(chain.handoff_count)])[kept],
        given_yield=fresh[kept],
    )
    found = compare_rounds(analyse(chain), analyse(other))
    if found is None:
        return
    parts, scale = found.parts, max(found.created_before, found.created_now)
    total = parts.by_yield + parts.by_assumed + parts.by_flow + parts.new + parts.removed
    assert total == pytest.approx(found.lost_now - found.lost_before, abs=1e-9 * scale)
    for one in found.handoffs:
        assert one.by_yield + one.by_flow == pytest.approx(one.change, abs=1e-9 * scale)
    back = compare_rounds(analyse(other), analyse(chain)).parts
    assert (back.by_yield, back.by_flow) == pytest.approx((-parts.by_yield, -parts.by_flow), abs=1e-9 * scale)
    assert (back.new, back.removed) == pytest.approx((-parts.removed, -parts.new), abs=1e-9 * scale)
