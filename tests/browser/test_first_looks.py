"""The first look at a large report in a real browser: how far it is, and then the report, with and without scripts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.services.first_looks import first_looks_finish
from tests.browser.usable import PHONE, check_page
from tests.looking import Held

pytestmark = pytest.mark.browser


@pytest.fixture
def held(acme, monkeypatch, settings):
    made = Held(monkeypatch, settings)
    yield made
    made.run()
    assert first_looks_finish(10)


def test_the_report_comes_in_by_itself(open_as, acme, page, held):
    page.set_viewport_size(PHONE)
    open_as("carla", reverse("chainmap:report", args=[acme.pk]))
    expect(page.get_by_role("status")).to_have_text("This is being worked out. Something else is worked out first.")
    expect(page.get_by_role("progressbar", name="How far it is")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("The report")
    check_page(page)
    page.emulate_media(color_scheme="dark")
    check_page(page)
    page.emulate_media(color_scheme="light")
    assert held.run() == 1
    page.locator("#report-title").wait_for()
    assert not page.get_by_role("progressbar").count()


def test_without_scripts_the_page_looks_again(acme, browser, live_server, held):
    client = Client()
    client.force_login(User.objects.get(username="carla"))
    context = browser.new_context(java_script_enabled=False)
    try:
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + reverse("chainmap:report", args=[acme.pk]))
        expect(page.get_by_role("progressbar")).to_be_visible()
        # the page asks again by itself, and so does whoever does not wait for it
        expect(page.get_by_role("link", name="Look again")).to_have_attribute("href", "")
        assert held.run() == 1
        page.locator("#report-title").wait_for()
    finally:
        context.close()
