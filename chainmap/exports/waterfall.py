"""One party's main chain as a waterfall: what is left of its work after each hand-off, down to the end customer.

Bars lie across and stand one below the other, so that the picture reads on a phone without scrolling sideways.
Classes for a stylesheet (colours in the markup are light defaults)::

    svg.waterfall          the picture, 320 units wide
    .waterfall-name        name of the party        .waterfall-left   what is left there, in figures
    .waterfall-bar         what is left             .waterfall-loss   what leaked away at the hand-off before
    .waterfall-step        how much arrives at the hand-off, between two bars
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from django.utils.translation import gettext as _

from chainmap.domain.findings import ChainStep
from chainmap.exports import words
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.plain_text import clean_text
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE

_WIDTH = 320
_BAR_HEIGHT = 14
_ROW_HEIGHT = 62  # name, bar, and the words of the hand-off below
_NAME_LENGTH = 30
_PALETTE = PALETTES["light"]


def waterfall_svg(steps: Sequence[ChainStep], names: Mapping[str, str], *, id_prefix: str = "waterfall") -> str:
    """The main chain as an accessible inline SVG; "" when there is none (the page then says why).

    ``names`` is id -> name of the parties, any text: it is cleaned and escaped here. ``id_prefix`` (letters, digits,
    "-") keeps the ids of two waterfalls on one page apart. No style attribute, no link, no script.
    """
    if not steps:
        return ""
    stages = [(steps[0].supplier, 1.0), *((step.customer, step.left) for step in steps)]
    rows = []
    for place, (party, left) in enumerate(stages):
        before = stages[place - 1][1] if place else 1.0
        rows.append(_bar(names.get(party, party), place * _ROW_HEIGHT, left, before))
        if place < len(steps):
            rows.append(_step(steps[place], place * _ROW_HEIGHT))
    height = len(stages) * _ROW_HEIGHT - (_ROW_HEIGHT - _BAR_HEIGHT - 24)
    sentence = escape(words.main_chain_sentence(steps, names))
    return (
        f'<svg xmlns="{SVG_NAMESPACE}" class="waterfall" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="{id_prefix}-title {id_prefix}-description"'
        f' font-family="{FONT_STACK}" font-size="14">'
        f'<title id="{id_prefix}-title">{escape(_("What is left of the work on its way to the end customer"))}</title>'
        f'<desc id="{id_prefix}-description">{sentence}</desc>{"".join(rows)}</svg>'
    )


def _bar(name: str, top: int, left: float, before: float) -> str:
    bar, lost = _WIDTH * left, _WIDTH * max(before - left, 0.0)
    leak = ""
    if lost >= 1:
        leak = (
            f'<rect class="waterfall-loss" x="{bar + 0.5:.1f}" y="{top + 20.5}" width="{lost - 1:.1f}"'
            f' height="{_BAR_HEIGHT - 1}" fill="none" stroke="{_PALETTE.bands[1]}" stroke-dasharray="3 2"/>'
        )
    return (
        f'<text class="waterfall-name" x="0" y="{top + 14}" fill="{_PALETTE.ink}">'
        f"{escape(clean_text(name, _NAME_LENGTH))}</text>"
        f'<text class="waterfall-left" x="{_WIDTH}" y="{top + 14}" text-anchor="end" font-weight="bold"'
        f' fill="{_PALETTE.ink}">{escape(words.percent(left))}</text>'
        f'<rect class="waterfall-bar" x="0" y="{top + 20}" width="{bar:.1f}" height="{_BAR_HEIGHT}"'
        f' fill="{_PALETTE.accent}"/>{leak}'
    )


def _step(step: ChainStep, top: int) -> str:
    text = _("↓ %(arrives)s of it arrives") % {"arrives": words.percent(step.yield_)}
    return (
        f'<text class="waterfall-step" x="0" y="{top + 51}" font-size="12" fill="{_PALETTE.quiet}">'
        f"{escape(text)}</text>"
    )
