"""A place for who came later: near those they work with, and nobody else moves."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from chainmap.domain.map_room import LAYER, LEAST_WIDTH, MARGIN, ROW, SIDE, nearest_free
from chainmap.domain.records import BoolArray, FloatArray, IntArray

#: How many columns to the right and to the left are tried where the nearest one is full.
_COLUMNS_TRIED = 2


def place_added(
    fixed: FloatArray, supplier: IntArray, customer: IntArray, is_end: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """x [n] and y [n]: fixed places as they are, all others near their neighbours without touching anybody.

    ``fixed`` [n, 2] holds nan for who has no place yet; at least one party has one. Who is nearer to the placed ones
    comes first, then the order of the parties, so that the same additions always find the same places. A new end
    customer stands on the shoreline; everybody else stands left of it, one layer left of the customers and right of
    the suppliers where both leave room. Who works with nobody placed stands under the picture.
    """
    placed = fixed.copy()
    known: BoolArray = np.isfinite(placed[:, 0]) & np.isfinite(placed[:, 1])
    placed[~known] = np.nan
    shore = _shore(placed, known, is_end)
    bottom = float(placed[known, 1].max()) + 2 * ROW
    customers, suppliers = _neighbours(supplier, customer, len(is_end)), _neighbours(customer, supplier, len(is_end))
    for party in _turns(known, supplier, customer):
        taken = placed[known]
        after = placed[[other for other in customers[party] if known[other]]]
        before = placed[[other for other in suppliers[party] if known[other]]]
        around = np.concatenate([after, before])
        y = float(np.rint(around[:, 1].mean())) if len(around) else bottom
        columns = [shore] if is_end[party] else _columns(_wished_x(after, before, shore), shore)
        placed[party] = nearest_free(taken, y, columns)
        known[party] = True
    return placed[:, 0], placed[:, 1]


def _shore(placed: FloatArray, known: BoolArray, is_end: BoolArray) -> float:
    """Where end customers stand: with those that have a place, else right of everybody."""
    ends = placed[known & is_end, 0]
    if len(ends):
        return float(ends.max())
    return max(float(placed[known, 0].max()) + LAYER, LEAST_WIDTH)


def _neighbours(of: IntArray, to: IntArray, count: int) -> list[list[int]]:
    """[n] the distinct parties at the other end, in their order."""
    found: list[set[int]] = [set() for _ in range(count)]
    for one, other in zip(of.tolist(), to.tolist(), strict=True):
        found[one].add(other)
    return [sorted(others) for others in found]


def _turns(known: BoolArray, supplier: IntArray, customer: IntArray) -> list[int]:
    """Who is placed in which order: by hand-offs to somebody who has a place, then as they come."""
    count = len(known)
    start = np.flatnonzero(known)
    one = np.concatenate([supplier, customer, np.full(len(start), count)])
    other = np.concatenate([customer, supplier, start])
    shape = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(count + 1, count + 1))
    away = csgraph.dijkstra(shape, indices=[count], unweighted=True)[0, :count]
    free = np.flatnonzero(~known)
    return free[np.lexsort((free, away[free]))].tolist()  # type: ignore[no-any-return]


def _wished_x(after: FloatArray, before: FloatArray, shore: float) -> float:
    """One layer left of the customers, one right of the suppliers, the middle where there are both."""
    wishes = [*(after[:, 0] - LAYER).tolist(), *(before[:, 0] + LAYER).tolist()]
    return float(np.rint(np.median(wishes))) if wishes else shore - LAYER


def _columns(x: float, shore: float) -> list[float]:
    """The wished column and those beside it, inside the picture and left of the shoreline."""
    last = max(shore - SIDE, MARGIN)
    near = min(max(x, MARGIN), last)
    beside = [near + sign * step * SIDE for step in range(1, _COLUMNS_TRIED + 1) for sign in (-1, 1)]
    return [near, *(column for column in beside if MARGIN <= column <= last)]
