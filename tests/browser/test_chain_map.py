"""The chain map in a real browser: looking, choosing, keys, keeping, saving; usable by everybody."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from chainmap.models import HandOff, MapPlace, Party
from tests.benchmarks.chain_maps import make_map
from tests.browser.usable import PHONE, check_page

pytestmark = pytest.mark.browser

PROJECTOR = {"width": 1024, "height": 768}
READY = "document.getElementById('chain-map').chainMap"
KEYS = f"{READY}.layout.nodes.map((node) => node.name).sort()"


def open_map(open_as, acme, who, query=""):
    page = open_as(who, reverse("chainmap:map", args=[acme.pk]) + query)
    page.wait_for_function(f"() => {READY}")
    return page


def names(page):
    return page.evaluate(KEYS)


def spot(page, name):
    """Where in the window somebody's bar stands."""
    return page.evaluate(
        f"""(name) => {{
            const view = {READY};
            const box = view.stage.getBoundingClientRect();
            const node = view.layout.nodes.find((one) => one.name === name);
            return [box.left + node.x * view.zoom.k + view.zoom.x, box.top + node.y * view.zoom.k + view.zoom.y];
        }}""",
        name,
    )


def said(page):
    return page.locator(".chain-map [aria-live]").text_content().strip()


def test_a_coach_looks_around_on_a_projector(open_as, acme, page):
    """Sheet of a hand-off, find, focus, fold, filter, keys and a file, all without a word in the console."""
    page.set_viewport_size(PROJECTOR)
    open_map(open_as, acme, "bob")
    assert names(page) == ["Alice Adams", "Bob Brown", "Carla Conti", "Dan Duval", "Paper mill", "The client"]
    assert page.locator(".cm-stage svg .cm-link").count() == HandOff.objects.filter(organization=acme).count()
    assert page.locator(".cm-stage .cm-link.cm-assumed").count() == 2, "nobody has rated two of them"

    forecast = HandOff.objects.get(organization=acme, deliverable="forecast")
    page.evaluate(f"(id) => {READY}.select(id)", forecast.pk)
    sheet = page.locator("#map-sheet")
    sheet.get_by_role("heading", name="Alice Adams to Bob Brown").wait_for()
    page.locator(".cm-stage").focus()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    page.get_by_role("combobox", name="Find by name").fill("brown")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", name="Bob Brown")).to_be_visible()
    sheet.get_by_role("button", name="Show only").click()
    page.get_by_label("Steps").select_option("1")
    assert names(page) == ["Alice Adams", "Bob Brown", "Carla Conti"]
    page.get_by_role("button", name="Whole chain").click()
    assert len(names(page)) == 6

    page.get_by_role("button", name="Fold teams").click()
    assert names(page) == ["Delivery", "Paper mill", "Planning", "Sales", "The client"]
    page.get_by_role("button", name="Fold teams").click()
    page.locator(".cm-stage text.cm-team").click()
    assert names(page) == ["Bob Brown", "Carla Conti", "Paper mill", "Sales", "The client"]
    page.mouse.click(*spot(page, "Sales"))
    assert len(names(page)) == 6
    page.locator("summary").filter(has_text="Filter").click()
    page.get_by_label("How much arrives").select_option("1")
    assert page.evaluate(f"{READY}.layout.links.map((link) => link.what)") == ["figures"]
    page.get_by_role("button", name="Show everything").click()
    page.keyboard.press("Escape")

    page.locator(".cm-stage").focus()
    page.evaluate(f"{READY}.goTo({Party.objects.get(organization=acme, code='alice').pk})")
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("Alice Adams → Bob Brown: forecast. Of every 100 units of work, ")
    page.keyboard.press("ArrowDown")
    assert said(page).startswith("Alice Adams → Carla Conti: figures.")
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("Carla Conti. Team Delivery.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()

    saved = page.evaluate(f"{READY}.svg()")
    root = ElementTree.fromstring(saved)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(root.itertext())
    assert "Carla Conti" in words
    assert "<script" not in saved
    assert "var(--" not in saved
    with page.expect_download() as file:
        page.locator("summary").filter(has_text="Save").click()
        page.get_by_role("button", name="Save as PNG").click()
    assert file.value.suggested_filename == "acme.png"
    assert file.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Hide names").click()
    page.get_by_text("hidden on this screen only: nobody").wait_for()
    assert "Carla Conti" not in page.evaluate(f"{READY}.svg()")
    assert not any("Carla" in text for text in page.locator("main").inner_text().splitlines())
    page.evaluate(f"(id) => {READY}.select(id)", forecast.pk)
    assert sheet.inner_text().strip().splitlines()[-1].startswith("Somebody → Somebody. Of every 100")
    page.locator(".cm-stage").focus()
    page.keyboard.press("h")
    assert "Carla Conti" in page.evaluate(f"{READY}.svg()")
    assert page.get_by_role("button", name="Hide names").get_attribute("aria-pressed") == "false"
    expect(page.locator("#map-table")).to_be_visible()


def test_from_the_map_to_the_walk(open_as, acme, page):
    """Of the party that is chosen, and of the supplier of the hand-off that is."""
    alice = Party.objects.get(organization=acme, code="alice")
    walk = reverse("chainmap:walk", args=[acme.pk, alice.pk])
    open_map(open_as, acme, "bob", f"?handoff={HandOff.objects.get(organization=acme, deliverable='forecast').pk}")
    assert page.get_by_role("link", name="Walk from Alice Adams").get_attribute("href") == walk
    page.evaluate(f"{READY}.goTo({Party.objects.get(organization=acme, name='The client').pk})")
    page.locator("#map-sheet").get_by_role("heading", name="The client").wait_for()
    assert page.get_by_role("link", name="Walk from here").count() == 0
    page.evaluate(f"{READY}.goTo({alice.pk})")
    page.get_by_role("link", name="Walk from here to the end customer").click()
    page.wait_for_url("**" + walk)


def test_who_may_arrange_does_it_for_everybody_and_others_for_themselves(open_as, acme, page):
    """Dragged by a coach: there for all after a reload. Dragged by a member: in this browser alone, until put back."""
    page.set_viewport_size(PROJECTOR)
    open_map(open_as, acme, "bob")
    dan = Party.objects.get(organization=acme, code="dan")

    def place():
        return page.evaluate(f"(id) => {{ const {{ x, y }} = {READY}.model.parties.get(id); return [x, y]; }}", dan.pk)

    def drag():
        x, y = spot(page, "Dan Duval")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 30, y + 40, steps=3)
        page.mouse.up()

    before = place()
    with page.expect_response("**/map/places/") as answer:
        drag()
    assert answer.value.status == 200
    kept = place()
    assert kept != before
    assert (MapPlace.objects.get(party=dan).x, MapPlace.objects.get(party=dan).y) == pytest.approx(kept)
    page.get_by_role("button", name="All", exact=True).click()
    with page.expect_response("**/map/places/"):
        drag()
    page.locator("summary").filter(has_text="Save").click()
    undo = page.get_by_role("button", name="Undo the last move")
    with page.expect_response("**/map/places/"):
        undo.click()
    assert place() == pytest.approx(kept), "the one move before stays"
    expect(undo).to_be_disabled()
    assert MapPlace.objects.get(party=dan).x == pytest.approx(kept[0])
    open_map(open_as, acme, "alice")
    assert place() == pytest.approx(kept)
    drag()
    own = place()
    assert own != pytest.approx(kept)
    open_map(open_as, acme, "alice")
    assert place() == pytest.approx(own)
    assert MapPlace.objects.get(party=dan).x == pytest.approx(kept[0]), "nobody else sees it"
    page.locator("summary").filter(has_text="Save").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Put everything back").click()
    page.wait_for_function(f"() => {READY}")
    assert place() == pytest.approx(kept)
    kept_here = json.loads(page.evaluate("JSON.stringify(Object.keys(localStorage))"))
    assert [name for name in kept_here if "room" not in name] == []


def test_everybody_can_use_the_map_on_phone_and_screen(open_as, acme, page):
    """axe finds nothing with a sheet open or closed; a tap chooses; nothing scrolls sideways."""
    forecast = HandOff.objects.get(organization=acme, deliverable="forecast")
    page.set_viewport_size(PHONE)
    open_map(open_as, acme, "alice", f"?handoff={forecast.pk}")
    page.locator("#map-sheet").get_by_role("heading", name="Alice Adams to Bob Brown").wait_for()
    check_page(page, "map", width=390, colours="dark")
    page.set_viewport_size(PHONE)
    open_map(open_as, acme, "alice")
    seen = page.evaluate("(() => { const { top, bottom } = document.querySelector('.map-room').getBoundingClientRect();"
                         " return Math.min(bottom, innerHeight) - Math.max(top, 0); })()")  # fmt: skip
    assert seen >= 0.55 * PHONE["height"], "the first screen is the map"
    page.get_by_role("button", name="Find and filter").click()
    page.locator("summary").filter(has_text="Filter").click()
    page.get_by_label("How much arrives").select_option("1")
    page.get_by_role("button", name="Hide names").click()
    expect(page.get_by_text("hidden on this screen only: nobody")).to_be_visible()
    expect(page.get_by_label("How much arrives")).to_be_hidden()
    page.get_by_role("button", name="Find and filter").click()
    check_page(page, "map with its tools", width=390, colours="light")
    open_map(open_as, acme, "dora")
    check_page(page, "map", width=1280, colours="light")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".map-print img")).to_be_visible()
    expect(page.locator(".map-controls")).to_be_hidden()


def test_a_very_large_map_is_drawn_by_the_library_and_without_it_too(open_as, acme, page):
    """1,500 hand-offs: the same choosing, finding and saving whoever draws; folded it is small again."""
    address = open_map(open_as, acme, "bob").url
    # a tab of its own: a browser without a graphics card says in the console that it draws WebGL slowly
    page, errors = page.context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(address)
    data = json.loads(json.dumps(make_map(1_500, 320) | {"opens_folded": False}))
    mount = """async ([data, wanted]) => {
        const { mountChainMap } = await import(document.querySelector("link[rel=modulepreload]").href);
        const old = document.getElementById("chain-map");
        const room = old.cloneNode(false);
        delete room.dataset.renderer;
        window.address ??= old.dataset.sigma;
        room.dataset.sigma = wanted ? window.address : "";
        old.replaceWith(room);
        mountChainMap(room, data);
    }"""
    for wanted in (False, True):
        page.evaluate(mount, [data, wanted])
        drawn = "sigma" if wanted and settings.CHAINMAP_BROWSER_CODE.is_dir() else "svg"
        page.wait_for_function("(kind) => document.getElementById('chain-map').dataset.renderer === kind", arg=drawn)
        worst = min((link for link in data["links"] if link["rank"]), key=lambda link: link["rank"])
        page.evaluate(f"(id) => {READY}.select(id)", worst["id"])
        assert f": {worst['what']}." in said(page)
        assert page.evaluate(f"{READY}.keys.link.key") == f"l{worst['id']}"
        assert page.evaluate(f"{READY}.find('Maximiliana')[0].name").startswith("Maximiliana")
        assert len(ElementTree.fromstring(page.evaluate(f"{READY}.svg()")).findall(".//*[@data-key]")) > 1_500
        page.evaluate(f"{READY}.foldAll(true)")
        page.wait_for_function("() => document.getElementById('chain-map').dataset.renderer === 'svg'")
        assert page.locator(".cm-team[data-key]").count() == len(data["teams"])
    page.close()
    assert errors == []


def test_a_number_opens_the_hand_off_it_is_about(open_as, acme, page):
    page.set_viewport_size(PROJECTOR)
    open_map(open_as, acme, "bob")
    page.evaluate(
        "() => { window.chosen = []; document.getElementById('chain-map').chainMap.on('select',"
        " (link) => window.chosen.push(link && Math.round(100 * link.yield))); }"
    )
    numbers = page.locator(".cm-number").all()
    assert numbers
    for number in numbers:
        box, said = number.bounding_box(), number.text_content()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert page.evaluate("window.chosen.at(-1)") == int(said.split()[0]), said


def test_whoever_is_found_stands_out_on_the_map_and_not_only_their_way(open_as, acme, page):
    page.set_viewport_size(PROJECTOR)
    open_map(open_as, acme, "bob")
    page.get_by_role("combobox", name="Find by name").fill("Bob")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("rect.cm-selected").wait_for()
    ring = page.locator("rect.cm-selected").bounding_box()
    assert page.locator(".cm-name.cm-found").text_content() == "Bob Brown"
    assert min(ring["width"], ring["height"]) >= 16
    assert page.locator("rect.cm-selected").evaluate("(one) => getComputedStyle(one).fillOpacity") != "0"
