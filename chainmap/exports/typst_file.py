"""A template and data in, PDF bytes out, by Typst in a child process that cannot hurt the one that serves pages.

Data goes in as JSON and comes out as text: nothing a person typed is ever markup. The document is tagged (PDF/UA-1),
so that a screen reader finds headings and tables. Fonts are those inside Typst: they know Latin, Greek, Cyrillic,
Hebrew, Arabic, Armenian, Georgian and Devanagari. Where they lack a glyph the fonts of the machine are tried, and
what these lack too is put in words: "[fire]" for an emoji, "[gim]" for a syllable (:func:`spelled`).
"""

from __future__ import annotations

import json
import re
import sys
import threading
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from chainmap.confined import Cage, Done, ProgramError, run, turn
from chainmap.exports.picture_error import DrawingError, PictureFailure

__all__ = ["DocumentError", "pdf_document", "spelled"]

_CHILD = Path(__file__).with_name("typst_child.py")
_TEMPLATES = Path(__file__).with_name("typst")
#: What every template begins with: page, fonts, colours, small functions.
_HOUSE = "house.typ"
#: Exit code of the child, see there.
_MISSING = 3
#: Documents at the same time in one process; more wait for their turn within their own time limit.
CONCURRENT_DOCUMENTS = 3
#: Characters of one text; a code to scan is the longest. This bounds what a text that nobody cut could do.
LONGEST_TEXT = 20_000
#: Kinds of letters in the names of characters, before the sound: "HANGUL SYLLABLE GIM".
_SOUND = re.compile(r"^.* (?:LETTER(?: SMALL)?|SYLLABLE|VOWEL SIGN|CHARACTER)(?: [A-Z])? (.+)$")
_NO_SOUND = frozenset({"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"})

#: Added to the bare environment of the child.
_ENVIRONMENT = {"RAYON_NUM_THREADS": "1"}

_documents = threading.BoundedSemaphore(CONCURRENT_DOCUMENTS)


class DocumentError(DrawingError):
    """There is no document this time."""

    @staticmethod
    def sentences() -> dict[PictureFailure, str]:
        return {
            PictureFailure.TIME: _("The document took too long to make. The page says the same; you can print it."),
            PictureFailure.MEMORY: _("The document needs too much memory. The page says the same; you can print it."),
            PictureFailure.BUSY: _("Many documents are being made right now. Please try again in a moment."),
            PictureFailure.FAILED: _("The document could not be made. The page says the same; you can print it."),
            PictureFailure.MISSING: _("No program for documents is installed: run “pip install typst”."),
            PictureFailure.SYSTEM: _("Documents are made on Linux only. The page says the same; you can print it."),
        }


def pdf_document(
    template: str, data: Mapping[str, Any], *, made_on: date, seconds: float = 20, memory_mb: int = 1024
) -> bytes:
    """The PDF of a template of ``chainmap/exports/typst`` with ``data`` (what JSON can hold).

    ``made_on`` is the date inside the file: the same data on the same machine give the same bytes. ``seconds`` bound
    wall time, waiting included, and processor time; ``memory_mb`` the child's address space. Raises DocumentError
    (time, memory, busy, failed, missing, system) and FileNotFoundError for a template that is not there.
    """
    source = "\n".join((_TEMPLATES / name).read_text("utf-8") for name in (_HOUSE, f"{template}.typ"))
    # noon in the middle of the world: the same day from Hawaii to Tonga, near enough
    made_at = int(datetime(made_on.year, made_on.month, made_on.day, 12, tzinfo=UTC).timestamp())
    try:
        with turn(_documents, seconds) as deadline:
            cage = Cage(deadline, memory_mb * 2**20, environment=_ENVIRONMENT)
            return _set(source, _cut(data), made_at, cage)
    except ProgramError as error:
        raise DocumentError(error.reason, error.detail) from error


def _set(source: str, data: Any, made_at: int, cage: Cage) -> bytes:
    """Tagged with the fonts inside Typst; else with those of the machine; else with the rest spelled; else plain."""
    unshown: list[str] = []
    for with_system_fonts, standard in ((False, "ua-1"), (True, "ua-1"), (True, "ua-1"), (True, None)):
        request = {"template": source, "data": _replaced(data, unshown), "made_at": made_at, "standard": standard}
        done = _run(json.dumps(request).encode(), cage, with_system_fonts)
        if done.code != _MISSING:
            return _checked(done.output)
        if with_system_fonts:  # the first time they are only tried
            unshown += _told(done.output)
    raise DocumentError(PictureFailure.FAILED, "characters without a glyph in a plain document")


def _run(request: bytes, cage: Cage, with_system_fonts: bool) -> Done:
    # -I: neither the working directory nor PYTHON... variables may decide which code runs there
    command = [sys.executable, "-I", "-B", str(_CHILD), "yes" if with_system_fonts else "no"]
    return run(command, request, cage=cage, answers=(0, _MISSING))


def _checked(output: bytes) -> bytes:
    if not output.startswith(b"%PDF"):
        raise DocumentError(PictureFailure.FAILED, "what was made does not begin like a PDF")
    return output


def _told(output: bytes) -> list[str]:
    """The characters without a glyph that the child names."""
    try:
        characters = json.loads(output)
    except (ValueError, RecursionError) as error:
        raise DocumentError(PictureFailure.FAILED, "the child said no JSON") from error
    if not isinstance(characters, list) or not all(isinstance(one, str) for one in characters):
        raise DocumentError(PictureFailure.FAILED, "the child said other than characters")
    return characters


def _cut(data: Any) -> Any:
    """No text longer than LONGEST_TEXT, and none with half a character, which JSON and a font cannot hold."""
    if isinstance(data, str):
        cut = data if len(data) <= LONGEST_TEXT else data[: LONGEST_TEXT - 1] + "…"
        return cut.encode("utf-8", "replace").decode()
    if isinstance(data, Mapping):
        return {key: _cut(value) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [_cut(value) for value in data]
    return data


def _replaced(data: Any, unshown: Collection[str]) -> Any:
    if not unshown:
        return data
    if isinstance(data, str):
        return spelled(data, unshown)
    if isinstance(data, dict):
        return {key: _replaced(value, unshown) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, unshown) for value in data]
    return data


def spelled(text: str, unshown: Collection[str]) -> str:
    """``text`` with each run of characters that cannot be shown in words between brackets: by sound where the name of
    the character gives one, else by name or number. What has neither sound nor look of its own goes away.

    >>> spelled("김철수 \U0001f525 ok", "김철수\U0001f525"), spelled("山田", "山田")
    ('[gim ceol su] [fire] ok', '[U+5C71 U+7530]')
    """
    pieces = groupby(text, key=lambda character: character in unshown)
    return "".join(_words("".join(run)) if is_lost else "".join(run) for is_lost, run in pieces)


def _words(run: str) -> str:
    words = [_word(character) for character in run if unicodedata.category(character) not in _NO_SOUND]
    return f"[{' '.join(words)}]" if words else ""


def _word(character: str) -> str:
    name = unicodedata.name(character, "")
    if not name or "IDEOGRAPH" in name:
        return f"U+{ord(character):04X}"
    sound = _SOUND.match(name)
    return (sound[1] if sound else name).lower()
