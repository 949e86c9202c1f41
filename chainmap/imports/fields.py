"""A table -> typed columns, and the rows that turned out to be wrong.

Works a column at a time and looks at each distinct text once: files repeat ids, kinds and scores all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import Any, TypeVar

from chainmap.imports.errors import ImportRefused, Problem, RowError, written_out
from chainmap.imports.tables import Table
from chainmap.imports.text import clean_name
from chainmap.imports.values import UnfitError

Value = TypeVar("Value")


class Fields:
    """Reads the columns of one table; lists returned have one entry a row, in the order of ``table.rows``.

    Raises ImportRefused (column_missing) for a required column that is not there. An optional column that is not
    there reads as empty cells.
    """

    def __init__(self, table: Table, *, required: Sequence[str]) -> None:
        self._table = table
        self._problems = list(table.problems)
        self._accepted = [True] * len(table.rows)
        missing = [column for column in required if column not in table.columns]
        if missing:
            found = ", ".join(column for column in table.columns if column)
            raise ImportRefused(
                RowError.of("column_missing", file=table.name, line=table.header_line, column=column, found=found)
                for column in missing
            )

    def texts(self, column: str, limit: int | None = None, *, required: bool = False) -> list[str]:
        """The cleaned cells, "" for an empty one.

        Rejects rows with more than ``limit`` characters and, where the column is required, rows with nothing.
        """
        if column not in self._table.columns:
            return [""] * len(self._table.rows)
        place = self._table.columns.index(column)
        raw = [row[place] for row in self._table.rows]
        clean = {text: clean_name(text) for text in set(raw)}
        texts = [clean[text] for text in raw]
        if limit is not None and max(map(len, clean.values()), default=0) > limit:
            for row, text in enumerate(texts):
                if len(text) > limit:
                    self.reject(row, column, text, "too_long", count=len(text), limit=limit)
        if required and "" in texts:
            for row, text in enumerate(texts):
                if not text:
                    self.reject(row, column, raw[row], "required")
        return texts

    def parsed(self, column: str, texts: Sequence[str], parse: Callable[[str], Value]) -> list[Value | None]:
        """``parse`` of each text, None for an empty one. Rejects rows where it raises UnfitError."""
        values: dict[str, Value | None] = {"": None}
        unfit: dict[str, UnfitError] = {}
        for text in set(texts) - {""}:
            try:
                values[text] = parse(text)
            except UnfitError as error:
                values[text] = None
                unfit[text] = error
        if unfit:
            for row, text in enumerate(texts):
                if text in unfit:
                    self.reject(row, column, text, unfit[text].code, **unfit[text].facts)
        return [values[text] for text in texts]

    def reject(self, row: int, column: str, value: str, code: str, **facts: object) -> None:
        """Leave out one row and say why; a row may have several errors."""
        self._accepted[row] = False
        self._problems.append(Problem(self._table.lines[row], column, value, code, facts))

    def reject_repeated(self, column: str, keys: Sequence[object], shown: Sequence[str], code: str) -> None:
        """Leave out rows whose key (None = no key) stands in an earlier row."""
        first: dict[object, int] = {}
        for row, key in enumerate(keys):
            if key is None:
                continue
            earlier = first.setdefault(key, row)
            if earlier != row:
                self.reject(row, column, shown[row], code, first=self._table.lines[earlier])

    def is_accepted(self, row: int) -> bool:
        return self._accepted[row]

    def accepted(self, *columns: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """The line and the given values of every row without error."""
        return compress(zip(self._table.lines, *columns, strict=True), self._accepted)

    def errors(self) -> tuple[tuple[RowError, ...], int]:
        """The errors found so far, the first ones written out, and how many more there are."""
        return written_out(self._problems, file=self._table.name)
