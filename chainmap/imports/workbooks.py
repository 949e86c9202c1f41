"""XLSX bytes -> rows of text, by way of a confined process."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from chainmap.confined import Cage, Failure, ProgramError, run
from chainmap.imports.archives import pack, unpack_workbook
from chainmap.imports.errors import RowError, refused
from chainmap.imports.limits import Limits

_CHILD = Path(__file__).with_name("xlsx_child.py")
#: Exit codes of the child, see there. Any other one means that the parser gave up.
_TOO_HEAVY, _NO_SHEET = 3, 4
_TELLING = {_TOO_HEAVY: "workbook_too_heavy", _NO_SHEET: "workbook_no_sheet"}
_LITTLE = frozenset({Failure.TIME, Failure.MEMORY})
#: Bytes of JSON for a character of a cell, at the most: an escaped one outside the basic plane.
_MOST_TIMES = 12
_MACRO_ENDINGS = (".xlsm", ".xltm")
_FORMULA_ERROR_MARK = b' t="e"'


class _Answer(TypedDict):
    """What the child writes."""

    rows: list[tuple[int, list[str]]]
    others: list[str]


def read_workbook(
    data: bytes, *, name: str, limits: Limits
) -> tuple[Sequence[tuple[int, Sequence[str]]], tuple[RowError, ...]]:
    """The rows with content of the first visible sheet that has any, each with its line number (from 1), and warnings.

    Raises ImportRefused when the file is not a plain workbook or reading it takes more than the limits allow.
    """
    if name.lower().endswith(_MACRO_ENDINGS):
        raise refused("workbook_macro", file=name, value=name)
    parts = unpack_workbook(data, name=name, limits=limits)
    answer = _read_in_child(pack(parts), name, limits)
    warnings = []
    if answer["others"]:
        sheets = ", ".join(answer["others"])
        warnings.append(RowError.of("other_sheets", file=name, value=sheets, sheets=sheets))
    if any(_FORMULA_ERROR_MARK in content for part, content in parts.items() if part.startswith("xl/worksheets/")):
        warnings.append(RowError.of("formula_errors", file=name))
    return answer["rows"], tuple(warnings)


def _read_in_child(workbook: bytes, name: str, limits: Limits) -> _Answer:
    bounds = (limits.child_memory, math.ceil(limits.child_seconds), limits.max_rows, limits.max_unpacked)
    # -I: neither the working directory nor PYTHON... variables may decide which code runs there.
    command = [sys.executable, "-I", str(_CHILD), *map(str, bounds)]
    # a Python that was built elsewhere may need to be told where its libraries are
    libraries = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    cage = Cage(
        time.monotonic() + limits.child_seconds,  # the child bounds its own memory, once the interpreter is there
        output=_MOST_TIMES * limits.max_unpacked,
        environment=libraries,
    )
    try:
        done = run(command, workbook, cage=cage, answers=(0, *_TELLING))
    except ProgramError as error:
        raise refused(_refusal(error), file=name) from error
    if done.code in _TELLING:
        raise refused(_TELLING[done.code], file=name)
    answer: _Answer = json.loads(done.output)
    return answer


def _refusal(error: ProgramError) -> str:
    """The code of what is said of it; a reader that a signal ended was at the end of its memory, as a rule."""
    if error.reason == Failure.SYSTEM:
        return "workbook_system"
    is_too_heavy = error.reason in _LITTLE or (error.code is not None and error.code < 0)
    return "workbook_too_heavy" if is_too_heavy else "workbook_unreadable"
