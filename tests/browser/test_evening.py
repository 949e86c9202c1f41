"""A coach who clicks and presses keys in turn, and a phone with a long list of names: nothing is lost out of sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from chainmap.access import OPERATOR
from chainmap.models import Exercise, Party
from tests.browser.test_workshop import LAPTOP, signed_in, window
from tests.browser.usable import PHONE
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.browser

IN_SIGHT = """(one) => {
    const box = one.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
}"""


def test_keys_after_a_click_go_on_and_the_one_button_stays_in_sight(browser, acme, live_server):
    workshop = make_workshop(acme)
    come_in(workshop, "Ann")
    for name in ("start", "reveal"):
        step(OPERATOR, workshop, name, "client")
    with window(browser, LAPTOP) as console:
        signed_in(console, acme, live_server, "bob")
        console.goto(live_server.url + reverse("chainmap:workshop", args=[acme.pk, workshop.pk]))
        card = console.locator(".exercise-card", has_text="Who is your most important client?")
        card.get_by_role("button", name="Take the reveal back").click()
        console.get_by_role("button", name="Next: reveal").wait_for()
        # "next" within two seconds of the start is the same finger: this coach waited
        Exercise.objects.filter(state="running").update(started_at=F("started_at") - timedelta(seconds=10))
        console.keyboard.press("r")
        card.get_by_role("button", name="Take the reveal back").wait_for()
        console.evaluate("scrollTo(0, document.body.scrollHeight)")
        console.keyboard.press("Space")
        console.get_by_role("heading", name="Draw our chain", level=2).wait_for()
        assert exercise(workshop, "client").state == "done"
        button = console.get_by_role("button", name="Next: reveal")
        console.wait_for_function(IN_SIGHT, arg=button.element_handle())
        # nothing is left to start: the key turns no page
        fresh(workshop).exercises.update(state="done")
        console.reload()
        close = console.locator("[data-next-step]").get_by_role("button", name="Close the workshop")
        console.evaluate("scrollTo(0, document.body.scrollHeight)")
        console.keyboard.press("Space")
        console.wait_for_function(IN_SIGHT, arg=close.element_handle())


def test_whoever_chose_their_name_in_a_long_list_sees_the_button_to_join(browser, acme, live_server):
    names = [f"Person {number:02}" for number in range(30)]
    Party.objects.bulk_create(Party(organization=acme, code=name, name=name, capacity=1) for name in names)
    workshop = make_workshop(acme)
    for size in (PHONE, {"width": 320, "height": 568}):
        with window(browser, size, has_touch=True) as phone:
            phone.goto(f"{live_server.url}/w/{workshop.code}/")
            join = phone.get_by_role("button", name="Join", exact=True)
            assert join.evaluate(IN_SIGHT)
            phone.locator("label", has_text="Person 29").click()
            assert join.evaluate(IN_SIGHT)
            join.click()
            phone.get_by_role("heading", name="You are in" if size == PHONE else "Wait for your coach").wait_for()
