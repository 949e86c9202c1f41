"""Without names, what one person says below the minimum changes no byte of any screen, page, PDF or link, whenever."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Exercise
from chainmap.services.exercise_entries import entry_save, entry_take_back
from chainmap.services.workshop_after import after_link_make
from chainmap.services.workshops import workshop_close
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db

ROOM = 12
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
#: What the page makes anew at every look and says nothing.
_CHANGING = re.compile(r'name="(csrfmiddlewaretoken|key)" value="[^"]*"')
#: One hidden answer, and another one of the same person.
ANSWERS = {
    "client": ({"words": "CANARY one"}, {"words": "The client"}),
    "draw": (
        {"supplier_words": "Bob Brown", "customer_words": "CANARY one", "deliverable": "cake"},
        {"supplier_words": "Alice Adams", "customer_words": "The client", "deliverable": "CANARY two"},
    ),
    "rate": ({"score": 0, "words": "CANARY one", "reason": "late"}, {"score": 10, "words": ""}),
    "moments": ({"kind": "misery", "words": "CANARY one"}, {"kind": "magic", "words": "CANARY two"}),
    "ladder": ({"rung": "client"}, {"rung": "advocate"}),
    "orientation": (dict.fromkeys(ORIENTATION.row_codes, 0), dict.fromkeys(ORIENTATION.row_codes, 10)),
    "purpose": ({"words": "CANARY one"}, {"words": "CANARY two"}),
    "coffee": ({"met": "yes", "words": "CANARY one"}, {"met": "not_yet", "words": ""}),
    "agreements": (
        {"supplier_words": "CANARY", "customer_words": "Sales", "sentence": "one", "due_on": "2026-05-05"},
        {"supplier_words": "Planning", "customer_words": "CANARY", "sentence": "two", "due_on": "2026-06-05"},
    ),
}
KINDS = [kind for kind, _label in Exercise.Kind.choices]


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def shown(answer):
    body = answer.content if answer.content.startswith(b"%PDF") else _CHANGING.sub("", answer.content.decode())
    return answer.status_code, answer.get("ETag"), body


def everything(workshop, coach, manager, phones, link):
    """Every byte anybody gets: coach, manager, somebody else's phone, and whoever has the link."""
    at = [workshop.organization_id, workshop.pk]
    screens = ("workshop", "workshop_screen", "workshop_screen_now", "workshop_results")
    places = [("coach", coach, name) for name in (*screens, "workshop_console", "workshop_pdf", "workshop_copy")]
    places += [("manager", manager, name) for name in screens]
    seen = {(who, name): shown(client.get(reverse(f"chainmap:{name}", args=at))) for who, client, name in places}
    for number, room in enumerate(phones):
        phone = Client()
        phone.cookies[f"room{workshop.pk}"] = room.token
        for name in ("room", "room_now"):
            seen[f"phone {number}", name] = shown(phone.get(reverse(f"chainmap:{name}", args=[workshop.pk])))
    for name, address in (("page", link), ("pdf", link + "results.pdf")):
        seen["link", name] = shown(Client().get(address))
    assert {seen["link", "page"][0], seen["link", "pdf"][0], seen["coach", "workshop_pdf"][0]} == {200}
    return seen


def now(workshop, room):
    return type(room)(fresh(workshop), room.participant, room.phone, room.token)


def say(workshop, kind, rooms, answers):
    for room, data in zip(rooms, answers, strict=True):
        asked = exercise(workshop, kind).pk
        entry_save(room=now(workshop, room), exercise=asked, key="one", data=data)


def vary(workshop, kind, room, number):
    """One person says one of two things, or takes it back after saying it."""
    if number < 2:
        return say(workshop, kind, [room], [ANSWERS[kind][number]])
    say(workshop, kind, [room], [ANSWERS[kind][0]])
    asked = exercise(workshop, kind).pk
    assert entry_take_back(room=now(workshop, room), exercise=asked, key="one")
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_five_hidden_answers_changes_no_byte(organization, bob, carla, kind):
    """Running, revealed and closed; the answer is one thing, another, or taken back."""
    coach, manager = signed_in(bob), signed_in(carla)
    first = "purpose" if kind == "ladder" else "ladder"
    workshop = make_workshop(organization, "anonymous", kinds=(kind, first))
    rooms = [come_in(workshop) for _number in range(ROOM)]
    step(bob, workshop, "start", first)
    step(bob, workshop, "reveal", first)
    link = after_link_make(actor=bob, workshop=fresh(workshop))
    step(bob, workshop, "start", kind)
    others = rooms[1:5]
    say(workshop, kind, others, [ANSWERS[kind][number % 2] for number in range(4)])
    seen = []
    for number in range(3):
        with forgotten():
            vary(workshop, kind, rooms[0], number)
            told = [everything(workshop, coach, manager, (rooms[1], rooms[-1]), link) if number < 2 else seen[0][0]]
            step(bob, workshop, "reveal", kind)
            told.append(everything(workshop, coach, manager, (rooms[1], rooms[-1]), link))
            workshop_close(actor=bob, workshop=fresh(workshop))
            told.append(everything(workshop, coach, manager, (rooms[1], rooms[-1]), link))
        seen.append(told)
    for place in range(3):
        for number in (1, 2):  # who has taken back is not of those who answered: before the reveal that may be seen
            differ = [key for key, value in seen[0][place].items() if seen[number][place][key] != value]
            assert differ == [], (place, number)
    revealed = seen[0][1]
    assert "CANARY" not in str([value for key, value in revealed.items() if not key[0].startswith("phone")])


@contextmanager
def forgotten():
    """What happens in here never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["rate", "ladder", "orientation"])
def test_asked_anew_the_answer_of_the_one_who_joined_changes_no_byte(organization, bob, carla, kind):
    """Six were shown; a seventh comes in and it is asked anew: whatever the seventh says, all see the same."""
    coach, manager = signed_in(bob), signed_in(carla)
    workshop = make_workshop(organization, "anonymous", kinds=(kind,))
    rooms = [come_in(workshop) for _number in range(6)]
    step(bob, workshop, "start", kind)
    say(workshop, kind, rooms, [ANSWERS[kind][1]] * 6)
    step(bob, workshop, "reveal", kind)
    assert Exercise.objects.get().shown_to == 6
    link = after_link_make(actor=bob, workshop=fresh(workshop))
    rooms.append(come_in(workshop))
    step(bob, workshop, "anew", kind)
    say(workshop, kind, rooms[:6], [ANSWERS[kind][1]] * 6)
    seen = []
    for number in range(2):
        with forgotten():
            vary(workshop, kind, rooms[6], number)
            step(bob, workshop, "reveal", kind)
            seen.append(everything(workshop, coach, manager, (rooms[0],), link))
    assert seen[0] == seen[1]
    assert "Only a few people joined since this was last shown." in seen[0]["coach", "workshop_screen_now"][2]
