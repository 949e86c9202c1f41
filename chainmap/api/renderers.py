"""JSON out, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JsonRenderer(BaseRenderer):
    """Plain rows as JSON in UTF-8; NaN and infinity become null, dates ISO 8601. Raises TypeError for the rest."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """``data`` as bytes; empty for no data at all."""
        return b"" if data is None else orjson.dumps(data)


class OpenApiRenderer(JsonRenderer):
    """The same under the media type of an OpenAPI document."""

    media_type = "application/vnd.oai.openapi+json"
    format = "openapi"


class OneFormat(BaseContentNegotiation):
    """There is one format: what a client says it accepts (or ?format=) changes nothing."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        """The parser for the body's content type, None (answered 415) when there is none."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The only renderer and its media type."""
        return renderers[0], renderers[0].media_type
