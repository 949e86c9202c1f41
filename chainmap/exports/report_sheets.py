"""The parts of a report as tables with a sentence each, for the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chainmap.domain.reports import Report
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_parts, change_sentences, change_total
from chainmap.exports.report_link_words import agreement_sentences, capitalized, link_sentence, reasons_sentence
from chainmap.exports.report_method_words import hidden_sentences, method_rows, pay_reason, pay_sentence, who_may_see
from chainmap.exports.report_part_words import (
    agreement_rows,
    agreements_sentence,
    ask_next_sentence,
    coverage_sentences,
    low_coverage_sentence,
    mean_sentence,
    moments_sentence,
    nps_words,
    structure_said,
)
from chainmap.exports.report_table import Cell, Column, Kind
from chainmap.exports.report_words import headline, monday_lines, pareto_sentence, report_subject, report_title


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``bars``: columns drawn as bars over the first one; ``line``: the column drawn as a line."""

    name: str
    sentence: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    bars: Sequence[int] = ()
    line: int | None = None


#: Columns that hold sentences.
SAID = frozenset({"text"})
_LABEL, _TEXT = Column("about", lazy("About"), Kind.TEXT), Column("text", lazy("What is said"), Kind.TEXT)
_FROM = Column("supplier", lazy("From"), Kind.TEXT)
_TO = Column("customer", lazy("To"), Kind.TEXT)
_WHAT = Column("deliverable", lazy("Deliverable"), Kind.TEXT)
_WHERE = Column("where", lazy("Between"), Kind.TEXT)
_LOST = Column("lost", lazy("Lost (person-equivalents)"), Kind.AMOUNT)
_RUNNING = Column("cumulative", lazy("Running share of all loss"), Kind.SHARE)


def report_sheets(report: Report) -> list[Sheet]:
    """The first one holds sentences; the others are tables that have something in them."""
    parts = [_pareto(report), _links(report), _ask_next(report), _structure(report), _change(report), _moved(report)]
    return [_summary(report), *[part for part in parts if part.rows]]


def _summary(report: Report) -> Sheet:
    said: list[tuple[str, str]] = [(_("In short"), sentence) for sentence in headline(report) if sentence]
    said += [(_("What to do on Monday"), line) for line in monday_lines(report)]
    said += [(_("How much was answered"), one) for one in coverage_sentences(report.coverage)]
    said += [(_("How much was answered"), low_coverage_sentence(report.coverage))]
    said += [(_("What was said"), one) for one in (mean_sentence(report.score), nps_words(report.score))]
    said += [
        (_("Moments"), moments_sentence(report.moments)),
        (_("Agreements"), agreements_sentence(report.agreements)),
    ]
    said += [(label, str(count)) for label, count in agreement_rows(report.agreements)]
    said += [(_("Not shown"), one) for one in hidden_sentences(report.hidden)]
    said += method_rows(report)
    said += [(_("Who this is for"), who_may_see(report)), (_("Never for pay"), f"{pay_sentence()} {pay_reason()}")]
    said += [(_("Made from"), report.proof)]
    of = [(_("Report"), " · ".join(report_subject(report)))]
    rows = [(label, text) for label, text in of + said if text]
    return Sheet(_("Summary"), report_title(report), (_LABEL, _TEXT), rows)


def _pareto(report: Report) -> Sheet:
    rows = [
        (
            _("%(count)s others") % {"count": bar.others}
            if bar.key is None
            else _where(bar.supplier, bar.customer, bar.deliverable),
            bar.lost,
            bar.cumulative,
        )
        for bar in report.pareto
    ]
    return Sheet(_("Where the loss is"), pareto_sentence(report), (_WHERE, _LOST, _RUNNING), rows, bars=(1,), line=2)


def _links(report: Report) -> Sheet:
    gain = Column("recoverable", lazy("A repair brings (person-equivalents)"), Kind.AMOUNT)
    reasons = Column("reasons", lazy("Reasons"), Kind.TEXT)
    agreed = Column("agreements", lazy("Agreed in the room"), Kind.TEXT)
    rows = [
        (
            _where(link.supplier, link.customer, link.deliverable),
            link.lost,
            link.recoverable,
            capitalized(link_sentence(report, link)),
            reasons_sentence(link),
            " ".join(agreement_sentences(link.agreements)),
        )
        for link in report.links
    ]
    columns = (_WHERE, _LOST, gain, _TEXT, reasons, agreed)
    return Sheet(
        _("Where a repair brings most"), _("What repairing one hand-off alone would bring."), columns, rows, bars=(1, 2)
    )


def _ask_next(report: Report) -> Sheet:
    weight = Column("weight", lazy("Part of what is unsure"), Kind.SHARE)
    answers = Column("ratings", lazy("Answers so far"), Kind.WHOLE)
    rows = [
        (clean_text(line.supplier), clean_text(line.customer), clean_text(line.deliverable), line.weight, line.ratings)
        for line in report.ask_next
    ]
    return Sheet(_("Ask next"), ask_next_sentence(report), (_FROM, _TO, _WHAT, weight, answers), rows)


def _structure(report: Report) -> Sheet:
    rows = [(said.title, said.sentence) for said in structure_said(report.structure)]
    return Sheet(
        _("Shape of the chain"), _("What the shape alone says, with or without answers."), (_LABEL, _TEXT), rows
    )


def _change(report: Report) -> Sheet:
    if report.change is None:
        return Sheet(_("What changed"), "", (), ())
    part = Column("part", lazy("Part"), Kind.TEXT)
    amount = Column("amount", lazy("Change of what is lost (person-equivalents)"), Kind.AMOUNT)
    parts = [*change_parts(report.change), change_total(report.change)]
    rows = [(one.label, one.amount) for one in parts]
    return Sheet(_("What changed"), " ".join(change_sentences(report.change)), (part, amount), rows, bars=(1,))


def _moved(report: Report) -> Sheet:
    if report.change is None:
        return Sheet(_("What moved most"), "", (), ())
    columns = (
        _WHERE,
        Column("before", lazy("Lost before"), Kind.AMOUNT),
        Column("now", lazy("Lost now"), Kind.AMOUNT),
        Column("by_yield", lazy("By what arrives"), Kind.AMOUNT),
        Column("by_flow", lazy("By how much is handed over"), Kind.AMOUNT),
    )
    rows = [
        (_where(one.supplier, one.customer, one.deliverable), one.before, one.now, one.by_yield, one.by_flow)
        for one in report.change.moved
    ]
    return Sheet(_("What moved most"), _("Amounts in person-equivalents."), columns, rows, bars=(1, 2))


def _where(supplier: str, customer: str, deliverable: str) -> str:
    ends = f"{clean_text(supplier, 60)} → {clean_text(customer, 60)}"
    return f"{ends}: {clean_text(deliverable, 60)}" if deliverable else ends
