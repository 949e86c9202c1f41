"""After a workshop in a real browser: a coach copies it by keyboard, a phone opens the link without an account."""

from __future__ import annotations

import pytest

from chainmap.models import Membership, Workshop
from tests.after import open_workshop
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser


@pytest.fixture
def workshop(acme):
    rows = Membership.objects.filter(organization=acme).select_related("user")
    return open_workshop(acme, {row.user.username: row.user for row in rows})


def test_results_link_and_copy(workshop, page, open_as):
    own = f"/organizations/{workshop.organization_id}/workshops/{workshop.pk}/"
    open_as("bob", own + "results/")
    check_page(page, "results")
    page.get_by_role("button", name="Make a link").press("Enter")
    page.get_by_text("There is a link now.").wait_for()
    address = page.locator(".after-address a").get_attribute("href")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 700})
    check_page(page, "results with a link, dark, narrow")
    page.get_by_role("link", name="See what can be copied").press("Enter")
    check_page(page, "what can be copied, dark, narrow")
    page.get_by_label("clean desks").press("Space")
    page.get_by_role("button", name="Copy what is ticked").press("Enter")
    page.get_by_text("Copied: 1 hand-off, 0 new people, 1 rating, 1 agreement.").wait_for()
    assert Workshop.objects.get(pk=workshop.pk).is_copied

    page.context.clear_cookies()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.goto(page.url.split("/organizations/")[0] + address)
    page.get_by_text("The forecast comes on Friday.").wait_for()
    check_page(page, "the link on a phone")
