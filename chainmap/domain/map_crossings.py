"""How many pairs of links of a map cross, each link a straight line between the places of its parties."""

from __future__ import annotations

import numpy as np

from chainmap.domain.records import BoolArray, FloatArray, IntArray, LongArray

#: Pairs looked at in one go: 100 bytes each.
_PAIRS = 400_000


def count_crossings(x: FloatArray, y: FloatArray, supplier: IntArray, customer: IntArray) -> int:
    """Pairs of links that cross at a point inside both: links that meet at a party or only touch do not cross.

    Exact and quadratic in the number of links: 5,000 links take about a second.

    >>> x, y = np.array([0.0, 0, 1, 1]), np.array([0.0, 1, 0, 1])
    >>> count_crossings(x, y, np.array([0, 1]), np.array([3, 2]))
    1
    """
    links = len(supplier)
    rows = max(_PAIRS // max(links, 1), 1)
    total = 0
    for first in range(0, links, rows):
        some = np.arange(first, min(first + rows, links))
        crossing = cross(x, y, supplier, customer, some)
        total += int((crossing & (np.arange(links) > some[:, None])).sum())
    return total


def cross(x: FloatArray, y: FloatArray, supplier: IntArray, customer: IntArray, some: LongArray) -> BoolArray:
    """[some, m] whether each of some links crosses each link."""
    ax, ay, bx, by = x[supplier], y[supplier], x[customer], y[customer]
    px, py, qx, qy = (column[some, None] for column in (ax, ay, bx, by))
    apart = _side(px, py, qx, qy, ax, ay) * _side(px, py, qx, qy, bx, by) < 0
    return np.asarray(apart & (_side(ax, ay, bx, by, px, py) * _side(ax, ay, bx, by, qx, qy) < 0), np.bool_)


def _side(
    fromx: FloatArray, fromy: FloatArray, tox: FloatArray, toy: FloatArray, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Above 0 where a point lies on one side of the line from -> to, below 0 on the other, 0 on it."""
    return np.sign((tox - fromx) * (y - fromy) - (toy - fromy) * (x - fromx))
