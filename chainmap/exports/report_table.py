"""The hand-offs of a report as rows: one list of columns for CSV, XLSX and JSON alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from chainmap.domain.findings import HandOffFinding, PartyFinding
from chainmap.domain.intervals import Interval
from chainmap.domain.reports import Report, ReportLink

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Cell = str | int | float | None


class Kind(StrEnum):
    """How a column is shown in a spreadsheet."""

    TEXT = "text"
    WHOLE = "whole"
    SCORE = "score"  # 0..10 or -100..100, one decimal
    AMOUNT = "amount"  # person-equivalents, two decimals
    SHARE = "share"  # 0..1, as a percentage


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` is the name in CSV and JSON, the same in every language; ``title`` is for people."""

    field: str
    title: _StrPromise
    kind: Kind


#: supplier, customer, deliverable and volume are named and written as the import of hand-offs reads them.
COLUMNS: tuple[Column, ...] = (
    Column("rank", _("Rank"), Kind.WHOLE),
    Column("supplier", _("Supplier (id)"), Kind.TEXT),
    Column("supplier_name", _("From"), Kind.TEXT),
    Column("supplier_team", _("Team that gives"), Kind.TEXT),
    Column("customer", _("Customer (id)"), Kind.TEXT),
    Column("customer_name", _("To"), Kind.TEXT),
    Column("customer_team", _("Team that receives"), Kind.TEXT),
    Column("deliverable", _("Deliverable"), Kind.TEXT),
    Column("volume", _("Volume"), Kind.AMOUNT),
    Column("share", _("Share of the supplier’s output"), Kind.SHARE),
    Column("basis", _("Based on"), Kind.TEXT),
    Column("answers", _("Answers"), Kind.TEXT),
    Column("mean_score", _("Mean score (0–10)"), Kind.SCORE),
    Column("nps", _("Net promoter score"), Kind.SCORE),
    Column("yield", _("Arrives"), Kind.SHARE),
    Column("yield_low", _("Arrives, at least (90 %)"), Kind.SHARE),
    Column("yield_high", _("Arrives, at most (90 %)"), Kind.SHARE),
    Column("flow", _("Put in (person-equivalents)"), Kind.AMOUNT),
    Column("lost", _("Lost (person-equivalents)"), Kind.AMOUNT),
    Column("lost_low", _("Lost, at least (90 %)"), Kind.AMOUNT),
    Column("lost_high", _("Lost, at most (90 %)"), Kind.AMOUNT),
    Column("lost_share", _("Share of all loss"), Kind.SHARE),
    Column("recoverable", _("A repair brings (person-equivalents)"), Kind.AMOUNT),
    Column("recoverable_low", _("A repair brings, at least (90 %)"), Kind.AMOUNT),
    Column("recoverable_high", _("A repair brings, at most (90 %)"), Kind.AMOUNT),
    Column("top_probability", _("Among the five largest, in so many of all draws"), Kind.SHARE),
)
FIELDS: tuple[str, ...] = tuple(column.field for column in COLUMNS)


def report_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Every hand-off (or team link), ranked ones first, as ``COLUMNS`` has them; None is what is not known.

    Answers, scores and ranges stand beside those the report tells of by themselves; a band ("5-7") is text.
    """
    parties = {party.id: party for party in report.finding.parties}
    told = {link.key: link for link in report.links}
    counted = not report.finding.released
    for handoff in report.finding.handoffs:
        yield _row(handoff, parties, told.get(handoff.key), counted=counted)


def _row(
    handoff: HandOffFinding, parties: Mapping[str, PartyFinding], link: ReportLink | None, *, counted: bool
) -> tuple[Cell, ...]:
    supplier, customer = parties.get(handoff.supplier), parties.get(handoff.customer)
    answers = link.score.answers if link else str(handoff.ratings) if counted and handoff.ratings else ""
    score = link.score if link else None
    return (
        handoff.rank,
        handoff.supplier,
        supplier.name if supplier else handoff.supplier,
        supplier.team if supplier else "",
        handoff.customer,
        customer.name if customer else handoff.customer,
        customer.team if customer else "",
        handoff.deliverable,
        handoff.volume,
        handoff.share,
        handoff.basis.value,
        int(answers) if answers.isdecimal() else answers or None,
        score.mean if score else None,
        _nps(link),
        handoff.yield_,
        *_ends(link.yield_interval if link else None),
        handoff.flow,
        handoff.lost,
        *_ends(link.lost_interval if link else None),
        handoff.lost_share,
        handoff.recoverable,
        *_ends(link.recoverable_interval if link else None),
        link.top_probability if link else None,
    )


def _nps(link: ReportLink | None) -> int | None:
    """With ten answers or more, as everywhere."""
    if link is None:
        return None
    if link.score.nps is not None and link.score.nps.named:
        return link.score.nps.score
    return link.score.released_nps


def _ends(interval: Interval | None) -> Sequence[float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)
