"""Many draws solved at once against each of them solved alone, in plain Python and by the ordinary functions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from chainmap.domain import drawn_solves
from chainmap.domain.analysis import analyse
from chainmap.domain.drawn_solves import DrawnSolver, solve_draws
from chainmap.domain.gains import find_gains
from chainmap.domain.solver import SolverError
from chainmap.domain.uncertainty import draw_yields
from chainmap.domain.value_flow import find_value_flow
from tests.benchmarks.graphs import KINDS, company
from tests.domain.chains import Reference, chain_of, random_chains

DRAWS = 5


def one_by_one(solved, drawn):
    """[draws] delivered, [draws, m] lost and recoverable: each draw as a chain of its own."""
    found = []
    for value in drawn:
        alone = replace(solved.yields, value=value)
        flow = find_value_flow(solved.network, alone)
        found.append((flow.delivered, flow.lost, find_gains(solved.network, alone, flow).recoverable))
    return [np.array(part) for part in zip(*found, strict=True)]


def assert_the_same(solved, drawn, rtol=1e-12):
    found = solve_draws(solved.network, solved.yields, drawn)
    created = solved.chain.capacity.sum()
    for ours, theirs in zip((found.delivered, found.lost, found.recoverable), one_by_one(solved, drawn), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * created)


@given(random_chains(ratings=True))
@settings(max_examples=40, deadline=None)
def test_every_draw_is_what_it_is_alone(chain):
    solved = analyse(chain)
    assume(solved.yields.known)
    assert_the_same(solved, draw_yields(solved.yields, DRAWS))


@given(random_chains(ratings=True))
@settings(max_examples=20, deadline=None)
def test_delivered_value_against_the_plain_reference(chain):
    solved = analyse(chain)
    assume(solved.yields.known)
    drawn = draw_yields(solved.yields, DRAWS)
    expected = [Reference(chain, value).delivered for value in drawn]
    assert solve_draws(solved.network, solved.yields, drawn).delivered == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("least", [4, 10_000])
def test_a_company_with_and_without_a_dense_rest(kind, least, monkeypatch):
    """``least`` 4 leaves parties to invert where loops are large, 10,000 leaves none."""
    monkeypatch.setattr(drawn_solves, "DENSE_LEAST", least)
    monkeypatch.setattr(drawn_solves, "DENSE_PART", 0.1)
    solved = analyse(company(80, kind))
    left = len(DrawnSolver(solved.network)._core)
    assert left == 0 if least == 10_000 else left > 0
    assert_the_same(solved, draw_yields(solved.yields, DRAWS), rtol=1e-11)


def test_a_chain_where_everybody_hands_to_everybody_is_inverted_at_once(monkeypatch):
    monkeypatch.setattr(drawn_solves, "DENSE_LEAST", 4)
    monkeypatch.setattr(drawn_solves, "SPARSE_MOST", 2)
    solved = analyse(company(60))
    solver = DrawnSolver(solved.network)
    assert len(solver._core) == len(solver.working)
    assert_the_same(solved, draw_yields(solved.yields, DRAWS), rtol=1e-11)


def test_in_parts_as_all_at_once(monkeypatch):
    solved = analyse(company(60))
    drawn = draw_yields(solved.yields, 7)
    whole = solve_draws(solved.network, solved.yields, drawn)
    monkeypatch.setattr(drawn_solves, "CHUNK_ENTRIES", 1)
    assert DrawnSolver(solved.network).chunk() == 1
    parts = solve_draws(solved.network, solved.yields, drawn)
    for name in ("delivered", "lost", "recoverable"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-13)


def test_a_loop_worked_by_hand():
    """
    a -> b all, b -> a half and b -> C half, a and b create 1 each, yields y, y, 1:  N = 1 / (1 - y y / 2) [1 y; y/2 1]
    y = .8: N[b, a] = .4 / .68, x_a = (1 + .4) / .68, v_b = .5 / .68; repairing a -> b
    brings x_a .2 v_b / (1 - .2 N[b, a])
    """
    solved = analyse(chain_of("a>b y=.8", "b>a y=.8", "b>C y=1"))
    found = solve_draws(solved.network, solved.yields, solved.yields.value[None])
    assert found.delivered == pytest.approx([(1 + 0.8) / 0.68 * 0.5])
    assert found.lost[0].tolist() == pytest.approx([1.4 / 0.68 * 0.2, 1.8 / 0.68 * 0.5 * 0.2, 0])
    assert found.recoverable[0][0] == pytest.approx((1.4 / 0.68) * 0.2 * (0.5 / 0.68) / (1 - 0.2 * 0.4 / 0.68))


def test_a_nearly_closed_loop_keeps_its_accuracy():
    """What leaves is a billionth: a plain inverse would lose nine digits of it."""
    solved = analyse(chain_of("a>b y=1", "b>a y=1 w=1000000000", "b>C y=1"))
    found = solve_draws(solved.network, solved.yields, solved.yields.value[None])
    assert found.delivered == pytest.approx([2.0], rel=1e-9)


def test_a_draw_that_does_not_balance_is_solved_alone(monkeypatch):
    solved = analyse(company(60))
    drawn = draw_yields(solved.yields, DRAWS)
    expected = one_by_one(solved, drawn)
    known = DrawnSolver.solve

    def spoiled(self, passes):
        found = known(self, passes)
        found.inflow[self.working, 1] *= 1.01
        return found

    monkeypatch.setattr(DrawnSolver, "solve", spoiled)
    found = solve_draws(solved.network, solved.yields, drawn)
    np.testing.assert_allclose(found.lost, expected[1], rtol=1e-12, atol=1e-12)

    def unsolvable(*_given, **_more):
        raise SolverError("x")

    monkeypatch.setattr(drawn_solves, "find_value_flow", unsolvable)
    with pytest.raises(SolverError):
        solve_draws(solved.network, solved.yields, drawn)
