"""How high the parties of a column stand: near those they work with and near their team, never on top of each other.

Sweeps of barycentres (Sugiyama, Tagawa & Toda 1981): every party wishes to stand at the mean height of its neighbours,
pulled towards the mean of its team; in every column the wishes are granted in their order with at least ``ROW``
between two parties, which is isotonic regression. Several starts, the best picture is kept: the one with the fewest
crossings, or above ``COUNTED`` links the one with the shortest links. In a small picture neighbours in a column then
change places as long as that takes crossings away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import isotonic_regression

from chainmap.domain.arrays import sum_by
from chainmap.domain.map_crossings import count_crossings, cross
from chainmap.domain.map_room import ROW
from chainmap.domain.records import FloatArray, IntArray, LongArray

#: How much of a party's wish is to be near its team: half the spread of a team for 3 % more crossings.
TEAM_PULL = 0.3
#: Sweeps from each start. Starts of chains up to COUNTED links, and above.
SWEEPS, STARTS, FEW_STARTS = 60, 4, 1
#: Sweeps that may bring nothing before a start is given up.
PATIENCE = 16
#: Up to this many links crossings are counted: that is quadratic.
COUNTED = 1_000
#: Up to this many links neighbours change places one by one, in at most so many rounds.
SWAPPED, SWAP_ROUNDS = 300, 12
#: Keeps the columns apart inside one regression; far above every height.
_APART = 1e7


@dataclass(frozen=True, eq=False)
class Columns:
    """A map whose columns are decided. ``n`` parties, ``m`` links; columns count from the left."""

    column: LongArray  # [n]
    x: FloatArray  # [n] where the column stands
    supplier: IntArray  # [m]
    customer: IntArray  # [m]
    weight: FloatArray  # [m] > 0
    team: LongArray  # [n] -1 = none

    @cached_property
    def start(self) -> LongArray:
        """[columns] how many parties stand in the columns before."""
        sizes = np.bincount(self.column)
        return np.asarray(np.cumsum(sizes) - sizes, np.int64)

    def place(self, wish: FloatArray) -> FloatArray:
        """[n] heights nearest to the wished ones, in their order, with at least ROW between two of a column."""
        order = np.lexsort((wish, self.column))
        column = self.column[order]
        below = ROW * (np.arange(len(order)) - self.start[column])
        height = np.empty(len(order))
        height[order] = isotonic_regression(wish[order] - below + column * _APART).x - column * _APART + below
        return height

    def length(self, y: FloatArray) -> float:
        """The weighted height that all links climb and fall."""
        return float((self.weight * np.abs(y[self.supplier] - y[self.customer])).sum())


def find_heights(columns: Columns) -> FloatArray:
    """[n] height of every party, downwards, whole numbers with at least ROW between two parties of one column."""
    if not len(columns.column):
        return np.empty(0)
    is_small = len(columns.supplier) <= COUNTED
    starts = list(_starts(columns))[: STARTS if is_small else FEW_STARTS]
    found = [_sweep(columns, start, sided=sided) for start in starts for sided in (False, True)]

    def badness(y: FloatArray) -> tuple[float, float]:
        crossings = count_crossings(columns.x, y, columns.supplier, columns.customer) if is_small else 0
        return crossings, columns.length(y)

    best = min(found, key=badness)
    if len(columns.supplier) <= SWAPPED:
        best = _swap(columns, best)
    return _whole(columns, best)


def _starts(columns: Columns) -> Iterator[FloatArray]:
    """Heights to begin with: as the parties come, turned round, team by team, and shuffled the same way every time."""
    came = np.arange(len(columns.column), dtype=np.float64)
    yield came
    yield came[::-1].copy()
    yield columns.team * float(len(came)) + came
    yield np.random.default_rng(5).permutation(came)


def _sweep(columns: Columns, start: FloatArray, *, sided: bool) -> FloatArray:
    """The heights with the shortest links of ``SWEEPS`` sweeps. ``sided``: look to one side, then to the other."""
    count = len(columns.column)
    sides = [_neighbours(columns, side) for side in ((1, -1, 0, 0) if sided else (0,))]
    in_team = columns.team >= 0
    team = np.where(in_team, columns.team, 0)
    members = np.maximum(np.bincount(team[in_team], minlength=int(team.max()) + 1), 1)
    y = columns.place(start * ROW / max(count, 1))
    best, shortest, found_at = y, columns.length(y), 0
    for turn in range(SWEEPS):
        around, degree = sides[turn % len(sides)]
        wish = np.where(degree > 0, around @ y / np.maximum(degree, 1e-12), y)
        mean = np.bincount(team[in_team], y[in_team], len(members)) / members
        wish = np.where(in_team, (1 - TEAM_PULL) * wish + TEAM_PULL * mean[team], wish)
        y = columns.place((wish + y) / 2 if turn % 2 else wish)
        y = y - y.mean()
        length = columns.length(y)
        if length < shortest - 1e-9:
            best, shortest, found_at = y, length, turn
        elif turn - found_at > PATIENCE:
            break
    return best


def _neighbours(columns: Columns, side: int) -> tuple[sparse.csr_array, FloatArray]:
    """Who is linked with whom, and every party's weight of links: all (0), those to the right (1) or left (-1)."""
    one = np.concatenate([columns.supplier, columns.customer])
    other = np.concatenate([columns.customer, columns.supplier])
    kept = np.sign(columns.column[other] - columns.column[one]) == side if side else one != other
    weight = np.concatenate([columns.weight, columns.weight])[kept]
    count = len(columns.column)
    around = sparse.csr_array((weight, (one[kept], other[kept])), shape=(count, count))
    return around, sum_by(one[kept], weight, count)


def _swap(columns: Columns, y: FloatArray) -> FloatArray:
    """Let neighbours in a column change places where fewer links cross then, in rounds until none does."""
    touching = [
        np.flatnonzero((columns.supplier == party) | (columns.customer == party))
        for party in range(len(columns.column))
    ]
    for _ in range(SWAP_ROUNDS):
        order = np.lexsort((y, columns.column))
        pairs = [
            (upper, lower)
            for upper, lower in zip(order[:-1].tolist(), order[1:].tolist(), strict=True)
            if columns.column[upper] == columns.column[lower]
        ]
        swapped = [_swap_pair(columns, y, pair, touching) for pair in pairs]
        if not any(swapped):
            return y
    return y


def _swap_pair(columns: Columns, y: FloatArray, pair: tuple[int, int], touching: list[LongArray]) -> bool:
    """Swap two parties in place where that takes crossings away; whether it did."""
    links = np.union1d(touching[pair[0]], touching[pair[1]])
    before = _crossings_of(columns, y, links)
    if not before:
        return False
    y[list(pair)] = y[list(pair[::-1])]
    if _crossings_of(columns, y, links) < before:
        return True
    y[list(pair)] = y[list(pair[::-1])]
    return False


def _crossings_of(columns: Columns, y: FloatArray, links: LongArray) -> int:
    """Crossings that some links take part in, each counted once."""
    found = cross(columns.x, y, columns.supplier, columns.customer, links)
    return int(found.sum()) - int(found[:, links].sum()) // 2


def _whole(columns: Columns, y: FloatArray) -> FloatArray:
    """Heights as whole numbers from 0 on, still at least ROW apart in every column."""
    order = np.lexsort((y, columns.column))
    column = columns.column[order]
    below = ROW * (np.arange(len(order)) - columns.start[column])
    whole = np.empty(len(order))
    lifted = np.rint(y[order] - y.min()) - below + column * _APART
    whole[order] = np.maximum.accumulate(lifted) - column * _APART + below
    return np.asarray(whole - whole.min(), np.float64)
