"""Show a presentation: one scene at a time, full screen, with keys and a clicker; and the data of its maps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.domain.chain_map import MapLink, MapParty
from chainmap.exports import map_words
from chainmap.exports.map_json import map_json
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Scene, Workshop
from chainmap.services.organizations import organization_find
from chainmap.services.scenes import SceneShown, map_of_scene, scene_find, scene_show, scenes_of
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, require_known
from chainmap.web.scene_pages import list_address, show_address, workshop_asked

_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_STEP = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the presentation is, and the addresses around it; "" where there is nothing."""

    place: int
    count: int
    previous: str
    next: str
    first: str
    last: str
    names: str  # the same with names shown, or hidden


@page
def presentation_show(request: HttpRequest, organization: int) -> HttpResponse:
    """``?scene=`` its number in the presentation, ``?step=`` of a walk, ``?names=hidden``, ``?workshop=``."""
    require_known(request, "scene", "step", "names", "workshop")
    found = organization_find(actor=request.user, pk=organization)
    workshop = workshop_asked(request, found)
    scenes = scenes_of(actor=request.user, organization=found, workshop=workshop)
    hides = _hides_asked(request)
    context: dict[str, object] = {
        "organization": found,
        "workshop": workshop,
        "back": list_address(found, workshop),
        "channel": f"chainmap-{found.pk}-{workshop.pk if workshop else 0}",
    }
    if not scenes:
        return render(request, "chainmap/presentation/show.html", context)
    place = _place_asked(request, len(scenes))
    scene = scenes[place - 1]
    step = _step_asked(request, scene)
    shown = scene_show(actor=request.user, scene=scene, step=step, hides_names=hides)
    context |= {
        "shown": _rendered(request, found, workshop, shown),
        "stage": _stage(found, workshop, scenes, place, shown, hides=hides),
        "title": _spoken(shown),
        "hides_names": shown.hides_names,
        "is_forced": shown.hides_names and not hides,
    }
    return render(request, "chainmap/presentation/show.html", context)


@page
def scene_map(request: HttpRequest, organization: int, scene: int) -> HttpResponse:
    """The data of a map scene: of no address, and where names are hidden without a single one."""
    require_known(request, "names")
    found = organization_find(actor=request.user, pk=organization)
    kept = scene_find(actor=request.user, organization=found, pk=scene)
    if kept.kind != Scene.Kind.MAP:
        raise NotFound
    drawn, shown = map_of_scene(actor=request.user, scene=kept, hides_names=_hides_asked(request))
    return JsonResponse(
        map_json(
            drawn,
            words=map_words.map_words(drawn, shown.finding),
            may_arrange=False,
            party_address=_nowhere,
            link_address=_nowhere,
        )
    )


def _nowhere(_part: MapParty | MapLink) -> None:
    """A map on a projector leads nowhere: nothing on it can be clicked by mistake."""
    return


def _stage(
    organization: Organization,
    workshop: Workshop | None,
    scenes: list[Scene],
    place: int,
    shown: SceneShown,
    *,
    hides: bool,
) -> Stage:
    names = HIDDEN if hides else None

    def at(scene: int, step: int | None = None) -> str:
        return show_address(organization, workshop, scene=scene, step=step, names=names)

    count, step = len(scenes), shown.step
    following = at(place + 1, _first_step(scenes[place])) if place < count else ""
    if step is not None:  # inside a walk: on to its next stop, then to the whole of it
        following = at(place, step + 1) if step < shown.steps else at(place)
    before = at(place - 1) if place > 1 else ""
    if shown.steps and step is None:
        before = at(place, shown.steps)
    elif step:
        before = at(place, step - 1)
    other = None if hides else HIDDEN
    return Stage(
        place,
        count,
        before,
        following,
        at(1, _first_step(scenes[0])),
        at(count),
        show_address(organization, workshop, scene=place, step=step, names=other),
    )


def _first_step(scene: Scene) -> int | None:
    """A walk begins at its beginning when it is reached from before."""
    return 0 if scene.kind == Scene.Kind.WALK else None


def _rendered(
    request: HttpRequest, organization: Organization, workshop: Workshop | None, shown: SceneShown
) -> SafeString:
    common = {"organization": organization, "workshop": workshop, "is_projector": True}
    return render_to_string(shown.template, dict(shown.context) | common, request)


def _spoken(shown: SceneShown) -> str:
    context = shown.context
    return str(context.get("title") or context.get("sentence") or context.get("question") or "")


def _place_asked(request: HttpRequest, count: int) -> int:
    asked = request.GET.get("scene", "1")
    if not _NUMBER.fullmatch(asked) or int(asked) > count:
        raise QueryError(
            _("There is no scene “%(asked)s” in this presentation. Use a whole number from 1 to %(last)s.")
            % {"asked": clean_text(asked, 40), "last": count}
        )
    return int(asked)


def _step_asked(request: HttpRequest, scene: Scene) -> int | None:
    """The step of a walk; None for the whole. A walk that became shorter meanwhile is shown as a whole."""
    asked = request.GET.get("step")
    if asked is None:
        return None
    if not _STEP.fullmatch(asked) or scene.kind != Scene.Kind.WALK:
        raise QueryError(
            _("There is no step “%(asked)s” in this scene. Leave out what follows the “?”.")
            % {"asked": clean_text(asked, 40)}
        )
    return int(asked)


def _hides_asked(request: HttpRequest) -> bool:
    asked = request.GET.get("names", "")
    if asked not in ("", HIDDEN):
        raise QueryError(_("Names are shown, or “names” is “hidden”. Leave out what follows the “?”."))
    return asked == HIDDEN
