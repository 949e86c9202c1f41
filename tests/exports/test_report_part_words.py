"""The sentences of the smaller parts of a report: coverage, shape, scores, moments, agreements, method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chainmap.domain.moments import Moment
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reports import (
    AgreementFigures,
    Coverage,
    Hidden,
    MomentLines,
    OneSided,
    OwnerLine,
    Score,
    StructureLines,
    TeamCoverage,
)
from chainmap.exports import report_words as words
from chainmap.exports.report_method_words import kappa_words, method_rows, who_may_see
from tests.exports.reports import empty_report, example_report, one_rating_report, released_report


def test_low_coverage_is_flagged_and_nobody_is_named() -> None:
    low = Coverage(20, 11, 12, 6, "over_half", True)
    assert words.coverage_sentences(low) == [
        "11 of 20 hand-offs asked about were rated (55\u00a0%).",
        "6 of 12 people who were asked have answered.",
        "That is less than 60\u00a0%: the figures lean towards those who answered. Ask again before you act on them.",
    ]
    assert words.coverage_sentences(replace(low, is_low=False))[-1] == "6 of 12 people who were asked have answered."


def test_coverage_of_a_protected_round_is_told_in_bands() -> None:
    teams = (TeamCoverage(("Sales",), "under_half"), TeamCoverage(("Works", "Design"), "over_half"))
    coverage = Coverage(180, None, 64, None, "over_half", None, teams)
    assert words.coverage_sentences(coverage) == [
        "180 hand-offs were asked about.",
        "64 people were asked; half or more have answered.",
    ]
    assert words.coverage_rows(coverage) == [
        ("Sales", "fewer than half have answered"),
        ("The smaller teams together", "half or more have answered"),
    ]


def test_each_structural_finding_has_its_sentence() -> None:
    structure = StructureLines(
        dead_ends=("Dan",),
        customers_without_supplier=("School", "Hotel"),
        one_sided=OneSided(2),
        loops=((("Ann", "Bob"), 0.5),),
        single_points=(("Eve", 8, 0.71),),
        decision_owners=(OwnerLine("Olga", 2, 2, 0.21),),
    )
    assert [said.sentence for said in words.structure_said(structure)] == [
        "The work of 1 has no way to an end customer: Dan.",
        "2 end customers receive nothing: School, Hotel.",
        "2 hand-offs were named by one side only: conversations nobody had yet.",
        "Work can go round in a loop of 2: Ann, Bob. Work of 0.50 person-equivalents passes there a second time.",
        "Everything that 8 others do for end customers goes through Eve. 71\u00a0% of what end customers get passes "
        "there.",
        "At 2 hand-offs an exception waits for a decision of Olga: could a rule replace the question? 21\u00a0% of "
        "what end customers get passes there.",
    ]
    assert words.structure_said(StructureLines()) == []


def test_long_lists_of_one_kind_are_counted() -> None:
    said = words.structure_said(StructureLines(single_points=[("Eve", 8, None)] * 5))
    assert [one.sentence for one in said][-1] == "And 2 more of this kind."
    assert len(said) == 4


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "said"),
    [
        (2, 1, 1, "4 answers: 2 of 9 or 10, 1 of 7 or 8, 1 of 6 or less. A figure needs 5."),
        (3, 2, 1, "+33 on a scale from −100 to +100 (6 answers)."),
        (6, 2, 4, "NPS +17 (12 answers)."),
    ],
)
def test_the_letters_nps_wait_for_ten_answers(promoters: int, passives: int, detractors: int, said: str) -> None:
    score = NetPromoterScore.of_counts(promoters, passives, detractors)
    assert words.nps_words(Score(str(score.answers), 7.0, nps=score)).startswith(said)


def test_moments_are_balanced_by_a_rule_that_is_called_one() -> None:
    counts = {Moment.MAGIC: 5, Moment.ORDINARY: 6, Moment.MISERY: 2}
    assert words.moments_sentence(MomentLines(counts=counts, magic_for_one_misery=2.0)) == (
        "Moments: 5 magic, 6 ordinary, 2 misery. For each misery there are 2.5 magic moments; by a coaching rule, not "
        "a finding, 2 make up for one."
    )
    assert words.moments_sentence(MomentLines(counts={})) == "Nobody named a moment yet."
    assert words.moments_sentence(None) == ""


def test_agreements_are_counted_and_never_listed() -> None:
    figures = AgreementFigures(kept=9, partly=2, not_kept=1, open=7, overdue=2)
    assert words.agreements_sentence(figures) == (
        "Agreements between two: 9 kept, 2 kept in part, 1 not kept, 7 open, 2 of these overdue."
    )
    assert "Too few hand-offs" in words.agreements_sentence(AgreementFigures())
    assert words.agreements_sentence(AgreementFigures(0, 0, 0, 0, 0)) == "Nobody has made an agreement yet."
    assert words.agreements_sentence(AgreementFigures(in_room=1)) == "1 agreement was made aloud in the workshop."


def test_hidden_rows_are_counted() -> None:
    assert words.hidden_sentences(Hidden(cells=2, links=1, not_listed=790)) == [
        "2 published figures are not shown: too few answers.",
        "1 link between teams has no figure of its own and is taken as average.",
        "790 more hand-offs are ranked below those listed; the spreadsheet has them.",
    ]
    assert words.hidden_sentences(Hidden()) == []


def test_the_method_is_said_in_plain_words_with_its_numbers() -> None:
    rows = dict(words.method_rows(example_report()))
    assert rows["The question"] == "“How much of what you need to serve your customer did you get?”"
    assert rows["Which answers count"].startswith("The answers of this round alone")
    assert rows["Smallest group"] == "None: answers are signed."
    assert "200 draws" in rows["How sure"]
    assert rows["Few answers"] == kappa_words(2.0)
    assert kappa_words(2.5).endswith("counts like 2.5 more answers (kappa = 2.5).")


def test_next_to_nothing_of_the_whole_is_no_reason_to_ask_there() -> None:
    report = example_report()
    small = replace(report, ask_next=(replace(report.ask_next[0], weight=0.002),))
    assert words.ask_next_sentence(small) == words.ask_next_sentence(report).split(". ")[0] + "."
    assert "%" not in words.ask_next_sentence(small)


def test_published_figures_are_not_said_to_be_moved_towards_the_average() -> None:
    """A published mean of 4.0 is 40 of 100, however many stand behind it (``domain/release_chain.py``)."""
    report = released_report()
    assert report.finding.released
    assert "Few answers" not in dict(words.method_rows(report))


@pytest.mark.parametrize("report", [example_report, released_report, empty_report, one_rating_report])
def test_every_report_says_not_to_tie_ratings_to_pay(report: Any) -> None:
    made = report()
    assert words.pay_sentence() == "Never tie ratings to pay."
    assert words.who_may_see(made).startswith("For the managers, coaches and administrators of Küchen & Co")


def test_where_everything_was_measured_no_question_is_quoted():
    """An event log was read and nobody was asked."""
    asked = example_report()
    measured = replace(asked, score=Score(""), method=replace(asked.method, window="all", question_set=""))
    labels = [label for label, _text in method_rows(measured)]
    assert "The question" not in labels
    assert "Who sees an answer" not in labels
    assert "Few answers" in labels
    assert "Those who answered" not in who_may_see(measured)
