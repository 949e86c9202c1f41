"""The picture of two rounds: well formed, the same bytes twice, hostile names as text, never by colour alone."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from chainmap.domain.compared_map import Turn
from chainmap.exports.compare_picture import COLOURS, compare_size, compare_svg
from chainmap.exports.compare_picture_words import how_to_read, legend_rows, picture_sentences, tag_words, told_links
from tests.exports.comparisons import come_and_gone, example_compared, example_map
from tests.exports.examples import HOSTILE_NAMES

SVG = "{http://www.w3.org/2000/svg}"


def texts(markup: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(markup).iter(SVG + "text")]


def test_it_is_a_drawing_of_shapes_and_texts_with_a_title():
    found = example_map(example_compared())
    markup = compare_svg(found, title="What changed", legend=True)
    assert markup == compare_svg(found, title="What changed", legend=True)
    root = ET.fromstring(markup)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "path", "text",
    }  # fmt: skip
    assert "style" not in markup
    assert root.find(SVG + "title").text == "What changed"
    assert "hand-offs" in root.find(SVG + "desc").text
    assert (int(root.get("width")), int(root.get("height"))) > compare_size(found)
    shown = compare_svg(found, title="")
    assert tuple(int(ET.fromstring(shown).get(side)) for side in ("width", "height")) == compare_size(found)


def test_signs_and_patterns_say_what_colours_say():
    found = example_map(example_compared())
    told = texts(compare_svg(found, title=""))
    forecast, figures = (
        next(link for link in found.links if link.deliverable == what) for what in ("forecast", "figures")
    )
    assert tag_words(forecast) == f"▲ +{round(100 * forecast.more)}"
    assert tag_words(figures) == f"▼ −{round(-100 * figures.more)}"
    assert {tag_words(forecast), tag_words(figures)} <= set(told)
    came = example_map(come_and_gone())
    assert {"+", "×"} <= set(texts(compare_svg(came, title="")))
    # every kind of line has its own dashes, or a second stroke over it
    looks = {}
    for turn in Turn:
        lines = [replace(found.links[0], turn=turn, flow_now=2.0)]
        markup = compare_svg(replace(found, links=lines), title="")
        strokes = re.findall(r'<path [^>]*fill="none"[^>]*>', markup)
        looks[turn] = re.sub(r'stroke="[^"]*"| d="[^"]*"|[\d.]+', "", "".join(strokes))
    assert len({looks[turn] for turn in Turn} - {looks[Turn.SAME]}) == len(Turn) - 2  # more and the same: both solid
    assert looks[Turn.MORE] == looks[Turn.SAME]
    assert tag_words(replace(forecast, turn=Turn.SAME)) == ""


def test_the_width_is_what_flows_now():
    found = example_map(example_compared())
    one = found.links[0]
    links = [replace(one, turn=Turn.SAME, flow_now=flow, flow_before=99.0) for flow in (4.0, 1.0)]
    markup = compare_svg(replace(found, links=links), title="")
    widths = [float(width) for width in re.findall(r'fill="none"[^>]*stroke-width="([\d.]+)"', markup)]
    assert sorted(widths) == [pytest.approx(2 + 9 / 4, abs=0.1), 11.0]


def test_words_beside_it_say_the_same():
    found = example_map(example_compared())
    said = " ".join(picture_sentences(found))
    assert "The picture has 5 hand-offs: at 1 more arrives" in said
    assert re.search(r"Ann Ace → Bob Bee \(forecast\): of every 100 handed over \d+ arrive instead of \d+\.", said)
    assert [link.deliverable for link in told_links(found)][:1] == ["forecast"]
    assert {turn for turn, _words in legend_rows(found)} == {str(link.turn) for link in found.links}
    assert "may be chance" in how_to_read(found)
    gone = " ".join(picture_sentences(example_map(come_and_gone())))
    assert "New: Cid Cole → Bob Bee (questions)." in gone
    assert "Gone: Bob Bee → Cid Cole (plan)." in gone


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_are_text_and_nothing_else(theme, name):
    found = example_map(example_compared(names={"ann": name, "bob": name, "cid": "Cid", "client": "C"}))
    root = ET.fromstring(compare_svg(found, title=name, theme=theme))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "g", "rect", "path", "text",
    }  # fmt: skip


def test_a_theme_has_its_own_colours_on_its_own_paper():
    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colours in COLOURS.values():
        for turn in (Turn.MORE, Turn.LESS, Turn.NEW, Turn.REMOVED):
            high, low = sorted((light(colours.turn[turn]), light(colours.paper)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 3, turn  # WCAG 1.4.11
