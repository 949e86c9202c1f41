"""Recoverable value and dependence: against solving again, and certified bounds against exact values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from chainmap.domain import gains as gains_module
from chainmap.domain import visits as visits_module
from chainmap.domain.gains import Gains, find_gains
from chainmap.domain.network import Network
from chainmap.domain.records import Chain
from chainmap.domain.value_flow import find_value_flow
from chainmap.domain.yields import Yields
from tests.benchmarks.graphs import company
from tests.domain.chains import Reference, chain_of, random_chains


def found(chain: Chain, *, dense_limit: int = 500) -> Gains:
    network, yields = Network.of(chain), Yields.of(chain)
    return find_gains(network, yields, find_value_flow(network, yields, dense_limit=dense_limit))


def test_a_loop_worked_by_hand():
    """
    a <-> b, b -> C, half of b's work goes back. N[a, a] = N[b, b] = 1 / (1 - .5 * .4) = 1.25, N[b, a] = .5
    a -> b perfect: d = .5, v_b = .5 * 1.25 = .625, g = 1.75 * .5 * .625 / (1 - .5 * .5); all delivered value passes b
    """
    gains = found(chain_of("a>b y=.5", "b>a y=.8", "b>C y=1"))
    # solved again: xb = 1 + xa, xa = 1 + .4 xb, so xb = 2 / .6 and delivered = xb / 2 = 5/3
    assert gains.recoverable[0] == pytest.approx(5 / 3 - 0.9375)
    assert gains.dependence[1:].tolist() == pytest.approx([1, 1])
    assert gains.recoverable_error.tolist() == [0, 0, 0]
    assert gains.repeated[:2].tolist() == pytest.approx([1.75 * 0.2, 1.875 * 0.2])


@given(random_chains())
@settings(max_examples=25, deadline=None)
def test_recoverable_is_what_solving_again_with_that_one_yield_at_1_gains(chain):
    yields = Yields.of(chain)
    assume(yields.known)
    gains, before = found(chain), Reference(chain, yields.value)
    for handoff in range(chain.handoff_count):
        repaired = yields.value.copy()
        repaired[handoff] = 1.0
        gain = Reference(chain, repaired).delivered - before.delivered
        assert gains.recoverable[handoff] == pytest.approx(gain, rel=1e-8, abs=1e-10)


@given(random_chains())
@settings(max_examples=25, deadline=None)
def test_dependence_is_the_delivered_value_lost_with_the_party(chain):
    """Losing party k: what reaches it is gone, so its rows and columns and its own capacity are 0."""
    yields = Yields.of(chain)
    assume(yields.known)
    reference, gains = Reference(chain, yields.value), found(chain)
    assume(reference.delivered > 1e-6)
    ends = chain.is_end_customer.astype(float)
    for party in range(chain.party_count):
        weights, own, to = reference.weights.copy(), reference.own.copy(), ends.copy()
        weights[party], weights[:, party], own[party], to[party] = 0, 0, 0, 0
        left = own @ np.linalg.solve(np.eye(chain.party_count) - weights, to)
        expected = (reference.delivered - left) / reference.delivered
        assert gains.dependence[party] == pytest.approx(expected, rel=1e-8, abs=1e-9)


@given(random_chains())
@settings(max_examples=25, deadline=None)
def test_small_blocks_of_a_large_chain_are_exact(chain):
    assume(Yields.of(chain).known)
    dense, blocks = found(chain), found(chain, dense_limit=0)
    np.testing.assert_allclose(blocks.recoverable, dense.recoverable, rtol=1e-9, atol=1e-12)
    assert not blocks.recoverable_error.any()
    np.testing.assert_allclose(blocks.repeated, dense.repeated, rtol=1e-9, atol=1e-11)
    if dense.dependence is not None:
        np.testing.assert_allclose(blocks.dependence, dense.dependence, rtol=1e-9, atol=1e-12)


def assert_certified(exact: Gains, bounded: Gains) -> None:
    for figure in ("recoverable", "dependence", "repeated"):
        error = getattr(bounded, f"{figure}_error")
        value = getattr(exact, figure)
        assert np.all(np.abs(getattr(bounded, figure) - value) <= error + 1e-12 * (1 + np.abs(value))), figure


@given(random_chains(least_yield=0.3))
@settings(max_examples=25, deadline=None)
def test_certified_intervals_hold_the_exact_value(chain):
    assume(Yields.of(chain).known)
    exact = found(chain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visits_module, "BLOCK_LIMIT", 0)  # push everywhere
        bounded = found(chain, dense_limit=0)
    if exact.dependence is not None:
        assert_certified(exact, bounded)
    assert np.all(bounded.recoverable_error <= gains_module.GAIN_ACCURACY * bounded.recoverable + 1e-12)


@pytest.mark.parametrize("kind", ["team", "rework", "hard"])
def test_a_company_is_certified_to_a_percent_and_its_top_better(kind, monkeypatch):
    monkeypatch.setattr(visits_module, "BLOCK_LIMIT", 50)
    chain = company(400, kind)
    exact, bounded = found(chain), found(chain, dense_limit=0)
    assert_certified(exact, bounded)
    error = bounded.recoverable_error / np.maximum(bounded.recoverable, 1e-300)
    assert error.max() <= gains_module.GAIN_ACCURACY
    assert error[np.argsort(-bounded.recoverable)[:50]].max() <= gains_module.TOP_ACCURACY
    if kind != "team":
        assert bounded.recoverable_error.any()  # or the push was never tried


def test_many_walks_see_the_same_dependence():
    """Walk 40,000 units through a loop with two ways out; how often did a delivered one pass each party?"""
    chain = chain_of(
        "a>b y=.9 w=2",
        "a>c y=.7",
        "b>c y=.8",
        "c>a y=.9",
        "b>C y=.9",
        "c>C y=.6",
        "c>D y=.8",
        capacity={"b": 0, "c": 0},
    )
    gains, random = found(chain), np.random.default_rng(7)
    network, count = Network.of(chain), 40_000
    at, alive = np.zeros(count, int), np.ones(count, bool)
    passed = np.zeros((count, chain.party_count), bool)
    passed[:, 0] = True
    while (moving := alive & ~network.is_end[at]).any():
        start = at.copy()
        for party in np.unique(start[moving]):
            here = np.flatnonzero(moving & (start == party))
            ways = np.flatnonzero(chain.supplier == party)
            taken = random.choice(ways, len(here), p=network.share[ways])
            alive[here] = random.random(len(here)) < chain.given_yield[taken]
            at[here] = chain.customer[taken]
        passed[np.flatnonzero(alive), at[alive]] = True
    np.testing.assert_allclose(passed[alive].mean(axis=0), gains.dependence, atol=0.012)


def test_nothing_delivered_means_no_dependence():
    assert found(chain_of("a>b y=.5", "b>C y=0")).dependence is None


def test_a_handoff_out_of_reach_recovers_nothing():
    assert found(chain_of("a>C y=.5", "a>d y=.1", "d>e y=.1")).recoverable.tolist() == pytest.approx([0.25, 0, 0])


def test_a_repair_that_nearly_closes_a_loop():
    """a <-> b at 1 and .5, way out one part in 1,000: repairing b -> a recovers nearly all."""
    chain = chain_of("a>b y=1", "b>a y=.5 w=999", "b>C y=1 w=1")
    expected = 2 - Reference(chain, chain.given_yield).delivered
    assert found(chain).recoverable[1] == pytest.approx(expected, rel=1e-9)
    assert found(chain, dense_limit=0).recoverable[1] == pytest.approx(expected, rel=1e-9)
