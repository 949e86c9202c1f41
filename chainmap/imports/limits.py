"""How large and how strange a file may be before it is refused. One place, so that a test can make them small."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one import. Sizes are bytes (1 MB = 1,000,000), lengths are characters."""

    max_bytes: int = 5_000_000  # the uploaded file
    max_unpacked: int = 20_000_000  # all members of a workbook together, and the text its cells hold
    max_ratio: float = 100.0  # unpacked size over file size
    max_members: int = 200  # files inside a workbook
    max_rows: int = 20_000  # rows with content below the header
    max_columns: int = 50
    max_cell: int = 2_000
    child_memory: int = 512_000_000  # address space of the process that reads a workbook
    child_seconds: float = 20.0  # processor time and wall time of that process


DEFAULT_LIMITS = Limits()
