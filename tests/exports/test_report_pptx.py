"""The report as slides: opened by python-pptx and by LibreOffice, native figures, and what was typed stays text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from chainmap.domain.reports import Report, Subject
from chainmap.exports import report_pptx_drawn as drawn_module
from chainmap.exports import report_words as words
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.report_pptx import report_pptx
from chainmap.exports.report_pptx_parts import STEPS_SHOWN
from chainmap.exports.report_step_words import monday_steps
from chainmap.exports.slide_text import fitted, fitted_link, line_count, shown, text_height
from tests.exports import reports
from tests.exports.documents import needs_pdftotext, pdf_text
from tests.exports.examples import HOSTILE_NAMES
from tests.exports.programs import converted
from tests.exports.test_report_pdf import _named

# a report is never changed, and working one out takes longer than writing it
example_report, released_report, empty_report, one_rating_report, large_report = map(
    cache,
    (
        reports.example_report,
        reports.released_report,
        reports.empty_report,
        reports.one_rating_report,
        lambda: reports.large_report(400),
    ),
)


@cache
def team_report() -> Report:
    scope = replace(example_report().scope, subject=Subject.TEAM, name="Works")
    return replace(example_report(), scope=scope, change=None)


@cache
def workshop_report() -> Report:
    scope = replace(example_report().scope, subject=Subject.WORKSHOP, name="Off-site", round="", closed_on=None)
    return replace(example_report(), scope=scope, change=None, coverage=None)


@cache
def nothing_report() -> Report:
    """Not even a person."""
    empty = empty_report()
    finding = replace(empty.finding, parties=(), handoffs=(), analysed=False)
    return replace(empty, finding=finding, ask_next=(), coverage=None, structure=replace(empty.structure, loops=(),
                   single_points=(), dead_ends=(), customers_without_supplier=()))  # fmt: skip


@cache
def hostile_report() -> Report:
    return _named(replace(example_report(), change=None), HOSTILE_NAMES)


@cache
def long_report() -> Report:
    """Every name as long as one may be, in ten scripts."""
    names = tuple(
        (word * 40)[:160]
        for word in ("W", "Übergang ", "山田", "ليلى ", "דבורה ", "प्रिया ", "สมชาย", "김철수", "Ольга ", "Νίκος ")
    )
    report = _named(example_report(), names)
    links = tuple(replace(link, deliverable="a long deliverable " * 9) for link in report.links)
    bars = tuple(replace(bar, deliverable="" if bar.key is None else "W" * 90) for bar in report.pareto)
    scope = replace(report.scope, organization=names[0], round=names[1])
    return replace(report, links=links, pareto=bars, scope=scope, change=replace(report.change, round=names[1]))


ALL = (
    example_report,
    released_report,
    empty_report,
    one_rating_report,
    large_report,
    team_report,
    workshop_report,
    nothing_report,
    hostile_report,
    long_report,
)


@cache
def content(make: Any) -> bytes:
    return report_pptx(make()).content


def slides(make: Any) -> list[Any]:
    return list(Presentation(io.BytesIO(content(make))).slides)


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def tables(slide: Any) -> list[list[list[str]]]:
    found = [shape.table for shape in slide.shapes if shape.has_table]
    return [[[cell.text_frame.text for cell in row.cells] for row in table.rows] for table in found]


def alternative(shape: Any) -> str:
    return shape.element.xpath(".//p:cNvPr")[0].get("descr", "")


def all_words(slide: Any) -> str:
    return "\n".join(
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        + [cell for table in tables(slide) for row in table for cell in row]
    ).replace("\u200e", "")


def notes(slide: Any) -> str:
    return slide.notes_slide.notes_text_frame.text.replace("\u200e", "")


# ---- every report


@pytest.mark.parametrize("make", ALL)
def test_six_slides_with_titles_notes_feet_and_words_for_what_is_drawn(make):
    deck = Presentation(io.BytesIO(content(make)))
    assert deck.slide_width * 9 == deck.slide_height * 16
    assert len(deck.slides) == 6
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert len(set(titles)) >= 5  # an outline that says something
    for number, slide in enumerate(deck.slides, start=1):
        assert next(iter(slide.shapes)) == slide.shapes.title  # what is read out first
        assert notes(slide)
        assert "Never tie ratings to pay." in all_words(slide)
        assert slide.element.xpath(".//a:fld[@type='slidenum']"), number
        for shape in slide.shapes:
            if not shape.has_text_frame:
                assert alternative(shape)
        assert len({shape.shape_id for shape in slide.shapes}) == len(slide.shapes)


@pytest.mark.parametrize("make", ALL)
def test_nothing_leaves_its_slide_or_lies_on_something_else(make):
    for slide in slides(make):
        placed = [(shape.left, shape.top, shape.left + shape.width, shape.top + shape.height) for shape in slide.shapes]
        assert all(0 <= left < right <= Inches(13.334) for left, _top, right, _bottom in placed)
        assert all(0 <= top < bottom <= Inches(7.5) for _left, top, _right, bottom in placed)
        for table in (shape.table for shape in slide.shapes if shape.has_table):
            columns = [column.width for column in table.columns]
            for row in table.rows:
                for cell, width in zip(row.cells, columns, strict=True):
                    room = (width - cell.margin_left - cell.margin_right) / Inches(1)
                    needed = sum(
                        text_height([run.text], room, run.font.size.pt)
                        for paragraph in cell.text_frame.paragraphs
                        for run in paragraph.runs
                    )
                    assert needed <= row.height / Inches(1)


@pytest.mark.parametrize("make", ALL)
def test_words_fit_their_boxes(make):
    for slide in slides(make):
        for shape in slide.shapes:
            sizes = [run.font.size for paragraph in shape.text_frame.paragraphs for run in paragraph.runs
                     if run.font.size] if shape.has_text_frame else []  # fmt: skip
            if sizes:
                texts = [paragraph.text for paragraph in shape.text_frame.paragraphs]
                needed = text_height([shown(text) for text in texts], shape.width / Inches(1), sizes[0].pt)
                assert needed <= shape.height / Inches(1) * 1.02
                assert sizes[0].pt >= 10


@pytest.mark.parametrize("make", ALL)
def test_the_same_report_gives_the_same_bytes_without_a_clock(make):
    assert report_pptx(make()).content == content(make)
    with zipfile.ZipFile(io.BytesIO(content(make))) as package:
        inner = [package.read(name) for name in package.namelist() if name.endswith(".xlsx")]
        assert package.namelist() == ["[Content_Types].xml", *sorted(set(package.namelist()) - {"[Content_Types].xml"})]
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for book in inner:
        with zipfile.ZipFile(io.BytesIO(book)) as package:
            assert b"2000-01-01T00:00:00Z" in package.read("docProps/core.xml")


@pytest.mark.parametrize("make", [example_report, hostile_report, long_report])
def test_nothing_in_it_runs_or_leads_away(make):
    with zipfile.ZipFile(io.BytesIO(content(make))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        assert not re.search(r"vba|activeX|oleObject|externalLink|thumbnail|printer", name)
        assert b'TargetMode="External"' not in part
        assert b"hlinkClick" not in part
        assert b"Steve" not in part
    books = [part for name, part in parts.items() if name.endswith(".xlsx")]
    assert books
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as package:
            sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/")]
        assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]


# ---- the example, slide by slide


def test_the_first_slide_says_it_all():
    report, slide = example_report(), slides(example_report)[0]
    said = all_words(slide).replace("\u00a0", " ")
    assert slide.shapes.title.text_frame.text == "Where work is lost: Küchen & Co"
    for sentence in words.headline(report):
        assert sentence.replace("\u00a0", " ") in said
    for part in ("23", "of every 100 arrive", "(90 %: 11 to 35)", "67 are lost at hand-offs"):
        assert part in said.split("\n")
    assert "12 of 13 hand-offs asked about were rated" in notes(slide)


def test_the_parts_of_the_bar_are_as_wide_as_their_shares():
    bars = [shape for shape in slides(example_report)[0].shapes if shape.name.startswith("Rectangle")]
    widths = [bar.width for bar in bars if bar.top == Inches(5.75)]
    shares = [part.share for part in words.whole_words(example_report())]
    assert [width / sum(widths) for width in widths] == pytest.approx(shares, abs=1e-3)
    assert all(bar.element.xpath(".//*[local-name()='decorative'][@val='1']") for bar in bars)


def test_the_chain_is_a_picture_told_in_words():
    slide = slides(example_report)[1]
    (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
    assert picture.image.content_type == "image/png"
    assert "A chain read from left to right" in alternative(picture)
    width, height = picture.image.size
    assert picture.width / picture.height == pytest.approx(width / height, rel=0.01)


def test_a_chain_that_cannot_be_drawn_is_a_sentence(monkeypatch):
    def fail(*_given: Any, **_options: Any) -> bytes:
        raise PictureError(PictureFailure.TIME)

    monkeypatch.setattr(drawn_module, "draw", fail)
    made = Presentation(io.BytesIO(report_pptx(example_report()).content))
    said = all_words(made.slides[1])
    assert str(PictureError(PictureFailure.TIME)) in said
    assert "A chain read from left to right" in said


def test_the_pareto_is_a_chart_with_the_figures_of_the_report():
    report = example_report()
    (chart,) = charts(slides(example_report)[2])
    together, own = chart.plots[0].series
    assert list(together.values) == pytest.approx([bar.cumulative for bar in report.pareto])
    total = sum(bar.lost for bar in report.pareto)
    assert list(own.values) == pytest.approx([bar.lost / total for bar in report.pareto])
    names = [name.replace("\u200e", "") for name in chart.plots[0].categories]
    assert names[5] == "Ann Müller → 山田 太郎 (brief)"
    book = CalamineWorkbook.from_filelike(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    head, *rows = book.get_sheet_by_name("Sheet1").to_python()
    assert head == ["", "together", "of all loss"]
    assert [row[2] for row in rows] == pytest.approx(list(own.values))
    assert [row[0] for row in rows] == list(chart.plots[0].categories)
    title = slides(example_report)[2].shapes.title.text_frame.text
    assert title == words.pareto_sentence(report).replace("\u00a0", title[title.index("%") - 1])


def test_a_loss_that_is_only_assumed_is_one_quiet_bar():
    rest = replace(example_report().pareto[-1], cumulative=1.0, others=14)
    made = Presentation(io.BytesIO(report_pptx(replace(example_report(), pareto=(rest,))).content))
    (chart,) = charts(made.slides[2])
    assert list(chart.plots[0].categories) == ["14 other hand-offs"]
    assert [list(series.values) for series in chart.plots[0].series] == [[1.0], [1.0]]
    assert made.slides[2].shapes.title.text_frame.text.startswith("Nobody has reported where it is lost")


def test_a_tall_picture_shows_fewer_hand_offs_and_its_key_stands_below():
    slide = slides(large_report)[1]
    (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
    drawn = int(re.search(r"hand-offs: (\d+)\.", alternative(picture))[1])
    assert drawn < drawn_module.PICTURE_HANDOFFS[0]
    (key,) = [shape for shape in slide.shapes if shape.has_text_frame and "smaller" in shape.text_frame.text]
    assert f"{400 - drawn} smaller hand-offs" in key.text_frame.text
    assert "The spreadsheet has them all." in key.text_frame.text
    assert key.top >= picture.top + picture.height
    assert (
        drawn_module._scale(picture.image.blob) >= drawn_module._LEGIBLE or drawn == drawn_module.PICTURE_HANDOFFS[-1]
    )


def test_the_colours_of_the_picture_are_told_in_words():
    slide = slides(example_report)[1]
    said = all_words(slide).replace("\u00a0", " ").split("\n")
    bands = ["under 40 %", "from 40 %", "from 60 %", "from 75 %", "90 % and more"]
    assert [line for line in said if line in bands] == bands
    swatches = [shape for shape in slide.shapes if shape.name.startswith("Rectangle")]
    assert [str(swatch.fill.fore_color.rgb).lower() for swatch in swatches] == [
        colour.lstrip("#") for colour in PALETTES["light"].bands
    ]


def test_many_small_losses_stand_without_the_rest_and_say_how_much_that_is():
    slide = slides(large_report)[2]
    (chart,) = charts(slide)
    assert len(list(chart.plots[0].categories)) == 10
    assert "390 other hand-offs: " in all_words(slide)


def test_the_table_has_the_five_hand_offs_with_figures_and_what_was_agreed():
    report, agreed = example_report(), (reports.AgreementMark("a call on Friday", None),)
    (table,) = tables(slides(example_report)[3])
    assert table[0] == ["", "Hand-off", "arrives of 100 handed over", "lost of 100", "won back", "how sure"]
    assert [row[0] for row in table[1:]] == ["1", "2", "3", "4", "5"]
    assert table[1][1].replace("\u200e", "") == "דבורה כהן → Hotel Größe\na working kitchen"
    assert table[1][2:] == ["62\n18 to 96", "7.7", "+7.7\n0.6 to 19", "89 of 100 draws\n1 answer"]
    links = (replace(report.links[0], agreements=agreed), *report.links[1:])
    made = Presentation(io.BytesIO(report_pptx(replace(report, links=links)).content))
    (table,) = tables(made.slides[3])
    assert [row[-1] for row in table[:3]] == ["Agreed in the room", "Agreed: “a call on Friday”.", ""]
    assert words.certainty_sentence(report, report.links[0]) in notes(made.slides[3])


def test_the_change_is_a_chart_whose_parts_add_up():
    change = example_report().change
    (chart,) = charts(slides(example_report)[4])
    *parts, total = chart.plots[0].series[0].values
    assert sum(parts) == pytest.approx(total) == pytest.approx(change.lost_now - change.lost_before)
    assert chart.value_axis.minimum_scale == -chart.value_axis.maximum_scale
    assert "Hand-offs that moved most" in notes(slides(example_report)[4])


def test_rounds_of_another_kind_are_not_drawn_side_by_side():
    change = replace(example_report().change, comparable=False)
    made = Presentation(io.BytesIO(report_pptx(replace(example_report(), change=change)).content))
    assert charts(made.slides[4]) == []
    assert "not of one kind" in all_words(made.slides[4])


def test_without_a_round_before_it_says_what_was_answered_and_what_to_ask():
    slide = slides(team_report)[4]
    assert slide.shapes.title.text_frame.text.startswith("12 of 13 hand-offs asked about were rated")
    (table,) = tables(slide)
    assert len(table) == 7
    assert table[1][2].endswith("%")


def test_monday_has_numbered_steps_and_never_pay():
    report, slide = example_report(), slides(example_report)[5]
    assert slide.shapes.title.text_frame.text == "What to do on Monday"
    said = all_words(slide).replace("\u00a0", " ")
    for line in (*words.monday_lines(report), words.pay_sentence(), words.pay_reason()):
        assert line.replace("\u00a0", " ") in said
    steps = monday_steps(report, most=STEPS_SHOWN)
    assert steps[: len(words.monday_lines(report))] == words.monday_lines(report)
    assert len(slide.element.xpath(".//a:buAutoNum")) == len(steps) == STEPS_SHOWN
    assert all(step.replace("\u00a0", " ") in said for step in steps)
    assert "(kappa = 2)" in notes(slide)
    assert "2 more hand-offs are ranked below" in notes(slide)


def test_it_says_of_what_it_is_and_from_when():
    made = report_pptx(example_report())
    about = Presentation(io.BytesIO(made.content)).core_properties
    assert made.filename == "report-kuchen-co-spring-2026.pptx"
    assert (about.title, about.author, about.last_modified_by) == (
        "Where work is lost: Küchen & Co",
        "Chainmap",
        "Chainmap",
    )
    assert about.created == about.modified == datetime(2026, 5, 18)  # noqa: DTZ001


# ---- little is known


def test_without_ratings_no_figure_is_made_up():
    made = slides(empty_report)
    assert [chart for slide in made for chart in charts(slide)] == []
    assert "No ratings yet" in all_words(made[0])
    assert "of every 100 arrive" not in all_words(made[0])
    assert "No customer: " in all_words(made[3])


def test_without_anybody_it_says_what_to_enter():
    made = slides(nothing_report)
    assert "nobody and no hand-off has been entered" in made[1].shapes.title.text_frame.text
    assert "enter the people" in all_words(made[1])


def test_a_release_shows_bands_and_no_ranges():
    made = slides(released_report)
    (table,) = tables(made[3])
    assert [row[-1] for row in table[1:3]] == ["more than 20 people", "8–12 people"]
    assert not re.search(r"90 %(?! and more)", "".join(all_words(slide) for slide in made[:4]).replace("\u00a0", " "))
    assert "nobody’s answer can be worked out" in notes(made[5])


def test_names_stay_the_text_that_was_typed():
    report = _named(example_report(), ("=1+1", "http://example.org/x", "<b>bold</b> &amp;", "@SUM(1)"))
    made = Presentation(io.BytesIO(report_pptx(report).content))
    said = "\n".join(all_words(slide) + notes(slide) for slide in made.slides)
    for name in ("=1+1", "http://example.org/x", "<b>bold</b> &amp;", "@SUM(1)"):
        assert name in said
    (chart,) = charts(made.slides[2])
    assert any(name.startswith("=1+1 →") for name in chart.plots[0].categories)


# ---- another program


@needs_pdftotext
@pytest.mark.parametrize("make", [example_report, hostile_report])
def test_libreoffice_shows_six_pages(make, tmp_path):
    document = converted(content(make), tmp_path, name="report.pptx", to="pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page[/\s>]", document)) == 6
    said = pdf_text(document)
    for part in ("Where work is lost", "of every 100 arrive", "Where a repair brings most", "Never tie ratings to pay.",
                 "What to do on Monday"):  # fmt: skip
        assert part in said


# ---- words that fit


def test_words_are_cut_only_at_the_smallest_size():
    assert fitted(["Anna and Bob"], 4, 1, (24, 12)) == (["Anna and Bob"], 24)
    assert fitted(["word " * 30], 4, 0.9, (24, 12))[1] == 12
    kept, size = fitted(["short", "word " * 300], 4, 0.9, (24, 12))
    assert (kept[0], size) == ("short", 12)
    assert kept[1].endswith("…")
    assert text_height(kept, 4, size) <= 0.9


def test_both_names_of_a_hand_off_are_cut_alike():
    made = fitted_link("A" * 60, "B" * 60, by_team=True, width=3, size=12)
    assert re.fullmatch(r"A+… → B+…", made)
    assert line_count(made, 3, 12) == 1
    assert fitted_link("A" * 60, "A" * 59 + "B", by_team=True, width=2, size=12).count("→") == 1


def test_names_that_read_from_the_right_do_not_turn_the_arrow():
    assert shown("ليلى → דבורה 5") == "ليلى\u200e → דבורה\u200e 5"
