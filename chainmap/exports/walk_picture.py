"""A walk as pictures: one hand-off large, and the whole walk as a waterfall of 100 units.

Both are 360 units wide and read on a phone; on a projector the type is large, and the whole is wide. Colours in the
markup are light defaults; classes for a stylesheet::

    svg.walk-step, svg.walk-whole   the pictures
    .walk-name .walk-number .walk-small    texts: of a party, a count, what it counts
    .walk-here                      what is there before the step          .walk-left   what is left after it
    .walk-track                     the whole 100, empty
    .walk-leak, .walk-leak-text     what is lost at this step, and its words
    .walk-lost                      what was lost before
    .walk-away, .walk-away-text     what goes other ways

``.walk-left`` has ``data-from``: how many times wider it was before the step, for whoever lets it shrink.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import plural_of
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE
from chainmap.exports.walk_words import StepSaid, WalkSaid

_WIDTH = 360
_BAR_HEIGHT, _TOP, _BOTTOM, _STEP_HEIGHT = 24, 24, 146, 194
#: With less than this left of the 100 a step is drawn larger, and says so.
_SMALL = 1 / 3
_ROW, _ROW_BETWEEN, _ROW_BAR = 66, 20, 18
#: Rows of a tight picture, at its beginning and at its end, when there are more.
_FIRST, _LAST = 3, 3
_NAME_LENGTH = 34
#: The whole walk on a projector: a line for each party, a name, its bar and a count.
_BROAD, _BROAD_NAMES, _BROAD_NAME_LENGTH = 912, 345, 23
#: Room at the end of a line for "less than 1".
_BROAD_COUNTS = 128
_PALETTE = PALETTES["light"]


@dataclass(frozen=True, slots=True)
class _Look:
    """The picture of one step in units: how wide 100 are, where the words beside them begin, and the sizes of type."""

    bar: int
    words_at: int
    name: int
    count: int
    words: int
    count_words: int  # of a count in words ("less than 1")


_PAGE = _Look(bar=212, words_at=232, name=15, count=22, words=13, count_words=14)
#: Drawn about 1.5 times as large on a projector of 1024 pixels: nothing is below 24 of them.
_ROOM = _Look(bar=186, words_at=206, name=18, count=25, words=17, count_words=18)


@dataclass(frozen=True, slots=True)
class _Broad:
    """A line of the whole walk on a projector in units: its height, that of its bar, the size of its type."""

    row: int
    bar: int
    type: int

    @classmethod
    def of(cls, lines: int) -> _Broad:
        """Few lines are larger: the picture fills the room it has."""
        return cls(54, 38, 27) if lines <= 4 else cls(36, 24, 26)


def walk_start_svg(said: WalkSaid, *, tight: bool = False, id_prefix: str = "walk") -> str:
    """The beginning: 100 units, nothing lost yet. "" while nothing is known. ``tight``: for a projector."""
    if not said.is_known:
        return ""
    look = _ROOM if tight else _PAGE
    inside = (
        _text("walk-name", 0, 16, _short(said.start, _NAME_LENGTH), bold=True, size=look.name)
        + _rect("walk-here", 0, _TOP, look.bar, _BAR_HEIGHT, _PALETTE.accent)
        + _number(look, _TOP + 20, "100", _("are here"), "walk-number")
    )
    return _svg("walk-step", _TOP + _BAR_HEIGHT + 6, said.opening, id_prefix, inside)


def walk_step_svg(step: StepSaid, *, tight: bool = False, id_prefix: str = "walk") -> str:
    """One hand-off: what is here, what leaks away, what goes another way, what is left. "" while nothing is known.
    ``tight``: for a projector, in large type."""
    amounts = step.amounts
    if amounts is None:
        return ""
    look = _ROOM if tight else _PAGE
    full = 1.0 if amounts.before >= _SMALL else amounts.before
    here, left = _wide(look, amounts.before / full), _wide(look, amounts.left / full)
    lost, away = look.bar * amounts.lost / full, look.bar * amounts.elsewhere / full
    enlarged = ""
    if full < 1.0:
        small = look.words if tight else 11
        enlarged = _text("walk-small", 0, _STEP_HEIGHT + 14, _("drawn larger, to be seen"), size=small)
    shapes = [
        _rect("walk-track", 0, _TOP, look.bar, _BAR_HEIGHT, _PALETTE.team),
        _rect("walk-here", 0, _TOP, here, _BAR_HEIGHT, _PALETTE.accent),
        _stream(left),
        _leak(left, lost, id_prefix) if lost >= 0.5 else "",
        _away(left + lost, away, look.bar) if away >= 0.5 else "",
        _rect("walk-track", 0, _BOTTOM, look.bar, _BAR_HEIGHT, _PALETTE.team),
        _left_bar(left, here / left if left else 1.0),
    ]
    height = _STEP_HEIGHT + (20 if enlarged else 0)
    return _svg("walk-step", height, step.sentence, id_prefix, "".join(shapes) + _step_texts(step, look) + enlarged)


def walk_whole_svg(said: WalkSaid, *, tight: bool = False, id_prefix: str = "walk-whole") -> str:
    """The whole walk: a bar for every party, of 100 units what is left, lost, and gone other ways. "" while nothing is
    known. ``tight``: for a projector, wide, no words between the bars, and the middle of a long walk left out."""
    if not said.is_known:
        return ""
    shown = _shown(len(said.steps) + 1) if tight else list(range(len(said.steps) + 1))
    broad = _Broad.of(len(shown))
    row, rows, gone = (broad.row if tight else _ROW), [], (0.0, 0.0)
    drawn, last = 0, -1
    for place in range(len(said.steps) + 1):
        step = said.steps[place - 1] if place else None
        lost_here = step.amounts.lost if step and step.amounts else 0.0
        if step and step.amounts:
            gone = (gone[0] + step.amounts.lost, gone[1] + step.amounts.elsewhere)
        if place not in shown:
            continue
        if place - last > 1:
            rows.append(_gap(drawn * row, place - last, broad))
            drawn += 1
        name, left = (step.customer, step.left) if step else (said.start, "100")
        parts = (lost_here, gone[0], gone[1])
        rows.append(
            _broad_row(drawn * row, name, left, parts, broad) if tight else _bar_row(drawn * row, name, left, parts)
        )
        if not tight and place < len(said.steps):
            rows.append(_between(drawn * row, said.steps[place]))
        drawn, last = drawn + 1, place
    height = drawn * row - (0 if tight else _ROW_BETWEEN)
    described = f"{said.headline} {said.supporting}".strip()
    return _svg("walk-whole", height, described, id_prefix, "".join(rows), width=_BROAD if tight else _WIDTH)


def _svg(name: str, height: int, described: str, id_prefix: str, inside: str, *, width: int = _WIDTH) -> str:
    title = _("What becomes of 100 units of work")
    aside = ' preserveAspectRatio="xMinYMin meet"' if name == "walk-step" or width != _WIDTH else ""
    return (
        f'<svg xmlns="{SVG_NAMESPACE}" class="{name}" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}"{aside} role="img" aria-labelledby="{id_prefix}-title {id_prefix}-description"'
        f' font-family="{FONT_STACK}" font-size="15">'
        f'<title id="{id_prefix}-title">{escape(title)}</title>'
        f'<desc id="{id_prefix}-description">{escape(described)}</desc>{inside}</svg>'
    )


def _step_texts(step: StepSaid, look: _Look) -> str:
    assert step.amounts is not None  # noqa: S101 - its only caller has looked
    is_away, is_lost = step.amounts.elsewhere > 1e-9, step.amounts.lost > 1e-9
    texts = [
        _text("walk-name", 0, 16, _short(step.supplier, _NAME_LENGTH), bold=True, size=look.name),
        _number(look, _TOP + 20, step.before, ngettext("is here", "are here", plural_of(step.before)), "walk-number"),
        _number(look, _BOTTOM + 20, step.left, ngettext("is left", "are left", plural_of(step.left)), "walk-number"),
        _text(
            "walk-name", 0, _BOTTOM + _BAR_HEIGHT + 18, _short(step.customer, _NAME_LENGTH), bold=True, size=look.name
        ),
    ]
    if is_lost:
        what = ngettext("is lost", "are lost", plural_of(step.lost))
        texts.append(_number(look, _TOP + 62 if is_away else _TOP + 74, step.lost, what, "walk-leak-text"))
    if is_away:
        y = _TOP + (95 if is_lost else 78)
        what = ngettext("goes elsewhere", "go elsewhere", plural_of(step.elsewhere))
        texts.append(_number(look, y, step.elsewhere, what, "walk-away-text"))
    return "".join(texts)


def _number(look: _Look, y: float, number: str, what: str, name: str) -> str:
    """A count with what it counts behind it; the few that are words ("less than 1") are set smaller."""
    fill = {"walk-leak-text": _PALETTE.bands[1], "walk-away-text": _PALETTE.quiet}.get(name, _PALETTE.ink)
    at, small = look.words_at, f"{name} walk-small"
    if len(number) > 3:
        number_text = _text(name, at, y - look.words + 1, number, size=look.count_words, bold=True, fill=fill)
        return number_text + _text(small, at, y + 2, what, size=look.words, fill=fill)
    after = at + 0.59 * look.count * len(number) + 5
    number_text = _text(name, at, y, number, size=look.count, bold=True, fill=fill)
    return number_text + _text(small, after, y, what, size=look.words, fill=fill)


def _short(name: str, most: int) -> str:
    """A name that has no more room than that; a number at its end, which tells it from others, stays.

    >>> _short("a person of Planning and parts (2)", 24)
    'a person of Planning… (2)'
    """
    whole = clean_text(name)
    numbered = re.search(r" \S*\d\S*$", whole)
    if len(whole) <= most or not numbered or len(numbered[0]) > most // 2:
        return clean_text(name, most)
    return whole[: most - len(numbered[0])].rstrip() + "…" + numbered[0]


def _wide(look: _Look, share: float) -> float:
    """A hair is drawn as long as anything is there."""
    return max(look.bar * share, 1.5 if share > 0 else 0.0)


def _stream(left: float) -> str:
    if not left:
        return ""
    return (
        f'<rect class="walk-stream" x="0" y="{_TOP + _BAR_HEIGHT}" width="{left:.1f}"'
        f' height="{_BOTTOM - _TOP - _BAR_HEIGHT}" fill="{_PALETTE.accent}" fill-opacity="0.35"/>'
    )


def _leak(start: float, width: float, id_prefix: str) -> str:
    """What is lost runs off to the side and fades away before it gets anywhere."""
    top, bottom = _TOP + _BAR_HEIGHT, _BOTTOM - 26
    end, bend = start + width, (_TOP + _BAR_HEIGHT + _BOTTOM - 26) / 2
    far = 12
    return (
        f'<linearGradient id="{id_prefix}-leak" x1="0" y1="0" x2="0" y2="1">'
        f'<stop class="walk-leak-near" offset="0" stop-color="{_PALETTE.bands[1]}" stop-opacity="0.9"/>'
        f'<stop class="walk-leak-far" offset="1" stop-color="{_PALETTE.bands[1]}" stop-opacity="0.04"/>'
        f'</linearGradient><path class="walk-leak" d="M{start:.1f} {top}H{end:.1f}'
        f"C{end:.1f} {bend:.0f} {end + far:.1f} {bend:.0f} {end + far:.1f} {bottom}"
        f"H{start + far:.1f}C{start + far:.1f} {bend:.0f} {start:.1f} {bend:.0f} {start:.1f} {top}Z"
        f'" fill="url(#{id_prefix}-leak)"/>'
    )


def _away(start: float, width: float, most: int) -> str:
    """What goes another way turns off to the right, outlined: it is not lost, it is elsewhere."""
    top, end = _TOP + _BAR_HEIGHT, min(start + width, most)
    return (
        f'<path class="walk-away" d="M{start:.1f} {top}H{end:.1f}V{top + 12}L{(start + end) / 2:.1f} {top + 26}'
        f'L{start:.1f} {top + 12}Z" fill="{_PALETTE.outside}" stroke="{_PALETTE.quiet}" stroke-width="1.5"/>'
    )


def _left_bar(left: float, ratio: float) -> str:
    return (
        f'<rect class="walk-left" x="0" y="{_BOTTOM}" width="{left:.1f}" height="{_BAR_HEIGHT}"'
        f' data-from="{ratio:.3f}" fill="{_PALETTE.accent}"/>'
    )


def _bar_row(top: float, name: str, left: str, gone: tuple[float, float, float]) -> str:
    """One party of the whole walk; ``gone``: lost at the step before, lost so far in all, gone other ways so far."""
    return (
        _text("walk-name", 0, top + 15, _short(name, _NAME_LENGTH), bold=True)
        + _text("walk-number", _WIDTH, top + 15, left, bold=True, end=True)
        + _bar((0, top + 22, _WIDTH, _ROW_BAR), gone)
    )


def _broad_row(top: float, name: str, left: str, gone: tuple[float, float, float], broad: _Broad) -> str:
    """The same in one line: the name, the bar, the count; a count in words is set smaller."""
    line, size = top + 4 + broad.bar / 2 + broad.type * 0.35, broad.type if len(left) <= 3 else 24
    wide = _BROAD - _BROAD_NAMES - _BROAD_COUNTS
    return (
        _text("walk-name", 0, line, _short(name, _BROAD_NAME_LENGTH), bold=True, size=broad.type)
        + _bar((_BROAD_NAMES, top + 4, wide, broad.bar), gone)
        + _text("walk-number", _BROAD, line, left, bold=True, end=True, size=size)
    )


def _bar(place: tuple[float, float, float, int], gone: tuple[float, float, float]) -> str:
    """100 units: left, lost at this step, lost before, gone other ways; ``place``: x, y, width, height."""
    x, y, width, height = place
    lost_here, lost, away = (width * part for part in gone)
    bar, before = width - lost - away, lost - lost_here
    return (
        _rect("walk-left", x, y, max(bar, 1.0), height, _PALETTE.accent)
        + (_rect("walk-leak", x + bar, y, lost_here, height, _PALETTE.bands[1]) if lost_here >= 0.5 else "")
        + (_dashed("walk-lost", (x + bar + lost_here, y, before, height)) if before >= 0.5 else "")
        + (_rect("walk-away", x + bar + lost, y, away, height, _PALETTE.outside) if away >= 0.5 else "")
    )


def _between(top: float, step: StepSaid) -> str:
    said = []
    if step.amounts and step.amounts.lost > 1e-9:
        text = ngettext("%(lost)s is lost", "%(lost)s are lost", plural_of(step.lost))
        said.append(text % {"lost": step.lost})
    if step.amounts and step.amounts.elsewhere > 1e-9:
        text = ngettext("%(elsewhere)s goes elsewhere", "%(elsewhere)s go elsewhere", plural_of(step.elsewhere))
        said.append(text % {"elsewhere": step.elsewhere})
    if not said:
        said.append(_("nothing is lost"))
    return _text("walk-small", 0, top + 56, "↓ " + " · ".join(said), size=12, fill=_PALETTE.quiet)


def _shown(stages: int) -> list[int]:
    if stages <= _FIRST + _LAST + 1:
        return list(range(stages))
    return [*range(_FIRST), *range(stages - _LAST, stages)]


def _gap(top: float, steps: int, broad: _Broad) -> str:
    said = ngettext("… over %(count)s hand-off", "… over %(count)s hand-offs", steps) % {"count": steps}
    return _text("walk-small", 0, top + broad.type, said, size=24, fill=_PALETTE.quiet)


def _rect(name: str, x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect class="{name}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height}" fill="{fill}"/>'


def _dashed(name: str, place: tuple[float, float, float, int]) -> str:
    x, y, width, height = place
    return (
        f'<rect class="{name}" x="{x + 0.5:.1f}" y="{y + 0.5:g}" width="{max(width - 1, 0.5):.1f}"'
        f' height="{height - 1}" fill="none" stroke="{_PALETTE.bands[1]}" stroke-dasharray="3 2"/>'
    )


def _text(
    name: str, x: float, y: float, text: str, *, size: int = 15, bold: bool = False, end: bool = False, fill: str = ""
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return (
        f'<text class="{name}" x="{x:g}" y="{y:g}" font-size="{size}"{weight}{anchor}'
        f' fill="{fill or _PALETTE.ink}">{escape(text)}</text>'
    )
