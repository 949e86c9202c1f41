"""The charts of all rounds in a row: what arrives, the mean score, the net promoter score, each with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from chainmap.domain.compared import ComparedRound
from chainmap.exports.chart_rows import NARROW, WIDE, Chart
from chainmap.exports.chart_style import SMALL_SIZE, TEXT_SIZE, shortened, text_width
from chainmap.exports.compare_said_words import lost_words, trend_sentence, trend_verdict
from chainmap.exports.compare_words import round_name
from chainmap.exports.report_figures import MINUS, of_hundred, range_of_hundred
from chainmap.exports.report_link_words import date_words, score_words

#: With more rounds than this points are small.
_MANY = 12


@dataclass(frozen=True, slots=True)
class _Point:
    """One round on a line: its place from the left (0, 1, ...), value and range, and whether it is a release."""

    at: int
    value: float
    low: float | None
    high: float | None
    words: str
    released: bool


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]


def trend_charts(rounds: Sequence[ComparedRound], *, narrow: bool = False) -> dict[str, Chart]:
    """What arrives, the mean score and the net promoter score over all rounds; what no round has is left out."""
    made = (_yields(rounds, narrow), _means(rounds, narrow), _promoters(rounds, narrow))
    return {chart.name: chart for chart in made if chart is not None}


def trend_table(rounds: Sequence[ComparedRound]) -> list[tuple[str, ...]]:
    """The table of all of it: a header, then a line a round, oldest first."""
    header = (
        _("round"), _("closed"), _("of 100 arrive"), _("90\u00a0% sure"), _("mean score"), _("net promoter score"),
        _("lost (person-equivalents)"),
    )  # fmt: skip
    return [header, *[_trend_line(one) for one in rounds]]


def _trend_line(one: ComparedRound) -> tuple[str, ...]:
    promoters = _nps(one)
    return (
        round_name(one),
        date_words(one.closed_on) or "–",
        "–" if one.chain_yield is None else of_hundred(one.chain_yield),
        "–" if one.interval is None else range_of_hundred(one.interval),
        score_words(one.score) or "–",
        "–" if promoters is None else _signed(promoters[0]),
        lost_words(one),
    )


def _yields(rounds: Sequence[ComparedRound], narrow: bool) -> Chart | None:
    points = [
        _Point(
            place,
            one.chain_yield * 100,
            None if one.interval is None else one.interval.low * 100,
            None if one.interval is None else one.interval.high * 100,
            of_hundred(one.chain_yield),
            one.by_team,
        )
        for place, one in enumerate(rounds)
        if one.chain_yield is not None
    ]
    scale = _Scale(0, 100, [(at, number_format(at, 0)) for at in (0, 25, 50, 75, 100)])
    title = _("How much of every 100 units of work arrives")
    return _line_chart(
        "yield", title, f"{trend_sentence(rounds)} {trend_verdict(rounds)}".strip(), rounds, points, scale, narrow
    )


def _means(rounds: Sequence[ComparedRound], narrow: bool) -> Chart | None:
    points = [
        _Point(place, one.score.mean, None, None, number_format(round(one.score.mean, 1), 1), one.by_team)
        for place, one in enumerate(rounds)
        if one.score.mean is not None
    ]
    scale = _Scale(0, 10, [(at, number_format(at, 0)) for at in (0, 5, 10)])
    sentence = _("The mean of everything that was answered, from 0 to 10.")
    return _line_chart("score", _("Mean score"), sentence, rounds, points, scale, narrow)


def _promoters(rounds: Sequence[ComparedRound], narrow: bool) -> Chart | None:
    points = []
    for place, one in enumerate(rounds):
        found = _nps(one)
        if found is not None:
            points.append(_Point(place, *found, _signed(found[0]), one.by_team))
    scale = _Scale(-100, 100, [(at, _signed(at)) for at in (-100, 0, 100)])
    sentence = _("The net promoter score of each round, with its range where one is known.")
    return _line_chart("nps", _("Net promoter score"), sentence, rounds, points, scale, narrow)


def _nps(one: ComparedRound) -> tuple[float, float | None, float | None] | None:
    exact = one.score.nps
    if exact is not None:
        if not exact.named or exact.score is None or exact.interval is None:
            return None
        return exact.score, exact.interval.low, exact.interval.high
    return None if one.score.released_nps is None else (one.score.released_nps, None, None)


def _signed(value: float) -> str:
    shown = round(value)
    return f"{MINUS if shown < 0 else '+' if shown > 0 else ''}{number_format(abs(shown), 0)}"


def _line_chart(
    name: str,
    title: str,
    sentence: str,
    rounds: Sequence[ComparedRound],
    points: Sequence[_Point],
    scale: _Scale,
    narrow: bool,
) -> Chart | None:
    """Rounds from left to right, a point each with its range; signed rounds and releases have lines of their own."""
    if not points:
        return None
    frame = _Frame(NARROW if narrow else WIDE, 230, len(rounds), scale)
    header = (_("round"), _("closed"), title)
    table = [
        header,
        *[(round_name(rounds[one.at]), date_words(rounds[one.at].closed_on), one.words) for one in points],
    ]
    listed = "; ".join(", ".join(cell for cell in row if cell) for row in table[1:])
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": frame.width,
        "height": frame.height + 46,
        "padding": 0,
        "autosize": {"type": "none"},
        "usermeta": {"name": name, "title": f"{title}. {sentence}", "description": listed},
        "layer": [*_grid(frame), *_lines(points, frame), *_points(points, frame), *_names(rounds, frame)],
    }
    return Chart(name, title, sentence, header, table[1:], spec)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things are, in pixels."""

    width: int
    height: int
    rounds: int
    scale: _Scale

    def x(self, at: float) -> float:
        """The middle of a round."""
        left, right = 58.0, self.width - 34.0
        return round((left + right) / 2 if self.rounds < 2 else left + (right - left) * at / (self.rounds - 1), 2)

    def y(self, value: float) -> float:
        """The height of a value."""
        inside = min(max(value, self.scale.low), self.scale.high)
        top, bottom = 26.0, self.height - 8.0
        return round(bottom - (bottom - top) * (inside - self.scale.low) / (self.scale.high - self.scale.low), 2)


_Item = dict[str, Any]


def _layer(values: Sequence[_Item], mark: Mapping[str, Any], *channels: str) -> list[dict[str, Any]]:
    """Marks at places in pixels; ``channels`` are the fields they have."""
    if not values:
        return []
    encoding: dict[str, Any] = {}
    for channel in channels:
        if channel in ("x2", "y2"):
            encoding[channel] = {"field": channel}
        elif channel == "text":
            encoding[channel] = {"field": channel, "type": "nominal"}
        else:
            encoding[channel] = {"field": channel, "type": "quantitative", "scale": None, "axis": None}
    return [{"data": {"values": list(values)}, "mark": dict(mark), "encoding": encoding}]


def _grid(frame: _Frame) -> list[dict[str, Any]]:
    lines = [{"x": 44, "x2": frame.width, "y": frame.y(at), "y2": frame.y(at)} for at, _words in frame.scale.ticks]
    labels = [{"x": 36, "y": frame.y(at), "text": words} for at, words in frame.scale.ticks]
    look = {"type": "text", "align": "right", "fontSize": SMALL_SIZE, "color": "house:quiet"}
    return [
        *_layer(lines, {"type": "rule", "color": "house:line"}, "x", "x2", "y", "y2"),
        *_layer(labels, look, "x", "y", "text"),
    ]


def _lines(points: Sequence[_Point], frame: _Frame) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for released in (False, True):
        own = [one for one in points if one.released == released]
        steps = [
            {"x": frame.x(one.at), "x2": frame.x(other.at), "y": frame.y(one.value), "y2": frame.y(other.value)}
            for one, other in pairwise(own)
        ]
        mark = {"type": "rule", "color": "house:accent", "strokeWidth": 2}
        layers += _layer(steps, mark | ({"strokeDash": [6, 4]} if released else {}), "x", "x2", "y", "y2")
    return layers


def _points(points: Sequence[_Point], frame: _Frame) -> list[dict[str, Any]]:
    ranges = [
        {"x": frame.x(one.at), "x2": frame.x(one.at), "y": frame.y(one.low), "y2": frame.y(one.high)}
        for one in points
        if one.low is not None and one.high is not None
    ]
    layers = _layer(ranges, {"type": "rule", "color": "house:neutral", "strokeWidth": 5}, "x", "x2", "y", "y2")
    for released in (False, True):
        own = [{"x": frame.x(one.at), "y": frame.y(one.value)} for one in points if one.released == released]
        look = {
            "shape": "square" if released else "circle",
            "filled": True,
            "size": 130 if frame.rounds <= _MANY else 50,
            "opacity": 1,
        }
        layers += _layer(own, {"type": "point", "color": "house:accent"} | look, "x", "y")
    every = _every(points, frame)
    figures = [
        {"x": frame.x(one.at), "y": frame.y(one.value if one.high is None else one.high) - 13, "text": one.words}
        for place, one in enumerate(points)
        if (len(points) - 1 - place) % every == 0
    ]
    return layers + _layer(
        figures, {"type": "text", "align": "center", "fontWeight": "bold", "color": "house:ink"}, "x", "y", "text"
    )


def _every(points: Sequence[_Point], frame: _Frame) -> int:
    """Each figure, or every so many from the last one, that none lies on the next."""
    room = frame.x(1) - frame.x(0) if frame.rounds > 1 else frame.width
    widest = max(text_width(one.words, TEXT_SIZE) for one in points) + 14
    return max(1, -int(-widest // room))


def _names(rounds: Sequence[ComparedRound], frame: _Frame) -> list[dict[str, Any]]:
    """Names and days below, as many as there is room for, the last one always."""
    room = frame.x(1) - frame.x(0) if frame.rounds > 1 else float(frame.width)
    every = max(1, -int(-112 // room))
    layers: list[dict[str, Any]] = []
    for place, one in enumerate(rounds):
        if (len(rounds) - 1 - place) % every:
            continue
        is_first, is_last = place == 0 and len(rounds) > 1, place == len(rounds) - 1 and len(rounds) > 1
        x = 44 if is_first else frame.width if is_last else frame.x(place)
        align = "left" if is_first else "right" if is_last else "center"
        name = shortened(one.name, min(room * every, 190) - 10, SMALL_SIZE)
        day = date_format(one.closed_on, "SHORT_DATE_FORMAT") if one.closed_on else ""
        mark = {"type": "text", "align": align, "fontSize": SMALL_SIZE}
        below = [({"x": x, "y": frame.height + 14, "text": name}, "ink")]
        below += [({"x": x, "y": frame.height + 32, "text": day}, "quiet")] if day else []
        for item, colour in below:
            layers += _layer([item], mark | {"color": f"house:{colour}"}, "x", "y", "text")
    return layers
