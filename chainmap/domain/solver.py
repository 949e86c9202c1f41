"""Solving ``z = M z + source`` for a matrix of shares that leak: dense and exact when small, iterative when large.

``M`` is non-negative, its rows (or columns) sum to 1 at most, and every party has a way out, so ``I - M`` is regular
and its inverse ``N`` non-negative (Kemeny & Snell: the fundamental matrix of an absorbing chain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import LinearOperator, gmres, spilu

from chainmap.domain.records import FloatArray

Matrix: TypeAlias = "sparse.csr_array | sparse.csc_array"

#: Every entry may still change by this part of itself when the iteration stops.
TOLERANCE = 1e-14
#: From here on what is still to come is a geometric series of one vector, and can be added at once.
LAST_MILE = 1e-6
#: The residual that an accelerated solve must reach, as a part of the largest entry.
ACCEPTED = 1e-12
#: Steps of plain iteration before an accelerated method takes over.
PATIENCE = 3000
#: Steps after which the rate of the iteration tells something.
SETTLED = 128
#: Steps between two looks at the residual.
STRIDE = 8
#: Expected number of steps to the end above which rounding in a plain inverse starts to show.
TRUSTED_STEPS = 1e3


class SolverError(ArithmeticError):
    """The flow could not be solved to the accuracy that is promised; the message says why and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What came out and how far it is from solving its equation exactly."""

    value: FloatArray  # [n]
    residual: float  # largest |M z + source - z|, as a part of the largest z
    steps: int  # products of matrix and vector; 0 = solved directly
    method: str  # "direct", "iteration" or "gmres"


def solve(matrix: Matrix, source: FloatArray, *, tolerance: float = TOLERANCE) -> Solution:
    """Solve ``z = matrix z + source`` for ``source`` >= 0.

    Repeated substitution: each step adds the value that needs one hand-off more. Once the steps are small they shrink
    alike, and the rest of the series is added at once. It stops when no entry changes by more than ``tolerance`` of
    itself. Where loops are so nearly closed that this would
    take more than ``PATIENCE`` steps, GMRES with an incomplete factorization goes on from there. Raises SolverError
    when that does not reach ``ACCEPTED`` either.
    """
    value, steps, last_mile = source.astype(np.float64), 0, LAST_MILE
    while steps < PATIENCE:
        for _ in range(STRIDE):
            before, value = value, matrix @ value
            value += source
        steps += STRIDE
        change = value - before
        if np.all(np.abs(change) <= tolerance * value):
            return Solution(value, _relative(change, value), steps, "iteration")
        if np.all(np.abs(change) <= last_mile * value):
            value, last_mile = _extrapolated(value, change, matrix), last_mile / 100
            steps += 1
        if steps >= SETTLED and _hopeless(change, value, matrix, tolerance, PATIENCE - steps):
            break
    return _accelerate(matrix, source, value, steps)


def fundamental_matrix(weights: FloatArray, leaks: FloatArray) -> FloatArray:
    """[..., k, k] the inverse of ``I - weights``: expected visits, for one small matrix or a stack of them.

    ``leaks[i]`` is ``1 - sum of row i``, given apart because the difference of two numbers near 1 would lose what
    matters: where loops are nearly closed the elimination works with the leaks alone and never subtracts
    (Grassmann, Taksar & Heyman 1985), so every entry keeps its accuracy. Raises SolverError if something has no way
    out at all.
    """
    size = weights.shape[-1]
    if size == 0:
        return weights.copy()
    try:
        inverse = np.asarray(np.linalg.inv(np.eye(size) - weights), np.float64)
    except np.linalg.LinAlgError:
        inverse = np.full_like(weights, np.inf)
    steps = inverse.sum(axis=-1).reshape(-1, size)
    with np.errstate(invalid="ignore"):
        doubtful = ~np.all((steps >= 0.5) & (steps <= TRUSTED_STEPS), axis=1)
    stacked = inverse.reshape(-1, size, size)
    for place in np.flatnonzero(doubtful):
        stacked[place] = _without_subtraction(weights.reshape(-1, size, size)[place], leaks.reshape(-1, size)[place])
    np.maximum(stacked, 0.0, out=stacked)
    return stacked.reshape(weights.shape)


def certified_steps(matrix: Matrix) -> FloatArray:
    """[n] an upper bound, certain up to rounding, of the row sums of ``N``: the steps value takes before it leaves.

    If ``t - M t >= 1 - e`` in every entry for some ``t >= 0``, then ``N 1 <= t / (1 - e)`` because ``N >= 0``. Any
    rough ``t`` will do; it is checked here, not believed.
    """
    for tolerance in (5e-3, 1e-5, TOLERANCE):  # slow loops change little a step and still have far to go
        rough = solve(matrix, np.ones(matrix.shape[0]), tolerance=tolerance).value
        drop = float(np.min(rough - matrix @ rough, initial=1.0)) - 1e-12 * float(np.max(rough, initial=1.0))
        if drop > 0.98 or (drop > 0.5 and tolerance == TOLERANCE):
            return rough / drop
    raise SolverError(_closed("the steps that value takes in its loops could not be bounded"))


def _extrapolated(value: FloatArray, change: FloatArray, matrix: Matrix) -> FloatArray:
    """``value`` plus all changes still to come, as if each were the same part of the one before (Aitken).

    Whether it was a good guess does not matter: the iteration goes on from there and decides by its own residual.
    """
    following = matrix @ change
    rate = float(following.sum() / change.sum()) if change.sum() else 0.0
    return value + following / (1.0 - rate) if 0.0 < rate < 1.0 else value


def _relative(change: FloatArray, value: FloatArray) -> float:
    largest = float(np.max(value, initial=0.0))
    return float(np.max(np.abs(change), initial=0.0)) / largest if largest > 0 else 0.0


def _hopeless(change: FloatArray, value: FloatArray, matrix: Matrix, tolerance: float, left: int) -> bool:
    """Whether the present rate of the iteration would need more steps than are left."""
    now = float(np.max(np.abs(change)))
    following = float(np.max(np.abs(matrix @ change)))
    goal = tolerance * float(np.max(value))
    if following >= now or now <= goal:
        return False  # entries still spread, or only rounding is left: the rate says nothing yet
    return bool(np.log(goal / now) / np.log(following / now) > left + STRIDE)


def _accelerate(matrix: Matrix, source: FloatArray, start: FloatArray, steps: int) -> Solution:
    """GMRES on ``(I - M) z = source``, restarted on its own residual, with an incomplete factorization in front."""
    size = len(source)
    system = (sparse.eye_array(size, format="csc") - matrix).tocsc()
    try:
        factors = spilu(system, drop_tol=1e-3, fill_factor=8, diag_pivot_thresh=0.0)
    except RuntimeError as failure:
        raise SolverError(_closed("the factorization broke down")) from failure
    front = LinearOperator((size, size), matvec=factors.solve, dtype=np.float64)
    value = start
    for _ in range(8):
        residual = source - value + matrix @ value
        if _relative(residual, value) <= ACCEPTED / 100:
            break
        correction, _ = gmres(system, residual, M=front, rtol=1e-8, restart=40, maxiter=10)
        if not np.all(np.isfinite(correction)):
            break
        value = np.maximum(value + correction, 0.0)
        steps += 40
    left = _relative(source - value + matrix @ value, value)
    if not left <= ACCEPTED:
        raise SolverError(_closed(f"the residual stayed at {left:.1e}"))
    return Solution(value, left, steps, "gmres")


def _without_subtraction(weights: FloatArray, leaks: FloatArray) -> FloatArray:
    """The inverse of ``I - weights`` by elimination that only adds, multiplies and divides non-negative numbers."""
    rest, leak, size = weights.copy(), leaks.copy(), len(weights)
    pivots = np.empty(size)
    for row in range(size):
        later = slice(row + 1, size)
        pivots[row] = leak[row] + rest[row, later].sum()
        if not pivots[row] > 0:
            raise SolverError(_closed("a group of parties keeps everything it gets"))
        rest[later, row] /= pivots[row]
        rest[later, later] += np.outer(rest[later, row], rest[row, later])
        leak[later] += rest[later, row] * leak[row]
    lower = np.eye(size) - np.tril(rest, -1)
    upper = np.diag(pivots) - np.triu(rest, 1)
    halfway = linalg.solve_triangular(lower, np.eye(size), lower=True, unit_diagonal=True, check_finite=False)
    inverse: FloatArray = linalg.solve_triangular(upper, halfway, lower=False, check_finite=False)
    return inverse


def _closed(what: str) -> str:
    return (
        f"The value flow could not be solved: {what}. Some loop of hand-offs is so nearly closed that almost nothing "
        "leaves it. Look for parties that hand nearly all their volume to each other with a yield of 1, and correct "
        "their volumes."
    )
