"""One chart form for all of a report: rows of a name, a drawn length and figures, read like a table.

Bars lie across, each with its name before it (or above it, where the page is narrow) and its figures written out, so
that no axis has to be read. Every place is fixed in pixels: no text is measured, and the same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.exports.chart_style import SMALL_SIZE, TEXT_SIZE, shortened

WIDE, NARROW = 720, 344
#: Drawn lengths end this far from the column at the right, so that a figure has room beside its bar.
_FIGURE_ROOM = 66
_GAP = 10
#: Words over a mark this near to the edge begin there.
_EDGE = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Lengths are in the unit of the chart; names are any text."""

    name: str
    start: float = 0.0
    end: float = 0.0
    kind: str = "leak"  # a colour by its meaning
    detail: str = ""  # in small type below the name
    figure: str = ""  # beside the bar
    column: str = ""  # at the right
    soft_end: float | None = None  # from ``end`` to here: perhaps
    dot: float | None = None  # a point, ``start`` to ``end`` being its range
    bold: bool = False
    cut: bool = False  # longer than the scale: drawn to its end, with a gap in it


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over the columns and marks on the scale."""

    figure: str = ""
    column: str = ""
    marks: tuple[tuple[float, str], ...] = ()  # upright lines: where, and the words above them


@dataclass(frozen=True, slots=True)
class Form:
    """The shape of one chart."""

    low: float
    high: float
    narrow: bool = False
    name_width: int = 270  # of a wide chart
    column_width: int = 96
    track: bool = False  # the whole scale in a quiet tone behind each bar
    figure_room: int = _FIGURE_ROOM  # for the figure beside the longest bar

    @property
    def width(self) -> int:
        """Pixels across."""
        return NARROW if self.narrow else WIDE

    @property
    def names(self) -> int:
        """Where names end and bars begin."""
        return 0 if self.narrow else self.name_width

    @property
    def ends(self) -> int:
        """Where bars end at the latest."""
        return self.width - (0 if self.narrow else self.column_width) - self.figure_room

    @property
    def row_height(self) -> int:
        """Pixels from row to row."""
        return 56 if self.narrow else 40

    def place(self, value: float) -> float:
        """Where a value lies, in pixels."""
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1.0)
        return round(self.names + share * (self.ends - self.names), 2)


def rows_spec(rows: Sequence[Row], form: Form, head: Head, words: Mapping[str, str]) -> dict[str, Any]:
    """The Vega-Lite specification of the rows; ``words``: name, title and description for ``usermeta``."""
    top = 34 if head.figure or head.column or head.marks else 6
    middles = [top + place * form.row_height + form.row_height / 2 for place in range(len(rows))]
    layers = [
        *_tracks(middles, form),
        *_marks(head, form, top, len(rows)),
        *_bars(rows, middles, form),
        *_ranges(rows, middles, form),
        *_texts(_name_texts(rows, middles, form)),
        *_texts(_figure_texts(rows, middles, form)),
        *_texts(_head_texts(head, form)),
    ]
    height = top + len(rows) * form.row_height + 6
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": form.width,
        "height": height,
        "padding": 0,
        "autosize": {"type": "none"},
        "usermeta": dict(words),
        "layer": layers,
    }


Item = dict[str, Any]


def _layer(items: Iterable[Item], mark: Mapping[str, Any], **channels: str) -> list[dict[str, Any]]:
    """One layer of marks at places in pixels; none for no items. ``channels``: channel -> field, all literal."""
    values = list(items)
    if not values:
        return []
    literal = {
        channel: {"field": field, "type": "quantitative", "scale": None, "axis": None}
        if channel in ("x", "y", "x2", "y2")
        else {"field": field, "type": "nominal"}
        for channel, field in channels.items()
    }
    for end in ("x2", "y2"):
        if end in literal:
            literal[end] = {"field": channels[end]}
    return [{"data": {"values": values}, "mark": dict(mark), "encoding": literal}]


def _box(left: float, right: float, middle: float, half: float) -> Item:
    return {"x": left, "x2": right, "y": middle - half, "y2": middle + half}


def _by_kind(items: Iterable[tuple[str, Item]]) -> dict[str, list[Item]]:
    grouped: dict[str, list[Item]] = {}
    for kind, item in items:
        grouped.setdefault(kind, []).append(item)
    return grouped


def _boxes(items: Iterable[tuple[str, Item]], **look: Any) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for kind, grouped in _by_kind(items).items():
        mark = {"type": "rect", "color": f"house:{kind}"} | look
        layers += _layer(grouped, mark, x="x", x2="x2", y="y", y2="y2")
    return layers


def _bar_middle(middle: float, form: Form) -> float:
    return middle + 12 if form.narrow else middle


def _tracks(middles: Sequence[float], form: Form) -> list[dict[str, Any]]:
    if not form.track:
        return []
    return _boxes(("sunk", _box(form.names, form.ends, _bar_middle(middle, form), 9)) for middle in middles)


def _marks(head: Head, form: Form, top: int, rows: int) -> list[dict[str, Any]]:
    spans = [(top - 4.0, top + float(rows * form.row_height))]
    if form.narrow:  # names stand above their bars: nothing goes through them
        middles = [top + (place + 0.5) * form.row_height + 12 for place in range(rows)]
        spans = [(middle - 11, middle + 11) for middle in middles]
    places = [form.place(at) for at, _words in head.marks]
    lines = [{"x": at, "x2": at, "y": high, "y2": low} for at in places for high, low in spans]
    look = {"type": "rule", "color": "house:neutral", "strokeDash": [3, 3]}
    return _layer(lines, look, x="x", x2="x2", y="y", y2="y2")


def _bars(rows: Sequence[Row], middles: Sequence[float], form: Form) -> list[dict[str, Any]]:
    solid: list[tuple[str, Item]] = []
    soft: list[tuple[str, Item]] = []
    gaps: list[tuple[str, Item]] = []
    for row, middle in zip(rows, middles, strict=True):
        if row.dot is not None:
            continue
        left, right = sorted((form.place(row.start), form.place(row.end)))
        if row.end != row.start:
            # what is not nothing is seen
            right = max(right, left + 1.5)
            solid.append((row.kind, _box(left, right, _bar_middle(middle, form), 9)))
        if row.soft_end is not None:
            soft.append((row.kind, _box(right, form.place(row.soft_end), _bar_middle(middle, form), 9)))
        if row.cut:
            gaps += [("paper", _box(right - at, right - at + 4, _bar_middle(middle, form), 9)) for at in (28, 20)]
    return [*_boxes(solid), *_boxes(soft, opacity=0.35), *_boxes(gaps)]


def _ranges(rows: Sequence[Row], middles: Sequence[float], form: Form) -> list[dict[str, Any]]:
    lines: list[tuple[str, Item]] = []
    dots: list[tuple[str, Item]] = []
    for row, middle in zip(rows, middles, strict=True):
        if row.dot is None:
            continue
        at, (left, right) = _bar_middle(middle, form), (form.place(row.start), form.place(row.end))
        if right > left:
            lines.append((row.kind, _box(left, right, at, 1.5)))
            lines += [(row.kind, _box(end - 1, end + 1, at, 6)) for end in (left, right)]
        dots.append((row.kind, {"x": form.place(row.dot), "y": at}))
    layers = _boxes(lines)
    for kind, grouped in _by_kind(dots).items():
        look = {"type": "point", "shape": "circle", "filled": True, "size": 170, "opacity": 1, "color": f"house:{kind}"}
        layers += _layer(grouped, look, x="x", y="y")
    return layers


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of one line; ``align`` is the side that stands at ``x``."""

    text: str
    x: float
    y: float
    align: str = "left"
    size: int = TEXT_SIZE
    kind: str = "ink"
    bold: bool = False


def _texts(texts: Iterable[_Text]) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, int, str, bool], list[Item]] = {}
    for one in texts:
        if one.text:
            look = (one.align, one.size, one.kind, one.bold)
            grouped.setdefault(look, []).append({"x": one.x, "y": one.y, "text": one.text})
    layers: list[dict[str, Any]] = []
    for (align, size, kind, bold), items in grouped.items():
        mark = {"type": "text", "align": align, "fontSize": size, "color": f"house:{kind}"}
        layers += _layer(items, mark | ({"fontWeight": "bold"} if bold else {}), x="x", y="y", text="text")
    return layers


def _name_texts(rows: Sequence[Row], middles: Sequence[float], form: Form) -> Iterable[_Text]:
    for row, middle in zip(rows, middles, strict=True):
        if form.narrow:
            # one line above the bar, and the column at its end
            room = form.width - (form.column_width if row.column else 0) - _GAP
            name = f"{row.name} · {row.detail}" if row.detail else row.name
            yield _Text(shortened(name, room), 0, middle - 10, bold=row.bold)
            continue
        room, right = form.names - _GAP, form.names - _GAP
        lift = 8 if row.detail else 0
        yield _Text(shortened(row.name, room), right, middle - lift, "right", bold=row.bold)
        yield _Text(shortened(row.detail, room, SMALL_SIZE), right, middle + 9, "right", SMALL_SIZE, "quiet")


def _figure_texts(rows: Sequence[Row], middles: Sequence[float], form: Form) -> Iterable[_Text]:
    for row, middle in zip(rows, middles, strict=True):
        at = _bar_middle(middle, form)
        if row.dot is not None and form.narrow:
            yield _Text(row.figure, form.place(max(row.end, row.dot)) + 12, at, bold=True)
        elif row.dot is not None:
            yield _Text(row.figure, form.place(row.dot), at - 16, "center", bold=True)
        elif form.track:
            yield _Text(row.figure, form.ends + 8, at, bold=True)
        else:
            furthest = max(form.place(row.end), form.place(row.start))
            yield _Text(row.figure, furthest + 7, at, bold=True)
        yield _Text(row.column, form.width, middle - 10 if form.narrow else at, "right", kind="quiet")


def _head_texts(head: Head, form: Form) -> Iterable[_Text]:
    if not form.narrow or not head.marks:
        yield _Text(head.figure, form.names, 10, "left", SMALL_SIZE, "quiet")
    yield _Text(head.column, form.width, 10, "right", SMALL_SIZE, "quiet")
    for at, words in head.marks:
        x, y = form.place(at), 22 if head.figure or head.column else 12
        yield _Text(words, x, y, "left" if x < _EDGE else "center", SMALL_SIZE, "quiet")


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. ``title`` says what it is of, ``sentence`` what it shows; header and rows are its table twin."""

    name: str  # letters alone: of the file, and of the ids in the SVG
    title: str
    sentence: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]  # written out in the reader's language
    spec: dict[str, Any]  # for charts.chart_svg


def make_chart(
    name: str, title: str, sentence: str, table: Sequence[Sequence[str]], drawn: tuple[Sequence[Row], Form, Head]
) -> Chart:
    """A chart of ``drawn`` rows; the first line of ``table`` is its header."""
    header, *rows = table
    listed = "; ".join(", ".join(cell for cell in row if cell) for row in rows)
    meta = {"name": name, "title": f"{title}. {sentence}", "description": listed}
    return Chart(name, title, sentence, header, rows, rows_spec(*drawn, meta))
