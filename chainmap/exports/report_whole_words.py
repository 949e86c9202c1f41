"""What becomes of all work of a report, and how few of its links hold how much of the loss. Names come cleaned."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import ngettext

from chainmap.domain.reports import ParetoBar, Report
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred, parts_of_hundred, plural_of
from chainmap.exports.report_link_words import all_created, link_title
from chainmap.exports.words import percent


@dataclass(frozen=True, slots=True)
class WholePart:
    """One part of all work created: kind (delivered, lost, stranded), share 0..1, the figure and its label."""

    kind: str
    share: float
    figure: str
    label: str


def whole_words(report: Report) -> list[WholePart]:
    """What becomes of every 100 units, largest story first; [] where it is not known. Stranded only where it is."""
    totals = report.totals
    if not totals.created or totals.delivered is None or totals.lost is None:
        return []
    amounts = (totals.delivered, totals.lost, totals.stranded or 0.0)
    shares = [max(amount / totals.created, 0.0) for amount in amounts]
    shares[-1] = 0.0 if shares[-1] <= 1e-9 else shares[-1]  # the rest of a subtraction is not work
    figures = parts_of_hundred(shares)
    numbers = [plural_of(figure) for figure in figures]
    labels = (
        ngettext("of every 100 arrives", "of every 100 arrive", numbers[0]),
        ngettext("is lost at hand-offs", "are lost at hand-offs", numbers[1]),
        ngettext("reaches no end customer", "reach no end customer", numbers[2]),
    )
    parts = zip(("delivered", "lost", "stranded"), shares, figures, labels, strict=True)
    return [WholePart(*part) for part in parts if part[0] != "stranded" or part[1]]


def pareto_sentence(report: Report) -> str:
    """How few hand-offs (or team links) hold how much of the loss: "3 of 12 hand-offs hold 61 % of what is lost".

    Of all there are, also those that lose nothing. "" without loss.
    """
    bars = [bar for bar in report.pareto if bar.key is not None and bar.lost > 0]
    if not bars:
        return ""
    half = next((place for place, bar in enumerate(bars) if bar.cumulative >= 0.5), len(bars) - 1)
    if report.scope.by_team:
        text = ngettext(
            "%(count)s of %(total)s team links holds %(share)s of what is lost.",
            "%(count)s of %(total)s team links hold %(share)s of what is lost.",
            half + 1,
        )
    else:
        text = ngettext(
            "%(count)s of %(total)s hand-offs holds %(share)s of what is lost.",
            "%(count)s of %(total)s hand-offs hold %(share)s of what is lost.",
            half + 1,
        )
    return text % {
        "count": number_format(half + 1, 0),
        "total": number_format(len(report.finding.handoffs), 0, force_grouping=True),
        "share": percent(min(bars[half].cumulative, 1.0)),
    }


def pareto_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """Each bar: where, lost of every 100 units of all work, its share of the loss, and that share added up."""
    created, before, rows = all_created(report) or 1.0, 0.0, []
    for bar in report.pareto:
        own = max(bar.cumulative - before, 0.0)
        rows.append(
            (
                _bar_words(bar, report.scope.by_team),
                of_hundred(bar.lost / created, short=True),
                percent(own),
                percent(min(bar.cumulative, 1.0)),
            )
        )
        before = bar.cumulative
    return rows


def _bar_words(bar: ParetoBar, by_team: bool) -> str:
    if bar.key is None:
        text = (
            ngettext("%(count)s other team link", "%(count)s other team links", bar.others)
            if by_team
            else ngettext("%(count)s other hand-off", "%(count)s other hand-offs", bar.others)
        )
        return text % {"count": number_format(bar.others, 0, force_grouping=True)}
    where = link_title(bar.supplier, bar.customer, by_team=by_team)
    return f"{where} ({clean_text(bar.deliverable, 60)})" if bar.deliverable else where
