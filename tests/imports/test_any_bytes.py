"""Whatever the bytes are: a result, or ImportRefused; never another exception, never a connection."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.imports.chain_files import (
    HANDOFF_COLUMNS,
    PEOPLE_COLUMNS,
    RATING_COLUMNS,
    match_ratings,
    read_handoffs,
    read_people,
    read_ratings,
)
from chainmap.imports.event_log import read_event_log
from chainmap.imports.tables import read_table
from tests.imports.samples import csv_bytes, outcome, with_part, workbook_bytes

READERS = {
    read_people: PEOPLE_COLUMNS,
    read_handoffs: HANDOFF_COLUMNS,
    read_ratings: RATING_COLUMNS,
    read_event_log: ("case", "activity", "resource", "timestamp", "customer"),
}
BOOK = workbook_bytes([["id", "name"], ["a", 1], ["b", "Bo"]])

starts = st.sampled_from(
    [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"sep=;\n", b"id,name\n", b'supplier,customer,score\na,b,"', b"PK\x03\x04"]
)
typed = st.one_of(
    st.sampled_from(["", "a", "A", "b", "-", "0", "7", "11", "-1", "1e400", "2025-03-31", "x@y.pl", "employee", "NaN"]),
    st.sampled_from(
        ["\u200b", "\u202e", "customer:x", "２", "9" * 40, "2025-01-01T00:00:00+23:59", "0001-01-01T00:00+14:00"]
    ),
    st.text(max_size=8),
)


@given(starts, st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes(start, data):
    for read in (read_table, *READERS):
        outcome(read, start + data)


@pytest.mark.parametrize("read", READERS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_cells_under_the_right_header(read, data):
    columns = READERS[read]
    rows = data.draw(st.lists(st.lists(typed, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=5))
    file = outcome(read, csv_bytes([columns, *rows]))
    if file is None:
        return
    assert file.omitted == 0
    lines = [error.line for error in file.errors]
    assert lines == sorted(lines)
    if read is read_ratings:
        assert all(0 <= row.score <= 10 for row in file.rows)
        match_ratings(file.rows, {(row.supplier, row.customer): {"x"} for row in file.rows})
    if read is not read_event_log:
        assert not {row.line for row in file.rows} & set(lines)


@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_a_workbook_with_changed_bytes(changes):
    """Most changes are noticed by their checksum; what is not, gives the same table."""
    data = bytearray(BOOK)
    for place, byte in changes:
        data[place] = byte
    table = outcome(read_table, bytes(data))
    assert table is None or table.rows == (["a", "1"], ["b", "Bo"])


@given(
    st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]),
    st.integers(0, 2_000),
    st.sampled_from([b"", b"<", b'"', b"</x>", b"<c r='ZZZ999'>", b"99999999999999999999", b"&#0;", b"\xff"]),
)
@settings(max_examples=10, deadline=None)
def test_a_workbook_whose_xml_is_disturbed(part, place, junk):
    """Packed anew, so that the checksums are right and the parser sees it."""
    outcome(read_people, with_part(BOOK, part, lambda xml: xml[:place] + junk + xml[place + 5 :]))


def test_no_connection_is_opened(monkeypatch):
    """Also not for a workbook whose relations point to other machines."""

    def forbidden(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    linked = with_part(
        BOOK,
        "xl/worksheets/_rels/sheet1.xml.rels",
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" TargetMode="External" '
        b'Target="http://169.254.169.254/"/></Relationships>',
    )
    for data in (linked, BOOK, b"id,name\na,http://evil.example/\n"):
        assert len(read_table(data, name="file").rows) >= 1
