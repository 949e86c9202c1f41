"""Where a yield likely lies."""

from __future__ import annotations

import math

import pytest
from scipy.stats import beta

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.intervals import Interval
from chainmap.domain.likely_yield import likely_yield
from chainmap.domain.records import Rating
from tests.domain.chains import chain_of


def handoff_of(*links, ratings=()):
    return find_bottlenecks(chain_of(*links, ratings=ratings), organization="").handoffs[0]


def test_it_is_the_middle_of_the_beta_whose_mean_is_the_yield():
    """One rating of 5 and kappa 2: y = .5, so Beta(1.5, 1.5)."""
    found = likely_yield(handoff_of("a>C", ratings=(Rating("a", "C", 5),)), kappa=2)
    assert math.isclose(found.low, beta(1.5, 1.5).ppf(0.05))
    assert math.isclose(found.high, beta(1.5, 1.5).ppf(0.95))


def test_its_variance_is_that_of_the_yield():
    """MODEL 5: y (1 - y) / (kappa + n + 1)."""
    assert math.isclose(beta(1.5, 1.5).var(), 0.5 * 0.5 / (2 + 1 + 1))


def test_more_answers_make_it_narrower():
    widths = []
    for passes in (2, 20, 200):
        found = likely_yield(handoff_of(f"a>C n={passes} r={passes // 2}"), kappa=2)
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


def test_what_was_given_or_assumed_says_nothing_of_it():
    assert likely_yield(handoff_of("a>C y=.5"), kappa=2) is None
    assert likely_yield(handoff_of("a>C"), kappa=2) is None


def test_nothing_and_everything_have_no_width():
    everything = handoff_of("a>C", ratings=(Rating("a", "C", 10),))
    assert likely_yield(everything, kappa=2) == Interval(1.0, 1.0)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 90.0])
def test_a_confidence_that_makes_no_sense_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        likely_yield(handoff_of("a>C"), kappa=2, confidence=confidence)
