"""Measures of the chain map, and the nearest free place on it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from chainmap.domain.records import FloatArray

#: Least distance between two parties, in units of the map: SIDE from left to right, or ROW from above to below.
SIDE, ROW = 180.0, 64.0
#: From one layer to the next; wider than SIDE, so that links are seen.
LAYER = 280.0
#: Free on the left and above.
MARGIN = 80.0
#: The shoreline never lies nearer to the left: there is room for who is added before those that are there now.
LEAST_WIDTH = 3 * LAYER + MARGIN


def nearest_free(taken: FloatArray, y: float, columns: Iterable[float]) -> tuple[float, float]:
    """The free place (x, y) nearest to a height in any of some columns; earlier columns win a tie.

    ``taken`` [k, 2] are the places of others; the one found is SIDE or ROW from each of them and not above MARGIN. The
    columns come in the order of their worth: standing in the next one counts like standing one ROW further away.

    >>> nearest_free(np.array([[80.0, 80.0]]), 90.0, [80.0])
    (80.0, 144.0)
    """
    best: tuple[float, float, float] | None = None
    for turn, x in enumerate(columns):
        height = _free_height(taken[np.abs(taken[:, 0] - x) < SIDE, 1], max(y, MARGIN))
        cost = abs(height - y) + turn * ROW
        if best is None or cost < best[0]:
            best = (cost, x, height)
    if best is None:
        raise ValueError("a free place needs at least one column to stand in")
    return best[1], best[2]


def _free_height(taken: FloatArray, y: float) -> float:
    """The height nearest to ``y``, from MARGIN on, that is ROW from all taken ones; downwards wins a tie."""
    near = np.unique(taken)
    candidates = np.concatenate([[y], near + ROW, near - ROW])
    candidates = candidates[candidates >= MARGIN]
    after = np.searchsorted(near, candidates)
    above = np.concatenate([[-np.inf], near])[after]
    below = np.concatenate([near, [np.inf]])[after]
    is_free = (candidates - above >= ROW) & (below - candidates >= ROW)
    free = candidates[is_free]  # never empty: below the lowest one there is always room
    return float(free[np.lexsort((-free, np.abs(free - y)))[0]])
