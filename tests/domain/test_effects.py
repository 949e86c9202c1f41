"""Did it help: the chance against closed forms, an exact series and a simulation; the mean change of many pairs."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betaln

from chainmap.domain.effects import ALMOST_SURE, LIKELY, Effect, Verdict, find_effect, summarize_effects
from chainmap.domain.records import Chain, HandOff, Party, Rating
from chainmap.domain.yields import Yields

SCORES = st.lists(st.integers(0, 10), min_size=1, max_size=8)
MEANS = st.sampled_from([0.0, 0.001, 0.1, 0.5, 0.62, 0.9, 0.999, 1.0])
KAPPAS = st.sampled_from([0.5, 1.0, 2.0, 10.0])
MODEST = settings(max_examples=60, deadline=None)


def shapes(scores, mean, kappa):
    """MODEL section 2 written out: a = kappa m + sum of retentions, b = kappa (1 - m) + sum of what was lost."""
    kept = sum(scores) / 10
    return kappa * mean + kept, kappa * (1 - mean) + len(scores) - kept


def exact_chance(before, after, lift=60, terms=4000):
    """P(X < Y) of two Beta variables with shapes above 0, by sums of positive terms without an integral.

    Raising b2 by 1 takes B(a1 + a2, b1 + b2) / (b2 B(a1, b1) B(a2, b2)) off the chance; after ``lift`` raises the
    power series of the first distribution function, integrated term by term, converges fast.
    """
    (a1, b1), (a2, b2) = before, after
    raised = b2 + np.arange(lift)
    taken = np.exp(betaln(a1 + a2, b1 + raised) - np.log(raised) - betaln(a2, raised) - betaln(a1, b1)).sum()
    b2, k = b2 + lift, np.arange(terms)
    ratios = (a1 + b1 + k) / (a1 + 1 + k) * (a1 + a2 + k) / (a1 + a2 + b1 + b2 + k)
    first = betaln(a1 + a2, b1 + b2) - math.log(a1) - betaln(a1, b1) - betaln(a2, b2)
    return float(taken + np.exp(first + np.concatenate([[0.0], np.cumsum(np.log(ratios))])).sum())


def chance(before, after, mean=0.5, kappa=2.0):
    found = find_effect(before, after, mean=mean, kappa=kappa)
    assert found is not None
    return found.chance


def effect(change, chance=0.5):
    return Effect(before=5, after=5 + change, change=change, answers=2, chance=chance)


def test_means_change_and_answers():
    found = find_effect([2, 4], [7, 8, 9], mean=0.6)
    assert (found.before, found.after, found.change, found.answers) == (3, 8, 5, 5)


@pytest.mark.parametrize(("before", "after"), [([], [5]), ([5], []), ([], [])])
def test_without_an_answer_on_both_sides_there_is_no_effect(before, after):
    assert find_effect(before, after, mean=0.5) is None


def test_chances_worked_by_hand():
    """With m = 0.5, kappa = 2 a single 0 is Beta(1, 2), a single 10 is Beta(2, 1).

    P(X < Y) = integral of (1 - (1 - y)^2) 2 y dy = 2 (2/3 - 1/4) = 5/6. With kappa = 0 a 5 and a 5 among two are
    Beta(1, 1), the even one, so against Beta(2, 1) (kappa 1, m = 1, and a 10 and a 0) P = E[Y] = 2/3.
    """
    assert chance([0], [10]) == pytest.approx(5 / 6, abs=1e-12)
    assert chance([10], [0]) == pytest.approx(1 / 6, abs=1e-12)
    assert chance([5, 5], [5, 5], kappa=0) == pytest.approx(1 / 2, abs=1e-12)
    two_thirds = exact_chance((1, 1), (2, 1))
    assert two_thirds == pytest.approx(2 / 3, abs=1e-12), "the series of this test itself"


def test_the_yield_and_its_variance_are_those_of_the_model():
    """The Beta behind the chance against the yields of a chain where the same answers are the only ones."""
    scores = (3, 8, 8)
    raters = ("b", "c", "d")
    chain = Chain.from_records(
        [Party(name, name) for name in ("a", *raters)],
        [HandOff("a", "b")],
        [Rating("a", "b", score, rater=rater) for score, rater in zip(scores, raters, strict=True)],
    )
    yields = Yields.of(chain)
    a, b = shapes(scores, yields.mean, 2.0)
    assert stats.beta(a, b).mean() == pytest.approx(yields.value[0])
    assert stats.beta(a, b).var() == pytest.approx(yields.variance[0])
    assert chance(scores, [9], mean=yields.mean) == pytest.approx(
        exact_chance((a, b), shapes([9], yields.mean, 2.0)), abs=1e-9
    )


@given(SCORES, SCORES, MEANS, KAPPAS)
@MODEST
def test_the_chance_is_that_of_the_exact_series(before, after, mean, kappa):
    first, second = shapes(before, mean, kappa), shapes(after, mean, kappa)
    if min(*first, *second) > 0:
        assert chance(before, after, mean, kappa) == pytest.approx(exact_chance(first, second), abs=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "mean", "kappa"),
    [
        ([10] * 5, [7] * 1000, 0.999, 2),  # crowded at 1 against a sharp peak
        ([0], [0] * 6, 0.0001, 2),  # both crowd at 0: their quantiles are too small for a float
        ([10], [10] * 6, 0.9999, 2),
        ([6], [6] * 300, 0.6, 50),
        ([5], [5], 0.5, 0),
        ([4], [4], 0.1, 0.5),  # SciPy's quantiles of this one are nan close to 1
        ([0], [10], 0.00001, 1),  # each crowds at another end
    ],
)
def test_the_chance_stays_exact_at_the_edges(before, after, mean, kappa):
    first, second = shapes(before, mean, kappa), shapes(after, mean, kappa)
    expected = exact_chance(first, second)
    assert chance(before, after, mean, kappa) == pytest.approx(expected, abs=1e-9)
    assert chance(after, before, mean, kappa) == pytest.approx(1 - expected, abs=1e-9)


def test_the_chance_is_what_a_simulation_finds():
    """100,000 draws a side: a standard error of 0.0016 at most."""
    random = np.random.default_rng(4)
    for before, after, mean in (([2], [9], 0.5), ([6, 7], [8, 8], 0.7), ([9, 9, 10], [3], 0.8)):
        x = random.beta(*shapes(before, mean, 2), size=100_000)
        y = random.beta(*shapes(after, mean, 2), size=100_000)
        assert chance(before, after, mean) == pytest.approx(float((y > x).mean()), abs=0.008)


@given(SCORES, SCORES, MEANS, KAPPAS)
@MODEST
def test_there_and_back_sum_to_one_and_the_mirror_image_is_the_same(before, after, mean, kappa):
    there = chance(before, after, mean, kappa)
    assert 0 <= there <= 1
    assert there + chance(after, before, mean, kappa) == pytest.approx(1, abs=1e-9)
    flipped = chance([10 - score for score in after], [10 - score for score in before], 1 - mean, kappa)
    assert flipped == pytest.approx(there, abs=1e-9)


@given(SCORES, SCORES, st.integers(0, 9), MEANS)
@MODEST
def test_a_better_score_after_never_lowers_the_chance(before, after, score, mean):
    assert chance(before, [*after, score + 1], mean) >= chance(before, [*after, score], mean) - 1e-12


def test_the_same_answers_on_both_sides_say_nothing():
    for mean in (0.0, 0.5, 0.999, 1.0):
        for scores in ([0], [10], [3, 8]):
            assert chance(scores, scores, mean) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "mean", "kappa", "expected"),
    [
        ([0, 0], [0], 0.0, 2, 0.5),  # both exactly 0
        ([10], [10], 0.3, 0, 0.5),  # both exactly 1
        ([0], [10], 0.3, 0, 1.0),
        ([10], [0], 0.3, 0, 0.0),
        ([0], [5], 0.0, 2, 1.0),  # exactly 0 against anything else
        ([5], [0], 0.0, 2, 0.0),
        ([10], [5], 1.0, 2, 0.0),  # exactly 1 against anything else
        ([5], [10], 1.0, 2, 1.0),
        ([0], [0, 0], 5e-324, 2, 0.5),
        ([5] * 2000, [5] * 2000, 0.5, 1e9, 0.5),
    ],
)
def test_yields_without_any_spread(before, after, mean, kappa, expected):
    assert chance(before, after, mean, kappa) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kappa", [1e6, 1e15, 1e300])
def test_beside_a_mean_worth_a_million_answers_none_matters(kappa):
    assert chance([2], [9], 0.3, kappa) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize(
    ("change", "chance", "verdict"),
    [
        (3, 1.0, Verdict.SURELY_BETTER),
        (3, ALMOST_SURE, Verdict.SURELY_BETTER),
        (3, ALMOST_SURE - 0.001, Verdict.LIKELY_BETTER),
        (3, LIKELY, Verdict.LIKELY_BETTER),
        (3, LIKELY - 0.001, Verdict.TOO_EARLY),
        (0, 0.5, Verdict.TOO_EARLY),
        (-3, 0.201, Verdict.TOO_EARLY),
        (-3, 0.2, Verdict.LIKELY_WORSE),
        (-3, 0.051, Verdict.LIKELY_WORSE),
        (-3, 0.049, Verdict.SURELY_WORSE),
        (-3, 0.0, Verdict.SURELY_WORSE),
    ],
)
def test_verdicts_at_their_limits(change, chance, verdict):
    assert effect(change, chance).verdict is verdict


def test_one_answer_a_side_is_mostly_too_early_and_five_are_not():
    assert find_effect([2], [9], mean=0.5).verdict is Verdict.TOO_EARLY
    assert find_effect([2] * 5, [9] * 5, mean=0.5).verdict is Verdict.SURELY_BETTER
    assert find_effect([9] * 5, [2] * 5, mean=0.5).verdict is Verdict.SURELY_WORSE


def test_nothing_is_called_better_beside_a_score_that_fell():
    """Fifty answers of 9.5 hold against the prior of 0.5, one of 10 does not: the shrunken yields rise."""
    found = find_effect([10], [9.5] * 50, mean=0.5)
    assert found.chance > LIKELY
    assert found.change == -0.5
    assert found.verdict is Verdict.TOO_EARLY


@pytest.mark.parametrize("score", [-1, 10.5, float("nan")])
def test_a_score_outside_its_range_is_refused_on_either_side(score):
    for before, after in (([score], [5]), ([5], [score]), ([score], [])):
        with pytest.raises(ValueError, match="between 0 and 10"):
            find_effect(before, after, mean=0.5)


@pytest.mark.parametrize("mean", [-0.1, 1.1, float("nan")])
def test_a_mean_outside_its_range_is_refused(mean):
    with pytest.raises(ValueError, match="mean retention"):
        find_effect([5], [6], mean=mean)


@pytest.mark.parametrize("kappa", [-1, float("nan"), float("inf")])
def test_a_kappa_that_makes_no_sense_is_refused(kappa):
    with pytest.raises(ValueError, match="kappa"):
        find_effect([5], [6], mean=0.5, kappa=kappa)


def test_a_summary_worked_by_hand():
    """Changes 1..5: mean 3, s = sqrt(2.5); t(0.95, 4) = 2.13185 from the table; 3 +- 2.13185 sqrt(2.5 / 5)."""
    found = summarize_effects([effect(by) for by in (1, 2, 3, 4, 5)])
    assert (found.pairs, found.mean_change) == (5, 3)
    assert found.interval.low == pytest.approx(3 - 2.13185 * math.sqrt(0.5), abs=1e-4)
    assert found.interval.high == pytest.approx(3 + 2.13185 * math.sqrt(0.5), abs=1e-4)
    assert found.excludes_zero


@given(st.lists(st.integers(-4, 4), min_size=5, max_size=30), st.sampled_from([0.8, 0.9, 0.95]))
@MODEST
def test_the_interval_excludes_zero_when_a_t_test_rejects_it(changes, confidence):
    found = summarize_effects([effect(by) for by in changes], confidence=confidence)
    assert found.mean_change == pytest.approx(fmean(changes))
    if stdev(changes) > 0:
        assert found.excludes_zero == (stats.ttest_1samp(changes, 0).pvalue < 1 - confidence)
        assert found.interval.low <= found.mean_change <= found.interval.high


def test_below_five_pairs_nothing_is_summarized():
    assert summarize_effects([]) is None
    assert summarize_effects([effect(3)] * 4) is None
    assert summarize_effects([effect(3)] * 5) is not None


def test_pairs_that_all_changed_alike():
    assert summarize_effects([effect(2)] * 5).excludes_zero
    assert not summarize_effects([effect(0)] * 5).excludes_zero


def test_the_interval_stays_within_what_scores_can_change():
    found = summarize_effects([effect(10)] * 4 + [effect(-10)])
    assert found.interval.high == 10
    assert found.interval.low > -10


@pytest.mark.parametrize("confidence", [0, 1, 90, float("nan")])
def test_a_confidence_that_makes_no_sense_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        summarize_effects([effect(1)] * 5, confidence=confidence)
