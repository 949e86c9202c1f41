"""Answering without an account: by a personal link, and the ways to get one.

The link is the credential, so no session and no CSRF token are needed: nobody can make a browser send what they do not
know. Looking changes nothing, however often a mail scanner does it. A link that does not work is answered alike,
whatever the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chainmap.exports.plain_text import clean_text
from chainmap.services.limits import TooMany
from chainmap.services.link_cookie import browser_keep, browser_of
from chainmap.services.links import (
    LinkDead,
    LinkElsewhere,
    browser_secret_new,
    link_bind,
    link_check_browser,
    link_code_redeem,
    link_find,
    link_renew,
    link_request,
)
from chainmap.web.answer_pages import Way, save_card, show_card, show_done, show_start
from chainmap.web.card_words import sent_words
from chainmap.web.client_address import client_address
from chainmap.web.errors import bad_request, told_to_wait, wait_sentence
from chainmap.web.mirror_page import save_mirror, show_mirror
from chainmap.web.queries import require_known

#: What a browser says of a form that another site sent; one that says nothing is let in.
_FOREIGN = {"cross-site", "same-site"}
_LONGEST_EMAIL = 254

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """A link that works, in the browser it belongs to."""

    way: Way
    browser: str  # what this browser is known by


def quiet(view: View) -> View:
    """Told to nobody and kept nowhere: no referrer, no copy. A form of another site is refused."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            require_known(request)
            foreign = request.method == "POST" and request.headers.get("Sec-Fetch-Site") in _FOREIGN
            response = _foreign() if foreign else view(request, *args, **kwargs)
        except BadRequest as unclear:
            response = bad_request(request, unclear)
        except (LinkDead, Http404):
            response = _page("dead", {"said": sent_words(request.POST)}, status=404)
        except TooMany as refused:
            response = _too_many(refused.wait)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(answered)


def linked(view: View) -> View:
    """A page of one ballot: only in the browser the link belongs to, which keeps its secret from the first look on."""

    @quiet
    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            visit = _visit(request, token)
            response = view(request, visit.way, **kwargs)
        except LinkElsewhere:
            renew = reverse("chainmap:link_renew", args=[token])
            return _page("elsewhere", {"renew": renew, "said": sent_words(request.POST)}, status=403)
        browser_keep(response, visit.browser)
        return response

    return opened


@require_safe
@linked
def link(request: HttpRequest, way: Way) -> HttpResponse:
    """On to the first question without an answer, or to the end."""
    return show_start(way)


@require_http_methods(["GET", "HEAD", "POST"])
@linked
def link_card(request: HttpRequest, way: Way, ask: int) -> HttpResponse:
    """One question."""
    return save_card(request, way, ask) if request.method == "POST" else show_card(request, way, ask)


@require_safe
@linked
def link_done(request: HttpRequest, way: Way) -> HttpResponse:
    """All answers, and the end."""
    return show_done(request, way)


@require_http_methods(["GET", "HEAD", "POST"])
@linked
def link_mirror(request: HttpRequest, way: Way) -> HttpResponse:
    """What the person thinks their own customers would say."""
    return save_mirror(request, way) if request.method == "POST" else show_mirror(request, way)


@require_POST
@quiet
def link_renewal(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a new link to whom this one belongs, after it was opened in another browser."""
    link_renew(token=token, address=client_address(request))
    return _page("sent")


@require_http_methods(["GET", "HEAD", "POST"])
@quiet
def join(request: HttpRequest) -> HttpResponse:
    """The two ways to a link: a short code, and "send me my link again"."""
    if request.method != "POST":
        return _join_page()
    code, email = request.POST.get("code", ""), request.POST.get("email", "")
    if request.POST.get("way") == "mail":
        return _send_again(request, email)
    return _redeem(request, code)


def _visit(request: HttpRequest, token: str) -> Visit:
    """Raises LinkDead, LinkElsewhere."""
    found = link_find(token=token)
    sent = browser_of(request)
    if not link_check_browser(found=found, browser=sent):
        raise LinkElsewhere
    browser = sent or browser_secret_new()

    def bind() -> None:
        link_bind(found=found, browser=browser)

    way = Way(
        key=found.key,
        start=reverse("chainmap:link", args=[token]),
        done=reverse("chainmap:link_done", args=[token]),
        mirror=reverse("chainmap:link_mirror", args=[token]),
        card=lambda ask: reverse("chainmap:link_card", args=[token, ask]),
        interface=lambda ask: reverse("chainmap_api:link_question", args=[token, ask]),
        before_write=bind,
    )
    return Visit(way, browser)


def _redeem(request: HttpRequest, code: str) -> HttpResponse:
    if not code.strip():
        return _join_page(code_error=_("Type the code you were given: ten letters and digits."), status=400)
    try:
        token = link_code_redeem(code=code, address=client_address(request))
    except LinkDead:
        said = _("“%(code)s” does not work. Look at the code once more; each one works only once.")
        return _join_page(code=code, code_error=said % {"code": clean_text(code, 20)}, status=400)
    except TooMany as refused:
        return _too_many(refused.wait, code=code)
    response = HttpResponseRedirect(reverse("chainmap:link", args=[token]))
    response.status_code = 303
    return response


def _send_again(request: HttpRequest, email: str) -> HttpResponse:
    if not email.strip() or len(email) > _LONGEST_EMAIL:
        return _join_page(email=email[:_LONGEST_EMAIL], email_error=_("Type your e-mail address."), status=400)
    try:
        link_request(email=email, address=client_address(request))
    except TooMany as refused:
        return _too_many(refused.wait, email=email)
    return _page("sent")


def _join_page(*, status: int = 200, **context: str) -> HttpResponse:
    return _page("join", context, status=status)


def _too_many(wait: timedelta, **context: str) -> HttpResponse:
    said = _("Too many tries from here.") + " " + wait_sentence(wait)
    return told_to_wait(_join_page(refused=said, **context), wait)


def _foreign() -> HttpResponse:
    context = {
        "title": _("This form was sent from another site"),
        "reason": _("Answers are taken from the pages of this site alone. Nothing was saved."),
        "step": _("Open your link yourself and answer there."),
    }
    return HttpResponse(render_to_string("chainmap/error.html", context), status=403)


def _page(name: str, context: Mapping[str, object] | None = None, *, status: int = 200) -> HttpResponse:
    """A page that depends on nothing but what is given here: not on who asks, nor on the address."""
    said = {"frame": "chainmap/frame.html", **(context or {})}
    return HttpResponse(render_to_string(f"chainmap/answer/{name}.html", said), status=status)
