"""What the pages that compare rounds have in common: what an address asks for, charts with their addresses, rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from chainmap.exports.chart_rows import Chart
from chainmap.exports.plain_text import clean_text
from chainmap.web.errors import RETRY_AFTER_SECONDS
from chainmap.web.queries import QueryError
from chainmap.web.report_parts import ShownChart

#: A drawing opened by itself is a document of this site: it must not be able to do anything here.
_DRAWING_POLICY = "default-src 'none'; sandbox"
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """The picture of two rounds with its addresses, its size in pixels and its words."""

    light: str
    dark: str
    print: str
    width: int
    height: int
    title: str
    how: str
    legend: list[tuple[str, str]]
    sentences: list[str]
    by_team: bool

    @property
    def is_large(self) -> bool:
        """Whether it would be too small to read in the width of a page, or too tall for it."""
        return self.width > 1500 or self.height > 1500


def number_asked(request: HttpRequest, name: str) -> int | None:
    """The number an address gives under a name; None without one. Raises QueryError for what is no number."""
    asked = request.GET.get(name, "")
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked) or int(asked) >= 2**63:
        said = _("“%(name)s” is the number of a round; “%(asked)s” is none. Choose the rounds on the page.")
        raise QueryError(said % {"name": name, "asked": clean_text(asked, 40)})
    return int(asked)


def word_asked(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """One of the words a page knows, the first one where none is asked for. Raises QueryError for any other."""
    asked = request.GET.get(name, known[0])
    if asked not in known:
        said = _("There is no %(name)s “%(asked)s” here. Write one of: %(known)s.")
        raise QueryError(said % {"name": name, "asked": clean_text(asked, 40), "known": ", ".join(known)})
    return asked


def query(**values: int | str | None) -> str:
    """The end of an address: "?before=1&now=2"; "" where nothing is asked for."""
    said = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return f"?{urlencode(said)}" if said else ""


def shown_charts(charts: Mapping[str, Chart], address: str, **asked: int | None) -> dict[str, ShownChart]:
    """Charts with the addresses of their pictures; ``address``: of a chart called "x"."""
    return {name: _shown_chart(chart, address, asked) for name, chart in charts.items()}


def _shown_chart(chart: Chart, address: str, asked: Mapping[str, int | None]) -> ShownChart:
    own = address.replace("x.svg", f"{chart.name}.svg")
    return ShownChart(
        chart=chart,
        light=own + query(**asked),
        dark=own + query(**asked, theme="dark"),
        print=own + query(**asked, theme="print"),
        light_narrow=own + query(**asked, size="narrow"),
        dark_narrow=own + query(**asked, theme="dark", size="narrow"),
    )


def drawing_response(svg: str) -> HttpResponse:
    """A drawing as an answer."""
    response = HttpResponse(svg.encode("utf-8", "replace"), content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = _DRAWING_POLICY
    return response


def chart_unavailable(reason: str) -> HttpResponse:
    """503: the table on the page says the same."""
    context = {
        "title": _("The chart cannot be drawn right now"),
        "reason": reason,
        "step": _("The table under it says the same. Try again in a minute."),
    }
    response = HttpResponse(render_to_string("chainmap/error.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
