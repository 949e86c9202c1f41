"""Every format of every kind of report: the same bytes again, in pieces or whole, under a name that says what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainmap.domain.reports import Subject
from chainmap.exports.report_files import REPORT_FORMATS, report_file, report_filename, report_stream
from tests.exports.reports import empty_report, example_report, large_report, one_rating_report, released_report

SIGNS = {
    "pdf": b"%PDF-",
    "pptx": b"PK",
    "xlsx": b"PK",
    "csv": "\ufeff".encode(),
    "json": b"{",
    "graphml": b"<?xml",
    "gexf": b"<?xml",
    "dot": b"digraph",
    "svg": b"<svg",
    "png": b"\x89PNG",
}
MAKERS = {
    "example": example_report,
    "released": released_report,
    "empty": empty_report,
    "one": one_rating_report,
    "large": lambda: large_report(200),
}


#: Documents and slides of the other kinds are tests of theirs.
CASES = [(kind, key) for key, one in REPORT_FORMATS.items() for kind in MAKERS if kind == "example" or not one.is_long]


@pytest.mark.parametrize(("kind", "format"), CASES)
def test_every_report_in_every_format(kind: str, format: str) -> None:
    report = MAKERS[kind]()
    made = report_file(report, format=format)
    assert made.content.startswith(SIGNS[format])
    assert made.content_type == REPORT_FORMATS[format].content_type
    assert made.filename == report_filename(report, format)
    if not REPORT_FORMATS[format].is_long:
        stream = report_stream(report, format=format)
        assert (stream.filename, stream.content_type) == (made.filename, made.content_type)
        assert b"".join(stream.chunks) == made.content


@pytest.mark.parametrize("format", REPORT_FORMATS)
def test_the_same_report_gives_the_same_bytes(format: str) -> None:
    assert report_file(example_report(), format=format) == report_file(example_report(), format=format)


def test_on_both_papers() -> None:
    a4, letter = (report_file(empty_report(), format="pdf", paper=paper).content for paper in ("a4", "letter"))
    assert a4 != letter


def test_a_format_without_pages_has_no_paper_in_its_name() -> None:
    made = report_file(empty_report(), format="json", paper="letter")
    assert "letter" not in made.filename


def test_what_there_is_not() -> None:
    with pytest.raises(KeyError):
        report_file(empty_report(), format="exe")
    with pytest.raises(KeyError):
        report_stream(empty_report(), format="pdf")


def test_a_name_says_of_whom_of_what_and_of_which_round() -> None:
    report = example_report()
    assert report_filename(report, "pdf") == "report-kuchen-co-spring-2026.pdf"
    # on the disk the two papers are two files
    assert report_filename(report, "pdf", paper="letter") == "report-kuchen-co-spring-2026-letter.pdf"
    of_team = replace(report, scope=replace(report.scope, subject=Subject.TEAM, name="Sales/../etc"))
    assert report_filename(of_team, "pdf") == "report-kuchen-co-sales-etc-spring-2026.pdf"
