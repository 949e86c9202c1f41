"""One real browser for the whole session; without one these tests are skipped and say so."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests import cast

#: Playwright's own event loop runs in this thread, and Django would otherwise refuse the database beside it.
_ALLOW = "DJANGO_ALLOW_ASYNC_UNSAFE"
#: Milliseconds until what is expected must be there, however much else the machine does.
_PATIENCE = 10_000
expect.set_options(timeout=_PATIENCE)


def _chromium():
    usual = Path("/usr/bin/chromium")
    return str(usual) if usual.exists() else shutil.which("chromium") or shutil.which("google-chrome")


def _wait_for_the_server():
    """Until no request is under way and no connection is open any more."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(5)


@pytest.fixture(scope="session")
def browser(live_server):
    """Closed before the server is: whatever connection it keeps open must end while the server still may close it."""
    program = _chromium()
    if program is None:
        pytest.skip("no chromium is installed: the tests with a real browser are left out")
    before = os.environ.get(_ALLOW)
    with sync_playwright() as playwright:
        os.environ[_ALLOW] = "true"
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
        _wait_for_the_server()
    if before is None:
        del os.environ[_ALLOW]
    else:
        os.environ[_ALLOW] = before


@pytest.fixture(scope="session")
def _tab(browser):
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(_PATIENCE)
    return context.new_page()


@pytest.fixture
def page(_tab):
    """A page without cookies; a console message that is a warning or worse fails the test (a blocked style is one)."""
    complaints = []

    def hear(message):
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def fail(error):
        complaints.append(str(error))

    _tab.context.clear_cookies()
    _tab.set_viewport_size({"width": 1280, "height": 900})
    _tab.emulate_media(color_scheme="light", media="screen")
    _tab.on("console", hear)
    _tab.on("pageerror", fail)
    yield _tab
    _tab.remove_listener("console", hear)
    _tab.remove_listener("pageerror", fail)
    _tab.goto("about:blank")  # no request is under way when the rows are taken away
    assert complaints == []


@pytest.fixture
def acme(live_server, transactional_db):
    """The small company and its people, where the server in the other thread sees them."""
    organization = cast.make_organization("Acme")
    cast.make_cast(organization)
    return organization


@pytest.fixture
def open_as(acme, page, live_server):
    """User name, path -> the page as that person sees it, without going through the sign-in form."""

    def open_(username, path):
        client = Client()
        client.force_login(acme.memberships.get(user__username=username).user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return open_
