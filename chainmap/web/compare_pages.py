"""One round against another: what changed in the chain, where, by how much, and how sure that is."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can
from chainmap.domain.compared import Compared
from chainmap.domain.compared_map import ComparedMap
from chainmap.domain.roles import Action
from chainmap.exports import compare_said_words as said_words
from chainmap.exports import compare_words as words
from chainmap.exports.charts import ChartError, ChartTheme
from chainmap.exports.compare_charts import compare_charts
from chainmap.exports.compare_files import compare_csv, compare_json, compare_picture_file
from chainmap.exports.compare_picture import compare_size, compare_svg
from chainmap.exports.compare_picture_words import how_to_read, legend_rows, picture_sentences, picture_title
from chainmap.exports.files import ExportFile
from chainmap.models import Organization, Round
from chainmap.services.comparing_views import (
    RoundPair,
    compared_find,
    compared_map_find,
    comparing_allow,
    comparing_taken,
    pair_find,
)
from chainmap.services.first_looks import Progress
from chainmap.services.organizations import organization_find
from chainmap.services.report_looks import compared_look
from chainmap.services.report_pictures import report_chart_draw
from chainmap.web.compare_parts import (
    ShownPicture,
    chart_unavailable,
    drawing_response,
    number_asked,
    query,
    shown_charts,
    word_asked,
)
from chainmap.web.downloads import file_response
from chainmap.web.first_looks import being_worked_out, only_asks
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, require_known

_ROUNDS = ("before", "now")
_THEMES: tuple[ChartTheme, ...] = ("light", "dark", "print")
_FORMATS = ("csv", "json", "svg")


@page
def compare(request: HttpRequest, organization: int) -> HttpResponse:
    """The two latest rounds of one kind, or ``?before=`` and ``?now=``."""
    require_known(request, *_ROUNDS)
    asked = _asked(request)
    found = organization_find(actor=request.user, pk=organization)
    pair = pair_find(actor=request.user, organization=found, **asked)
    context: dict[str, object] = {"organization": found, "rounds": pair.rounds, "way": "compare"}
    if pair.before is None or pair.now is None:
        return render(request, "chainmap/compare/none.html", context | {"only": next(iter(pair.rounds), None)})
    before, now = _different(pair)
    both = compared_look(actor=request.user, before=before, now=now, only_asks=only_asks(request))
    if isinstance(both, Progress) or only_asks(request):
        return being_worked_out(request, found, both, title=_("What changed"), way="compare")
    context |= _context(request, *both, before, now)
    return render(request, "chainmap/compare/compare.html", context)


@page
def compare_picture(request: HttpRequest, organization: int) -> HttpResponse:
    """The picture of those two rounds as SVG; ``?theme=`` light, dark or print."""
    require_known(request, *_ROUNDS, "theme")
    theme = cast(ChartTheme, word_asked(request, "theme", _THEMES))
    _organization, before, now = _rounds(request, organization)
    compared = compared_find(actor=request.user, before=before, now=now)
    found = _map(request, compared, before, now)
    title = picture_title(compared.before.name, compared.now.name)
    return drawing_response(compare_svg(found, title=title, theme=theme))


@page
def compare_chart(request: HttpRequest, organization: int, compared: str) -> HttpResponse:
    """One chart of them as SVG; ``?theme=`` as above, ``?size=`` wide or narrow."""
    require_known(request, *_ROUNDS, "theme", "size")
    theme = cast(ChartTheme, word_asked(request, "theme", _THEMES))
    is_narrow = word_asked(request, "size", ("wide", "narrow")) == "narrow"
    _organization, before, now = _rounds(request, organization)
    charts = compare_charts(compared_find(actor=request.user, before=before, now=now), narrow=is_narrow)
    if compared not in charts:
        raise Http404
    try:
        return drawing_response(report_chart_draw(charts=charts, name=compared, theme=theme))
    except ChartError as error:
        return chart_unavailable(str(error))


@page
def compare_download(request: HttpRequest, organization: int, compared_format: str) -> HttpResponse:
    """All of it as a file to keep: csv, json, or the picture as svg."""
    require_known(request, *_ROUNDS)
    found, before, now = _rounds(request, organization)
    if compared_format not in _FORMATS:
        raise Http404
    of = f"compare {before.pk} {now.pk}"
    comparing_allow(actor=request.user, organization=found, of=of, format=compared_format)
    file = _file(request, compared_format, before, now)
    comparing_taken(actor=request.user, organization=found, file=file)
    return file_response(file)


def _file(request: HttpRequest, format: str, before: Round, now: Round) -> ExportFile:
    compared = compared_find(actor=request.user, before=before, now=now)
    if format == "csv":
        return compare_csv(compared)
    if format == "json":
        return compare_json(compared)
    return compare_picture_file(compared, _map(request, compared, before, now))


def _map(request: HttpRequest, compared: Compared, before: Round, now: Round) -> ComparedMap:
    found = compared_map_find(actor=request.user, compared=compared, before=before, now=now)
    if found is None:
        raise NotFound
    return found


def _asked(request: HttpRequest) -> dict[str, int | None]:
    return {name: number_asked(request, name) for name in _ROUNDS}


def _rounds(request: HttpRequest, organization: int) -> tuple[Organization, Round, Round]:
    """The two rounds of a part of the page. Raises NotFound where there are not two."""
    asked = _asked(request)
    found = organization_find(actor=request.user, pk=organization)
    pair = pair_find(actor=request.user, organization=found, **asked)
    if pair.before is None or pair.now is None:
        raise NotFound
    return found, *_different(pair)


def _different(pair: RoundPair) -> tuple[Round, Round]:
    if pair.before is None or pair.now is None:
        raise NotFound
    if pair.before.pk == pair.now.pk:
        raise QueryError(_("A round cannot be set against itself. Choose two different rounds."))
    return pair.before, pair.now


def _context(
    request: HttpRequest, compared: Compared, shown: ComparedMap | None, before: Round, now: Round
) -> dict[str, object]:
    numbers = {"before": before.pk, "now": now.pk}
    organization = now.organization
    address = reverse("chainmap:compare_chart", args=[organization.pk, "x"])
    change = compared.change
    files = [(format, reverse("chainmap:compare_file", args=[organization.pk, format]) + query(**numbers))
             for format in _FORMATS if change is not None or format == "json"]  # fmt: skip
    return {
        "before": before,
        "now": now,
        "headline": words.headline(compared),
        "obstacles": words.obstacle_sentences(compared),
        "caution": words.kind_caution(compared),
        "swap": reverse("chainmap:compare", args=[organization.pk]) + query(before=now.pk, now=before.pk),
        "before_words": words.round_words(compared.before),
        "now_words": words.round_words(compared.now),
        "compared": compared,
        "picture": _picture(compared, shown, before, now),
        "charts": shown_charts(compare_charts(compared), address, **numbers),
        "loss": "" if change is None else words.loss_sentence(change, by_team=compared.by_team),
        "rows": words.change_rows(compared),
        "rows_left_out": words.rows_sentence(compared),
        "nps": said_words.nps_lines(compared),
        "nps_sentence": said_words.nps_sentence(compared),
        "agreements": said_words.agreement_sentences(compared),
        "files": files if can(request.user, Action.EXPORT_BOTTLENECKS, organization) else [],
    }


def _picture(compared: Compared, found: ComparedMap | None, before: Round, now: Round) -> ShownPicture | None:
    if found is None or not found.parties:
        return None
    address, numbers = reverse("chainmap:compare_picture", args=[now.organization_id]), (before.pk, now.pk)
    width, height = compare_size(found)
    return ShownPicture(
        light=address + query(before=numbers[0], now=numbers[1]),
        dark=address + query(before=numbers[0], now=numbers[1], theme="dark"),
        print=address + query(before=numbers[0], now=numbers[1], theme="print"),
        width=width,
        height=height,
        title=picture_title(compared.before.name, compared.now.name),
        how=how_to_read(found),
        legend=legend_rows(found),
        sentences=picture_sentences(found),
        by_team=found.by_team,
    )
