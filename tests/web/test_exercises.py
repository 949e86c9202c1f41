"""Answers from phones: by form and by script; refused with the words kept; and what phones and projector show."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Entry, Exercise, Workshop
from chainmap.services.exercise_results import result_find
from tests.services.exercising import (
    handoff_of,
    make_exercise,
    make_room,
    make_workshop,
    party_of,
    reveal,
)

pytestmark = pytest.mark.django_db
KINDS = [kind for kind, _label in Exercise.Kind.choices]
HOSTILE = '"><script>alert(1)</script> \u202eevil 🦄 שלום'
DAY = (timezone.localdate() + timedelta(days=3)).isoformat()


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


def phone(room):
    client = Client()
    client.cookies[f"room{room.workshop.pk}"] = room.token
    return client


def address(exercise, name="exercise_entry"):
    return reverse(f"chainmap:{name}", args=[exercise.workshop_id, exercise.pk])


def fields(kind, organization):
    return {
        "client": {"party": str(party_of(organization, "client").pk), "words": ""},
        "draw": {
            "supplier_words": "Alice Adams", "deliverable": "notes", "customer_words": HOSTILE[:60], "volume": "3",
        },
        "rate": {
            "handoff": str(handoff_of(organization, "alice", "bob").pk), "score": "7", "reason": "late", "words": "x",
        },
        "moments": {"kind": "misery", "words": HOSTILE, "handoff": ""},
        "ladder": {"rung": "advocate"},
        "orientation": dict.fromkeys(ORIENTATION.row_codes, "7"),
        "purpose": {"words": HOSTILE},
        "coffee": {"met": "not_yet", "words": ""},
        "agreements": {
            "supplier_words": "Alice Adams", "customer_words": "Bob Brown", "sentence": HOSTILE, "due_on": DAY,
        },
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_form_is_kept_and_leads_back_to_the_room(workshop, kind):
    exercise = make_exercise(workshop, kind)
    client = phone(make_room(workshop, party_of(workshop.organization, "bob"), "Bob"))
    sent = fields(kind, workshop.organization) | {"key": "abc"}
    answer = client.post(address(exercise), sent)
    assert (answer.status_code, answer.url) == (302, reverse("chainmap:room", args=[workshop.pk]))
    assert client.post(address(exercise), sent).status_code == 302
    assert Entry.objects.count() == 1
    page = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert "<script>alert" not in page
    assert address(exercise) in page


def test_a_script_gets_data(workshop):
    exercise = make_exercise(workshop, "purpose")
    client = phone(make_room(workshop))
    headers = {"X-Requested-With": "fetch"}
    kept = client.post(address(exercise), {"key": "a", "words": "bread"}, headers=headers)
    assert kept.json() == {"kept": True, "version": 1}
    refused = client.post(address(exercise), {"key": "a", "words": "x" * 10_000}, headers=headers)
    assert (refused.status_code, refused.json()["field"]) == (400, "words")
    back = client.post(address(exercise, "entry_take_back"), {"key": "one"}, headers=headers)
    assert back.json() == {"kept": False, "version": 0}
    Exercise.objects.update(state="revealed")
    late = client.post(address(exercise), {"key": "a", "words": "late"}, headers=headers)
    assert late.status_code == 409
    assert "still here" in late.json()["message"]


def test_what_is_refused_comes_back_with_its_words(workshop):
    exercise = make_exercise(workshop, "agreements")
    client = phone(make_room(workshop))
    sent = fields("agreements", workshop.organization) | {"key": "a", "due_on": "2001-01-01"}
    answer = client.post(address(exercise), sent)
    page = answer.content.decode()
    assert (answer.status_code, "unicorn" in page or "🦄" in page, "<script>alert" in page) == (400, True, False)
    Exercise.objects.update(state="done")
    late = client.post(address(exercise), sent)
    assert (late.status_code, "🦄" in late.content.decode()) == (409, True)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("sent", [{"words": "a\x00b"}, {"words": ""}, {}, {"words": "x", "mood": "1"}])
def test_bad_input_is_a_400(workshop, sent):
    exercise = make_exercise(workshop, "purpose")
    assert phone(make_room(workshop)).post(address(exercise), sent | {"key": "a"}).status_code == 400


def test_a_choice_and_a_name_at_once_is_refused(workshop):
    exercise = make_exercise(workshop, "client")
    client = phone(make_room(workshop))
    bob = str(party_of(workshop.organization, "bob").pk)
    assert client.post(address(exercise), {"key": "a", "party": bob, "words": "Carla"}).status_code == 400
    assert client.post(address(exercise), {"key": "a", "party": "", "words": "Carla Conti"}).status_code == 302
    assert f'"party":{party_of(workshop.organization, "carla").pk}' in Entry.objects.get().content


def test_only_phones_of_this_workshop_and_only_by_post(workshop, organization):
    exercise = make_exercise(workshop, "purpose")
    inside, elsewhere = phone(make_room(workshop)), phone(make_room(make_workshop(organization)))
    assert inside.get(address(exercise)).status_code == 405
    answers = [
        client.post(where, {"key": "a", "words": "x"})
        for client, where in (
            (Client(), address(exercise)),
            (elsewhere, address(exercise)),
            (inside, address(exercise).replace(str(exercise.pk), "7")),
            (inside, address(make_exercise(make_workshop(organization), "purpose"))),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = inside.cookies
    assert guarded.post(address(exercise), {"key": "a", "words": "x"}).status_code == 403
    assert not Entry.objects.exists()


@pytest.mark.parametrize("mode", ["open", "anonymous"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_card_can_be_answered_without_scripts(organization, kind, mode):
    """The form of the card, sent as a browser would send what is filled in, is taken."""
    workshop = make_workshop(organization, mode)
    make_exercise(workshop, kind)
    is_open = mode == "open"
    party = party_of(organization, "bob") if is_open else None
    client = phone(make_room(workshop, party, "Bob" if is_open else ""))
    page = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    sent = fields(kind, organization) | {"key": "abc"}
    if not is_open:
        sent.pop("handoff", None)
    for name in sent:
        assert f'name="{name}"' in page or (name == "handoff" and kind == "moments" and not is_open), name
    assert not re.search(r"\sstyle=", page)
    assert client.post(address(Exercise.objects.get()), sent).status_code == 302
    page = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert "entry_take_back" in page or "take-back/" in page


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_every_result_is_drawn_without_styles_and_with_a_title(workshop, kind, compact):
    exercise = make_exercise(workshop, kind)
    for code in ("bob", "carla", "dan"):
        client = phone(make_room(workshop, party_of(workshop.organization, code), code))
        client.post(address(exercise), fields(kind, workshop.organization) | {"key": code})
    reveal(exercise)
    workshop = Workshop.objects.get(pk=workshop.pk)
    found = result_find(workshop=workshop, exercise=exercise, hides_names=False)
    page = render_to_string(found.template, {**found.context, "compact": compact})
    assert page.count("<h1") == 1
    assert ("compact" in page) == compact
    assert " style=" not in page
    assert "<script>" not in page
    assert "\u202e" not in page


#: What differs between any two answers: the key of the form, the number of a new entry, the timer.
CHANGING = re.compile(rb'(name="(csrfmiddlewaretoken|key)"\s+value="[^"]*"|data-seconds-left="[^"]*"|\d+:\d\d)')


def screens(workshop, watcher, coach):
    """The page of a phone, the projector and the console, without what differs between any two answers."""
    organization = [workshop.organization_id, workshop.pk]
    pages = [watcher.get(reverse("chainmap:room", args=[workshop.pk]))]
    pages += [coach.get(reverse(f"chainmap:{name}", args=organization)) for name in ("workshop_screen", "workshop")]
    assert [page.status_code for page in pages] == [200] * 3
    return [CHANGING.sub(b"", page.content) for page in pages]


@pytest.mark.parametrize("kind", KINDS)
def test_without_names_no_screen_tells_before_the_reveal_that_anybody_answered(organization, people, kind):
    workshop = make_workshop(organization, "anonymous")
    exercise = make_exercise(workshop, kind)
    rooms = [make_room(workshop) for _number in range(8)]
    watcher, coach = phone(make_room(workshop)), Client()
    coach.force_login(people["bob"])
    before = screens(workshop, watcher, coach)
    sent = fields(kind, organization)
    sent.pop("handoff", None)
    for number, room in enumerate(rooms):
        assert phone(room).post(address(exercise), sent | {"key": f"k{number}"}).status_code == 302
    assert Entry.objects.exclude(teller="").count() == 8
    assert screens(workshop, watcher, coach) == before


# ---- the edition a card was made for


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_a_card_names_its_edition(organization, workshop, kind):
    exercise, room = make_exercise(workshop, kind), make_room(workshop, party_of(organization, "bob"))
    Exercise.objects.filter(pk=exercise.pk).update(edition=7)
    client = phone(room)
    client.post(address(exercise), {"key": "one", "edition": "7", **fields(kind, organization)})
    Workshop.objects.filter(pk=workshop.pk).update(current=exercise)
    page = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    forms = re.findall(r"<form[^>]*data-live-form.*?</form>", page, re.DOTALL)
    assert forms
    assert all('<input type="hidden" name="edition" value="7">' in form for form in forms)


def test_what_was_written_for_a_former_card_is_refused_with_the_words(workshop):
    exercise, room = make_exercise(workshop, "purpose"), make_room(workshop)
    Exercise.objects.filter(pk=exercise.pk).update(edition=2)
    for edition in ("1", "", "x", "9" * 30):
        said = {"key": "one", "edition": edition, "words": "my own words"}
        answer = phone(room).post(address(exercise), said, headers={"X-Requested-With": "fetch"})
        assert (answer.status_code, answer.json()["anew"]) == (409, True)
        page = phone(room).post(address(exercise), said)
        assert page.status_code == 409
        assert "my own words" in page.content.decode()
    assert not Entry.objects.exists()
    said = {"key": "one", "edition": "2", "words": "my own words"}
    assert phone(room).post(address(exercise), said).status_code == 302
    back = phone(room).post(address(exercise, "entry_take_back"), {"key": "one", "edition": "1"})
    assert (back.status_code, Entry.objects.get().is_taken_back) == (409, False)


def test_whoever_joins_reads_what_the_room_will_see(workshop):
    join = reverse("chainmap:room_join", args=[workshop.code])
    said = "The names and hand-offs of %s will be seen in the room."
    assert said % "the whole organization" in Client().get(join).content.decode()
    workshop.team = workshop.organization.teams.first()
    workshop.save()
    assert said % "this team" in Client().get(join).content.decode()


def test_the_other_side_says_yes_on_its_own_phone_without_scripts(workshop):
    exercise = make_exercise(workshop, "agreements")
    alice, bob = (make_room(workshop, party_of(workshop.organization, code)) for code in ("alice", "bob"))
    sent = fields("agreements", workshop.organization) | {"key": "a"}
    assert phone(alice).post(address(exercise), sent).status_code == 302
    page = phone(bob).get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert "You are asked" in page
    assert "You are asked" not in phone(alice).get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    mark = re.search(r'name="mark" value="(\w+)"', page)[1]
    for given, status in (("", 400), ("perhaps", 400), ("not_yet", 302), ("yes", 302)):
        answer = phone(bob).post(address(exercise, "exercise_answer"), {"mark": mark, "answer": given, "edition": "1"})
        assert answer.status_code == status, given
    assert phone(alice).post(address(exercise, "exercise_answer"), {"mark": mark, "answer": "yes"}).status_code == 400
    old = phone(bob).post(address(exercise, "exercise_answer"), {"mark": mark, "answer": "not_yet", "edition": "7"})
    assert old.status_code == 409
    page = phone(bob).get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert re.search(r'value="yes"\s+class="is-said" aria-pressed="true"', page)
