"""The report as a typeset document: page 1 alone is enough, then every part with its sentence, picture and figures.

The same report gives the same bytes: the date inside is the day its figures are of. Every picture has its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from chainmap.domain.reports import Report, ReportLink, Subject
from chainmap.exports import report_words as words
from chainmap.exports.chain_picture import chain_picture, draw
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.picture_error import PictureError
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_drawing import drawing
from chainmap.exports.report_figures import of_hundred, range_of_hundred, scaled
from chainmap.exports.report_pdf_parts import (
    agreements_data,
    ask_data,
    change_data,
    coverage_data,
    links_data,
    method_data,
    pareto_data,
    range_data,
    said_data,
    structure_data,
)
from chainmap.exports.typst_file import pdf_document
from chainmap.exports.workshop_report import (
    ALTERNATIVE,
    NAME,
    SENTENCE,
    TYPST_PAPER,
    Paper,
    document_language,
    page_words,
)

#: The day inside a document whose figures are of no day.
NO_DAY = date(2000, 1, 1)
#: Hand-offs in the picture of page 1: more cannot be told apart in half a page; of a chain of many people the worst.
PICTURE_HANDOFFS, PICTURE_WORST = 40, 22
MANY_PARTIES = 150
#: Names in it are broken early, so that long chains stay legible across a page.
NARROW = 13
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
    return {
        "paper": TYPST_PAPER[paper],
        "lang": document_language(),
        "title": words.report_title(report),
        "eyebrow": " · ".join(words.report_subject(report)),
        "sentences": [clean_text(sentence, 2 * SENTENCE) for sentence in words.headline(report)],
        "whole": _whole_data(report),
        "picture": _picture_data(report),
        "five": _five_data(report),
        "monday": {"title": _("What to do on Monday"), "rows": words.monday_lines(report)},
        "contents": _("What is in this report"),
        "pareto": pareto_data(report),
        "links": links_data(report),
        "coverage": coverage_data(report),
        "ask": ask_data(report),
        "structure": structure_data(report),
        "said": said_data(report),
        "agreements": agreements_data(report),
        "change": change_data(report),
        "method": method_data(report),
        "foot": {"pay": words.pay_sentence(), "about": _about(report), "page": page_words()},
    }


def _about(report: Report) -> str:
    scope = report.scope
    parts = (scope.organization, scope.name, scope.round)
    return clean_text(" · ".join(clean_text(part, NAME) for part in parts if part), 90)


def _whole_data(report: Report) -> dict[str, Any] | None:
    """The figures under the sentences, and the bar: thousandths of all work."""
    parts = words.whole_words(report)
    if not parts:
        return None
    return {
        "figures": [{"kind": part.kind, "value": part.figure, "label": part.label} for part in parts],
        "parts": [{"kind": part.kind, "units": max(round(part.share * 1000), 1)} for part in parts if part.share > 0],
    }


def _picture_data(report: Report) -> dict[str, Any]:
    """The chain as a drawing with its words; or why there is none."""
    data: dict[str, Any] = {"title": _("The chain"), "alt": "", "drawn": None, "trouble": ""}
    if not report.finding.parties:
        return data
    most = PICTURE_WORST if len(report.finding.parties) > MANY_PARTIES else PICTURE_HANDOFFS
    picture = chain_picture(report.finding, max_handoffs=most, titled=False, wrap=NARROW)
    try:
        data["drawn"] = drawing(draw(picture, format="svg"))
    except PictureError as error:
        data["trouble"] = str(error)
    else:
        data["alt"] = clean_text(f"{picture.title} {picture.description}", ALTERNATIVE)
    return data


def _five_data(report: Report) -> dict[str, Any] | None:
    """The links to work on first, as a table."""
    links = report.links[:LINKS_FIRST]
    if not links:
        return None
    most = words.most_shown(report)
    return {
        "title": _("Where a repair brings most"),
        "head": [_("Hand-off"), _("lost of 100"), _("won back"), _("how sure")],
        "rows": [_first_row(report, link, most) for link in links],
        "note": _note(report),
    }


def _note(report: Report) -> str:
    note = _("Won back: what repairing this one alone brings; two together bring more or less than their sum.")
    if any(len(words.short_certainty(report, link)) > 1 for link in report.links[:LINKS_FIRST]):
        note += " " + _("How sure: in how many draws of the figures it is among the first five.")
    if report.scope.subject == Subject.TEAM:
        note += " " + _("100 is all work of the whole organization.")
    return note


def _first_row(report: Report, link: ReportLink, most: float) -> Mapping[str, Any]:
    created = words.all_created(report)
    gain, spread = link.of_created, scaled(link.recoverable_interval, created)
    return {
        "rank": str(link.rank),
        "where": words.link_title(link.supplier, link.customer, by_team=report.scope.by_team),
        "what": clean_text(link.deliverable, NAME),
        "lost": of_hundred(link.lost / created, short=True) if link.lost is not None and created else "",
        "gain": "" if gain is None else "+" + of_hundred(gain, short=True),
        "range": "" if spread is None else range_of_hundred(spread),
        "drawn": range_data(gain, spread, most),
        "sure": words.short_certainty(report, link),
    }
