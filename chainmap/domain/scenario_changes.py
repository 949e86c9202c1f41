"""The changes of a what-if, and how they are written down: strict JSON that another day, or another person, reads.

A hand-off and a party are named by the caller's own numbers (``Chain.handoff_keys`` and ``party_keys``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import TypeAlias

from chainmap.domain.texts import TextFault, read_text

#: So many changes make one scenario, and so many bytes of JSON hold them.
MOST_CHANGES, MOST_BYTES = 50, 20_000
#: Volumes lie within these; a share would otherwise be a rounding error.
LEAST_VOLUME, MOST_VOLUME = 1e-6, 1e9
#: Characters of what a new hand-off hands over.
MOST_DELIVERABLE = 200
#: The largest number that every reader of JSON keeps exactly.
_MOST_KEY = 2**53 - 1


class ScenarioCode(StrEnum):
    """Why changes cannot be asked about."""

    NOT_READABLE = "not_readable"  # no JSON, not a list of changes, an unknown or missing part, a value of another kind
    TOO_LONG = "too_long"  # more than MOST_BYTES
    TOO_MANY = "too_many"  # more than MOST_CHANGES
    NOTHING_RATED = "nothing_rated"  # the chain has no yield at all: there is nothing to solve
    UNKNOWN_HANDOFF = "unknown_handoff"  # the chain has none with this number, or an earlier change took it out
    UNKNOWN_PARTY = "unknown_party"
    OUTSIDE = "outside"  # a yield outside 0..1, a volume outside LEAST_VOLUME..MOST_VOLUME
    TO_ITSELF = "to_itself"
    LEAVES_END_CUSTOMER = "leaves_end_customer"  # nothing leaves an end customer
    DUPLICATE = "duplicate"  # the same change twice, or a hand-off that is there already
    BAD_TEXT = "bad_text"  # what is handed over is too long, or holds what no text holds


class ScenarioError(ValueError):
    """Changes that cannot be asked about. ``place``: which change, from 0; ``field``: which part of it."""

    def __init__(self, code: ScenarioCode, field: str = "", *, place: int | None = None) -> None:
        where = "" if place is None else f" in change {place + 1}"
        super().__init__(f"{code.value}{f' ({field})' if field else ''}{where}")
        self.code, self.field, self.place = code, field, place


@dataclass(frozen=True, slots=True)
class SetYield:
    """So much of what hand-off ``handoff`` hands over arrives: ``yield_`` 0..1."""

    handoff: int
    yield_: float


@dataclass(frozen=True, slots=True)
class SetVolume:
    """So much goes through the hand-off, in the supplier's own unit."""

    handoff: int
    volume: float


@dataclass(frozen=True, slots=True)
class Remove:
    """The hand-off is no more; what its supplier gives goes through the others, by their volumes."""

    handoff: int


@dataclass(frozen=True, slots=True)
class Add:
    """A new hand-off. ``yield_`` None = the organization's mean, as for every hand-off that nobody rated."""

    supplier: int
    customer: int
    deliverable: str = ""
    volume: float = 1.0
    yield_: float | None = None


@dataclass(frozen=True, slots=True)
class Reroute:
    """The hand-off goes to another customer; volume, yield and what is handed over stay."""

    handoff: int
    customer: int


Change: TypeAlias = SetYield | SetVolume | Remove | Add | Reroute
Changes: TypeAlias = tuple[Change, ...]

KINDS: dict[str, type[Change]] = {
    "yield": SetYield,
    "volume": SetVolume,
    "remove": Remove,
    "add": Add,
    "reroute": Reroute,
}
_KIND_OF = {made: kind for kind, made in KINDS.items()}


def changes_read(text: str | bytes) -> Changes:
    """The changes a text holds. Raises ScenarioError with the place and the part that is wrong.

    >>> changes_read('[{"kind": "yield", "handoff": 7, "yield": 0.9}]')
    (SetYield(handoff=7, yield_=0.9),)
    >>> changes_read('[{"kind": "yield", "handoff": 7, "yield": NaN}]')
    Traceback (most recent call last):
    chainmap.domain.scenario_changes.ScenarioError: not_readable
    """
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace") if isinstance(text, str) else text) > MOST_BYTES:
        raise ScenarioError(ScenarioCode.TOO_LONG, "changes")
    try:
        read = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise ScenarioError(ScenarioCode.NOT_READABLE) from None
    return changes_of(read)


def changes_of(read: object) -> Changes:
    """The changes of what JSON was read to: a list of objects, each with its ``kind`` and exactly its parts."""
    if not isinstance(read, list):
        raise ScenarioError(ScenarioCode.NOT_READABLE, "changes")
    if len(read) > MOST_CHANGES:
        raise ScenarioError(ScenarioCode.TOO_MANY, "changes")
    return tuple(_change(row, place) for place, row in enumerate(read))


def changes_write(changes: Sequence[Change]) -> str:
    """The changes as JSON: what :func:`changes_read` reads to the same changes.

    >>> changes_write([Remove(7), Add(1, 2, "plan")])
    '[{"kind":"remove","handoff":7},{"kind":"add","supplier":1,"customer":2,"deliverable":"plan","volume":1.0}]'
    """
    text = json.dumps([change_row(change) for change in changes], separators=(",", ":"), ensure_ascii=False)
    if len(changes) > MOST_CHANGES:
        raise ScenarioError(ScenarioCode.TOO_MANY, "changes")
    if len(text.encode()) > MOST_BYTES:
        raise ScenarioError(ScenarioCode.TOO_LONG, "changes")
    return text


def change_row(change: Change) -> dict[str, object]:
    """One change as JSON says it; a yield that is the mean is left out."""
    row: dict[str, object] = {"kind": _KIND_OF[type(change)]}
    for part in fields(change):
        value = getattr(change, part.name)
        if value is not None:
            row[part.name.rstrip("_")] = value
    return row


def _change(row: object, place: int) -> Change:
    """One change. Its parts are those of its class; the ones with a default may be missing, no other may be there."""
    if not isinstance(row, Mapping) or not isinstance(row.get("kind"), str) or row["kind"] not in KINDS:
        raise ScenarioError(ScenarioCode.NOT_READABLE, "kind", place=place)
    made = KINDS[row["kind"]]
    known = {part.name.rstrip("_"): part for part in fields(made)}
    unknown = [str(name) for name in row if name != "kind" and name not in known]
    if unknown:
        raise ScenarioError(ScenarioCode.NOT_READABLE, unknown[0][:60], place=place)
    values: dict[str, object] = {}
    for name, part in known.items():
        if part.default is not MISSING and row.get(name) is None:
            continue
        if name not in row:
            raise ScenarioError(ScenarioCode.NOT_READABLE, name, place=place)
        values[part.name] = _part(name, row[name], place)
    return made(**values)  # type: ignore[arg-type]


def check_change(change: Change, place: int | None = None) -> None:
    """Raise ScenarioError for a yield, a volume or a text that no reader would let in."""
    for part in fields(change):
        value = getattr(change, part.name)
        if value is not None:
            _part(part.name.rstrip("_"), value, place)


def _part(name: str, value: object, place: int | None) -> object:
    try:
        return _READERS[name](value)
    except ScenarioError as error:
        raise ScenarioError(error.code, name, place=place) from None


def _key(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_KEY:
        raise ScenarioError(ScenarioCode.NOT_READABLE)
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioError(ScenarioCode.NOT_READABLE)
    if not (-1e300 < value < 1e300):  # an int may be too large for a float
        raise ScenarioError(ScenarioCode.OUTSIDE)
    return float(value)


def _yield(value: object) -> float:
    """
    >>> _yield(1)
    1.0
    """
    number = _number(value)
    if not 0.0 <= number <= 1.0:
        raise ScenarioError(ScenarioCode.OUTSIDE)
    return abs(number)  # -0.0 is 0


def _volume(value: object) -> float:
    number = _number(value)
    if not (math.isfinite(number) and LEAST_VOLUME <= number <= MOST_VOLUME):
        raise ScenarioError(ScenarioCode.OUTSIDE)
    return number


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ScenarioError(ScenarioCode.NOT_READABLE)
    try:
        return read_text(value, MOST_DELIVERABLE, one_line=True)
    except TextFault:
        raise ScenarioError(ScenarioCode.BAD_TEXT) from None


_READERS: dict[str, Callable[[object], object]] = {
    "handoff": _key,
    "supplier": _key,
    "customer": _key,
    "yield": _yield,
    "volume": _volume,
    "deliverable": _text,
}


def _refuse_constant(name: str) -> float:
    raise ValueError(name)  # NaN and the infinities are no JSON


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; one that says the same thing twice is refused."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a part is given twice")
    return read
