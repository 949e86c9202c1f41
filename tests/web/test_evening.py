"""What a coach and a team met when they saw a workshop for the first time."""

from __future__ import annotations

import pytest
from django.urls import reverse

from chainmap.access import OPERATOR
from chainmap.domain.roles import Role
from chainmap.models import Membership, Organization, Participant
from chainmap.services.exercise_asking import yes_said
from chainmap.services.practice import practice_load
from chainmap.services.workshop_steps import step_do
from chainmap.services.workshops import exercises_of, workshop_open
from tests import workshop as rooms

pytestmark = pytest.mark.django_db


def console(client, workshop):
    return client.get(reverse("chainmap:workshop", args=[workshop.organization_id, workshop.pk])).text


def test_a_phone_that_is_let_in_says_as_whom(organization, client):
    workshop = rooms.make_workshop(organization)
    people = reverse("chainmap:room_join", args=[workshop.code])
    client.post(people, {"name": "Zoe", "who": "Alice Adams"})
    page = client.get(reverse("chainmap:room", args=[workshop.pk])).text
    assert "You joined as <bdi>Alice Adams</bdi>" in page
    assert page.count("You joined") == 1


def test_nobody_in_yet_is_said_in_plain_words(organization, signed_in, bob):
    workshop = rooms.make_workshop(organization)
    client = signed_in(bob)
    assert "Nobody is in yet. Let people join first." in console(client, workshop)
    rooms.come_in(workshop, "Ann")
    assert "Let people join first" not in console(client, workshop)


def test_at_the_end_the_one_button_closes_the_workshop(organization, signed_in, bob):
    workshop = rooms.make_workshop(organization)
    client = signed_in(bob)
    before = console(client, workshop)
    assert before.count("Close the workshop</button>") == 1
    workshop.exercises.all().update(state="done")
    after = console(client, workshop)
    assert after.count("Close the workshop</button>") == 1
    assert after.index("Close the workshop</button>") < after.index('id="exercises-title"')


def test_a_phone_that_only_waits_holds_up_no_yes_of_an_invented_person(bob, organization):
    room = workshop_open(actor=OPERATOR, workshop=practice_load(user=bob))
    there = Participant.objects.get(workshop=room, party__code="nadia")
    there.phones.create(token_hash="0" * 64, is_let_in=False)
    agreements = next(one for one in exercises_of(room) if one.kind == "agreements")
    step_do(actor=OPERATOR, workshop=room, step="start", version=room.version, exercise=agreements.pk)
    agreements.refresh_from_db()
    assert there.party_id in set().union(*yes_said(agreements).values())


def test_an_organization_without_a_chain_leads_its_coach_to_a_workshop(organization, signed_in, bob):
    empty = Organization.objects.create(name="Corner Bakery")
    Membership.objects.create(organization=empty, user=bob, role=Role.COACH.value)
    workshops = reverse("chainmap:workshops", args=[empty.pk])
    said = "Or draw it with the team, in a workshop"
    page = signed_in(bob).get(reverse("chainmap:chain", args=[empty.pk])).text
    assert f'<a class="button" href="{workshops}">{said}</a>' in page
    assert said not in signed_in(bob).get(reverse("chainmap:chain", args=[organization.pk])).text
