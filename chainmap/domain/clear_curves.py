"""Curves between boxes on a map that pass beside all other boxes, where there is a way beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainmap.domain.records import FloatArray

#: One bend leads so far beside the straight line, in units of the map.
BEND = 34.0
#: Half of a box with some room, across and down.
HALF_WIDTH, HALF_HEIGHT = 84.0, 25.0
#: Points of a curve, its ends included.
STEPS = 41
#: Bends that are tried, added to the one a line has.
_TRIED = (0.0, 1.6, -1.6, 2.6, -2.6, 4.0, -4.0, 6.0, -6.0)


def curve(start: tuple[float, float], end: tuple[float, float], bend: float) -> FloatArray:
    """The points [STEPS, 2] of a quadratic curve; ``bend``: to the right of the way if above 0.

    >>> curve((0, 0), (10, 0), 0.5)[20].tolist()
    [5.0, 17.0]
    """
    one, other = np.array(start, np.float64), np.array(end, np.float64)
    way = other - one
    length = float(np.hypot(*way)) or 1.0
    aside = np.array([-way[1], way[0]]) / length * bend * BEND * 2
    at = np.linspace(0.0, 1.0, STEPS)[:, None]
    middle = (one + other) / 2 + aside
    found: FloatArray = (1 - at) ** 2 * one + 2 * (1 - at) * at * middle + at**2 * other
    return found


def clear_bends(places: FloatArray, ends: Sequence[tuple[int, int]], bends: Sequence[float]) -> list[float]:
    """The bends, each changed as little as leads past every box the line does not belong to.

    ``places`` [k, 2] are the middles of the boxes. A line for which all that is tried leads through a box takes the
    bend that touches the fewest points; a line from a box to itself stays.

    >>> clear_bends(np.array([[0.0, 0], [300, 0], [600, 0]]), [(0, 1), (2, 0)], [0.0, 0.0])
    [0.0, 1.6]
    """
    return [
        bend if one == other else _clear(places, one, other, bend)
        for (one, other), bend in zip(ends, bends, strict=True)
    ]


def _clear(places: FloatArray, one: int, other: int, bend: float) -> float:
    others = np.delete(places, [one, other], axis=0)
    best, fewest = bend, None
    for more in _TRIED:
        points = curve(tuple(places[one]), tuple(places[other]), bend + more)
        near = np.abs(points[:, None, :] - others[None, :, :])
        touched = int(np.count_nonzero((near[..., 0] < HALF_WIDTH) & (near[..., 1] < HALF_HEIGHT)))
        if fewest is None or touched < fewest:
            best, fewest = bend + more, touched
        if not touched:
            break
    return best
