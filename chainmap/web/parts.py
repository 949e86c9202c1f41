"""Lists of which a service gives one part at a time, for Django's Paginator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parts:
    """A list that is fetched in parts. ``fetch``: offset, limit -> the rows there and how many there are in all."""

    fetch: Callable[[int, int], tuple[Sequence[Any], int]]

    def count(self) -> int:
        return self.fetch(0, 0)[1]

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> Sequence[Any]:
        return self.fetch(part.start, part.stop - part.start)[0]
