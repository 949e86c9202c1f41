"""Kept scenarios: the list, one of them, another name, away with it, and several side by side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import require
from chainmap.domain.roles import Action
from chainmap.domain.scenario_changes import ScenarioError, change_row, changes_read
from chainmap.exports.plain_text import clean_text
from chainmap.exports.scenario_words import problem_sentence
from chainmap.models import Organization, Scenario
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.scenarios import (
    LEAST_COMPARED,
    MOST_COMPARED,
    OpenedScenario,
    scenario_compare,
    scenario_keep,
    scenario_open,
    scenario_remove,
    scenario_rename,
    scenarios_list,
)
from chainmap.web.own_forms import VersionedForm
from chainmap.web.pages import form_page, page, posted
from chainmap.web.queries import QueryError, require_known
from chainmap.web.scenario_answers import Outcome, outcome_of
from chainmap.web.scenario_forms import KeepForm, RenameForm
from chainmap.web.scenario_reading import number_or_none, round_asked


@form_page
def scenarios(request: HttpRequest, organization: int) -> HttpResponse:
    """Everything kept, to open and to compare. POST keeps one: name, note, changes (JSON) and round.

    A script (``X-Requested-With: fetch``) is answered as JSON.
    """
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.KEEP_SCENARIOS, found)
    if request.method != "POST":
        return _list(request, found, None)
    form = KeepForm(request.POST, auto_id="keep_%s")
    kept = _keep(request, found, form) if form.is_valid() else None
    if _is_script(request):
        return _kept_json(form, kept)
    if kept is None:
        return _list(request, found, form)
    messages.success(request, _("Kept. Nothing in the chain itself has changed."))
    return redirect("chainmap:scenario", organization, kept.pk)


@page
def scenario(request: HttpRequest, organization: int, scenario: int) -> HttpResponse:
    """One scenario as it reads today; for a script its changes as JSON."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    opened = scenario_open(actor=request.user, organization=found, pk=scenario)
    if _is_script(request):
        return JsonResponse(
            {
                "name": clean_text(opened.scenario.name, 120),
                "round": opened.scenario.round_id,
                "changes": [change_row(change) for change in opened.changes],
                "left_out": [f"{one.sentence} {one.why}" for one in opened.left_out],
            }
        )
    context = {"organization": found, "opened": opened, "outcome": _outcome(opened)}
    return render(request, "chainmap/map/scenario.html", context)


@form_page
def scenario_edit(request: HttpRequest, organization: int, scenario: int) -> HttpResponse:
    """Another name and note."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    kept = scenario_open(actor=request.user, organization=found, pk=scenario).scenario
    form = RenameForm(posted(request), initial={"name": kept.name, "note": kept.note, "version": kept.version})
    if form.is_valid():
        read = form.cleaned_data
        try:
            scenario_rename(
                actor=request.user,
                organization=found,
                pk=scenario,
                name=read["name"],
                note=read["note"],
                version=read["version"],
            )
        except EditConflict as conflict:
            form.show_conflict(conflict, {name: str(value) for name, value in conflict.stored.items()})
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("chainmap:scenario", organization, scenario)
    context = {"organization": found, "scenario": kept, "form": form}
    return render(request, "chainmap/map/scenario_edit.html", context, status=form.status)


@form_page
def scenario_away(request: HttpRequest, organization: int, scenario: int) -> HttpResponse:
    """Throw it away, after saying what that means."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    kept = scenario_open(actor=request.user, organization=found, pk=scenario).scenario
    form = VersionedForm(posted(request), initial={"version": kept.version})
    if form.is_valid():
        try:
            scenario_remove(actor=request.user, organization=found, pk=scenario, version=form.cleaned_data["version"])
        except EditConflict as conflict:
            form.go_on(
                conflict,
                _("Somebody gave it another name meanwhile. Look at it again; remove it if you still want to."),
            )
            kept = scenario_open(actor=request.user, organization=found, pk=scenario).scenario
        else:
            messages.success(request, _("The scenario is removed. The chain is as it was."))
            return redirect("chainmap:scenarios", organization)
    context = {"organization": found, "scenario": kept, "form": form}
    return render(request, "chainmap/map/scenario_remove.html", context, status=form.status)


@page
def scenario_beside(request: HttpRequest, organization: int) -> HttpResponse:
    """Two to four scenarios side by side: ``?with=`` each of them."""
    for name in request.GET:
        if name != "with":
            raise QueryError(_("The address cannot be understood. Choose the scenarios on the list again."))
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.KEEP_SCENARIOS, found)
    try:
        asked = [number_or_none(one) or 0 for one in request.GET.getlist("with")]
        opened = scenario_compare(actor=request.user, organization=found, pks=asked)
    except ScenarioError as error:
        raise QueryError(problem_sentence(error)) from None
    except OwnProblem as problem:
        return _list(request, found, None, refused=str(problem) if asked else "")
    shared = _shared(opened)
    columns = [
        (one, _outcome(one, digits=1), [sentence for sentence in one.sentences if sentence not in shared])
        for one in opened
    ]
    best = max((outcome.after for _one, outcome, _own in columns if outcome), default=0.0)
    context = {
        "organization": found,
        "columns": columns,
        "best": best,
        "same_start": len({(one.scenario.round_id, _before(outcome)) for one, outcome, _own in columns}) == 1,
        "shared": [sentence for sentence in opened[0].sentences if sentence in shared],
    }
    return render(request, "chainmap/map/scenario_compare.html", context)


def _keep(request: HttpRequest, organization: Organization, form: KeepForm) -> Scenario | None:
    try:
        return scenario_keep(
            actor=request.user,
            organization=organization,
            round=round_asked(request, organization, number_or_none(request.POST.get("round"))),
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            changes=changes_read(request.POST.get("changes", "")),
        )
    except OwnProblem as problem:
        form.refuse(problem)
    except ScenarioError as error:
        form.add_error(None, problem_sentence(error))
    return None


def _kept_json(form: KeepForm, kept: Scenario | None) -> HttpResponse:
    if kept is not None:
        return JsonResponse({"kept": True, "scenario": kept.pk, "name": clean_text(kept.name, 120)})
    field, errors = next(iter(form.errors.items()))
    return JsonResponse({"field": None if field == "__all__" else field, "message": " ".join(errors)}, status=400)


def _list(request: HttpRequest, organization: Organization, form: KeepForm | None, refused: str = "") -> HttpResponse:
    """The list; with a form that could not be kept, that one above it, so that nothing is lost."""
    context = {
        "organization": organization,
        "rows": scenarios_list(actor=request.user, organization=organization),
        "keep": form,
        "changes_text": request.POST.get("changes", "")[:25_000] if form else "",
        "round_text": request.POST.get("round", "")[:20] if form else "",
        "refused": refused,
        "least": LEAST_COMPARED,
        "most": MOST_COMPARED,
    }
    status = 400 if form is not None or refused else 200
    return render(request, "chainmap/map/scenarios.html", context, status=status)


def _outcome(opened: OpenedScenario, digits: int | None = None) -> Outcome | None:
    if opened.base is None or opened.finding is None:
        return None
    return outcome_of(opened.base, opened.finding, digits)


def _before(outcome: Outcome | None) -> float | None:
    return None if outcome is None else round(outcome.before, 12)


def _shared(opened: tuple[OpenedScenario, ...]) -> set[str]:
    """Changes, in words, that all of them make."""
    return set.intersection(*(set(one.sentences) for one in opened))


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
