"""Moments, the ladder, purposes and stories in a real browser, as a new user would: on a phone and on a screen."""

from __future__ import annotations

from itertools import cycle

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import HandOff, Moment, Party, Story
from tests.browser.usable import LOOKS, PHONE, check_page
from tests.pair import give_account, handoff_of

pytestmark = pytest.mark.browser


@pytest.fixture
def forecast(acme):
    """Alice -> Bob; Bob stands for the party of his name here."""
    give_account(acme, "bob")
    return handoff_of(acme, "alice", "bob")


def test_a_moment_is_told_thanked_and_answered_on_a_phone(open_as, acme, forecast, page):
    page.set_viewport_size(PHONE)
    page = open_as("bob", reverse("chainmap:handoff", args=[acme.pk, forecast.pk]))
    expect(page.get_by_role("heading", name="The next rung: client")).to_be_visible()
    assert page.locator("[aria-current=step]").inner_text().split() == ["customer", "now"]
    page.get_by_role("link", name="Tell a moment").click()
    page.get_by_label("Misery").check()
    page.get_by_label("What happened, in one line").fill("Two lines were missing.")
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_text("Told. Alice Adams sees it, and nobody else.")).to_be_visible()

    page = open_as("alice", reverse("chainmap:moments", args=[acme.pk]))
    expect(page.get_by_text("Two lines were missing.")).to_be_visible()
    page.get_by_role("button", name="Say thank you").click()
    expect(page.get_by_text("Bob Brown is told of your answer.")).to_be_visible()
    page.get_by_role("link", name="Answer in a line").click()
    page.get_by_label("Your answer").fill("We check both lists now.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Bob Brown is told of your answer.").wait_for()
    moment = Moment.objects.get()
    assert (moment.is_thanked, moment.reply) == (True, "We check both lists now.")
    page = open_as("bob", reverse("chainmap:handoff", args=[acme.pk, forecast.pk]))
    expect(page.get_by_text("We check both lists now.")).to_be_visible()
    page.get_by_text("How this is worked out").click()
    expect(page.get_by_text("Every moment of misery has an answer in words from the supplier.")).to_be_visible()


def test_a_purpose_is_written_and_a_story_told_from_the_chain(open_as, acme, forecast):
    page = open_as("bob", reverse("chainmap:chain", args=[acme.pk]))
    page.locator(".purpose-line").get_by_role("link", name="Purpose and stories").click()
    page.get_by_role("link", name="Write the purpose").click()
    page.get_by_label("How do we make a difference to our customers?").fill("Builders open on the day they planned.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Builders open on the day they planned.")
    page.get_by_role("link", name="Tell a story").click()
    page.get_by_label("Title").fill("Open in a week")
    page.get_by_label("What happened for the customer?").fill("They opened eight days early.")
    assert page.get_by_role("checkbox", checked=True).count() == 2  # Bob's main chain: plan, report
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open in a week")
    page.get_by_role("link", name="The client").click()
    expect(page.get_by_role("heading", name="Stories that reached The client")).to_be_visible()
    expect(page.get_by_role("link", name="Open in a week")).to_be_visible()


def test_everybody_can_use_these_pages_in_light_and_dark_on_phone_and_screen(open_as, acme, forecast):
    """axe finds nothing, nothing scrolls sideways at 320, targets are large; each page at one of the four."""
    made = [
        Moment.objects.create(
            handoff=forecast, teller=forecast.customer, kind=kind, words="Word " * 40, told_on="2026-11-02"
        )
        for kind in ("magic", "misery")
    ]
    story = Story.objects.create(
        organization=acme, title="A" * 120, text="They could open.", teller=forecast.supplier, told_on="2026-11-02",
        customer=Party.objects.get(organization=acme, code="client"),
    )  # fmt: skip
    story.handoffs.set(HandOff.objects.filter(organization=acme))
    pages = [
        ("alice", "handoff", [forecast.pk]), ("alice", "moments", []), ("alice", "moment_answer", [made[1].pk]),
        ("alice", "purpose", []), ("alice", "story", [story.pk]), ("alice", "story_new", []),
        ("alice", "story_remove", [story.pk]), ("alice", "party", [story.customer_id]),
        ("bob", "moment_tell", [forecast.pk]), ("bob", "purpose_edit", []),
    ]  # fmt: skip
    for (who, name, numbers), (width, colours) in zip(pages, cycle(LOOKS), strict=False):
        page = open_as(who, reverse(f"chainmap:{name}", args=[acme.pk, *numbers]))
        check_page(page, name, width=width, colours=colours)
