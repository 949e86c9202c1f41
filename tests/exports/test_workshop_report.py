"""The page of a workshop as a PDF: what it says, that it is one page, and long lists on a second one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chainmap.exports.workshop_report import (
    AgreementLine,
    ChainFigures,
    CoffeePair,
    ExerciseLines,
    ResultRow,
    WorkshopSummary,
    figure_parts,
    report_data,
    workshop_pdf,
)
from tests.exports.documents import needs_pdftotext, pdf_pages, pdf_text
from tests.exports.examples import HOSTILE_NAMES

AGREED = AgreementLine("The forecast is there on Friday at noon.", "Luca Bianchi", date(2026, 3, 20))
SUMMARY = WorkshopSummary(
    name="Kitchen: who is our customer?",
    organization="Trattoria Sole",
    team="Kitchen",
    held_on=date(2026, 3, 12),
    headlines=("Of every 100 units of work, 41 reach the customer.", "Most is lost between Luca and Planning."),
    chain=ChainFigures(0.41, 0.47),
    results=(
        ExerciseLines(
            "Rate live",
            "Most arrives of the menu plan.",
            tuple(ResultRow(f"Menu plan {n}", f"{n} of 10", n / 10) for n in range(9)),
        ),
        ExerciseLines("Draw our chain", "14 hand-offs were drawn."),
    ),
    agreements=(AGREED, replace(AGREED, what="Plates come warm.", until=None)),
    coffee=(CoffeePair("Anna Kowalska", "Ελένη", "plates"),),
    purpose="That every guest goes home happier.",
    took_part="About a dozen people took part.",
    method="How these numbers come about: what people said, from 0 to 10.",
)


@needs_pdftotext
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_all_that_was_found_and_agreed_is_on_one_page(paper: str) -> None:
    made = workshop_pdf(SUMMARY, paper)
    assert (made.filename, made.content_type) == ("workshop-kitchen-who-is-our-customer.pdf", "application/pdf")
    assert pdf_pages(made.content) == 1
    said = pdf_text(made.content)
    for words in (
        "Workshop · 12 March 2026 · Kitchen · Trattoria Sole",
        "Of every 100 units of work, 41 reach",
        "What we agreed on",
        "The forecast is there on Friday at noon.",
        "20 March 2026",
        "Menu plan 7",
        "and 1 more",
        "Anna Kowalska and Ελένη plates",
        "That every guest goes home happier.",
        "About a dozen people took part.",
        "Page 1 of 1",
    ):
        assert words in said
    assert "Menu plan 8" not in said


def test_the_paper_is_what_was_asked_for() -> None:
    assert b"/MediaBox[0 0 595" in workshop_pdf(SUMMARY, "a4").content
    assert b"/MediaBox[0 0 612 792]" in workshop_pdf(SUMMARY, "letter").content


def test_the_same_summary_gives_the_same_bytes() -> None:
    assert workshop_pdf(SUMMARY).content == workshop_pdf(SUMMARY).content


@needs_pdftotext
def test_long_lists_go_on_to_a_second_page_and_are_whole() -> None:
    many = tuple(replace(AGREED, what=f"Agreement number {n}.") for n in range(60))
    made = workshop_pdf(replace(SUMMARY, agreements=many)).content
    assert pdf_pages(made) >= 2
    said = pdf_text(made)
    assert [n for n in range(60) if f"Agreement number {n}." not in said] == []
    assert f"Page 2 of {pdf_pages(made)}" in said


@needs_pdftotext
def test_what_is_not_there_leaves_no_empty_heading() -> None:
    bare = WorkshopSummary("Bare", "Trattoria", "", date(2026, 3, 12), took_part="Some people took part.")
    assert bare.is_empty
    said = pdf_text(workshop_pdf(bare).content)
    for words in ("agreed", "coffee", "What it is all for", "100"):
        assert words not in said
    assert "the whole organization" in said


@needs_pdftotext
def test_hostile_names_stay_words_everywhere() -> None:
    evil = '#panic("x") $a$ *b*'
    hostile = replace(
        SUMMARY,
        name=evil,
        team=evil,
        organization=evil,
        headlines=(evil,),
        purpose=evil,
        results=(ExerciseLines(evil, evil, (ResultRow(evil, evil, 7.0),)),),
        agreements=(AgreementLine(evil, evil, None),),
        coffee=(CoffeePair(evil, evil, evil),),
        took_part=evil,
        method=evil,
    )
    said = pdf_text(workshop_pdf(hostile).content).replace("“", '"').replace("”", '"')
    assert said.count(evil) >= 12


def test_every_hostile_name_fits_on_a_page() -> None:
    rows = tuple(ResultRow(name, name, 0.5) for name in HOSTILE_NAMES)
    lines = tuple(AgreementLine(name, name, None) for name in HOSTILE_NAMES)
    made = workshop_pdf(replace(SUMMARY, name="x" * 20_000, results=(ExerciseLines("x", "x", rows),), agreements=lines))
    assert made.content.startswith(b"%PDF")
    assert len(made.filename) < 90


def test_figures_of_the_chain_are_never_rounded_to_nothing_or_all() -> None:
    assert [(kind, value) for kind, value, _ in figure_parts(ChainFigures(0.997, 0.003))] == [
        ("delivered", "99.7"), ("lost", "0.3"), ("before", "0.3")
    ]  # fmt: skip
    assert [value for _, value, _ in figure_parts(ChainFigures(1.0))] == ["100", "0"]


def test_a_chain_that_delivers_nothing_has_a_bar_all_the_same() -> None:
    nothing = replace(SUMMARY, chain=ChainFigures(0.0))
    assert report_data(nothing, "a4")["chain"]["parts"] == [{"kind": "lost", "units": 1000}]
    assert workshop_pdf(nothing).content.startswith(b"%PDF")


def test_no_long_name_squeezes_what_was_agreed() -> None:
    """Thirty agreements of people with long names: the names take three or four lines each, the words one or two."""
    long = replace(AGREED, who="Wolfeschlegelsteinhausenbergerdorff for Bartholomew Featherstonehaugh-Cholmondeley")
    assert pdf_pages(workshop_pdf(replace(SUMMARY, agreements=(long,) * 30)).content) <= 3
