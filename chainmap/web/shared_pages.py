"""What a link to a report opens: a page that asks for the password, and the PDF.

Neither a session nor a CSRF token is needed: nobody can make a browser send a link and a password they do not know.
Looking changes nothing, however often a mail scanner does it. A link that does not work is answered alike, whatever
the reason.
"""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chainmap.services.limits import TooMany
from chainmap.services.links import LinkDead
from chainmap.services.report_links import WrongPassword, shared_find, shared_open
from chainmap.web.client_address import client_address
from chainmap.web.errors import bad_request, told_to_wait, wait_sentence
from chainmap.web.kept_file_pages import stream_response
from chainmap.web.queries import require_known
from chainmap.web.report_job_forms import PasswordForm


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, shared: str) -> HttpResponseBase:
    """The form; the PDF for whoever sends the password."""
    try:
        require_known(request)
        response = _opened(request, shared) if request.method == "POST" else _asked(shared, PasswordForm())
    except LinkDead:
        response = HttpResponse(render_to_string("chainmap/report_jobs/shared_dead.html"), status=404)
    except BadRequest as unclear:
        response = bad_request(request, unclear)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _opened(request: HttpRequest, token: str) -> HttpResponseBase:
    shared_find(token=token)  # a link that does not work says so, whatever was typed
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _asked(token, form, status=400)
    try:
        file = shared_open(token=token, password=form.cleaned_data["password"], address=client_address(request))
    except WrongPassword:
        form.add_error(
            "password", _("This is not the password. Look at it once more, or ask whoever sent you the link.")
        )
        return _asked(token, form, status=403)
    except TooMany as refused:
        form.add_error(None, _("Too many tries.") + " " + wait_sentence(refused.wait))
        return told_to_wait(_asked(token, form), refused.wait)
    return stream_response(file.chunks, file.filename, "application/pdf", file.size)


def _asked(token: str, form: PasswordForm, status: int = 200) -> HttpResponse:
    """It says nothing of the report: whoever has no password learns neither of whom it is nor of what."""
    shared_find(token=token)
    return HttpResponse(render_to_string("chainmap/report_jobs/shared.html", {"form": form}), status=status)
