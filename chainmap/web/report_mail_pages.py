"""Reports by mail: my own, and the link of each mail that ends them without signing in."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chainmap.services.organizations import organization_find
from chainmap.services.report_schedules import (
    ScheduleDead,
    schedule_end,
    schedule_end_by_token,
    schedule_make,
    schedule_of_token,
    schedule_teams,
    schedules_find,
)
from chainmap.web.errors import bad_request
from chainmap.web.pages import button_page, form_page, posted
from chainmap.web.queries import require_known
from chainmap.web.report_job_forms import ScheduleForm


@form_page
def report_mails(request: HttpRequest, organization: int) -> HttpResponse:
    """My reports by mail, and a form for another one."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = schedules_find(actor=request.user, organization=found)
    form = ScheduleForm(posted(request), teams=schedule_teams(actor=request.user, organization=found))
    if form.saves(schedule_make, actor=request.user, organization=found):
        messages.success(request, _("Saved. The report comes by mail from now on."))
        return redirect("chainmap:report_mails", organization)
    context = {"organization": found, "seen": seen, "form": form}
    return render(request, "chainmap/report_jobs/mails.html", context, status=form.status)


@button_page
def report_mail_stop(request: HttpRequest, organization: int, schedule: int) -> HttpResponse:
    """End one."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    schedule_end(actor=request.user, organization=found, pk=schedule)
    messages.success(request, _("Ended. This report no longer comes by mail."))
    return redirect("chainmap:report_mails", organization)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report_mail_end(request: HttpRequest, schedule_token: str) -> HttpResponse:
    """What the link of a mail opens: looking changes nothing, POST ends these mails. The link is the right to that."""
    try:
        require_known(request)
        if request.method == "POST":
            response = _page("mail_end", {"schedule": schedule_end_by_token(token=schedule_token), "ended": True})
        else:
            response = _page("mail_end", {"schedule": schedule_of_token(token=schedule_token)})
    except ScheduleDead:
        response = _page("mail_dead", {}, status=404)
    except BadRequest as unclear:
        response = bad_request(request, unclear)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(name: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """A page that depends on nothing but what is given here: not on who asks, nor on the address."""
    return HttpResponse(render_to_string(f"chainmap/report_jobs/{name}.html", context), status=status)
