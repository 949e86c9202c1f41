"""How sure the figures are: the delta method against derivatives and draws, draws against a plain reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.folding import fold_to_teams
from chainmap.domain.records import Rating
from chainmap.domain.uncertainty import (
    DRAW_LIMIT,
    analyse_by_curve,
    can_be_drawn,
    draw_yields,
    find_delivered_uncertainty,
    find_place_uncertainty,
)
from chainmap.domain.value_flow import find_value_flow
from chainmap.domain.yields import Yields
from tests.benchmarks.graphs import company
from tests.domain.chains import Reference, chain_of, random_chains

#: a and b serve each other and the customer; every hand-off measured often enough for small variances.
LOOP = ("a>b n=90 r=20", "b>a w=.5 n=60 r=9", "a>C w=2 n=80 r=12", "b>C n=120 r=50", "c>b n=70 r=7")


def many_draws(analysis: Analysis, draws: int) -> np.ndarray:
    """[draws] delivered value, solved again for each draw."""
    return np.array(
        [
            find_value_flow(analysis.network, replace(analysis.yields, value=value)).delivered
            for value in draw_yields(analysis.yields, draws)
        ]
    )


def test_variance_worked_by_hand():
    """
    a -> b -> C, both rated once, kappa = 2, m = .6: a>b score 4: y = (1.2 + .4) / 3 = .5333, b>C score 8: .6667
    D = (1 + .5333) .6667 = 1.0222;  dD/dy(a>b) = 1 * 1 * .6667,  dD/dy(b>C) = 1.5333
    Var(y) = .24889 / 4 = .062222 and .22222 / 4 = .055556;  terms .027654 and .130617
    """
    chain = chain_of("a>b", "b>C", ratings=(Rating("a", "b", 4), Rating("b", "C", 8)))
    found = find_delivered_uncertainty(analyse(chain))
    assert found.delivered == pytest.approx(1.022222)
    assert found.terms.tolist() == pytest.approx([0.027654, 0.130617], abs=1e-6)
    assert found.variance == pytest.approx(0.158271, abs=1e-6)
    assert found.standard_deviation == pytest.approx(0.397833, abs=1e-6)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.367843, 1.676602), abs=1e-5)
    assert found.ask_next.tolist() == [1, 0]
    assert found.taken_as_exact == 0


@given(random_chains(ratings=True))
@settings(max_examples=25, deadline=None)
def test_terms_are_squared_derivatives_times_variances(chain):
    """The derivative by a small step in each yield, both solved by the plain reference."""
    solved = analyse(chain)
    assume(solved.yields.known)
    found, value = find_delivered_uncertainty(solved), solved.yields.value
    for handoff in range(chain.handoff_count):
        step = np.zeros(chain.handoff_count)
        step[handoff] = 1e-6
        slope = (Reference(chain, value + step).delivered - Reference(chain, value - step).delivered) / 2e-6
        assert found.terms[handoff] == pytest.approx(slope**2 * solved.yields.variance[handoff], rel=1e-4, abs=1e-8)
    assert found.variance == pytest.approx(found.terms.sum())
    assert 0 <= found.interval.low <= found.delivered + 1e-12
    assert found.delivered - 1e-12 <= found.interval.high
    assert np.all(np.diff(found.terms[found.ask_next]) <= 1e-12)


def test_the_delta_method_agrees_with_draws_on_a_small_chain_with_a_loop():
    """3,000 draws estimate a standard deviation to about 1.3 %; the chain is nearly linear over its small variances."""
    solved = analyse(chain_of(*LOOP))
    found, delivered = find_delivered_uncertainty(solved), many_draws(solved, 3000)
    assert delivered.std() == pytest.approx(found.standard_deviation, rel=0.06)
    assert np.mean((delivered >= found.interval.low) & (delivered <= found.interval.high)) == pytest.approx(
        0.9, abs=0.02
    )
    drawn = find_place_uncertainty(solved, draws=1000).delivered
    assert (drawn.low, drawn.high) == pytest.approx((found.interval.low, found.interval.high), rel=0.01)


def test_a_wider_confidence_makes_a_wider_interval():
    solved = analyse(chain_of(*LOOP))
    narrow, wide = (find_delivered_uncertainty(solved, confidence=share).interval for share in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_equal_terms_are_asked_in_the_order_of_their_ids():
    chain = chain_of("b>C", "a>C", "c>D")
    ratings = tuple(Rating(name, end, 5) for name, end in (("b", "C"), ("a", "C"), ("c", "D")))
    found = find_delivered_uncertainty(analyse(chain_of("b>C", "a>C", "c>D", ratings=ratings)))
    assert [chain.party_ids[chain.supplier[handoff]] for handoff in found.ask_next] == ["a", "b", "c"]


def test_hand_offs_without_a_way_to_a_customer_are_not_worth_asking():
    chain = chain_of("a>C", "a>z", "y>z", ratings=(Rating("a", "C", 5), Rating("a", "z", 5), Rating("y", "z", 5)))
    assert find_delivered_uncertainty(analyse(chain)).ask_next.tolist() == [0]


def test_yields_without_a_variance_give_points_not_ranges():
    """Given yields count as exact, and the finding says how many did."""
    solved = analyse(chain_of("a>b y=.5", "b>C y=.8", "y>z y=.5"))
    found = find_delivered_uncertainty(solved)
    assert (found.variance, found.ask_next.tolist(), found.taken_as_exact) == (0, [], 2)
    assert found.interval.low == found.interval.high == found.delivered
    places = find_place_uncertainty(solved, top=1)
    for handoff, lost, gain in zip(places.handoffs, solved.flow.lost, solved.gains.recoverable, strict=True):
        assert (handoff.lost.low, handoff.lost.high) == pytest.approx((lost, lost))
        assert (handoff.recoverable.low, handoff.recoverable.high) == pytest.approx((gain, gain))
    assert sorted(handoff.top_probability for handoff in places.handoffs) == [0, 0, 1]


@pytest.mark.parametrize("chain", [chain_of("a>b", "b>C"), chain_of(extra="a B"), chain_of()])
def test_where_no_yield_is_known_nothing_is_said(chain):
    assert find_delivered_uncertainty(analyse(chain)) is None
    assert find_place_uncertainty(analyse(chain)) is None


def test_draws_have_the_mean_and_variance_of_section_2():
    chain = chain_of("a>C", "b>C n=40 r=30", "c>C", ratings=(Rating("a", "C", 9), Rating("a", "C", 4, rater="b")))
    yields = Yields.of(chain)
    drawn = draw_yields(yields, draws=20_000)
    assert drawn.shape == (20_000, 3)
    assert np.all((drawn >= 0) & (drawn <= 1))
    assert drawn.mean(axis=0) == pytest.approx(yields.value, abs=0.01)
    assert drawn.var(axis=0) == pytest.approx(yields.variance, rel=0.05)
    assert np.corrcoef(drawn.T)[np.triu_indices(3, 1)] == pytest.approx(0, abs=0.03)


def test_variances_that_no_smooth_curve_can_have():
    """None at all; at the ends 0 and 1; as large as possible, which means all or nothing; next to nothing."""
    value = np.array([0.3, 0.0, 1.0, 0.25, 0.5])
    variance = np.array([0.0, 0.0, 0.0, 0.25 * 0.75, 1e-30])
    yields = Yields(value, np.zeros(5, np.int8), np.zeros(5, np.int64), variance, 0.5)
    drawn = draw_yields(yields, draws=4000)
    for column in (0, 1, 2, 4):
        assert set(drawn[:, column]) == {value[column]}
    assert set(drawn[:, 3]) == {0.0, 1.0}
    assert drawn[:, 3].mean() == pytest.approx(0.25, abs=0.03)


def test_with_a_kappa_of_0_an_assumed_yield_is_all_or_nothing():
    solved = analyse(chain_of("a>C", "b>C", ratings=(Rating("a", "C", 5),)), kappa=0)
    places = find_place_uncertainty(solved)
    assert places.handoffs[1].lost.low == 0
    assert places.handoffs[1].lost.high == 1
    assert places.handoffs[1].top_probability is None


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    solved = analyse(company(40))
    first, again = (find_place_uncertainty(solved, draws=30) for _ in range(2))
    assert first.handoffs == again.handoffs
    assert first.delivered == again.delivered
    assert find_place_uncertainty(solved, draws=30, seed=2).handoffs != first.handoffs


def test_ranges_and_places_agree_with_solving_each_draw_plainly():
    """Lost and recoverable of every draw by the reference: recoverable by solving again with that yield at 1."""
    chain = chain_of(*LOOP)
    solved = analyse(chain)
    lost, gains = [], []
    for value in draw_yields(solved.yields, draws=60):
        plain = Reference(chain, value)
        lost.append(plain.inflow[chain.supplier] * plain.share * (1 - value))
        perfect = [np.where(np.arange(5) == handoff, 1.0, value) for handoff in range(5)]
        gains.append([Reference(chain, repaired).delivered - plain.delivered for repaired in perfect])
    found = find_place_uncertainty(solved, draws=60, top=2)
    for values, name in ((lost, "lost"), (gains, "recoverable")):
        low, high = np.quantile(np.array(values), [0.05, 0.95], axis=0)
        assert [getattr(handoff, name).low for handoff in found.handoffs] == pytest.approx(low)
        assert [getattr(handoff, name).high for handoff in found.handoffs] == pytest.approx(high)
    best = np.argsort(-np.array(gains), axis=1)[:, :2]
    expected = [np.mean((best == handoff).any(axis=1)) for handoff in range(5)]
    assert [handoff.top_probability for handoff in found.handoffs] == pytest.approx(expected)


@given(random_chains(ratings=True))
@settings(max_examples=20, deadline=None)
def test_the_top_is_that_of_the_ranking_and_assumed_hand_offs_have_no_place(chain):
    solved = analyse(chain)
    assume(solved.yields.known)
    found = find_place_uncertainty(solved, by_curve={"linear": solved}, draws=8, top=3)
    ranked = find_bottlenecks(chain, organization="", analysis=solved).ranked
    first = {handoff.key for handoff in ranked[:3] if handoff.recoverable > 1e-12}
    assert {handoff.key for handoff in found.handoffs if handoff.top_under} == first
    for handoff, assumed in zip(found.handoffs, solved.yields.is_assumed.tolist(), strict=True):
        assert (handoff.top_probability is None) == (handoff.stays_on_top is None) == assumed
        assert 0 <= handoff.lost.low <= handoff.lost.high
        assert 0 <= handoff.recoverable.low <= handoff.recoverable.high
    chances = [handoff.top_probability for handoff in found.handoffs if handoff.top_probability is not None]
    assert sum(chances) <= min(3, len(chances)) + 1e-9


def test_a_place_that_hangs_on_the_curve():
    """
    kappa = 0. a: capacity 5, score 9; b: capacity 1, score 6.  linear: a recovers 5 * .1 = .5, b .4
    promoter reads a 9 as all received: a recovers 0, b .4
    """
    ratings = (Rating("a", "C", 9), Rating("b", "C", 6))
    chain = chain_of("a>C", "b>C", ratings=ratings, capacity={"a": 5.0})
    curves = analyse_by_curve(chain, kappa=0)
    found = find_place_uncertainty(curves["linear"], by_curve=curves, top=1).handoffs
    assert [handoff.top_under for handoff in found] == [("linear",), ("promoter",)]
    assert [handoff.stays_on_top for handoff in found] == [False, False]
    both = find_place_uncertainty(curves["linear"], by_curve=curves, top=2).handoffs
    assert [handoff.stays_on_top for handoff in both] == [False, True]  # under promoter a recovers nothing
    assert all(handoff.stays_on_top is None for handoff in find_place_uncertainty(curves["linear"]).handoffs)


def test_a_chain_of_teams_folded_under_each_curve():
    by_curve = {}
    for name, solved in analyse_by_curve(company(60)).items():
        folding = fold_to_teams(solved.network, solved.yields, solved.flow)
        by_curve[name] = Analysis(network=folding.network, yields=folding.yields)
    teams = by_curve["linear"]
    found = find_place_uncertainty(teams, by_curve=by_curve, draws=50)
    assert sum(len(handoff.top_under) for handoff in found.handoffs) == 10
    delivered = find_delivered_uncertainty(teams)
    assert delivered.taken_as_exact == 0
    assert found.delivered.low < delivered.delivered < found.delivered.high


def test_a_chain_that_is_too_large_is_refused_with_a_way_out():
    solved = analyse(company(DRAW_LIMIT + 40))
    assert not can_be_drawn(solved)
    with pytest.raises(ValueError, match="fold it to teams"):
        find_place_uncertainty(solved)
    assert find_delivered_uncertainty(solved).variance > 0


def test_requests_that_make_no_sense_are_refused():
    solved = analyse(chain_of(*LOOP))
    for request in ({"draws": 0}, {"top": 0}, {"confidence": 1.0}, {"by_curve": {"linear": analyse(chain_of("a>C"))}}):
        with pytest.raises(ValueError, match=r"draws and top|confidence|another chain"):
            find_place_uncertainty(solved, **request)
