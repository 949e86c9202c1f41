"""From which address a request comes, as far as it can be believed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the connection, or the one the outermost trusted proxy saw.

    Everything to the left of that in X-Forwarded-For is what the sender likes to claim.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    hops = [*claimed, direct]
    return hops[-1 - min(settings.TRUSTED_PROXIES, len(hops) - 1)]
