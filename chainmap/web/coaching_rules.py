"""The coaching rules of an organization: figures to work with, which an administrator may set."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import require
from chainmap.domain.moments import CoachingRules
from chainmap.domain.roles import Action
from chainmap.services.organizations import organization_find
from chainmap.services.settings import coaching_rules_set
from chainmap.web.pages import form_page, posted
from chainmap.web.queries import require_known
from chainmap.web.round_forms import CoachingRulesForm


@form_page
def coaching_rules(request: HttpRequest, organization: int) -> HttpResponse:
    """See and set them."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.CHANGE_SETTINGS, found)
    form = CoachingRulesForm(
        posted(request),
        initial={name: getattr(found, name) for name in CoachingRulesForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        coaching_rules_set(actor=request.user, organization=found, rules=CoachingRules(**form.cleaned_data))
        messages.success(request, _("Saved. The rules hold for all rounds of this organization."))
        return redirect("chainmap:coaching_rules", organization)
    context = {"organization": found, "form": form}
    return render(request, "chainmap/rounds/rules.html", context, status=400 if form.errors else 200)
