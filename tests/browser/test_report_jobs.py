"""A report in a real browser: its progress is shown and told, the PDF arrives, and a link opens it on a phone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import KeptFile, ReportLink
from chainmap.services import kept_files
from chainmap.services.kept_files import kept_file_make
from tests.browser.usable import PHONE, check_page
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(acme, monkeypatch):
    """A file of carla's that nobody makes yet."""
    stand_in(monkeypatch)
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    return ask(User.objects.get(username="carla"), acme)


def test_progress_is_told_and_ends_in_the_download(open_as, acme, page, waiting):
    page.set_viewport_size(PHONE)
    open_as("carla", reverse("chainmap:kept_file", args=[acme.pk, waiting.pk]))
    status = page.get_by_role("status")
    expect(status).to_have_text("It waits for its turn.")
    expect(page.get_by_role("progressbar", name="How far it is")).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_hidden()
    check_page(page)
    KeptFile.objects.update(state="running", tries=1, done=1, steps=4)
    page.get_by_text("It is being made: step 2 of 4.").wait_for()
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [1, 4]
    KeptFile.objects.update(state="waiting", tries=0)
    assert kept_file_make(pk=waiting.pk)
    page.get_by_role("link", name="Download").wait_for()
    expect(status).to_have_text("The file is ready.")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    with page.expect_download() as arrived:
        page.get_by_role("link", name="Download").click()
    assert arrived.value.suggested_filename == "report-acme.pdf"
    page.emulate_media(color_scheme="dark")
    check_page(page)


def test_a_link_is_made_and_opens_the_pdf_on_another_phone(open_as, acme, page, waiting, live_server, settings):
    settings.CHAINMAP_URL = live_server.url
    assert kept_file_make(pk=waiting.pk)
    open_as("carla", reverse("chainmap:kept_file", args=[acme.pk, waiting.pk]))
    page.get_by_role("link", name="Make a link that opens it").click()
    page.get_by_text("30 days").click()
    page.get_by_label("Password for whoever opens it").fill("four plain words here")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator(".job-address a").inner_text()
    check_page(page)
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(address)
    check_page(page)
    page.get_by_label("Password").fill("four plain words here")
    with page.expect_download() as arrived:
        page.get_by_role("button", name="Open the report").press("Enter")
    assert arrived.value.suggested_filename == "report-acme.pdf"
    assert ReportLink.objects.get().opened == 1
