"""The rating card in a real browser, by personal link: taps, seconds, sizes, and what happens without a connection.

A score costs two taps (the number, "Save and next"); with JavaScript the first one saves already.
"""

from __future__ import annotations

import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.models import HandOff, Need, Party
from chainmap.services.ballots import BallotKey, ballot_find
from chainmap.services.links import link_issue
from tests.browser.usable import check_page
from tests.crowd import make_round

pytestmark = pytest.mark.browser

#: What a status of 4xx leaves in the console; everything else there is a mistake of ours.
EXPECTED = re.compile(r"Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_)")
NARROW_OR_LOW = """() => [...document.querySelectorAll("button, summary, a:not(.skip), .tile, .tick, input[type=text]")]
    .filter((one) => one.offsetParent !== null)
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"""
FULL = Card(
    score=4,
    reason=Reason.LATE,
    moment=Moment.MISERY,
    moment_line="no plan",
    care={Dimension.EMPOWERMENT: Chip.MISSING, Dimension.ATTENTIVENESS: Chip.GOOD},
    comment="Two days late, twice.",
    wish="by Monday",
    shared=True,
)
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Phone:
    """A browser of its own with one page, which counts the taps."""

    def __init__(self, browser, width, *, javascript=True, colours="light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": 700}, java_script_enabled=javascript, color_scheme=colours,
            reduced_motion="reduce",
        )  # fmt: skip
        self.javascript = javascript
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.taps = 0
        self.complaints = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def tap(self, role, name, *, within=None):
        (within or self.page).get_by_role(role, name=name, exact=True).click()
        self.taps += 1

    def type(self, label, text):
        self.page.get_by_label(label).fill(text)
        self.taps += 1

    def saved(self):
        self.page.locator(".status.saved").wait_for()

    def close(self):
        self.page.goto("about:blank")
        self.context.close()
        assert [said for said in self.complaints if not EXPECTED.match(said)] == []


@pytest.fixture
def phone(browser, link):
    """Width, with JavaScript or not -> a browser that has opened the link."""
    opened = []

    def open_(width, **how):
        one = Phone(browser, width, **how)
        opened.append(one)
        one.page.goto(link)
        return one

    yield open_
    for one in opened:
        one.close()


@pytest.fixture
def key(acme):
    """Bob gets three things: a forecast, answers and questions."""
    parties = {party.code: party for party in Party.objects.filter(organization=acme)}
    HandOff.objects.create(
        organization=acme, supplier=parties["dan"], customer=parties["bob"], deliverable="answers, sooner or later"
    )
    return BallotKey(make_round(acme, "pair"), parties["bob"])


@pytest.fixture
def link(key, live_server):
    return f"{live_server.url}/a/{link_issue(round=key.round, rater=key.rater).token}/"


def cards(key):
    return [item.card for item in ballot_find(key=key).items]


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_three_hand_offs_are_rated_on_three_screens_with_few_taps_and_in_seconds(phone, key, javascript):
    """Two bare scores with two taps each, and between them a card on which everything is said."""
    one = phone(320, javascript=javascript)
    rate_bare(one, "9")  # with JavaScript the first tap saves and says so
    assert one.taps == 2
    one.page.set_viewport_size({"width": 360, "height": 700})
    start = time.monotonic()
    rate_fully(one)
    assert time.monotonic() - start < 30
    assert one.taps == 2 + 11
    one.page.set_viewport_size({"width": 1280, "height": 700})
    rate_bare(one, "10")
    assert one.taps == 2 + 11 + 2
    assert cards(key) == [Card(score=9), FULL, Card(score=10)]
    one.tap("link", "Skip this")
    expect(one.page.get_by_role("heading", level=1)).to_have_text("That was all. Thank you!")
    assert not one.page.evaluate(SIDEWAYS)


def rate_bare(one, number):
    assert not one.page.evaluate(SIDEWAYS)
    assert one.page.evaluate(NARROW_OR_LOW) == []
    before = one.page.url
    one.tap("radio", number)
    if one.javascript:
        one.saved()
        expect(one.page.get_by_role("status")).to_have_text("Saved – you can still change it.")
    one.tap("button", "Save and next")
    one.page.wait_for_url(lambda url: url != before)


def rate_fully(one):
    page = one.page
    one.tap("radio", "4")
    page.locator("summary").click()
    one.taps += 1
    one.tap("radio", "late")
    one.tap("radio", "misery")
    for dimension, chip in (("Empowerment", "missing"), ("Attentiveness", "good")):
        one.tap("radio", chip, within=page.get_by_role("group", name=dimension))
    one.type("What happened, in one line", FULL.moment_line)
    one.type("Comment", FULL.comment)
    one.type("What I need instead", FULL.wish)
    one.tap("checkbox", "Share with my coach only if both sides tick this")
    assert page.evaluate(NARROW_OR_LOW) == []
    assert not page.evaluate(SIDEWAYS)
    one.tap("button", "Save and next")
    page.get_by_text("3 of 3", exact=True).wait_for()


def test_everybody_can_use_it_and_nothing_scrolls_sideways(phone, link, live_server):
    page = phone(320).page
    page.get_by_role("button", name="Save and next").click()  # the card with the sentence that says what is missing
    page.locator("summary").click()
    for address in (None, f"{link}mirror/", f"{link}done/", f"{live_server.url}/join/"):
        if address:
            page.goto(address)
        assert not page.evaluate(SIDEWAYS), address
        assert page.evaluate(NARROW_OR_LOW) == [], address
        for colours in ("light", "dark") if address is None else ("dark",):
            page.emulate_media(color_scheme=colours)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{address}: {found.generate_report()}"


def test_a_member_ticks_needs_and_is_led_on_from_the_end(acme, open_as):
    """Bob gets the forecast from Alice: his needs stand under the score; the offer of a phone is for larger screens."""
    forecast = HandOff.objects.get(organization=acme, deliverable="forecast")
    texts = {"by Tuesday noon": "agreed", "n" * 200: "", "in red": "cannot"}
    needs = [Need.objects.create(handoff=forecast, text=text, reply=reply) for text, reply in texts.items()]
    bob = Party.objects.get(organization=acme, code="bob")
    bob.user = User.objects.get(username="bob")
    bob.save()
    running = make_round(acme, "pair", question_set="full", name="Running")
    asked = running.asks.get(handoff=forecast, rater=bob)
    page = open_as("bob", reverse("chainmap:answer_card", args=[acme.pk, running.pk, asked.pk]))
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("group", name="by Tuesday noon").get_by_role("radio", name="not met").check()
    expect(page.get_by_text("cannot, said Alice Adams")).to_be_visible()
    assert page.get_by_role("group", name="in red").count() == 0
    page.get_by_role("radio", name="3", exact=True).check()
    check_page(page, colours="dark")
    card_url = page.url
    page.get_by_role("button", name="Save and next").click()
    page.wait_for_url(lambda url: url != card_url)
    page.goto(page.url.split("/answer/")[0] + "/answer/done/")
    card = next(item.card for item in ballot_find(key=BallotKey(running, bob)).items if item.ask == asked.pk)
    assert (card.score, card.needs) == (3, {needs[0].pk: Chip.MISSING})
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("link", name="Answer on your phone instead")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("link", name="Answer on your phone instead")).to_be_visible()


def test_the_keyboard_alone_is_enough(phone, key):
    page = phone(1280).page
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "score":
            break
    page.keyboard.press("Space")
    for _press in range(8):
        page.keyboard.press("ArrowRight")
    page.locator(".status.saved").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("2 of 3", exact=True).wait_for()
    assert cards(key)[0].score == 8


def test_an_answer_waits_in_the_tab_until_the_server_has_it(phone, key):
    one = phone(360)
    sent = []

    def lose(route):
        """The first answer never arrives, the second is lost on its way back."""
        sent.append(json.loads(route.request.post_data))
        if len(sent) == 2:
            route.fetch()
        if len(sent) < 3:
            route.abort()
        else:
            route.continue_()

    one.page.route("**/api/v1/links/**", lose)
    one.page.clock.install()
    one.tap("radio", "3")
    for tries, delay in ((1, 1_000), (2, 2_000)):
        while len(sent) < tries:
            one.page.wait_for_timeout(5)
        one.page.get_by_text("Not saved yet").wait_for()
        assert one.page.evaluate("sessionStorage.length") == 1
        one.page.clock.run_for(delay)
    one.saved()
    assert len(sent) == 3
    assert len({attempt["client_id"] for attempt in sent}) == 1
    assert ballot_find(key=key).items[0].version == 1
    assert cards(key)[0].score == 3
    assert one.page.evaluate("sessionStorage.length") == 0


def test_without_a_connection_the_answer_is_kept_and_sent_later(phone, key):
    one = phone(360)
    one.context.set_offline(True)
    one.tap("radio", "6")
    one.page.get_by_text("You are offline").wait_for()
    one.tap("button", "Save and next")  # stays where the answer is, instead of a page that says nothing
    expect(one.page.get_by_role("radio", name="6", exact=True)).to_be_checked()
    before = one.page.url
    one.context.set_offline(False)
    one.page.wait_for_url(lambda url: url != before)  # goes on by itself, as it was told to
    assert cards(key)[0].score == 6


def test_two_tabs_show_both_values_and_the_person_chooses(phone, key):
    one = phone(320)
    other = one.context.new_page()
    other.goto(one.page.url)
    one.tap("radio", "2")
    one.saved()
    other.get_by_role("radio", name="8", exact=True).click()
    box = other.get_by_role("region", name="This answer was changed somewhere else")
    box.wait_for()
    row = box.get_by_role("row").nth(1)
    assert row.get_by_role("cell").all_inner_texts() == ["2", "8"]
    assert cards(key)[0].score == 2
    box.get_by_role("button", name="Use mine").click()
    other.locator(".status.saved").wait_for()
    assert cards(key)[0].score == 8
    one.page.bring_to_front()  # a tab behind another one draws slowly
    one.tap("radio", "5")
    one.tap("button", "Keep what is stored")
    expect(one.page.get_by_role("radio", name="8", exact=True)).to_be_checked()
    assert cards(key)[0].score == 8
    assert one.page.evaluate("sessionStorage.length") == 0


def test_what_the_server_refuses_is_said_and_stays_on_the_page(phone, key):
    page = phone(360).page
    page.locator("summary").click()
    page.get_by_label("Comment").fill("x" * 2_001)
    page.get_by_label("Comment").blur()
    page.get_by_text("Too long by 1").wait_for()
    page.get_by_text("2,001 characters are too many").wait_for()
    assert page.get_by_label("Comment").input_value() == "x" * 2_001
    assert cards(key)[0] == Card()
