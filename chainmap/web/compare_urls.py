"""The addresses of one round against another, of all rounds in a row, and of the matrix of teams."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from chainmap.web import compare_pages, matrix_pages, trend_pages

_ORGANIZATION = "organizations/<int:organization>/"


class PartName:
    """The name of a chart or of a format: letters alone."""

    regex = "[a-z]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PartName, "part")

compare_urls: list[URLPattern] = [
    path(_ORGANIZATION + "compare/", compare_pages.compare, name="compare"),
    path(_ORGANIZATION + "compare/picture.svg", compare_pages.compare_picture, name="compare_picture"),
    path(_ORGANIZATION + "compare/charts/<part:compared>.svg", compare_pages.compare_chart, name="compare_chart"),
    path(_ORGANIZATION + "compare/files/<part:compared_format>/", compare_pages.compare_download, name="compare_file"),
    path(_ORGANIZATION + "trend/", trend_pages.trend, name="trend"),
    path(_ORGANIZATION + "trend/charts/<part:trended>.svg", trend_pages.trend_chart, name="trend_chart"),
    path(_ORGANIZATION + "trend/files/<part:trended_format>/", trend_pages.trend_download, name="trend_file"),
    path(_ORGANIZATION + "matrix/", matrix_pages.matrix, name="matrix"),
    path(_ORGANIZATION + "matrix/files/<part:matrix_format>/", matrix_pages.matrix_download, name="matrix_file"),
]
