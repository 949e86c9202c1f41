"""Prepare a presentation: its scenes in their order, a form for each, and one click for a good one to begin with."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.access import NotFound, require
from chainmap.domain.roles import Action
from chainmap.domain.texts import TextFault
from chainmap.exports.plain_text import clean_text
from chainmap.models import Exercise, Organization, Scene, Workshop
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.people import person_label
from chainmap.services.scene_shows import focus_labels
from chainmap.services.scenes import (
    ScenePlan,
    scene_find,
    scene_move,
    scene_remove,
    scene_save,
    scenes_make,
    scenes_of,
)
from chainmap.services.workshops import exercises_of, workshop_find
from chainmap.web.own_forms import text_fault_sentence
from chainmap.web.pages import button_page, form_page, page, posted
from chainmap.web.people import resolved
from chainmap.web.queries import QueryError, require_known
from chainmap.web.scene_forms import SceneForm

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
#: Where a removed scene waits to be put back: in the session, so that its words are in no address.
_REMOVED = "removed_scene"


@dataclass(frozen=True, slots=True)
class SceneRow:
    """A scene of the list, and the address that begins the presentation with it."""

    scene: Scene
    place: int
    title: str
    show: str
    is_first: bool
    is_last: bool
    focus: str = ""  # whom it looks at


@page
def presentation(request: HttpRequest, organization: int) -> HttpResponse:
    """The presentation of the organization outside of any workshop."""
    require_known(request)
    return _listed(request, organization_find(actor=request.user, pk=organization), None)


@page
def workshop_scenes(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The scenes of one workshop."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    return _listed(request, found, workshop_find(actor=request.user, organization=found, pk=workshop))


@form_page
def scene_new(request: HttpRequest, organization: int) -> HttpResponse:
    """A new scene at the end; ``?workshop=`` of a workshop."""
    found, workshop = _asked(request, organization)
    form = SceneForm(
        posted(request), exercises=_exercises(workshop), initial={"kind": Scene.Kind.MAP.value, "steps": 2}
    )
    if _saved(request, form, found, workshop, None):
        messages.success(request, _("Added at the end."))
        return redirect(list_address(found, workshop))
    return _form(request, form, found, workshop)


@form_page
def scene_edit(request: HttpRequest, organization: int, scene: int) -> HttpResponse:
    """Change one scene; what was typed about one that is gone meanwhile can be added anew."""
    found, workshop = _asked(request, organization)
    require(request.user, Action.PRESENT, found)
    try:
        kept = scene_find(actor=request.user, organization=found, pk=scene)
        return _edited(request, found, kept)
    except NotFound:
        if request.method != "POST":
            raise
        return _gone(request, found, workshop)


@button_page
def scene_remove_button(request: HttpRequest, organization: int, scene: int) -> HttpResponse:
    """Take a scene out; the list offers to put it back."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    kept = scene_find(actor=request.user, organization=found, pk=scene)
    plan, place = scene_remove(actor=request.user, scene=kept)
    request.session[_REMOVED] = {
        "organization": found.pk,
        "workshop": kept.workshop_id,
        "place": place,
        "plan": asdict(plan),
        "title": scene_title(kept),
    }
    return redirect(list_address(found, kept.workshop))


@button_page
def scene_put_back(request: HttpRequest, organization: int) -> HttpResponse:
    """Put the scene back that was removed last, where it was."""
    found, workshop = _asked(request, organization)
    require(request.user, Action.PRESENT, found)
    removed = _removed(request, found, workshop)
    if removed is None:
        messages.info(request, _("There is nothing to put back any more."))
        return redirect(list_address(found, workshop))
    del request.session[_REMOVED]
    plan = ScenePlan(**removed["plan"])
    count = len(scenes_of(actor=request.user, organization=found, workshop=workshop))
    try:
        scene_save(
            actor=request.user,
            organization=found,
            workshop=workshop,
            plan=plan,
            place=min(int(removed["place"]), count + 1),
        )
    except OwnProblem as problem:
        messages.error(request, _("It could not be put back. %(why)s") % {"why": problem})
    else:
        messages.success(request, _("It is back where it was."))
    return redirect(list_address(found, workshop))


@button_page
def scene_move_button(request: HttpRequest, organization: int, scene: int) -> HttpResponse:
    """One place up or down: ``to`` is "up" or "down"."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    kept = scene_find(actor=request.user, organization=found, pk=scene)
    wanted = request.POST.getlist("to")
    if wanted not in (["up"], ["down"]):
        raise QueryError(_("The form must say “up” or “down”, once. Go back and use the buttons."))
    place = scene_move(actor=request.user, scene=kept, up=wanted == ["up"])
    messages.success(request, _("“%(title)s” is number %(place)s now.") % {"title": scene_title(kept), "place": place})
    return redirect(f"{list_address(found, kept.workshop)}#scene-{kept.pk}")


@button_page
def scenes_ready_made(request: HttpRequest, organization: int) -> HttpResponse:
    """A good presentation in one click."""
    found, workshop = _asked(request, organization)
    try:
        made = scenes_make(actor=request.user, organization=found, workshop=workshop)
    except OwnProblem as problem:
        messages.error(request, str(problem))
        return redirect(list_address(found, workshop))
    said = ngettext(
        "%(count)s scene is ready. Change what you like.", "%(count)s scenes are ready. Change what you like.", made
    )
    messages.success(request, said % {"count": made})
    return redirect(list_address(found, workshop))


def scene_title(scene: Scene) -> str:
    """What a scene is called in a list."""
    return clean_text(scene.title or scene.question) or str(scene.get_kind_display())


def list_address(organization: Organization, workshop: Workshop | None) -> str:
    """Where the scenes of a presentation are listed."""
    if workshop is None:
        return reverse("chainmap:presentation", args=[organization.pk])
    return reverse("chainmap:workshop_scenes", args=[organization.pk, workshop.pk])


def show_address(organization: Organization, workshop: Workshop | None, **query: object) -> str:
    """Where a presentation is shown; ``query``: scene, step, names."""
    asked = {name: str(value) for name, value in query.items() if value is not None}
    if workshop is not None:
        asked["workshop"] = str(workshop.pk)
    address = reverse("chainmap:presentation_show", args=[organization.pk])
    return f"{address}?{urlencode(asked)}" if asked else address


def workshop_asked(request: HttpRequest, organization: Organization) -> Workshop | None:
    """The workshop of ``?workshop=``; None without one. Raises QueryError for what is no number."""
    asked = request.GET.get("workshop", "")
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked) or int(asked) >= 2**63:
        raise QueryError(_("The address asks for a workshop that is no number. Leave out what follows the “?”."))
    return workshop_find(actor=request.user, organization=organization, pk=int(asked))


def _asked(request: HttpRequest, organization: int) -> tuple[Organization, Workshop | None]:
    require_known(request, "workshop")
    found = organization_find(actor=request.user, pk=organization)
    return found, workshop_asked(request, found)


def _exercises(workshop: Workshop | None) -> list[Exercise]:
    return [] if workshop is None else exercises_of(workshop)


def _listed(request: HttpRequest, organization: Organization, workshop: Workshop | None) -> HttpResponse:
    scenes = scenes_of(actor=request.user, organization=organization, workshop=workshop)
    focus = focus_labels(actor=request.user, organization=organization, workshop=workshop, scenes=scenes)
    rows = [
        SceneRow(
            scene,
            place,
            scene_title(scene),
            show_address(organization, workshop, scene=place),
            place == 1,
            place == len(scenes),
            focus.get(scene.pk, ""),
        )
        for place, scene in enumerate(scenes, start=1)
    ]
    context = {
        "organization": organization,
        "workshop": workshop,
        "rows": rows,
        "show": show_address(organization, workshop),
        "removed": _removed(request, organization, workshop),
        "query": f"?workshop={workshop.pk}" if workshop else "",
    }
    return render(request, "chainmap/presentation/list.html", context)


def _removed(request: HttpRequest, organization: Organization, workshop: Workshop | None) -> dict[str, Any] | None:
    """The scene that was removed last, if it was one of this presentation."""
    kept = request.session.get(_REMOVED)
    here = (organization.pk, workshop.pk if workshop else None)
    return kept if kept and (kept["organization"], kept["workshop"]) == here else None


def _saved(
    request: HttpRequest, form: SceneForm, organization: Organization, workshop: Workshop | None, scene: Scene | None
) -> bool:
    """Whether what was sent is kept; what is wrong with it stands in the form then."""
    require(request.user, Action.PRESENT, organization)
    if not form.is_valid():
        return False
    focus = resolved(form, "focus", user=request.user, organization=organization)
    if form.errors:
        return False
    try:
        scene_save(
            actor=request.user,
            organization=organization,
            plan=form.plan(focus.pk if focus else None),
            workshop=workshop,
            scene=scene,
            version=form.cleaned_data["version"],
        )
    except EditConflict as conflict:
        form.show_conflict(conflict, form.other_words(conflict.stored))
    except OwnProblem as problem:
        form.refuse(problem)
    except TextFault as fault:
        form.add_error(None, text_fault_sentence(fault))
    else:
        return True
    return False


def _edited(request: HttpRequest, organization: Organization, scene: Scene) -> HttpResponse:
    focus = person_label(user=request.user, organization=organization, party=scene.focus) if scene.focus else ""
    form = SceneForm(posted(request), exercises=_exercises(scene.workshop), initial=SceneForm.values_of(scene, focus))
    if _saved(request, form, organization, scene.workshop, scene):
        messages.success(request, _("Saved."))
        return redirect(list_address(organization, scene.workshop))
    return _form(request, form, organization, scene.workshop, scene)


def _gone(request: HttpRequest, organization: Organization, workshop: Workshop | None) -> HttpResponse:
    """409: the same form, to be sent as a new scene."""
    form = SceneForm(request.POST, exercises=_exercises(workshop))
    form.is_conflict = True
    form.add_error(
        None, _("Somebody removed this scene meanwhile. What you typed is still here: send it to add it at the end.")
    )
    return _form(request, form, organization, workshop, action=reverse("chainmap:scene_new", args=[organization.pk]))


def _form(
    request: HttpRequest,
    form: SceneForm,
    organization: Organization,
    workshop: Workshop | None,
    scene: Scene | None = None,
    action: str = "",
) -> HttpResponse:
    if action and workshop is not None:
        action = f"{action}?workshop={workshop.pk}"
    context = {
        "organization": organization,
        "workshop": workshop,
        "form": form,
        "scene": scene,
        "action": action,
        "back": list_address(organization, workshop),
    }
    return render(request, "chainmap/presentation/form.html", context, status=form.status)
