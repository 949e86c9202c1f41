"""A scene as it is shown to a room: picture, words and question, on request without a single name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.chain_map import ChainMap
from chainmap.domain.findings import Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.hidden_names import hide_names
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.exports import words
from chainmap.exports.chain_picture import chain_picture
from chainmap.exports.report_figures import of_hundred
from chainmap.models import Organization, Scene, Workshop
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.exercise_results import result_find
from chainmap.services.map_places import map_placed
from chainmap.services.pictures import MOST_PARTIES_DRAWN, DrawnChain, drawn_once
from chainmap.services.shown_findings import Shown, finding_shown, map_words
from chainmap.services.walks import suggested_walks, walk_context, walk_find


@dataclass(frozen=True, slots=True)
class SceneShown:
    """A scene on a screen. ``steps``: how many stops it has inside, of which ``step`` is shown; a walk has some."""

    scene: Scene
    template: str
    context: Mapping[str, Any]
    hides_names: bool
    steps: int = 0
    step: int | None = None


def scene_finding(
    *, actor: User | Operator, organization: Organization, workshop: Workshop | None, hides_names: bool = False
) -> Shown:
    """The finding scenes are made of. Raises SolverError as the analysis does."""
    return finding_shown(actor=actor, organization=organization, workshop=workshop, hides_names=hides_names)


def hides_names_in(scene: Scene) -> bool:
    """Whether its names are hidden whatever is asked for: by the scene itself, or by the coach for the whole room."""
    if scene.hides_names or scene.workshop_id is None:
        return scene.hides_names
    return Workshop.objects.filter(pk=scene.workshop_id, hides_names=True).exists()


def scene_show(
    *, actor: User | Operator, scene: Scene, step: int | None = None, hides_names: bool = False
) -> SceneShown:
    """What a template of ``chainmap/workshop/scenes/`` needs.

    ``step`` of a walk: 0 is its beginning, None the whole of it; one that is too far is the whole. ``hides_names``
    hides them beside what scene and workshop say. Raises NotFound for a stranger, PermissionDenied without the right,
    SolverError as the analysis does.
    """
    require(actor, Action.PRESENT, scene.organization)
    hides = hides_names or hides_names_in(scene)
    template = f"chainmap/workshop/scenes/{scene.kind}.html"
    if scene.kind == Scene.Kind.RESULT:
        return SceneShown(scene, template, _result(actor, scene, hides=hides), hides)
    shown = scene_finding(actor=actor, organization=scene.organization, workshop=scene.workshop, hides_names=hides)
    common = {"scene": scene, "title": shown.mask(scene.title), "question": shown.mask(scene.question)}
    if scene.kind == Scene.Kind.WALK:
        context, steps, at = _walk(actor, scene, shown, step)
        return SceneShown(scene, template, context | common | {"sentence": context["title"]}, hides, steps, at)
    if scene.kind == Scene.Kind.MAP:
        return SceneShown(scene, template, common | _map(actor, scene, shown), hides)
    return SceneShown(scene, template, common, hides)


def map_of_scene(*, actor: User | Operator, scene: Scene, hides_names: bool = False) -> tuple[ChainMap, Shown]:
    """The map of a map scene for whoever draws it in a browser, without a name where names are hidden.

    Raises NotFound for a stranger, PermissionDenied without the right, SolverError as the analysis does.
    """
    require(actor, Action.PRESENT, scene.organization)
    hides = hides_names or hides_names_in(scene)
    open_ = scene_finding(actor=actor, organization=scene.organization, workshop=scene.workshop)
    found = map_placed(organization=scene.organization, finding=open_.finding)
    if not hides:
        return found, open_
    shown = scene_finding(actor=actor, organization=scene.organization, workshop=scene.workshop, hides_names=True)
    # everybody stands where they stood: only what they are called is another
    short = hide_names(open_.finding, map_words())
    parties = [replace(party, name=hidden.name) for party, hidden in zip(found.parties, short.parties, strict=True)]
    links = [replace(link, what=shown.mask(link.what)) for link in found.links]
    return replace(found, parties=parties, links=links), shown


def focus_of(scene: Scene, shown: Shown) -> PartyFinding | None:
    """Whom the scene looks at, as a party of its finding."""
    return shown.party_of(scene.focus)


def focus_labels(
    *, actor: User | Operator, organization: Organization, workshop: Workshop | None, scenes: Sequence[Scene]
) -> dict[int, str]:
    """Scene -> whom it looks at, as its picture calls them: of a finding by team the team, never one of its people.

    Scenes that look at nobody are not in it. Raises NotFound for a stranger, PermissionDenied without the right.
    """
    require(actor, Action.PRESENT, organization)
    looking = {scene.pk: scene.focus for scene in scenes if scene.focus is not None}
    if not looking:
        return {}
    try:
        shown = scene_finding(actor=actor, organization=organization, workshop=workshop)
    except SolverError:
        return {pk: party.name for pk, party in looking.items()}
    if not shown.finding.by_team:
        return {pk: party.name for pk, party in looking.items()}
    found = {pk: shown.party_of(party) for pk, party in looking.items()}
    return {pk: party.name for pk, party in found.items() if party is not None}


def worst_at(finding: Bottlenecks, party: PartyFinding | None) -> HandOffFinding | None:
    """The hand-off of a party that most could be won back at; of the whole chain without one."""
    return next(
        (
            one
            for one in finding.ranked
            if one.recoverable and (party is None or party.id in (one.supplier, one.customer))
        ),
        None,
    )


def near(finding: Bottlenecks, party: str, steps: int) -> Bottlenecks:
    """The part of a finding within so many steps up and down from a party; its figures stay those of the whole."""
    kept = _reached(finding, party, steps, down=True) | _reached(finding, party, steps, down=False)
    return replace(
        finding,
        parties=[one for one in finding.parties if one.id in kept],
        handoffs=[one for one in finding.handoffs if one.supplier in kept and one.customer in kept],
    )


def _reached(finding: Bottlenecks, party: str, steps: int, *, down: bool) -> set[str]:
    found, edge = {party}, {party}
    for _step in range(steps):
        edge = {
            one.customer if down else one.supplier
            for one in finding.handoffs
            if (one.supplier if down else one.customer) in edge
        } - found
        found |= edge
    return found


def _walk(
    actor: User | Operator, scene: Scene, shown: Shown, step: int | None
) -> tuple[dict[str, Any], int, int | None]:
    """Of the focus, or where most is lost; the context, the number of steps, the one that is shown."""
    start = focus_of(scene, shown)
    if start is None:
        suggested = suggested_walks(shown.finding)
        start = suggested[0].party if suggested else next(iter(shown.finding.parties), None)
    if start is None:
        nobody = _("There is no chain yet: nobody and no hand-off has been entered.")
        return {"title": nobody, "said": None, "step": None}, 0, None
    seen = walk_find(actor=actor, organization=scene.organization, party=start.key, finding=shown, aloud=True)
    steps = len(seen.walk.steps)
    at = step if step is not None and step <= steps and steps else None
    return walk_context(seen, at, tight=True), steps, at


def _map(actor: User | Operator, scene: Scene, shown: Shown) -> dict[str, Any]:
    finding, focus = shown.finding, focus_of(scene, shown)
    worst = worst_at(finding, focus) if focus is not None else None
    part = near(finding, focus.id, scene.steps) if focus is not None else finding
    drawn = _drawn(actor, scene, shown, part)
    return {
        "sentence": _map_sentence(finding, worst),
        "drawn": drawn,
        "picture": _safe(drawn.svg or ""),
        "focus": focus,
        "select": worst.key if worst is not None and not finding.by_team else None,
        "hides_names": shown.hides_names,
    }


def _drawn(actor: User | Operator, scene: Scene, shown: Shown, part: Bottlenecks) -> DrawnChain:
    """The picture for whoever has no scripts: folded to teams where there are too many to be drawn."""
    if len(part.parties) > MOST_PARTIES_DRAWN and not part.by_team and part is shown.finding:
        part = _by_team(actor, scene, shown)
    picture = chain_picture(part)
    digest = hashlib.sha256(f"{get_language()}{picture.dot}{picture.description}".encode()).hexdigest()
    return drawn_once(finding=part, key=f"scene:1:{digest}")


def _by_team(actor: User | Operator, scene: Scene, shown: Shown) -> Bottlenecks:
    """The finding folded to teams; of a workshop or a round, which is not kept by team, as it is."""
    if shown.workshop is not None or shown.round is not None:
        return shown.finding
    folded = bottlenecks_find(actor=actor, organization=scene.organization, by_team=True)
    return hide_names(folded, map_words()) if shown.hides_names else folded


def _map_sentence(finding: Bottlenecks, worst: HandOffFinding | None) -> str:
    """What the picture says: of the whole chain, or of the hand-off that is looked at."""
    if worst is None or not worst.recoverable or not finding.created:
        return words.headline(finding)
    return _(
        "%(place)s: if everything arrived there, of every 100 units %(gain)s more would reach the end customer."
    ) % {
        "place": _capitalized(words.between(worst, words.party_names(finding))),
        "gain": of_hundred(worst.recoverable / finding.created),
    }


def _result(actor: User | Operator, scene: Scene, *, hides: bool) -> dict[str, Any]:
    """The result of an exercise of the scene's workshop; before the reveal a sentence that says so."""
    title, question = scene.title, scene.question
    if hides:
        mask = scene_finding(
            actor=actor, organization=scene.organization, workshop=scene.workshop, hides_names=True
        ).mask
        title, question = mask(title), mask(question)
    context: dict[str, Any] = {"scene": scene, "question": question}
    exercise, workshop = scene.exercise, scene.workshop
    found = None
    if exercise is not None and workshop is not None:
        found = result_find(workshop=workshop, exercise=exercise, hides_names=hides)
    if found is None:
        return context | {"title": title or _("Not revealed yet"), "result_template": ""}
    return context | dict(found.context) | {"result_template": found.template, "title": found.title}


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _safe(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - reduced to an allow-list of shapes and text by exports.svg
