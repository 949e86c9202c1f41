"""The interface described: the OpenAPI document, and a page to read and try it that needs no other server."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response

from chainmap.api.base import ApiView
from chainmap.api.renderers import OpenApiRenderer


class TokenScheme(KnoxTokenScheme):
    """How the document describes the tokens."""

    target_class = "chainmap.api.authentication.TokenAuthentication"
    name = "token"


@lru_cache(maxsize=16)
def openapi_document(language: str) -> dict[str, Any]:
    """The OpenAPI document in a language, the same for everybody; generated once in a process (about 0.1 s)."""
    with override(language):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


class OpenApi(ApiView):
    """The OpenAPI document."""

    schema = None
    renderer_classes = (OpenApiRenderer,)

    def get(self, request: Request) -> Response:
        return Response(openapi_document(get_language()))


@require_safe
@login_required
def documentation(request: HttpRequest) -> HttpResponse:
    """Swagger UI from this server; its start script is a file, so the policy of all pages holds here too."""
    return render(request, "chainmap/api_documentation.html")
