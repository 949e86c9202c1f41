"""The slides of a report that are drawn: the chain as a picture, and where the loss is as a chart that stays one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from chainmap.domain.findings import Bottlenecks
from chainmap.domain.reports import ParetoBar, Report
from chainmap.exports import report_words as words
from chainmap.exports.chain_picture import ChainPicture, chain_picture, draw
from chainmap.exports.chart_style import text_width
from chainmap.exports.graphviz import PNG_DPI
from chainmap.exports.picture_error import PictureError
from chainmap.exports.picture_words import PictureKey
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_charts import pareto_chart
from chainmap.exports.report_pictures import drawn_finding_of
from chainmap.exports.slide_charts import BarForm, Series, bar_chart
from chainmap.exports.slide_house import CONTENT, Content, add_slide, describe, put_bar, put_body
from chainmap.exports.slide_text import Box, fitted_link, line_count, put_text

#: Hand-offs in the picture, fewer where names get too small, and where names in it are broken.
PICTURE_HANDOFFS, NARROW = (40, 28, 20, 14), 13
_PICTURE = Box(CONTENT.left, 1.9, CONTENT.width, 4.2)
#: Under it stands how to read it; points of an inch.
_KEY, _POINTS = Box(CONTENT.left, 6.22, CONTENT.width, 0.28), 72
#: Names are drawn in 16 points: half of that is the least to read, and this the most that looks well.
_LEGIBLE, _LARGEST = 0.5, 1.6
#: What the shape says under a low picture, and the inches that takes.
SHAPE_FIRST, ROOM_FOR_WORDS = 3, 1.1
#: A picture that takes less than this part of the width has words at its side.
_NARROW_PICTURE = 0.6
#: So many bars that together hold less than this of all loss stand without the rest.
_MANY, _LITTLE = 5, 0.3
#: What stands for a picture or a chart for those who do not see it, in characters.
ALTERNATIVE = 1200
_NAMES_WIDTH = 0.40


# ---- the chain


def chain_content(report: Report, deck: Any) -> Content:
    """The chain as a picture; where there is none, why, and the chain in words."""
    finding = drawn_finding_of(report)
    if not finding.parties:
        slide = add_slide(deck, title=words.arrives_sentence(report), eyebrow=_("The chain"))
        put_body(slide, CONTENT, [words.monday_sentence(report)])
        return slide, [words.arrives_sentence(report), words.monday_sentence(report)]
    is_known = report.totals.chain_yield is not None
    title = words.most_lost_sentence(report) if is_known else words.arrives_sentence(report)
    slide = add_slide(deck, title=title, eyebrow=_("The chain"))
    picture, drawn, trouble = _legible_picture(finding)
    told = clean_text(f"{picture.title} {picture.description}", ALTERNATIVE)
    if drawn is None:
        put_body(slide, CONTENT, [trouble, picture.description], sizes=(20, 18, 16, 14, 12))
    else:
        _put_beside(slide, _put_picture(slide, drawn, told), _beside(report))
        _put_key(slide, picture.key)
    return slide, [title, told, *shape_words(report)]


def _beside(report: Report) -> list[str]:
    """What is worth reading beside the picture: the whole, how the loss is spread, and the shape."""
    shape = shape_words(report)[:SHAPE_FIRST]
    if report.totals.chain_yield is None:
        return [words.ask_next_sentence(report), *shape]
    return [words.arrives_sentence(report), words.pareto_sentence(report), words.unrated_sentence(report), *shape]


def _put_key(slide: Any, key: PictureKey) -> None:
    """How to read the picture: the colours with what they stand for, and the rest in a line."""
    left, size = _KEY.left, 12
    if key.scale:
        for colour, label in (("", key.scale_title), *key.scale):
            if colour:
                put_bar(slide, Box(left, _KEY.top + 0.06, 0.3, 0.14), colour)
                left += 0.38
            width = text_width(label, size) / _POINTS + 0.05
            put_text(slide, Box(left, _KEY.top, width, _KEY.height), [label], sizes=(size, 11, 10), colour="quiet")
            left += width + 0.12
    said = " ".join(key.sentences)
    put_text(slide, Box(_KEY.left, 6.52, _KEY.width, 0.34), [said], sizes=(12, 11, 10), colour="quiet")


def shape_words(report: Report) -> list[str]:
    """What the shape of the chain says, a line each."""
    return [f"{said.title}: {said.sentence}" for said in words.structure_said(report.structure)]


def _put_beside(slide: Any, picture: Box, texts: Sequence[str]) -> None:
    """Words where a picture leaves room: at the side of a narrow one all of them, else the shape under a low one."""
    end = picture.top + picture.height + 0.2
    if picture.left == _PICTURE.left and picture.width < _NARROW_PICTURE * _PICTURE.width:
        left = picture.left + picture.width + 0.4
        room = Box(left, _PICTURE.top + 0.1, CONTENT.left + CONTENT.width - left, _PICTURE.height - 0.2)
        put_body(slide, room, texts, sizes=(18, 16, 15, 14, 13, 12))
    elif _KEY.top - end >= ROOM_FOR_WORDS:
        put_body(slide, Box(CONTENT.left, end, CONTENT.width, _KEY.top - 0.1 - end), texts, sizes=(16, 15, 14, 13, 12))


def _legible_picture(finding: Bottlenecks) -> tuple[ChainPicture, bytes | None, str]:
    """The picture with as many hand-offs as stay legible on a slide, drawn; or None and why it could not be drawn."""
    picture, drawn, trouble = _drawn(finding, PICTURE_HANDOFFS[0])
    for fewer in PICTURE_HANDOFFS[1:]:
        if len(finding.handoffs) <= fewer or (drawn is not None and _scale(drawn) >= _LEGIBLE):
            break
        smaller = _drawn(finding, fewer)
        if smaller[1] is not None:
            picture, drawn, trouble = smaller
    return picture, drawn, trouble


def _drawn(finding: Bottlenecks, most: int) -> tuple[ChainPicture, bytes | None, str]:
    picture = chain_picture(finding, max_handoffs=most, titled=False, keyed=False, in_spreadsheet=True, wrap=NARROW)
    try:
        return picture, draw(picture, format="png"), ""
    except PictureError as error:
        return picture, None, str(error)


def _scale(drawn: bytes) -> float:
    """How large a picture would stand on the slide, in parts of its own size."""
    width, height = _size(drawn)
    return min(_PICTURE.width * PNG_DPI / width, _PICTURE.height * PNG_DPI / height)


def _size(drawn: bytes) -> tuple[int, int]:
    """Width and height in dots, from the head of a PNG."""
    return int.from_bytes(drawn[16:20], "big"), int.from_bytes(drawn[20:24], "big")


def _put_picture(slide: Any, drawn: bytes, told: str) -> Box:
    """As large as its place allows, a narrow one at its left, else in its middle; returns where it stands."""
    width, height = (side / PNG_DPI * min(_scale(drawn), _LARGEST) for side in _size(drawn))
    aside = 0.0 if width < _NARROW_PICTURE * _PICTURE.width else (_PICTURE.width - width) / 2
    box = Box(_PICTURE.left + aside, _PICTURE.top, width, height)
    describe(slide.shapes.add_picture(io.BytesIO(drawn), *box.emu()), told, name=_("The chain"))
    return box


# ---- where the loss is


def pareto_content(report: Report, deck: Any) -> Content:
    """The losses, largest first, over what they make together; without any, what was asked and answered."""
    chart, title = pareto_chart(report), _("Where the loss is")
    rows = [f"{where}: {lost} / {share} / {together}" for where, lost, share, together in words.pareto_rows(report)]
    if chart is None:
        slide = add_slide(deck, title=words.most_lost_sentence(report), eyebrow=title)
        said = [*words.coverage_sentences(report.coverage), words.unrated_sentence(report)]
        asked = [f"{label}: {text}" for label, text in words.method_rows(report) if label in _how_asked()]
        put_body(slide, CONTENT, [*said, *asked], sizes=(20, 18, 16, 14, 12))
        return slide, [words.most_lost_sentence(report), *said, *asked]
    slide = add_slide(deck, title=chart.sentence, eyebrow=title)
    rest = f"{words.pareto_rows(report)[-1][0]}: {words.pareto_rows(report)[-1][2]}" if _leaves_rest_out(report) else ""
    note = " · ".join(part for part in (rest, words.unrated_sentence(report)) if part)
    box = Box(CONTENT.left, 1.9, CONTENT.width, 4.55 if note else 4.9)
    told = clean_text(f"{chart.sentence} {'; '.join(rows)}", ALTERNATIVE)
    _put_pareto(slide, box, report, told)
    if note:
        put_text(slide, Box(CONTENT.left, 6.5, CONTENT.width, 0.36), [note], sizes=(13, 12, 11), colour="quiet")
    head = f"{words.link_word(by_team=report.scope.by_team)}: {_('lost of 100')} / {_('of all loss')} / {_('together')}"
    return slide, [chart.sentence, note, head, *rows]


def _how_asked() -> set[str]:
    return {_("The question"), _("Who sees an answer"), _("From score to share")}


def _leaves_rest_out(report: Report) -> bool:
    """Where many hand-offs lose a little each, all the others together would make every bar a hair."""
    named = [bar for bar in report.pareto if bar.key is not None]
    return _MANY <= len(named) < len(report.pareto) and named[-1].cumulative < _LITTLE


def _put_pareto(slide: Any, box: Box, report: Report, told: str) -> None:
    bars, names_width = report.pareto[:-1] if _leaves_rest_out(report) else report.pareto, _NAMES_WIDTH
    ends = [min(bar.cumulative, 1.0) for bar in bars]
    own = [max(end - before, 0.0) for before, end in zip([0.0, *ends], ends, strict=False)]
    named = [part for bar, part in zip(bars, own, strict=True) if bar.key is not None]
    few = next((place for place, end in enumerate(ends, start=1) if end >= 0.5), len(bars))
    room = names_width * box.width - 0.3
    series = (
        # where both ends are close, one figure is enough
        Series(_("together"), ends, "line", unlabelled=frozenset(
            place for place, (end, part) in enumerate(zip(ends, own, strict=True)) if end - part < 0.09 * ends[-1])),
        Series(_("of all loss"), own, "leak", {
            place: "neutral" if bar.key is None else "leak_soft"
            for place, bar in enumerate(bars) if place >= few or bar.key is None}, strong=True),
    )  # fmt: skip
    coarse = max(named, default=1.0) >= 0.1
    form = BarForm(0.0, 1.1 * ends[-1], "0\\ %" if coarse else "0.0\\ %", names_width, legend=True)
    rests = [row[0] for row in words.pareto_rows(report)]
    names = [_bar_name(report, bar, rest, room) for bar, rest in zip(bars, rests, strict=False)]
    bar_chart(slide, box, names, series, form, title=_("Where the loss is"), words=told)


def _bar_name(report: Report, bar: ParetoBar, rest: str, room: float) -> str:
    if bar.key is None:
        return rest
    by_team, what = report.scope.by_team, f" ({clean_text(bar.deliverable, 30)})" if bar.deliverable else ""
    whole = words.link_title(bar.supplier, bar.customer, by_team=by_team) + what
    if line_count(whole, room, 12) == 1:
        return whole
    what = f" ({clean_text(bar.deliverable, 16)})" if bar.deliverable else ""
    return fitted_link(bar.supplier, bar.customer, by_team=by_team, width=room, size=12, rest=what) + what
