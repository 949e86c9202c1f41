"""From a low score over a coffee to an agreement and what came of it, as two new users would, on a phone and a desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chainmap.models import Agreement, Conversation
from tests.browser.usable import PHONE, check_page
from tests.pair import make_pair

pytestmark = pytest.mark.browser


@pytest.fixture
def pair(acme):
    return make_pair(acme, acme.memberships.get(user__username="alice").user)


def test_two_people_talk_agree_and_say_what_came_of_it(pair, page, open_as):
    own = f"/organizations/{pair.organization.pk}/me/"
    page.set_viewport_size(PHONE)
    open_as("marta", f"{own}handoffs/{pair.handoff.pk}/coffee/")
    check_page(page, "invitation")
    page.get_by_label("a low score").check()
    page.get_by_label("A line to go with it").fill("What happens on Mondays?")
    page.get_by_label("When").fill((timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("You invited; no answer yet.").wait_for()
    page.get_by_label("What I did not say").fill("I correct it every week")
    page.get_by_label("Show my lines").check()
    page.get_by_role("button", name="Save my lines").click()
    page.get_by_text("shown to the other side").wait_for()

    talk = Conversation.objects.get()
    open_as("alice", f"{own}talks/{talk.pk}/")
    page.get_by_text("I correct it every week").wait_for()
    page.get_by_role("button", name="Yes, let us talk").click()
    page.get_by_text("Both of you want to talk.").wait_for()
    page.set_viewport_size({"width": 320, "height": 700})
    check_page(page, "conversation")
    page.get_by_role("link", name="Write it down").click()
    expect(page.get_by_label("Name of somebody else")).to_be_hidden()
    page.get_by_label("What do we agree?").fill("The forecast comes by Tuesday noon")
    page.get_by_role("group", name="Who sees to it?").get_by_label("me", exact=True).check()
    page.get_by_label("somebody else", exact=True).check()
    page.get_by_label("Name of somebody else").fill("Carla Conti")
    check_page(page, "agreement form")
    page.get_by_role("button", name="Propose it").click()
    page.get_by_text("Waits for a yes.").wait_for()

    agreement = Agreement.objects.get()
    open_as("marta", f"{own}talks/")
    page.get_by_role("link", name="The forecast comes by Tuesday noon").click()
    page.get_by_role("button", name="Yes, agreed").click()
    page.get_by_text("Agreed by both of you.").wait_for()
    Agreement.objects.update(due_on=timezone.localdate())
    page.reload()
    page.get_by_role("link", name="Say what came of it").click()
    check_page(page, "outcome")
    page.get_by_label("kept", exact=True).check()
    page.get_by_label("9", exact=True).check()
    page.get_by_role("button", name="Say it").click()
    page.get_by_text("You have said it.").wait_for()

    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="dark")
    open_as("alice", f"{own}agreements/{agreement.pk}/outcome/")
    page.get_by_label("partly kept").check()
    page.get_by_role("button", name="Say it").click()
    page.get_by_text("From 6 to 9.").wait_for()
    check_page(page, "what came of it")
    open_as("alice", f"{own}talks/")
    check_page(page, "list")
