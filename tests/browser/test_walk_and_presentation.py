"""The walk and a presentation in a real browser: keys, a clicker, a swipe, no motion, names hidden, full screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chainmap.access import OPERATOR
from chainmap.models import Party, Scene
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.scenes import scenes_make
from tests.browser.usable import LOOKS, PHONE, check_page

pytestmark = pytest.mark.browser

PROJECTOR = {"width": 1024, "height": 768}
#: One finger from right to left.
SWIPE = """() => {
    const walk = document.querySelector("#walk");
    for (const [name, x] of [["touchstart", 300], ["touchend", 100]]) {
        const at = [new Touch({identifier: 1, target: walk, clientX: x, clientY: 300})];
        const touches = name === "touchend" ? [] : at;
        walk.dispatchEvent(new TouchEvent(name, {touches, changedTouches: at, bubbles: true}));
    }
}"""


def wait_for(page, words):
    page.locator(".walk-count").get_by_text(words, exact=True).wait_for()
    page.wait_for_load_state()


@pytest.fixture
def walk(acme):
    return f"/organizations/{acme.pk}/walk/"


def test_a_walk_with_keys_clicker_and_finger(acme, walk, page, open_as):
    alice = Party.objects.get(organization=acme, code="alice")
    page.set_viewport_size(PHONE)
    open_as("alice", walk)
    check_page(page, "start")
    page.get_by_role("link", name="Alice Adams").first.click()
    wait_for(page, "Step 0 of 3")
    for key, words in (
        ("ArrowRight", "Step 1 of 3"), ("PageDown", "Step 2 of 3"), ("Space", "Step 3 of 3"), ("End", "The whole walk"),
        ("PageUp", "Step 3 of 3"), ("ArrowLeft", "Step 2 of 3"), ("Home", "Step 0 of 3"),
    ):  # fmt: skip
        page.keyboard.press(key)
        wait_for(page, words)
    assert page.evaluate("document.getAnimations().length") == 0  # motion is not wanted here
    page.get_by_role("link", name="Next hand-off").focus()
    page.keyboard.press("Enter")
    wait_for(page, "Step 1 of 3")
    assert page.evaluate("document.activeElement.rel") == "next"
    page.evaluate(SWIPE)
    wait_for(page, "Step 2 of 3")
    page.go_back()
    wait_for(page, "Step 1 of 3")
    page.get_by_role("link", name="Follow").click()
    wait_for(page, "Step 1 of 2")
    for (width, colours), words in zip(LOOKS, ("1", "2", "3", "all"), strict=True):
        open_as("alice", f"{walk}{alice.pk}/?step={words}")
        check_page(page, words, width=width, colours=colours)


def test_the_bar_shrinks_where_motion_is_wanted(walk, page, open_as):
    page.emulate_media(reduced_motion="no-preference")
    try:
        open_as("alice", walk)
        page.get_by_role("link", name="Alice Adams").first.click()
        wait_for(page, "Step 0 of 3")
        page.keyboard.press("ArrowRight")
        wait_for(page, "Step 1 of 3")
        page.wait_for_function("document.querySelector('#walk .walk-left').getAnimations().length === 1")
        frames = page.evaluate("document.querySelector('#walk .walk-left').getAnimations()[0].effect.getKeyframes()")
        assert frames[0]["transform"] != frames[1]["transform"] == "scaleX(1)"
    finally:
        page.emulate_media(reduced_motion="reduce")


def progress(page, words):
    page.locator(".stage-progress", has_text=words).wait_for()


def test_a_presentation_from_one_click_to_the_last_scene(acme, page, open_as):
    base = f"/organizations/{acme.pk}/presentation/"
    page.set_viewport_size(PHONE)
    open_as("bob", base)
    check_page(page, "no scenes")
    page.get_by_role("button", name="Make scenes for me").click()
    page.get_by_text("6 scenes are ready.").wait_for()
    check_page(page, "scenes", width=360, colours="dark")
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Down: Our chain").click()
    page.get_by_text("“Our chain” is number 2 now.").wait_for()
    here = "document.activeElement.closest('li')?.querySelector('.scene-place').textContent"
    page.wait_for_function(f"{here} === '2'")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_text("“Our chain” is number 1 now.").wait_for()
    page.get_by_role("link", name="Change: Our chain").click()
    check_page(page, "form")

    page.set_viewport_size(PROJECTOR)
    open_as("bob", f"{base}show/")
    progress(page, "1 of 6")
    page.locator(".scene-map-room.chain-map svg").first.wait_for()
    for key, words in (
        ("ArrowRight", "2 of 6"), ("PageDown", "3 of 6"), ("Space", "4 of 6"), ("PageUp", "3 of 6"),
        ("ArrowLeft", "2 of 6"), ("Home", "1 of 6"), ("End", "6 of 6"),
    ):  # fmt: skip
        page.keyboard.press(key)
        progress(page, words)
    page.keyboard.press("b")
    expect(page.locator("#black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("#black")).to_be_hidden()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{base}")


def test_names_go_and_come_with_one_key_and_nothing_overflows(acme, page, open_as):
    scenes_make(actor=OPERATOR, organization=acme)
    page.set_viewport_size(PROJECTOR)
    open_as("bob", f"/organizations/{acme.pk}/presentation/show/?scene=2")
    page.locator(".chain-map .cm-svg text", has_text="Carla Conti").first.wait_for()
    page.keyboard.press("h")
    page.locator(".chain-map .cm-svg text", has_text="Delivery 1").first.wait_for()
    for name in Party.objects.values_list("name", flat=True):
        assert name not in page.content()
    page.keyboard.press("h")
    page.locator(".chain-map .cm-svg text", has_text="Carla Conti").first.wait_for()
    for place, scene in enumerate(Scene.objects.all(), start=1):
        for at in ("&step=1", "&step=3", "") if scene.kind == "walk" else ("",):
            open_as("bob", f"/organizations/{acme.pk}/presentation/show/?scene={place}{at}")
            progress(page, f"{place} of 6")
            inside = "(one) => one.scrollHeight <= one.clientHeight + 1 && one.scrollWidth <= one.clientWidth + 1"
            assert page.locator(".screen").evaluate(inside), (place, at)
            smallest = "(one) => parseFloat(getComputedStyle(one).fontSize)"
            assert page.locator("h1").evaluate(smallest) >= 32
            if place in (1, 5):
                check_page(page, f"scene {place}{at}", colours="dark" if at else "light")


def test_a_scene_about_a_hand_off_shows_its_number_and_no_other(acme, page, open_as):
    scenes_make(actor=OPERATOR, organization=acme)
    finding = bottlenecks_find(actor=OPERATOR, organization=acme)
    page.set_viewport_size(PROJECTOR)
    for place, handoff in enumerate(finding.ranked[:3], start=2):
        open_as("bob", f"/organizations/{acme.pk}/presentation/show/?scene={place}")
        page.locator(".chain-map .cm-selected").first.wait_for(state="attached")
        said = page.locator(".cm-number").all_text_contents()
        assert said == [f"{round(100 * handoff.yield_)} of 100"], place


#: The height of type on the screen, however large the picture is drawn.
TYPE = """(texts) => Math.min(...texts.map((one) =>
    parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getScreenCTM().a))"""


def test_a_walk_is_read_from_the_back_row(acme, page, open_as):
    scenes_make(actor=OPERATOR, organization=acme)
    page.set_viewport_size(PROJECTOR)
    for query in ("", "&names=hidden", "&step=0", "&step=1", "&step=3"):
        open_as("bob", f"/organizations/{acme.pk}/presentation/show/?scene=5{query}")
        progress(page, "5 of 6")
        assert page.locator(".scene-picture svg text").evaluate_all(TYPE) >= 24, query
        picture = page.locator(".scene-picture svg").bounding_box()
        assert picture["width"] >= (500 if "step" in query else 850), query
        around = page.locator(".scene :is(h1, p, li, .walk-key span)")
        assert (
            around.evaluate_all("(all) => Math.min(...all.map((one) => parseFloat(getComputedStyle(one).fontSize)))")
            >= 24
        )


def test_the_desk_follows_what_is_shown(acme, page, open_as, live_server):
    scenes_make(actor=OPERATOR, organization=acme)
    base = f"/organizations/{acme.pk}/presentation/"
    open_as("bob", base)
    other = page.context.new_page()
    try:
        other.goto(f"{live_server.url}{base}show/?scene=2")
        page.locator("[data-console-place]", has_text="2 / 6").wait_for()
        assert page.locator("[data-console-next]").inner_text() == "Where much can be won back"
        page.locator("[data-console]").get_by_role("button", name="Next").click()
        progress(other, "3 of 6")
        page.locator("[data-console-place]", has_text="3 / 6").wait_for()
        # a window that crashes says no farewell
        other.evaluate("() => { BroadcastChannel.prototype.postMessage = () => undefined; }")
        page.locator("[data-console]").wait_for(state="hidden")
        other.reload()
        page.locator("[data-console-place]", has_text="3 / 6").wait_for()
    finally:
        other.goto("about:blank")
        other.close()
    page.locator("[data-console]").wait_for(state="hidden")
