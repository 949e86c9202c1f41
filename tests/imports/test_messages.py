"""Every code can really happen, and says what, where, why and what to do."""

import pickle

import pytest
from django.utils import translation

from chainmap import confined
from chainmap.imports.chain_files import PeopleFile, RatingRow, match_ratings, read_handoffs, read_people, read_ratings
from chainmap.imports.errors import ImportRefused, RowError
from chainmap.imports.event_log import read_event_log
from chainmap.imports.graphml import MAX_DEPTH, read_graphml
from chainmap.imports.limits import Limits
from chainmap.imports.messages import MESSAGES, REFUSALS, REJECTIONS, WARNINGS
from tests.imports.samples import (
    crowded_archive,
    filled_workbook,
    lying_about_size,
    with_part,
    workbook_bytes,
    zip_bytes,
)

BOOK = workbook_bytes()
LONG = b"x" * 2001


def hidden(book):
    book.add_worksheet("a")
    book.add_worksheet("b").hide()


def two_sheets_and_an_error(book):
    sheet = book.add_worksheet("a")
    sheet.write_column(0, 0, ["id", "x"])
    sheet.write_column(0, 1, ["name", "y"])
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    book.add_worksheet("b")


def read_graph(data, *, name, limits):
    """People and hand-offs of a graph as one file."""
    people, handoffs = read_graphml(data, name=name, limits=limits)
    return PeopleFile((), people.errors + handoffs.errors, 0, people.warnings + handoffs.warnings)


def graph(inside, *, default="directed"):
    return f'<graphml><graph edgedefault="{default}"><node id="a"/>{inside}</graph></graphml>'.encode()


#: code -> (reader, smallest file that has the error)
EXAMPLES = {
    "file_empty": (read_people, b""),
    "file_too_big": (read_people, b"id,name\n" * 1_000_000),
    "not_utf8": (read_people, b"id,name\n1,\xb3\n"),
    "nul_byte": (read_people, b"id,name\n1,\0\n"),
    "unknown_format": (read_people, b"%PDF-1.7"),
    "column_missing": (read_people, b"id,nom\n1,2\n"),
    "column_repeated": (read_people, b"id,name,id\n1,2,3\n"),
    "too_many_columns": (read_people, b"id,name," * 30 + b"x\n1\n"),
    "too_many_rows": (read_people, b"id,name\n" + b"1,2\n" * 20_001),
    "no_rows": (read_people, b"id,name\n"),
    "unclosed_quote": (read_people, b'id,name\n1,"a\n'),
    "bad_quote": (read_people, b'id,name\n1,"a"b\n'),
    "field_too_long": (read_people, b"id,name\n1," + b"x" * 200_000),
    "zip_broken": (read_people, b"PK\x03\x04"),
    "zip_members": (read_people, crowded_archive(201)),
    "zip_too_large": (read_people, zip_bytes({"a.xml": b"0" * 20_000_001})),
    "zip_ratio": (read_people, zip_bytes({"a.xml": b"0" * 1_000_000})),
    "zip_false_size": (read_people, lying_about_size({"a.xml": b"0" * 100}, claimed=10)),
    "zip_path": (read_people, zip_bytes({"../a.xml": b""})),
    "zip_nested": (read_people, zip_bytes({"a.zip": b""})),
    "zip_method": (read_people, zip_bytes({"a.xml": b""}, method=14)),
    "workbook_macro": (read_people, zip_bytes({"xl/vbaProject.bin": b""})),
    "workbook_external": (read_people, zip_bytes({"xl/externalLinks/a.xml": b""})),
    "workbook_dtd": (read_people, zip_bytes({"a.xml": b"<!DOCTYPE a>"})),
    "workbook_unreadable": (read_people, with_part(BOOK, "xl/workbook.xml", b"<x/>")),
    "workbook_too_heavy": (read_people, BOOK),
    "workbook_system": (read_people, BOOK),
    "workbook_no_sheet": (read_people, filled_workbook(hidden)),
    "graph_unreadable": (read_graph, b"<graphml>"),
    "graph_foreign": (read_graph, b"<svg/>"),
    "graph_dtd": (read_graph, b"<!DOCTYPE graphml><graphml/>"),
    "graph_deep": (read_graph, b"<graphml>" * (MAX_DEPTH + 1)),
    "graph_empty": (read_graph, b"<graphml/>"),
    "extra_cells": (read_people, b"id,name\n1,2,3\n"),
    "cell_too_long": (read_people, b"id,name\n1," + LONG),
    "required": (read_people, b"id,name\n,2\n"),
    "too_long": (read_people, b"id,name\n1," + LONG[:201]),
    "not_a_number": (read_people, b"id,name,capacity\n1,2,NaN\n"),
    "volume_range": (read_handoffs, b"supplier,customer,volume\n1,2,0\n"),
    "capacity_range": (read_people, b"id,name,capacity\n1,2,-1\n"),
    "score_range": (read_ratings, b"supplier,customer,score\n1,2,11\n"),
    "scale_empty": (read_ratings, b"supplier,customer,score,scale_min,scale_max\n1,2,3,4,4\n"),
    "scale_incomplete": (read_ratings, b"supplier,customer,score,scale_min,scale_max\n1,2,3,4,\n"),
    "unknown_kind": (read_people, b"id,name,kind\n1,2,x\n"),
    "bad_email": (read_people, b"id,name,email\n1,2,x\n"),
    "bad_date": (read_ratings, b"supplier,customer,score,date\n1,2,3,x\n"),
    "bad_timestamp": (read_event_log, b"case,resource,timestamp\n1,2,x\n"),
    "duplicate_id": (read_people, b"id,name\n1,2\n1,3\n"),
    "duplicate_email": (read_people, b"id,name,email\n1,2,Ana@x.pl\n3,4,ana@X.pl\n"),
    "self_handoff": (read_handoffs, b"supplier,customer\n1,1\n"),
    "duplicate_handoff": (read_handoffs, b"supplier,customer\n1,2\n1,2\n"),
    "duplicate_rating": (read_ratings, b"supplier,customer,score\n1,2,3\n1,2,4\n"),
    "self_rating": (read_ratings, b"supplier,customer,score,rater\n1,2,3,1\n"),
    "ambiguous_deliverable": (None, b""),
    "reserved_name": (read_event_log, b"case,resource,timestamp\n1,customer:x,2025-01-01\n"),
    "unknown_node": (read_graph, graph('<edge source="a" target="b"/>')),
    "undirected_edge": (read_graph, graph('<node id="b"/><edge source="a" target="b"/>', default="undirected")),
    "graph_nameless": (read_graph, graph("")),
    "graph_not_read": (read_graph, graph("<hyperedge/>")),
    "unknown_column": (read_people, b"id,name,x\n1,2,3\n"),
    "unnamed_column": (read_people, b"id,,name\n1,2,3\n"),
    "other_sheets": (read_people, filled_workbook(two_sheets_and_an_error)),
    "formula_errors": (read_people, filled_workbook(two_sheets_and_an_error)),
}


def errors_of(code):
    read, data = EXAMPLES[code]
    if read is None:
        return match_ratings([RatingRow(2, "a", "b", None, 5.0, None, None)], {("a", "b"): {"x", "y"}}, name="f").errors
    limits = Limits(child_seconds=0.001) if code == "workbook_too_heavy" else Limits()
    try:
        file = read(data, name="a file", limits=limits)
    except ImportRefused as refusal:
        assert code in REFUSALS
        return refusal.errors
    return file.warnings if code in WARNINGS else file.errors


def test_every_code_has_an_example():
    assert set(EXAMPLES) == set(MESSAGES)
    assert len(MESSAGES) == len(REFUSALS) + len(REJECTIONS) + len(WARNINGS)


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_error_says_what_where_why_and_what_to_do(code, monkeypatch):
    if code == "workbook_system":
        monkeypatch.setattr(confined.sys, "platform", "darwin")
    errors = [error for error in errors_of(code) if error.code == code]
    assert len(errors) == 1
    [error] = errors
    assert error.file in ("a file", "f")
    for sentence in (error.reason, error.remedy):
        assert sentence.endswith(".")
        assert "%" not in sentence
    if code in REJECTIONS:
        assert error.line is not None
    assert pickle.loads(pickle.dumps(error)) == error


def test_the_texts_are_those_of_the_reader(monkeypatch):
    """The language is the one of the moment at which the error is made, not of the moment the module is loaded."""
    monkeypatch.setattr(
        "django.utils.translation._trans.gettext", lambda text: f"<{translation.get_language()}> {text}"
    )
    with translation.override("pl"):
        assert errors_of("required")[0].reason == "<pl> The column “id” is empty."


def test_what_a_stranger_wrote_cannot_disturb_the_message():
    error = RowError.of(
        "not_a_number", file="a\r\nb\u202e.csv", line=2, value="%(limit)s %s\x1b[31m\u202e" * 50, limit=30
    )
    assert error.file == "a b.csv"
    assert len(error.value) == 80
    assert "%(limit)s %s[31m" in error.reason
    assert "30 digits" in error.reason
