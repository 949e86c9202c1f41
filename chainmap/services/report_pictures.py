"""The pictures of a report for its page: charts and the chain, drawn once for all who may read the same report.

What is kept is found by what was drawn: two readers whose reports differ by a word never share a picture.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

from django.core.cache import cache
from django.utils.translation import get_language

from chainmap.domain.reports import Report
from chainmap.exports.chain_picture import chain_picture, draw
from chainmap.exports.chart_rows import Chart
from chainmap.exports.charts import ChartError, ChartTheme, charts_svg
from chainmap.exports.picture_error import PictureError
from chainmap.exports.report_pictures import drawn_finding_of
from chainmap.services.pictures import DrawnChain

#: Hand-offs in the picture of the first screen: more cannot be told apart at a glance.
FIRST_PICTURE = 40
_KEPT_SECONDS, _FAILED_SECONDS = 3600, 60

#: A page asks for all its charts at once: the first request draws them all, the others find them.
_drawing = Lock()


def report_picture_draw(*, report: Report) -> DrawnChain:
    """The chain of the report with its largest hand-offs; a page shows its words where it could not be drawn."""
    key = f"report-picture:2:{report.proof}:{get_language()}"
    drawn: DrawnChain | None = cache.get(key)
    if drawn is None:
        finding = drawn_finding_of(report)
        picture = chain_picture(finding, max_handoffs=FIRST_PICTURE, titled=False, keyed=False, in_spreadsheet=True)
        svg, trouble = None, ""
        try:
            svg = draw(picture, format="svg").decode()
        except PictureError as error:
            trouble = str(error)
        drawn = DrawnChain(
            svg=svg,
            description=picture.description,
            by_team=finding.by_team,
            left_out_handoffs=picture.left_out_handoffs,
            trouble=trouble,
            key=picture.key,
        )
        cache.set(key, drawn, _KEPT_SECONDS if svg else _FAILED_SECONDS)
    return drawn


def report_chart_draw(*, charts: Mapping[str, Chart], name: str, theme: ChartTheme) -> str:
    """One of the ``charts`` as SVG; all of them are drawn with it. Raises ChartError, KeyError for another name."""
    wanted = charts[name]
    key = _key(wanted, theme)
    found: str | None = cache.get(key)
    if found is not None:
        return found
    with _drawing:
        found = cache.get(key)
        if found is None:
            drawn = charts_svg([chart.spec for chart in charts.values()], theme=theme)
            for chart, svg in zip(charts.values(), drawn, strict=True):
                cache.set(_key(chart, theme), svg, _KEPT_SECONDS)
            found = drawn[list(charts).index(name)]
    return found


def report_charts_ready(*, charts: Mapping[str, Chart]) -> None:
    """Draw the charts of a page before anybody asks, in both colours of a screen. The page tells what could not be."""
    themes: tuple[ChartTheme, ...] = ("light", "dark")
    for theme in themes if charts else ():
        with suppress(ChartError):
            report_chart_draw(charts=charts, name=next(iter(charts)), theme=theme)


def _key(chart: Chart, theme: ChartTheme) -> str:
    said = json.dumps(chart.spec, sort_keys=True).encode("utf-8", "replace")
    return f"report-chart:1:{theme}:{hashlib.sha256(said).hexdigest()}"
