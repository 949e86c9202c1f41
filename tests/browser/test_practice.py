"""A coach alone with the invented company: one click in, a reveal with the script beside it, one click out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chainmap.models import Organization
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser


def test_a_coach_practises_alone(acme, open_as):
    page = open_as("bob", "/practice/")
    check_page(page)
    page.get_by_role("button", name="Load the invented company").click()
    page.get_by_role("heading", name="What happens to a bicycle?").wait_for()
    script = page.get_by_role("complementary", name="Your script: Everybody arrives")
    expect(script.get_by_text("Minute 0 to 5 of 90")).to_be_visible()
    page.get_by_role("button", name="Open the workshop").click()
    page.get_by_role("button", name="Next: Who is your most important client?").click()
    page.get_by_role("heading", name="Your script: Who is your most important client?").wait_for()
    expect(page.get_by_text("Do now")).to_be_visible()
    page.get_by_role("button", name="Next: reveal").wait_for()
    page.locator(".exercise-card.is-current").get_by_role("button", name="Reveal", exact=True).click()
    page.get_by_text("Now that all see it").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # a clicker that bounces
    page.get_by_text("the second press did not count").wait_for()
    page.get_by_role("heading", name="Your script: Draw our chain").wait_for()
    page.get_by_role("button", name="Next: reveal").wait_for()
    page.goto(page.url.partition("/organizations/")[0] + "/practice/")
    page.set_viewport_size(PHONE)
    check_page(page)
    page.get_by_role("link", name="Take it away").click()
    page.get_by_role("button", name="Take it away").click()
    page.get_by_text("The invented company is gone").wait_for()
    assert not Organization.objects.filter(is_practice=True).exists()
