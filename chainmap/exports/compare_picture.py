"""Two rounds as one drawing: everybody in their place, every hand-off in the colour and pattern of what became of it.

Shapes and texts alone, made here from numbers and escaped names. Colours of a theme stand in the markup; nothing is
said by colour alone: more is solid, less is cut across, about the same is pale, what cannot be said is hollow, new is
dotted, gone is dashed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chainmap.domain.clear_curves import curve
from chainmap.domain.compared_map import ComparedLink, ComparedMap, ComparedParty, Turn
from chainmap.domain.records import PartyKind
from chainmap.exports.chart_style import ChartTheme, shortened, text_width
from chainmap.exports.compare_picture_words import legend_rows, picture_sentences, tag_words, told_links
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import clean_text
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE

_BOX_WIDTH, _BOX_HEIGHT = 156.0, 42.0
_NAME_SIZE, _TAG_SIZE = 15, 15
_PAD = 24.0
#: A line that leads on is at least so long between its boxes; parallel ones begin so far from each other.
_SHORTEST, _ASIDE = 24.0, 18.0
#: Widths of lines: of nothing, of the most.
_THIN, _THICK = 2.0, 11.0
#: Tags of new and gone hand-offs, so that a picture of a rebuilt chain stays one.
_MOST_SIGNS = 40


@dataclass(frozen=True, slots=True)
class _Colours:
    """Colours of one theme."""

    paper: str
    ink: str
    box: str
    edge: str
    turn: dict[Turn, str]


def _colours(paper: str, ink: str, box: str, edge: str, *turns: str) -> _Colours:
    return _Colours(paper, ink, box, edge, dict(zip(Turn, turns, strict=True)))


#: Blue-green against vermilion, apart for every kind of colour vision (Okabe and Ito), and in lightness.
_LIGHT = ("#0a7a63", "#c2410c", "#bdb4a6", "#cfc5b4", "#1b6e8c", "#665d52")
COLOURS: dict[ChartTheme, _Colours] = {
    "light": _colours("#fdfaf4", "#2b2620", "#fffefb", "#6f665b", *_LIGHT),
    "dark": _colours(
        "#16181b", "#efe9df", "#22262b", "#a79f93", "#3fc4a2", "#ff9a62", "#615c55", "#4b4844", "#8ad0ee", "#aea69a"
    ),
    "print": _colours("#ffffff", "#000000", "#ffffff", "#444444", *_LIGHT),
}
_END = {theme: PALETTES["dark" if theme == "dark" else "light"] for theme in COLOURS}


def compare_svg(found: ComparedMap, *, title: str, theme: ChartTheme = "light", legend: bool = False) -> str:
    """The drawing; the same map gives the same bytes. ``legend``: below it, for a file that goes by itself."""
    colours, scene = COLOURS[theme], _Scene.of(found)
    left, top, width, height = scene.frame
    rows = legend_rows(found) if legend else []
    foot = 0.0 if not rows else 30.0 + 26.0 * len(rows)
    drawn = [
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height + foot:.1f}" fill="{colours.paper}"/>',
        *_lines(scene, colours),
        *[_box(party, colours, theme) for party in found.parties],
        *_tags(scene, colours),
        *_legend(rows, left + _PAD, top + height + 6, colours),
    ]
    described = " ".join(picture_sentences(found))
    return (
        f'<svg xmlns="{SVG_NAMESPACE}" viewBox="{left:.1f} {top:.1f} {width:.1f} {height + foot:.1f}"'
        f' width="{width:.0f}" height="{height + foot:.0f}" role="img" aria-labelledby="compare-title compare-desc"'
        f' font-family="{FONT_STACK}"><title id="compare-title">{escape(clean_text(title, 300))}</title>'
        f'<desc id="compare-desc">{escape(described)}</desc>{"".join(drawn)}</svg>\n'
    )


def compare_size(found: ComparedMap) -> tuple[int, int]:
    """Width and height of the drawing without its legend, in pixels."""
    width, height = _Scene.of(found).frame[2:]
    return round(width), round(height)


_Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Scene:
    """The map with the curve of every link, in their order."""

    found: ComparedMap
    curves: Sequence[_Points]

    @classmethod
    def of(cls, found: ComparedMap) -> _Scene:
        return cls(found, [_curve(found, link) for link in found.links])

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of everything, with room around."""
        corners = [
            (party.x + side * _BOX_WIDTH / 2, party.y + side * _BOX_HEIGHT / 2)
            for party in self.found.parties
            for side in (-1, 1)
        ]
        points = [*corners, *(point for curve in self.curves for point in curve)] or [(0.0, 0.0)]
        across, down = [x for x, _y in points], [y for _x, y in points]
        left, top = min(across) - _PAD, min(down) - _PAD
        return left, top, max(across) + _PAD - left, max(down) + _PAD - top

    def curve_of(self, link: ComparedLink) -> _Points:
        """The curve of one of its links, the very same record."""
        return next(curve for one, curve in zip(self.found.links, self.curves, strict=True) if one is link)


# ---- lines


def _lines(scene: _Scene, colours: _Colours) -> list[str]:
    """What is quiet lies below, what changed above."""
    order = (Turn.UNKNOWN, Turn.SAME, Turn.REMOVED, Turn.NEW, Turn.MORE, Turn.LESS)
    most = max((link.flow_now for link in scene.found.links), default=0.0) or 1.0
    ranked = sorted(
        zip(scene.found.links, scene.curves, strict=True),
        key=lambda pair: (order.index(pair[0].turn), pair[0].weight),
    )
    return [_line(link, points, _THIN + (_THICK - _THIN) * link.flow_now / most, colours) for link, points in ranked]


def _line(link: ComparedLink, points: _Points, width: float, colours: _Colours) -> str:
    colour = colours.turn[link.turn]
    if link.turn == Turn.NEW:
        width = min(max(width, 3.0), 9.0)
    thick = 1.6 if link.turn == Turn.REMOVED else width
    head, deep = _head(points, thick, colour), 0.8 * _head_length(thick)
    # the line ends inside its tip
    kept = [point for point in points if math.dist(point, points[-1]) >= deep] or points[:1]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept)
    return _stroke(path, link.turn, width, colours) + head


def _stroke(path: str, turn: Turn, width: float, colours: _Colours) -> str:
    """A line in the colour and the pattern of what became of it."""
    name = f'<path d="{path}" fill="none" stroke="{colours.turn[turn]}"'
    over = f'<path d="{path}" fill="none" stroke="{colours.paper}"'
    if turn == Turn.NEW:
        return f'{name} stroke-width="{width:.1f}" stroke-linecap="round" stroke-dasharray="0.1 {width * 1.9:.1f}"/>'
    if turn == Turn.REMOVED:
        return f'{name} stroke-width="1.6" stroke-dasharray="8 6"/>'
    drawn = f'{name} stroke-width="{width:.1f}"/>'
    if turn == Turn.LESS:
        drawn += f'{over} stroke-width="{width + 1:.1f}" stroke-dasharray="2.5 8"/>'
    elif turn == Turn.UNKNOWN and width > 3:
        drawn += f'{over} stroke-width="{width - 2.4:.1f}"/>'
    return drawn


def _head(points: _Points, width: float, colour: str) -> str:
    """The tip of a line at its customer."""
    end_x, end_y = points[-1]
    deep, half = _head_length(width), 4 + width * 0.6
    x, y = next((point for point in reversed(points) if math.dist(point, points[-1]) >= deep), points[0])
    length = math.hypot(end_x - x, end_y - y) or 1.0
    across, down = (end_x - x) / length, (end_y - y) / length
    back_x, back_y = end_x - across * deep, end_y - down * deep
    return (
        f'<path d="M{end_x:.1f} {end_y:.1f}L{back_x - down * half:.1f} {back_y + across * half:.1f}'
        f'L{back_x + down * half:.1f} {back_y - across * half:.1f}Z" fill="{colour}"/>'
    )


def _head_length(width: float) -> float:
    return 8 + width * 0.6


def _curve(found: ComparedMap, link: ComparedLink) -> _Points:
    """The way of a link, from where it leaves the one box to where it meets the other."""
    one, other = found.parties[link.supplier], found.parties[link.customer]
    if link.supplier == link.customer:
        return _loop(one)
    if other.x - one.x > _BOX_WIDTH + _SHORTEST and abs(link.bend) <= 1:
        return _onwards(one, other, link.bend * _ASIDE)
    points = [(float(x), float(y)) for x, y in curve((one.x, one.y), (other.x, other.y), link.bend)]
    outside = [place for place, point in enumerate(points) if not (_is_inside(point, one) or _is_inside(point, other))]
    if not outside or outside[0] == 0 or outside[-1] == len(points) - 1:
        return points
    first = _edge(points[outside[0]], points[outside[0] - 1], one)
    last = _edge(points[outside[-1]], points[outside[-1] + 1], other)
    return [first, *(points[place] for place in outside), last]


def _onwards(one: ComparedParty, other: ComparedParty, aside: float) -> _Points:
    """From the right edge of one box to the left edge of a later one, level at both ends."""
    start, end = (one.x + _BOX_WIDTH / 2, one.y + aside), (other.x - _BOX_WIDTH / 2, other.y + aside)
    reach = (end[0] - start[0]) / 2
    pulls = (start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end)
    found = []
    for step in range(25):
        at = step / 24
        parts = ((1 - at) ** 3, 3 * (1 - at) ** 2 * at, 3 * (1 - at) * at**2, at**3)
        x, y = (sum(part * pull[axis] for part, pull in zip(parts, pulls, strict=True)) for axis in (0, 1))
        found.append((x, y))
    return found


def _edge(outside: tuple[float, float], inside: tuple[float, float], party: ComparedParty) -> tuple[float, float]:
    """Where the way from a point outside a box to one inside meets its edge."""
    for _again in range(8):
        middle = ((outside[0] + inside[0]) / 2, (outside[1] + inside[1]) / 2)
        if _is_inside(middle, party):
            inside = middle
        else:
            outside = middle
    return outside


def _loop(party: ComparedParty) -> _Points:
    """What a team hands to itself, above its box."""
    top = party.y - _BOX_HEIGHT / 2
    high = (party.x, top - 30)
    first = [_at((party.x - 30, top), (party.x - 34, top - 34), high, step / 12) for step in range(13)]
    return [*first, *[_at(high, (party.x + 34, top - 34), (party.x + 30, top), step / 12) for step in range(13)]]


def _at(
    one: tuple[float, float], bent: tuple[float, float], other: tuple[float, float], at: float
) -> tuple[float, float]:
    rest = 1 - at
    x, y = (
        rest * rest * first + 2 * rest * at * middle + at * at * last
        for first, middle, last in zip(one, bent, other, strict=True)
    )
    return x, y


def _is_inside(point: tuple[float, float], party: ComparedParty) -> bool:
    return abs(point[0] - party.x) < _BOX_WIDTH / 2 and abs(point[1] - party.y) < _BOX_HEIGHT / 2


def _tags(scene: _Scene, colours: _Colours) -> list[str]:
    """Signs and numbers of the few that changed most, signs of what came and went; none lies on another."""
    found = scene.found
    came = [link for link in found.links if link.turn in (Turn.NEW, Turn.REMOVED)][:_MOST_SIGNS]
    taken = [(party.x, party.y, _BOX_WIDTH / 2, _BOX_HEIGHT / 2) for party in found.parties]
    drawn = []
    for link in [*told_links(found), *came]:
        words = tag_words(link)
        half = text_width(words, _TAG_SIZE) / 2 + 7
        x, y = _free(scene.curve_of(link), taken, half)
        taken.append((x, y, half, 13.0))
        drawn.append(
            f'<rect x="{x - half:.1f}" y="{y - 13:.1f}" width="{2 * half:.1f}" height="26" rx="13"'
            f' fill="{colours.paper}" stroke="{colours.turn[link.turn]}" stroke-width="1.5"/>'
            f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" font-size="{_TAG_SIZE}" font-weight="bold"'
            f' fill="{colours.ink}">{escape(words)}</text>'
        )
    return drawn


def _free(points: _Points, taken: Sequence[tuple[float, float, float, float]], half: float) -> tuple[float, float]:
    """The place on a line, from its middle outwards, where a tag touches no box and no other tag; else its middle."""
    middle = len(points) // 2
    for place in sorted(range(len(points)), key=lambda place: (abs(place - middle), place)):
        x, y = points[place]
        if all(abs(x - across) > half + wide or abs(y - down) > 13 + high for across, down, wide, high in taken):
            return x, y
    return points[middle]


# ---- boxes


def _box(party: ComparedParty, colours: _Colours, theme: ChartTheme) -> str:
    x, y = party.x - _BOX_WIDTH / 2, party.y - _BOX_HEIGHT / 2
    fill, ink, edge = colours.box, colours.ink, f'stroke="{colours.edge}" stroke-width="1.2"'
    if party.is_gone:
        edge += ' stroke-dasharray="6 5"'
    elif party.kind == PartyKind.END_CUSTOMER:
        fill, ink = _END[theme].accent, _END[theme].on_accent
    lines = _name_lines(party.name)
    first = party.y + 5 - (len(lines) - 1) * 8.5
    texts = "".join(
        f'<text x="{party.x:.1f}" y="{first + place * 17:.1f}" text-anchor="middle" font-size="{_NAME_SIZE}"'
        f' fill="{ink}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<g><title>{escape(clean_text(party.name, 120))}</title><rect x="{x:.1f}" y="{y:.1f}"'
        f' width="{_BOX_WIDTH:.0f}" height="{_BOX_HEIGHT:.0f}" rx="9" fill="{fill}" {edge}/>{texts}</g>'
    )


def _name_lines(name: str) -> list[str]:
    """A name in at most two lines that fit into a box."""
    whole, room = clean_text(name, 120) or "?", _BOX_WIDTH - 14
    if text_width(whole, _NAME_SIZE) <= room or " " not in whole:
        return [shortened(whole, room, _NAME_SIZE)]
    words = whole.split(" ")
    kept = 1
    while kept < len(words) - 1 and text_width(" ".join(words[: kept + 1]), _NAME_SIZE) <= room:
        kept += 1
    return [shortened(" ".join(part), room, _NAME_SIZE) for part in (words[:kept], words[kept:])]


# ---- the legend


def _legend(rows: Sequence[tuple[str, str]], x: float, y: float, colours: _Colours) -> list[str]:
    drawn = []
    for place, (turn, words) in enumerate(rows):
        at = y + 13 + place * 26
        drawn.append(
            legend_line(Turn(turn), x, at, colours)
            + f'<text x="{x + 64:.1f}" y="{at + 5:.1f}" font-size="{_NAME_SIZE}" fill="{colours.ink}">'
            f"{escape(words)}</text>"
        )
    return drawn


def legend_line(turn: Turn, x: float, y: float, colours: _Colours) -> str:
    """A piece of a line as it is drawn, 50 wide."""
    width = {Turn.NEW: 6.0, Turn.SAME: 5.0}.get(turn, 9.0)
    return _stroke(f"M{x:.1f} {y:.1f}h50", turn, width, colours)
