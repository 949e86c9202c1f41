"""Sentences: what is rounded, what is not known, who is at fault (the link, never the person)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainmap.domain.findings import Basis, ChainStep, Structure
from chainmap.exports import words
from chainmap.exports.plain_text import clean_text, fit, shown_width
from tests.exports.examples import empty_finding, handoff, small_finding, unanalysed


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0\u00a0%"), (0.002, "<1\u00a0%"), (0.414, "41\u00a0%"), (0.999, ">99\u00a0%"), (1, "100\u00a0%")],
)
def test_percent_never_rounds_to_a_false_certainty(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_units() -> None:
    assert [words.units(value) for value in (0, 0.001, 1.234, 12)] == ["0.00", "<0.01", "1.23", "12.00"]


def test_headline_when_nobody_creates_work() -> None:
    finding = replace(small_finding(), created=0.0, chain_yield=None)
    assert words.headline(finding).startswith("Nobody creates work")
    assert words.next_step(finding).endswith("capacity above 0.")
    assert words.where_the_rest_goes(finding) == ""


def test_the_rest_may_be_stranded_or_nothing() -> None:
    finding = small_finding()
    assert "43 are lost at hand-offs; 20 end where no way" in words.where_the_rest_goes(replace(finding, stranded=0.4))
    assert words.where_the_rest_goes(replace(finding, lost=0.0, stranded=0.4)).startswith("20 end where no way")
    assert words.where_the_rest_goes(replace(finding, lost=0.0)) == "Nothing is lost on the way."
    # what floating point leaves over is not work
    assert "no way" not in words.where_the_rest_goes(replace(finding, stranded=1e-16))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ratings": 2}, "Too early to tell (2 answers)"),
        ({"ratings": 3}, "Likely (3 answers)"),
        (
            {"basis": Basis.MEASURED, "ratings": 0, "passes": 9, "returned": 1},
            "Too early to tell (9 passes, 1 returned)",
        ),
        ({"basis": Basis.MEASURED, "ratings": 0, "passes": 10, "returned": 0}, "Likely (10 passes, 0 returned)"),
        # one rating beside a log counts as what the figure rests on: the one rating
        ({"basis": Basis.RATED, "ratings": 1, "passes": 21, "returned": 12}, "Too early to tell (1 answer)"),
        (
            {"basis": Basis.MEASURED, "ratings": 3, "passes": 9, "returned": 1},
            "Too early to tell (9 passes, 1 returned)",
        ),
        ({"basis": Basis.ASSUMED}, "Not known: nobody has rated it"),
        ({"basis": Basis.GIVEN, "ratings": 2}, "Too early to tell (2 answers)"),
        ({"basis": Basis.GIVEN, "ratings": 0}, "Likely (figure of the team)"),
    ],
)
def test_how_sure(changes: dict[str, object], said: str) -> None:
    assert words.certainty(replace(handoff(1, "a", "b"), **changes)) == said  # type: ignore[arg-type]


def test_between_names_the_link() -> None:
    names = {"a": "Ann", "b": "Ben"}
    assert words.between(handoff(1, "a", "b", deliverable="plan"), names) == "between Ann and Ben (plan)"
    assert words.between(handoff(1, "a", "b"), names) == "between Ann and Ben"
    assert words.between(handoff(1, "a", "a"), names) == "inside Ann"
    assert words.between(handoff(1, "a", "a", deliverable="plan"), names) == "inside Ann (plan)"


def test_nothing_is_claimed_without_ratings() -> None:
    for finding in (unanalysed(small_finding()), empty_finding()):
        assert words.worst_handoff_sentence(finding) == ""
        assert words.assumed_sentence(finding) == ""
        assert words.where_the_rest_goes(finding) == ""


def test_long_lists_are_cut() -> None:
    structure = Structure(dead_ends=tuple(f"x{number}" for number in range(8)))
    (sentence,) = words.structure_sentences(replace(small_finding(), structure=structure))
    assert sentence.endswith("x0, x1, x2, x3, x4 and 3 more.")


def test_main_chain_sentence() -> None:
    steps = (ChainStep("ann", "ben", 0.9, 0.9), ChainStep("ben", "cli", 0.5, 0.45))
    said = words.main_chain_sentence(steps, {"ann": "Ann", "ben": "Ben", "cli": "Client"})
    assert said == (
        "Of every 100 units Ann hands on towards Client, 45 arrive. Most is lost between Ben and Client: 45."
    )
    assert words.main_chain_sentence((), {}) == ""
    whole = words.main_chain_sentence((ChainStep("a", "b", 1.0, 1.0),), {})
    assert "Most is lost" not in whole


def test_clean_text_limits() -> None:
    assert clean_text("x" * 20_000) == "x" * 79 + "…"
    assert clean_text("e" + "\u0301" * 40) == "e" + "\u0301" * 4
    assert clean_text(" a\n\tb\u2028c ") == "a b c"


@pytest.mark.parametrize("text", ["", "Ann", "山田太郎", "Łódź" * 5, "e\u0301" * 9])
def test_fit_gives_exactly_the_width(text: str) -> None:
    assert shown_width(fit(text, 7)) == 7
