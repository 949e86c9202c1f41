"""One round against another, all rounds, and the matrix in a real browser: on a phone, on a screen, in both colours."""

from __future__ import annotations

from datetime import date
from itertools import cycle

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import HandOff, Rating, Round
from tests.browser.usable import LOOKS, check_page

pytestmark = pytest.mark.browser


@pytest.fixture
def autumn(acme):
    """A second signed round at Acme: forecasts got better."""
    made = Round.objects.create(
        organization=acme, name="Autumn", mode=Round.Mode.OPEN, state=Round.State.CLOSED, closed_on=date(2026, 9, 1)
    )
    Round.objects.filter(organization=acme, name="Spring").update(closed_on=date(2026, 5, 4))
    for deliverable, score in (("forecast", 10), ("figures", 2), ("plan", 9), ("report", 8)):
        handoff = HandOff.objects.get(organization=acme, deliverable=deliverable)
        Rating.objects.create(
            round=made, handoff=handoff, rater=handoff.customer, score=score, given_on=date(2026, 8, 30)
        )
    acme.touch()
    return made


def test_everybody_can_use_the_pages(open_as, acme, autumn):
    looks = cycle(LOOKS)
    for name in ("compare", "trend", "matrix"):
        page = open_as("carla", reverse(f"chainmap:{name}", args=[acme.pk]))
        width, colours = next(looks)
        check_page(page, name, width=width, colours=colours)
    page = open_as("carla", reverse("chainmap:matrix", args=[acme.pk]) + "?show=yield")
    check_page(page, "matrix", width=1280, colours="dark")


def test_rounds_are_chosen_and_swapped_without_scripts_and_the_picture_is_drawn(open_as, acme, autumn):
    page = open_as("carla", reverse("chainmap:compare", args=[acme.pk]))
    expect(page.locator("h1")).to_contain_text("more than in “Spring”")
    page.wait_for_load_state("networkidle")
    wide = "[...document.querySelectorAll('figure img')].map((one) => one.naturalWidth > 100)"
    assert page.evaluate(wide) == [True] * 3
    page.get_by_role("link", name="Swap the two").click()
    expect(page.locator("h1")).to_contain_text("fewer than in “Autumn”")
    page.get_by_label("Before").select_option(label="Spring (4 May 2026)")
    page.get_by_label("Now", exact=True).select_option(label="Autumn (1 Sep 2026)")
    page.get_by_role("button", name="Compare these").click()
    expect(page.locator("h1")).to_contain_text("more than in “Spring”")
