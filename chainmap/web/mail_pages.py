"""How often mails come, changed by the link that stands in each of them, without an account.

The link is the right to this one choice, so neither a session nor a CSRF token is needed: nobody can make a browser
send what they do not know. Looking changes nothing, however often a mail scanner does it; a link that does not work is
answered alike, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chainmap.models import MailChoice
from chainmap.services.digests import ChoiceDead, choice_find, choice_set
from chainmap.web.errors import bad_request
from chainmap.web.news_forms import DigestForm
from chainmap.web.queries import require_known

#: What a mail program sends when its own "unsubscribe" is pressed (RFC 8058).
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request: HttpRequest, token: str) -> HttpResponse:
    """The choice: shown, and changed by POST alone."""
    try:
        require_known(request)
        response = _saved(request, token) if request.method == "POST" else _shown(token)
    except ChoiceDead:
        response = _page("mail_dead", {}, status=404)
    except BadRequest as unclear:
        response = bad_request(request, unclear)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _shown(token: str) -> HttpResponse:
    choice = choice_find(token=token)
    return _page("mail_choice", {"choice": choice, "form": DigestForm(initial={"digest": choice.digest})})


def _saved(request: HttpRequest, token: str) -> HttpResponse:
    choice = choice_find(token=token)
    name, value = ONE_CLICK
    sent = {"digest": MailChoice.Digest.NEVER.value} if request.POST.get(name) == value else request.POST
    form = DigestForm(sent)
    if not form.is_valid():
        return _page("mail_choice", {"choice": choice, "form": form}, status=400)
    choice = choice_set(token=token, digest=form.cleaned_data["digest"])
    return _page("mail_choice", {"choice": choice, "form": form, "saved": True})


def _page(name: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """A page that depends on nothing but what is given here: not on who asks, nor on the address."""
    return HttpResponse(render_to_string(f"chainmap/{name}.html", context), status=status)
