"""The paper form: its questions, boxes and words above them, a form a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chainmap.exports.paper_form import PaperForm, PaperForms, PaperQuestion, paper_data, paper_form_pdf
from tests.exports.documents import needs_pdftotext, pdf_pages, pdf_text

QUESTIONS = (
    PaperQuestion("Who is your most important client?", "Write one name.", "lines", ("",)),
    PaperQuestion("Rate live", "How much did you get?", "scores", ("Menu from Luca", "#x $ *b*", ""), ("none", "all")),
    PaperQuestion("The ladder", "Where do you see them?", "ticks", ("Prospect", "Client")),
)
FORMS = PaperForms(
    workshop="Kitchen",
    organization="Trattoria Sole",
    made_on=date(2026, 3, 12),
    mode_sentence="Everybody in this room will see your name.",
    forms=(PaperForm("Anna Kowalska", QUESTIONS), PaperForm("", QUESTIONS, asks_name=True)),
    join_address="https://chain.example.org/w/ABCD-EFGH",
    join_code="ABCD-EFGH",
)


@needs_pdftotext
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_form_a_person_with_the_mode_above_the_first_box(paper: str) -> None:
    made = paper_form_pdf(FORMS, paper)
    assert made.filename == "paper-forms-with-names-kitchen.pdf"
    assert pdf_pages(made.content) == 2
    said = pdf_text(made.content)
    first, second = said.split("Page 1", 1)
    for page in (first, second):
        assert page.index("will see your name") < page.index("1. Who is your most important")
        assert "0 1 2 3 4 5 6 7 8 9 10" in page
        assert "ABCD-EFGH" in page
        assert "#x $ *b*" in page
    assert "Name: Anna Kowalska" in first
    assert "Anna" not in second


def test_the_code_is_there_only_while_people_can_join() -> None:
    assert paper_data(replace(FORMS, join_address=""), "a4")["code"] is None
    code = paper_data(FORMS, "a4")["code"]
    assert "ABCD-EFGH" in code["text"]
    assert "example.org" not in code["text"] + code["alt"]


def test_an_anonymous_form_has_no_line_for_a_name() -> None:
    form = paper_data(replace(FORMS, forms=(PaperForm("", QUESTIONS),)), "a4")["forms"][0]
    assert (form["name"], form["name_label"]) == ("", "")


def test_the_same_forms_give_the_same_bytes() -> None:
    assert paper_form_pdf(FORMS).content == paper_form_pdf(FORMS).content


def test_a_hundred_hand_offs_go_on_over_pages() -> None:
    many = PaperQuestion("Rate live", "How much?", "scores", tuple(f"Menu {n}" for n in range(100)))
    assert pdf_pages(paper_form_pdf(replace(FORMS, forms=(PaperForm("Anna", (many,)),))).content) > 4


def test_nothing_to_print_is_said() -> None:
    with pytest.raises(ValueError, match="no form"):
        paper_form_pdf(replace(FORMS, forms=()))
