"""The addresses of the report on screen."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from chainmap.web import report_pages

_ORGANIZATION = "organizations/<int:organization>/"


class ChartName:
    """The name of a chart: letters alone."""

    regex = "[a-z]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ChartName, "chart")

report_urls: list[URLPattern] = [
    path(_ORGANIZATION + "report/", report_pages.report, name="report"),
    path(_ORGANIZATION + "report/charts/<chart:chart>.svg", report_pages.report_chart, name="report_chart"),
    path(_ORGANIZATION + "report/files/<chart:report_format>/", report_pages.report_download, name="report_file"),
    path(_ORGANIZATION + "rounds/<int:round>/report/", report_pages.round_report, name="round_report"),
]
