"""The report as a typeset document: page 1 alone is enough, then every part with its sentence, picture and figures.

The same report gives the same bytes: the date inside is the day its figures are of. Every picture has its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from chainmap.domain.reports import Report, Subject
from chainmap.exports import report_words as words
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_pdf_chain import chain_data
from chainmap.exports.report_pdf_parts import (
    agreements_data,
    ask_data,
    change_data,
    coverage_data,
    link_row,
    links_data,
    method_data,
    pareto_data,
    said_data,
    structure_data,
)
from chainmap.exports.typst_file import pdf_document
from chainmap.exports.workshop_report import (
    NAME,
    SENTENCE,
    TYPST_PAPER,
    Paper,
    document_language,
    page_words,
)

#: The day inside a document whose figures are of no day.
NO_DAY = date(2000, 1, 1)
#: With so many links a report is longer than the five pages that need no contents; a round before it and a sheet for
#: its chain count like one each.
_LINKS_FOR_CONTENTS = 5
LINKS_FIRST = words.LINKS_FIRST


def report_pdf(report: Report, *, paper: Paper = "a4") -> ExportFile:
    """The report as a tagged PDF with bookmarks, on A4 or US Letter. Raises DocumentError.

    Where the chain cannot be drawn in time a sentence stands in its place.
    """
    scope = report.scope
    made_on = scope.closed_on or scope.opened_on or NO_DAY
    content = pdf_document("report", report_data(report, paper), made_on=made_on)
    subject = " ".join(part for part in (scope.organization, scope.name, scope.round) if part)
    return ExportFile(export_filename("report", subject, "pdf"), "application/pdf", content)


def report_data(report: Report, paper: Paper) -> dict[str, Any]:
    """What the template ``report.typ`` reads: sentences, and figures as parts of a length."""
    picture = chain_data(report, paper)
    return {
        "paper": TYPST_PAPER[paper],
        "lang": document_language(),
        "title": words.report_title(report),
        "eyebrow": " · ".join(words.report_subject(report)),
        "sentences": [clean_text(sentence, 2 * SENTENCE) for sentence in words.headline(report)],
        "whole": _whole_data(report),
        "picture": picture,
        "five": _five_data(report),
        "monday": {"title": _("What to do on Monday"), "rows": words.monday_lines(report)},
        "contents": _("What is in this report") if _is_long(report, picture) else "",
        "decimal": get_format("DECIMAL_SEPARATOR"),
        "pareto": pareto_data(report),
        "links": links_data(report),
        "coverage": coverage_data(report),
        "ask": ask_data(report),
        "structure": structure_data(report),
        "said": said_data(report),
        "agreements": agreements_data(report),
        "change": change_data(report),
        "method": method_data(report),
        "foot": {"pay": words.pay_sentence(), "about": _about(report), "round": _of_when(report), "page": page_words()},
    }


def _is_long(report: Report, picture: Mapping[str, Any]) -> bool:
    more = sum(one is not None for one in (report.change, picture["sheet"]))
    return bool(report.links) and len(report.links) + more >= _LINKS_FOR_CONTENTS


def _about(report: Report) -> str:
    scope = report.scope
    parts = (scope.organization, scope.name, scope.round)
    return clean_text(" · ".join(clean_text(part, NAME) for part in parts if part), 90)


def _of_when(report: Report) -> str:
    """The round and its day, for the head of every page."""
    parts = (clean_text(report.scope.round, NAME), words.date_words(report.scope.closed_on))
    return " · ".join(part for part in parts if part)


def _whole_data(report: Report) -> dict[str, Any] | None:
    """The figures under the sentences, and the bar: thousandths of all work."""
    parts = words.whole_words(report)
    if not parts:
        return None
    return {
        "figures": [{"kind": part.kind, "value": part.figure, "label": part.label} for part in parts],
        "parts": [{"kind": part.kind, "units": max(round(part.share * 1000), 1)} for part in parts if part.share > 0],
    }


def _five_data(report: Report) -> dict[str, Any] | None:
    """The links to work on first, as a table."""
    links = report.links[:LINKS_FIRST]
    if not links:
        return None
    most = words.most_shown(report)
    return {
        "title": _("Where a repair brings most"),
        "head": [words.link_word(by_team=report.scope.by_team), _("lost of 100"), _("won back"), _("how sure")],
        "rows": [link_row(report, link, most) for link in links],
        "note": _note(report),
    }


def _note(report: Report) -> str:
    note = _("Won back: what repairing this one alone brings; two together bring more or less than their sum.")
    if any(len(words.short_certainty(report, link)) > 1 for link in report.links[:LINKS_FIRST]):
        note += " " + _("How sure: in how many draws of the figures it is among the first five.")
    if report.scope.subject == Subject.TEAM:
        note += " " + _("100 is all work of the whole organization.")
    return note
