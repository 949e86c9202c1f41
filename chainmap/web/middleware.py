"""What every answer carries, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class NoStoreMiddleware:
    """Every answer to a signed-in person says ``Cache-Control: no-store``: page, file and error alike.

    A shared computer must not show the chain of the person before, and a proxy must never keep it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)  # an answer from before the session was read is nobody's
        if user is not None and user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response
