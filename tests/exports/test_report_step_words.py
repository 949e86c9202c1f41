"""What a report says of one of the first hand-offs, what to do on Monday, and the words it explains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainmap.domain.icare import Dimension
from chainmap.domain.reasons import Reason
from chainmap.domain.reports import AgreementMark, MomentLines, Report, ReportLink, Score
from chainmap.exports import report_words as words
from chainmap.exports.report_glossary_words import glossary_rows
from chainmap.exports.report_step_words import agreed_sentences, link_points, monday_steps, step_sentence
from tests.exports.reports import empty_report, example_report, one_rating_report, released_report


@pytest.fixture(scope="module")
def report() -> Report:
    return example_report()


def _sure(link: ReportLink, **changes: object) -> ReportLink:
    """One that enough people answered."""
    return replace(link, **{"score": Score("7", 5.0), "reasons": (), "agreements": (), "care_weakest": None} | changes)


def test_each_point_of_the_first_hand_off_is_said_once(report: Report) -> None:
    points = link_points(report, report.links[0])
    assert [label for label, _said in points] == [
        "What arrives",
        "What is lost",
        "What is gained",
        "How sure",
        "Agreed",
        "On Monday",
    ]
    said = [sentence for _label, sentences in points for sentence in sentences]
    assert said[:3] == [
        "Of every 100 units handed over there, 62 arrive (90\u00a0%: 18 to 96).",
        "7.7 of every 100 units of all work are lost.",
        "Repairing it alone would bring 7.7 more of every 100 to the end customers (90\u00a0%: 0.6 to 19).",
    ]
    assert len(set(said)) == len(said)


def test_what_is_missing_has_its_point_where_it_was_said(report: Report) -> None:
    told = next(link for link in report.links if link.care_weakest is not None)
    missing = dict(link_points(report, told))["What is missing"]
    assert missing == [words.reasons_sentence(told), words.care_sentence(told)]


def test_no_agreement_shown_does_not_say_that_there_is_none(report: Report) -> None:
    (said,) = agreed_sentences(replace(report.links[0], agreements=()))
    assert said.startswith("What two people agree stays between them;")
    marks = tuple(AgreementMark(f"Promise {number}", None) for number in range(6))
    assert agreed_sentences(replace(report.links[0], agreements=marks))[-1] == "and 2 more"


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "Half an hour, both sides at one table: what was needed, what came, and what comes next time?"),
        ({"reasons": ((Reason.LATE, 0.6),)}, "It comes late: agree on a day and an hour."),
        ({"care_weakest": Dimension.EMPOWERMENT}, "on which day was Empowerment missing"),
        ({"agreements": (AgreementMark("x", None),), "reasons": ((Reason.LATE, 1.0),)}, "what was agreed"),
        ({"score": Score("1", 5.0), "top_probability": 0.2}, "Ask before you act: is that usual? It rests on little"),
    ],
)
def test_the_step_follows_from_what_is_known(report: Report, changes: dict[str, object], step: str) -> None:
    assert step in step_sentence(report, _sure(report.links[0], **changes))


def test_a_release_that_shows_little_still_has_a_step() -> None:
    released = released_report()
    for link in released.links:
        assert dict(link_points(released, link))["On Monday"]


def test_monday_goes_on_with_the_next_hand_offs(report: Report) -> None:
    steps, lines = monday_steps(report, most=5), words.monday_lines(report)
    assert steps[: len(lines)] == lines
    assert len(steps) == 5
    second = words.place_of(report, report.links[1])
    assert steps[len(lines)] == f"{second[0].upper()}{second[1:]}: {step_sentence(report, report.links[1])}"
    assert monday_steps(report, most=2) == lines[:2]


def test_monday_without_ratings_asks_and_adds_nothing() -> None:
    assert monday_steps(empty_report(), most=4) == words.monday_lines(empty_report())


# ---- words


def test_only_words_that_stand_in_the_report_are_explained(report: Report) -> None:
    labels = [label for label, _text in glossary_rows(report)]
    assert labels == [
        "Hand-off",
        "Every 100",
        "Lost",
        "Reach no end customer",
        "Won back",
        "NPS",
        "I-CARE",
        "Magic, ordinary, misery",
        "Loop",
        "Single point",
        "One-sided",
    ]
    assert [label for label, _text in glossary_rows(replace(report, moments=MomentLines()))].count(labels[7]) == 0
    few = [label for label, _text in glossary_rows(one_rating_report())]
    assert {"I-CARE", "Magic, ordinary, misery", "One-sided"} & set(few) == set()
    assert [label for label, _text in glossary_rows(empty_report())][:2] == ["Hand-off", "Loop"]


def test_without_a_chain_there_is_nothing_to_explain(report: Report) -> None:
    assert glossary_rows(replace(report, finding=replace(report.finding, parties=()))) == []
