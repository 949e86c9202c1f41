"""What the page of a report shows, part by part: the sentences of the documents, charts with their twins, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from chainmap.domain.reports import Report, ReportLink
from chainmap.exports import report_words as words
from chainmap.exports.chart_rows import Chart
from chainmap.exports.report_charts import report_charts
from chainmap.exports.report_figures import of_hundred, range_of_hundred, scaled
from chainmap.exports.report_files import REPORT_FORMATS, ReportFormat
from chainmap.exports.report_pdf_parts import (
    agreements_data,
    ask_data,
    change_data,
    coverage_data,
    links_data,
    method_data,
    pareto_data,
    said_data,
    structure_data,
)
from chainmap.models import Round, Team, Workshop
from chainmap.services.report_requests import ReportRequest, RequestRows
from chainmap.services.reports import ReportSources
from chainmap.web.report_cards import link_cards


@dataclass(frozen=True, slots=True)
class Chooser:
    """What else there is a report of."""

    rounds: Sequence[Round]
    teams: Sequence[Team]
    workshops: Sequence[Workshop]
    chosen: RequestRows

    @property
    def has_choice(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.rounds) > 1 or bool(self.rounds and self.teams) or bool(self.workshops)


@dataclass(frozen=True, slots=True)
class FirstLink:
    """One of the links of the first screen."""

    link: ReportLink
    lost: str  # of every 100 units of all work
    gain: str
    spread: str
    sure: Sequence[str]  # a line each


@dataclass(frozen=True, slots=True)
class ShownChart:
    """A chart with the addresses of its pictures."""

    chart: Chart
    light: str
    dark: str
    print: str
    light_narrow: str
    dark_narrow: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One format to take along: long ones are asked for by a form, others are a link."""

    key: str
    format: ReportFormat
    address: str


def chooser(sources: ReportSources, rows: RequestRows) -> Chooser:
    """The choices of a page whose report is of ``rows``."""
    return Chooser(sources.rounds, sources.teams, sources.workshops, rows)


def report_context(report: Report, *, charts: str, asked: ReportRequest) -> dict[str, object]:
    """Everything the templates need. ``charts``: the address of a chart called "x"."""
    first = _first_links(report)
    return {
        "report": report,
        "eyebrow": words.report_subject(report),
        "title": words.report_title(report),
        "sentences": words.headline(report),
        "whole": words.whole_words(report),
        "monday": words.monday_lines(report),
        "first_links": first,
        "link_word": words.link_word(by_team=report.scope.by_team),
        "has_draws": any(len(row.sure) > 1 for row in first),
        "charts": _shown_charts(report, charts, asked),
        "pareto": pareto_data(report),
        "links": links_data(report),
        "cards": link_cards(report),
        "coverage": coverage_data(report),
        "ask": ask_data(report),
        "structure": structure_data(report),
        "said": said_data(report),
        "agreements": agreements_data(report),
        "change": change_data(report),
        "method": method_data(report),
        "low": words.low_coverage_sentence(report.coverage),
    }


def take_along(organization: int, asked: ReportRequest) -> list[Taken]:
    """The formats, with the address of those that are made at once."""
    query = _query(asked)
    return [
        Taken(
            key,
            format,
            "" if format.is_long else reverse("chainmap:report_file", args=[organization, key]) + query,
        )
        for key, format in REPORT_FORMATS.items()
    ]


def _first_links(report: Report) -> list[FirstLink]:
    return [_first_link(report, link) for link in report.links[: words.LINKS_FIRST]]


def _first_link(report: Report, link: ReportLink) -> FirstLink:
    created = words.all_created(report)
    spread = scaled(link.recoverable_interval, created)
    return FirstLink(
        link=link,
        lost=of_hundred(link.lost / created) if link.lost is not None and created else "",
        gain="" if link.of_created is None else "+" + of_hundred(link.of_created),
        spread="" if spread is None else range_of_hundred(spread),
        sure=words.short_certainty(report, link),
    )


def _shown_charts(report: Report, address: str, asked: ReportRequest) -> Mapping[str, ShownChart]:
    return {name: _shown_chart(chart, address, asked) for name, chart in report_charts(report).items()}


def _shown_chart(chart: Chart, address: str, asked: ReportRequest) -> ShownChart:
    own = address.replace("x.svg", f"{chart.name}.svg")
    return ShownChart(
        chart=chart,
        light=own + _query(asked),
        dark=own + _query(asked, theme="dark"),
        print=own + _query(asked, theme="print"),
        light_narrow=own + _query(asked, size="narrow"),
        dark_narrow=own + _query(asked, theme="dark", size="narrow"),
    )


def _query(asked: ReportRequest, **more: str) -> str:
    numbers = {"round": asked.round, "team": asked.team, "workshop": asked.workshop}
    said = {name: str(value) for name, value in numbers.items() if value is not None} | more
    return f"?{urlencode(said)}" if said else ""
