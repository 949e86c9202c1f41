"""Rating what the room drew on a phone: the rest of the list stays open while the page goes on asking."""

from __future__ import annotations

import pytest

from chainmap.models import HandOff, Workshop
from tests.browser.test_exercises import enter
from tests.browser.usable import check_page
from tests.services.exercising import make_exercise, make_room, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.browser


@pytest.mark.timeout(240)
def test_the_rest_stays_open_and_what_was_drawn_is_rated(page, acme, live_server):
    workshop, bob, dan = make_workshop(acme), party_of(acme, "bob"), party_of(acme, "dan")
    HandOff.objects.bulk_create(
        HandOff(organization=acme, supplier=dan, customer=bob, deliverable=f"part {number}", volume=number + 20)
        for number in range(9)
    )
    acme.touch()
    room = make_room(workshop, bob, "Bob")
    draw = make_exercise(workshop, "draw")
    say(room, draw, {"supplier_words": "Dan Duval", "customer_words": "Bob Brown", "deliverable": "notes"})
    reveal(draw)
    make_exercise(workshop, "rate")
    enter(page, live_server, room)
    page.locator("form.answer legend").filter(has_text="notes").first.wait_for()
    rest = page.locator("details.all-rows")
    rest.locator("> summary").click()
    inner = rest.locator("details.more[data-key]").last
    inner.locator("> summary").click()
    check_page(page, "rate with a rest")
    # the first one is answered, so the page is another one: both stay open
    first = page.locator("form.answer").first
    first.locator("input[name=score][value='7']").check()
    first.get_by_role("button", name="Send").click()
    page.get_by_text("things you are handed are still to rate").wait_for()
    page.locator("[data-key^='row-'] summary small").filter(has_text="kept").first.wait_for()
    Workshop.objects.filter(pk=workshop.pk).update(version=9)
    with page.expect_response(lambda answer: answer.status == 200 and "/room/" in answer.url):
        pass
    assert rest.get_attribute("open") is not None
    assert inner.get_attribute("open") is not None
