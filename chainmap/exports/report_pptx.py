"""The report as six slides: how much arrives, the chain, where the loss is, what to repair, what changed, Monday.

Every slide has its finding as its title, words for whatever is drawn, and the fuller sentences as speaker notes. Charts
and tables are native, so that they can be changed. What is not known has its slide too, and says so. The same report
gives the same bytes.
"""

from __future__ import annotations

from datetime import date

from chainmap.domain.reports import Report
from chainmap.exports import report_words as words
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_pptx_drawn import chain_content, pareto_content
from chainmap.exports.report_pptx_parts import (
    ask_content,
    change_content,
    five_content,
    headline_content,
    monday_content,
)
from chainmap.exports.slide_house import CONTENT_TYPE, finish_slide, new_deck, packed

#: The day inside a deck whose figures are of no day.
NO_DAY = date(2000, 1, 1)


def report_pptx(report: Report) -> ExportFile:
    """The report as a presentation of six slides, 16:9. Where the chain cannot be drawn a sentence stands instead."""
    scope, deck = report.scope, new_deck()
    comparing = change_content if report.change is not None else ask_content
    makers = (headline_content, chain_content, pareto_content, five_content, comparing, monday_content)
    foot = _foot(report)
    for make in makers:
        slide, notes = make(report, deck)
        finish_slide(slide, foot=foot, notes=notes)
    content = packed(
        deck,
        title=words.report_title(report),
        subject=" · ".join(words.report_subject(report)),
        made_on=scope.closed_on or scope.opened_on or NO_DAY,
    )
    about = " ".join(part for part in (scope.organization, scope.name, scope.round) if part)
    return ExportFile(export_filename("report", about, "pptx"), CONTENT_TYPE, content)


def _foot(report: Report) -> tuple[str, str]:
    scope = report.scope
    parts = (scope.organization, scope.name, scope.round)
    return words.pay_sentence(), clean_text(" · ".join(clean_text(part, 60) for part in parts if part), 90)
