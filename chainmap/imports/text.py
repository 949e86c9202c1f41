"""Cleaning of the names and ids people type, and the longest ones that are kept."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ID_LENGTH = 200
NAME_LENGTH = 200
TEAM_LENGTH = 120
ROLE_LENGTH = 120
DELIVERABLE_LENGTH = 200
EMAIL_LENGTH = 254
SHOWN_LENGTH = 80

#: Letters by category that draw nothing: Hangul fillers, the empty Braille cell, invisible marks.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})


def clean_name(value: str) -> str:
    """The value as a name that is safe to store, compare and draw: "" when nothing visible is left.

    White space of any kind, leading, trailing or repeated, becomes single inner spaces. Control, bidirectional,
    zero-width, byte order mark, surrogate and non-character code points go away (the joiners of some scripts with
    them: two ids must not differ by something nobody sees). The rest is Unicode NFC. Cleaning twice changes nothing.

    >>> clean_name("  Ana\\t\\u202eMaria ")
    'Ana Maria'
    >>> clean_name(" \\u200b ")
    ''
    """
    if not value.isprintable() or not _BLANK_LETTERS.isdisjoint(value):
        value = "".join(map(_visible, value))
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if "  " in value:
        value = " ".join(value.split())
    return value.strip()


@lru_cache(maxsize=4096)
def _visible(character: str) -> str:
    """The character, a space in place of any white space, or nothing."""
    if character.isspace():
        return " "
    code_point = ord(character)
    is_noncharacter = 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE
    if is_noncharacter or character in _BLANK_LETTERS or unicodedata.category(character) in _INVISIBLE_CATEGORIES:
        return ""
    return character


def shown(value: str, length: int = SHOWN_LENGTH) -> str:
    """The value cleaned and cut to a length that fits an error message.

    >>> shown("x" * 200, 5)
    'xxxx…'
    """
    text = clean_name(value[: 4 * length])
    return text if len(text) <= length else text[: length - 1] + "…"
