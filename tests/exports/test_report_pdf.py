"""The report as a document: what its pages say, that it is tagged and the same twice, and that names stay text."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chainmap.domain.findings import Bottlenecks
from chainmap.domain.reports import Report
from chainmap.exports import report_pdf_chain as chain_module
from chainmap.exports import report_words as words
from chainmap.exports.chain_picture import chain_picture, draw
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.report_drawing import drawing
from chainmap.exports.report_pdf import report_data, report_pdf
from tests.exports.documents import needs_pdftotext, pdf_pages, pdf_text
from tests.exports.examples import HOSTILE_NAMES, handoff, party
from tests.exports.reports import empty_report, example_report, large_report, one_rating_report, released_report

MARKUP = ('#panic("x")', "*bold* $x^2$", "<script>alert(1)</script>", "= Heading <label>", "@see \\u{41}")


@pytest.fixture(scope="module")
def example() -> Report:
    return example_report()


@pytest.fixture(scope="module")
def document(example: Report) -> bytes:
    return report_pdf(example).content


def _named(report: Report, names: tuple[str, ...]) -> Report:
    """The same report where these names and no others stand."""
    called = {place.name: names[number % len(names)] for number, place in enumerate(report.finding.parties)}
    parties = tuple(replace(place, name=called[place.name]) for place in report.finding.parties)
    links = tuple(
        replace(link, supplier=called[link.supplier], customer=called[link.customer]) for link in report.links
    )
    bars = tuple(
        replace(bar, supplier=called.get(bar.supplier, ""), customer=called.get(bar.customer, ""))
        for bar in report.pareto
    )
    asked = tuple(
        replace(line, supplier=called[line.supplier], customer=called[line.customer]) for line in report.ask_next
    )
    finding = replace(report.finding, parties=parties)
    return replace(report, finding=finding, links=links, pareto=bars, ask_next=asked)


def _page(document: bytes, number: int) -> str:
    command = ["pdftotext", "-raw", "-f", str(number), "-l", str(number), "-", "-"]
    done = subprocess.run(command, input=document, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode().replace("\u200b", "").replace("\u200e", ""))


# ---- the document


@needs_pdftotext
def test_page_one_alone_is_enough(document: bytes, example: Report) -> None:
    said = _page(document, 1)
    for part in (
        "Where work is lost: Küchen & Co",
        "Of every 100 units of work this organization creates, 23 reach the end customers",
        "9.7 of every 100.",
        "Where a repair brings most",
        "Ольга Петрова",
        "What to do on Monday",
        "2 agreements are past their day",
        "Never tie ratings to pay.",
        "Page 1 of",
    ):
        assert part in said
    assert [row for row in range(1, 6) if f" {row} " in said] == [1, 2, 3, 4, 5]
    assert "How these figures came about" not in said


@needs_pdftotext
def test_every_part_and_every_page_says_what_it_must(document: bytes, example: Report) -> None:
    pages = pdf_pages(document)
    assert 6 <= pages <= 10
    said = pdf_text(document).replace("\u00a0", " ")
    for part in (
        words.pareto_sentence(example),
        "Few answers so far (1 answer), yet its place is likely.",
        "I-CARE: most is missing in Responsiveness (said by 67 %).",
        "Agreed: “Every brief names the customer's date, before noon”, until 1 December 2026.",
        "12 of 13 hand-offs asked about were rated (92 %).",
        "Ask first what arrives between",
        "1 hand-off was named by one side only: a conversation nobody had yet.",
        "Moments: 5 magic, 6 ordinary, 3 misery.",
        "NPS −31 (16 answers).",
        "9 kept, 2 kept in part, 1 not kept, 7 open, 2 of these overdue.",
        "That may be chance: the difference lies anywhere between −6 and +16 of 100",
        "Hand-offs that moved most",
        "(kappa = 2).",
        "2 more hand-offs are ranked below those listed",
    ):
        assert part.replace("\u00a0", " ") in said
    assert said.count("Never tie ratings to pay.") == pages + 1  # the footer, and once with its reason
    assert f"Page {pages} of {pages}" in said


def test_it_is_tagged_with_bookmarks_language_and_words_for_the_picture(document: bytes) -> None:
    for mark in (b"/StructTreeRoot", b"pdfuaid", b"/Outlines", b"/Lang(en)", b"/Alt", b"2026-05-18"):
        assert mark in document
    for title in (b"Where the loss is", b"What to ask next", b"Agreements", b"What changed"):
        assert b"/Title(" + title + b")" in document


def test_the_same_report_gives_the_same_bytes(document: bytes) -> None:
    assert report_pdf(example_report()).content == document


@needs_pdftotext
def test_a_release_on_letter() -> None:
    made = report_pdf(released_report(), paper="letter")
    assert (made.filename, made.content_type) == ("report-kuchen-co-autumn.pdf", "application/pdf")
    assert b"/MediaBox[0 0 612 792]" in made.content
    said = pdf_text(made.content)
    assert "each has at least 5 people behind it" in said
    assert "9 or more of 10" in said
    assert "Inside Works" in said
    assert "90 %:" not in said  # no ranges are published


@needs_pdftotext
def test_what_was_typed_stays_text() -> None:
    said = pdf_text(report_pdf(_named(one_rating_report(), MARKUP)).content)
    plain = said.replace("’", "'").replace("”", '"').replace("“", '"')
    assert [name for name in MARKUP if name not in plain] == []


def test_hostile_names_make_a_document() -> None:
    made = report_pdf(_named(empty_report(), HOSTILE_NAMES))
    assert made.content.startswith(b"%PDF")


# ---- what goes into it


def _shares(data: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Every part of a length in the data, with its key."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name not in ("drawn", "picture") or "at" in (value or {}):
                yield from _shares(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _shares(value, key)
    elif isinstance(data, float):
        yield key, data


@pytest.mark.parametrize("make", [example_report, released_report, empty_report, one_rating_report])
def test_no_length_leaves_its_line(make: Any) -> None:
    found = list(_shares(report_data(make(), "a4")))
    assert [pair for pair in found if not (-1 if pair[0] == "part" else 0) <= pair[1] <= 1] == []


def test_the_pareto_bars_begin_where_the_one_before_ends(example: Report) -> None:
    rows = report_data(example, "a4")["pareto"]["rows"]
    ends = [row["before"] + row["own"] for row in rows]
    assert ends[:-1] == pytest.approx([row["before"] for row in rows[1:]])
    assert (rows[0]["before"], ends[-1]) == (0.0, pytest.approx(1.0))


def test_the_bars_of_a_change_add_up(example: Report) -> None:
    *parts, total = report_data(example, "a4")["change"]["rows"]
    assert sum(row["part"] for row in parts) == pytest.approx(total["part"])
    assert [row["total"] for row in (*parts, total)] == [False] * len(parts) + [True]


def test_parts_with_nothing_to_say_are_left_out() -> None:
    data = report_data(empty_report(), "letter")
    left_out = ("whole", "five", "pareto", "links", "said", "change")
    assert [name for name in left_out if data[name] is not None] == []
    assert data["paper"] == "us-letter"
    assert data["coverage"]["share"] == 0.0


def test_few_answers_are_dots_and_no_number() -> None:
    drawn = report_data(one_rating_report(), "a4")["said"]["nps_drawn"]
    assert drawn == {"dots": ["empty"], "range": None}


def test_a_chain_that_cannot_be_drawn_is_a_sentence(example: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: Any, **_options: Any) -> bytes:
        raise PictureError(PictureFailure.TIME)

    monkeypatch.setattr(chain_module, "draw", fail)
    picture = report_data(example, "a4")["picture"]
    assert (picture["first"], picture["sheet"], picture["trouble"]) == (
        None,
        None,
        str(PictureError(PictureFailure.TIME)),
    )


def test_a_large_chain_is_drawn_in_part_and_says_so() -> None:
    report = large_report(1000)
    data = report_data(report, "a4")
    first, sheet = data["picture"]["first"], data["picture"]["sheet"]
    drawn = [int(re.search(r"hand-offs: (\d+)\.", one["alt"])[1]) for one in (first, sheet)]  # type: ignore[index]
    assert drawn[0] < drawn[1] <= max(chain_module.ON_SHEET)
    for one, count in zip((first, sheet), drawn, strict=True):
        told = " ".join(one["key"]["sentences"])
        assert f"{1000 - count} smaller hand-offs" in told
        assert "The spreadsheet has them all." in told
    assert data["five"]["rows"][0]["gain"] == "+0.9"


# ---- the drawing


def _two(name: str) -> Bottlenecks:
    return replace(
        example_report().finding,
        parties=(party(1, name), party(2, "Bob", team="Sales")),
        handoffs=(handoff(1, "p1", "p2"),),
    )


@pytest.mark.parametrize("name", ["Ann", '<g class="party">&amp;', "山田 太郎"])
def test_the_words_of_a_drawing_leave_it_with_their_places(name: str) -> None:
    svg = draw(chain_picture(_two(name), titled=False), format="svg")
    found = drawing(svg)
    shapes = "".join(found["shapes"])
    assert "<text" not in shapes
    assert "<title" not in shapes
    assert name not in shapes
    texts = {text["words"]: text for text in found["texts"]}
    assert name in texts
    box = texts[name]
    assert (box["anchor"], box["size"]) == ("middle", 16.0)
    assert 0 < box["most"] < found["width"]
    for text in found["texts"]:
        assert 0 <= text["x"] <= found["width"]
        assert 0 <= text["y"] <= found["height"]
    assert texts["Sales"]["most"] is None


def test_a_picture_beside_its_words_has_no_heading_and_narrow_names() -> None:
    finding = _two("Maximilian von Hohenlohe")
    told = [
        text["words"] for text in drawing(draw(chain_picture(finding, titled=False, wrap=13), format="svg"))["texts"]
    ]
    assert {"Maximilian", "von Hohenlohe"} <= set(told)
    assert "Küchen & Co" not in told
    titled = drawing(draw(chain_picture(finding), format="svg"))["texts"]
    assert {"Küchen & Co", "Maximilian von"} <= {text["words"] for text in titled}


def test_a_drawing_of_another_make_is_refused() -> None:
    with pytest.raises(ValueError, match="transform"):
        drawing(b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')


def test_the_next_ones_of_teams_are_team_links() -> None:
    """Five blocks come first; what is left has a table of its own."""
    released = released_report()
    many = replace(released, links=released.links * 6)
    assert report_data(many, "a4")["links"]["others_head"][0] == "Team link"
    assert report_data(example_report(), "a4")["links"]["others_head"][0] == "Hand-off"
