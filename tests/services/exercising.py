"""A workshop with people in it, for the tests of the exercises."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.utils import timezone

from chainmap.models import Exercise, HandOff, Organization, Participant, Party, Phone, Workshop
from chainmap.services.exercise_entries import entry_save
from chainmap.services.exercise_results import result_freeze
from chainmap.services.joining import Room, token_digest


def make_workshop(organization: Organization, mode: str = "open", **fields: object) -> Workshop:
    return Workshop.objects.create(
        organization=organization, name="Room 1", mode=mode, state="open", code=secrets.token_hex(3).upper(), **fields
    )


def make_exercise(workshop: Workshop, kind: str, state: str = "running") -> Exercise:
    exercise = Exercise.objects.create(
        workshop=workshop, kind=kind, place=Exercise.objects.count() + 1, state=state, started_at=timezone.now()
    )
    workshop.current = exercise
    workshop.save()
    return exercise


def make_room(workshop: Workshop, party: Party | None = None, name: str = "") -> Room:
    participant = Participant.objects.create(workshop=workshop, party=party, name=name)
    token = secrets.token_urlsafe(32)
    phone = Phone.objects.create(participant=participant, token_hash=token_digest(token))
    return Room(workshop, participant, phone, token)


def make_rooms(workshop: Workshop, count: int) -> list[Room]:
    return [make_room(workshop) for _number in range(count)]


def party_of(organization: Organization, code: str) -> Party:
    return Party.objects.get(organization=organization, code=code)


def handoff_of(organization: Organization, supplier: str, customer: str) -> HandOff:
    return HandOff.objects.filter(organization=organization, supplier__code=supplier, customer__code=customer).order_by(
        "pk"
    )[0]


def say(room: Room, exercise: Exercise, data: Mapping[str, object], key: str = "k1") -> object:
    return entry_save(room=room, exercise=exercise.pk, key=key, data=data)


def reveal(exercise: Exercise) -> Exercise:
    result_freeze(exercise=exercise)
    Exercise.objects.filter(pk=exercise.pk).update(state="revealed")
    exercise.refresh_from_db()
    return exercise
