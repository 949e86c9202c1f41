"""Needs: what the customer of a hand-off needs, and what the supplier says to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Need
from chainmap.services.needs import need_add, need_edit, need_find, need_remove, need_reply
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem, own_handoff
from chainmap.web.handoff_forms import NeedForm
from chainmap.web.handoff_pages import NEEDS, handoff_shown, need_form, reply_form
from chainmap.web.own_forms import VersionedForm
from chainmap.web.own_pages import own_button, own_form
from chainmap.web.pages import posted
from chainmap.web.queries import require_known


@own_button
def need_new(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Tell a need."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own = own_handoff(user=request.user, organization=found, pk=handoff)
    form = need_form(request.POST)
    if not form.is_valid():
        return handoff_shown(request, found, handoff, need=form)
    try:
        need_add(
            user=request.user,
            organization=found,
            handoff=handoff,
            text=form.cleaned_data["text"],
            importance=form.cleaned_data["importance"],
        )
    except OwnProblem as problem:
        form.refuse(problem)
        return handoff_shown(request, found, handoff, need=form, refused=str(problem) if own.is_supplier else "")
    said = (
        _("Told. %(name)s is asked to say something to it.")
        if own.other_can_say
        else _("Kept. %(name)s is outside your organization and reads nothing here: tell them yourself.")
    )
    messages.success(request, said % _name(own), extra_tags=NEEDS)
    return _to_needs(organization, handoff)


@own_form
def need_change(request: HttpRequest, organization: int, handoff: int, need: int) -> HttpResponse:
    """Change one's own need; what was agreed to other words is asked again."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    try:
        own, held = need_find(user=request.user, organization=found, handoff=handoff, need=need)
    except OwnProblem as problem:
        return handoff_shown(request, found, handoff, need=_kept_words(request), refused=str(problem), status=409)
    if own.is_supplier:
        said = _("%(name)s says what is needed, in their own words. You can answer to it.")
        messages.info(request, said % _name(own), extra_tags=NEEDS)
        return _to_needs(organization, handoff)
    initial = {"text": held.text, "importance": held.importance, "version": held.version}
    form = NeedForm(posted(request), initial=initial)
    if form.is_valid() and _changed(request, own, held, form):
        return _to_needs(organization, handoff)
    context = {"organization": found, "own": own, "need": held, "form": form}
    return render(request, "chainmap/me/need_edit.html", context, status=form.status)


@own_button
def need_out(request: HttpRequest, organization: int, handoff: int, need: int) -> HttpResponse:
    """Take one's own need back."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own_handoff(user=request.user, organization=found, pk=handoff)
    form = VersionedForm(request.POST)
    refused = _("Something in between was changed. This is how it is now; take it back again if you still want to.")
    if not form.is_valid():
        need_find(user=request.user, organization=found, handoff=handoff, need=need)
        return handoff_shown(request, found, handoff, refused=refused)
    try:
        need_remove(
            user=request.user,
            organization=found,
            handoff=handoff,
            need=need,
            version=form.cleaned_data["version"],
        )
    except OwnProblem as problem:
        return handoff_shown(request, found, handoff, refused=str(problem))
    except EditConflict:
        return handoff_shown(request, found, handoff, refused=refused, status=409)
    messages.success(request, _("Taken back. The history keeps it, and “Undo” brings it back."), extra_tags=NEEDS)
    return _to_needs(organization, handoff)


@own_button
def need_answer(request: HttpRequest, organization: int, handoff: int, need: int) -> HttpResponse:
    """Say agreed, cannot, or let us talk to a need."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    try:
        own, held = need_find(user=request.user, organization=found, handoff=handoff, need=need)
        form = reply_form(held, request.POST)
        if not form.is_valid():
            return handoff_shown(request, found, handoff, replies={need: form})
        need_reply(
            user=request.user,
            organization=found,
            handoff=handoff,
            need=need,
            version=form.cleaned_data["version"],
            reply=form.cleaned_data["reply"],
            note=form.cleaned_data["note"],
        )
    except OwnProblem as problem:
        typed = clean_text(request.POST.get("note", ""), 200)
        refused = f"{problem} {_('You had typed: “%(words)s”.') % {'words': typed}}" if typed else str(problem)
        return handoff_shown(request, found, handoff, refused=refused, status=409)
    except EditConflict as conflict:
        by, text = clean_text(conflict.by) or _("Somebody"), clean_text(str(conflict.stored["text"]), 200)
        said = _(
            "%(name)s changed this meanwhile. Now it says: “%(text)s”. What you typed is still here; send it again."
        )
        form.go_on(conflict, said % {"name": by, "text": text})
        return handoff_shown(request, found, handoff, replies={need: form}, status=form.status)
    messages.success(request, _("Said. %(name)s is told.") % _name(own), extra_tags=NEEDS)
    return _to_needs(organization, handoff)


def _changed(request: HttpRequest, own: OwnHandOff, held: Need, form: NeedForm) -> bool:
    """Whether it was kept; else the form says why not."""
    try:
        need_edit(
            user=request.user,
            organization=own.handoff.organization,
            handoff=own.handoff.pk,
            need=held.pk,
            version=form.cleaned_data["version"] or 0,
            text=form.cleaned_data["text"],
            importance=form.cleaned_data["importance"],
        )
    except OwnProblem as problem:
        form.refuse(problem)
        return False
    except EditConflict as conflict:
        stored = {"text": held.text, "importance": str(Need.Importance(held.importance).label)}
        typed = {"text": form.cleaned_data["text"], "importance": form.cleaned_data["importance"]}
        form.show_conflict(
            conflict, {name: text for name, text in stored.items() if typed[name] != getattr(held, name)}
        )
        if held.reply:
            said = _("%(name)s said to the stored words: “%(reply)s”.")
            form.add_error(None, said % (_name(own) | {"reply": held.get_reply_display()}))
        return False
    said = _("Saved. %(name)s is asked to say something to it.") if own.other_can_say else _("Saved.")
    messages.success(request, said % _name(own), extra_tags=NEEDS)
    return True


def _to_needs(organization: int, handoff: int) -> HttpResponse:
    """Back to the place of the page where the needs stand."""
    return redirect(f"{reverse('chainmap:handoff', args=[organization, handoff])}#{NEEDS}")


def _kept_words(request: HttpRequest) -> NeedForm | None:
    """The words somebody typed to a need that is gone: as the form of a new one."""
    return need_form(request.POST) if request.method == "POST" else None


def _name(own: OwnHandOff) -> dict[str, str]:
    return {"name": clean_text(own.other.name)}
