"""The charts of a report: each with its finding as a sentence and its figures as a table.

A chart shows nothing that its table does not say. Names are cleaned here; a template still escapes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.reports import LOW_COVERAGE, Coverage, ParetoBar, Report
from chainmap.domain.response import Band
from chainmap.exports.chart_rows import Chart, Form, Head, Row, make_chart
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_charts import change_chart, moved_chart
from chainmap.exports.report_link_words import link_title
from chainmap.exports.report_part_words import coverage_sentences
from chainmap.exports.report_score_charts import moments_chart, nps_chart
from chainmap.exports.report_words import pareto_sentence
from chainmap.exports.round_words import response_group
from chainmap.exports.words import percent, units

__all__ = [
    "Chart",
    "change_chart",
    "coverage_chart",
    "moments_chart",
    "moved_chart",
    "nps_chart",
    "pareto_chart",
    "report_charts",
]

#: Bars that together make this share of all loss are the ones the eye should go to.
_HALF = 0.5
#: Where no hand-off has a tenth of all loss, shares are given with a decimal.
_COARSE = 0.1
#: The rest of a large chain would make every other bar a hair: it is cut at so many times the largest of them.
_LONGEST_REST = 1.5
_QUARTERS = {band: place / 4 for place, band in enumerate(Band)}


def report_charts(report: Report, *, narrow: bool = False) -> dict[str, Chart]:
    """Every chart there is something to draw for, by name, in the order of the report."""
    makers: tuple[Callable[..., Chart | None], ...] = (
        pareto_chart,
        coverage_chart,
        moments_chart,
        nps_chart,
        change_chart,
        moved_chart,
    )
    made = (make(report, narrow=narrow) for make in makers)
    return {chart.name: chart for chart in made if chart is not None}


# ---- where the loss is


def pareto_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """Losses, largest first, with what they make together; None where nothing is lost or known."""
    bars, total = report.pareto, sum(bar.lost for bar in report.pareto)
    if total <= 0:
        return None
    few, largest = _first_half(bars), max((bar.lost for bar in bars if bar.key is not None), default=total)
    digits = 0 if largest >= _COARSE * total else 1
    end = min(max(bar.lost for bar in bars), _LONGEST_REST * largest)
    figures = [(percent(bar.lost / total, digits), percent(bar.cumulative, digits)) for bar in bars]
    rows = [
        _pareto_row(report, bar, is_first=place < few, figures=figures[place], cut=bar.lost > end)
        for place, bar in enumerate(bars)
    ]
    table = [
        (_("from"), _("to"), _("deliverable"), _("lost (person-equivalents)"), _("of all lost"), _("together")),
        *[(*_pareto_names(report, bar), units(bar.lost), *figure) for bar, figure in zip(bars, figures, strict=True)],
    ]
    drawn = (rows, Form(0, end, narrow), Head(_("of all that is lost"), _("together")))
    return make_chart("pareto", _("Where the loss is"), _pareto_sentence(report, few), table, drawn)


def _first_half(bars: Sequence[ParetoBar]) -> int:
    """How many named bars make half of all loss; all of them where they do not reach it."""
    named = [bar for bar in bars if bar.key is not None]
    return next((place for place, bar in enumerate(named, 1) if bar.cumulative >= _HALF), len(named))


def _pareto_row(report: Report, bar: ParetoBar, *, is_first: bool, figures: tuple[str, str], cut: bool) -> Row:
    kind = "neutral" if bar.key is None else "leak" if is_first else "leak_soft"
    by_team = report.scope.by_team
    name = _rest_name(report, bar) if bar.key is None else link_title(bar.supplier, bar.customer, by_team=by_team)
    return Row(name, 0, bar.lost, kind, clean_text(bar.deliverable), *figures, cut=cut)


def _pareto_names(report: Report, bar: ParetoBar) -> tuple[str, str, str]:
    if bar.key is None:
        return _rest_name(report, bar), "", ""
    return clean_text(bar.supplier), clean_text(bar.customer), clean_text(bar.deliverable)


def _rest_name(report: Report, bar: ParetoBar) -> str:
    text = (
        ngettext("%(count)s other team link", "All %(count)s other team links", bar.others)
        if report.scope.by_team
        else ngettext("%(count)s other hand-off", "All %(count)s other hand-offs", bar.others)
    )
    return text % {"count": number_format(bar.others, 0)}


def _pareto_sentence(report: Report, few: int) -> str:
    if not few:
        return _("Nobody has reported where it is lost: all of it is only assumed.")
    said = pareto_sentence(report)
    is_spread = report.pareto[few - 1].cumulative < _HALF
    return said + " " + _("The rest is spread over many, or only assumed.") if is_spread else said


# ---- how much was answered


def coverage_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """What was answered of what was asked: numbers where they may be told, else quarters; None where neither is."""
    coverage = report.coverage
    if coverage is None:
        return None
    rows = [*_counted_rows(coverage), *_band_rows(coverage, everybody=coverage.people_answered is None)]
    if not rows:
        return None
    marks = ((LOW_COVERAGE, percent(LOW_COVERAGE)),) if coverage.handoffs_rated is not None else ()
    form = Form(0, 1, narrow, name_width=220, column_width=190, track=True)
    table = [
        (_("what"), _("share"), _("answered")),
        *[(row.name, row.figure, row.column) for row in rows],
    ]
    return make_chart(
        "coverage",
        _("How much was answered"),
        " ".join(coverage_sentences(coverage)),
        table,
        (rows, form, Head("", "", marks)),
    )


def _counted_rows(coverage: Coverage) -> list[Row]:
    told = (
        (_("Hand-offs rated"), coverage.handoffs_rated, coverage.handoffs_asked),
        (_("People who answered"), coverage.people_answered, coverage.people_asked),
    )
    rows = []
    for name, part, whole in told:
        if part is not None and whole:
            numbers = _("%(part)s of %(whole)s") % {"part": number_format(part, 0), "whole": number_format(whole, 0)}
            rows.append(Row(name, 0, part / whole, "accent", "", percent(part / whole), numbers))
    return rows


def _band_rows(coverage: Coverage, *, everybody: bool) -> list[Row]:
    bands = [(_("Everybody together"), coverage.band)] if everybody and coverage.band else []
    groups = len(coverage.teams)
    bands += [(response_group(group.teams, groups + 1), group.band) for group in coverage.teams]
    rows = []
    for name, band in bands:
        low = _QUARTERS[Band(band)]
        rows.append(Row(name, 0, low, "accent", "", "", _band_words(band), soft_end=low + 0.25))
    return rows


def _band_words(band: str) -> str:
    return {
        "under_quarter": _("under a quarter"),
        "under_half": _("a quarter to half"),
        "over_half": _("half to three quarters"),
        "over_three_quarters": _("three quarters or more"),
    }[band]
