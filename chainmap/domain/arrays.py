"""Small array operations that the rest of the core is written in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from chainmap.domain.records import FloatArray, IntArray, LongArray

Positions = npt.NDArray[np.int32] | npt.NDArray[np.int64]


def sum_by(group: Positions, value: npt.ArrayLike, groups: int) -> FloatArray:
    """[groups] the sum of the values of each group.

    >>> sum_by(np.array([0, 2, 0]), [1.0, 2.0, 3.0], 3).tolist()
    [4.0, 0.0, 2.0]
    """
    return np.bincount(group, weights=np.asarray(value, np.float64), minlength=groups).astype(np.float64, copy=False)


def stable_order(positions: IntArray) -> LongArray:
    """Order that sorts positions >= 0, equal ones as they came: two passes of 16 bits, linear in their number.

    >>> stable_order(np.array([2, 0, 2, 1], np.int32)).tolist()
    [1, 3, 0, 2]
    """
    if len(positions) and np.all(positions[1:] >= positions[:-1]):
        return np.arange(len(positions), dtype=np.int64)
    low = np.argsort((positions & 0xFFFF).astype(np.uint16), kind="stable")
    if not len(positions) or int(positions.max()) <= 0xFFFF:
        return low
    return low[np.argsort((positions[low] >> 16).astype(np.uint16), kind="stable")]
