"""The report as CSV, JSON and a workbook: the same rows in all, read back by other programs, and text stays text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from chainmap.domain.formula_guard import guarded, unguarded
from chainmap.exports.report_change_words import change_parts, change_total
from chainmap.exports.report_csv import report_csv, report_csv_chunks
from chainmap.exports.report_json import report_json
from chainmap.exports.report_table import COLUMNS, FIELDS, report_rows
from chainmap.exports.report_xlsx import report_xlsx, report_xlsx_chunks
from chainmap.imports.chain_files import read_handoffs
from tests.exports import reports
from tests.exports.programs import converted

# a report is never changed, and working one out takes longer than writing it
example_report, released_report, empty_report, one_rating_report, large_report = map(
    cache,
    (
        reports.example_report,
        reports.released_report,
        reports.empty_report,
        reports.one_rating_report,
        reports.large_report,
    ),
)
ALL = (example_report, released_report, empty_report, one_rating_report)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def named(report, names):
    """The report with these names of its first hand-offs."""
    handoffs = list(report.finding.handoffs)
    changed = [replace(one, deliverable=name) for one, name in zip(handoffs, names, strict=False)]
    return replace(report, finding=replace(report.finding, handoffs=changed + handoffs[len(changed) :]))


# ---- CSV


@pytest.mark.parametrize("make", ALL)
def test_csv_has_every_hand_off_and_every_figure_exactly(make):
    report = make()
    rows = csv_rows(report_csv(report).content)
    assert [row["supplier"] for row in rows] == [guarded(one.supplier) for one in report.finding.handoffs]
    for row, one in zip(rows, report.finding.handoffs, strict=True):
        assert unguarded(row["deliverable"]) == one.deliverable
        for field, value in (("volume", one.volume), ("lost", one.lost), ("yield", one.yield_), ("rank", one.rank)):
            assert (float(row[field]) if row[field] else None) == value


def test_ranges_and_answers_stand_beside_the_links_the_report_tells_of():
    report = example_report()
    rows = {row["rank"]: row for row in csv_rows(report_csv(report).content) if row["rank"]}
    link = report.links[0]
    row = rows[str(link.rank)]
    assert float(row["yield_low"]) == link.yield_interval.low
    assert float(row["recoverable_high"]) == link.recoverable_interval.high
    assert row["answers"] == link.score.answers
    assert row["nps"] == ""  # under ten answers


def test_a_band_of_a_release_is_text_and_no_range_is_made_up():
    rows = csv_rows(report_csv(released_report()).content)
    assert {row["answers"] for row in rows} >= {"13-20", ""}
    assert {row["yield_low"] for row in rows} == {""}


def test_the_import_of_hand_offs_reads_the_csv_back():
    report = example_report()
    read = read_handoffs(report_csv(report).content, name="report.csv")
    assert not read.errors
    told = [(one.supplier, one.customer, one.deliverable, one.volume) for one in report.finding.handoffs]
    assert [(row.supplier, row.customer, row.deliverable, row.volume) for row in read.rows] == told


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("='+-@ab\t 1＝é", max_size=6).map(str.strip), max_size=6, unique=True))
def test_whatever_a_deliverable_is_called_comes_back_and_runs_nowhere(names):
    report = named(example_report(), [f"{name} {place}" if name else "" for place, name in enumerate(names)])
    content = report_csv(report).content
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not [cell for cell in row if cell[:1] in "=@+" and cell]
    read = read_handoffs(content, name="report.csv")
    clean = [" ".join(one.deliverable.split()) for one in report.finding.handoffs]
    assert [row.deliverable for row in read.rows] == clean


def test_the_csv_streams():
    pieces = list(report_csv_chunks(large_report(5000)))
    assert len(pieces) > 4
    assert max(map(len, pieces)) < 500_000


# ---- JSON


@pytest.mark.parametrize("make", ALL)
def test_json_says_every_part_in_figures(make):
    report = make()
    read = json.loads(report_json(report).content)
    assert read["edition"] == 1
    assert read["scope"]["round"] == report.scope.round
    assert read["totals"]["delivered"] == report.totals.delivered
    assert [one["lost"] for one in read["handoffs"]] == [one.lost for one in report.finding.handoffs]
    assert [one["id"] for one in read["parties"]] == [one.id for one in report.finding.parties]
    assert len(read["links"]) == len(report.links)
    assert "positions" not in read


def test_half_a_character_does_not_stop_the_json():
    read = json.loads(report_json(named(example_report(), ["\ud800half"])).content)
    assert read["handoffs"][0]["deliverable"] == "?half"


# ---- the workbook


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("make", ALL)
def test_the_workbook_has_the_same_rows_as_the_csv(make):
    report = make()
    read = sheets(report_xlsx(report).content)
    rows = read["Team links" if report.scope.by_team else "Hand-offs"]
    assert rows[0] == [str(column.title) for column in COLUMNS]
    for row, told in zip(rows[1:], report_rows(report), strict=True):
        for cell, value in zip(row, told, strict=True):
            assert cell == ("" if value is None else pytest.approx(value) if not isinstance(value, str) else value)


def test_nothing_in_the_workbook_is_a_formula_or_a_link():
    report = named(example_report(), ["=1+1", "http://example.org", "@SUM(1)", "-2", "＝1"])
    with zipfile.ZipFile(io.BytesIO(report_xlsx(report).content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert not [name for name in parts if "externalLink" in name or "vba" in name.lower()]
    for name, content in parts.items():
        assert b"<f>" not in content.replace(b"<c:f>", b""), name
        assert b"<hyperlink " not in content.lower(), name
    read = sheets(report_xlsx(report).content)["Hand-offs"]
    place = FIELDS.index("deliverable")
    assert [row[place] for row in read[1:4]] == ["=1+1", "http://example.org", "@SUM(1)"]


def test_heads_stand_still_columns_can_be_filtered_and_numbers_have_formats():
    with zipfile.ZipFile(io.BytesIO(report_xlsx(example_report()).content)) as book:
        sheet, styles = book.read("xl/worksheets/sheet2.xml"), book.read("xl/styles.xml")
        charts = [name for name in book.namelist() if name.startswith("xl/charts/")]
    assert b'state="frozen"' in sheet
    assert b"<autoFilter" in sheet
    assert b"0.0%" in styles
    assert b"quotePrefix" in styles
    assert len(charts) >= 3


def chart_parts(report) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(report_xlsx(report).content)) as book:
        return [book.read(name).decode() for name in sorted(book.namelist()) if name.startswith("xl/charts/")]


def test_bars_begin_at_nothing_and_what_is_less_than_nothing_looks_otherwise():
    pareto, best, change, *_rest = chart_parts(example_report())
    assert '<c:min val="0"/>' in pareto
    assert '<c:min val="0"/>' in best
    assert '<c:min val="0"/>' not in change
    parts = [part.shown for part in (*change_parts(example_report().change), change_total(example_report().change))]
    points = re.findall(r'<c:dPt><c:idx val="(\d+)"/>.*?<a:srgbClr val="(\w+)"/>', change)
    assert points == [(str(place), "24514D") for place, part in enumerate(parts) if part < 0]


def test_a_rest_that_is_nearly_all_does_not_flatten_the_bars():
    report = example_report()
    few = chart_parts(report)[0]
    rest = replace(report.pareto[-1], lost=50 * report.pareto[0].lost)
    many = chart_parts(replace(report, pareto=(*report.pareto[:-1], rest)))[0]
    rows = [int(re.search(r"\$A\$5:\$A\$(\d+)", part)[1]) - 4 for part in (few, many)]
    assert rows == [len(report.pareto), len(report.pareto) - 1]
    assert ('<c:max val="1"/>' in few, '<c:max val="1"/>' in many) == (True, False)


def test_sheets_are_printed_across_with_page_numbers():
    with zipfile.ZipFile(io.BytesIO(report_xlsx(example_report()).content)) as book:
        printed = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(printed) > 5
    for sheet in printed:
        assert 'orientation="landscape"' in sheet
        assert "&amp;LNever tie ratings to pay.&amp;RPage &amp;P of &amp;N" in sheet


def test_sheets_are_called_as_the_parts_of_the_page():
    names = list(sheets(report_xlsx(example_report()).content))
    assert {"Where the loss is", "Where a repair brings most"} <= set(names)


def test_a_part_without_anything_has_no_sheet():
    names = list(sheets(report_xlsx(empty_report()).content))
    assert "Where the loss is" not in names
    assert names[0] == "Summary"


@pytest.mark.parametrize("make", ALL)
def test_the_same_report_gives_the_same_bytes(make):
    for write in (report_csv, report_json, report_xlsx):
        assert write(make()) == write(make())


def test_the_workbook_streams():
    assert len(list(report_xlsx_chunks(large_report(3000)))) > 1


def test_libreoffice_opens_the_workbook(tmp_path):
    """Its second sheet as CSV: the same names and figures."""
    report = example_report()
    to = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    made = converted(report_xlsx(report).content, tmp_path, name="report.xlsx", to=to)
    rows = list(csv.DictReader(io.StringIO(made.read_text("utf-8-sig"), newline="")))
    assert [row["Deliverable"] for row in rows] == [one.deliverable for one in report.finding.handoffs]
    assert [row["From"] for row in rows][:3] == [
        next(party.name for party in report.finding.parties if party.id == one.supplier)
        for one in report.finding.handoffs[:3]
    ]
