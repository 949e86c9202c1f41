"""After a workshop: what was not revealed, or what the reveal kept back, is in no page, no PDF and behind no link."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.domain.exercise_entries import ClientEntry, PurposeEntry, RateEntry, entry_to_json
from chainmap.models import Entry, Exercise, Participant, Workshop
from chainmap.services.workshop_after import after_link_make
from tests.after import anonymous_workshop, open_workshop, say
from tests.exports.documents import needs_pdftotext, pdf_text

pytestmark = pytest.mark.django_db


def outputs(workshop: Workshop, coach: Client, link: str) -> list[bytes]:
    """Everything anybody gets of a workshop afterwards, without what names the moment of the request."""
    at = [workshop.organization_id, workshop.pk]
    names = ("workshop_results", "workshop_copy", "workshop_pdf")
    pages = [coach.get(reverse(f"chainmap:{name}", args=at)) for name in names]
    pages += [Client().get(link), Client().get(link + "results.pdf")]
    assert {page.status_code for page in pages} == {200}
    return [without_csrf(page.content) for page in pages]


def without_csrf(body: bytes) -> bytes:
    """A page without its tokens against forged forms, which differ each time."""
    if body.startswith(b"%PDF"):
        return body
    parts = body.split(b'name="csrfmiddlewaretoken" value="')
    return parts[0] + b"".join(part[64:] for part in parts[1:])


@pytest.fixture
def coach(bob, signed_in) -> Client:
    return signed_in(bob)


def test_changing_what_was_said_without_names_changes_no_byte(organization, bob, coach):
    """Each answer, who gave it, how many there are, and the number of phones within the same coarse word."""
    workshop = anonymous_workshop(organization)
    link = after_link_make(actor=bob, workshop=workshop)
    before = outputs(workshop, coach, link)
    rate = Exercise.objects.get(workshop=workshop, kind="rate")
    for row in Entry.objects.filter(exercise=rate):
        row.content = entry_to_json(RateEntry(None, 10, None, "CANARY changed"))
        row.save()
    Entry.objects.filter(exercise=rate).first().delete()
    purpose = Exercise.objects.get(workshop=workshop, kind="purpose")
    say(purpose, None, PurposeEntry("CANARY kept back"))
    Participant.objects.create(workshop=workshop)
    assert outputs(workshop, coach, link) == before


@needs_pdftotext
def test_what_was_not_revealed_is_nowhere(organization, people, bob, coach):
    workshop = open_workshop(organization, people)
    hidden = Exercise.objects.create(workshop=workshop, kind="ladder", place=9, state="running")
    Exercise.objects.filter(workshop=workshop, kind="client").update(state="running")
    teller = Participant.objects.get(workshop=workshop, name="Carla")
    for exercise in (hidden, Exercise.objects.get(workshop=workshop, kind="client")):
        say(exercise, teller, ClientEntry(None, "CANARY hidden"))
    link = after_link_make(actor=bob, workshop=workshop)
    for body in outputs(workshop, coach, link):
        said = pdf_text(body) if body.startswith(b"%PDF") else body.decode()
        for word in ("CANARY", "most important client", "The ladder", "The market"):
            assert word not in said


def test_an_entry_taken_back_or_of_a_former_edition_is_not_copied(organization, people, bob, coach):
    workshop = open_workshop(organization, people)
    body = coach.get(reverse("chainmap:workshop_copy", args=[organization.pk, workshop.pk])).content.decode()
    assert "2 ratings" in body


def test_nobody_is_told_who_did_not_say_anything(organization, people, bob, coach):
    """Dan and the guest took part or not: no output names them, whatever they left out."""
    workshop = open_workshop(organization, people)
    link = after_link_make(actor=bob, workshop=workshop)
    for body in outputs(workshop, coach, link):
        if not body.startswith(b"%PDF"):
            assert b"Dan Duval" not in body
            assert b"Guest<" not in body
