"""Bombs and traps in the form of workbooks: refused by name, quickly and in little memory."""

import time
import tracemalloc
import zipfile

import pytest

from chainmap.imports.archives import unpack_workbook
from chainmap.imports.errors import ImportRefused
from chainmap.imports.limits import DEFAULT_LIMITS, Limits
from chainmap.imports.tables import read_table
from tests.imports.samples import (
    CENTRAL_ENTRY,
    crowded_archive,
    lying_about_size,
    with_part,
    workbook_bytes,
    zip_bytes,
)

MEGABYTE = 1_000_000


def refusal(data, limits=DEFAULT_LIMITS, name="book.xlsx"):
    """The error; asserts that refusing took less than a second of processor time and 100 MB."""
    tracemalloc.start()
    before = time.process_time()
    try:
        with pytest.raises(ImportRefused) as caught:
            read_table(data, name=name, limits=limits)
        took, (_, peak) = time.process_time() - before, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 1
    assert peak < 100 * MEGABYTE
    return caught.value.errors[0]


def test_a_workbook_that_unpacks_to_more_than_the_limit():
    """As payload 29 of SECURITY.md, smaller: 30 MB of rows, several hundred times their packed size."""
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row>' * (30 * MEGABYTE // 39)
    bomb = with_part(workbook_bytes(), "xl/worksheets/sheet1.xml", rows)
    assert len(rows) / len(bomb) > 300
    error = refusal(bomb)
    assert error.code == "zip_too_large"
    assert "30 MB" in error.reason
    assert "20 MB" in error.reason


def test_the_ratio_counts_below_the_limit_as_well():
    assert refusal(with_part(workbook_bytes(), "xl/big.xml", b"0" * 5 * MEGABYTE)).code == "zip_ratio"


def test_an_entry_that_unpacks_to_more_than_it_says():
    """Payload 31: the central directory claims 1 kB, the stream holds 30 MB."""
    liar = lying_about_size(
        {"xl/worksheets/sheet1.xml": b"0" * 30 * MEGABYTE, "xl/workbook.xml": b"<x/>"}, claimed=1000
    )
    error = refusal(liar)
    assert (error.code, error.value) == ("zip_false_size", "xl/worksheets/sheet1.xml")


def test_an_entry_that_unpacks_to_less_than_it_says():
    assert refusal(lying_about_size({"xl/workbook.xml": b"<x/>"}, claimed=1000), Limits()).code == "zip_false_size"


def test_100_001_members():
    error = refusal(crowded_archive(100_001))
    assert error.code == "zip_members"
    assert "100001" in error.reason


def test_members_up_to_the_limit_are_read():
    limits = Limits(max_members=200)
    parts = unpack_workbook(
        zip_bytes({"xl/workbook.xml": b"<x/>"} | {f"p{n}.xml": b"<x/>" for n in range(199)}),
        name="b.xlsx",
        limits=limits,
    )
    assert len(parts) == 200


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("../../etc/cron.d/x", b"", "zip_path"),
        ("xl/../../x.xml", b"", "zip_path"),
        ("/etc/passwd", b"", "zip_path"),
        ("C:/x.xml", b"", "zip_path"),
        ("xl\\x.xml", b"", "zip_path"),
        ("XL/WORKBOOK.XML", b"<x/>", "zip_path"),  # a second part of the same name, by case only
        ("xl/embeddings/inner.zip", b"", "zip_nested"),
        ("xl/embeddings/picture.bin", zip_bytes({"a": b"b"}), "zip_nested"),
        ("xl/vbaProject.bin", b"", "workbook_macro"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "workbook_macro"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "workbook_external"),
        ("xl/worksheets/sheet2.xml", b'<!DOCTYPE x [<!ENTITY a "lol">]><x>&a;</x>', "workbook_dtd"),
        ("xl/styles.xml", '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16"), "workbook_unreadable"),
        ("[Content_Types].xml", b"<x>application/vnd.ms-excel.sheet.macroEnabled.main+xml</x>", "workbook_macro"),
    ],
)
def test_parts_that_have_no_place_in_a_table(part, content, code):
    error = refusal(with_part(workbook_bytes(), part, content))
    assert error.code == code
    assert error.value == ("" if code == "workbook_unreadable" else part)


def test_a_macro_workbook_is_known_by_its_name_too():
    assert refusal(workbook_bytes(), name="Book.XLSM").code == "workbook_macro"


def test_unusual_packing_is_refused():
    parts = {"xl/workbook.xml": b"<x/>"}
    assert refusal(zip_bytes(parts, zipfile.ZIP_BZIP2)).code == "zip_method"
    encrypted = bytearray(zip_bytes(parts))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(encrypted)).code == "zip_method"


def test_a_part_under_two_names_is_refused():
    """The central directory calls it sheet9, the entry itself sheet1: readers would not agree on what is there."""
    whole = workbook_bytes()
    place = whole.rindex(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet")
    assert place > whole.index(CENTRAL_ENTRY)
    error = refusal(whole[:place] + b"9" + whole[place + 1 :])
    assert (error.code, "sheet9" in error.reason) == ("zip_broken", True)


def test_damage_is_noticed():
    """A cut end, a flipped bit in the packed data of a part, an archive of nothing, no archive at all."""
    whole = workbook_bytes()
    flipped = bytearray(whole)
    flipped[45 + len("[Content_Types].xml")] ^= 1
    for data in (whole[:-30], whole[: len(whole) // 2], bytes(flipped), b"PK\x03\x04", b"PK\x03\x04" * 100):
        assert refusal(data).code == "zip_broken"
    assert refusal(zip_bytes({})).code == "unknown_format"
    assert refusal(zip_bytes({"content.xml": b"<x/>", "mimetype": b"x"})).code == "unknown_format"


def test_pictures_and_settings_are_left_out():
    workbook = with_part(workbook_bytes(), "xl/printerSettings/printerSettings1.bin", b"\0\1\2")
    parts = unpack_workbook(workbook, name="b.xlsx", limits=DEFAULT_LIMITS)
    assert "xl/worksheets/sheet1.xml" in parts
    assert all(part.endswith((".xml", ".rels")) for part in parts)
    assert read_table(workbook, name="b.xlsx").rows == (["a", "Ana"],)
