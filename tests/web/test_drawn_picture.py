"""The picture of what the room drew: its data for whoever may see the workshop, and where the picture stands."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from chainmap.models import Workshop
from tests.services.exercising import handoff_of, make_exercise, make_room, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.django_db
SAID = {"supplier_words": "Dan Duval", "customer_words": "Anna's bakery", "deliverable": "bread", "volume": 3}


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


@pytest.fixture
def drawn(workshop):
    exercise = make_exercise(workshop, "draw")
    room = make_room(workshop, party_of(workshop.organization, "dan"), "Dan")
    say(room, exercise, SAID)
    return reveal(exercise)


def data_of(workshop, query=""):
    return reverse("chainmap:workshop_drawn", args=[workshop.organization_id, workshop.pk]) + query


def screen_of(workshop, part="workshop_screen"):
    return reverse(f"chainmap:{part}", args=[workshop.organization_id, workshop.pk])


def new_in(data):
    return {(link["what"], link["drawn"], link["drawn_words"]) for link in data["links"] if "drawn" in link}


def test_coach_and_manager_get_the_data_and_the_same_again_is_said_in_a_line(client, bob, carla, workshop, drawn):
    for user in (bob, carla):
        client.force_login(user)
        answer = client.get(data_of(workshop))
        assert new_in(answer.json()) == {("bread", "one", "new, one side")}
        assert {link["href"] for link in answer.json()["links"]} == {None}
        again = client.get(data_of(workshop), headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    exercise = make_exercise(workshop, "rate")
    said = {"handoff": handoff_of(workshop.organization, "alice", "bob").pk, "score": 1}
    say(make_room(workshop, party_of(workshop.organization, "bob"), "Bob"), exercise, said)
    reveal(exercise)
    assert client.get(data_of(workshop))["ETag"] != answer["ETag"]


def test_others_and_other_workshops_and_what_is_not_revealed_are_not_there(
    client, alice, bob, zoe, workshop, drawn, other_organization
):
    client.force_login(bob)
    running = make_workshop(workshop.organization)
    make_exercise(running, "draw")
    elsewhere = make_workshop(other_organization)
    reveal(make_exercise(elsewhere, "draw"))
    nowhere = client.get(data_of(workshop).replace(str(workshop.pk), "1")).content
    for wrong in (running, elsewhere):
        address = reverse("chainmap:workshop_drawn", args=[workshop.organization_id, wrong.pk])
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (404, nowhere)
    client.force_login(zoe)
    assert client.get(data_of(workshop)).status_code == 404
    client.force_login(alice)
    assert client.get(data_of(workshop)).status_code == 403


def test_a_wrong_question_is_refused_in_words(client, bob, workshop, drawn):
    client.force_login(bob)
    assert client.get(data_of(workshop, "?names=all")).status_code == 400
    assert client.get(data_of(workshop, "?name=hidden")).status_code == 400


@pytest.mark.parametrize("part", ["workshop_screen", "workshop_screen_now"])
def test_the_projector_shows_the_picture_with_its_table_and_what_the_lines_mean(client, bob, workshop, drawn, part):
    client.force_login(bob)
    html = client.get(screen_of(workshop, part)).content.decode()
    assert f'data-scene-map="{data_of(workshop)}"' in html
    assert "<svg" in html.partition('class="scene-map-room"')[2].partition("</figure>")[0]
    assert "new: drawn by one side, ask the other" in html
    assert "The same as a table" in html
    assert 'id="map-words"' in html
    Workshop.objects.filter(pk=workshop.pk).update(hides_names=True)
    html = client.get(screen_of(workshop, part)).content.decode()
    assert f'data-scene-map="{data_of(workshop, "?names=hidden")}"' in html
    assert "Duval" not in html
    assert "Duval" not in json.dumps(client.get(data_of(workshop)).json())


def test_a_phone_shows_the_table_alone(client, workshop, drawn):
    room = make_room(workshop, party_of(workshop.organization, "carla"), "Carla")
    client.cookies[f"room{workshop.pk}"] = room.token
    html = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert "result-draw compact" in html
    assert "bread" in html
    assert "data-scene-map" not in html


def test_what_has_no_room_is_counted_in_words(client, bob, workshop):
    exercise = make_exercise(workshop, "purpose")
    for number in range(15):
        say(make_room(workshop, None, f"p{number}"), exercise, {"words": f"sentence {number}"})
    reveal(exercise)
    client.force_login(bob)
    html = client.get(screen_of(workshop)).content.decode()
    rest = html.partition("data-fit-rest")[2]
    words = json.loads(re.search(r'data-fit-words="([^"]*)"', rest)[1].replace("&quot;", '"'))
    assert words == [f"{number} more" for number in range(16)]
    assert 'data-fit-left="3"' in rest
    assert "<summary>3 more</summary>" in rest
    assert html.count("data-fit-row") == 15
