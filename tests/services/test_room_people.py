"""Who is in, for the coach of a workshop with names, who may put somebody out."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import NotFound
from chainmap.models import Entry, Participant, Party, Phone
from chainmap.services.exercise_entries import entry_save
from chainmap.services.joining import LinkDead, participant_of
from chainmap.services.room_people import people_in_room, person_put_out
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return make_workshop(organization, kinds=("client", "purpose"))


def say(room, kind):
    entry_save(room=room, exercise=exercise(room.workshop, kind).pk, key="k", data={"words": "The baker"})


def test_everybody_who_is_in_by_name(organization, workshop, alice, bob):
    come_in(workshop, "Berta")
    place = Party.objects.get(organization=organization, code="dan")
    come_in(workshop, "Anna", party=place.pk)
    come_in(workshop, party=place.pk)  # waits
    for _number in range(2):
        come_in(workshop, user=alice)
    found = people_in_room(actor=bob, workshop=workshop)
    assert [(one.name, one.place, one.has_account, one.phones) for one in found] == [
        ("Alice Adams", "Alice Adams", True, 2), ("Anna", "Dan Duval", False, 1), ("Berta", "", False, 1)
    ]  # fmt: skip


def test_without_names_nobody_is_listed_or_put_out(organization, bob):
    workshop = make_workshop(organization, "anonymous")
    room = come_in(workshop)
    assert people_in_room(actor=bob, workshop=workshop) == []
    with pytest.raises(NotFound):
        person_put_out(actor=bob, workshop=workshop, participant=room.participant.pk)
    assert Phone.objects.count() == 1


def test_who_is_put_out_loses_phones_and_what_runs_now(organization, workshop, bob):
    place = Party.objects.get(organization=organization, code="alice")
    mallory, anna = come_in(workshop, "Mallory", party=place.pk), come_in(workshop, "Anna")
    step(bob, workshop, "start", "client")
    say(mallory, "client")
    step(bob, workshop, "reveal", "client")
    step(bob, workshop, "start", "purpose")
    say(mallory, "purpose")
    say(anna, "purpose")
    version = fresh(workshop).version
    person_put_out(actor=bob, workshop=workshop, participant=mallory.participant.pk)
    with pytest.raises(LinkDead):
        participant_of(workshop=workshop.pk, token=mallory.token)
    left = Entry.objects.values_list("exercise__kind", "participant__name")
    assert set(left) == {("client", "Mallory"), ("purpose", "Anna")}
    assert Participant.objects.get(name="Mallory").party is None
    assert not come_in(workshop, party=place.pk).is_waiting  # the place is free again
    assert fresh(workshop).version > version
    with pytest.raises(NotFound):
        person_put_out(actor=bob, workshop=workshop, participant=mallory.participant.pk)


def test_whoever_said_nothing_is_gone(workshop, bob):
    room = come_in(workshop, "Mallory")
    person_put_out(actor=bob, workshop=workshop, participant=room.participant.pk)
    assert not Participant.objects.exists()


def test_only_coaches_and_only_of_this_workshop(organization, workshop, people, bob, carla, zoe):
    room = come_in(workshop, "Anna")
    other = make_workshop(organization)
    for actor, error in ((carla, PermissionDenied), (people["alice"], PermissionDenied), (zoe, NotFound)):
        with pytest.raises(error):
            people_in_room(actor=actor, workshop=workshop)
        with pytest.raises(error):
            person_put_out(actor=actor, workshop=workshop, participant=room.participant.pk)
    with pytest.raises(NotFound):
        person_put_out(actor=bob, workshop=other, participant=room.participant.pk)
    assert Phone.objects.count() == 1
