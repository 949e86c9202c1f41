"""Frozen dataclasses as JSON and back, for what is frozen in the database: strict, so that nothing is half read.

Fields may be str, int, float, bool, date, a StrEnum, another such dataclass, tuples of these, mappings from str, and
any of them or None.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: object) -> str:
    """The dataclass as one line of JSON, the same text on every machine.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Due:
    ...     on: date | None
    ...     who: tuple[str, ...] = ()
    >>> to_json(Due(date(2026, 1, 2), ("ann",)))
    '{"on":"2026-01-02","who":["ann"]}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def from_json(kind: type[T], text: str) -> T:
    """Read back what :func:`to_json` wrote. Raises ValueError for everything else."""
    try:
        data = json.loads(text)
    except RecursionError as nested:
        raise ValueError("not the stored data: nested too deep") from nested
    found: T = _read(kind, data)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (tuple, list)) else value


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None and type(None) in parts:
            return None
        return _read_any([part for part in parts if part is not type(None)], data)
    if origin is tuple:
        return tuple(_read(parts[0], part) for part in _is(data, list))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(parts[1], part) for key, part in _is(data, dict).items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        if _is(data, dict).keys() != hints.keys():
            raise ValueError(f"not the stored data: other fields than those of {kind.__name__}")
        return kind(**{name: _read(hint, data[name]) for name, hint in hints.items()})
    if issubclass(kind, StrEnum):
        return kind(_is(data, str))
    if kind is date:
        return date.fromisoformat(_is(data, str))
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _is(data, kind)


def _read_any(kinds: list[Any], data: Any) -> Any:
    """The first kind that fits. Raises ValueError where none does."""
    for kind in kinds[:-1]:
        try:
            return _read(kind, data)
        except ValueError:
            continue
    return _read(kinds[-1], data)


def _is(data: Any, kind: type[T]) -> T:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise ValueError(f"not the stored data: {kind.__name__} expected")
    return data
