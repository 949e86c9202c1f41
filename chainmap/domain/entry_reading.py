"""Reads what somebody says in an exercise field by field: JSON types, strictly, and everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from chainmap.domain.moments import Moment
from chainmap.domain.texts import TextCode, TextFault, read_text, show_value
from chainmap.domain.workshop_chain import LARGEST_DRAWN

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

LOWEST_SCORE, HIGHEST_SCORE = 0, 10
#: The longest name of somebody who is not in the chain, in characters after cleaning.
LONGEST_NAME = 60
#: Says "not this time" where a score is asked.
NOT_ANSWERED = "na"
#: Of what is wrong so much is told.
MOST_PROBLEMS = 20
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Met(StrEnum):
    """Whether a coffee has happened."""

    YES = "yes"
    NOT_YET = "not_yet"


class EntryFault(StrEnum):
    """What can be wrong with one field."""

    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"  # control characters, halves of a character
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_FIELD = "unknown_field"
    CONTRADICTION = "contradiction"  # two answers to one question
    SAME_SIDES = "same_sides"  # somebody hands something to themselves
    BAD_DATE = "bad_date"  # no day of the calendar, year-month-day
    NOT_ASKED = "not_asked"  # an anonymous workshop does not ask it


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """One thing that is wrong."""

    field: str  # its name, cleaned
    code: EntryFault
    limit: int | None = None  # characters that fit, or the highest number
    length: int | None = None  # characters there are
    shown: str = ""  # the value, short and clean; of a bad text the number of the character: "U+0000"


class EntryErrors(ValueError):  # noqa: N818  all that is wrong
    """A refused entry with everything that is wrong. The message holds nothing of what was said."""

    def __init__(self, problems: tuple[EntryProblem, ...]) -> None:
        super().__init__("entry refused: " + ", ".join(f"{problem.field} {problem.code}" for problem in problems))
        self.problems = problems


class _RefusedError(Exception):
    def __init__(self, code: EntryFault, limit: int | None = None, length: int | None = None, shown: str = "") -> None:
        super().__init__(code)
        self.code, self.limit, self.length, self.shown = code, limit, length, shown


class Reader:
    """Reads field by field and collects what is wrong; a wrong field becomes the empty value given for it."""

    def __init__(self, data: Mapping[str, object], *, anonymous: bool) -> None:
        self.data = data
        self.anonymous = anonymous
        self.problems: list[EntryProblem] = []
        self._known: set[str] = set()

    def field(self, name: str, empty: T, read: Callable[[object], T], *, needed: bool = False) -> T:
        self._known.add(name)
        value = self.data.get(name)
        if value is None:
            if needed:
                self.problems.append(EntryProblem(name, EntryFault.MISSING))
            return empty
        try:
            return read(value)
        except _RefusedError as refused:
            shown = refused.shown or show_value(value)
            self.problems.append(EntryProblem(name, refused.code, refused.limit, refused.length, shown))
            return empty

    def text(self, name: str, limit: int, *, one_line: bool = True, needed: bool = False) -> str:
        before = len(self.problems)
        text = self.field(name, "", lambda value: read_words(value, limit, one_line=one_line))
        if needed and not text and len(self.problems) == before:
            self.problems.append(EntryProblem(name, EntryFault.MISSING))
        return text

    def number(self, name: str, empty: int, lowest: int, highest: int) -> int:
        return self.field(name, empty, lambda value: read_number(value, lowest, highest))

    def key(self, name: str, *, if_named: bool = False, read: Callable[[object], int] | None = None) -> int | None:
        """The key of a party or a hand-off; ``if_named``: only where people give their names."""
        if if_named and self.anonymous:
            self._known.add(name)
            if self.data.get(name) is not None:
                shown = show_value(self.data[name])
                self.problems.append(EntryProblem(name, EntryFault.NOT_ASKED, shown=shown))
            return None
        return self.field(name, None, read or read_key)

    def side(self, name: str, *, if_named: bool = False) -> tuple[int | None, str]:
        """A party of the chain, or words for it; one of the two."""
        before = len(self.problems)
        party, words = self.key(name, if_named=if_named), self.text(f"{name}_words", LONGEST_NAME)
        if len(self.problems) == before:
            self.one_of(name, party, words)
        return party, words

    def one_of(self, name: str, party: int | None, words: str) -> None:
        if party is None and not words:
            self.problems.append(EntryProblem(name, EntryFault.MISSING))
        elif party is not None and words:
            self.problems.append(EntryProblem(name, EntryFault.CONTRADICTION, shown=show_value(words)))

    def two_sides(self, *, if_named: bool = False) -> tuple[int | None, str, int | None, str]:
        supplier, customer = self.side("supplier", if_named=if_named), self.side("customer", if_named=if_named)
        if not self.problems and (supplier[0], supplier[1].casefold()) == (customer[0], customer[1].casefold()):
            self.problems.append(EntryProblem("customer", EntryFault.SAME_SIDES, shown=show_value(customer[1])))
        return *supplier, *customer

    def refuse_unknown(self) -> None:
        unknown = [name for name in self.data if name not in self._known][:MOST_PROBLEMS]
        self.problems += [
            EntryProblem(show_value(name), EntryFault.UNKNOWN_FIELD, shown=show_value(self.data[name]))
            for name in unknown
        ]

    def know(self, names: Mapping[str, object]) -> None:
        self._known.update(names)


def read_words(value: object, limit: int, *, one_line: bool) -> str:
    if not isinstance(value, str):
        raise _RefusedError(EntryFault.WRONG_TYPE)
    try:
        return read_text(value, limit, one_line=one_line)
    except TextFault as fault:
        if fault.code == TextCode.BAD_TEXT:
            raise _RefusedError(EntryFault.BAD_TEXT, shown=fault.shown) from fault
        raise _RefusedError(EntryFault.TOO_LONG, fault.limit, fault.length, fault.shown) from fault


def read_number(value: object, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _RefusedError(EntryFault.WRONG_TYPE)
    if not lowest <= value <= highest:
        raise _RefusedError(EntryFault.OUT_OF_RANGE, limit=highest)
    return value


def read_key(value: object) -> int:
    return read_number(value, 1, 2**63 - 1)


def read_rated(value: object) -> int:
    """A hand-off of the chain, or one the room drew, which has a key below 0."""
    if isinstance(value, int) and not isinstance(value, bool) and -LARGEST_DRAWN <= value < 0:
        return value
    return read_key(value)


def read_score(value: object) -> int | None:
    return None if value == NOT_ANSWERED else read_number(value, LOWEST_SCORE, HIGHEST_SCORE)


def read_choice(value: object, choices: type[Choice]) -> Choice:
    if not isinstance(value, str):
        raise _RefusedError(EntryFault.WRONG_TYPE)
    if value not in set(choices):
        raise _RefusedError(EntryFault.UNKNOWN_CHOICE)
    return choices(value)


def read_moment(value: object) -> Moment:
    moment = read_choice(value, Moment)
    if moment == Moment.ORDINARY:
        raise _RefusedError(EntryFault.UNKNOWN_CHOICE)
    return moment


def read_day(value: object) -> date:
    if not isinstance(value, str):
        raise _RefusedError(EntryFault.WRONG_TYPE)
    if not _DAY.fullmatch(value):
        raise _RefusedError(EntryFault.BAD_DATE)
    try:
        return date.fromisoformat(value)
    except ValueError as wrong:
        raise _RefusedError(EntryFault.BAD_DATE) from wrong
