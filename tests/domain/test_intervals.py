"""Intervals: clipping, signs and quantiles of the normal distribution."""

from __future__ import annotations

import pytest
from scipy import stats

from chainmap.domain.intervals import Interval, normal_quantile


@pytest.mark.parametrize(
    ("interval", "certain"), [((1, 2), True), ((-2, -1), True), ((-1, 1), False), ((0, 1), False), ((-1, 0), False)]
)
def test_the_sign_is_certain_only_when_0_lies_outside(interval, certain):
    assert Interval(*interval).excludes_zero is certain


@pytest.mark.parametrize(("middle", "ends"), [(0, (-10, 10)), (95, (85, 100)), (-120, (-100, -100)), (120, (100, 100))])
def test_an_interval_is_clipped_and_never_turned_over(middle, ends):
    found = Interval.around(middle, 10, least=-100, most=100)
    assert (found.low, found.high) == ends


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_quantiles_agree_with_those_of_scipy(confidence):
    assert normal_quantile(confidence) == pytest.approx(stats.norm.ppf((1 + confidence) / 2))


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 90, float("nan")])
def test_a_confidence_that_is_none_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        normal_quantile(confidence)
