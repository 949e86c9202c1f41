"""Text that came from people, made harmless for a line of a picture, a table or a sentence.

What is taken out are characters that do something instead of showing something: control characters (among them the
escape sequences a terminal obeys), halves of surrogate pairs, marks that turn the reading direction, zero-width
characters. What is left is shown literally, whatever it looks like.
"""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"

#: Cc control, Cf format (bidi, zero-width, BOM), Cs surrogate, Co private use, Cn unassigned, Zl/Zp line breaks.
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_text(text: str, limit: int = 80) -> str:
    """One line of ``text``: unshown characters become a space, runs of spaces one, at most ``limit`` characters.

    Marks stacked on one character are cut to four, so that a name cannot paint over its neighbours.

    >>> clean_text("\\u202egnp.exe"), clean_text("a\\x1b[2Jb"), clean_text("x" * 90, 5)
    ('gnp.exe', 'a [2Jb', 'xxxx…')
    """
    shown: list[str] = []
    marks = 0
    for character in text[: limit * 8]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= 4:
            shown.append(" " if category in _NOT_SHOWN else character)
    line = " ".join("".join(shown).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


def shown_width(text: str) -> int:
    """Columns a terminal needs: 2 for a wide East Asian character, 0 for a mark, else 1.

    >>> shown_width("Łódź"), shown_width("山田"), shown_width("e\\u0301")
    (4, 4, 1)
    """
    return sum(map(_character_width, text))


def fit(text: str, width: int) -> str:
    """``text`` cut with an ellipsis or padded with spaces to exactly ``width`` columns."""
    if shown_width(text) > width:
        kept, room = [], width - 1
        for character in text:
            room -= _character_width(character)
            if room < 0:
                break
            kept.append(character)
        text = "".join(kept) + ELLIPSIS
    return text + " " * (width - shown_width(text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
