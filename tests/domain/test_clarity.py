"""Clarity: what is counted, from how many people on it is said, and that no published figure tells a count."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.clarity import Claims, Clarity, HandOffClaim, find_agreement, find_clarity, may_publish

SAID = (True, False, None)


def test_worked_by_hand():
    """Of 24 people 17 name the client of the chain: 70.8 %, shown as 70 %."""
    found = find_clarity([True] * 17 + [False] * 7)
    assert (found.people, found.matching, found.band, found.people_band) == (24, 17, 70, ">20")
    assert found.share == pytest.approx(17 / 24)
    assert found.half_or_more is True


def test_nobody_answered():
    found = find_clarity([])
    assert (found.share, found.band, found.half_or_more) == (None, None, None)
    with pytest.raises(ValueError, match="too few"):
        _ = found.people_band


@pytest.mark.parametrize("band", ["5-7", "8-12", "13-20", ">20"])
def test_no_published_figure_tells_how_many_matched(band):
    """Everything that can be published together leaves at least three counts, for nearly every size and outcome."""
    published: dict[tuple[object, ...], set[tuple[int, int]]] = {}
    for people in range(6, 41):
        for matching in range(people + 1):
            one = Clarity(people, matching)
            if one.people_band == band:
                published.setdefault((one.band, one.half_or_more), set()).add((people, matching))
    assert published
    for outcomes in published.values():
        assert len({matching for _, matching in outcomes}) >= 3


@given(st.integers(21, 400), st.data())
def test_a_band_is_at_most_five_points_off_between_its_ends(people, data):
    matching = data.draw(st.integers(0, people))
    found = Clarity(people, matching)
    assert found.band in range(10, 91, 10)
    inside = min(max(100 * matching / people, 10), 90)
    assert abs(found.band - inside) <= 5


@pytest.mark.parametrize(
    ("people", "changed", "k", "allowed"),
    [(6, 6, 5, True), (5, 5, 5, False), (100, 5, 5, False), (100, 0, 5, False), (100, 6, 5, True), (9, 9, 9, False)],
)
def test_enough_people_and_enough_of_them_changed(people, changed, k, allowed):
    assert may_publish(people, changed, k) is allowed


def test_the_minimum_group_is_never_below_five():
    with pytest.raises(ValueError, match="5 people"):
        may_publish(100, 100, 4)


@pytest.mark.parametrize(
    ("supplier", "customer", "counted"),
    [
        (True, True, "both"), (True, None, "one_sided"), (None, True, "one_sided"), (None, None, "nobody"),
        (True, False, "disputed"), (False, True, "disputed"), (False, None, "disputed"), (None, False, "disputed"),
        (False, False, "disputed"),
    ],
)  # fmt: skip
def test_what_two_sides_say(supplier, customer, counted):
    found = find_agreement([HandOffClaim(supplier, customer, True), HandOffClaim(supplier, customer, False)])
    expected = dict.fromkeys(("both", "one_sided", "disputed", "nobody"), 0) | {counted: 1}
    assert found == Claims(confirmable=1, **expected)
    assert found.share == (1 if counted == "both" else 0)


@given(st.lists(st.sampled_from([HandOffClaim(*said) for said in itertools.product(SAID, SAID, (True, False))])))
def test_every_confirmable_handoff_is_counted_once(claims):
    found = find_agreement(claims)
    assert found.both + found.one_sided + found.disputed + found.nobody == found.confirmable
    assert found.confirmable == sum(claim.confirmable for claim in claims)
    assert (found.share is None) == (found.confirmable == 0)
