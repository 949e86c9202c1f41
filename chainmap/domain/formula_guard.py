"""Text that a spreadsheet would run: guarded on the way out, taken back as it was on the way in (OWASP ASVS 1.2.10)."""

from __future__ import annotations

import re

#: A spreadsheet runs a cell that begins so; apostrophes before it are counted in, so that taking one apostrophe away
#: from every cell that matches gives the original text back.
_STARTS = "=+-@\t\r\n\0＝＋－＠"
_FORMULA = re.compile(f"'*[{re.escape(_STARTS)}]")
_SUSPICIOUS = frozenset("'" + _STARTS)


def guarded(text: str) -> str:
    """``text`` as a spreadsheet cell that stays text: a leading apostrophe where it would be run as a formula.

    >>> guarded("=1+1"), guarded("'=1"), guarded("O'Neill"), guarded("a=b")
    ("'=1+1", "''=1", "O'Neill", 'a=b')
    """
    # the first character decides for nearly every cell, and costs a tenth of the pattern
    return "'" + text if text[:1] in _SUSPICIOUS and _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What was guarded: one apostrophe off where it guards, any other text as it is.

    >>> unguarded("'=1+1"), unguarded("''=1"), unguarded("'s-Hertogenbosch"), unguarded("=1")
    ('=1+1', "'=1", "'s-Hertogenbosch", '=1')
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
