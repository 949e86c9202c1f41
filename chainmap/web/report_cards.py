"""The hand-offs of a report one by one, as cards of its page: a sentence, its figures, and what is known besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chainmap.domain.reports import Report, ReportLink
from chainmap.exports import report_words as words
from chainmap.exports.report_figures import of_hundred, range_of_hundred, scaled
from chainmap.exports.report_step_words import MARKS_SHOWN

#: Reasons on a card, most named first.
_REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class CardFigure:
    """A figure of 100 with its label, and its range, "" without one."""

    label: str
    value: str
    spread: str


@dataclass(frozen=True, slots=True)
class LinkCard:
    """One link: everything is told or not there."""

    link: ReportLink
    sentence: str
    sure: str
    figures: Sequence[CardFigure]
    score: str
    reasons: Sequence[tuple[str, str, float]]  # in words, the share in words, the share (0..1)
    care: str
    agreements: Sequence[str]


def link_cards(report: Report) -> list[LinkCard]:
    """A card for each of the first links, in their order."""
    return [_card(report, link) for link in report.links]


def _card(report: Report, link: ReportLink) -> LinkCard:
    return LinkCard(
        link=link,
        sentence=words.loss_sentence(report, link) or words.link_sentence(report, link),
        sure=words.certainty_sentence(report, link),
        figures=_figures(report, link),
        score=words.score_words(link.score),
        reasons=words.reason_rows(link)[:_REASONS_SHOWN],
        care=words.care_sentence(link),
        agreements=words.agreement_sentences(link.agreements, most=MARKS_SHOWN),
    )


def _figures(report: Report, link: ReportLink) -> list[CardFigure]:
    shown = []
    if link.yield_ is not None:
        spread = "" if link.yield_interval is None else range_of_hundred(link.yield_interval)
        shown.append(CardFigure(_("arrives of 100 handed over"), of_hundred(link.yield_, short=True), spread))
    if link.of_created is not None:
        ends = scaled(link.recoverable_interval, words.all_created(report))
        gain, spread = "+" + of_hundred(link.of_created, short=True), "" if ends is None else range_of_hundred(ends)
        shown.append(CardFigure(_("a repair brings, of 100"), gain, spread))
    return shown
