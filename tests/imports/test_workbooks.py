"""XLSX: what a person sees in the cells comes out as text; the parser runs in a cage."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta

import pytest

from chainmap.imports import workbooks, xlsx_child
from chainmap.imports.errors import ImportRefused
from chainmap.imports.limits import Limits
from chainmap.imports.tables import read_table
from tests.imports.samples import filled_workbook, with_part, workbook_bytes

SHEET = "xl/worksheets/sheet1.xml"


def read(data, name="book.xlsx", **limits):
    return read_table(data, name=name, limits=Limits(**limits))


def refusal(data, name="book.xlsx", **limits):
    with pytest.raises(ImportRefused) as caught:
        read(data, name, **limits)
    return caught.value.errors[0]


def test_cells_read_as_they_are_seen():
    """Row 1 and 3 and column A are empty, the table begins in B2."""

    def fill(book):
        sheet = book.add_worksheet("Data")
        day, moment = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        )
        sheet.write_row(1, 1, ["ID", "Value"])
        sheet.write_row(3, 1, [3, 3.5])
        sheet.write_row(4, 1, [0.1 + 0.2, True])
        sheet.write_datetime(5, 1, date(2025, 3, 31), day)
        sheet.write_datetime(5, 2, datetime(2025, 3, 31, 18, 15, 37), moment)  # noqa: DTZ001 - a sheet knows no zones
        sheet.write_formula(6, 1, "=1+1", None, 2)
        sheet.write_string(6, 2, "two\nlines")
        sheet.write_row(7, 1, [1e20, 1e-7])
        sheet.write_formula(8, 1, "=1/0", None, "#DIV/0!")
        sheet.write_string(8, 2, "x")
        book.add_worksheet("Notes")
        book.add_worksheet("Hidden").hide()

    table = read(filled_workbook(fill))
    assert (table.columns, table.header_line, table.lines) == (("", "id", "value"), 2, (4, 5, 6, 7, 8, 9))
    assert [row[1:] for row in table.rows] == [
        ["3", "3.5"],
        ["0.3", "TRUE"],
        ["2025-03-31", "2025-03-31T18:15:37"],
        ["2", "two\nlines"],
        ["100000000000000000000", "0.0000001"],
        ["", "x"],
    ]
    assert [warning.code for warning in table.warnings] == ["other_sheets", "formula_errors"]
    assert table.warnings[0].value == "Notes"


def test_the_first_sheet_with_content_is_read():
    def fill(book):
        book.add_worksheet("Empty")
        book.add_worksheet("People").write_column(0, 0, ["id", "a"])

    table = read(filled_workbook(fill))
    assert table.rows == (["a"],)
    assert table.warnings[0].value == "Empty"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-2.0, "-2"),
        (12345678901234567.0, "12345678901234600"),
        (time(14, 5), "14:05:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_rarer_cells(value, text):
    assert xlsx_child.text_of(value) == text


def test_the_content_decides_what_a_file_is():
    assert read(workbook_bytes(), name="people.csv").columns == ("id", "name")
    assert read(b"id,name\na,Ana\n", name="people.xlsx").columns == ("id", "name")


def test_the_limits_hold_for_sheets():
    rows = [["id", "name"], *([number, "x"] for number in range(4))]
    assert refusal(workbook_bytes(rows), max_rows=3).code == "too_many_rows"
    assert len(read(workbook_bytes(rows), max_rows=4).rows) == 4
    assert refusal(workbook_bytes([[f"c{n}" for n in range(10)], range(10)]), max_columns=9).code == "too_many_columns"
    assert read(workbook_bytes([["id"], ["x" * 11]]), max_cell=10).errors[0].code == "cell_too_long"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml"])
def test_a_part_that_is_not_xlsx(part):
    assert refusal(with_part(workbook_bytes(), part, b"<x/>")).code in ("workbook_unreadable", "workbook_no_sheet")
    assert refusal(with_part(workbook_bytes(), part, b"nonsense")).code in ("workbook_unreadable", "workbook_no_sheet")


def test_200_000_nested_elements_do_no_harm():
    deep = with_part(
        workbook_bytes(), SHEET, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<a>" * 200_000)
    )
    assert read(deep, max_ratio=1000).rows == (["a", "Ana"],)


def test_a_cell_far_away_does_not_take_the_memory():
    """A1 and XFD1048576: laid out as a rectangle they would take half a terabyte."""
    far = with_part(
        workbook_bytes([["id"], ["a"]]),
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    assert refusal(far).code == "workbook_too_heavy"


def test_a_long_text_shared_by_many_cells_does_not_take_the_memory():
    shared = workbook_bytes([["id"], *[["x" * 1_900]] * 60])
    assert len(read(shared).rows) == 60
    assert refusal(shared, max_unpacked=100_000, max_ratio=1e9).code == "workbook_too_heavy"


def test_the_reader_is_ended_when_it_takes_too_long():
    assert refusal(workbook_bytes(), child_seconds=0.001).code == "workbook_too_heavy"


def test_the_reader_is_ended_when_it_takes_too_much_memory():
    """4 MB of cells, and not a page more than what the interpreter has at its start."""
    rows = [["id"], *[["x" * 1_900]] * 2_000]
    assert refusal(workbook_bytes(rows), child_memory=1_000_000).code == "workbook_too_heavy"


CAGE = """
import os, resource, runpy, socket, sys
confine = runpy.run_path(sys.argv[1])["confine"]
confine(256_000_000, 5)
for attempt in (socket.socket, lambda: open(sys.argv[1]), lambda: open(os.devnull, "w")):
    try:
        attempt()
    except OSError as error:
        print(error.errno)
try:
    bytearray(300_000_000)
except MemoryError:
    print("no memory")
print(resource.getrlimit(resource.RLIMIT_CPU))
"""


def test_inside_the_cage_there_is_no_socket_no_file_and_little_memory():
    """Error 24 is "too many open files"."""
    outcome = subprocess.run([sys.executable, "-u", "-c", CAGE, workbooks._CHILD], capture_output=True, check=False)
    assert outcome.stdout.decode().splitlines() == ["24", "24", "24", "no memory", "(5, 5)"]
