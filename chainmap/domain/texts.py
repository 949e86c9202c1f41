"""Texts that people type: free of what does something instead of showing something, and no longer than they may be.

Line ends become newlines. What turns the reading direction or has no width goes away, outer white space too. What
cannot be part of a text (control characters, halves of a character) is refused, because dropping it would change what
was said.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

#: Of a refused value this many characters are shown.
SHOWN = 60
#: A text more than this many times too long is refused as it is: cleaning it first would only cost time.
_FAR_TOO_LONG = 4
#: Letters that draw nothing: Hangul fillers, the empty Braille cell, invisible marks.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
#: Every way a line may end; word processors send the vertical tab.
_LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")


class TextCode(StrEnum):
    """What can be wrong with a text."""

    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"  # control characters, halves of a character


class TextFault(ValueError):  # noqa: N818  the name says what it is
    """A text that was refused. Its message does not repeat the text, so it may be logged."""

    def __init__(self, code: TextCode, *, limit: int, length: int, shown: str) -> None:
        super().__init__(f"text refused: {code.value} ({length} characters, {limit} fit)")
        self.code = code
        self.limit = limit  # characters that fit
        self.length = length  # characters it has: after cleaning where it was cleaned
        self.shown = shown  # its beginning in one clean line; of a bad text the number of the character: "U+0000"


def read_text(value: str, limit: int, *, one_line: bool = False) -> str:
    """The text, cleaned: at most ``limit`` characters, "" where nothing would be drawn.

    With ``one_line`` every run of white space becomes one space; the length is that before. Raises TextFault for a
    text that is too long or holds a character that cannot be in one.

    >>> read_text(" two days \\r\\nlate ", 20), read_text(" two \\n days ", 20, one_line=True)
    ('two days \\nlate', 'two days')
    >>> try:
    ...     read_text("far too long", 7)
    ... except TextFault as fault:
    ...     str(fault.code), fault.limit, fault.length, fault.shown
    ('too_long', 7, 12, 'far too long')
    """
    text = value if len(value) > _FAR_TOO_LONG * limit else _clean(value, limit)
    if len(text) > limit:
        raise TextFault(TextCode.TOO_LONG, limit=limit, length=len(text), shown=show_value(value))
    return " ".join(text.split()) if one_line else text


def show_value(value: object) -> str:
    """A refused JSON value, short, one line and without characters that do something.

    >>> show_value("a\\x00b"), show_value(7.5), show_value(None), show_value([7]), len(show_value("x" * 500))
    ('a b', '7.5', 'null', '[…]', 60)
    """
    if isinstance(value, str):
        printable = "".join(character if character.isprintable() else " " for character in value[: 4 * SHOWN])
        line = " ".join(printable.split())
        return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
    if isinstance(value, int) and abs(value) > 10**20:  # Python refuses to write a number of 5,000 digits
        return f"{'-' if value < 0 else ''}1e{round(math.log10(abs(value)))}"
    if value is None or isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return "{…}" if isinstance(value, Mapping) else "[…]"


def _clean(value: str, limit: int) -> str:
    """The text without what shows nothing; refused where a character cannot be part of a text."""
    kept: list[str] = []
    for character in _LINE_END.sub("\n", value):
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\n\t"):
            raise TextFault(TextCode.BAD_TEXT, limit=limit, length=len(value), shown=f"U+{ord(character):04X}")
        if category != "Cf" and not _is_noncharacter(character):
            kept.append(character)
    text = unicodedata.normalize("NFC", "".join(kept)).strip()
    return "" if all(character in _BLANK_LETTERS or character.isspace() for character in text) else text


def _is_noncharacter(character: str) -> bool:
    code_point = ord(character)
    return 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE
