"""Findings as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import register_converter, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from chainmap.exports.bottlenecks import ExportFormat
from chainmap.exports.files import ExportFile
from chainmap.exports.picture_error import PictureError
from chainmap.services.organizations import organization_find
from chainmap.services.reporting import bottlenecks_export
from chainmap.web.errors import picture_unavailable
from chainmap.web.pages import page
from chainmap.web.queries import require_known


class BottlenecksFormat:
    """The endings of an address under which the bottlenecks can be had as a file."""

    regex = "csv|json|svg|png|dot"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(BottlenecksFormat, "bottlenecks_format")


@page
def bottlenecks_download(request: HttpRequest, organization: int, format: ExportFormat) -> HttpResponse:
    """The bottlenecks as one file to keep. A member is refused, a stranger finds nothing."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    try:
        file = bottlenecks_export(actor=request.user, organization=found, format=format)
    except PictureError as error:
        return picture_unavailable(error)
    return file_response(file)


def file_response(file: ExportFile) -> HttpResponse:
    """A file to keep, as an answer."""
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.filename)
    if file.content_type.startswith("image/svg"):
        # opened by itself a drawing is a document of this site: it must not be able to do anything here
        response["Content-Security-Policy"] = "sandbox"
    return response


def file_links(name: str, *keys: int) -> list[tuple[str, str]]:
    """(words, address) of every format under which the page called ``name`` gives its finding."""
    formats = {
        "csv": _("Table (CSV)"),
        "json": _("Data (JSON)"),
        "svg": _("Picture (SVG)"),
        "png": _("Picture (PNG)"),
        "dot": _("Graph (DOT)"),
    }
    return [(words, reverse(name, args=[*keys, format])) for format, words in formats.items()]
