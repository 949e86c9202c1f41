"""Drawn, rated and seen through the pages: before is the figure of the chain page, and a drawn hand-off has a form."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from chainmap.models import HandOff
from tests.services.exercising import make_exercise, make_room, make_workshop, party_of, reveal
from tests.web.reading import text_of
from tests.web.test_exercises import address, phone

pytestmark = pytest.mark.django_db
NOTES = {"supplier_words": "Dan Duval", "customer_words": "Carla Conti", "deliverable": "notes", "volume": "3"}


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


def room_page(client, workshop):
    return client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()


def test_from_the_drawing_to_the_results(workshop, organization, carla, signed_in, chain_url, at):
    coach = signed_in(carla)
    reaching = re.search(r"creates, (\d+) reach the end customer", text_of(coach.get(chain_url).content.decode()))[1]
    clients = {code: phone(make_room(workshop, party_of(organization, code), code)) for code in ("dan", "carla", "bob")}
    draw = make_exercise(workshop, "draw")
    for number, code in enumerate(("dan", "carla")):
        assert clients[code].post(address(draw), NOTES | {"key": f"k{number}"}).status_code == 302
    reveal(draw)

    rate = make_exercise(workshop, "rate")
    page = room_page(clients["carla"], workshop)
    assert "drawn in this workshop" not in page.split('data-key="todo-')[1].split("</form>")[0]
    handoff = re.search(r'name="handoff" value="(-\d+)"', page)[1]
    assert "notes" in text_of(page)
    for code in ("dan", "bob"):
        assert handoff not in room_page(clients[code], workshop)
        answer = clients[code].post(address(rate), {"handoff": handoff, "score": "3", "key": f"handoff-{handoff}"})
        assert answer.status_code == 400
    sent = {"handoff": handoff, "score": "3", "key": f"handoff-{handoff}", "edition": str(rate.edition)}
    assert clients["carla"].post(address(rate), sent).status_code == 302
    for wrong in ("-", "--5", "-0", "-99999999999999999999"):
        assert clients["carla"].post(address(rate), sent | {"handoff": wrong}).status_code == 400
    assert "kept" in room_page(clients["carla"], workshop)
    back = {"key": f"handoff-{handoff}"}
    assert clients["carla"].post(address(rate, "entry_take_back"), back).status_code == 302
    assert clients["carla"].post(address(rate), sent).status_code == 302

    reveal(rate)
    said = text_of(room_page(clients["carla"], workshop))
    assert f"Before the workshop it was {reaching} of every 100; with what you drew and rated it is" in said
    assert "1 score: 3 of 10" in said
    assert "as if 2 more people had given the average" in said
    results = text_of(coach.get(at("workshop_results", workshop.pk)).content.decode())
    assert f"reached the end customer before the workshop {reaching}" in results
    assert re.search(r"notes, from Dan Duval to Carla Conti 3 of 10, counted as \d+ of 100", results)
    assert "as if 2 more people had given the average" in results


def test_the_rest_is_one_tap_away_and_works_without_scripts(workshop, organization):
    """Five stand there, the rest in a fold with a key: opened, it stays open when the page moves."""
    bob, dan = party_of(organization, "bob"), party_of(organization, "dan")
    for number in range(9):
        HandOff.objects.create(
            organization=organization, supplier=dan, customer=bob, deliverable=f"part {number}", volume=number + 20
        )
    make_exercise(workshop, "rate")
    client = phone(make_room(workshop, bob, "bob"))
    page = room_page(client, workshop)
    first, rest = page.split('data-key="all-rows"')
    assert first.count('name="handoff"') == 5
    total = HandOff.objects.filter(organization=organization, customer=bob).count()
    assert rest.count('name="handoff"') == total - 5
    assert f"Show {total - 5} more" in text_of(rest)
    assert "The largest come first" in text_of(first)
    assert "part 8" in text_of(first.split('data-key="row-')[0])
