"""The JSON of a report, described for the OpenAPI document: read off the records it is written from, so that a field
added there is described here."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from chainmap.domain.findings import PartyFinding
from chainmap.domain.reports import Report
from chainmap.exports.report_json import APART
from chainmap.exports.report_table import COLUMNS, Kind

Schema = dict[str, Any]
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}
_BY_KIND: dict[Kind, Schema] = {Kind.TEXT: {"type": "string"}, Kind.WHOLE: {"type": "integer"}}


def report_schema() -> Schema:
    """What :func:`chainmap.exports.report_json.report_json` writes."""
    parts = {"edition": {"type": "integer"}}
    parts |= {
        field.name.rstrip("_"): schema_of(get_type_hints(Report)[field.name])
        for field in fields(Report)
        if field.name not in APART
    }
    parts["handoffs"] = {
        "type": "array",
        "items": _object({column.field: _cell(column.kind, column.field) for column in COLUMNS}),
    }
    parts["parties"] = {"type": "array", "items": schema_of(PartyFinding)}
    return _object(parts)


def schema_of(hint: Any) -> Schema:
    """The schema of a type as ``report_json.plain`` writes it.

    >>> schema_of(int | None)
    {'type': 'integer', 'nullable': True}
    """
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (known,) = (each for each in arguments if each is not type(None))
        return schema_of(known) | {"nullable": True}
    if origin is tuple:
        return {"type": "array", "items": {}, "minItems": len(arguments), "maxItems": len(arguments)}
    if origin in (Sequence, list):
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [each.value for each in hint]}
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return _object({field.name.rstrip("_"): schema_of(hints[field.name]) for field in fields(hint)})
    raise TypeError(f"no schema of {hint!r}")


def _cell(kind: Kind, field: str) -> Schema:
    if field == "answers":  # a number, or a band ("5-7") where only that is published
        return {"nullable": True, "oneOf": [{"type": "integer"}, {"type": "string"}]}
    return _BY_KIND.get(kind, {"type": "number"}) | {"nullable": True}


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}
