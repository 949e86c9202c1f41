"""Where every party of the chain map stands: left to right, the end customers in the rightmost column like a shoreline.

Columns come from levels (``map_layers``), heights from sweeps (``map_order``). A layer with too many people for one
column is split into several, the nearer to the end customers the further right, so that the picture keeps about the
shape of a screen. Parts of the chain between which nothing is handed over stand below each other, largest first.

The layout is a function of the parties, their teams and hand-offs and volumes, and of nothing that anybody rated. So it
stays the same from round to round. Where places are given they stay, and only who has none is placed among them
(``map_added``).

Places are in units of the map: x grows towards the end customers, y downwards, both whole numbers from ``MARGIN`` on.
Any two parties are ``SIDE`` apart in x or ``ROW`` in y.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chainmap.domain.map_added import place_added
from chainmap.domain.map_layers import find_layers, find_levels, parts_of
from chainmap.domain.map_order import Columns, find_heights
from chainmap.domain.map_room import LAYER, LEAST_WIDTH, MARGIN, ROW, SIDE
from chainmap.domain.records import BoolArray, ChainError, FloatArray, IntArray, LongArray

#: Width to height that a picture is given where its layers leave the choice: between a projector and a laptop.
SHAPE = 1.6
#: So many parties a column may always hold: a layer of ten people is not split.
ROWS_AT_LEAST = 12
#: Rows left free between two parts of a chain.
PARTS_APART = 1
#: Parts are ordered side by side, this far from each other, before they are put below each other.
_BESIDE = 1e6


@dataclass(frozen=True, eq=False)
class Shape:
    """What a layout is made from: ``n`` parties and ``m`` links by position; links to oneself are left out.

    ``weight`` [m] is the share of the supplier's output, ``team`` [n] a number from 0 on or -1 for none. Raises
    ChainError where lengths or positions do not fit.
    """

    is_end: BoolArray  # [n]
    supplier: IntArray  # [m]
    customer: IntArray  # [m]
    weight: FloatArray  # [m]
    team: LongArray  # [n]

    def __post_init__(self) -> None:
        parties, links = len(self.is_end), len(self.supplier)
        if len(self.team) != parties or len(self.customer) != links or len(self.weight) != links:
            raise ChainError("the columns of a layout must have the same length")
        ends = np.concatenate([self.supplier, self.customer])
        if len(ends) and (ends.min() < 0 or ends.max() >= parties):
            raise ChainError(f"a link names a party that is not there; there are {parties}")


@dataclass(frozen=True, eq=False)
class Places:
    """Where the parties stand, in units of the map."""

    x: FloatArray  # [n]
    y: FloatArray  # [n]


def layout(shape: Shape, fixed: FloatArray | None = None) -> Places:
    """A place for every party, the same for the same input.

    ``fixed`` [n, 2] are places (x, y) that must not move, nan for a party that has none; without any the whole picture
    is laid out anew. Raises ChainError for a fixed place of another length.

    >>> shape = Shape(np.array([False, False, True]), np.array([0, 1]), np.array([1, 2]), np.ones(2), np.full(3, -1))
    >>> places = layout(shape)
    >>> places.x.tolist(), places.y.tolist()
    ([360.0, 640.0, 920.0], [80.0, 80.0, 80.0])
    """
    others = shape.supplier != shape.customer
    supplier, customer, weight = shape.supplier[others], shape.customer[others], shape.weight[others]
    if fixed is not None:
        if fixed.shape != (len(shape.is_end), 2):
            raise ChainError(f"fixed places have the shape {fixed.shape}, and there are {len(shape.is_end)} parties")
        if np.isfinite(fixed).all(axis=1).any():
            x, y = place_added(fixed, supplier, customer, shape.is_end)
            return Places(x, y)
    return _laid_out(shape, supplier, customer, weight)


def _laid_out(shape: Shape, supplier: IntArray, customer: IntArray, weight: FloatArray) -> Places:
    count = len(shape.is_end)
    if not count:
        return Places(np.empty(0), np.empty(0))
    level = find_levels(supplier, customer, weight, shape.is_end)
    layer = find_layers(supplier, customer, level, shape.is_end)
    part = parts_of(supplier, customer, count)
    order = np.argsort(part, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(part))[:-1])
    away = np.empty(count)  # from the rightmost column of the part, to the left
    for people in members:
        away[people] = _distances(layer[people], level[people], shape.team[people])
    x = part * _BESIDE - away
    columns = Columns(np.unique(x, return_inverse=True)[1], x, supplier, customer, weight, shape.team)
    y = find_heights(columns)
    return _together(away, y, members, shape.is_end)


def _distances(layer: LongArray, level: FloatArray, team: LongArray) -> FloatArray:
    """How far left of the last column the members of one part stand: layers, and the columns a layer is split into."""
    numbers, place = np.unique(layer, return_inverse=True)
    sizes = np.bincount(place)
    columns = _split(sizes, has_shore=bool(numbers[0] == 0))
    before = np.concatenate([[0.0], np.cumsum((columns - 1) * SIDE + LAYER)[:-1]])
    order = np.lexsort((team, np.round(level, 1), place))
    rank = np.empty(len(layer), np.int64)
    rank[order] = np.arange(len(layer)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = -(-sizes // columns)
    return np.asarray(before[place] + rank // rows[place] * SIDE, np.float64)


def _split(sizes: LongArray, *, has_shore: bool) -> LongArray:
    """Into how many columns each layer is split; the shoreline stays one."""
    rows = max(ROWS_AT_LEAST, int(sizes[0]) if has_shore else 0)
    while True:
        columns = -(-sizes // rows)
        if columns.sum() * SIDE + len(sizes) * (LAYER - SIDE) <= SHAPE * rows * ROW or rows >= sizes.max():
            return np.asarray(columns, np.int64)
        rows += 1


def _together(away: FloatArray, y: FloatArray, members: list[LongArray], is_end: BoolArray) -> Places:
    """The parts below each other: those with end customers along the shoreline, then what reaches none."""
    parts = sorted((_Part.of(people, away, y, is_end) for people in members), key=lambda part: part.turn)
    anchored, islands = [part for part in parts if part.has_end], [part for part in parts if not part.has_end]
    room = _room_for(islands)
    shore = max([LEAST_WIDTH, *(MARGIN + part.width for part in anchored)])
    if anchored and islands:
        shore = max(shore, MARGIN + max(part.width for part in islands) + LAYER)
        room = shore - LAYER - MARGIN
    places = Places(np.empty(len(y)), np.empty(len(y)))
    below = MARGIN
    for part in anchored:
        places.x[part.people] = shore - away[part.people]
        places.y[part.people] = below + y[part.people] - part.top
        below += part.height + (1 + PARTS_APART) * ROW
    for part, left, above in _shelves(islands, room, below):
        places.x[part.people] = left + part.width - away[part.people]
        places.y[part.people] = above + y[part.people] - part.top
    return places


@dataclass(frozen=True, eq=False)
class _Part:
    """Parties that something is handed over between, laid out by themselves."""

    people: LongArray
    has_end: bool
    width: float
    height: float
    top: float

    @classmethod
    def of(cls, people: LongArray, away: FloatArray, y: FloatArray, is_end: BoolArray) -> _Part:
        top = float(y[people].min())
        height = float(y[people].max()) - top
        return cls(people, bool(is_end[people].any()), float(away[people].max()), height, top)

    @property
    def turn(self) -> tuple[int, int]:
        """Largest first, then as they come."""
        return -len(self.people), int(self.people[0])


def _room_for(islands: list[_Part]) -> float:
    """Width in which islands pack to about the shape of a screen."""
    area = sum((part.width + SIDE) * (part.height + ROW) for part in islands)
    widest = max((part.width for part in islands), default=0.0)
    return float(max(widest, LEAST_WIDTH - MARGIN, np.sqrt(SHAPE * area)))


def _shelves(islands: list[_Part], room: float, below: float) -> Iterator[tuple[_Part, float, float]]:
    """Every island with its left and upper edge: side by side as long as there is room, then in the next row."""
    left, above, tallest = 0.0, below, 0.0
    for part in islands:
        if left > 0 and left + part.width > room:
            left, above, tallest = 0.0, above + tallest + (ROW if not tallest else 2 * ROW), 0.0
        yield part, MARGIN + left, above
        left += part.width + (SIDE if not part.width else LAYER)
        tallest = max(tallest, part.height)
