"""Every card and every result on a phone: usable by everybody; two taps add one thing; what comes late is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Entry, Exercise, Workshop
from tests.browser.usable import PHONE, check_page
from tests.services.exercising import handoff_of, make_exercise, make_room, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)> 🦄 שלום"


def said(kind, acme):
    bob, carla = ("Bob Brown", "Carla Conti")
    return {
        "client": {"words": HOSTILE},
        "draw": {"supplier_words": bob, "customer_words": HOSTILE, "deliverable": HOSTILE},
        "rate": {"handoff": handoff_of(acme, "alice", "bob").pk, "score": 4, "reason": "late", "words": HOSTILE},
        "moments": {"kind": "misery", "words": HOSTILE * 5},
        "ladder": {"rung": "client"},
        "orientation": dict.fromkeys(ORIENTATION.row_codes, 7),
        "purpose": {"words": HOSTILE * 5},
        "coffee": {"met": "yes", "words": HOSTILE},
        "agreements": {
            "supplier_words": bob, "customer_words": carla, "sentence": HOSTILE,
            "due_on": (timezone.localdate() + timedelta(days=2)).isoformat(),
        },
    }[kind]  # fmt: skip


def enter(page, live_server, room):
    page.context.add_cookies([{"name": f"room{room.workshop.pk}", "value": room.token, "url": live_server.url}])
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/room/{room.workshop.pk}/")


@pytest.mark.timeout(180)
def test_everybody_can_use_every_card_and_every_result(page, acme, live_server):
    workshop = make_workshop(acme)
    room = make_room(workshop, party_of(acme, "bob"), "Bob")
    for code in ("alice", "carla", "dan"):
        make_room(workshop, party_of(acme, code), code)
    for place, kind in enumerate(Exercise.Kind.values):
        exercise = make_exercise(workshop, kind)
        say(room, exercise, said(kind, acme))
        enter(page, live_server, room)
        check_page(page, f"card {kind}", colours=("light", "dark")[place % 2])
        reveal(exercise)
        Workshop.objects.filter(pk=workshop.pk).update(version=place + 2)
        page.reload()
        page.locator(f".result-{kind}").wait_for()
        check_page(page, f"result {kind}", colours=("dark", "light")[place % 2])


def test_what_waited_for_the_network_is_not_counted_when_it_is_asked_anew_and_stays_on_the_phone(
    page, acme, live_server
):
    workshop = make_workshop(acme, "anonymous")
    exercise = make_exercise(workshop, "purpose")
    # of its own: without a network a browser complains
    page = page.context.browser.new_page()
    enter(page, live_server, make_room(workshop))
    page.context.set_offline(True)
    page.get_by_label("What we are here for").fill("bread 🥖")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("kept here").wait_for()
    Exercise.objects.filter(pk=exercise.pk).update(edition=2)
    Workshop.objects.filter(pk=workshop.pk).update(version=2)
    page.context.set_offline(False)
    page.get_by_text("This is asked anew since you wrote that").first.wait_for()
    page.locator("form[data-live-form^='purpose-'][data-live-form$='-2']").wait_for()
    words = page.get_by_label("What we are here for")
    assert words.input_value() == "bread 🥖"
    assert not Entry.objects.exists()
    page.reload()
    assert words.input_value() == "bread 🥖"
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your answer is kept").wait_for()
    assert Entry.objects.get().edition == 2
    page.close()


def test_two_taps_add_one_moment_and_late_words_are_still_there(page, acme, live_server):
    workshop = make_workshop(acme)
    exercise = make_exercise(workshop, "moments")
    enter(page, live_server, make_room(workshop, party_of(acme, "bob"), "Bob"))
    page.get_by_label("magic").check()
    page.get_by_label("What happened?").fill("in time 🥖")
    page.get_by_role("button", name="Add it").dblclick()
    page.get_by_role("heading", name="You told").wait_for()
    page.get_by_role("listitem").filter(has_text="in time").wait_for()
    assert Entry.objects.filter(exercise=exercise, is_taken_back=False).count() == 1
    page.get_by_label("What happened?").fill("too late")
    reveal(exercise)
    Workshop.objects.filter(pk=workshop.pk).update(version=2)
    page.locator(".result-moments").wait_for()
    page.get_by_text("too late").wait_for()
