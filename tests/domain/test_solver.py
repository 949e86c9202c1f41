"""The two ways to solve, and what they do where a loop is nearly closed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from chainmap.domain import solver
from chainmap.domain.solver import SolverError, certified_steps, fundamental_matrix, solve


def leaky(size: int, seed: int, kept: float) -> np.ndarray:
    weights = np.random.default_rng(seed).random((size, size)) * (
        np.random.default_rng(seed + 1).random((size, size)) < 0.3
    )
    return kept * weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_iteration_agrees_with_the_inverse(kept):
    weights, source = leaky(40, 3, kept), np.random.default_rng(4).random(40)
    found = solve(sparse.csr_array(weights), source)
    assert found.method == "iteration"
    assert found.residual < 1e-13
    np.testing.assert_allclose(found.value, np.linalg.solve(np.eye(40) - weights, source), rtol=1e-11)


def test_slow_loops_are_handed_to_gmres():
    """Groups of four keep all but one part in ten million: plain iteration would need 300 million steps."""
    group = (1 - 1e-7) * (np.ones((4, 4)) - np.eye(4)) / 3
    weights = sparse.block_diag([group] * 30, format="csr")
    weights = sparse.csr_array(weights + sparse.csr_array(([1e-8], ([0], [5])), shape=(120, 120)))
    found = solve(weights, np.ones(120))
    assert found.method == "gmres"
    np.testing.assert_allclose(found.value[8:], 1e7, rtol=1e-6)
    assert found.residual <= solver.ACCEPTED


def test_a_closed_loop_is_an_error_and_not_a_number():
    with pytest.raises(SolverError, match="nearly closed"):
        solve(sparse.csr_array([[0.0, 1.0], [1.0, 0.0]]), np.ones(2))


def test_nothing_to_solve():
    assert solve(sparse.csr_array((0, 0)), np.empty(0)).value.tolist() == []
    assert fundamental_matrix(np.zeros((0, 0)), np.zeros(0)).shape == (0, 0)


def test_the_inverse_keeps_every_digit_where_almost_nothing_leaks():
    """a <-> b keep all but e: N = [[1, 1 - e], [1 - e, 1]] / (e (2 - e)), checked against exact fractions."""
    leak = 2.0**-60
    found = fundamental_matrix(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([leak, leak]))
    exact = Fraction(1) / (Fraction(leak) * (2 - Fraction(leak)))
    np.testing.assert_allclose(found, float(exact), rtol=1e-15)


def test_a_stack_mixes_easy_and_hard_matrices():
    easy, hard = np.array([[0.0, 0.5], [0.25, 0.0]]), np.array([[0.0, 1 - 1e-12], [1.0, 0.0]])
    found = fundamental_matrix(np.stack([easy, hard]), np.array([[0.5, 0.75], [1e-12, 0.0]]))
    np.testing.assert_allclose(found[0], np.linalg.inv(np.eye(2) - easy), rtol=1e-14)
    np.testing.assert_allclose(found[1], 1e12, rtol=1e-11)


def test_elimination_without_subtraction_agrees_with_the_plain_inverse():
    weights = leaky(25, 8, 0.8)
    found = solver._without_subtraction(weights, 1 - weights.sum(axis=1))
    np.testing.assert_allclose(found, np.linalg.inv(np.eye(25) - weights), rtol=1e-11, atol=1e-14)


def test_no_way_out_at_all_is_an_error():
    with pytest.raises(SolverError, match="keeps everything"):
        fundamental_matrix(np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros(2))


@pytest.mark.parametrize("kept", [0.3, 0.95, 0.999])
def test_steps_are_bounded_from_above_and_not_by_much(kept):
    weights = leaky(50, 5, kept)
    exact = np.linalg.inv(np.eye(50) - weights).sum(axis=1)
    bound = certified_steps(sparse.csr_array(weights))
    assert np.all(bound >= exact * (1 - 1e-12))
    assert np.all(bound <= exact * 1.02)
