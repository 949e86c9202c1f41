"""Small files to import, made on the spot: tables as CSV or XLSX, and archives that are not what they seem."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import xlsxwriter

from chainmap.imports.errors import ImportRefused

Found = TypeVar("Found")

CENTRAL_ENTRY = b"PK\x01\x02"


def csv_bytes(rows: Sequence[Sequence[str]], *, delimiter: str = ",", line_end: str = "\n") -> bytes:
    """The rows as CSV with every cell in quotation marks."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return target.getvalue().encode()


def workbook_bytes(rows: Sequence[Sequence[object]] = (("id", "name"), ("a", "Ana"))) -> bytes:
    """The rows as the only sheet of an XLSX workbook."""
    return filled_workbook(lambda book: _fill(book.add_worksheet(), rows))


def filled_workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        fill(book)
    return target.getvalue()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Sequence[Sequence[object]]) -> None:
    for number, cells in enumerate(rows):
        sheet.write_row(number, 0, cells)


def zip_bytes(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_part(workbook: bytes, name: str, change: Callable[[bytes], bytes] | bytes) -> bytes:
    """The workbook with one part added, or changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts[name] = change if isinstance(change, bytes) else change(parts[name])
    return zip_bytes(parts)


def lying_about_size(parts: dict[str, bytes], claimed: int) -> bytes:
    """An archive whose first entry claims to unpack to ``claimed`` bytes, with the checksum of just those bytes.

    ``zipfile`` itself reads such an entry without complaint: it stops where the claim ends.
    """
    first = next(iter(parts.values()))
    archive = bytearray(zip_bytes(parts))
    entry = archive.index(CENTRAL_ENTRY)
    struct.pack_into("<I", archive, entry + 16, zlib.crc32(first[:claimed]))
    struct.pack_into("<I", archive, entry + 24, claimed)
    return bytes(archive)


def crowded_archive(count: int) -> bytes:
    """An archive whose central directory lists ``count`` members, all of the same few bytes of the file."""
    one = zip_bytes({"a": b""}, zipfile.ZIP_STORED)
    start, end = one.index(CENTRAL_ENTRY), one.index(b"PK\x05\x06")
    directory = one[start:end] * count
    ending = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count % 65536, count % 65536, len(directory), start, 0)
    return one[:start] + directory + ending


def outcome(read: Callable[..., Found], data: bytes) -> Found | None:
    """The file read, or None when it was refused with at least one reason."""
    try:
        return read(data, name="file")
    except ImportRefused as refusal:
        errors = refusal.errors
    assert errors
    assert all(error.reason and error.remedy for error in errors)
    return None
