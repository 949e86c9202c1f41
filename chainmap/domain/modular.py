"""Exact linear algebra over the integers modulo a prime, on numpy arrays.

Rational numbers grow without bound during elimination and floats round; residues do neither. Ranks modulo a prime are
never larger than over the rational numbers. They are smaller only if the prime divides every largest non-zero minor,
which for the matrices of ``confidentiality`` without earlier releases is impossible (see ``disclosure``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainmap.domain.records import BoolArray, LongArray

#: Two primes just below 2**31, so that a product of two residues fits into 63 bits.
PRIMES = (2_147_483_647, 2_147_483_629)


def row_reduce(matrix: LongArray, prime: int, columns: Sequence[int]) -> LongArray:
    """Bring ``matrix`` to reduced row echelon form, in place, looking for pivots in the order of ``columns``.

    ``matrix`` holds residues. Returns the pivot columns, in the order of their rows; all later rows are 0 in every one
    of ``columns``.

    >>> matrix = np.array([[1, 1, 0], [1, 1, 1]])
    >>> row_reduce(matrix, 7, range(3)).tolist(), matrix.tolist()
    ([0, 2], [[1, 1, 0], [0, 0, 1]])
    """
    done = 0
    pivots: list[int] = []
    for column in columns:
        if done == len(matrix):
            break
        filled = np.flatnonzero(matrix[:, column])
        below = filled[filled >= done]
        if not len(below):
            continue
        pivot = int(below[0])
        if pivot != done:
            matrix[[done, pivot]] = matrix[[pivot, done]]
            filled = np.flatnonzero(matrix[:, column])
        lead = int(matrix[done, column])
        if lead != 1:
            matrix[done] = matrix[done] * pow(lead, -1, prime) % prime
        others = filled[filled != done]
        if len(others):
            matrix[others] = (matrix[others] - matrix[others, column][:, None] * matrix[done]) % prime
        pivots.append(int(column))
        done += 1
    return np.array(pivots, np.int64)


def multiply(left: LongArray, right: LongArray, prime: int) -> LongArray:
    """``left @ right`` modulo the prime; up to 65,536 terms a sum stay within 63 bits."""
    high, low = left >> 16, left & 0xFFFF
    return ((high @ right % prime) * 65_536 + low @ right) % prime


def sample_kernel(reduced: LongArray, pivots: LongArray, prime: int, samples: int, seed: int) -> LongArray:
    """[columns, samples] random vectors that every row of a reduced matrix maps to 0.

    A vector of the row space is 0 on every one of them; any other is 0 on all with probability ``prime ** -samples``.
    """
    width = reduced.shape[1]
    vectors = np.random.default_rng(seed).integers(0, prime, (width, samples), dtype=np.int64)
    free = np.ones(width, np.bool_)
    free[pivots] = False
    vectors[pivots] = -multiply(reduced[: len(pivots)][:, free], vectors[free], prime) % prime
    return vectors


def remove_span(vectors: LongArray, span: LongArray, prime: int) -> LongArray:
    """[vectors, width] the vectors modulo the row space of ``span``: a row becomes 0 exactly if it lies in it."""
    basis = span.copy()
    pivots = row_reduce(basis, prime, range(basis.shape[1]))
    if not len(pivots):
        return vectors
    return (vectors - multiply(vectors[:, pivots], basis[: len(pivots)], prime)) % prime


def dependent_blocks(blocks: LongArray, prime: int) -> BoolArray:
    """[blocks] True where the rows of a block ``[rows, width]`` are linearly dependent; all blocks at once.

    >>> dependent_blocks(np.array([[[1, 2], [2, 4]], [[1, 2], [2, 5]]]), 7).tolist()
    [True, False]
    """
    blocks = blocks.copy()
    count, height, _width = blocks.shape
    dependent = np.zeros(count, np.bool_)
    every = np.arange(count)
    for row in range(height):
        lead = np.argmax(blocks[:, row] != 0, axis=1)
        value = blocks[every, row, lead]
        dependent |= value == 0
        for later in range(row + 1, height):
            factor = blocks[every, later, lead]
            # Cross-multiplied: no inverse is needed, and the row is only scaled.
            left, right = blocks[:, later] * value[:, None] % prime, blocks[:, row] * factor[:, None] % prime
            blocks[:, later] = (left - right) % prime
    return dependent
