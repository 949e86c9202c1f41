"""What only a real browser can tell: forms work, nothing is blocked, everybody can use it."""

from __future__ import annotations

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import Party
from tests.browser.usable import small_targets

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"


@pytest.fixture
def chain_path(acme):
    return reverse("chainmap:chain", args=[acme.pk])


@pytest.fixture
def alice_path(acme):
    return reverse("chainmap:party", args=[acme.pk, Party.objects.get(organization=acme, code="alice").pk])


def test_sign_in_see_the_chain_follow_a_party_sign_out(acme, page, live_server, chain_path):
    """The whole way of a first visit, with the real forms: what the browser sends must be accepted."""
    carla = acme.memberships.get(user__username="carla").user
    carla.set_password(PASSWORD)
    carla.save()
    page.goto(live_server.url + chain_path)
    page.get_by_label("Username").fill("carla")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(live_server.url + chain_path)
    expect(page).to_have_title(re.compile("reach the end customer"))
    assert page.locator("svg.chain-picture .party").count() == 5
    assert page.get_by_role("table").get_by_role("row").count() == 1 + 4
    page.locator("svg.chain-picture a", has_text="Alice Adams").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^The most important client of Alice Adams is Bob"))
    expect(page.locator("svg.waterfall")).to_be_visible()
    page.get_by_role("link", name="Back to the whole chain").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(re.escape(f"{live_server.url}/sign-in/")))
    page.goto(live_server.url + chain_path)
    expect(page).to_have_url(re.compile(re.escape(f"{live_server.url}/sign-in/")))


def test_the_larger_picture_and_the_explanation_are_one_tap_away(open_as, chain_path):
    page = open_as("carla", chain_path)
    picture = page.locator("svg.chain-picture")
    before = picture.bounding_box()["width"]
    button = page.get_by_role("button", name="Larger picture")
    button.click()
    assert picture.bounding_box()["width"] > 1.5 * before
    assert button.get_attribute("aria-pressed") == "true"
    page.get_by_text("What does “value lost” mean?").click()
    expect(page.get_by_text("What does not arrive is lost at that hand-off")).to_be_visible()


def test_the_keyboard_reaches_everything_in_order(open_as, chain_path):
    """The skip link comes first; the picture is one stop (it scrolls), its boxes are none: the table has them."""
    page = open_as("carla", chain_path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    stops = []
    for _press in range(12):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.closest('svg') ? 'svg' : document.activeElement.className"))
    assert "scroll" in stops
    assert "svg" not in stops


def test_everybody_can_use_it_in_light_and_dark_on_phone_and_screen(open_as, chain_path, alice_path):
    """axe finds nothing: contrast, names, roles, headings, landmarks, tables."""
    for path in (chain_path, alice_path):
        page = open_as("carla", path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width, colours in product((360, 1280), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=colours)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} {width} {colours}: {found.generate_report()}"


def test_the_pages_of_a_visitor_can_be_used_by_everybody(page, acme, live_server):
    page.goto(f"{live_server.url}/sign-in/")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_smallest_phone_scrolls_only_the_picture_and_has_large_targets(open_as, chain_path, alice_path):
    for path in (alice_path, chain_path):
        page = open_as("carla", path)
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert small_targets(page) == [], path
    assert page.evaluate("document.querySelector('.scroll').scrollWidth > 320")


def test_the_picture_turns_dark_with_the_page_and_prints_on_white(open_as, chain_path):
    page = open_as("carla", chain_path)
    paper = "getComputedStyle(document.querySelector('svg.chain-picture .graph > polygon')).fill"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("svg.chain-picture")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
