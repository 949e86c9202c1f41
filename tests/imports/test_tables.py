"""CSV text -> rows with the line numbers an editor shows."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.imports.errors import MAX_LISTED, ImportRefused
from chainmap.imports.limits import Limits
from chainmap.imports.tables import read_table, unread_columns
from tests.imports.samples import csv_bytes


def read(text, **limits):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, name="file.csv", limits=Limits(**limits))


def refusal(text, **limits):
    with pytest.raises(ImportRefused) as caught:
        read(text, **limits)
    return caught.value.errors[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_every_dialect_reads_the_same(delimiter, line_end, mark):
    lines = [" ID {0}Name", "1{0}Łucja", "", '"2"{0}"a ""b""{0}', 'c"', "3{0}Zoë"]
    table = read(mark + line_end.join(lines).format(delimiter).encode())
    assert table.columns == ("id", "name")
    assert [tuple(row) for row in table.rows] == [("1", "Łucja"), ("2", f'a "b"{delimiter}{line_end}c'), ("3", "Zoë")]
    assert table.lines == (2, 4, 6)
    assert table.decimal_comma is (delimiter != ",")


def test_a_separator_mark_of_excel_is_followed():
    table = read("sep=;\r\nid;name,nick\r\n1;Ana\r\n")
    assert (table.columns, table.lines) == (("id", "name,nick"), (3,))


def test_the_delimiter_is_counted_outside_quotation_marks():
    assert read('"id, as in payroll, a number";name\n1;Ana\n').columns == ("id, as in payroll, a number", "name")


def test_short_rows_are_filled_up_and_long_rows_are_rejected():
    table = read("id,name,,\n1\n2,Bo,,\n3,Cy,lost\n\n , ,\n")
    assert table.columns == ("id", "name")
    assert [list(row) for row in table.rows] == [["1", ""], ["2", "Bo"]]
    [error] = table.errors
    assert (error.code, error.line, error.value) == ("extra_cells", 4, "lost")


def test_a_long_cell_rejects_its_row_only():
    table = read(f"id,name\n1,{'x' * 2001}\n2,{'x' * 2000}\n")
    assert table.lines == (3,)
    [error] = table.errors
    assert (error.code, error.line, error.column, len(error.value)) == ("cell_too_long", 2, "name", 80)


def test_errors_are_listed_up_to_a_bound():
    table = read("id\n" + "1,2\n" * 500)
    assert len(table.problems) == 500
    assert len(table.errors) == MAX_LISTED


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "file_empty", None),
        (b" \n\r\n", "file_empty", None),
        (b"\xef\xbb\xbf\n", "file_empty", None),
        (b",,\n", "file_empty", None),
        (b"id,name\n", "no_rows", 1),
        (b"id,name", "no_rows", 1),
        ("id,name\n1,Ana\n".encode("utf-16"), "not_utf8", None),
        ("id,name\n1,Ana\n".encode("utf-16-le"), "nul_byte", 1),
        ("id,name\n1,Ana\n2,Łucja\n".encode("cp1250"), "not_utf8", 3),
        ("id,name\r1,Ana\r2,Łucja\r".encode("cp1250"), "not_utf8", 3),
        (b"id,name\n1,a\xed\xa0\x80b\n", "not_utf8", 2),  # an encoded lone surrogate
        (b"id,name\n1,a\0b\n", "nul_byte", 2),
        (b'id,name\n1,"Ana\n2,Bo\n3,Cy\n', "unclosed_quote", 2),
        (b'id,name\n1,Bo\n2,"Ana"x\n', "bad_quote", 3),
        (b'id,name\n1,"' + b"x" * 200_000 + b'"\n', "field_too_long", 2),
        (b"x," * 10_000 + b"y\n1\n", "too_many_columns", 1),
        (b"id,name,ID\n1,2,3\n", "column_repeated", 1),
        (b"%PDF-1.7\n", "unknown_format", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unknown_format", None),
    ],
)
def test_refused_files(data, code, line):
    error = refusal(data)
    assert (error.code, error.line, error.file) == (code, line, "file.csv")


def test_the_limits_of_a_file():
    assert refusal(b"x" * 101, max_bytes=100).code == "file_too_big"
    assert refusal("id\n1\n2\n3\n", max_rows=2).code == "too_many_rows"
    assert len(read("id\n1\n2\n", max_rows=2).rows) == 2
    assert refusal("a,b,c\n1,2,3\n", max_columns=2).code == "too_many_columns"


def test_columns_nobody_reads_are_reported():
    table = read("id,hobby,,name\n1,chess,?,Ana\n")
    warnings = unread_columns(table, ("id", "name"))
    assert [(w.code, w.column) for w in warnings] == [("unknown_column", "hobby"), ("unnamed_column", "")]
    assert "3" in warnings[1].reason


# NUL is refused; a byte order mark or white space alone would make the header or a row another one.
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=60, deadline=None)
def test_any_text_survives_a_round_trip(rows, delimiter, line_end):
    """The line of a row is one more than the line breaks before it, also inside the cells."""
    written = [("key", "first", "second"), *(("k", *row) for row in rows)]
    table = read(csv_bytes(written, delimiter=delimiter, line_end=line_end))
    assert [tuple(row) for row in table.rows] == written[1:]
    for number, line in enumerate(table.lines, start=1):
        before = csv_bytes(written[:number], delimiter=delimiter, line_end=line_end)
        breaks = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
        assert line == breaks + 1
