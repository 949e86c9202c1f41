"""The paper form of a workshop, for those without a phone: the same questions with boxes to tick and lines to write on.

Nothing on it says who somebody is but the name printed on purpose, in an open workshop; the code to scan is the one
that hangs on the wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.answers import HIGHEST_SCORE, LOWEST_SCORE
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.plain_text import clean_text
from chainmap.exports.qr import qr_svg
from chainmap.exports.typst_file import pdf_document
from chainmap.exports.workshop_report import LINE, NAME, SENTENCE, TYPST_PAPER, Paper, document_language

#: Empty rows of a question that several things can be said to.
BLANK_ROWS = 3


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One exercise on paper."""

    title: str
    instruction: str
    #: scores: boxes 0..10 for each row; ticks: a box before each row; lines: a line to write on for each row.
    kind: Literal["scores", "ticks", "lines"]
    #: What stands before the boxes; "" = an empty line to write it on.
    rows: tuple[str, ...]
    ends: tuple[str, str] = ("", "")  # what the lowest and the highest score stand for


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The form of one person: ``name`` "" is a form for anybody, with a line for the name or without."""

    name: str
    questions: tuple[PaperQuestion, ...]
    asks_name: bool = False  # an anonymous workshop never does


@dataclass(frozen=True, slots=True)
class PaperForms:
    """The forms of a workshop."""

    workshop: str
    organization: str
    made_on: date
    mode_sentence: str  # who will see what is written here; stands above the first box
    forms: tuple[PaperForm, ...]
    join_address: str = ""  # "" = the workshop is not open: no code to scan
    join_code: str = ""


def paper_form_pdf(forms: PaperForms, paper: Paper = "a4") -> ExportFile:
    """The forms as a PDF, each beginning on a page of its own. The same forms give the same bytes.

    Raises DocumentError, and ValueError without a form.
    """
    if not forms.forms:
        raise ValueError("no form to print")
    content = pdf_document("workshop_paper", paper_data(forms, paper), made_on=forms.made_on)
    kind = "paper-forms-with-names" if any(form.name for form in forms.forms) else "paper-form"
    return ExportFile(export_filename(kind, forms.workshop, "pdf"), "application/pdf", content)


def paper_data(forms: PaperForms, paper: Paper) -> dict[str, Any]:
    """What the template ``workshop_paper.typ`` reads."""
    title = clean_text(forms.workshop, LINE) or _("Workshop")
    return {
        "paper": TYPST_PAPER[paper],
        "lang": document_language(),
        "title": title,
        "eyebrow": " · ".join([_("Paper form"), clean_text(forms.organization, NAME)]),
        "mode": {"title": _("Who will see this"), "text": clean_text(forms.mode_sentence, SENTENCE)},
        "scores": list(range(int(LOWEST_SCORE), int(HIGHEST_SCORE) + 1)),
        "code": _code_data(forms),
        "forms": [_form_data(form) for form in forms.forms],
        "foot": {"text": _("Please give this sheet to your coach."), "page": pgettext("page number", "Page {page}")},
    }


def _code_data(forms: PaperForms) -> dict[str, str] | None:
    if not forms.join_address:
        return None
    said = _("Code to join with a phone: %(code)s") % {"code": clean_text(forms.join_code, 20)}
    return {"svg": qr_svg(forms.join_address, title=said), "alt": said, "text": said}


def _form_data(form: PaperForm) -> dict[str, Any]:
    return {
        "name": clean_text(form.name, NAME),
        "name_label": _("Name") if form.name or form.asks_name else "",
        "questions": _questions(form.questions),
    }


def _questions(questions: Sequence[PaperQuestion]) -> list[dict[str, Any]]:
    return [
        {
            "title": clean_text(question.title, LINE),
            "instruction": clean_text(question.instruction, 2 * SENTENCE),
            "kind": question.kind,
            "rows": [clean_text(row, 2 * LINE) for row in question.rows],
            "ends": [clean_text(end, LINE) for end in question.ends],
        }
        for question in questions
    ]
