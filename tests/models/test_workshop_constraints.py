"""What the database itself refuses of workshops, scenes, scenarios and the map, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import pytest

from chainmap.models import (
    Entry,
    Exercise,
    MapPlace,
    Participant,
    Party,
    Phone,
    Round,
    Scenario,
    Scene,
    Team,
    Workshop,
)
from tests.models.test_constraints import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return Workshop.objects.create(organization=organization, name="Monday", state="open", code="ABC123")


@pytest.fixture
def quiet_workshop(organization):
    return Workshop.objects.create(organization=organization, name="Tuesday", mode="anonymous")


@pytest.fixture
def alice(organization):
    return Party.objects.get(organization=organization, code="alice")


@pytest.fixture
def stranger(other_organization):
    return Party.objects.get(organization=other_organization, code="dan")


def exercise(workshop, kind="client"):
    return Exercise.objects.create(workshop=workshop, kind=kind, place=1)


def test_a_workshop_stays_inside_its_organization(workshop, quiet_workshop, other_organization):
    theirs = Team.objects.filter(organization=other_organization).first()
    spring = Round.objects.filter(organization=other_organization).first()
    elsewhere = exercise(quiet_workshop)
    scene = Scene.objects.create(organization=workshop.organization, workshop=quiet_workshop, place=1)
    rows = Workshop.objects.filter(pk=workshop.pk)
    for change in ({"team": theirs}, {"round": spring}, {"current": elsewhere}, {"scene": scene}):
        assert refused(lambda change=change: rows.update(**change)), change
    assert rows.update(current=exercise(workshop)) == 1


def test_a_workshop_has_a_code_while_it_is_open_and_no_two_the_same(workshop, quiet_workshop):
    rows = Workshop.objects.filter(pk=quiet_workshop.pk)
    assert refused(lambda: rows.update(code="ABC124"))
    assert refused(lambda: rows.update(state="open", code="ABC123"))
    assert refused(lambda: rows.update(state="asleep"))
    assert refused(lambda: rows.update(name=""))
    assert rows.update(state="open", code="ABC124") == 1


def test_nobody_is_known_in_an_anonymous_workshop(quiet_workshop, alice):
    made = Participant.objects.create(workshop=quiet_workshop)
    rows = Participant.objects.filter(pk=made.pk)
    assert refused(lambda: rows.update(party=alice))
    assert refused(lambda: rows.update(name="Alice"))
    asked = exercise(quiet_workshop)
    said = {"exercise": asked, "slot": "a", "teller": "t", "content": "{}"}
    assert refused(lambda: Entry.objects.create(**said, participant=made))
    assert Entry.objects.create(**said).participant is None


def test_the_mode_stays_once_opened_or_joined_or_something_was_said(workshop, quiet_workshop):
    assert refused(lambda: Workshop.objects.filter(pk=workshop.pk).update(mode="anonymous"))
    rows = Workshop.objects.filter(pk=quiet_workshop.pk)
    assert rows.update(mode="open") == 1
    assert rows.update(mode="anonymous") == 1
    assert refused(lambda: rows.update(mode="open", state="closed"))
    Entry.objects.create(exercise=exercise(quiet_workshop), slot="a", teller="t", content="{}")
    assert refused(lambda: rows.update(mode="open"))
    Entry.objects.all().delete()
    Participant.objects.create(workshop=quiet_workshop)
    assert refused(lambda: rows.update(mode="open"))


def test_somebody_is_in_a_workshop_once_and_says_something_in_their_own(workshop, quiet_workshop, alice, stranger):
    made = Participant.objects.create(workshop=workshop, party=alice)
    assert refused(lambda: Participant.objects.create(workshop=workshop, party=alice))
    assert refused(lambda: Participant.objects.create(workshop=workshop, party=stranger))
    asked = exercise(workshop)
    said = {"exercise": asked, "teller": "t", "content": "{}"}
    assert refused(lambda: Entry.objects.create(**said, slot="a"))
    elsewhere = Participant.objects.create(workshop=quiet_workshop)
    assert refused(lambda: Entry.objects.create(**said, slot="a", participant=elsewhere))
    Entry.objects.create(**said, slot="a", participant=made)
    assert refused(lambda: Entry.objects.create(**said, slot="a", participant=made))
    Phone.objects.create(participant=made, token_hash="h")
    assert refused(lambda: Phone.objects.create(participant=made, token_hash="h"))


def test_exercises_are_of_known_kinds_states_and_lengths(workshop):
    made = exercise(workshop)
    assert refused(lambda: exercise(workshop))
    rows = Exercise.objects.filter(pk=made.pk)
    assert refused(lambda: rows.update(state="loud"))
    assert refused(lambda: rows.update(seconds=3601))


def test_a_scene_shows_what_is_of_its_organization(workshop, quiet_workshop, organization, alice, stranger):
    made = Scene.objects.create(organization=organization, place=1, focus=alice)
    rows = Scene.objects.filter(pk=made.pk)
    assert refused(lambda: rows.update(focus=stranger))
    assert refused(lambda: rows.update(steps=0))
    assert refused(lambda: rows.update(kind="film"))
    assert rows.update(workshop=workshop) == 1
    assert refused(lambda: rows.update(exercise=exercise(quiet_workshop)))
    other = Workshop.objects.create(organization=stranger.organization, name="Theirs")
    assert refused(lambda: rows.update(workshop=other))


def test_a_place_on_the_map_is_of_one_party_or_one_team(organization, alice, stranger):
    place = {"organization": organization, "x": 1.0, "y": 2.0}
    team = Team.objects.filter(organization=organization).first()
    MapPlace.objects.create(**place, party=alice)
    MapPlace.objects.create(**place, team=team)
    assert refused(lambda: MapPlace.objects.create(**place, party=alice))
    assert refused(lambda: MapPlace.objects.create(**place, team=team))
    assert refused(lambda: MapPlace.objects.create(**place))
    assert refused(lambda: MapPlace.objects.create(**place, party=alice, team=team))
    assert refused(lambda: MapPlace.objects.create(**place, party=stranger))


def test_a_scenario_starts_from_a_round_of_its_organization(organization, other_organization):
    theirs = Round.objects.filter(organization=other_organization).first()
    row = {"organization": organization, "name": "Repair one", "changes": "[]"}
    assert refused(lambda: Scenario.objects.create(**row, round=theirs))
    Scenario.objects.create(**row)
    assert refused(lambda: Scenario.objects.create(**row))
    assert refused(lambda: Scenario.objects.create(**(row | {"name": ""})))
