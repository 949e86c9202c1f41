"""Workshops are made in a minute, opened under a code of their own, closed, opened again and removed."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from chainmap.access import NotFound
from chainmap.models import Exercise, Phone, Team, Workshop
from chainmap.services import workshops
from chainmap.services.exercise_entries import entry_save
from chainmap.services.joining import leave
from chainmap.services.own import EditConflict
from chainmap.services.workshops import (
    KINDS,
    WorkshopPlan,
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
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db


def kinds(workshop):
    return [row.kind for row in exercises_of(workshop)]


def test_a_name_is_enough(organization, bob):
    made = workshop_create(actor=bob, organization=organization, plan=WorkshopPlan(name="  Mon\u202eday "))
    assert (made.name, made.team, made.mode, made.state, made.code) == ("Monday", None, "open", "prepared", "")
    assert tuple(kinds(made)) == KINDS
    assert len(KINDS) == 9
    assert all(row.seconds > 0 and row.state == "ready" for row in exercises_of(made))


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (WorkshopPlan(name=" "), "name"),
        (WorkshopPlan(name="x" * 121), "name"),
        (WorkshopPlan(name="a\x00b"), "name"),
        (WorkshopPlan(name="x", mode="pair"), "mode"),
        (WorkshopPlan(name="x", team=10**9), "team"),
        (WorkshopPlan(name="x", kinds=()), "kinds"),
        (WorkshopPlan(name="x", kinds=("rate", "nonsense")), "kinds"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(organization, bob, plan, field):
    with pytest.raises(WorkshopProblem) as refused:
        workshop_create(actor=bob, organization=organization, plan=plan)
    assert refused.value.field == field
    assert not Workshop.objects.exists()


def test_a_team_of_another_organization_is_no_team(organization, other_organization, bob):
    theirs = Team.objects.filter(organization=other_organization).first()
    with pytest.raises(WorkshopProblem):
        workshop_create(actor=bob, organization=organization, plan=WorkshopPlan(name="x", team=theirs.pk))


@pytest.mark.parametrize(
    ("who", "error"), [("carla", PermissionDenied), ("alice", PermissionDenied), ("zoe", NotFound)]
)
def test_only_coaches_run_workshops(organization, people, zoe, who, error):
    actor, made = {**people, "zoe": zoe}[who], make_workshop(organization, is_open=False)
    for call in (
        lambda: workshop_create(actor=actor, organization=organization, plan=WorkshopPlan(name="x")),
        lambda: workshop_edit(actor=actor, workshop=made, plan=WorkshopPlan(name="x"), version=1),
        lambda: workshop_open(actor=actor, workshop=made),
        lambda: workshop_close(actor=actor, workshop=made),
        lambda: workshop_remove(actor=actor, workshop=made),
        lambda: exercise_edit(
            actor=actor, workshop=made, exercise=exercises_of(made)[0].pk, instruction="", seconds=1, place=1
        ),
    ):
        with pytest.raises(error):
            call()
    assert fresh(made).state == "prepared"


def test_coaches_and_managers_see_them_newest_first(organization, other_organization, bob, carla, alice):
    first, second = make_workshop(organization), make_workshop(organization)
    make_workshop(other_organization)
    come_in(first, "Anna")
    rows = workshops_list(actor=carla, organization=organization)
    told = [(row.workshop, row.joined, row.over, row.exercises) for row in rows]
    assert told == [(second, 0, 0, 9), (first, 1, 0, 9)]
    assert workshop_find(actor=bob, organization=organization, pk=first.pk) == first
    with pytest.raises(PermissionDenied):
        workshops_list(actor=alice, organization=organization)


def test_one_of_another_organization_is_not_there(organization, other_organization, bob):
    theirs = make_workshop(other_organization)
    with pytest.raises(NotFound):
        workshop_find(actor=bob, organization=organization, pk=theirs.pk)


def test_opening_gives_a_code_and_closing_takes_it(organization, bob):
    made = make_workshop(organization, is_open=False)
    opened = workshop_open(actor=bob, workshop=made)
    code, version = opened.code, opened.version
    assert len(code) == 6
    assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert workshop_open(actor=bob, workshop=made).code == code
    closed = workshop_close(actor=bob, workshop=made)
    assert (closed.state, closed.code) == ("closed", "")
    assert closed.closed_on is not None
    assert workshop_close(actor=bob, workshop=made).version == version + 1
    again = workshop_reopen(actor=bob, workshop=made)
    assert (again.state, again.closed_on) == ("open", None)
    assert again.code not in ("", code)


def test_a_code_that_is_taken_is_drawn_again(organization, bob, monkeypatch):
    letters = iter("AAAAAA" + "AAAAAA" + "BBBBBB")
    monkeypatch.setattr(workshops.secrets, "choice", lambda _letters: next(letters))
    codes = [make_workshop(organization).code for _number in range(2)]
    assert codes == ["AAAAAA", "BBBBBB"]


def test_changing_keeps_what_ran(organization, bob):
    made = make_workshop(organization, kinds=("client", "rate", "purpose"))
    step(bob, made, "start", "client")
    plan = WorkshopPlan(name="Tuesday", kinds=("purpose", "ladder"))
    workshop_edit(actor=bob, workshop=made, plan=plan, version=fresh(made).version)
    assert fresh(made).name == "Tuesday"
    assert kinds(made) == ["purpose", "ladder", "client"]
    with pytest.raises(EditConflict) as conflict:
        workshop_edit(actor=bob, workshop=made, plan=WorkshopPlan(name="Friday"), version=1)
    assert conflict.value.stored == {"name": "Tuesday"}


@pytest.mark.parametrize("end", ["open", "closed"])
def test_who_will_see_what_stays_when_all_have_left(organization, bob, end):
    made = make_workshop(organization, "anonymous", kinds=("purpose",))
    room = come_in(made)
    step(bob, made, "start", "purpose")
    entry_save(room=room, exercise=exercise(made, "purpose").pk, key="k", data={"words": "Bread for everybody"})
    leave(room=room)
    if end == "closed":
        workshop_close(actor=bob, workshop=made)
    plan = WorkshopPlan(name="x", mode="open", kinds=("purpose",))
    with pytest.raises(WorkshopProblem, match="It was opened") as refused:
        workshop_edit(actor=bob, workshop=made, plan=plan, version=fresh(made).version)
    assert refused.value.field == "mode"
    made.participants.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Workshop.objects.filter(pk=made.pk).update(mode="open")
    assert fresh(made).mode == "anonymous"


def test_who_will_see_what_may_change_before_it_is_opened(organization, bob):
    made = make_workshop(organization, is_open=False)
    plan = WorkshopPlan(name="x", mode="anonymous")
    workshop_edit(actor=bob, workshop=made, plan=plan, version=fresh(made).version)
    assert fresh(made).mode == "anonymous"


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_closing_forgets_what_could_be_undone_and_without_names_the_phones(organization, bob, mode):
    made = make_workshop(organization, mode, kinds=("purpose",))
    come_in(made)
    step(bob, made, "start", "purpose")
    step(bob, made, "reveal", "purpose")
    assert len(json.loads(fresh(made).history)) == 2
    workshop_close(actor=bob, workshop=made)
    assert fresh(made).history == "[]"
    assert Phone.objects.exists() is (mode == "open")
    assert made.participants.count() == 1


def test_who_will_see_what_stays_once_somebody_joined(organization, bob):
    made = make_workshop(organization)
    plan = WorkshopPlan(name="x", mode="anonymous")
    come_in(made, "Anna")
    with pytest.raises(WorkshopProblem) as refused:
        workshop_edit(actor=bob, workshop=made, plan=plan, version=fresh(made).version)
    assert refused.value.field == "mode"
    assert fresh(made).mode == "open"


def test_the_words_the_time_and_the_place_of_an_exercise(organization, bob):
    made = make_workshop(organization, kinds=("client", "rate", "purpose"))
    rate = Exercise.objects.get(workshop=made, kind="rate")
    given = {"actor": bob, "workshop": made, "exercise": rate.pk, "instruction": "Be honest.", "seconds": 60}
    exercise_edit(**given, place=99)
    rate.refresh_from_db()
    assert (rate.instruction, rate.seconds) == ("Be honest.", 60)
    assert kinds(made) == ["client", "purpose", "rate"]
    exercise_edit(**given, place=1)
    assert kinds(made) == ["rate", "client", "purpose"]
    for wrong in ({"seconds": 3601}, {"seconds": -1}, {"instruction": "x" * 501}):
        with pytest.raises(WorkshopProblem):
            exercise_edit(**(given | wrong), place=1)
    with pytest.raises(NotFound):
        exercise_edit(**(given | {"exercise": 10**9}), place=1)


def test_one_that_is_open_is_not_removed(organization, bob):
    made = make_workshop(organization)
    come_in(made, "Anna")
    with pytest.raises(WorkshopProblem):
        workshop_remove(actor=bob, workshop=made)
    workshop_close(actor=bob, workshop=made)
    workshop_remove(actor=bob, workshop=made)
    assert not Workshop.objects.exists()
    assert not Exercise.objects.exists()
