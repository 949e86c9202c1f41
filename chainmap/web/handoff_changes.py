"""Pages that name a hand-off, change one, and take one out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.domain.records import PartyKind
from chainmap.exports.plain_text import clean_text
from chainmap.models import HandOff, Organization, Party
from chainmap.services.handoffs import (
    GIVEN,
    RECEIVED,
    handoff_add,
    handoff_edit,
    handoff_removal_find,
    handoff_remove,
)
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem, own_handoff, own_party
from chainmap.services.people import person_label
from chainmap.web.handoff_forms import EditForm, NewForm
from chainmap.web.handoff_words import volume_number
from chainmap.web.own_forms import VersionedForm
from chainmap.web.own_pages import own_form
from chainmap.web.pages import posted
from chainmap.web.people import resolved
from chainmap.web.queries import QueryError, require_known


@own_form
def handoff_new(request: HttpRequest, organization: int) -> HttpResponse:
    """Name a hand-off: the other side is asked whether it is so."""
    require_known(request, "side")
    found = organization_find(actor=request.user, pk=organization)
    own_party(user=request.user, organization=found)
    side = request.GET.get("side", "")
    if side not in ("", GIVEN, RECEIVED):
        raise QueryError(_("The address asks for a list that is not there. Leave out what follows the “?”."))
    form = NewForm(posted(request), initial={"side": side})
    if form.is_valid():
        named = _named(request, found, form)
        if named is not None:
            other = _other(named, form)
            said = (
                _("Named. %(name)s is asked whether it is so.")
                if other.kind == PartyKind.EMPLOYEE.value
                else _("Named. %(name)s is outside your organization and is not asked.")
            )
            messages.success(request, said % {"name": clean_text(other.name)})
            return redirect("chainmap:handoff", organization, named.pk)
    context = {"organization": found, "form": form}
    return render(request, "chainmap/me/handoff_new.html", context, status=form.status)


@own_form
def handoff_change(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Change what is handed over, how much, and who decides on exceptions."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own = own_handoff(user=request.user, organization=found, pk=handoff)
    initial = _initial(request, found, own)
    form = EditForm(posted(request), own=own, initial=initial)
    if form.is_valid() and _changed(request, found, own, form):
        return redirect("chainmap:handoff", organization, handoff)
    context = {"organization": found, "own": own, "form": form}
    return render(request, "chainmap/me/handoff_edit.html", context, status=form.status)


@own_form
def handoff_out(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Take it out, after saying what that means; or why it is not for one side alone."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own, reason = handoff_removal_find(user=request.user, organization=found, handoff=handoff)
    form = VersionedForm(posted(request), initial={"version": own.handoff.version})
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            handoff_remove(user=request.user, organization=found, handoff=handoff, version=version)
        except OwnProblem as problem:
            reason = str(problem)
            form.refuse(problem)
        except EditConflict as conflict:
            form.show_conflict(conflict, {})
        else:
            messages.success(request, _("Taken out. It can be brought back from the end of this page."))
            return redirect("chainmap:my_chain", organization)
    context = {"organization": found, "own": own, "form": form, "reason": reason}
    return render(request, "chainmap/me/handoff_remove.html", context, status=form.status)


def _named(request: HttpRequest, organization: Organization, form: NewForm) -> HandOff | None:
    """The hand-off the form names; None with the reasons at its fields where it cannot be."""
    other = resolved(form, "other", user=request.user, organization=organization)
    owner = resolved(form, "decision_owner", user=request.user, organization=organization)
    if form.errors or other is None:
        return None
    try:
        return handoff_add(
            user=request.user,
            organization=organization,
            side=form.cleaned_data["side"],
            other=other,
            deliverable=form.cleaned_data["deliverable"],
            volume=form.cleaned_data["volume"],
            decision_owner=owner,
        )
    except OwnProblem as problem:
        form.refuse(problem)
        return None


def _other(handoff: HandOff, form: NewForm) -> Party:
    return handoff.customer if form.cleaned_data["side"] == GIVEN else handoff.supplier


def _initial(request: HttpRequest, organization: Organization, own: OwnHandOff) -> dict[str, object]:
    held = own.handoff
    owner = ""
    if held.decision_owner is not None:
        owner = person_label(user=request.user, organization=organization, party=held.decision_owner)
    return {
        "deliverable": held.deliverable,
        "volume": f"{held.volume:.12g}",
        "decision_owner": owner,
        "version": held.version,
    }


def _changed(request: HttpRequest, organization: Organization, own: OwnHandOff, form: EditForm) -> bool:
    """Whether it was kept; else the form says why not."""
    owner = own.handoff.decision_owner
    if "decision_owner" in form.changed_data:
        owner = resolved(form, "decision_owner", user=request.user, organization=organization)
    if form.errors:
        return False
    try:
        handoff_edit(
            user=request.user,
            organization=organization,
            handoff=own.handoff.pk,
            version=form.cleaned_data["version"] or 0,
            deliverable=form.cleaned_data["deliverable"],
            volume=form.cleaned_data.get("volume") if "volume" in form.changed_data else None,
            decision_owner=owner,
        )
    except OwnProblem as problem:
        form.refuse(problem)
        return False
    except EditConflict as conflict:
        form.show_conflict(conflict, _differing(form, conflict))
        return False
    said = _("Saved. %(name)s is told.") if own.other_can_say else _("Saved.")
    messages.success(request, said % {"name": clean_text(own.other.name)})
    return True


def _differing(form: EditForm, conflict: EditConflict) -> dict[str, str]:
    """Field -> what is kept now, of the fields in which that is not what was typed."""
    kept = {name: str(value) for name, value in conflict.stored.items()}
    kept["volume"] = volume_number(float(str(conflict.stored["volume"])))
    typed = {name: form.cleaned_data.get(name) for name in kept}
    return {name: kept[name] for name in kept if typed[name] != conflict.stored[name]}
