"""What every answer carries, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from chainmap.services.sessions import session_is_over


class NoStoreMiddleware:
    """Every answer to a signed-in person says ``Cache-Control: no-store``: page, file and error alike.

    A shared computer must not show the chain of the person before, and a proxy must never keep it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Cache-Control") == "no-store":
            return response  # said already: nobody has to be looked up for it
        user = getattr(request, "user", None)  # an answer from before the session was read is nobody's
        if user is not None and user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


class NoIndexMiddleware:
    """What a link or a code opens is for whoever holds it: ``X-Robots-Tag`` on page, file, redirect and error alike."""

    PREFIXES = ("/a/", "/after/", "/mail/", "/room/", "/shared/", "/w/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.PREFIXES):
            response["X-Robots-Tag"] = "noindex, nofollow"
        return response


class SessionLimitsMiddleware:
    """Ends sessions that stood still or lasted too long, before anything else looks at who is there.

    The last request is noted to the minute, so that most requests write nothing. The pages of a workshop on a phone ask
    every other second, know who is there by a cookie of their own and never look at the session: nor does this.
    """

    BEGAN, SEEN = "signed_in", "last_seen"
    STEP = 60
    WITHOUT_SESSION = "/room/"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self.WITHOUT_SESSION):
            return self.get_response(request)
        session: SessionBase = request.session
        now = int(timezone.now().timestamp())
        seen = session.get(self.SEEN)
        if (seen is None or now - seen >= self.STEP) and request.user.is_authenticated:
            began = session.get(self.BEGAN)
            if seen is None or began is None:
                self.begin(request=request)
            elif session_is_over(user=request.user, signed_in=began, last_seen=seen, now=now):
                logout(request)
            else:
                session[self.SEEN] = now
        return self.get_response(request)

    @classmethod
    def begin(cls, *, request: HttpRequest, **_signal: object) -> None:
        """Somebody signs in (a receiver of ``user_logged_in``): the clock starts."""
        now = int(timezone.now().timestamp())
        request.session[cls.BEGAN] = request.session[cls.SEEN] = now
