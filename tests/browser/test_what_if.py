"""What if, in a real browser: the slider moves the number at once, what was tried out is kept and compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from chainmap.models import HandOff, Scenario
from tests.browser.usable import LOOKS, check_page

pytestmark = pytest.mark.browser

ARROW = "[data-part=arrow]"


def pull(page, to):
    """The slider of the chosen hand-off, as a hand or a key moves it."""
    page.locator("#what-if-arrive").fill(str(to))


def shown(page):
    """What would reach the end customer, of every 100."""
    return float(re.search(r"→ ([\d.]+)", page.locator(ARROW).inner_text()).group(1))


def test_from_the_slider_to_scenarios_side_by_side(open_as, acme, live_server):
    base = f"/organizations/{acme.pk}/"
    page = open_as("bob", base + "map/")
    report = HandOff.objects.get(deliverable="report")
    page.evaluate("(id) => document.getElementById('chain-map').chainMap.select(id)", report.pk)
    expect(page.locator("#map-try")).to_be_hidden()
    open_panel(page)
    page.locator("[data-map-try-close]").click()
    expect(page.locator("[data-map-try]")).to_be_focused()
    page.evaluate("(id) => document.getElementById('chain-map').chainMap.select(id)", report.pk)
    expect(page.locator("#map-sheet .what-if-beside")).to_be_visible()  # the same slider in the sheet of the hand-off
    page.get_by_role("link", name="More to try out").click()
    expect(page.locator("#what-if-title")).to_be_focused()
    expect(page.locator("#map-sheet")).to_be_hidden()
    assert page.locator("#what-if-handoff").input_value() == str(report.pk)
    see_both(page)

    pull(page, 90)
    expect(page.locator(ARROW)).to_contain_text("→")
    at_90 = shown(page)
    page.locator("#what-if-arrive").focus()
    page.keyboard.press("End")
    expect(page.locator("#what-if-beside-arrive")).to_have_value("100")
    expect(page.locator("[data-part=changes] li")).to_contain_text("Everything arrives")
    assert shown(page) > at_90
    expect(page.locator("[data-part=said]")).to_contain_text("would reach the end customer instead of")
    keep(page, "Perfect report")

    page.locator("[data-part=changes] button").click()
    expect(page.locator(ARROW)).to_have_text("")
    expect(page.locator("#what-if-changed")).to_be_focused()
    page.locator("[data-do=best][data-count='3']").click()
    expect(page.locator("[data-part=best-steps] li")).to_have_count(3)
    page.get_by_role("button", name="Take these repairs over").click()
    expect(page.locator("[data-part=changes] li")).to_have_count(3)
    page.locator("summary", has_text="Add a hand-off").click()
    page.locator("#add-supplier").fill("Dan Duval")
    page.locator("#add-customer").fill("The client")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("[data-part=changes] li")).to_have_count(4)
    keep(page, "Three repairs and Dan")
    check_panel(page)

    first, second = (Scenario.objects.get(name=name).pk for name in ("Perfect report", "Three repairs and Dan"))
    page.goto(f"{live_server.url}{base}map/#scenario={first}")
    expect(page.locator("[data-part=changes] li")).to_have_count(1)
    page.goto(f"{live_server.url}{base}scenarios/")
    for box in page.locator("input[name=with]").all():
        box.check()
    page.get_by_role("button", name="Compare the chosen ones").click()
    expect(page.locator(".compare-best th")).to_contain_text("Three repairs and Dan")
    addresses = ("scenarios/", f"scenarios/compare/?with={first}&with={second}", f"scenarios/{first}/", "what-if/")
    for (width, colours), address in zip(LOOKS, addresses, strict=True):
        page.goto(live_server.url + base + address)
        check_page(page, width=width, colours=colours)


def check_panel(page):
    """The whole page of the map with the panel, everything unfolded."""
    for colours in ("light", "dark"):
        check_page(page, "map with what-if", width=1280, colours=colours)
    for wide in (1280, 390, 320):
        page.set_viewport_size({"width": wide, "height": 844})
        low = page.locator("#what-if :is(select, input)").evaluate_all(
            "(all) => all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)"
            ".map((one) => one.outerHTML)"
        )
        assert low == []
    page.set_viewport_size({"width": 1280, "height": 900})


def open_panel(page):
    page.locator("[data-map-try]").click()
    expect(page.locator("[data-what-if]")).to_be_visible()


def see_both(page):
    """The picture and what is changed stand in one window, and neither covers the other."""
    for width, height in ((1280, 800), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => window.scrollTo(0, 0)")
        picture, panel = (page.locator(name).bounding_box() for name in ("#chain-map", "#map-try"))
        for box in (picture, panel):
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
            assert box["width"] * box["height"] > 60_000
        beside = picture["x"] + picture["width"] <= panel["x"] + 1
        assert beside or picture["y"] + picture["height"] <= panel["y"] + 1
    page.set_viewport_size({"width": 1280, "height": 900})


def keep(page, name):
    page.locator("#keep-name").fill(name)
    page.get_by_role("button", name="Keep as a scenario").click()
    expect(page.locator("[data-part=kept]")).to_contain_text(name)


def test_without_a_connection_nothing_is_lost_and_the_latest_wins(open_as, acme):
    page = open_as("alice", f"/organizations/{acme.pk}/map/#what-if")
    expect(page.locator("[data-what-if]")).to_be_visible()
    expect(page.locator("#keep-name")).to_have_count(0)  # a member asks, and does not keep
    page.locator("#what-if-handoff").select_option(str(HandOff.objects.get(deliverable="plan").pk))
    for step in (10, 40, 70, 100):
        pull(page, step)
    expect(page.locator("[data-part=changes] li")).to_contain_text("Everything arrives")
    best = page.locator(ARROW).inner_text()

    # a server that takes its time: said after a second, and the next answer is the one that counts
    page.evaluate("() => { window.kept = window.fetch; window.fetch = () => new Promise(() => {}); }")
    pull(page, 30)
    expect(page.locator("[data-part=wait]")).to_be_visible()
    page.evaluate("() => { window.fetch = window.kept; }")
    pull(page, 20)
    expect(page.locator("[data-part=changes] li")).to_contain_text("20 of every 100")
    expect(page.locator("[data-part=wait]")).to_be_hidden()

    # a fetch that fails, as it does without a network; a blocked one would be told on the console
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    pull(page, 50)
    expect(page.locator("[data-part=offline]")).to_be_visible()
    assert page.locator("#what-if-arrive").input_value() == "50"
    page.evaluate("() => { window.fetch = window.kept; }")
    page.locator("[data-part=offline] button").click()
    expect(page.locator("[data-part=offline]")).to_be_hidden()
    expect(page.locator("[data-part=changes] li")).to_contain_text("50 of every 100")
    assert page.locator(ARROW).inner_text() != best
