"""Results on a projector: nothing is cut whatever people are called; what the room drew is a picture with a table."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from chainmap.models import Party, Workshop
from tests.browser.usable import check_page
from tests.services.exercising import make_exercise, make_room, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.browser
SIZES = ((1024, 768), (1280, 720))
LONG = "Alexandra-Maria von Hohenstein-Wittelsbach"
SENTENCE = "We write down until Wednesday noon what was asked for, word for word, and nobody changes it afterwards"
#: Whether the result fits, how far the line below it is, and the smallest type, in pixels of a screen of 1024 x 768.
MEASURE = """() => {
  const result = document.querySelector(".result");
  const foot = document.querySelector(".screen-foot").getBoundingClientRect();
  const scale = parseFloat(getComputedStyle(document.querySelector(".screen")).fontSize) / 25.6;
  const shown = [...document.querySelectorAll(".screen *")].filter((one) => one.checkVisibility());
  const texts = shown.filter((one) => !one.closest("svg, .unseen, .cm-tip")
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const rows = [...result.querySelectorAll("[data-fit-row]")].filter((row) => !row.closest("details"));
  const rest = result.querySelector("[data-fit-rest]");
  return {
    over: result.scrollHeight - result.clientHeight,
    wide: result.scrollWidth - result.clientWidth,
    room: Math.min(innerHeight - foot.bottom, foot.top - result.getBoundingClientRect().bottom),
    smallest: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize))) / scale,
    seen: rows.filter((row) => !row.hidden).length,
    more: rest && !rest.hidden ? parseInt(rest.querySelector("summary").textContent) : 0,
  };
}"""

#: A page hears of its new size with the next picture it draws.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


def open_screen(page, acme, live_server, workshop):
    client = Client()
    client.force_login(acme.memberships.get(user__username="bob").user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[0], strict=True)))
    page.goto(f"{live_server.url}/organizations/{acme.pk}/workshops/{workshop.pk}/screen/")


def moved_on(workshop):
    """The next poll of the projector brings what is there now."""
    Workshop.objects.filter(pk=workshop.pk).update(version=F("version") + 1)
    workshop.refresh_from_db()


def said(kind, number):
    return {
        "client": {"words": f"{LONG} {number}"},
        "purpose": {"words": f"{SENTENCE} {number}"},
        "moments": {"kind": "misery", "words": f"{SENTENCE} {number}"},
        "agreements": {
            "supplier_words": f"{LONG} {number}", "customer_words": "Carla Conti", "due_on": "2099-12-01",
            "sentence": f"{SENTENCE} {number}",
        },
    }[kind]  # fmt: skip


@pytest.mark.timeout(240)
def test_as_many_rows_as_fit_and_the_rest_is_counted(page, acme, live_server):
    workshop = make_workshop(acme)
    rooms = [make_room(workshop, None, f"{LONG} {number}") for number in range(14)]
    open_screen(page, acme, live_server, workshop)
    for kind in ("client", "moments", "purpose", "agreements"):
        exercise = make_exercise(workshop, kind)
        for number, room in enumerate(rooms):
            data = said(kind, number)
            if kind == "agreements":
                data["due_on"] = exercise.started_at.date().isoformat()
            say(room, exercise, data)
        reveal(exercise)
        moved_on(workshop)
        page.locator(f".result-{kind}").wait_for()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("() => document.querySelector('[data-fit-row]').checkVisibility()")
            page.evaluate(DRAWN)
            found = page.evaluate(MEASURE)
            assert (found["over"], found["wide"]) == (0, 0), (kind, width)
            assert found["room"] >= 0
            assert found["smallest"] >= 17.9, (kind, width)
            assert 1 <= found["seen"] < 14
            assert found["seen"] + found["more"] == 14, (kind, width)
    # whoever opens the rest sees everything
    page.locator("[data-fit-rest] summary").click()
    page.wait_for_function("() => [...document.querySelectorAll('[data-fit-row]')].every((row) => !row.hidden)")


@pytest.mark.timeout(240)
def test_what_the_room_drew_is_a_map_after_the_swap_and_can_be_read_as_a_table(page, acme, live_server):
    Party.objects.filter(organization=acme, code="dan").update(name=LONG)
    acme.touch()
    workshop = make_workshop(acme)
    exercise = make_exercise(workshop, "draw")
    for code in ("dan", "carla"):
        sides = {"supplier_words": LONG, "customer_words": "Carla Conti", "deliverable": "notes"}
        say(make_room(workshop, party_of(acme, code), code), exercise, sides)
    open_screen(page, acme, live_server, workshop)
    page.get_by_role("heading", name="Draw our chain").wait_for()
    reveal(exercise)
    moved_on(workshop)
    page.locator(".cm-drawn-both").wait_for()
    page.locator(".cm-number-drawn").filter(has_text="new, both").wait_for()
    page.get_by_text("new: drawn by both sides").wait_for()
    found = page.evaluate(MEASURE)
    assert (found["over"], found["wide"]) == (0, 0)
    assert found["smallest"] >= 17.9
    assert page.locator(".cm-drawn").count() == 1
    # the same map stays while others join, and the table says the same
    map_before = page.locator(".cm-svg").element_handle()
    make_room(workshop, None, "late")
    page.get_by_text("3 are in").wait_for()
    assert map_before.evaluate("(one) => one.isConnected")
    page.get_by_text("The same as a table").click()
    page.get_by_role("row").filter(has_text="notes").filter(has_text="drawn by both sides").wait_for()
    page.get_by_text("The same as a table").click()
    check_page(page, "drawn", colours="dark")
