"""A code that a camera can read on any page: its size, its quiet zone, its colours."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from chainmap.exports.qr import QUIET_ZONE, qr_svg

LINK = "http://127.0.0.1:8000/a/" + "x" * 43 + "/"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg):
    """The modules of the picture, quiet zone and all: one list of 0 and 1 a row."""
    root = ET.fromstring(svg)
    _x, _y, width, height = map(int, root.get("viewBox").split())
    modules = [[0] * width for _ in range(height)]
    for x, y, run, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", root.find(f"{SVG}path").get("d")):
        assert run == back
        for column in range(int(x), int(x) + int(run)):
            modules[int(y)][column] = 1
    return modules


def test_every_module_is_where_the_standard_wants_it():
    expected = [list(row) for row in segno.make_qr(LINK, error="m").matrix_iter(border=4)]
    assert drawn(qr_svg(LINK, title="x")) == expected


def test_the_corners_and_the_quiet_zone():
    modules = drawn(qr_svg(LINK, title="x"))
    size = len(modules)
    assert size == 37 + 2 * QUIET_ZONE, "version 5 of the standard: 84 bytes at this level"
    edge = [*range(QUIET_ZONE), *range(size - QUIET_ZONE, size)]
    assert not any(modules[line][other] or modules[other][line] for line in edge for other in range(size))
    assert modules[QUIET_ZONE][QUIET_ZONE : QUIET_ZONE + 8] == [1] * 7 + [0]


def test_black_on_white_scalable_and_nothing_that_a_strict_page_refuses():
    svg = qr_svg(LINK, title="Your link")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Your link"
    assert (root.get("width"), root.get("height")) == (None, None)
    assert root.find(f"{SVG}rect").get("fill") == "#fff"
    assert root.find(f"{SVG}path").get("fill") == "#000"
    assert not re.search(r"style|script|href|currentColor|onload", svg)
    assert "127.0.0.1" not in svg, "what the camera sees is not there as text"


def test_the_same_text_gives_the_same_picture_and_another_another():
    assert qr_svg(LINK, title="x") == qr_svg(LINK, title="x")
    assert qr_svg(LINK, title="x") != qr_svg(LINK + "y", title="x")


def test_a_hostile_title_is_text():
    root = ET.fromstring(qr_svg(LINK, title="</title><script>alert(1)</script>"))
    assert [child.tag for child in root] == [f"{SVG}title", f"{SVG}rect", f"{SVG}path"]


def test_a_text_too_long_for_a_code_is_refused():
    with pytest.raises(ValueError, match="too large"):
        qr_svg("x" * 3000, title="x")
