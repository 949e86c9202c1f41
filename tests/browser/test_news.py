"""News in a real browser: the badge, the list, "all read", and stopping the mails from a mail on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from chainmap.models import HandOff, MailChoice, Notification, Organization, Party
from chainmap.services.digests import choice_token
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser


@pytest.fixture
def news(acme):
    """Two new things for alice, and one she has read."""
    given = HandOff.objects.get(organization=acme, supplier__code="alice", customer__code="bob")
    for number, (kind, seen) in enumerate((("confirmed", False), ("need", False), ("disputed", True))):
        row = Notification.objects.create(
            party=given.supplier, by=given.customer, kind=kind, handoff=given, is_seen=seen
        )
        Notification.objects.filter(pk=row.pk).update(made_at=timezone.now() - timedelta(hours=number))
    return given.supplier


def test_news_are_found_by_the_badge_read_and_marked_on_a_phone(open_as, acme, page, news):
    page.set_viewport_size(PHONE)
    open_as("alice", reverse("chainmap:rounds", args=[acme.pk]))
    header = page.get_by_role("banner")
    header.get_by_role("navigation", name="Pages").get_by_role("link", name="News (2) new").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is new for me")
    expect(page.get_by_role("heading", name="2 new")).to_be_visible()
    expect(page.get_by_text("Bob Brown confirmed: you hand over “forecast”.").first).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Mark all as read").press("Enter")
    expect(page.get_by_role("status")).to_have_text("All news is marked as read.")
    expect(header.get_by_role("link", name="News", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Mark all as read")).to_be_hidden()
    page.get_by_role("link", name="How often I get this by mail").click()
    page.get_by_text("once a week, if there is something").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert MailChoice.objects.get(party=news).digest == "weekly"
    page.emulate_media(color_scheme="dark")
    check_page(page)


def test_mails_are_stopped_from_a_mail_without_signing_in(page, live_server, news):
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + reverse("chainmap:mail_choice", args=[choice_token(party=news)]))
    expect(page.get_by_label("once a day, if there is something")).to_be_checked()
    check_page(page)
    page.get_by_text("never", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("No mail with news comes any more")
    assert MailChoice.objects.get(party=news).digest == "never"
    check_page(page)


def test_the_head_stays_usable_on_the_smallest_phone_with_a_long_name(open_as, acme, page, news):
    Organization.objects.filter(pk=acme.pk).update(name="Northern Hospital and Rehabilitation Centre")
    Party.objects.filter(pk=news.pk).update(name="Alice Adams")
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        open_as("alice", reverse("chainmap:rounds", args=[acme.pk]))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = [one.bounding_box() for one in page.get_by_role("banner").get_by_role("link").all()]
        boxes.append(page.get_by_role("button", name="Sign out").bounding_box())
        assert len(boxes) == 7
        own, news_link, chain_map, rounds = boxes[2:6]
        assert own["y"] == news_link["y"] == chain_map["y"] == rounds["y"], "on one line"
        for number, box in enumerate(boxes):
            assert box["x"] >= 0, width
            assert box["x"] + box["width"] <= width, width
            assert box["height"] >= 44, width
            assert not any(overlap(box, other) for other in boxes[number + 1 :]), width


def overlap(one, other):
    across = one["x"] < other["x"] + other["width"] - 0.5 and other["x"] < one["x"] + one["width"] - 0.5
    down = one["y"] < other["y"] + other["height"] - 0.5 and other["y"] < one["y"] + one["height"] - 0.5
    return across and down
