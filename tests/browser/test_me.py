"""My page as a new member meets it: asked first, then shown; one tap confirms; everybody can use it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import ClientAnswer, HandOff, Party
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser


@pytest.fixture
def me_path(acme):
    return reverse("chainmap:me", args=[acme.pk])


def test_a_new_member_on_the_phone_answers_and_confirms_with_one_tap(acme, open_as, me_path, live_server):
    """From the first page of all: the question, a suggested name, my page, a claim that is confirmed."""
    HandOff.objects.filter(deliverable="forecast").update(customer_says="yes")
    page = open_as("alice", "/")
    page.set_viewport_size(PHONE)
    expect(page).to_have_url(f"{live_server.url}{me_path}client/")
    expect(page.get_by_text("Bob Brown")).to_be_hidden()
    field = page.get_by_label("Your answer, in one line")
    field.press_sequentially("bob")
    suggested = page.locator("datalist option")
    suggested.wait_for(state="attached")
    field.fill(suggested.get_attribute("value"))
    page.get_by_role("button", name="That is my answer").click()
    expect(page).to_have_url(live_server.url + me_path)
    expect(page.get_by_role("heading", name="Your most important client is Bob Brown")).to_be_visible()
    expect(page.get_by_text("you and the chain agree")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    # back where the button stands
    expect(page).to_have_url(re.compile(re.escape(live_server.url + me_path + "?said=")))
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(page.get_by_text("You both say that this hand-off is so.")).to_be_visible()
    page.get_by_text("The way to the end customer in words").click()
    expect(page.get_by_text("Between you and Bob Brown")).to_be_visible()


def test_a_misspelled_name_is_one_tap_from_the_right_one(acme, open_as, me_path, live_server):
    first = open_as("alice", f"{me_path}client/")
    page = first.context.new_page()  # of its own: the status 400 is a complaint of the console, and meant here
    page.goto(first.url)
    page.set_viewport_size(PHONE)
    page.get_by_label("Your answer, in one line").fill("Brwn")
    page.get_by_role("button", name="That is my answer").click()
    page.get_by_role("heading", name="Did you mean").wait_for()
    check_page(page, colours="dark")
    page.get_by_role("button", name="Bob Brown").click()
    page.get_by_text("Your answer is kept: Bob Brown.").wait_for()
    expect(page).to_have_url(live_server.url + me_path)
    page.close()


def test_a_coach_has_the_pages_of_the_role_in_the_head_of_a_small_phone(acme, open_as):
    page = open_as("bob", reverse("chainmap:rounds", args=[acme.pk]))
    page.set_viewport_size({"width": 320, "height": 700})
    for name in ("Agreements", "Teams", "Purpose", "Rounds"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        assert page.get_by_role("navigation", name="Pages").locator("[aria-current]").count() == (name != "Rounds")
    check_page(page)


def test_everybody_can_use_it_in_light_and_dark_on_phone_and_screen(acme, open_as, me_path):
    """axe finds nothing; the smallest phone scrolls nowhere sideways and has large targets."""
    HandOff.objects.filter(deliverable="forecast").update(customer_says="yes")
    alice = Party.objects.get(organization=acme, code="alice")
    for path in (f"{me_path}client/", me_path):
        ClientAnswer.objects.get_or_create(party=alice, defaults={"words": "x" * 200, "answered_on": "2026-05-04"})
        page = open_as("alice", path)
        for width, colours in ((360, "dark"), (1280, "light")):
            check_page(page, path, width=width, colours=colours)
