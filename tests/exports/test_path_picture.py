"""The stream from a person to the end customer."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from chainmap.domain.findings import ChainStep
from chainmap.exports.path_picture import initials, path_picture_svg, path_sentences
from tests.exports.examples import HOSTILE_NAMES

SVG = "{http://www.w3.org/2000/svg}"
#: Ann -.8-> Ben -.5-> Client: 100, 80 and 40 of 100 are left.
STEPS = (ChainStep("ann", "ben", 0.8, 0.8), ChainStep("ben", "cli", 0.5, 0.4))
NAMES = {"ann": "Ann", "ben": "Ben Brown", "cli": "Client"}


def long_way(length: int) -> list[ChainStep]:
    """p0 -> p1 -> ...: nine tenths arrive at every hand-off."""
    return [ChainStep(f"p{step}", f"p{step + 1}", 0.9, 0.9 ** (step + 1)) for step in range(length)]


def by_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def texts(root: ET.Element, name: str) -> list[str | None]:
    return [element.text for element in by_class(root, name)]


def widths(root: ET.Element) -> list[float]:
    """How wide the stream is at the top of every step: from "M left top H right"."""
    found = []
    for stream in by_class(root, "path-stream"):
        left, rest = stream.get("d", "").removeprefix("M").split(" ", 1)
        right = rest.split("H", 1)[1].split("C", 1)[0]
        found.append(float(right) - float(left))
    return found


def test_the_stream_narrows_to_what_is_left() -> None:
    root = ET.fromstring(path_picture_svg(STEPS, NAMES))
    assert texts(root, "path-name") == ["Ann", "Ben Brown", "Client"]
    assert texts(root, "path-initials") == ["A", "BB", "C"]
    assert texts(root, "path-left") == ["of every 100 units of work", "80 of 100 are left", "40 of 100 are left"]
    assert texts(root, "path-step") == ["↓ 80\u00a0% of it arrives", "↓ 50\u00a0% of it arrives"]
    first, second = widths(root)
    assert second / first == pytest.approx(0.8, abs=0.005)
    assert len(by_class(root, "path-leak")) == 2
    assert texts(root, "path-end") == [None, "C"], "the circle and the letters of the end customer alone"


def test_where_nothing_is_lost_nothing_leaks() -> None:
    root = ET.fromstring(path_picture_svg([ChainStep("ann", "cli", 1.0, 1.0)], NAMES))
    assert by_class(root, "path-leak") == []


def test_a_trickle_is_still_drawn_and_nothing_is_not() -> None:
    """After a hand-off at .001 there is a hair; after one at 0 nothing."""
    steps = [ChainStep("ann", "ben", 0.001, 0.001), ChainStep("ben", "cli", 0.0, 0.0)]
    drawn = path_picture_svg(steps, NAMES)
    assert widths(ET.fromstring(drawn))[1] == pytest.approx(1.5, abs=0.11)
    assert "0.1 of 100 are left" in drawn
    assert "0 of 100 are left" in drawn


def test_without_a_way_there_is_no_picture() -> None:
    assert path_picture_svg([], {}) == ""
    assert path_sentences([], {}) == []


@pytest.mark.parametrize("length", [6, 7, 8, 30])
def test_of_a_long_way_the_middle_is_one_step(length: int) -> None:
    """Up to eight stages all are drawn; of more the first four and the last three."""
    root = ET.fromstring(path_picture_svg(long_way(length), {}))
    stages = texts(root, "path-name")
    if length + 1 <= 8:
        assert stages == [f"p{number}" for number in range(length + 1)]
        return
    assert stages == ["p0", "p1", "p2", "p3", f"p{length - 2}", f"p{length - 1}", f"p{length}"]
    steps = texts(root, "path-step")
    folded = length - 5
    assert steps[3] == f"↓ over {folded} hand-offs {0.9**folded:.0%}".replace("%", "\u00a0%") + " of it arrives"
    assert len(steps) == 6
    assert len(path_sentences(long_way(length), {})) == length, "in words none is left out"


def test_one_of_100_is_left_and_not_are() -> None:
    steps = [ChainStep("ann", "cli", 0.01, 0.01)]
    (said,) = path_sentences(steps, NAMES)
    assert said.endswith("; 1 of 100 is left.")
    assert texts(ET.fromstring(path_picture_svg(steps, NAMES)), "path-left")[-1] == "1 of 100 is left"


def test_the_picture_in_words() -> None:
    assert path_sentences(STEPS, NAMES) == [
        "Between Ann and Ben Brown 80\u00a0% arrives; 80 of 100 are left.",
        "Between Ben Brown and Client 50\u00a0% arrives; 40 of 100 are left.",
    ]
    root = ET.fromstring(path_picture_svg(STEPS, NAMES, id_prefix="mine"))
    assert root.get("aria-labelledby") == "mine-title mine-description"
    assert root.findtext(f"{SVG}title") == "The way of the work to the end customer"
    assert "40 arrive" in (root.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_text_and_nothing_sticks_out(name: str) -> None:
    drawn = path_picture_svg(STEPS, dict.fromkeys(NAMES, name))
    root = ET.fromstring(drawn)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "path", "circle", "text"
    }  # fmt: skip
    assert not any(attribute.startswith(("on", "style", "href")) for each in root.iter() for attribute in each.attrib)
    assert all(len(text or "") <= 60 for text in texts(root, "path-name"))
    assert all(1 <= len(text or "") <= 4 for text in texts(root, "path-initials"))
    assert "\u202e" not in drawn
    assert "\u202e" not in "".join(path_sentences(STEPS, dict.fromkeys(NAMES, name)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maximilian Mustermann-Schulz", "Maximilian Mustermann-Sch…"),
        ("W" * 60, "W" * 15 + "…"),
        ("山" * 60, "山" * 13 + "…"),
        ("i" * 28, "i" * 28),
    ],
)
def test_a_name_is_cut_where_there_is_no_more_room(name: str, shown: str) -> None:
    root = ET.fromstring(path_picture_svg(STEPS, dict.fromkeys(NAMES, name)))
    assert texts(root, "path-name")[0] == shown


def test_the_same_input_gives_the_same_bytes() -> None:
    assert path_picture_svg(STEPS, NAMES) == path_picture_svg(list(STEPS), dict(reversed(NAMES.items())))


def test_letters_of_names() -> None:
    assert initials("ann") == "A"
    assert initials("  Łucja   z  Żar ") == "ŁŻ"
    assert initials("山田 太郎") == "山太"
    assert initials("🙂") == "?"


def test_numbers_of_names_are_kept() -> None:
    assert [initials(name) for name in ("R8", "R2", "Desk 12", "R 8")] == ["R8", "R2", "D12", "R8"]
    assert [initials(name) for name in ("12", "R128", "R1280", "3M", "7 Eleven")] == ["12", "R128", "R", "3", "7E"]
