"""All rounds in a row: what arrives, the mean score and the net promoter score, from the first to the last."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can
from chainmap.domain.roles import Action
from chainmap.exports.charts import ChartError, ChartTheme
from chainmap.exports.compare_files import trend_csv, trend_json
from chainmap.exports.compare_said_words import trend_sentence, trend_verdict
from chainmap.exports.trend_charts import trend_charts, trend_table
from chainmap.services.comparing_views import comparing_allow, comparing_taken, trend_told
from chainmap.services.first_looks import Progress
from chainmap.services.organizations import organization_find
from chainmap.services.report_looks import trend_look
from chainmap.services.report_pictures import report_chart_draw
from chainmap.web.compare_parts import chart_unavailable, drawing_response, shown_charts, word_asked
from chainmap.web.downloads import file_response
from chainmap.web.first_looks import being_worked_out, only_asks
from chainmap.web.pages import page
from chainmap.web.queries import require_known

_THEMES: tuple[ChartTheme, ...] = ("light", "dark", "print")
_FILES = {"csv": trend_csv, "json": trend_json}


@page
def trend(request: HttpRequest, organization: int) -> HttpResponse:
    """All rounds with results, at most the latest of them."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    rounds = trend_look(actor=request.user, organization=found, only_asks=only_asks(request))
    if isinstance(rounds, Progress) or only_asks(request):
        return being_worked_out(request, found, rounds, title=_("All rounds"), way="trend")
    context: dict[str, object] = {"organization": found, "way": "trend", "only": None, "rounds": rounds}
    if not rounds:
        return render(request, "chainmap/compare/none.html", context)
    header, *rows = trend_table(rounds)
    context |= {
        "sentence": trend_sentence(rounds),
        "verdict": trend_verdict(rounds),
        "charts": shown_charts(trend_charts(rounds), reverse("chainmap:trend_chart", args=[organization, "x"])),
        "header": header,
        "rows": rows,
        "has_releases": any(one.by_team for one in rounds),
        "has_signed": any(not one.by_team for one in rounds),
        "files": [(format, reverse("chainmap:trend_file", args=[organization, format])) for format in _FILES]
        if can(request.user, Action.EXPORT_BOTTLENECKS, found)
        else [],
    }
    return render(request, "chainmap/compare/trend.html", context)


@page
def trend_chart(request: HttpRequest, organization: int, trended: str) -> HttpResponse:
    """One of its charts as SVG; ``?theme=`` light, dark or print, ``?size=`` wide or narrow."""
    require_known(request, "theme", "size")
    theme = cast(ChartTheme, word_asked(request, "theme", _THEMES))
    is_narrow = word_asked(request, "size", ("wide", "narrow")) == "narrow"
    found = organization_find(actor=request.user, pk=organization)
    charts = trend_charts(trend_told(actor=request.user, organization=found), narrow=is_narrow)
    if trended not in charts:
        raise Http404
    try:
        return drawing_response(report_chart_draw(charts=charts, name=trended, theme=theme))
    except ChartError as error:
        return chart_unavailable(str(error))


@page
def trend_download(request: HttpRequest, organization: int, trended_format: str) -> HttpResponse:
    """The table as a file to keep: csv or json."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    rounds = trend_told(actor=request.user, organization=found)
    if trended_format not in _FILES or not rounds:
        raise NotFound
    comparing_allow(actor=request.user, organization=found, of="trend", format=trended_format)
    file = _FILES[trended_format](rounds, found.name)
    comparing_taken(actor=request.user, organization=found, file=file)
    return file_response(file)
