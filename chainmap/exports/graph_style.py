"""How a report looks as a graph in yEd and Gephi: where the parties stand, colours and widths as in the picture.

Places are those of the chain map (one unit of the map is one pixel, y downwards); who has none there stands in columns
below. Colours are the light ones of ``picture_style``; a hand-off nobody rated is dashed, the few worst carry a label.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chainmap.domain.findings import Basis, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.domain.reports import Report
from chainmap.exports import words
from chainmap.exports.picture_selection import weight
from chainmap.exports.picture_style import PALETTES, yield_band
from chainmap.exports.plain_text import clean_text, shown_width

Point = tuple[float, float]

#: Of a party without a place on the map: from column to column, from row to row (as ``domain/map_room.py``).
_SIDE, _ROW, _MARGIN = 180.0, 64.0, 80.0
_COLUMN, _LINE = 7.0, 15.0  # pixels of one column of text and of one line
_PADDING, _LEAST_WIDTH = 18.0, 60.0
_WRAP, _NAME_LENGTH = 22, 60
_THINNEST, _THICKEST = 0.8, 6.5
_SMALLEST, _LARGEST = 12.0, 40.0
#: Width of every line while no flow is known.
_UNKNOWN_SHARE = 0.15
_WORST_LABELLED = 5
#: Between two lines of the same two parties, and how far a loop stands off.
_APART = 24.0
#: A line so long and so level runs through whoever stands between: more than one layer of the map, less than a row.
_LONG, _LEVEL = 400.0, 40.0
_PALETTE = PALETTES["light"]
_ORDER = {PartyKind.EXTERNAL_SUPPLIER: 0, PartyKind.EMPLOYEE: 1, PartyKind.END_CUSTOMER: 2}


@dataclass(frozen=True, slots=True)
class Node:
    """One party. ``x`` and ``y``: the middle of its box, y downwards; ``label`` may have several lines."""

    id: str
    party: PartyFinding
    label: str
    x: float
    y: float
    width: float
    height: float
    size: float  # diameter where it is drawn as a dot, 12..40: its area grows with the work present there
    fill: str
    ink: str
    shape: str  # as yEd calls it


@dataclass(frozen=True, slots=True)
class Edge:
    """One hand-off. ``number``: 0 for the first from this party to that one, 1 for the next; ``points``: its bends."""

    id: str
    source: str
    target: str
    number: int
    handoff: HandOffFinding
    label: str  # "" but for the few worst
    colour: str
    width: float
    dashed: bool
    points: Sequence[Point]


class GraphLook:
    """The nodes and edges of a report, one after the other, in the order of the finding."""

    def __init__(self, report: Report) -> None:
        self._finding = report.finding
        ids = _ids("n", [party.key for party in self._finding.parties])
        places = _places(self._finding.parties, report.positions)
        most = max((party.inflow or 0.0 for party in self._finding.parties), default=0.0) or 1.0
        self._nodes = {
            party.id: _node(name, party, place, most)
            for name, party, place in zip(ids, self._finding.parties, places, strict=True)
        }

    def nodes(self) -> Iterator[Node]:
        """Every party."""
        yield from self._nodes.values()

    def edges(self) -> Iterator[Edge]:
        """Every hand-off, parallel ones and loops too."""
        handoffs = self._finding.handoffs
        largest = max(map(weight, handoffs), default=0.0) or 1.0
        together = Counter(_pair(handoff) for handoff in handoffs)
        of_pair: Counter[tuple[str, str]] = Counter()
        of_ends: Counter[tuple[str, str]] = Counter()
        for id, handoff in zip(_ids("e", [one.key for one in handoffs]), handoffs, strict=True):
            pair, ends = _pair(handoff), (handoff.supplier, handoff.customer)
            supplier, customer = self._nodes[handoff.supplier], self._nodes[handoff.customer]
            yield Edge(
                id=id,
                source=supplier.id,
                target=customer.id,
                number=of_ends[ends],
                handoff=handoff,
                label=_edge_label(handoff),
                colour=_colour(handoff),
                width=_width(handoff, largest),
                dashed=not _is_known(handoff),
                points=_points(self._nodes[pair[0]], self._nodes[pair[1]], of_pair[pair], together[pair]),
            )
            of_pair[pair] += 1
            of_ends[ends] += 1


def _ids(letter: str, keys: Sequence[int]) -> Iterator[str]:
    """The caller's own numbers, the same in every file; places where parties of a fold share one number."""
    numbers: Sequence[int] = keys if len(set(keys)) == len(keys) else range(len(keys))
    return (f"{letter}{number}" for number in numbers)


def _pair(handoff: HandOffFinding) -> tuple[str, str]:
    """Both ends, whatever the direction."""
    if handoff.supplier <= handoff.customer:
        return handoff.supplier, handoff.customer
    return handoff.customer, handoff.supplier


# ---- parties


def _places(parties: Sequence[PartyFinding], known: Mapping[int, Point]) -> list[Point]:
    """Places of the map; below them, column by column from the suppliers to the end customers, who has none."""
    keys = [party.key for party in parties]
    if len(set(keys)) < len(keys):  # the numbers of a fold are nobody's: the map has numbered its parties by place
        keys = list(range(len(keys)))
    found: list[Point | None] = [known.get(key) for key in keys]
    lost = [place for place, at in enumerate(found) if at is None]
    lost.sort(key=lambda place: (_ORDER[parties[place].kind], place))
    top = max((at[1] + 2 * _ROW for at in found if at is not None), default=_MARGIN)
    # about three times as wide as high, as a screen is
    rows = max(math.isqrt(len(lost)), 1)
    for turn, place in enumerate(lost):
        found[place] = (_MARGIN + turn // rows * _SIDE, top + turn % rows * _ROW)
    return [at for at in found if at is not None]


def _node(id: str, party: PartyFinding, place: Point, most: float) -> Node:
    name = clean_text(party.name, _NAME_LENGTH) or clean_text(party.id, _NAME_LENGTH) or "?"
    # letters of East Asia are twice as wide
    room = _WRAP // 2 if shown_width(name) > 1.5 * len(name) else _WRAP
    lines = textwrap.wrap(name, room) or [name]
    fill, ink, shape = {
        PartyKind.EMPLOYEE: (_PALETTE.box, _PALETTE.ink, "roundrectangle"),
        PartyKind.EXTERNAL_SUPPLIER: (_PALETTE.outside, _PALETTE.ink, "rectangle"),
        PartyKind.END_CUSTOMER: (_PALETTE.accent, _PALETTE.on_accent, "roundrectangle"),
    }[party.kind]
    return Node(
        id=id,
        party=party,
        label="\n".join(lines),
        x=place[0],
        y=place[1],
        width=max(_LEAST_WIDTH, max(map(shown_width, lines)) * _COLUMN + _PADDING),
        height=len(lines) * _LINE + _PADDING,
        size=round(_SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(max(party.inflow or 0.0, 0.0) / most), 1),
        fill=fill,
        ink=ink,
        shape=shape,
    )


# ---- hand-offs


def _is_known(handoff: HandOffFinding) -> bool:
    return handoff.yield_ is not None and handoff.basis != Basis.ASSUMED


def _colour(handoff: HandOffFinding) -> str:
    return _PALETTE.bands[yield_band(handoff.yield_ or 0.0)] if _is_known(handoff) else _PALETTE.assumed


def _width(handoff: HandOffFinding, largest: float) -> float:
    share = _UNKNOWN_SHARE if handoff.flow is None else weight(handoff) / largest
    return round(_THINNEST + (_THICKEST - _THINNEST) * share, 2)


def _edge_label(handoff: HandOffFinding) -> str:
    """What is handed over and how much of it arrives, of the few worst."""
    if handoff.rank is None or handoff.rank > _WORST_LABELLED or not handoff.recoverable:
        return ""
    arrives = words.percent(handoff.yield_ or 0.0)
    what = clean_text(handoff.deliverable, _NAME_LENGTH)
    return f"{what} · {arrives}" if what else arrives


def _points(one: Node, other: Node, turn: int, count: int) -> list[Point]:
    """Bends that keep lines between the same two parties apart, loops off their box, long ones off those between."""
    if one.id == other.id:
        off = _APART * (turn + 1)
        right, above = one.x + one.width / 2 + off, one.y - one.height / 2 - off
        return [(right, one.y), (right, above), (one.x, above)]
    across, down = other.x - one.x, other.y - one.y
    aside = (turn - (count - 1) / 2) * _APART
    if abs(across) > _LONG and abs(down) < _LEVEL:
        aside += math.copysign(_ROW, across)  # down and around, where others stand in the same row
    if not aside:
        return []
    length = math.hypot(across, down) or 1.0
    middle_x, middle_y = (one.x + other.x) / 2, (one.y + other.y) / 2
    return [(round(middle_x - down / length * aside, 1), round(middle_y + across / length * aside, 1))]


def edge_weight(handoff: HandOffFinding) -> float:
    """What an edge weighs for programs that refuse 0: the flow, else the share of the supplier's output."""
    return max(weight(handoff), 1e-9)
