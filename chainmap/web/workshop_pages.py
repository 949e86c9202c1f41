"""Workshops for those who make them: the list, the short form, opening and closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can, require
from chainmap.domain.roles import Action
from chainmap.exports.workshop_words import exercise_instruction, exercise_title, mode_label
from chainmap.models import Organization, Workshop
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict
from chainmap.services.room_people import people_in_room, person_put_out
from chainmap.services.workshops import (
    KINDS,
    WorkshopProblem,
    exercise_edit,
    exercises_of,
    workshop_close,
    workshop_create,
    workshop_edit,
    workshop_find,
    workshop_open,
    workshop_remove,
    workshop_reopen,
    workshops_list,
)
from chainmap.web.pages import button_page, form_page, page, posted
from chainmap.web.queries import require_known
from chainmap.web.workshop_forms import ExerciseForm, WorkshopForm, teams_of, usual_values, values_of


@page
def workshops(request: HttpRequest, organization: int) -> HttpResponse:
    """All workshops, newest first."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    rows = [(row, mode_label(row.workshop.mode)) for row in workshops_list(actor=request.user, organization=found)]
    may_run = can(request.user, Action.RUN_WORKSHOPS, found)
    context = {"organization": found, "rows": rows, "may_run": may_run}
    return render(request, "chainmap/workshop/workshops.html", context)


@form_page
def workshop_new(request: HttpRequest, organization: int) -> HttpResponse:
    """Make one: as it stands, one tap is enough."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.RUN_WORKSHOPS, found)
    form = WorkshopForm(posted(request), teams=teams_of(request.user, found), initial=usual_values())
    if form.is_valid():
        try:
            made = workshop_create(actor=request.user, organization=found, plan=form.plan())
        except WorkshopProblem as problem:
            form.refuse_workshop(problem)
        else:
            messages.success(request, _("Prepared. Open it when the room is ready."))
            return redirect("chainmap:workshop", organization, made.pk)
    context = {"organization": found, "form": form, "workshop": None}
    return render(request, "chainmap/workshop/new.html", context, status=form.status)


@form_page
def workshop_change(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Change one."""
    require_known(request)
    found = run_find(request, organization, workshop)
    there = [row.kind for row in exercises_of(found)]
    form = WorkshopForm(
        posted(request),
        teams=teams_of(request.user, found.organization),
        kinds=[*there, *(kind for kind in KINDS if kind not in there)],
        initial=values_of(found, there),
    )
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            workshop_edit(actor=request.user, workshop=found, plan=form.plan(), version=version)
        except WorkshopProblem as problem:
            form.refuse_workshop(problem)
        except EditConflict as conflict:
            form.show_conflict(conflict, {name: str(value) for name, value in conflict.stored.items()})
        else:
            messages.success(request, _("Saved."))
            return redirect("chainmap:workshop", organization, workshop)
    context = {"organization": found.organization, "form": form, "workshop": found}
    return render(request, "chainmap/workshop/new.html", context, status=form.status)


@form_page
def exercise_change(request: HttpRequest, organization: int, workshop: int, exercise: int) -> HttpResponse:
    """The words, the time and the place of one exercise."""
    require_known(request)
    found = part_find(request, organization, workshop)
    row = next((one for one in exercises_of(found) if one.pk == exercise), None)
    if row is None:
        raise NotFound
    form = ExerciseForm(posted(request), initial=ExerciseForm.values_of(row))
    if form.is_valid():
        given = {"instruction": form.cleaned_data["instruction"], "place": form.cleaned_data["place"]}
        try:
            exercise_edit(actor=request.user, workshop=found, exercise=exercise, seconds=form.seconds, **given)
        except WorkshopProblem as problem:
            form.add_error("minutes" if problem.field == "seconds" else problem.field, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("chainmap:workshop", organization, workshop)
    context = {
        "organization": found.organization,
        "workshop": found,
        "form": form,
        "title": exercise_title(row.kind),
        "usual": exercise_instruction(row.kind),
    }
    return render(request, "chainmap/workshop/exercise_edit.html", context, status=form.status)


@form_page
def workshop_take_away(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Remove one, after saying what goes with it."""
    require_known(request)
    found = run_find(request, organization, workshop)
    refused = ""
    if request.method == "POST":
        try:
            workshop_remove(actor=request.user, workshop=found)
        except WorkshopProblem as problem:
            refused = str(problem)
        else:
            messages.success(request, _("The workshop is removed."))
            return redirect("chainmap:workshops", organization)
    context = {"organization": found.organization, "workshop": found, "refused": refused}
    return render(request, "chainmap/workshop/remove.html", context, status=400 if refused else 200)


@form_page
def workshop_people(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Who is in, and putting somebody out, after saying what goes with it."""
    require_known(request)
    found = run_find(request, organization, workshop)
    people = people_in_room(actor=request.user, workshop=found)
    context = {"organization": found.organization, "workshop": found, "people": people}
    if request.method != "POST":
        return render(request, "chainmap/workshop/people.html", context)
    who = next((one for one in people if str(one.pk) == request.POST.get("who")), None)
    if who is None:
        refused = {"refused": _("Nobody of this list was chosen, or they left meanwhile. Choose again.")}
        return render(request, "chainmap/workshop/people.html", context | refused, status=400)
    if "sure" not in request.POST:
        return render(request, "chainmap/workshop/people.html", context | {"who": who})
    person_put_out(actor=request.user, workshop=found, participant=who.pk)
    messages.success(request, _("Put out. With the code they could come in again: ask who it was."))
    return redirect("chainmap:workshop_people", organization, workshop)


@button_page
def workshop_start(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Open it: there is a code from now on."""
    require_known(request)
    found = run_find(request, organization, workshop)
    try:
        workshop_open(actor=request.user, workshop=found)
    except WorkshopProblem as problem:
        messages.error(request, str(problem))
    return redirect("chainmap:workshop", organization, workshop)


@button_page
def workshop_again(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Open a closed one again, under another code."""
    require_known(request)
    found = run_find(request, organization, workshop)
    try:
        workshop_reopen(actor=request.user, workshop=found)
    except WorkshopProblem as problem:
        messages.error(request, str(problem))
    return redirect("chainmap:workshop", organization, workshop)


@button_page
def workshop_end(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Close it: nobody joins or says anything any more."""
    require_known(request)
    found = run_find(request, organization, workshop)
    workshop_close(actor=request.user, workshop=found)
    messages.success(request, _("The workshop is closed. All that was said is kept, and it can be opened again."))
    return redirect("chainmap:workshop", organization, workshop)


def run_find(request: HttpRequest, organization: int, workshop: int) -> Workshop:
    """A workshop the reader may run. Raises NotFound, and PermissionDenied for an insider who may not."""
    found: Organization = organization_find(actor=request.user, pk=organization)
    seen = workshop_find(actor=request.user, organization=found, pk=workshop)
    require(request.user, Action.RUN_WORKSHOPS, found)
    return seen


def part_find(request: HttpRequest, organization: int, workshop: int) -> Workshop:
    """As :func:`run_find`, for a part of a workshop: whoever may not run it is told of no part. Raises NotFound."""
    found = organization_find(actor=request.user, pk=organization)
    if not can(request.user, Action.RUN_WORKSHOPS, found):
        raise NotFound
    return workshop_find(actor=request.user, organization=found, pk=workshop)
