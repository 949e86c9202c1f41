"""Presentations: scenes prepared before and shown one after the other, of an organization or for a workshop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.roles import Action
from chainmap.domain.texts import read_text
from chainmap.domain.walks import Walks
from chainmap.models import Exercise, Organization, Party, Scene, Workshop
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.scene_shows import SceneShown, map_of_scene, scene_finding, scene_show
from chainmap.services.shown_findings import Shown
from chainmap.services.structure import group_key
from chainmap.services.workshops import workshop_held, workshop_touch

__all__ = ["SceneShown", "map_of_scene", "scene_show"]

LONGEST_TITLE, LONGEST_QUESTION = 120, 300
#: Scenes of one presentation: more nobody sits through.
MOST_SCENES = 60
LEAST_STEPS, MOST_STEPS = 1, 9


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """What somebody says about a scene. ``focus`` and ``exercise`` are numbers; a walk without focus begins where most
    is lost, a map without one is the whole map."""

    kind: str = Scene.Kind.MAP.value
    title: str = ""
    question: str = ""
    focus: int | None = None
    steps: int = 2
    exercise: int | None = None
    hides_names: bool = False

    @classmethod
    def of(cls, scene: Scene) -> ScenePlan:
        """What a scene says now."""
        return cls(
            scene.kind,
            scene.title,
            scene.question,
            scene.focus_id,
            scene.steps,
            scene.exercise_id,
            scene.hides_names,
        )


def scenes_of(*, actor: User | Operator, organization: Organization, workshop: Workshop | None = None) -> list[Scene]:
    """The scenes of a workshop, or those of the organization itself, in their order. Raises NotFound for a stranger,
    PermissionDenied without the right. One query."""
    require(actor, Action.PRESENT, organization)
    rows = Scene.objects.filter(organization=organization, workshop=workshop)
    return list(rows.select_related("focus", "exercise", "workshop", "organization"))


def scene_find(*, actor: User | Operator, organization: Organization, pk: int) -> Scene:
    """One scene. Raises NotFound when there is none, and for a stranger."""
    require(actor, Action.PRESENT, organization)
    found = (
        Scene.objects.filter(organization=organization, pk=pk)
        .select_related("focus", "exercise", "workshop", "organization")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def scene_save(
    *,
    actor: User | Operator,
    organization: Organization,
    plan: ScenePlan,
    workshop: Workshop | None = None,
    scene: Scene | None = None,
    version: int | None = None,
    place: int | None = None,
) -> Scene:
    """A new scene at the end, or at ``place`` (from 1), or ``scene`` changed.

    Raises OwnProblem for a plan that cannot be, naming the field, EditConflict where somebody changed the scene since
    ``version``, NotFound where it is gone.
    """
    require(actor, Action.PRESENT, organization)
    workshop = scene.workshop if scene is not None else workshop
    with transaction.atomic():
        held, rows = _held(organization, workshop)
        checked = _checked(plan, organization, held)
        if scene is None:
            if len(rows) >= MOST_SCENES:
                said = _("A presentation has at most %(most)s scenes. Remove one you do not need first.")
                raise OwnProblem("most", said % {"most": MOST_SCENES})
            kept = Scene(organization=organization, workshop=held)
            rows.insert(len(rows) if place is None else place - 1, kept)
        else:
            kept = _row(rows, scene)
            if kept.version != version:
                raise EditConflict(stored_of(kept), kept.version)
            kept.version += 1
        _put(kept, checked)
        _number(rows)
        kept.save()
        if held is not None:
            workshop_touch(held)
    return kept


def scene_move(*, actor: User | Operator, scene: Scene, up: bool) -> int:
    """One place nearer to the beginning, or to the end; where it is there already nothing happens.

    Returns its place, from 1. Raises NotFound where it is gone meanwhile.
    """
    require(actor, Action.PRESENT, scene.organization)
    with transaction.atomic():
        held, rows = _held(scene.organization, scene.workshop)
        kept = _row(rows, scene)
        place = rows.index(kept)
        other = max(place - 1, 0) if up else min(place + 1, len(rows) - 1)
        if other != place:
            rows[place], rows[other] = rows[other], rows[place]
            _number(rows)
            if held is not None:
                workshop_touch(held)
    return other + 1


def scene_remove(*, actor: User | Operator, scene: Scene) -> tuple[ScenePlan, int]:
    """Take a scene out. Returns what is needed to put it back: its plan, and its place, from 1."""
    require(actor, Action.PRESENT, scene.organization)
    with transaction.atomic():
        held, rows = _held(scene.organization, scene.workshop)
        kept = _row(rows, scene)
        place = rows.index(kept)
        removed = ScenePlan.of(kept)
        rows.remove(kept)
        kept.delete()
        _number(rows)
        if held is not None:
            workshop_touch(held)
    return removed, place + 1


def scenes_make(*, actor: User | Operator, organization: Organization, workshop: Workshop | None = None) -> int:
    """A good presentation in one click, behind the scenes there are: the whole map, the three hand-offs where most can
    be won back with a question each, the walk on which most is lost, and what to repair first. Returns how many scenes
    it has.

    Raises OwnProblem where there is no room for them, SolverError as the analysis does.
    """
    require(actor, Action.PRESENT, organization)
    shown = scene_finding(actor=actor, organization=organization, workshop=workshop)
    plans = _ready_made(organization, shown)
    with transaction.atomic():
        held, rows = _held(organization, workshop)
        if len(rows) + len(plans) > MOST_SCENES:
            said = _("There is no room for %(count)s more scenes: a presentation has at most %(most)s.")
            raise OwnProblem("most", said % {"count": len(plans), "most": MOST_SCENES})
        made = [Scene(organization=organization, workshop=held, place=len(rows) + 1 + n) for n in range(len(plans))]
        for scene, plan in zip(made, plans, strict=True):
            _put(scene, plan)
        Scene.objects.bulk_create(made)
        if held is not None:
            workshop_touch(held)
    return len(plans)


def stored_of(scene: Scene) -> Mapping[str, object]:
    """What is kept of a scene, by field of its form."""
    return {
        "kind": scene.get_kind_display(),
        "title": scene.title,
        "question": scene.question,
        "focus": scene.focus.name if scene.focus else "",
        "steps": scene.steps,
        "exercise": scene.exercise.get_kind_display() if scene.exercise else "",
        "hides_names": _("yes") if scene.hides_names else _("no"),
    }


def _ready_made(organization: Organization, shown: Shown) -> list[ScenePlan]:
    questions = [
        (_("Where most can be won back"), _("What would have to arrive here, so that nothing is lost?")),
        (_("Where much can be won back"), _("What did those who receive it never say?")),
        (_("Here, too, much can be won back"), _("What would it take to repair this in one week?")),
    ]
    plans = [ScenePlan(Scene.Kind.MAP.value, _("Our chain"), _("What surprises you?"))]
    finding = shown.finding
    for (title, question), party in zip(questions, _ends_of_losses(finding), strict=False):
        focus = _row_of(organization, shown, party)
        plans.append(ScenePlan(Scene.Kind.MAP.value, title, question, focus, steps=1))
    for suggestion in Walks(finding).suggestions(1):
        start = _row_of(organization, shown, suggestion.walk.start)
        title = _("One way to the end customer")
        plans.append(ScenePlan(Scene.Kind.WALK.value, title, _("Where would you have looked first?"), start))
    plans.append(ScenePlan(Scene.Kind.WORDS.value, _("What do we repair first?")))
    return plans


def _ends_of_losses(finding: Bottlenecks) -> Iterator[str]:
    """Whom to look at, for each hand-off that most can be won back at: a scene speaks of the worst one of its focus, so
    a hand-off that is the worst of neither of its ends is passed over, and none comes twice."""
    seen: set[str] = set()
    for handoff in finding.ranked:
        if not handoff.recoverable:
            continue
        ends = [end for end in (handoff.supplier, handoff.customer) if end not in seen]
        seen.update(ends)
        if ends and handoff.supplier != handoff.customer:
            yield ends[0]


def _row_of(organization: Organization, shown: Shown, party: str) -> int | None:
    """The number of the row a party stands for; of a team that of one of its people; None where there is none."""
    rows = Party.objects.filter(organization=organization).order_by("pk")
    if not shown.finding.by_team:
        return rows.filter(code=party).values_list("pk", flat=True).first()
    return next((row.pk for row in rows.select_related("team") if group_key(row) == party), None)


def _held(organization: Organization, workshop: Workshop | None) -> tuple[Workshop | None, list[Scene]]:
    """The workshop, locked, and the scenes in their order: nobody else changes them until the transaction ends."""
    held = None
    if workshop is None:
        Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
    else:
        held = workshop_held(workshop)
        if held.organization_id != organization.pk:
            raise NotFound
    rows = Scene.objects.filter(organization=organization, workshop=held).select_related("focus", "exercise")
    return held, list(rows.order_by("place", "pk"))


def _row(rows: list[Scene], scene: Scene) -> Scene:
    for row in rows:
        if row.pk == scene.pk:
            return row
    raise NotFound


def _number(rows: list[Scene]) -> None:
    """Places from 1; rows that are not stored yet are numbered only."""
    moved = []
    for place, row in enumerate(rows, start=1):
        if row.place != place:
            row.place = place
            if not row._state.adding:
                moved.append(row)
    Scene.objects.bulk_update(moved, ["place"])


def _put(scene: Scene, plan: ScenePlan) -> None:
    scene.kind, scene.title, scene.question = plan.kind, plan.title, plan.question
    scene.focus_id, scene.steps, scene.exercise_id = plan.focus, plan.steps, plan.exercise
    scene.hides_names = plan.hides_names


def _checked(plan: ScenePlan, organization: Organization, workshop: Workshop | None) -> ScenePlan:
    """The plan as it is kept: cleaned, without what its kind does not show. Raises OwnProblem."""
    kind = plan.kind
    if kind not in Scene.Kind.values:
        raise OwnProblem("kind", _("Choose what the scene shows: one of those on the page."), "kind")
    if not LEAST_STEPS <= plan.steps <= MOST_STEPS:
        said = _("From %(least)s to %(most)s steps can be shown.") % {"least": LEAST_STEPS, "most": MOST_STEPS}
        raise OwnProblem("steps", said, "steps")
    title = read_text(plan.title, LONGEST_TITLE, one_line=True)
    question = read_text(plan.question, LONGEST_QUESTION)
    if kind == Scene.Kind.WORDS and not (title or question):
        raise OwnProblem("empty", _("Write the words this scene shows: a title, a question, or both."), "question")
    focus = plan.focus if kind in (Scene.Kind.MAP, Scene.Kind.WALK) else None
    if focus is not None and not Party.objects.filter(organization=organization, pk=focus).exists():
        raise OwnProblem("focus", _("Whom to look at is not in this chain any more. Choose somebody else."), "focus")
    exercise = plan.exercise if kind == Scene.Kind.RESULT else None
    if kind == Scene.Kind.RESULT:
        title = title or _exercise_name(exercise, workshop)
    return replace(plan, title=title, question=question, focus=focus, exercise=exercise)


def _exercise_name(exercise: int | None, workshop: Workshop | None) -> str:
    """What a result without a title is called in lists. Raises OwnProblem for one that is not of this workshop."""
    if workshop is None:
        raise OwnProblem("result", _("Results are shown in a workshop. Choose something else here."), "kind")
    found = Exercise.objects.filter(workshop=workshop, pk=exercise or 0).first()
    if found is None:
        raise OwnProblem("exercise", _("Choose the exercise whose result is shown."), "exercise")
    return str(found.get_kind_display())
