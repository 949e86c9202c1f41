"""The manager's report on screen: its first screen alone is enough; all parts follow; files to take with one."""

from __future__ import annotations

import re
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can
from chainmap.domain.reports import Report
from chainmap.domain.roles import Action
from chainmap.exports.charts import ChartError, ChartTheme
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_charts import report_charts
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.models import Organization, Round
from chainmap.services.first_looks import Progress
from chainmap.services.organizations import organization_find
from chainmap.services.report_looks import report_look
from chainmap.services.report_pictures import report_chart_draw, report_picture_draw
from chainmap.services.report_requests import ReportRequest, RequestRows
from chainmap.services.report_taking import report_rows, report_take
from chainmap.services.reports import report_find, report_sources
from chainmap.services.results import results_state
from chainmap.services.rounds import round_find
from chainmap.web.errors import RETRY_AFTER_SECONDS
from chainmap.web.first_looks import being_worked_out, only_asks
from chainmap.web.linked_picture import linked_picture
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, require_known
from chainmap.web.report_parts import chooser, report_context, take_along

#: What a report may be asked for by.
ASKED = ("round", "team", "workshop")
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_THEMES: tuple[ChartTheme, ...] = ("light", "dark", "print")
#: A drawing opened by itself is a document of this site: it must not be able to do anything here.
_CHART_POLICY = "default-src 'none'; sandbox"


@page
def report(request: HttpRequest, organization: int) -> HttpResponse:
    """The report of the latest round, or of ``?round=``, ``?team=`` or ``?workshop=``."""
    require_known(request, *ASKED)
    wanted = _wanted(request)
    found = organization_find(actor=request.user, pk=organization)
    sources = report_sources(actor=request.user, organization=found)
    rows = report_rows(actor=request.user, organization=found, request=wanted)
    context: dict[str, object] = {"organization": found, "chooser": chooser(sources, rows)}
    try:
        made = report_look(
            actor=request.user,
            organization=found,
            round=rows.round,
            team=rows.team,
            workshop=rows.workshop,
            only_asks=only_asks(request),
        )
    except NotFound:
        return _none_yet(request, rows, context)
    if isinstance(made, Progress) or only_asks(request):
        return being_worked_out(request, found, made, title=_("The report"))
    drawn = report_picture_draw(report=made) if made.finding.parties else None
    context |= report_context(made, charts=reverse("chainmap:report_chart", args=[organization, "x"]), asked=wanted)
    context |= {
        "drawn": drawn,
        "picture": linked_picture(drawn.svg, address=None) if drawn is not None and drawn.svg else "",
        "may_export": can(request.user, Action.EXPORT_BOTTLENECKS, found),
        "may_compare": can(request.user, Action.COMPARE, found),
        "may_share": can(request.user, Action.SHARE_REPORTS, found),
        "asked": wanted,
        "take": take_along(organization, wanted),
        "shown_round": rows.round or next(iter(sources.rounds), None),
        "shown_workshop": rows.workshop,
    }
    return render(request, "chainmap/report/report.html", context)


@page
def report_chart(request: HttpRequest, organization: int, chart: str) -> HttpResponse:
    """One chart of that report as SVG; ``?theme=`` light, dark or print, ``?size=`` wide or narrow."""
    require_known(request, *ASKED, "theme", "size")
    wanted, theme = _wanted(request), _one_of(request, "theme", _THEMES)
    is_narrow = _one_of(request, "size", ("wide", "narrow")) == "narrow"
    found = organization_find(actor=request.user, pk=organization)
    rows = report_rows(actor=request.user, organization=found, request=wanted)
    charts = report_charts(_report(request, found, rows), narrow=is_narrow)
    if chart not in charts:
        raise Http404
    try:
        svg = report_chart_draw(charts=charts, name=chart, theme=cast(ChartTheme, theme))
    except ChartError as error:
        return _unavailable(str(error))
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = _CHART_POLICY
    return response


@page
def report_download(request: HttpRequest, organization: int, report_format: str) -> HttpResponse:
    """The report in a format that is made in pieces, sent while it is written."""
    require_known(request, *ASKED)
    wanted = _wanted(request, format=report_format)
    found = organization_find(actor=request.user, pk=organization)
    if report_format not in REPORT_FORMATS or REPORT_FORMATS[report_format].is_long:
        raise Http404
    file = report_take(actor=request.user, organization=found, request=wanted)
    response = StreamingHttpResponse(file.chunks, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.filename)
    return cast(HttpResponse, response)


@page
def round_report(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """A short way to the report of a round."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    chosen = round_find(actor=request.user, organization=found, pk=round)
    return redirect(f"{reverse('chainmap:report', args=[organization])}?round={chosen.pk}")


def _report(request: HttpRequest, organization: Organization, rows: RequestRows) -> Report:
    return report_find(
        actor=request.user, organization=organization, round=rows.round, team=rows.team, workshop=rows.workshop
    )


def _none_yet(request: HttpRequest, rows: RequestRows, context: dict[str, object]) -> HttpResponse:
    """There is no report yet, and why. Raises NotFound for what may be there for others."""
    if rows.team is not None or rows.workshop is not None:
        raise NotFound
    context |= {"state": "none" if rows.round is None else _state(rows.round), "round": rows.round}
    return render(request, "chainmap/report/none.html", context)


def _state(round: Round) -> str:
    """Why a round has no report: draft, open, or computing."""
    if round.state == Round.State.DRAFT:
        return "draft"
    return "open" if results_state(round=round) == "not_closed" else "computing"


def _wanted(request: HttpRequest, *, format: str = "pdf") -> ReportRequest:
    """What the address asks for. Raises QueryError for numbers that are none, and for a workshop with anything else."""
    round, team, workshop = (_number(request, name) for name in ASKED)
    if workshop is not None and (round is not None or team is not None):
        raise QueryError(_("A workshop has a report of its own: leave out “round” and “team”."))
    return ReportRequest(round=round, team=team, workshop=workshop, format=format)


def _number(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name, "")
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked) or int(asked) >= 2**63:
        said = _("“%(name)s” is a whole number; “%(asked)s” is none. Open the report from its page and choose there.")
        raise QueryError(said % {"name": name, "asked": clean_text(asked, 40)})
    return int(asked)


def _one_of(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    asked = request.GET.get(name, known[0])
    if asked not in known:
        said = _("There is no %(name)s “%(asked)s” here. Write one of: %(known)s.")
        raise QueryError(said % {"name": name, "asked": clean_text(asked, 40), "known": ", ".join(known)})
    return asked


def _unavailable(reason: str) -> HttpResponse:
    """503: the page says the same."""
    context = {
        "title": _("The file cannot be had right now"),
        "reason": reason,
        "step": _("Nothing was changed. Go back, or try again in a minute."),
    }
    response = HttpResponse(render_to_string("chainmap/error.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
