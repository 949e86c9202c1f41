"""My page as a new member meets it: asked first, then shown; one tap confirms; everybody can use it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from chainmap.models import ClientAnswer, HandOff, Party

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def me_path(acme):
    return reverse("chainmap:me", args=[acme.pk])


def test_a_new_member_on_the_phone_answers_and_confirms_with_one_tap(acme, open_as, me_path, live_server):
    """From the first page of all: the question, a suggested name, my page, a claim that is confirmed."""
    HandOff.objects.filter(deliverable="forecast").update(customer_says="yes")
    page = open_as("alice", "/")
    page.set_viewport_size(PHONE)
    assert page.url == f"{live_server.url}{me_path}client/"
    assert not page.get_by_text("Bob Brown").is_visible()
    field = page.get_by_label("Your answer, in one line")
    field.press_sequentially("bob")
    suggested = page.locator("datalist option")
    suggested.wait_for(state="attached")
    field.fill(suggested.get_attribute("value"))
    page.get_by_role("button", name="That is my answer").click()
    assert page.url == live_server.url + me_path
    assert page.get_by_role("heading", name="Your most important client is Bob Brown").is_visible()
    assert page.get_by_text("you and the chain agree").is_visible()
    page.get_by_role("button", name="Confirm").click()
    assert page.url == live_server.url + me_path, "back where the button stands"
    assert page.get_by_text("Nothing waits for you.").is_visible()
    assert page.get_by_text("Both of you say that this hand-off is so.").is_visible()
    page.get_by_text("The way to the end customer in words").click()
    assert page.get_by_text("Between you and Bob Brown").is_visible()


def test_everybody_can_use_it_in_light_and_dark_on_phone_and_screen(acme, open_as, me_path):
    """axe finds nothing; the smallest phone scrolls nowhere sideways and has large targets."""
    HandOff.objects.filter(deliverable="forecast").update(customer_says="yes")
    alice = Party.objects.get(organization=acme, code="alice")
    for path in (f"{me_path}client/", me_path):
        ClientAnswer.objects.get_or_create(party=alice, defaults={"words": "x" * 200, "answered_on": "2026-05-04"})
        page = open_as("alice", path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width, colours in ((360, "dark"), (1280, "light")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=colours)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} {width} {colours}: {found.generate_report()}"
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        small = page.evaluate(
            """() => [...document.querySelectorAll("main button, main summary, main a")]
                .filter((one) => one.offsetParent !== null)
                .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
                .filter(([, height]) => height < 44)"""
        )
        assert small == [], path
