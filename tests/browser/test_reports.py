"""The report in a real browser: axe, both colours, every width, its charts as pictures, another team by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.usable import check_page

pytestmark = pytest.mark.browser

#: Natural widths of the charts that are shown, and how many could not be had.
CHARTS = "[...document.querySelectorAll('.chart img')].map((one) => one.complete ? one.naturalWidth : -1)"

#: How wide the chain is, and how large its smallest name is, in pixels of the screen.
PICTURE_WIDTH = "document.querySelector('.report-picture svg').getBoundingClientRect().width"
NAME_SIZE = """(() => {
  const picture = document.querySelector(".report-picture svg");
  const scale = picture.querySelector(".party text").getScreenCTM().a;
  const names = [...picture.querySelectorAll(".party text")];
  return Math.min(...names.map((one) => scale * parseFloat(one.getAttribute("font-size"))));
})()"""


def test_the_report_in_both_colours_and_of_another_team(acme, page, open_as):
    open_as("carla", f"/organizations/{acme.pk}/report/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(CHARTS) == [720, 720]
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(NAME_SIZE) >= 11
    before = page.evaluate(PICTURE_WIDTH)
    page.get_by_role("button", name="Larger picture").press("Enter")
    page.wait_for_function(f"{PICTURE_WIDTH} > 1.5 * {before}")
    page.get_by_role("button", name="Larger picture").press("Enter")
    check_page(page, "report", width=1280, colours="light")
    check_page(page, "report", width=360, colours="dark")

    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(CHARTS) == [344, 344]
    page.get_by_text("Another round, team or workshop").press("Enter")
    page.get_by_label("Of", exact=True).select_option(label="Planning")
    page.get_by_role("button", name="Show this report").press("Enter")
    page.get_by_text("Bottleneck report of a team").wait_for()
    page.get_by_text("“Where the loss is” as a table").press("Enter")
    expect(page.get_by_role("columnheader", name="together")).to_be_visible()
