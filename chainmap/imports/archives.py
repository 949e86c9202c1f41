"""A workbook is a zip file from a stranger: unpack it in memory, counted, or refuse it by name.

What passes is packed again from the bytes that were checked, so that the parser cannot see anything else: two readers
of one damaged zip file rarely agree on what is in it.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

from chainmap.imports.errors import refused
from chainmap.imports.limits import Limits

_CENTRAL_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_SIZE = 30
_ENCRYPTED, _UTF_8_NAME = 0x1, 0x800
_ARCHIVE_ENDINGS = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".ods", ".jar", ".7z", ".rar", ".gz", ".tar")
_MACRO_MARKS = ("vbaproject.bin", "xl/macrosheets/", "vbadata.xml")
_EXTERNAL_MARK = "externallinks/"
_DTD_MARKS = (b"<!DOCTYPE", b"<!ENTITY")
_PARSED_ENDINGS = (".xml", ".rels")
_WORKBOOK = "xl/workbook.xml"


def unpack_workbook(data: bytes, *, name: str, limits: Limits) -> dict[str, bytes]:
    """The XML parts of an XLSX file by their names; pictures and printer settings are left out.

    Raises ImportRefused (zip_..., workbook_..., unknown_format) when the archive is damaged, larger than the limits,
    lies about its sizes, or holds macros, links to other files, other archives or a DTD. At most
    ``limits.max_unpacked`` bytes are ever unpacked.
    """
    entries = _listed_entries(data, name, limits)
    _check_sizes(data, entries, name, limits)
    _check_names(entries, name)
    parts = {}
    for entry in entries:
        content = _inflated(data, entry, name)
        if content.startswith(_LOCAL_HEADER):
            raise refused("zip_nested", file=name, value=entry.orig_filename)
        if entry.orig_filename.lower().endswith(_PARSED_ENDINGS):
            _check_xml(content, entry.orig_filename, name)
            parts[entry.orig_filename] = content
    if _WORKBOOK not in parts:
        raise refused("unknown_format", file=name, looks="ZIP")
    return parts


def pack(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip file, not compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part_name, content in parts.items():
            archive.writestr(part_name, content)
    return target.getvalue()


def _listed_entries(data: bytes, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries of the central directory; counted first, because building 100,000 of them already takes long."""
    count = data.count(_CENTRAL_ENTRY)
    if count > limits.max_members:
        raise refused("zip_members", file=name, count=count, limit=limits.max_members)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except Exception as error:  # hostile bytes make zipfile raise nearly anything, struct.error and ValueError too
        raise refused("zip_broken", file=name, detail=type(error).__name__) from error
    return entries


def _check_sizes(data: bytes, entries: Iterable[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked:
        raise refused(
            "zip_too_large", file=name, size=f"{unpacked / 1e6:,.0f}", limit=f"{limits.max_unpacked / 1e6:,.0f}"
        )
    ratio = unpacked / len(data)
    if ratio > limits.max_ratio:
        raise refused("zip_ratio", file=name, ratio=f"{ratio:,.0f}", limit=f"{limits.max_ratio:,.0f}")


def _check_names(entries: Iterable[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        part_name = entry.orig_filename
        code = _fault_of_name(part_name.lower())
        if part_name.lower() in seen:
            code = "zip_path"
        elif code is None and (
            entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        ):
            code = "zip_method"
        if code:
            raise refused(code, file=name, value=part_name)
        seen.add(part_name.lower())


def _fault_of_name(part_name: str) -> str | None:
    """The code of what is wrong with a (lower case) part name, None when nothing is."""
    is_unsafe = part_name.startswith("/") or any(mark in part_name for mark in ("\\", ":", "\0"))
    if is_unsafe or ".." in part_name.split("/"):
        return "zip_path"
    if part_name.endswith(_ARCHIVE_ENDINGS):
        return "zip_nested"
    if any(mark in part_name for mark in _MACRO_MARKS):
        return "workbook_macro"
    return "workbook_external" if _EXTERNAL_MARK in part_name else None


def _inflated(data: bytes, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The content of one entry, at most one byte more than the central directory says.

    ``zipfile`` would silently stop at the size that is claimed, where the parser reads on; so this counts itself.
    """
    packed = _packed(data, entry, name)
    content, is_complete = bytes(packed), len(packed) == entry.compress_size
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(packed, entry.file_size + 1)
        except zlib.error as error:
            raise refused("zip_broken", file=name, detail=entry.orig_filename) from error
        is_complete = stream.eof
    if len(content) > entry.file_size or (is_complete and len(content) < entry.file_size):
        raise refused("zip_false_size", file=name, value=entry.orig_filename)
    if not is_complete or zlib.crc32(content) != entry.CRC:
        raise refused("zip_broken", file=name, detail=entry.orig_filename)
    return content


def _packed(data: bytes, entry: zipfile.ZipInfo, name: str) -> memoryview:
    """The packed bytes of an entry, whose own header must give it the name the central directory gives it."""
    name_start = entry.header_offset + _LOCAL_HEADER_SIZE
    header = data[entry.header_offset : name_start]
    if len(header) < _LOCAL_HEADER_SIZE or not header.startswith(_LOCAL_HEADER):
        raise refused("zip_broken", file=name, detail=entry.orig_filename)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    listed_name = entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF_8_NAME else "cp437")
    if data[name_start : name_start + name_length] != listed_name:
        raise refused("zip_broken", file=name, detail=entry.orig_filename)
    start = name_start + name_length + extra_length
    return memoryview(data)[start : start + entry.compress_size]


def _check_xml(content: bytes, part_name: str, name: str) -> None:
    if any(mark in content for mark in _DTD_MARKS):
        raise refused("workbook_dtd", file=name, value=part_name)
    if b"\0" in content:  # UTF-16 would hide a DTD from the look above
        raise refused("workbook_unreadable", file=name)
    if part_name == "[Content_Types].xml" and b"macroEnabled" in content:
        raise refused("workbook_macro", file=name, value=part_name)
