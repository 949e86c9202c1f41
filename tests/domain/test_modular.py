"""Linear algebra modulo a prime, against the same over fractions."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.modular import PRIMES, dependent_blocks, multiply, remove_span, row_reduce, sample_kernel


def rank(rows):
    """Rank over the rational numbers, by fractions."""
    rows, done = [[Fraction(int(value)) for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        for row in range(done + 1, len(rows)):
            factor = rows[row][column] / rows[done][column]
            rows[row] = [value - factor * lead for value, lead in zip(rows[row], rows[done], strict=True)]
        done += 1
    return done


@st.composite
def matrices(draw, low=-3, high=3):
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    values = draw(st.lists(st.integers(low, high), min_size=height * width, max_size=height * width))
    return np.array(values, np.int64).reshape(height, width)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(PRIMES))
def test_rank_and_echelon_form(matrix, prime):
    reduced = matrix % prime
    pivots = row_reduce(reduced, prime, range(matrix.shape[1]))
    assert len(pivots) == rank(matrix)
    assert not reduced[len(pivots) :].any()
    assert (reduced[: len(pivots)][:, pivots] == np.eye(len(pivots))).all()


@settings(max_examples=40, deadline=None)
@given(matrices(), st.sampled_from(PRIMES))
def test_the_kernel_is_mapped_to_0_and_nothing_else_is(matrix, prime):
    reduced = matrix % prime
    pivots = row_reduce(reduced, prime, range(matrix.shape[1]))
    kernel = sample_kernel(reduced, pivots, prime, 8, seed=1)
    assert not multiply(matrix % prime, kernel, prime).any()
    for column in range(matrix.shape[1]):
        unit = np.eye(matrix.shape[1], dtype=np.int64)[column]
        inside = rank(np.vstack([matrix, unit])) == rank(matrix)
        assert inside == (not kernel[column].any())


@settings(max_examples=40, deadline=None)
@given(matrices(), matrices())
def test_what_is_left_of_a_vector_without_a_span(vectors, span):
    width = min(vectors.shape[1], span.shape[1])
    vectors, span = vectors[:, :width], span[:, :width]
    left = remove_span(vectors % PRIMES[0], span % PRIMES[0], PRIMES[0])
    for vector, rest in zip(vectors, left, strict=True):
        assert (rank(np.vstack([span, vector])) == rank(span)) == (not rest.any())


@settings(max_examples=40, deadline=None)
@given(st.lists(matrices(), min_size=1, max_size=5))
def test_dependent_rows_are_found_in_many_blocks_at_once(listed):
    height, width = min(m.shape[0] for m in listed), min(m.shape[1] for m in listed)
    blocks = np.stack([matrix[:height, :width] for matrix in listed])
    found = dependent_blocks(blocks % PRIMES[0], PRIMES[0])
    assert found.tolist() == [rank(block) < height for block in blocks]


def test_products_of_the_largest_residues_are_exact():
    prime = PRIMES[0]
    left, right = np.full((2, 900), prime - 1), np.full((900, 2), prime - 2)
    assert (multiply(left, right, prime) == (prime - 1) * (prime - 2) * 900 % prime).all()
