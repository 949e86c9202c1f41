"""How the pages of a report stand: nothing leaves them, no heading is left alone, figures in line, tags in order."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from chainmap.domain.reports import Report
from chainmap.exports.report_pdf import report_data
from chainmap.exports.report_pdf_chain import LEAST_NAMES, names_size
from chainmap.exports.typst_file import pdf_document
from chainmap.exports.workshop_report import Paper
from tests.exports import reports
from tests.exports.documents import needs_pdftotext, pdf_pages, pdf_text
from tests.exports.test_report_pdf import _named

needs_pdfinfo = pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo is not installed")

MM = 72 / 25.4
#: Names that every font has, and as long as names are.
PLAIN = ("Anna Berger", "Olga Petrova", "David Ehlers", "Maximilian Hohenlohe", "Li Wei", "Nadia Rahimzai", "Wim Vogel")
#: Heights of words as pdftotext has them are that much more than the size of the type.
LEADING = 1.14


@cache
def plain() -> Report:
    return _named(reports.example_report(), PLAIN)


@cache
def wide() -> Report:
    """Some 40 people and 400 hand-offs: more than any page can show."""
    return _named(reports.large_report(400), tuple(f"Person {number}" for number in range(200)))


MAKERS = {
    "plain": plain,
    "many scripts": cache(reports.example_report),
    "wide": wide,
    "released": cache(reports.released_report),
    "empty": cache(reports.empty_report),
    "one rating": cache(reports.one_rating_report),
}
EVERY = [(name, paper) for name in MAKERS for paper in ("a4", "letter")]


@cache
def document(name: str, paper: Paper) -> bytes:
    return pdf_document("report", data(name, paper), made_on=date(2026, 5, 18))


@cache
def data(name: str, paper: Paper) -> dict[str, Any]:
    return report_data(MAKERS[name](), paper)


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: tuple[Word, ...]

    def lines(self) -> list[str]:
        """What stands between head and foot, line by line from the top."""
        inside = [word for word in self.words if word.top > 19 * MM - 8 and word.bottom < self.height - 20 * MM]
        inside.sort(key=lambda word: (round(word.bottom), word.left))
        return [" ".join(word.text for word in line) for _y, line in groupby(inside, key=lambda one: round(one.bottom))]


@cache
def pages(name: str, paper: Paper) -> list[Page]:
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=document(name, paper), capture_output=True, check=True
    ).stdout.decode()
    found = []
    for sheet in re.findall(r"<page .*?</page>", done, re.DOTALL):
        width, height = map(float, re.search(r'width="([\d.]+)" height="([\d.]+)"', sheet).groups())  # type: ignore[union-attr]
        words = [
            Word(html.unescape(text).replace("\u2060", ""), *map(float, box))
            for *box, text in re.findall(
                r'<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">(.*?)</word>', sheet
            )
        ]
        found.append(Page(width, height, tuple(words)))
    return found


def headings(found: dict[str, Any]) -> set[str]:
    parts = ("five", "monday", "pareto", "links", "coverage", "ask", "structure", "said", "agreements", "change")
    titles = {found[part]["title"] for part in (*parts, "method", "picture") if found[part]}
    titles |= {found["method"]["words_title"], found["method"]["hidden_title"], found["method"]["who_title"]}
    if found["links"]:
        titles |= {found["links"]["others_title"], *(card["where"] for card in found["links"]["cards"])}
    return titles | ({found["change"]["moved_title"]} if found["change"] else set())


# ---- how many pages, and what is in them


@needs_pdftotext
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", ["plain", "many scripts", "wide"])
def test_a_usual_report_has_six_to_ten_pages_and_contents_that_are_true(name: str, paper: Paper) -> None:
    assert 6 <= pdf_pages(document(name, paper)) <= 10
    second = "\n".join(" ".join(word.text for word in page.words) for page in pages(name, paper)[1:2])
    rows = re.findall(r"((?:[A-Z][^.]*?)) (?:\. ?){3,} ?(\d+)", second)
    titles = {title.removeprefix(data(name, paper)["contents"]).strip()[-60:]: int(number) for title, number in rows}
    assert len(titles) >= 10
    for title, number in titles.items():
        heading = next(one for one in headings(data(name, paper)) if title.endswith(one))
        assert heading in "\n".join(pages(name, paper)[number - 1].lines())


@needs_pdftotext
@pytest.mark.parametrize(("name", "paper"), EVERY)
def test_contents_stand_in_what_is_longer_than_five_pages(name: str, paper: Paper) -> None:
    if pdf_pages(document(name, paper)) > 5:
        assert data(name, paper)["contents"]


@needs_pdftotext
@pytest.mark.parametrize(("name", "paper"), EVERY)
def test_every_page_says_of_what_it_is_and_which_it_is(name: str, paper: Paper) -> None:
    found = pages(name, paper)
    for number, page in enumerate(found, start=1):
        said = " ".join(word.text for word in page.words)
        assert f"Page {number} of {len(found)}" in said
        assert "Never tie ratings to pay." in said
        assert "Where work is lost: Küchen & Co" in said
        assert len(page.lines()) > 3  # no sheet for a line or two


# ---- nothing out of place


@needs_pdftotext
@pytest.mark.parametrize(("name", "paper"), EVERY)
def test_all_text_is_inside_the_page(name: str, paper: Paper) -> None:
    for page in pages(name, paper):
        for word in page.words:
            assert 10 * MM <= word.left < word.right <= page.width - 10 * MM, word
            assert 8 * MM <= word.top < word.bottom <= page.height - 8 * MM, word


@needs_pdftotext
@pytest.mark.parametrize(("name", "paper"), EVERY)
def test_no_heading_is_the_last_line_of_a_page(name: str, paper: Paper) -> None:
    titles = headings(data(name, paper))
    for page in pages(name, paper):
        assert page.lines()[-1].strip() not in titles


@needs_pdftotext
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", ["plain", "wide"])
def test_short_tables_are_not_torn(name: str, paper: Paper) -> None:
    said = ["\n".join(page.lines()) for page in pages(name, paper)]
    for head in ("What arrives So far", "before now by what arrives"):
        assert sum(text.count(head) for text in said) <= 1
    asked = data(name, paper)["ask"]["rows"]
    (torn,) = [text for text in said if "What arrives So far" in text]
    assert asked[0][0] in torn
    assert asked[-1][0] in torn
    for card in data(name, paper)["links"]["cards"]:
        # in tables before it the thing beside the names is of another size, and so a line of its own here
        on = [text for text in said if re.search(rf"^{re.escape(card['where'])}$", text, re.MULTILINE)][-1]
        after = on[re.search(rf"^{re.escape(card['where'])}$", on, re.MULTILINE).end() :]  # type: ignore[union-attr]
        assert card["points"][-1]["sentences"][0][:40] in after


@needs_pdftotext
def test_figures_below_one_another_have_their_decimal_marks_in_one_line() -> None:
    lost = [row["lost"] for row in data("plain", "a4")["pareto"]["rows"]]
    whole, parts = [one for one in lost if "." not in one], [one for one in lost if "." in one]
    assert len(whole) >= 2
    assert len(parts) >= 2
    page = next(page for page in pages("plain", "a4") if any(line == "Where the loss is" for line in page.lines()))
    column = next(word for word in page.words if word.text == "lost")
    below = [word for word in page.words if word.text in lost and column.bottom < word.bottom < column.bottom + 200]
    edge = max(word.right for word in below if "." in word.text)
    near = [word for word in below if column.left < word.right <= edge]
    assert len(near) == len(lost)
    ends = {kind: {round(word.right, 1) for word in near if ("." in word.text) == kind} for kind in (True, False)}
    assert [len(found) for found in ends.values()] == [1, 1]
    assert ends[True].pop() > ends[False].pop() + 3


# ---- the chain


@needs_pdftotext
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", ["plain", "wide"])
def test_names_in_the_chain_can_be_read(name: str, paper: Paper) -> None:
    smallest = min((word.bottom - word.top) / LEADING for page in pages(name, paper) for word in page.words)
    assert smallest >= 0.9 * LEAST_NAMES / 1.1  # numbers at lines are not set larger as names are


def test_a_sheet_of_its_own_shows_more_than_page_one() -> None:
    picture = data("wide", "a4")["picture"]
    drawn = [len(picture[place]["drawn"]["texts"]) for place in ("first", "sheet")]
    assert drawn[0] < drawn[1]
    assert names_size(picture["first"]["drawn"], (188 * MM, 82 * MM)) >= LEAST_NAMES
    assert names_size({"width": 1.0, "height": 1.0}, (900.0, 900.0)) == pytest.approx(17.6)  # never larger than drawn


@needs_pdftotext
def test_page_one_says_on_which_page_there_is_more_of_the_chain() -> None:
    found = pages("wide", "a4")
    assert f"More of it on page {len(found)}." in " ".join(word.text for word in found[0].words)
    assert found[-1].lines()[0] == "The chain"
    assert "More of it on page" not in pdf_text(document("released", "a4"))


# ---- tags


@needs_pdfinfo
@pytest.mark.parametrize("name", ["plain", "wide"])
def test_tags_are_read_in_the_order_of_the_report(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(document(name, "a4"))
    told = subprocess.run(["pdfinfo", "-struct-text", str(file)], capture_output=True, check=True).stdout.decode(
        errors="replace"
    )
    found = re.findall(r'^ *(H[1-6])\b.*\n((?: *".*"\n)+)', told, re.MULTILINE)
    titles = [(level, "".join(re.findall(r'"(.*)"', words))) for level, words in found]
    assert titles[0] == ("H1", "Where work is lost: Küchen & Co")
    levels = [int(level[1]) for level, _words in titles]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    parts = ("five", "monday", "pareto", "links", "coverage", "ask", "structure", "said", "agreements", "change")
    wanted = [data(name, "a4")[part]["title"] for part in (*parts, "method") if data(name, "a4")[part]]
    assert [words for level, words in titles if level == "H2"][: len(wanted)] == wanted
    cards = [card["where"] for card in data(name, "a4")["links"]["cards"]]
    assert [words for level, words in titles if level == "H3"][: len(cards)] == cards
    first = told.index(cards[0], told.index(data(name, "a4")["links"]["title"]))
    points = [told.index(f'"{point["label"]}"', first) for point in data(name, "a4")["links"]["cards"][0]["points"]]
    assert points == sorted(points)
