"""XLSX bytes -> rows of text, by way of a confined process."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from chainmap.imports.archives import pack, unpack_workbook
from chainmap.imports.confined import run_confined
from chainmap.imports.errors import RowError, refused
from chainmap.imports.limits import Limits

_CHILD = Path(__file__).with_name("xlsx_child.py")
#: Exit codes of the child, see there. Any other one means that the parser gave up.
_TOO_HEAVY, _NO_SHEET = 3, 4
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
    outcome = run_confined(command, workbook, seconds=limits.child_seconds)
    if outcome.exit_code == 0:
        answer: _Answer = json.loads(outcome.output)
        return answer
    if outcome.exit_code == _NO_SHEET:
        raise refused("workbook_no_sheet", file=name)
    is_too_heavy = outcome.exit_code is None or outcome.exit_code < 0 or outcome.exit_code == _TOO_HEAVY
    raise refused("workbook_too_heavy" if is_too_heavy else "workbook_unreadable", file=name)
