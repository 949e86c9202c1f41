"""Names while somebody types, and the day a person left."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import User, require
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Party
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnProblem
from chainmap.services.parties import party_find
from chainmap.services.people import EVERY_KIND, party_leave, people_near, people_suggest, person_resolve
from chainmap.web.handoff_forms import LeftForm
from chainmap.web.pages import button_page, page
from chainmap.web.queries import require_known

_SHOWN = 60


@page
def people_suggestions(request: HttpRequest, organization: int) -> HttpResponse:
    """At most twelve labels for what was typed so far, as JSON."""
    require_known(request, "q")
    found = organization_find(actor=request.user, pk=organization)
    people = people_suggest(user=request.user, organization=found, text=request.GET.get("q", ""))
    return JsonResponse({"people": [{"label": one.label, "team": one.team} for one in people]})


@button_page
def party_left(request: HttpRequest, organization: int, party: int) -> HttpResponse:
    """Say on which day a person left, or that they are still here."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    person = party_find(actor=request.user, organization=found, pk=party)
    require(request.user, Action.CHANGE_PEOPLE, found)
    form = LeftForm(request.POST)
    if form.is_valid():
        try:
            saved = party_leave(
                actor=request.user, organization=found, party=party, left_on=form.cleaned_data["left_on"]
            )
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            said = _("Saved. Nobody is asked to agree on anything new with %(name)s.")
            if saved.left_on is None:
                said = _("Saved. %(name)s is here.")
            messages.success(request, said % {"name": clean_text(saved.name)})
            return redirect("chainmap:party", organization, party)
    context = {"organization": found, "party": person, "form": form}
    return render(request, "chainmap/me/left.html", context, status=400)


def resolved(
    form: Form,
    name: str,
    *,
    user: User,
    organization: Organization,
    kinds: frozenset[PartyKind] = EVERY_KIND,
) -> Party | None:
    """The party a field of a form means, None for an empty one; what cannot be resolved is an error of the field."""
    text = form.cleaned_data.get(name) or ""
    if not text:
        return None
    try:
        party = person_resolve(user=user, organization=organization, text=text, kinds=kinds)
    except OwnProblem as problem:
        form.add_error(name, str(problem))
        return None
    if party is None:
        near = people_near(user=user, organization=organization, text=text, kinds=kinds)
        form.add_error(name, unknown_name(text, near))
    return party


def unknown_name(text: str, near: Sequence[str]) -> str:
    """That nobody is called so, and whom it might have meant."""
    said = _("Nobody here is called “%(name)s”. Type the beginning of the name and choose one that is suggested.")
    if near:
        said = _("Nobody here is called “%(name)s”. Did you mean %(names)s?")
    return said % {"name": clean_text(text, _SHOWN), "names": ", ".join(f"“{label}”" for label in near)}
