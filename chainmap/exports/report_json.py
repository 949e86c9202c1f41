"""A report as JSON for programs: every record of it by its own field names, in units and shares, never in words.

Fields are those of ``domain/reports.py`` and ``domain/findings.py``; what is not known is null, a day is ISO 8601, an
enumeration its value. The order of keys is fixed, so that the same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

import orjson

from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.report_table import FIELDS, report_rows

CONTENT_TYPE = "application/json"
#: The edition of this layout: another one when a field is taken away or means something else.
EDITION = 1
#: Rows in a piece.
_ROWS = 1000
#: Parts of the record that stand elsewhere, or are places on a picture.
APART = frozenset({"finding", "positions"})


def report_json_chunks(report: Report) -> Iterator[bytes]:
    """The file in pieces: what the report says first, then every hand-off, then every party."""
    head: dict[str, Any] = {"edition": EDITION}
    for part in fields(report):
        if part.name not in APART:
            head[part.name.rstrip("_")] = plain(getattr(report, part.name))
    yield _dumps(head)[:-1] + b',"handoffs":['
    piece: list[bytes] = []
    for number, row in enumerate(report_rows(report)):
        piece.append((b"," if number else b"") + _dumps(dict(zip(FIELDS, row, strict=True))))
        if len(piece) == _ROWS:
            yield b"".join(piece)
            piece.clear()
    parties = [plain(party) for party in report.finding.parties]
    yield b"".join(piece) + b'],"parties":' + _dumps(parties) + b"}"


def report_json(report: Report) -> ExportFile:
    """The whole file."""
    name = export_filename("report", report.scope.organization, "json")
    return ExportFile(name, CONTENT_TYPE, b"".join(report_json_chunks(report)))


def plain(value: Any) -> Any:
    """A record as JSON types; half characters, which JSON cannot carry, become "?".

    >>> plain((date(2026, 5, 4), {"a": None}))
    ['2026-05-04', {'a': None}]
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name.rstrip("_"): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def _dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError:
        return orjson.dumps(plain(value), option=orjson.OPT_SERIALIZE_NUMPY)
