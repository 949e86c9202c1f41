"""What can be wrong with a file: one error a cell or row, or the refusal of the whole file.

Every error says what, where, why and what to do. The texts live in :mod:`chainmap.imports.messages`, by code; they are
translated when the error is made, that is in the language of the person who sent the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainmap.imports.messages import MESSAGES
from chainmap.imports.text import shown

#: Errors listed for one file; the rest is only counted.
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong (or, in a list of warnings, worth knowing) at one place of a file.

    ``line`` is the number an editor or spreadsheet shows (from 1), None when the whole file is meant; ``column`` and
    ``value`` are "" when they say nothing; ``value`` is cut to a displayable length. ``code`` is stable, for programs.
    """

    file: str
    line: int | None
    column: str
    value: str
    code: str
    reason: str
    remedy: str

    def __post_init__(self) -> None:
        for name in ("file", "column", "value"):
            object.__setattr__(self, name, shown(getattr(self, name)))

    @classmethod
    def of(
        cls, code: str, *, file: str, line: int | None = None, column: str = "", value: str = "", **facts: object
    ) -> RowError:
        """The error with this code, its texts filled with the facts. Raises KeyError for a code without texts."""
        message = MESSAGES[code]
        known: dict[str, object] = {"column": shown(column), "value": shown(value)}
        known.update((key, shown(fact) if isinstance(fact, str) else fact) for key, fact in facts.items())
        return cls(file, line, column, value, code, str(message.reason) % known, str(message.remedy) % known)


class ImportRefused(Exception):  # noqa: N818 - refusing is what it does, not an accident
    """Nothing of the file is used. ``errors`` has at least one entry; ``omitted`` counts those not written out."""

    def __init__(self, errors: Iterable[RowError], omitted: int = 0) -> None:
        self.errors = tuple(errors)
        self.omitted = omitted
        super().__init__(" ".join(error.reason for error in self.errors))


def refused(
    code: str, *, file: str, line: int | None = None, column: str = "", value: str = "", **facts: object
) -> ImportRefused:
    """The refusal of a whole file for one reason, ready to be raised."""
    return ImportRefused([RowError.of(code, file=file, line=line, column=column, value=value, **facts)])


@dataclass(frozen=True, slots=True)
class Problem:
    """A row error without its texts: cheap to collect by the ten thousand, of which MAX_LISTED are written out."""

    line: int
    column: str
    value: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def written_out(problems: Iterable[Problem], *, file: str) -> tuple[tuple[RowError, ...], int]:
    """The first MAX_LISTED problems by line as row errors, and how many more there are."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    listed = tuple(
        RowError.of(
            problem.code,
            file=file,
            line=problem.line,
            column=problem.column,
            value=problem.value,
            **problem.facts,
        )
        for problem in ordered[:MAX_LISTED]
    )
    return listed, len(ordered) - len(listed)
