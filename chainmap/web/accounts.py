"""Signing in and out with an account of this site."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chainmap.web.queries import require_known


class SignIn(LoginView):
    """User name and password; then on to ``?next=`` where that is an address of this site, else home."""

    template_name = "chainmap/sign_in.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_known(request, REDIRECT_FIELD_NAME)
        return super().dispatch(request, *args, **kwargs)


class SignOut(LogoutView):
    """POST ends the session on the server and asks the browser to forget what it kept."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_known(request, REDIRECT_FIELD_NAME)
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code < 400:
            response["Clear-Site-Data"] = '"cookies", "storage"'
        return response
