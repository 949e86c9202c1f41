"""Before the coach reveals, no screen differs by what was said; without names not even by exactly how many said it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.models import Entry, Exercise, Participant, Phone, Workshop
from chainmap.services.exercise_entries import entry_save
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db

ROOM = 12
#: What the page makes anew at every look and says nothing.
_CHANGING = re.compile(r'name="(csrfmiddlewaretoken|key)" value="[^"]*"')


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 5, 4, 9, tzinfo=UTC))


@pytest.fixture
def look(organization, bob, carla, signed_in):
    """A workshop, a phone of somebody who has said nothing -> every screen of it, and its mark."""
    coach, manager = signed_in(bob), signed_in(carla)

    def looked(workshop, quiet):
        names = ("workshop", "workshop_console", "workshop_screen", "workshop_screen_now", "workshop_results")
        seen = {}
        for who, client in (("coach", coach), ("manager", manager)):
            for name in names:
                address = reverse(f"chainmap:{name}", args=[organization.pk, workshop.pk])
                seen[who, name] = shown(client.get(address))
            seen[who, "list"] = shown(client.get(reverse("chainmap:workshops", args=[organization.pk])))
        phone = Client()
        phone.cookies[f"room{workshop.pk}"] = quiet.token
        for name in ("room", "room_now"):
            seen["phone", name] = shown(phone.get(reverse(f"chainmap:{name}", args=[workshop.pk])))
        return seen

    return looked


def shown(answer):
    return answer.status_code, answer.get("ETag"), _CHANGING.sub("", answer.content.decode())


def full_room(organization, bob, mode):
    workshop = make_workshop(organization, mode, kinds=("purpose", "client"))
    rooms = [come_in(workshop, f"Person {number}") for number in range(ROOM)]
    step(bob, workshop, "start", "purpose")
    return workshop, rooms


def say(workshop, rooms, words):
    Entry.objects.all().delete()
    for room, said in zip(rooms, words, strict=False):
        room = type(room)(fresh(workshop), room.participant, room.phone, room.token)
        entry_save(room=room, exercise=exercise(workshop, "purpose").pk, key="one", data={"words": said})


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_what_was_said_changes_nothing_before_the_reveal(organization, bob, look, mode):
    workshop, rooms = full_room(organization, bob, mode)
    quiet = rooms[-1]
    say(workshop, rooms[:8], ["We serve"] * 8)
    first = look(workshop, quiet)
    say(workshop, rooms[:8], [f"CANARY {number}" for number in range(8)])
    second = look(workshop, quiet)
    assert first == second
    assert all("CANARY" not in text for _status, _tag, text in second.values())
    step(bob, workshop, "reveal", "purpose")
    if mode == "open":
        assert "CANARY 3" in look(workshop, quiet)["coach", "workshop_screen_now"][2]


def test_without_names_the_screens_do_not_count(organization, bob, look):
    """Six of twelve or eight, these or others: the same bytes and the same mark for everybody."""
    workshop, rooms = full_room(organization, bob, "anonymous")
    quiet, seen = rooms[-1], []
    for said in (rooms[:6], rooms[:8], rooms[3:11]):
        say(workshop, said, ["We serve"] * len(said))
        seen.append(look(workshop, quiet))
    assert seen[0] == seen[1] == seen[2]
    say(workshop, rooms[:11], ["We serve"] * 11)
    assert look(workshop, quiet)["coach", "workshop_console"] != seen[0]["coach", "workshop_console"]


def test_with_names_no_screen_says_who_said_nothing(organization, bob, look):
    workshop, rooms = full_room(organization, bob, "open")
    quiet = rooms[-1]
    say(workshop, rooms[:8], ["We serve"] * 8)
    first = look(workshop, quiet)
    say(workshop, rooms[3:11], ["We serve"] * 8)
    assert look(workshop, quiet) == first
    assert "8 have answered" in first["coach", "workshop_console"][2]
    for place, (_status, _tag, text) in first.items():
        if place[0] != "phone":
            assert "Person" not in text, place


def test_without_names_nothing_ties_an_entry_to_a_phone(organization, bob):
    workshop, rooms = full_room(organization, bob, "anonymous")
    say(workshop, rooms[:8], ["We serve"] * 8)
    kept = {str(value) for row in Entry.objects.values() for value in row.values()}
    known = {str(pk) for model in (Phone, Participant) for pk in model.objects.values_list("pk", flat=True)}
    known |= set(Phone.objects.values_list("token_hash", flat=True)) | {room.token for room in rooms}
    assert not kept & known
    assert Participant.objects.filter(name="", party=None, user=None).count() == ROOM
    named = {field.name for field in Entry._meta.get_fields()}
    assert not {"made_at", "created_at", "saved_at"} & named


def test_the_history_of_steps_holds_no_time_and_nobody_but_coaches(organization, bob):
    workshop, rooms = full_room(organization, bob, "anonymous")
    say(workshop, rooms[:8], ["CANARY"] * 8)
    step(bob, workshop, "lock")
    text = Workshop.objects.get().history
    assert "CANARY" not in text
    assert Exercise.objects.filter(workshop=workshop).exclude(result="").count() == 0
