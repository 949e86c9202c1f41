"""Who leads which team, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.services.organizations import organization_find
from chainmap.services.team_leads import (
    managers_list,
    team_lead_name,
    team_lead_remove,
    team_leads_list,
)
from chainmap.web.pages import button_page, form_page, posted
from chainmap.web.queries import require_known
from chainmap.web.report_job_forms import LeadForm


@form_page
def team_leads(request: HttpRequest, organization: int) -> HttpResponse:
    """See who leads which team, and name somebody."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    rows = team_leads_list(actor=request.user, organization=found)
    managers = managers_list(actor=request.user, organization=found)
    teams = [row.team for row in rows if row.team is not None]
    form = LeadForm(posted(request), teams=teams, managers=managers)
    if form.saves(team_lead_name, actor=request.user, organization=found):
        messages.success(request, _("Saved. It holds from the next page they open."))
        return redirect("chainmap:team_leads", organization)
    context = {"organization": found, "rows": rows, "managers": managers, "has_team": bool(teams), "form": form}
    return render(request, "chainmap/report_jobs/leads.html", context, status=form.status)


@button_page
def team_lead_end(request: HttpRequest, organization: int, lead: int) -> HttpResponse:
    """Take it back."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    team_lead_remove(actor=request.user, organization=found, pk=lead)
    messages.success(request, _("Saved. It holds from the next page they open."))
    return redirect("chainmap:team_leads", organization)
