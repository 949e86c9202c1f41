"""A walk as pictures: one hand-off large, and the whole walk as a waterfall of 100 units.

Both are 360 units wide and read on a phone; the whole on a projector is wide and has large type. Colours in the markup
are light defaults; classes for a stylesheet::

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

from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import clean_text
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE
from chainmap.exports.walk_words import StepSaid, WalkSaid

_WIDTH = 360
#: Of the picture of one step: how wide 100 units are, and where the words beside them begin.
_BAR, _WORDS_AT = 212, 232
_BAR_HEIGHT, _TOP, _BOTTOM, _STEP_HEIGHT = 24, 24, 146, 192
#: With less than this left of the 100 a step is drawn larger, and says so.
_SMALL = 1 / 3
_ROW, _ROW_BETWEEN, _ROW_TIGHT, _ROW_BAR = 66, 20, 39, 18
#: Rows of a tight picture, at its beginning and at its end, when there are more.
_FIRST, _LAST = 4, 4
_NAME_LENGTH = 34
#: The whole walk on a projector: a line for each party, a name, its bar and a count, in type of so many units.
_BROAD, _BROAD_TYPE, _BROAD_BAR, _BROAD_NAMES, _BROAD_NAME_LENGTH = 912, 25, 26, 345, 24
#: Room at the end of a line for "less than 1".
_BROAD_COUNTS = 128
_PALETTE = PALETTES["light"]


def walk_start_svg(said: WalkSaid, *, id_prefix: str = "walk") -> str:
    """The beginning: 100 units, nothing lost yet. "" while nothing is known."""
    if not said.is_known:
        return ""
    inside = (
        _text("walk-name", 0, 16, clean_text(said.start, _NAME_LENGTH), bold=True)
        + _rect("walk-here", 0, _TOP, _BAR, _BAR_HEIGHT, _PALETTE.accent)
        + _number(_TOP + 20, "100", _("are here"), "walk-number")
    )
    return _svg("walk-step", _TOP + _BAR_HEIGHT + 6, said.opening, id_prefix, inside)


def walk_step_svg(step: StepSaid, *, id_prefix: str = "walk") -> str:
    """One hand-off: what is here, what leaks away, what goes another way, what is left. "" while nothing is known."""
    amounts = step.amounts
    if amounts is None:
        return ""
    full = 1.0 if amounts.before >= _SMALL else amounts.before
    here, left = _wide(amounts.before / full), _wide(amounts.left / full)
    lost, away = _BAR * amounts.lost / full, _BAR * amounts.elsewhere / full
    enlarged = ""
    if full < 1.0:
        enlarged = _text("walk-small", 0, _STEP_HEIGHT + 12, _("drawn larger, to be seen"), size=11)
    shapes = [
        _rect("walk-track", 0, _TOP, _BAR, _BAR_HEIGHT, _PALETTE.team),
        _rect("walk-here", 0, _TOP, here, _BAR_HEIGHT, _PALETTE.accent),
        _stream(left),
        _leak(left, lost, id_prefix) if lost >= 0.5 else "",
        _away(left + lost, away) if away >= 0.5 else "",
        _rect("walk-track", 0, _BOTTOM, _BAR, _BAR_HEIGHT, _PALETTE.team),
        _left_bar(left, here / left if left else 1.0),
    ]
    height = _STEP_HEIGHT + (18 if enlarged else 0)
    return _svg("walk-step", height, step.sentence, id_prefix, "".join(shapes) + _step_texts(step) + enlarged)


def walk_whole_svg(said: WalkSaid, *, tight: bool = False, id_prefix: str = "walk-whole") -> str:
    """The whole walk: a bar for every party, of 100 units what is left, lost, and gone other ways. "" while nothing is
    known. ``tight``: for a projector, wide, no words between the bars, and the middle of a long walk left out."""
    if not said.is_known:
        return ""
    row, rows, gone = (_ROW_TIGHT if tight else _ROW), [], (0.0, 0.0)
    shown = _shown(len(said.steps) + 1) if tight else list(range(len(said.steps) + 1))
    drawn, last = 0, -1
    for place in range(len(said.steps) + 1):
        step = said.steps[place - 1] if place else None
        lost_here = step.amounts.lost if step and step.amounts else 0.0
        if step and step.amounts:
            gone = (gone[0] + step.amounts.lost, gone[1] + step.amounts.elsewhere)
        if place not in shown:
            continue
        if place - last > 1:
            rows.append(_gap(drawn * row, place - last))
            drawn += 1
        name, left = (step.customer, step.left) if step else (said.start, "100")
        draw = _broad_row if tight else _bar_row
        rows.append(draw(drawn * row, name, left, (lost_here, gone[0], gone[1])))
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


def _step_texts(step: StepSaid) -> str:
    assert step.amounts is not None  # noqa: S101 - its only caller has looked
    is_away, is_lost = step.amounts.elsewhere > 1e-9, step.amounts.lost > 1e-9
    texts = [
        _text("walk-name", 0, 16, clean_text(step.supplier, _NAME_LENGTH), bold=True),
        _number(_TOP + 20, step.before, _("are here"), "walk-number"),
        _number(_BOTTOM + 20, step.left, _("are left"), "walk-number"),
        _text("walk-name", 0, _BOTTOM + _BAR_HEIGHT + 18, clean_text(step.customer, _NAME_LENGTH), bold=True),
    ]
    if is_lost:
        texts.append(_number(_TOP + 62 if is_away else _TOP + 74, step.lost, _("are lost"), "walk-leak-text"))
    if is_away:
        texts.append(_number(_TOP + 92 if is_lost else _TOP + 78, step.elsewhere, _("go elsewhere"), "walk-away-text"))
    return "".join(texts)


def _number(y: float, number: str, what: str, name: str) -> str:
    """A count with what it counts behind it; the few that are words ("less than 1") are set smaller."""
    fill = {"walk-leak-text": _PALETTE.bands[1], "walk-away-text": _PALETTE.quiet}.get(name, _PALETTE.ink)
    size = 22 if len(number) <= 3 else 14
    after = _WORDS_AT + (13 if size == 22 else 7) * len(number) + 5
    if size == 14:
        return _text(name, _WORDS_AT, y - 12, number, size=size, bold=True, fill=fill) + _text(
            f"{name} walk-small", _WORDS_AT, y + 2, what, size=13, fill=fill
        )
    return _text(name, _WORDS_AT, y, number, size=size, bold=True, fill=fill) + _text(
        f"{name} walk-small", after, y, what, size=13, fill=fill
    )


def _wide(share: float) -> float:
    """A hair is drawn as long as anything is there."""
    return max(_BAR * share, 1.5 if share > 0 else 0.0)


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


def _away(start: float, width: float) -> str:
    """What goes another way turns off to the right, outlined: it is not lost, it is elsewhere."""
    top, end = _TOP + _BAR_HEIGHT, min(start + width, _BAR)
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
        _text("walk-name", 0, top + 15, clean_text(name, _NAME_LENGTH), bold=True)
        + _text("walk-number", _WIDTH, top + 15, left, bold=True, end=True)
        + _bar((0, top + 22, _WIDTH, _ROW_BAR), gone)
    )


def _broad_row(top: float, name: str, left: str, gone: tuple[float, float, float]) -> str:
    """The same in one line: the name, the bar, the count; a count in words is set smaller."""
    line, size = top + _BROAD_TYPE, _BROAD_TYPE if len(left) <= 3 else _BROAD_TYPE - 4
    wide = _BROAD - _BROAD_NAMES - _BROAD_COUNTS
    return (
        _text("walk-name", 0, line, clean_text(name, _BROAD_NAME_LENGTH), bold=True, size=_BROAD_TYPE)
        + _bar((_BROAD_NAMES, top + 4, wide, _BROAD_BAR), gone)
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
        said.append(_("%(lost)s are lost") % {"lost": step.lost})
    if step.amounts and step.amounts.elsewhere > 1e-9:
        said.append(_("%(elsewhere)s go elsewhere") % {"elsewhere": step.elsewhere})
    if not said:
        said.append(_("nothing is lost"))
    return _text("walk-small", 0, top + 56, "↓ " + " · ".join(said), size=12, fill=_PALETTE.quiet)


def _shown(stages: int) -> list[int]:
    if stages <= _FIRST + _LAST + 1:
        return list(range(stages))
    return [*range(_FIRST), *range(stages - _LAST, stages)]


def _gap(top: float, steps: int) -> str:
    said = ngettext("… over %(count)s hand-off", "… over %(count)s hand-offs", steps) % {"count": steps}
    return _text("walk-small", 0, top + _BROAD_TYPE, said, size=_BROAD_TYPE - 3, fill=_PALETTE.quiet)


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
