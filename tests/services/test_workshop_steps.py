"""What a coach does in a running workshop, step by step, undone, and with a second coach beside."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import NotFound
from chainmap.models import Entry, Scene
from chainmap.services.joining import leave
from chainmap.services.own import EditConflict
from chainmap.services.workshop_screens import console_screen
from chainmap.services.workshop_steps import HEARD, MOST_STEPS, STEPS, last_step, step_do
from chainmap.services.workshops import WorkshopProblem, workshop_close
from tests.workshop import come_in, exercise, fresh, make_workshop, second_coach, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return make_workshop(organization, kinds=("client", "ladder", "purpose"))


@pytest.fixture
def bert(organization):
    return second_coach(organization)


def states(workshop):
    return {kind: exercise(workshop, kind).state for kind in ("client", "ladder", "purpose")}


def current(workshop):
    found = fresh(workshop).current
    return found.kind if found else None


def test_one_exercise_from_start_to_done(workshop, bob):
    step(bob, workshop, "start", "client")
    row = exercise(workshop, "client")
    assert (row.state, current(workshop), row.started_at is not None) == ("running", "client", True)
    step(bob, workshop, "reveal", "client")
    row = exercise(workshop, "client")
    assert (row.state, row.started_at, bool(row.result)) == ("revealed", None, True)
    step(bob, workshop, "done", "client")
    assert (states(workshop)["client"], current(workshop)) == ("done", None)
    step(bob, workshop, "reveal", "client")
    assert (states(workshop)["client"], current(workshop)) == ("revealed", "client")
    assert exercise(workshop, "client").result == row.result


def test_cards_run_in_any_order_and_one_at_a_time(workshop, bob):
    step(bob, workshop, "start", "purpose")
    step(bob, workshop, "start", "client")
    assert states(workshop) == {"client": "running", "ladder": "ready", "purpose": "ready"}
    step(bob, workshop, "reveal", "client")
    step(bob, workshop, "start", "purpose")
    assert states(workshop) == {"client": "done", "ladder": "ready", "purpose": "running"}
    step(bob, workshop, "done", "purpose")
    assert current(workshop) is None
    step(bob, workshop, "start", "purpose")
    assert states(workshop)["purpose"] == "running"


def test_a_reveal_is_taken_back_where_names_are_known(workshop, bob):
    step(bob, workshop, "start", "client")
    step(bob, workshop, "reveal", "client")
    step(bob, workshop, "hide", "client")
    row = exercise(workshop, "client")
    assert (row.state, row.result, row.edition) == ("running", "", 1)


def test_without_names_a_reveal_stays(organization, bob):
    workshop = make_workshop(organization, "anonymous", kinds=("client",))
    step(bob, workshop, "start", "client")
    step(bob, workshop, "reveal", "client")
    assert last_step(fresh(workshop)) is None
    for name, kind in (("hide", "client"), ("undo", ""), ("start", "client")):
        with pytest.raises(WorkshopProblem):
            step(bob, workshop, name, kind)
    row = exercise(workshop, "client")
    assert (row.state, bool(row.result)) == ("revealed", True)
    step(bob, workshop, "anew", "client")
    row = exercise(workshop, "client")
    assert (row.state, row.result, row.edition) == ("running", "", 2)


def test_figures_of_the_room_stay_revealed_with_names_too(organization, bob):
    workshop = make_workshop(organization, kinds=("orientation", "client"))
    step(bob, workshop, "start", "orientation")
    step(bob, workshop, "reveal", "orientation")
    assert last_step(fresh(workshop)) is None
    for name, kind in (("hide", "orientation"), ("undo", ""), ("start", "orientation")):
        with pytest.raises(WorkshopProblem):
            step(bob, workshop, name, kind)
    assert exercise(workshop, "orientation").state == "revealed"
    step(bob, workshop, "anew", "orientation")
    with pytest.raises(WorkshopProblem, match="figures of the room"):
        step(bob, workshop, "undo")
    assert exercise(workshop, "orientation").edition == 2
    step(bob, workshop, "start", "client")
    step(bob, workshop, "undo")
    assert current(workshop) == "orientation"


def test_without_names_no_former_result_is_kept(organization, bob):
    workshop = make_workshop(organization, "anonymous", kinds=("client", "ladder"))
    for name, kind in (
        ("start", "client"),
        ("reveal", "client"),
        ("start", "ladder"),
        ("reveal", "client"),
        ("done", "client"),
        ("anew", "client"),
        ("reveal", "client"),
        ("anew", "client"),
    ):
        step(bob, workshop, name, kind)
        assert "result" not in fresh(workshop).history, name
    assert last_step(fresh(workshop)) is None
    with pytest.raises(WorkshopProblem, match="Without names"):
        step(bob, workshop, "undo")


def test_without_names_other_steps_are_undone(organization, bob):
    workshop = make_workshop(organization, "anonymous", kinds=("client", "ladder"))
    for name, kind in (("start", "client"), ("reveal", "client")):
        step(bob, workshop, name, kind)
    kept = exercise(workshop, "client").result
    for name, kind in (("done", "client"), ("reveal", "client"), ("start", "ladder"), ("anew", "ladder")):
        step(bob, workshop, name, kind)
    for _number in range(4):
        step(bob, workshop, "undo")
    row = exercise(workshop, "client")
    assert (row.state, row.result, current(workshop)) == ("revealed", kept, "client")
    assert exercise(workshop, "ladder").state == "ready"


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_how_many_were_asked_is_kept_from_the_start(organization, bob, mode):
    workshop = make_workshop(organization, mode, kinds=("client",))
    rooms = [come_in(workshop) for _number in range(3)]
    step(bob, workshop, "start", "client")
    come_in(workshop)
    assert exercise(workshop, "client").asked == 3
    leave(room=rooms[0])
    step(bob, workshop, "anew", "client")
    assert exercise(workshop, "client").asked == (4 if mode == "anonymous" else 3)
    step(bob, workshop, "undo")
    assert exercise(workshop, "client").asked == 3


def test_asked_anew_is_an_edition_nothing_was_said_in(workshop, bob):
    step(bob, workshop, "start", "client")
    step(bob, workshop, "anew", "client")
    row = exercise(workshop, "client")
    who = workshop.participants.create(name="Anna")
    Entry.objects.create(exercise=row, edition=2, participant=who, slot="s", teller="t", content="{}")
    step(bob, workshop, "undo")
    assert exercise(workshop, "client").edition == 1
    step(bob, workshop, "anew", "client")
    assert exercise(workshop, "client").edition == 3


@pytest.mark.parametrize(
    ("name", "kind"), [("reveal", "client"), ("hide", "client"), ("undo", ""), ("nonsense", ""), ("", "")]
)
def test_what_cannot_be_done_is_said(workshop, bob, name, kind):
    before = fresh(workshop).version
    with pytest.raises(WorkshopProblem):
        step(bob, workshop, name, kind)
    assert fresh(workshop).version == before


def test_a_revealed_exercise_is_not_started_over(workshop, bob):
    step(bob, workshop, "start", "client")
    step(bob, workshop, "reveal", "client")
    with pytest.raises(WorkshopProblem) as refused:
        step(bob, workshop, "start", "client")
    assert refused.value.code == "over"


def test_the_screens_are_locked_called_and_let_go(workshop, bob):
    for name, field, value in (
        ("lock", "is_locked", True),
        ("look", "is_looking", True),
        ("names", "hides_names", True),
        ("unlock", "is_locked", False),
        ("unlook", "is_looking", False),
        ("names", "hides_names", False),
    ):
        step(bob, workshop, name)
        assert getattr(fresh(workshop), field) is value, name


def test_a_scene_comes_and_goes(organization, workshop, bob):
    scene = Scene.objects.create(organization=organization, workshop=workshop, place=1, kind="words", title="Look")
    step(bob, workshop, "start", "client")
    step(bob, workshop, "scene", scene=scene.pk)
    assert fresh(workshop).scene == scene
    step(bob, workshop, "scene")
    assert (fresh(workshop).scene, current(workshop)) == (None, "client")
    step(bob, workshop, "scene", scene=scene.pk)
    step(bob, workshop, "reveal", "client")
    assert fresh(workshop).scene is None
    elsewhere = Scene.objects.create(organization=organization, place=1, kind="words", title="Of no workshop")
    with pytest.raises(NotFound):
        step(bob, workshop, "scene", scene=elsewhere.pk)


def test_every_step_is_undone(organization, workshop, bob):
    scene = Scene.objects.create(organization=organization, workshop=workshop, place=1, kind="words", title="Look")
    seen = []
    for name, kind, given in (
        ("start", "client", {}),
        ("reveal", "client", {}),
        ("hide", "client", {}),
        ("anew", "client", {}),
        ("lock", "", {}),
        ("unlock", "", {}),
        ("look", "", {}),
        ("unlook", "", {}),
        ("names", "", {}),
        ("scene", "", {"scene": scene.pk}),
        ("done", "client", {}),
    ):
        seen.append((name, picture(workshop)))
        step(bob, workshop, name, kind, **given)
    assert {name for name, _picture in seen} == STEPS - {"undo"} - HEARD.keys()
    for name, before in reversed(seen):
        assert last_step(fresh(workshop)).step == name
        step(bob, workshop, "undo")
        assert picture(workshop) == before, name
    assert last_step(fresh(workshop)) is None


def picture(workshop):
    row, asked = fresh(workshop), exercise(workshop, "client")
    return (
        (row.current_id, row.scene_id, row.is_locked, row.is_looking, row.hides_names),
        (asked.state, asked.edition, asked.result, asked.started_at),
    )


def test_twenty_steps_are_remembered(workshop, bob):
    for _number in range(15):
        step(bob, workshop, "lock")
        step(bob, workshop, "unlock")
    assert len(json.loads(fresh(workshop).history)) == MOST_STEPS
    for _number in range(MOST_STEPS):
        step(bob, workshop, "undo")
    assert last_step(fresh(workshop)) is None


def test_a_scene_that_is_gone_does_not_come_back(organization, workshop, bob):
    scene = Scene.objects.create(organization=organization, workshop=workshop, place=1, kind="words", title="Look")
    step(bob, workshop, "scene", scene=scene.pk)
    step(bob, workshop, "scene")
    scene.delete()
    step(bob, workshop, "undo")
    assert fresh(workshop).scene is None


def test_the_second_coach_learns_what_the_first_did(workshop, bob, bert):
    step(bob, workshop, "start", "client")
    seen = fresh(workshop).version
    step(bob, workshop, "reveal", "client", version=seen)
    with pytest.raises(EditConflict) as conflict:
        step(bert, workshop, "start", "ladder", version=seen)
    assert (conflict.value.by, conflict.value.stored) == ("Bob", {"step": "reveal", "exercise": "client"})
    assert conflict.value.version == fresh(workshop).version
    assert states(workshop)["ladder"] == "ready"


def test_what_is_so_already_is_no_conflict_and_done_once(workshop, bob, bert):
    step(bob, workshop, "start", "client")
    seen = fresh(workshop).version
    step(bob, workshop, "reveal", "client", version=seen)
    version = fresh(workshop).version
    again = step(bert, workshop, "reveal", "client", version=seen)
    assert (again.was_so, again.by) == (True, "Bob")
    assert fresh(workshop).version == version
    assert len(json.loads(fresh(workshop).history)) == 2


def test_undoing_twice_at_once_undoes_once(workshop, bob, bert):
    step(bob, workshop, "start", "client")
    step(bob, workshop, "lock")
    seen = fresh(workshop).version
    step(bob, workshop, "undo", version=seen)
    with pytest.raises(EditConflict) as conflict:
        step(bert, workshop, "undo", version=seen)
    assert conflict.value.stored["step"] == "undo"
    assert states(workshop)["client"] == "running"


def test_joining_and_answering_make_no_button_stale(workshop, bob):
    step(bob, workshop, "start", "client")
    seen = fresh(workshop).version
    who = workshop.participants.create(name="Anna")
    Entry.objects.create(
        exercise=exercise(workshop, "client"), edition=1, participant=who, slot="s", teller="t", content="{}"
    )
    assert fresh(workshop).version == seen


def test_only_in_an_open_workshop_and_only_by_coaches(organization, workshop, bob, carla, alice, zoe):
    for actor, error in ((carla, PermissionDenied), (alice, PermissionDenied), (zoe, NotFound)):
        with pytest.raises(error):
            step(actor, workshop, "lock")
    workshop_close(actor=bob, workshop=workshop)
    with pytest.raises(WorkshopProblem) as refused:
        step(bob, workshop, "lock")
    assert refused.value.code == "not_open"


def test_an_exercise_of_another_workshop_is_not_there(organization, workshop, bob):
    other = make_workshop(organization, kinds=("rate",))
    for theirs in (None, exercise(other, "rate").pk, 10**9):
        with pytest.raises(NotFound):
            step_do(actor=bob, workshop=workshop, step="start", version=99, exercise=theirs)


def test_what_comes_next(workshop, bob):
    def following():
        found = console_screen(actor=bob, workshop=fresh(workshop)).next
        return found.step, found.exercise.kind if found.exercise else None

    assert following() == ("start", "client")
    step(bob, workshop, "start", "ladder")
    assert following() == ("reveal", "ladder")
    step(bob, workshop, "reveal", "ladder")
    assert following() == ("start", "purpose")
    step(bob, workshop, "done", "ladder")
    assert following() == ("start", "client")
    for kind in ("client", "purpose"):
        step(bob, workshop, "start", kind)
        step(bob, workshop, "done", kind)
    assert following() == ("close", None)


def test_what_too_few_are_in_for_is_left_to_the_list(organization, bob):
    """Five with names cannot be shown a line of the whole room; six can."""
    workshop = make_workshop(organization, kinds=("client", "orientation", "purpose"))

    def following():
        found = console_screen(actor=bob, workshop=fresh(workshop)).next
        return found.step, found.exercise.kind if found.exercise else None

    for number in range(5):
        come_in(workshop, f"Guest {number}")
    step(bob, workshop, "start", "client")
    step(bob, workshop, "reveal", "client")
    assert following() == ("start", "purpose")
    come_in(workshop, "Guest 5")
    assert following() == ("start", "orientation")
    step(bob, workshop, "start", "orientation")
    assert following() == ("reveal", "orientation")
