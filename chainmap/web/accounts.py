"""Signing in and out with an account of this site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chainmap.services.joining import phones_end
from chainmap.services.limits import SIGN_IN_ADDRESS, SIGN_IN_NAME, attempt_count, attempt_forgive
from chainmap.web.client_address import client_address
from chainmap.web.errors import told_to_wait, wait_sentence
from chainmap.web.queries import require_known
from chainmap.web.room_pages import SESSION_PHONES


class SignIn(LoginView):
    """User name and password; then on to ``?next=`` where that is an address of this site, else home.

    Every try is counted before the password is looked at; an honest one is taken back.
    """

    template_name = "chainmap/sign_in.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_known(request, REDIRECT_FIELD_NAME)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for limit, who in self._counted():
            wait = attempt_count(limit=limit, who=who)
            if wait is not None:
                return self._too_many(wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        for limit, who in self._counted():
            # of the address one try only: an account of one's own must not buy new guesses at another's
            attempt_forgive(limit=limit, who=who, all_of_them=limit is SIGN_IN_NAME)
        return super().form_valid(form)

    def _counted(self) -> list[tuple[Any, str]]:
        address = client_address(self.request)
        name = self.request.POST.get("username", "").strip().casefold()[:150]
        return [(SIGN_IN_ADDRESS, address), (SIGN_IN_NAME, f"{address} {name}")]

    def _too_many(self, wait: timedelta) -> HttpResponse:
        said = _("Too many tries from here.") + " " + wait_sentence(wait)
        form = self.get_form_class()(self.request, initial={"username": self.request.POST.get("username", "")})
        response = self.render_to_response(self.get_context_data(form=form, refused=said))
        return told_to_wait(response, wait)


class SignOut(LogoutView):
    """POST ends the session on the server, with the phones that joined workshops in it, and asks the browser to forget
    what it kept."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_known(request, REDIRECT_FIELD_NAME)
        phones = request.session.get(SESSION_PHONES, [])
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code < 400:
            phones_end(phones=phones)
            response["Clear-Site-Data"] = '"cookies", "storage"'
        return response
