"""Where value goes: worked by hand, against a plain reference, on the real data, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from chainmap.domain.network import Network
from chainmap.domain.records import Chain
from chainmap.domain.solver import SolverError
from chainmap.domain.value_flow import ValueFlow, find_value_flow
from chainmap.domain.yields import Yields
from tests.domain.chains import DATA, Reference, chain_of, random_chains, read_real


def solved(chain: Chain, **options: int) -> ValueFlow:
    return find_value_flow(Network.of(chain), Yields.of(chain), **options)


def assert_balanced(flow: ValueFlow) -> None:
    parts = flow.delivered + flow.total_lost + flow.stranded
    assert parts == pytest.approx(flow.created, rel=1e-9, abs=1e-300)


def test_a_line_worked_by_hand():
    """
    a -.5-> b -.8-> C        reach a = .4, b = .8; inflow b = 1.5; delivered 1.2; lost .5 + .3
    """
    flow = solved(chain_of("a>b y=.5", "b>C y=.8"))
    assert flow.reach.tolist() == pytest.approx([0.4, 0.8, 1.0])
    assert flow.inflow.tolist() == pytest.approx([1.0, 1.5, 1.2])
    assert flow.flow.tolist() == pytest.approx([1.0, 1.5])
    assert flow.lost.tolist() == pytest.approx([0.5, 0.3])
    assert (flow.created, flow.delivered, flow.stranded) == pytest.approx((2, 1.2, 0))


@pytest.mark.parametrize("options", [{}, {"dense_limit": 0}])
def test_a_loop_worked_by_hand(options):
    """
    a <-> b, b -> C, half of b's work goes back: inflow a = 1 + xb / 2 * .8, b = 1 + xa * .5
    xa = 1.4 / .8 = 1.75, xb = 1.875; delivered = 1.875 / 2
    """
    flow = solved(chain_of("a>b y=.5", "b>a y=.8", "b>C y=1"), **options)
    assert flow.inflow.tolist() == pytest.approx([1.75, 1.875, 0.9375])
    assert flow.delivered == pytest.approx(0.9375)
    assert_balanced(flow)


def test_dead_ends_strand_what_goes_in_and_what_they_create():
    """
    a -> C (half), a -.6-> d -> e:  stranded = .5 * .6 + 1 + 1, lost = .5 * .4, the loss of d -> e is not counted twice
    """
    flow = solved(chain_of("a>C y=1", "a>d y=.6", "d>e y=.1"))
    assert flow.delivered == pytest.approx(0.5)
    assert flow.stranded == pytest.approx(2.3)
    assert flow.lost.tolist() == pytest.approx([0, 0.2, 0])
    assert flow.flow[2] == 0
    assert np.isnan(flow.inflow[2:]).all()
    assert flow.reach[2:].tolist() == [0, 0]


def test_a_team_that_hands_to_itself():
    """t -> t half of it at .5, the rest to C: x = 1 / (1 - .25) = 4/3, delivered = 2/3"""
    for limit in (500, 0):
        flow = solved(chain_of("t>t y=.5", "t>C y=1"), dense_limit=limit)
        assert flow.inflow[0] == pytest.approx(4 / 3)
        assert flow.delivered == pytest.approx(2 / 3)


@pytest.mark.skipif(not DATA.exists(), reason="the shared data are not here")
@pytest.mark.parametrize("limit", [500, 0])
@pytest.mark.parametrize(
    ("folder", "dropped", "created", "delivered", "lost", "stranded", "mean"),
    [
        ("consulting", 345, 46, 17.591307912856937, 26.408692087143038, 2, 0.7897058823529413),
        ("bank_branch", None, 11, 4.170521674367355, 6.829478325632644, 0, 0.5666666666666667),
    ],
)
def test_the_totals_of_the_real_data(folder, dropped, created, delivered, lost, stranded, mean, limit):
    chain, without_handoff = read_real(folder)
    yields = Yields.of(chain)
    flow = find_value_flow(Network.of(chain), yields, dense_limit=limit)
    totals = (flow.created, flow.delivered, flow.total_lost, flow.stranded, yields.mean)
    assert totals == pytest.approx((created, delivered, lost, stranded, mean), rel=1e-9, abs=1e-9)
    assert dropped is None or without_handoff == dropped


@given(random_chains())
@settings(max_examples=35, deadline=None)
def test_dense_iterative_and_plain_reference_agree_and_value_is_conserved(chain):
    yields = Yields.of(chain)
    if not yields.known:
        return
    network = Network.of(chain)
    dense, iterated = find_value_flow(network, yields), find_value_flow(network, yields, dense_limit=0)
    reference = Reference(chain, yields.value)
    assert_balanced(dense)
    assert_balanced(iterated)
    np.testing.assert_allclose(dense.reach, iterated.reach, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(dense.flow, iterated.flow, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(dense.reach, reference.reach, rtol=1e-9, atol=1e-12)
    inside = network.in_reach
    np.testing.assert_allclose(dense.inflow[inside], reference.inflow[inside], rtol=1e-9, atol=1e-12)
    assert dense.delivered == pytest.approx(reference.delivered, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("way_out", ["1e-3", "1e-9", "1e-15", "1e-200"])
def test_a_nearly_closed_loop_without_loss_delivers_everything(way_out):
    """a <-> b pass nearly all to each other at yield 1 and still every unit arrives in the end."""
    chain = chain_of("a>b y=1", "b>a y=1", f"b>C y=1 w={way_out}")
    flow = solved(chain)
    assert flow.reach[:2].tolist() == pytest.approx([1, 1], rel=1e-12)
    assert flow.delivered == pytest.approx(2, rel=1e-12)
    assert_balanced(flow)


def test_an_iterated_loop_that_cannot_be_certified_is_refused():
    chain = chain_of("a>b y=1", "b>a y=1", "b>C y=1 w=1e-15")
    with pytest.raises(SolverError, match="could not be solved"):
        solved(chain, dense_limit=0)


def test_volumes_of_very_different_size_balance():
    flow = solved(chain_of("a>b w=1e12 y=.9", "b>a w=1e-12 y=.3", "b>C w=1e9 y=.7", "a>C w=1e-9 y=.2"))
    assert_balanced(flow)


def test_without_an_end_customer_everything_is_stranded():
    flow = solved(chain_of("a>b y=.5", "b>a y=.5"))
    assert (flow.created, flow.delivered, flow.total_lost, flow.stranded) == (2, 0, 0, 2)


def test_end_customers_alone():
    flow = solved(chain_of("a>C y=1", capacity={"a": 0, "C": 3}))
    assert (flow.created, flow.delivered, flow.stranded) == (3, 3, 0)


def test_nothing_created_nothing_lost():
    flow = solved(chain_of("a>b y=.5", "b>C y=.5", capacity={"a": 0, "b": 0}))
    assert (flow.created, flow.delivered, flow.total_lost, flow.stranded) == (0, 0, 0, 0)
    assert flow.reach.tolist() == pytest.approx([0.25, 0.5, 1])
