"""The secret that tells a browser from others who hold the same personal link, kept as a cookie.

One definition for the pages under ``a/`` and the interface under ``api/v1/links/``, which do not know each other. The
browser gets it when it first looks at a link (``links.browser_secret_new``), before anything is bound: two taps at the
same moment then carry the same secret.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: As long as a link lives at most.
LINK_COOKIE_SECONDS = 14 * 24 * 3600

_WELL_FORMED = re.compile(r"[0-9A-Za-z_-]{43}", re.ASCII)


def link_cookie_name() -> str:
    """The name; with TLS one that browsers accept from this very host only."""
    return "__Host-link" if settings.SESSION_COOKIE_SECURE else "link"


def browser_of(request: HttpRequest) -> str | None:
    """The secret the browser sent; None without one, or for something this server did not make."""
    sent = request.COOKIES.get(link_cookie_name(), "")
    return sent if _WELL_FORMED.fullmatch(sent) else None


def browser_keep(response: HttpResponseBase, secret: str) -> None:
    """Have the browser keep its secret and send it to nobody but this site."""
    response.set_cookie(
        link_cookie_name(),
        secret,
        max_age=LINK_COOKIE_SECONDS,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
