"""Groups that may be told: each of enough people, and whoever is left out of them too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.told_groups import groups_told

TEAMS = st.dictionaries(st.text(max_size=3), st.frozensets(st.integers(0, 30), max_size=12), max_size=7)


@given(TEAMS, st.integers(1, 8))
def test_nobody_is_told_alone_and_nobody_stands_alone_in_what_is_left(people, fewest):
    told = groups_told(people, fewest)
    assert told <= people.keys()
    assert all(len(people[group]) >= fewest for group in told)
    rest = {one for group in people if group not in told for one in people[group]}
    assert not rest or len(rest) >= fewest or not told


@given(TEAMS, st.integers(1, 8))
def test_where_every_group_is_large_enough_every_one_is_told(people, fewest):
    large = {group: who for group, who in people.items() if len(who) >= fewest}
    assert groups_told(large, fewest) == large.keys()


def test_the_smallest_goes_with_whoever_would_stand_alone():
    people = {"large": range(20), "middle": range(30, 37), "small": [50]}
    assert groups_told(people, 5) == {"large"}


def test_two_small_groups_that_are_a_group_together_need_no_third():
    people = {"large": range(20), "one": range(30, 33), "other": range(40, 43)}
    assert groups_told(people, 5) == {"large"}


def test_no_group_of_nobody():
    with pytest.raises(ValueError, match="fewest"):
        groups_told({}, 0)
