"""The picture as a part of the page."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from chainmap.web.linked_picture import SMALL_WIDTH, linked_picture


def _svg(inside, *, width=400, heading=""):
    """As exports.svg.checked_svg writes it: named, with its heading on top."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chain-picture" viewBox="0 0 {width} 200" width="{width}"'
        ' height="200" role="img" aria-labelledby="t d"><title id="t">T</title><desc id="d">D</desc>'
        f'<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 196)">{heading}{inside}</g></svg>'
    )


def _links(shown):
    return {link.get("href"): link for link in ET.fromstring(shown).iter("a")}


def _address(key):
    return f"/p/{key}/"


def test_every_party_leads_on_and_nothing_else_does():
    shown = linked_picture(
        _svg(
            '<g id="party-7" class="node party"><title>Ann</title><text>Ann</text></g>'
            '<g id="party-n3" class="node party"><text>Team</text></g>'
            '<g id="party-8x" class="node party"><text>X</text></g>'
            '<g id="handoff-7" class="edge handoff"><path d="M0 0"/></g>'
        ),
        address=_address,
    )
    assert set(_links(shown)) == {"/p/7/"}
    assert [child.get("id") for child in _links(shown)["/p/7/"]] == ["party-7"]
    assert _links(shown)["/p/7/"].get("tabindex") == "-1"


def test_a_picture_of_teams_leads_nowhere():
    assert not _links(linked_picture(_svg('<g id="party-7"><text>Sales</text></g>'), address=None))


def test_text_that_looks_like_markup_stays_text():
    shown = linked_picture(
        _svg("<g><text>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;</text></g>"), address=_address
    )
    assert "<script>" not in shown
    assert next(ET.fromstring(shown).iter("text")).text == "<script>alert(1)</script> &amp;"


def test_the_page_speaks_for_the_picture():
    root = ET.fromstring(linked_picture(_svg("<g><title>Ann</title></g>"), address=_address))
    assert (root.get("aria-hidden"), root.get("focusable")) == ("true", "false")
    assert "role" not in root.attrib
    assert [title.text for title in root.iter("title")] == ["Ann"]
    assert not list(root.iter("desc"))


def test_the_heading_is_cut_off_above_its_last_line():
    """Lines at y = -180 and -160 of a graph moved down by 196: the cut is at 36, 164 of 200 stay."""
    heading = '<text y="-180">Acme</text><text y="-160">62 of 100</text>'
    root = ET.fromstring(linked_picture(_svg('<g><text y="-9">Ann</text></g>', heading=heading), address=_address))
    assert root.get("viewBox") == "0 36 400 164"
    assert root.get("height") == "164"
    assert [text.text for text in root.iter("text")] == ["Ann"]


def test_a_picture_without_heading_stays_whole():
    root = ET.fromstring(linked_picture(_svg("<g/>"), address=_address))
    assert root.get("viewBox") == "0 0 400 200"


@pytest.mark.parametrize(("width", "small"), [(SMALL_WIDTH - 1, True), (SMALL_WIDTH, False)])
def test_a_small_picture_needs_no_scrolling_on_a_tablet(width, small):
    root = ET.fromstring(linked_picture(_svg("<g/>", width=width), address=_address))
    assert ("small-picture" in root.get("class").split()) is small
