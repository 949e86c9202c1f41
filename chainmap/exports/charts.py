"""Vega-Lite specifications in, SVG out, by a child process that cannot hurt the one that serves pages.

What people typed comes in as rows of data and leaves as text. The SVG is written anew from an allow-list of shapes:
no script, style, link or picture, whatever was in the data. It bears a title and a description for those who hear it.
The same specification gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from chainmap.confined import Cage, ProgramError, run, turn
from chainmap.exports.chart_style import ChartTheme, house_config, painted
from chainmap.exports.picture_error import DrawingError, PictureFailure
from chainmap.exports.plain_text import clean_text
from chainmap.exports.svg import FONT_STACK, SVG_NAMESPACE

__all__ = ["ChartError", "ChartTheme", "Spec", "chart_svg", "charts_svg"]

Spec = Mapping[str, Any]

_CHILD = Path(__file__).with_name("charts_child.py")
#: Children at the same time in one process; each takes some 100 MB. More wait within their own time limit.
CONCURRENT_CHARTS = 2
#: Rows of one chart; a chart of more says nothing to anybody.
MOST_ROWS = 2_000

#: Where a specification would have something fetched or run that it does not hold itself.
_REFUSED_KEYS = frozenset({"url", "href", "expr", "calculate", "signal", "params", "datasets", "sequence"})
_SHAPES = frozenset({"path", "rect", "line"})
_KEPT = frozenset(
    {"transform", "d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "fill", "fill-opacity", "stroke"}
    | {"stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "text-anchor", "font-size", "font-weight"}
    | {"stroke-linecap", "stroke-miterlimit"}
)
_HARMLESS = re.compile(r"[\w\s.,#%()+\-]*\Z", re.ASCII)
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_ID = re.compile(r"[^a-z0-9-]+")

_charts = threading.BoundedSemaphore(CONCURRENT_CHARTS)


class ChartError(DrawingError):
    """There is no chart this time."""

    @staticmethod
    def sentences() -> dict[PictureFailure, str]:
        return {
            PictureFailure.TIME: _("The chart took too long to draw. The table says the same."),
            PictureFailure.MEMORY: _("The chart needs too much memory. The table says the same."),
            PictureFailure.BUSY: _("Many charts are being drawn right now. Please try again in a moment."),
            PictureFailure.FAILED: _("The chart could not be drawn. The table says the same."),
            PictureFailure.MISSING: _("No program for charts is installed: run “pip install vl-convert-python”."),
            PictureFailure.SYSTEM: _("Charts are drawn on Linux only. The table says the same."),
        }


def chart_svg(spec: Spec, *, theme: ChartTheme = "light", seconds: float = 20) -> str:
    """One chart as SVG; see :func:`charts_svg`."""
    return charts_svg([spec], theme=theme, seconds=seconds)[0]


def charts_svg(
    specs: Sequence[Spec], *, theme: ChartTheme = "light", seconds: float = 20, memory_mb: int = 1024
) -> list[str]:
    """The charts as SVG, in order, by one child process for them all.

    A specification is Vega-Lite with its data inside; colours may be named by meaning ("house:leak"), and "usermeta"
    holds ``name`` (for ids), ``title`` and ``description``. ``seconds`` is wall and processor time, waiting included;
    ``memory_mb`` bounds what the child takes. Raises ChartError (time, memory, busy, failed, missing, system), and
    ValueError for a specification that would fetch or compute something.
    """
    if not specs:
        return []
    for spec in specs:
        _check(spec)
    request = json.dumps([_request(spec, theme) for spec in specs]).encode("utf-8", "replace")
    try:
        with turn(_charts, seconds) as deadline:
            drawn = _run(request, deadline, memory_mb * 2**20)
    except ProgramError as error:
        raise ChartError(error.reason, error.detail) from error
    markups = _read(drawn, len(specs))
    return [_tidied(markup, spec.get("usermeta", {})) for markup, spec in zip(markups, specs, strict=True)]


def _check(value: Any, *, place: str = "") -> None:
    """Raises ValueError for what would be fetched or computed. Of data its size alone is looked at."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _REFUSED_KEYS:
                raise ValueError(f"a chart holds everything it shows: {key!r} is refused")
            if key == "values" and place == "data":
                if len(inner) > MOST_ROWS:
                    raise ValueError(f"a chart has at most {MOST_ROWS} rows, not {len(inner)}")
            elif key != "usermeta":
                _check(inner, place=str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, place=place)


def _request(spec: Spec, theme: ChartTheme) -> dict[str, Any]:
    without_words = {key: value for key, value in spec.items() if key != "usermeta"}
    return painted(without_words, theme) | {"config": house_config(theme)}


def _run(request: bytes, deadline: float, memory: int) -> bytes:
    # -I: neither the working directory nor PYTHON... variables may decide which code runs there
    command = [sys.executable, "-I", "-B", str(_CHILD)]
    cage = Cage(deadline, memory, only_data=True, environment={"TZ": "UTC"})
    return run(command, request, cage=cage).output


def _read(drawn: bytes, number: int) -> list[str]:
    """The markup of so many charts. Raises ChartError where the child said something else."""
    try:
        markups = json.loads(drawn)
    except (ValueError, RecursionError) as error:
        raise ChartError(PictureFailure.FAILED, "the child said no JSON") from error
    if not isinstance(markups, list) or len(markups) != number:
        raise ChartError(PictureFailure.FAILED, "the child said other than one text a chart")
    return [str(markup) for markup in markups]


def _tidied(markup: str, words: Mapping[str, str]) -> str:
    """The drawing written anew with nothing but shapes and texts, titled for screen readers."""
    if "<!DOCTYPE" in markup or "<!ENTITY" in markup:
        raise ChartError(PictureFailure.FAILED, "the drawing declares a document type of its own")
    try:
        root = ET.fromstring(markup)  # noqa: S314 - our own child's output, document types refused above
    except ET.ParseError as error:
        raise ChartError(PictureFailure.FAILED, f"the drawing is not XML: {error}") from error
    name = "chart-" + (_ID.sub("-", words.get("name", "").lower()) or "x")
    svg = ET.Element("svg", _frame(root, name))
    for tag, text in (("title", words.get("title", "")), ("desc", words.get("description", ""))):
        ET.SubElement(svg, tag, {"id": f"{name}-{tag}"}).text = clean_text(text, 2000)
    svg.extend(_children(root))
    return ET.tostring(svg, encoding="unicode") + "\n"


def _frame(root: ET.Element, name: str) -> dict[str, str]:
    width, height = (_rounded(root.get(side, "1")) for side in ("width", "height"))
    return {
        "xmlns": SVG_NAMESPACE,
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "font-family": FONT_STACK,
    }


def _children(element: ET.Element) -> list[ET.Element]:
    copies = (_copy(child) for child in element)
    return [copy for copy in copies if copy is not None]


def _copy(element: ET.Element) -> ET.Element | None:
    """One element with what is below it; None for what shows nothing. Raises ChartError for what no chart holds."""
    name = str(element.tag).removeprefix("{" + SVG_NAMESPACE + "}")
    if element.get("display") == "none" or element.get("opacity") == "0":
        return None
    kept = {key: _rounded(value) for key, value in element.items() if key in _KEPT and _HARMLESS.match(value)}
    copy = ET.Element(name, kept)
    if name == "text":
        copy.text = "".join(element.itertext())
        return copy if copy.text.strip() else None
    if name == "g":
        copy.extend(_children(element))
        return copy if len(copy) else None
    if name not in _SHAPES:
        raise ChartError(PictureFailure.FAILED, f"the drawing holds an element {name[:40]!r}")
    seen = any(kept.get(paint, "none") not in ("none", "transparent") for paint in ("fill", "stroke"))
    return copy if seen and kept.get("d") != "M0,0h0v0h0Z" else None


def _rounded(value: str) -> str:
    """Two decimals of a pixel are enough, and the same on every processor.

    >>> _rounded("translate(26.666666666666668,15)"), _rounded("#b5521a")
    ('translate(26.67,15)', '#b5521a')
    """
    return _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)
