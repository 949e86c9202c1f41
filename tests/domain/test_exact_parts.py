"""Figures that add up as they are shown, whatever they are."""

from __future__ import annotations

import random

import pytest

from chainmap.domain.exact_parts import exact_parts, shown_steps


@pytest.mark.parametrize("seed", range(200))
def test_parts_add_up_and_none_is_further_off_than_one_step(seed):
    chance = random.Random(seed)
    parts = [round(chance.uniform(-3, 3), chance.randint(1, 6)) for _ in range(chance.randint(1, 6))]
    total = shown_steps(sum(parts))
    shown = exact_parts(parts, total)
    assert sum(shown) == total
    assert all(abs(one - 100 * part) <= 1 for one, part in zip(shown, parts, strict=True))


def test_the_total_may_be_a_step_off_what_the_parts_are():
    """Lost now less lost before, each rounded by itself, is not always the rounded difference."""
    before, now = 0.0049, 0.0151  # shown as 0.00 and 0.02
    assert shown_steps(now) - shown_steps(before) == 2
    assert exact_parts([now - before], 2) == [2]
    assert exact_parts([0.005, 0.0052], 2) == [1, 1]


def test_what_is_nothing_stays_nothing():
    assert exact_parts([0.0, 0.004, 0.0, 0.0041], 1) == [0, 0, 0, 1]
    assert exact_parts([0.0, 0.0], 0) == [0, 0]
