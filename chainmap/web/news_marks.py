"""Opening the page of one thing marks what one was told of it as read. The only thing a GET changes here: one's own."""

from __future__ import annotations

from typing import Unpack

from django.http import HttpRequest

from chainmap.models import Organization
from chainmap.services.news import NewsPage, news_read


def news_opened(request: HttpRequest, organization: Organization, **page: Unpack[NewsPage]) -> None:
    """As ``news_read``, where somebody looks: not for HEAD, and not for a page a browser fetches in advance."""
    if request.method == "GET" and not _is_in_advance(request):
        news_read(user=request.user, organization=organization, **page)


def _is_in_advance(request: HttpRequest) -> bool:
    said = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in one.casefold() or "preview" in one.casefold() for one in said)
