"""The way of one person's work to the end customer as a stream from top to bottom that narrows where something is lost.

It reads on a phone: 320 units wide, one stage below the other. Classes for a stylesheet (colours in the markup are
light defaults)::

    svg.path-picture       the picture                .path-stream   what is left, as width
    .path-leak             what leaked away there     .path-face     the circle of a stage; .path-end the last one
    .path-initials         letters in the circle      .path-name     name beside it
    .path-left             what is left there         .path-step     how much arrives, between two stages
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import ChainStep
from chainmap.exports import words
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import ELLIPSIS, clean_text, shown_width
from chainmap.exports.report_figures import of_hundred, plural_of
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE

#: A longer one has no room in a circle.
_NUMBER_AT_END = re.compile(r"(?<![0-9])[0-9]{1,3}$")
_WIDTH = 320
_MIDDLE = 34  # of the stream
_STREAM = 44  # its width where nothing is lost yet
_RADIUS = 21
_STAGE_HEIGHT = 96
_TOP = 26
_TEXT_AT = 72
#: How wide a name may be, in small letters, and how wide letters are in them.
_NAME_WIDTH = 28.0
_WIDE, _CAPITAL = 1.7, 1.25
#: Stages drawn at the beginning and at the end of a way; what lies between is one step.
_FIRST, _LAST = 4, 3
_PALETTE = PALETTES["light"]


@dataclass(frozen=True, slots=True)
class _Step:
    """A drawn step: how much of what enters it arrives, and how many hand-offs it stands for."""

    arrives: float  # 0..1
    handoffs: int


def path_picture_svg(steps: Sequence[ChainStep], names: Mapping[str, str], *, id_prefix: str = "path") -> str:
    """The main chain as an accessible inline SVG; "" when there is none (the page then says why).

    ``names`` is id -> name of the parties, any text: it is cleaned and escaped here. ``id_prefix`` (letters, digits,
    "-") keeps the ids of two pictures on one page apart. Of a long way the middle is one step. The same input gives
    the same bytes. No style attribute, no link, no script.
    """
    if not steps:
        return ""
    stages = [(steps[0].supplier, 1.0), *((step.customer, step.left) for step in steps)]
    shown, between = _folded(stages, steps)
    streams = "".join(
        _stream(place, shown[place][1], shown[place + 1][1]) + _step_words(place, step)
        for place, step in enumerate(between)
    )
    faces = "".join(
        _stage(names.get(party, party), left, place, is_end=place == len(between))
        for place, (party, left) in enumerate(shown)
    )
    height = 2 * _TOP + len(between) * _STAGE_HEIGHT
    title, sentence = _("The way of the work to the end customer"), words.main_chain_sentence(steps, names)
    return (
        f'<svg xmlns="{SVG_NAMESPACE}" class="path-picture" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="{id_prefix}-title {id_prefix}-description"'
        f' font-family="{FONT_STACK}" font-size="15">'
        f'<title id="{id_prefix}-title">{escape(title)}</title>'
        f'<desc id="{id_prefix}-description">{escape(sentence)}</desc>{streams}{faces}</svg>'
    )


def path_sentences(steps: Sequence[ChainStep], names: Mapping[str, str]) -> list[str]:
    """The picture in words, one sentence a hand-off, none left out. Names are cleaned, not escaped."""
    return [
        ngettext(
            "Between %(supplier)s and %(customer)s %(yield)s arrives; %(left)s of 100 is left.",
            "Between %(supplier)s and %(customer)s %(yield)s arrives; %(left)s of 100 are left.",
            plural_of(of_hundred(step.left)),
        )
        % {
            "supplier": _name(names, step.supplier),
            "customer": _name(names, step.customer),
            "yield": words.percent(step.yield_),
            "left": of_hundred(step.left),
        }
        for step in steps
    ]


def initials(name: str) -> str:
    """One or two letters that stand for a name, as in a circle, with the number a name ends with; "?" where nothing of
    it can be shown.

    >>> initials("Anna Maria Rossi"), initials("(acme)"), initials("\\u202e")
    ('AR', 'A', '?')
    >>> initials("R8"), initials("Desk 12"), initials("Line 4 b")
    ('R8', 'D12', 'LB')
    """
    parts = clean_text(name).split()
    number = _NUMBER_AT_END.search(parts[-1]) if parts else None
    ends = [parts[0], parts[-1]] if len(parts) > 1 else parts
    letters = [next((character for character in part if character.isalnum()), "").upper()[:1] for part in ends]
    if number is not None:  # beside it, one letter
        letters = [*(letter for letter in letters[:1] if not letter.isdigit()), number.group()]
    return "".join(letters) or "?"


def _folded(stages: list[tuple[str, float]], steps: Sequence[ChainStep]) -> tuple[list[tuple[str, float]], list[_Step]]:
    """The stages that are drawn, and the steps between them."""
    each = [_Step(step.yield_, 1) for step in steps]
    if len(stages) <= _FIRST + _LAST + 1:
        return stages, each
    before, after = stages[_FIRST - 1][1], stages[-_LAST][1]
    middle = _Step(after / before if before > 0 else 0.0, len(stages) - _FIRST - _LAST + 1)
    return [*stages[:_FIRST], *stages[-_LAST:]], [*each[: _FIRST - 1], middle, *each[len(each) - _LAST + 1 :]]


def _stream(place: int, before: float, after: float) -> str:
    """The water between two stages: its edges bend inwards to what is left, and what is lost runs off beside it."""
    top, bottom = _TOP + place * _STAGE_HEIGHT, _TOP + (place + 1) * _STAGE_HEIGHT
    wide, narrow = _half(before), _half(after)
    bend = (top + bottom) / 2
    leak = ""
    if wide - narrow >= 0.5:
        leak = (
            f'<path class="path-leak" d="M{_MIDDLE - wide:.1f} {top}H{_MIDDLE + wide:.1f}'
            f"L{_MIDDLE + wide:.1f} {bend + 16:.0f}L{_MIDDLE + narrow:.1f} {bottom}H{_MIDDLE - narrow:.1f}"
            f'L{_MIDDLE - wide:.1f} {bend + 16:.0f}Z" fill="{_PALETTE.bands[1]}" fill-opacity="0.25"'
            f' stroke="{_PALETTE.bands[1]}" stroke-dasharray="3 3"/>'
        )
    return leak + (
        f'<path class="path-stream" d="M{_MIDDLE - wide:.1f} {top}H{_MIDDLE + wide:.1f}'
        f"C{_MIDDLE + wide:.1f} {bend:.0f} {_MIDDLE + narrow:.1f} {bend:.0f} {_MIDDLE + narrow:.1f} {bottom}"
        f"H{_MIDDLE - narrow:.1f}"
        f'C{_MIDDLE - narrow:.1f} {bend:.0f} {_MIDDLE - wide:.1f} {bend:.0f} {_MIDDLE - wide:.1f} {top}Z"'
        f' fill="{_PALETTE.accent}"/>'
    )


def _half(left: float) -> float:
    """Half the width of the stream; a hair is drawn as long as anything is left."""
    return max(_STREAM * left / 2, 0.75 if left > 0 else 0.0)


def _step_words(place: int, step: _Step) -> str:
    text = _("↓ %(arrives)s of it arrives") % {"arrives": words.percent(step.arrives)}
    if step.handoffs > 1:
        text = ngettext(
            "↓ over %(count)s hand-off %(arrives)s of it arrives",
            "↓ over %(count)s hand-offs %(arrives)s of it arrives",
            step.handoffs,
        ) % {"count": step.handoffs, "arrives": words.percent(step.arrives)}
    return (
        f'<text class="path-step" x="{_TEXT_AT}" y="{_TOP + place * _STAGE_HEIGHT + 55}" font-size="13"'
        f' fill="{_PALETTE.quiet}">{escape(text)}</text>'
    )


def _stage(name: str, left: float, place: int, *, is_end: bool) -> str:
    middle = _TOP + place * _STAGE_HEIGHT
    fill, ink = (_PALETTE.accent, _PALETTE.on_accent) if is_end else (_PALETTE.box, _PALETTE.ink)
    end = " path-end" if is_end else ""
    figure = of_hundred(left)
    left_words = ngettext("%(left)s of 100 is left", "%(left)s of 100 are left", plural_of(figure)) % {"left": figure}
    if place == 0:
        left_words = _("of every 100 units of work")
    shown = _cut(clean_text(name, 200)) or "?"
    return (
        f'<circle class="path-face{end}" cx="{_MIDDLE}" cy="{middle}" r="{_RADIUS}" fill="{fill}"'
        f' stroke="{_PALETTE.accent}" stroke-width="2"/>'
        f'<text class="path-initials{end}" x="{_MIDDLE}" y="{middle + 5}" text-anchor="middle" font-size="14"'
        f' font-weight="bold" fill="{ink}">{escape(initials(name))}</text>'
        f'<text class="path-name" x="{_TEXT_AT}" y="{middle - 2}" font-weight="bold" fill="{_PALETTE.ink}">'
        f"{escape(shown)}</text>"
        f'<text class="path-left" x="{_TEXT_AT}" y="{middle + 17}" font-size="13" fill="{_PALETTE.ink}">'
        f"{escape(left_words)}</text>"
    )


def _cut(name: str) -> str:
    """As much of a name as has room beside the stream, whatever letters it is made of."""
    width = 0.0
    for place, character in enumerate(name):
        width += _letter_width(character)
        if width > _NAME_WIDTH:
            return name[: place - 1].rstrip() + ELLIPSIS
    return name


def _letter_width(character: str) -> float:
    if character in "MWmw@%":
        return _WIDE
    return shown_width(character) * (_CAPITAL if character.isupper() else 0.95)


def _name(names: Mapping[str, str], party: str) -> str:
    return clean_text(names.get(party, party)) or "?"
