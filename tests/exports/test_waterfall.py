"""The waterfall of a main chain."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from chainmap.domain.findings import ChainStep
from chainmap.exports.plain_text import clean_text
from chainmap.exports.waterfall import waterfall_svg
from tests.exports.examples import HOSTILE_NAMES

SVG = "{http://www.w3.org/2000/svg}"
#: Ann -.8-> Ben -.5-> Client: 100, 80 and 40 of 100 are left.
STEPS = (ChainStep("ann", "ben", 0.8, 0.8), ChainStep("ben", "cli", 0.5, 0.4))
NAMES = {"ann": "Ann", "ben": "Ben", "cli": "Client"}


def by_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.get("class") == name]


def test_bars_shrink_to_what_is_left() -> None:
    root = ET.fromstring(waterfall_svg(STEPS, NAMES))
    assert [text.text for text in by_class(root, "waterfall-name")] == ["Ann", "Ben", "Client"]
    assert [text.text for text in by_class(root, "waterfall-left")] == ["100\u00a0%", "80\u00a0%", "40\u00a0%"]
    assert [float(bar.get("width", "")) for bar in by_class(root, "waterfall-bar")] == [320, 256, 128]
    # what leaks away stands behind the bar, from where it ends to where the one before ended
    assert [float(leak.get("x", "")) + float(leak.get("width", "")) for leak in by_class(root, "waterfall-loss")] == [
        319.5,
        255.5,
    ]
    assert [text.text for text in by_class(root, "waterfall-step")] == [
        "↓ 80\u00a0% of it arrives",
        "↓ 50\u00a0% of it arrives",
    ]


def test_nothing_sticks_out_on_a_phone() -> None:
    root = ET.fromstring(waterfall_svg(STEPS, dict.fromkeys(NAMES, "W" * 200)))
    _left, _top, width, height = map(float, root.get("viewBox", "").split())
    assert width <= 360
    for element in root.iter():
        assert float(element.get("y", 0)) + float(element.get("height", 0)) <= 2 * height
    lowest = max(float(bar.get("y", "")) + float(bar.get("height", "")) for bar in by_class(root, "waterfall-bar"))
    assert lowest <= height
    assert all(len(text.text or "") <= 30 for text in by_class(root, "waterfall-name"))


def test_told_to_those_who_do_not_see_it() -> None:
    root = ET.fromstring(waterfall_svg(STEPS, NAMES, id_prefix="chain-7"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "chain-7-title chain-7-description"
    assert {element.get("id") for element in root.iter() if element.get("id")} == {
        "chain-7-title",
        "chain-7-description",
    }
    assert "40 arrive. Most is lost between Ben and Client: 40." in (root.findtext(f"{SVG}desc") or "")


def test_no_chain_no_picture() -> None:
    assert waterfall_svg((), {}) == ""


def test_nothing_lost_nothing_leaks() -> None:
    root = ET.fromstring(waterfall_svg((ChainStep("ann", "cli", 1.0, 1.0),), NAMES))
    assert by_class(root, "waterfall-loss") == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_text(name: str) -> None:
    root = ET.fromstring(waterfall_svg(STEPS, dict.fromkeys(NAMES, name)))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "title", "desc", "text", "rect"}
    assert not any(attribute in ("style", "href") for element in root.iter() for attribute in element.attrib)
    assert by_class(root, "waterfall-name")[0].text == (clean_text(name, 30) or None)
