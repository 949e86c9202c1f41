"""Charts of a slide that stay charts: their figures can be seen and changed, and the workbook inside runs nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from chainmap.exports.slide_house import describe
from chainmap.exports.slide_text import COLOURS, Box, shown

#: The day inside the workbook of a chart; it must have one.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: What python-pptx calls the sheet that a chart refers to.
_SHEET = "Sheet1"
_SIZE = 12
_chart_data: Any = CategoryChartData  # has no types


@dataclass(frozen=True, slots=True)
class Series:
    """Values beside the names, in one colour; ``colours`` are those of single bars, ``unlabelled`` bars have no
    figure."""

    name: str
    values: Sequence[float]
    colour: str
    colours: dict[int, str] = field(default_factory=dict)
    unlabelled: frozenset[int] = frozenset()
    strong: bool = False  # its figures


@dataclass(frozen=True, slots=True)
class BarForm:
    """How bars are drawn: the axis, how figures are written, and the part of the width that names take."""

    low: float
    high: float
    number_format: str
    names_width: float
    legend: bool = False
    gap_width: int = 45


def bar_chart(
    slide: Any, box: Box, names: Sequence[str], series: Sequence[Series], form: BarForm, *, title: str, words: str
) -> Any:
    """Lying bars with a figure at each, later series over earlier ones; ``words`` is what they show."""
    names = [shown(name) for name in names]
    data: Any = _chart_data(number_format=form.number_format)
    data.categories = names
    for one in series:
        data.add_series(shown(one.name), one.values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu(), data)
    describe(frame, words, name=title)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(names, series, form.number_format))
    chart.font.size, chart.has_title = Pt(_SIZE), False
    chart.font.color.theme_color = COLOURS["ink"]
    chart.has_legend = form.legend
    if form.legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(_SIZE)
    _axes(chart, form)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = form.gap_width, 100, False
    for place, (drawn, one) in enumerate(zip(plot.series, series, strict=True)):
        _paint(drawn, one, form)
        _unlabel(chart.element.xpath(".//c:ser")[place], one)
    _lay_out(chart, form)
    return chart


def _axes(chart: Any, form: BarForm) -> None:
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    names.tick_labels.font.size = Pt(_SIZE)
    names.format.line.color.theme_color = COLOURS["neutral"]
    names.has_major_gridlines = False
    values.minimum_scale, values.maximum_scale = form.low, form.high
    values.has_major_gridlines = values.has_minor_gridlines = values.visible = False


def _paint(drawn: Any, one: Series, form: BarForm) -> None:
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.theme_color = COLOURS[one.colour]
    for place, colour in one.colours.items():
        fill = drawn.points[place].format.fill
        fill.solid()
        fill.fore_color.theme_color = COLOURS[colour]
    labels = drawn.data_labels
    labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    labels.number_format, labels.number_format_is_linked = form.number_format, False
    labels.font.size, labels.font.bold = Pt(_SIZE), one.strong
    labels.font.color.theme_color = COLOURS["ink" if one.strong else "quiet"]


def _unlabel(element: Any, one: Series) -> None:
    """Take single figures away: python-pptx can only write others in their place."""
    labels = element.xpath("./c:dLbls")[0]
    for number, place in enumerate(sorted(one.unlabelled)):
        gone = parse_xml(f'<c:dLbl {nsdecls("c")}><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>')
        labels.insert(number, gone)


def _lay_out(chart: Any, form: BarForm) -> None:
    """Names get their part of the width whatever a program would give them, so that they never push the bars away."""
    area = chart.element.xpath("./c:chart/c:plotArea")[0]
    for old in area.xpath("./c:layout"):
        area.remove(old)
    height = 0.9 if form.legend else 0.98
    area.insert(
        0,
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/><c:x val="{form.names_width:.4f}"/><c:y val="0.01"/>'
            f'<c:w val="{0.995 - form.names_width:.4f}"/><c:h val="{height}"/></c:manualLayout></c:layout>'
        ),
    )


def _workbook(names: Sequence[str], series: Sequence[Series], number_format: str) -> bytes:
    """The figures behind a chart, where it looks for them. Names stay text: no formula, no link, no time of its own."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet(_SHEET)
        text, number = book.add_format({"quote_prefix": True}), book.add_format({"num_format": number_format})
        sheet.set_column(0, 0, 50)
        for row, name in enumerate(names, start=1):
            sheet.write_string(row, 0, name, text)
        for column, one in enumerate(series, start=1):
            sheet.write_string(0, column, shown(one.name), text)
            for row, value in enumerate(one.values, start=1):
                sheet.write_number(row, column, value, number)
    return made.getvalue()
