"""Screens that follow by asking again: what is the same is said in one line, and scripts get a piece of the page."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

#: What the scripts of this site say of themselves.
SCRIPT_HEADER, SCRIPT_VALUE = "X-Requested-With", "fetch"


def is_script(request: HttpRequest) -> bool:
    """Whether a script asks, which wants a piece of the page and no redirect."""
    return request.headers.get(SCRIPT_HEADER) == SCRIPT_VALUE


def tag_of(kind: str, version: str) -> str:
    """The mark of a version of a screen in the reader's language, as an ETag. Nothing can be read from it."""
    said = f"{kind}:{version}:{get_language()}"
    return f'"{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"'


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 for whoever has this version; None where the screen has to be worked out."""
    if request.headers.get("If-None-Match") != tag:
        return None
    return marked(HttpResponse(status=304), tag)


def piece(request: HttpRequest, template: str, context: dict[str, object], tag: str, status: int = 200) -> HttpResponse:
    """A piece of a page, marked with its version."""
    return marked(HttpResponse(render_to_string(template, context, request), status=status), tag)


def marked(response: HttpResponse, tag: str) -> HttpResponse:
    """The answer with its mark, to be kept nowhere: whoever asks again says which version it has."""
    response["ETag"] = tag
    response["Cache-Control"] = "no-store"
    return response
