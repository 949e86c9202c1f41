"""Pictures of results: dots, bars and places on a line, as SVG with whole numbers and without inline styles."""

from __future__ import annotations

import json
from collections.abc import Sized

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from chainmap.exports.exercise_shown import WIDTH, Bar, Change
from chainmap.exports.plain_text import clean_text

register = template.Library()

#: A sentence of ours with names in it; cut all the same, should somebody's text be very long.
_LONGEST = 700
_HEIGHT, _WIDEST_STEP = 50, 60
#: Width of a line with a dot on it: shorter, so that the dot is seen in a narrow column.
_LINE = 500
_OPEN = '<svg class="picture-row" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'


@register.filter
def shown_whole(text: object) -> str:
    """A sentence without control and direction characters, not cut as a name is; still to be escaped."""
    return clean_text(str(text), _LONGEST)


@register.filter
def more_word(count: int) -> str:
    """ "3 more"."""
    return ngettext("%(count)d more", "%(count)d more", count) % {"count": count}


@register.filter
def more_words(rows: Sized, more: Sized) -> str:
    """ "0 more", "1 more" ... as JSON, for whatever number of all these rows has no room on a projector."""
    return json.dumps([more_word(count) for count in range(len(rows) + len(more) + 1)], ensure_ascii=False)


@register.simple_tag
def person_dots(bar: Bar) -> SafeString:
    """One dot a person where people are counted and few enough, else a bar; decoration, the number stands beside it."""
    if bar.dots:
        # the same size in every row of one picture: the longest row has the full width
        step = min(bar.width // len(bar.dots), _WIDEST_STEP)
        marks = format_html_join(
            "",
            '<circle class="person" cx="{}" cy="{}" r="{}"/>',
            ((str(step * place + step // 2), str(_HEIGHT // 2), str(step * 2 // 5)) for place in bar.dots),
        )
    elif not bar.width:
        return SafeString("")
    else:
        marks = format_html(
            '<rect class="bar-all" y="12" width="{}" height="24" rx="4"/>'
            '<rect class="bar-part" y="12" width="{}" height="24" rx="4"/>',
            str(WIDTH),
            str(min(bar.width, WIDTH)),
        )
    return _svg(marks)


@register.simple_tag
def change_line(change: Change) -> SafeString:
    """Where a hand-off stood and where it stands now, on a line from nothing to everything."""
    line = format_html('<path class="scale" d="M15 25H{}"/>', str(_LINE - 15))
    after = _place(change.after)
    now = format_html('<circle class="now-dot" cx="{}" cy="25" r="14"/>', str(after))
    if change.before is None:
        return _svg(format_html("{}{}", line, now), _LINE)
    before = _place(change.before)
    moved = format_html('<path class="moved" d="M{} 25H{}"/>', str(before), str(after))
    then = format_html('<circle class="then-dot" cx="{}" cy="25" r="11"/>', str(before))
    return _svg(format_html("{}{}{}{}", line, moved, then, now), _LINE)


@register.simple_tag
def mean_line(place: int) -> SafeString:
    """A place on a line between two ends, with its middle marked."""
    marks = format_html(
        '<path class="scale" d="M15 25H{}"/><path class="middle" d="M{} 12v26"/>'
        '<circle class="now-dot" cx="{}" cy="25" r="14"/>',
        str(_LINE - 15),
        str(_LINE // 2),
        str(_place(place)),
    )
    return _svg(marks, _LINE)


def _place(place: int) -> int:
    """A place 0..WIDTH on the line, kept inside the picture."""
    return min(max(round(place * _LINE / WIDTH), 15), _LINE - 15)


def _svg(marks: SafeString, width: int = WIDTH) -> SafeString:
    return format_html("{}{}</svg>", format_html(_OPEN, width=str(width), height=str(_HEIGHT)), marks)
