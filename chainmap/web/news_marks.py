"""Opening the page of one thing marks what one was told of it as read. The only thing a GET changes here: one's own."""

from __future__ import annotations

from django.http import HttpRequest

from chainmap.models import Organization
from chainmap.services.news import news_read


def news_opened(
    request: HttpRequest,
    organization: Organization,
    *,
    handoff: int | None = None,
    conversation: int | None = None,
    agreement: int | None = None,
    story: int | None = None,
    round: int | None = None,
    moments: bool = False,
) -> None:
    """As ``news_read``, where somebody looks: not for HEAD, and not for a page a browser fetches in advance."""
    if request.method != "GET" or _is_in_advance(request):
        return
    news_read(
        user=request.user,
        organization=organization,
        handoff=handoff,
        conversation=conversation,
        agreement=agreement,
        story=story,
        round=round,
        moments=moments,
    )


def _is_in_advance(request: HttpRequest) -> bool:
    said = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in one.casefold() or "preview" in one.casefold() for one in said)
