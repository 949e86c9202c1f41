"""Somebody places themselves on a phone, by touch and by keyboard; a coach changes a questionnaire at a desk."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import Assessment
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser


def test_from_the_list_to_the_result_on_a_phone(open_as, acme):
    page = open_as("alice", reverse("chainmap:assessments", args=[acme.pk]))
    page.set_viewport_size(PHONE)
    check_page(page, colours="light")
    page.get_by_role("link", name="Answer Operations-focused").first.click()
    rows = page.get_by_role("group")
    assert rows.count() == 5
    for number in range(4):
        rows.nth(number).get_by_role("radio", name="7").click()
    last = rows.nth(4)
    last.get_by_role("radio", name="5").focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(last.get_by_role("radio", name="8")).to_be_checked()
    for number in range(5):  # both ends are in sight with their row
        for end in rows.nth(number).locator(".end").all():
            expect(end).to_be_visible()
    check_page(page, colours="dark")
    page.get_by_role("button", name="Save").click()
    heading = "You place yourself at 7.2 of 10 towards customer-focused; your customers’ mean score is 5."
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert Assessment.objects.get().version == 1
    check_page(page, colours="light")
    page.get_by_role("button", name="Share with my coach").click()
    expect(page.get_by_text("Your coaches see these answers now.")).to_be_visible()
    page = open_as("bob", reverse("chainmap:assessment_figures", args=[acme.pk]))
    page.get_by_text("Alice").click()
    expect(page.get_by_text("Answer 8")).to_be_visible()
    check_page(page, colours="dark")


def test_a_coach_changes_a_questionnaire_at_a_desk(open_as, acme):
    page = open_as("bob", reverse("chainmap:questionnaires", args=[acme.pk]))
    check_page(page, colours="light")
    page.reload()
    page.get_by_role("link", name="Operations-focused").click()
    row = page.get_by_role("group", name="Row 1", exact=True)
    row.get_by_label("Left end, 0").fill("Only our own work counts.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("From now on this text is asked")).to_be_visible()
    for colours in ("light", "dark"):
        check_page(page, colours=colours)
    page.get_by_role("button", name="Go back to the built-in text").click()
    expect(page.get_by_text("The built-in text is asked again.")).to_be_visible()
