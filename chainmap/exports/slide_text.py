"""Words on a slide: as large as their box allows, never larger; too many words are cut with an ellipsis.

A slide cannot ask a font how wide a word is, so widths are estimated, rather more than less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language_bidi
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Inches, Pt

from chainmap.exports.chart_style import text_width
from chainmap.exports.plain_text import ELLIPSIS
from chainmap.exports.report_link_words import link_title, shown_name

#: Colours of the deck's theme by what they mean.
COLOURS = {
    "ink": MSO_THEME_COLOR.TEXT_1,
    "paper": MSO_THEME_COLOR.BACKGROUND_1,
    "quiet": MSO_THEME_COLOR.TEXT_2,
    "sunk": MSO_THEME_COLOR.BACKGROUND_2,
    "accent": MSO_THEME_COLOR.ACCENT_1,
    "leak": MSO_THEME_COLOR.ACCENT_2,
    "leak_soft": MSO_THEME_COLOR.ACCENT_3,
    "neutral": MSO_THEME_COLOR.ACCENT_4,
    "line": MSO_THEME_COLOR.ACCENT_5,
}
#: Height of a line in parts of the type size, and the room between paragraphs.
LINE, GAP = 1.22, 0.55
_POINTS = 72.0
#: Lengths that names are cut to, one after the other, until two of them fit.
_NAME_LENGTHS = (60, 44, 32, 24, 18, 14, 10)
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ .'\"-]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in inches from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Any, Any, Any, Any]:
        """As python-pptx takes it."""
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def shown(words: str) -> str:
    """With marks of direction after words that read from the right, so that arrows and figures stay in their place;
    characters that XML cannot hold are left out.

    >>> shown("a\\x00b")
    'ab'
    """
    kept = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", words)
    if get_language_bidi():
        return kept
    return _RIGHT_TO_LEFT.sub(lambda found: found[0] + "\u200e", kept)


def line_count(words: str, width: float, size: float, *, wider: float = 1.0) -> int:
    """Lines that ``words`` need in ``width`` inches at ``size`` points.

    >>> line_count("Anna", 1, 12), line_count("Anna and Bob and Carla", 1, 12), line_count("m" * 40, 1, 12)
    (1, 3, 7)
    """
    room, lines, used = width * _POINTS / (size * wider), 1, 0.0
    space = text_width(" ", 1)
    for word in words.split(" "):
        needed = text_width(word, 1)
        if used and used + space + needed > room:
            lines, used = lines + 1, 0.0
        if needed > room:
            lines += int(needed / room)
            used = needed % room
        else:
            used += needed + (space if used else 0.0)
    return lines


def text_height(texts: Sequence[str], width: float, size: float, *, wider: float = 1.0, gap: float = GAP) -> float:
    """Inches that paragraphs need at ``size`` points."""
    lines = sum(line_count(text, width, size, wider=wider) for text in texts)
    return size * (lines * LINE + max(len(texts) - 1, 0) * gap) / _POINTS


def fitted(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[int], *, wider: float = 1.0, gap: float = GAP
) -> tuple[list[str], int]:
    """The paragraphs and the largest of ``sizes`` (falling) they fit in; at the smallest the longest one is cut."""
    kept = list(texts)
    for size in sizes:
        if text_height(kept, width, size, wider=wider, gap=gap) <= height:
            return kept, size
    size = sizes[-1]
    while text_height(kept, width, size, wider=wider, gap=gap) > height:
        place = max(range(len(kept)), key=lambda number: len(kept[number]))
        if len(kept[place]) <= len(ELLIPSIS) + 1:
            kept.pop()
        else:
            kept[place] = kept[place][: int(len(kept[place]) * 0.94) - 1].rstrip() + ELLIPSIS
    return kept, size


def fitted_link(
    supplier: str, customer: str, *, by_team: bool, width: float, size: float, lines: int = 1, rest: str = ""
) -> str:
    """A hand-off as "Ann → Bob", both names cut alike until it fits; ``rest`` is what else must stand there."""
    by_team = by_team and supplier == customer  # two long names that begin alike are still two
    title = ""
    for length in _NAME_LENGTHS:
        title = link_title(_cut(supplier, length), _cut(customer, length), by_team=by_team)
        if line_count(title + rest, width, size) <= lines:
            break
    return title


def _cut(name: str, length: int) -> str:
    clean = shown_name(name)
    return clean if len(clean) <= length else clean[: length - 1].rstrip() + ELLIPSIS


# ---- putting them there


def put_words(
    frame: Any, texts: Sequence[str], *, size: float, colour: str = "", bold: bool | None = None, gap: float = GAP
) -> None:
    """Paragraphs into a text frame, all alike. What a placeholder has of its own stays where nothing is said."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for number, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        if number:
            paragraph.space_before = Pt(gap * size)
        if get_language_bidi():
            paragraph.alignment = PP_ALIGN.RIGHT
        add_run(paragraph, text, size=size, colour=colour, bold=bold)


def add_run(paragraph: Any, text: str, *, size: float, colour: str = "", bold: bool | None = None) -> None:
    """One run of words: never a link, whatever it looks like."""
    run = paragraph.add_run()
    run.text = shown(text)
    run.font.size, run.font.bold = Pt(size), bold
    if colour:
        run.font.color.theme_color = COLOURS[colour]


def put_text(
    slide: Any,
    box: Box,
    texts: Sequence[str],
    *,
    sizes: Sequence[int],
    colour: str = "ink",
    bold: bool = False,
    anchor: str = "top",
    align: str = "",
) -> float:
    """Paragraphs in a box of their own, as large as they fit. Returns the inches they take."""
    kept, size = fitted([text for text in texts if text], box.width, box.height, sizes)
    if not kept:
        return 0.0
    frame = slide.shapes.add_textbox(*box.emu()).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}[anchor]
    put_words(frame, kept, size=size, colour=colour, bold=bold)
    if align == "middle":
        for paragraph in frame.paragraphs:
            paragraph.alignment = PP_ALIGN.CENTER
    return text_height(kept, box.width, size)
