"""The sentences of a report: figures worked by hand, and what is said where little or nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from chainmap.domain.findings import Basis
from chainmap.domain.icare import Dimension
from chainmap.domain.intervals import Interval
from chainmap.domain.reasons import Reason
from chainmap.domain.release import Clip
from chainmap.domain.reports import (
    AgreementFigures,
    AgreementMark,
    AskNextLine,
    Hidden,
    ParetoBar,
    Report,
    ReportLink,
    Score,
    Subject,
    Totals,
)
from chainmap.exports import report_words as words
from chainmap.exports.report_link_words import is_firm
from tests.exports.reports import empty_report, example_report, one_rating_report, released_report

#: 10 created; 1.2 of it lost between Ann and Bob, of which a repair would bring 0.3 to the end customers.
LINK = ReportLink(
    key=1,
    rank=1,
    supplier="Ann",
    customer="Bob",
    deliverable="forecast",
    basis=Basis.RATED,
    score=Score("7", 6.0),
    yield_=0.6,
    yield_interval=Interval(0.4, 0.78),
    flow=3.0,
    lost=1.2,
    lost_share=0.25,
    lost_interval=Interval(0.8, 1.6),
    recoverable=0.3,
    recoverable_interval=Interval(0.1, 0.5),
    of_created=0.03,
    top_probability=0.92,
    reasons=((Reason.LATE, 0.6), (Reason.INCOMPLETE, 0.4)),
    care_weakest=Dimension.ATTENTIVENESS,
    care_missing=0.4,
    agreements=(AgreementMark("Forecast by noon", date(2026, 3, 20)),),
)
BARS = (
    ParetoBar(1, "Ann", "Bob", "forecast", 1.2, 0.4),
    ParetoBar(2, "Bob", "Eve", "", 0.6, 0.6),
    ParetoBar(None, "", "", "", 1.2, 1.0, 9),
)


@lru_cache
def _example() -> Report:
    return example_report()


def worked(**changes: Any) -> Report:
    """The example with figures one can check in one's head."""
    totals = Totals(10.0, 4.1, 4.7, 1.2, 0.41, Interval(0.35, 0.47), 0.6)
    figures: dict[str, Any] = {"totals": totals, "links": (LINK,), "pareto": BARS}
    return replace(_example(), **figures | changes)


def released() -> Report:
    return released_report()


def test_the_three_sentences() -> None:
    assert words.headline(worked()) == (
        "Of every 100 units of work this organization creates, 41 reach the end customers; most likely it is 35 to 47 "
        "(90\u00a0% sure).",
        "Most is lost between Ann and Bob (forecast): 12 of every 100.",
        "On Monday: talk about what is handed over between Ann and Bob (forecast), both sides at one table; if "
        "everything arrived there, 3 more of every 100 would reach the end customers (90\u00a0%: 1 to 5).",
    )


def test_a_link_in_its_own_sentences() -> None:
    report = worked()
    assert words.link_sentence(report, LINK) == (
        "Between Ann and Bob (forecast), 12 of every 100 units of all work are lost; repairing it alone would bring 3 "
        "more of every 100 to the end customers (90\u00a0%: 1 to 5)."
    )
    assert words.arrives_at(LINK) == "Of every 100 units handed over there, 60 arrive (90\u00a0%: 40 to 78)."
    assert words.certainty_sentence(report, LINK) == ("Likely (7 answers). Among the five largest in 92 of 100 draws.")
    assert words.reasons_sentence(LINK) == "Named most often: “late” (60\u00a0%), “incomplete” (40\u00a0%)."
    assert words.care_sentence(LINK) == "I-CARE: most is missing in Attentiveness (said by 40\u00a0%)."
    assert words.agreement_sentences(LINK.agreements) == ["Agreed: “Forecast by noon”, until 20 March 2026."]


def test_many_agreements_of_one_link_are_counted() -> None:
    said = words.agreement_sentences([*LINK.agreements] * 6, most=4)
    assert (len(said), said[-1]) == (5, "and 2 more")


def test_what_is_lost_and_handed_over_together_is_all() -> None:
    parts = words.whole_words(worked())
    assert [(part.kind, part.figure) for part in parts] == [("delivered", "41"), ("lost", "47"), ("stranded", "12")]
    assert sum(part.share for part in parts) == pytest.approx(1.0)


def test_the_parts_of_the_whole_add_up_to_100_as_they_are_shown() -> None:
    """0.936, 0.06 and 0.004 would be 94, 6 and 0.4: 100.4."""
    totals = Totals(10.0, 9.36, 0.6, 0.04, 0.936, None, 0.6)
    assert [part.figure for part in words.whole_words(worked(totals=totals))] == ["93.6", "6.0", "0.4"]


def test_one_unit_is_lost_and_two_are() -> None:
    one = replace(LINK, lost=0.1, yield_=0.01, yield_interval=None, of_created=None)
    report = worked(totals=Totals(10.0, 0.1, 9.8, 0.1, 0.01, None, 0.6), links=(LINK, one))
    assert words.link_sentence(report, one) == (
        "Between Ann and Bob (forecast), 1 of every 100 units of all work is lost."
    )
    assert words.arrives_at(one) == "Of every 100 units handed over there, 1 arrives."
    assert (
        words.headline(report)[0]
        == "Of every 100 units of work this organization creates, 1 reaches the end customers."
    )
    assert [(part.figure, part.label) for part in words.whole_words(report)] == [
        ("1", "of every 100 arrives"), ("98", "are lost at hand-offs"), ("1", "reaches no end customer")
    ]  # fmt: skip


def test_links_between_teams_are_called_that() -> None:
    report = replace(worked(), scope=replace(_example().scope, by_team=True))
    assert words.pareto_sentence(report).startswith("2 of 15 team links hold")
    assert words.pareto_rows(report)[-1][0] == "9 other team links"
    assert words.link_word(by_team=True) == "Team link"


def test_nothing_is_stranded_where_only_rounding_is_left() -> None:
    totals = Totals(10.0, 4.1, 5.9, 1e-12, 0.41, None, 0.6)
    assert [part.kind for part in words.whole_words(worked(totals=totals))] == ["delivered", "lost"]


def test_the_pareto_in_words() -> None:
    """Of all 15 hand-offs there are, as the sentence about those without an answer has it."""
    report = worked()
    assert words.pareto_sentence(report) == "2 of 15 hand-offs hold 60\u00a0% of what is lost."
    assert words.unrated_sentence(report).startswith("3 of 15 hand-offs have no answer yet")
    assert words.pareto_rows(report) == [
        ("Ann → Bob (forecast)", "12", "40\u00a0%", "40\u00a0%"),
        ("Bob → Eve", "6", "20\u00a0%", "60\u00a0%"),
        ("9 other hand-offs", "12", "40\u00a0%", "100\u00a0%"),
    ]


@pytest.mark.parametrize(
    ("answers", "probability", "firm", "said"),
    [
        ("3", 0.1, True, "Likely (3 answers). Among the five largest in 10 of 100 draws."),
        (
            "1",
            0.8,
            True,
            "Few answers so far (1 answer), yet its place is likely. Among the five largest in 80 of 100 draws.",
        ),
        ("2", 0.5, False, "Too early to tell (2 answers). Among the five largest in 50 of 100 draws."),
        ("1", None, False, "Too early to tell (1 answer)."),
    ],
)
def test_few_answers_are_said_to_be_few(answers: str, probability: float | None, firm: bool, said: str) -> None:
    link = replace(LINK, score=Score(answers, 6.0), top_probability=probability)
    report = worked(links=(link,))
    assert is_firm(report, link) is firm
    assert words.certainty_sentence(report, link) == said


def test_to_be_among_five_says_nothing_where_there_are_no_more() -> None:
    links = tuple(replace(LINK, score=Score("1", 6.0), top_probability=1.0) for _place in range(5))
    few = worked(links=links, hidden=Hidden())
    assert words.certainty_sentence(few, links[0]) == "Too early to tell (1 answer)."
    assert words.short_certainty(few, links[0]) == ["1 answer"]
    assert not is_firm(few, links[0])
    more = worked(links=links, hidden=Hidden(not_listed=1))
    assert words.certainty_sentence(more, links[0]).endswith("Among the five largest in 100 of 100 draws.")
    assert is_firm(more, links[0])


def test_where_a_reader_may_not_see_the_answers_their_number_still_says_how_sure() -> None:
    """Members see the report of an open round without scores; the chain says how many ratings there are."""
    report = _example()
    link = replace(report.links[0], score=Score(""))
    assert words.certainty_sentence(report, link).startswith("Few answers so far (1 answer)")
    assert words.score_words(link.score) == ""
    assert words.mean_sentence(link.score) == ""


def test_a_measured_hand_off_is_as_sure_as_its_passes() -> None:
    finding = _example().finding
    for passes, begins in ((34, "Likely (34 passes, 5 returned)."), (4, "Too early to tell (4 passes, 1 returned).")):
        returned = 5 if passes == 34 else 1
        row = replace(finding.handoffs[0], basis=Basis.MEASURED, ratings=0, passes=passes, returned=returned)
        link = replace(LINK, key=row.key, basis=Basis.MEASURED, score=Score(""), top_probability=0.1)
        report = worked(finding=replace(finding, handoffs=(row, *finding.handoffs[1:])), links=(link,))
        assert words.certainty_sentence(report, link).startswith(begins)


def test_monday_step_by_step() -> None:
    ask = (AskNextLine(3, "Bob", "Eve", "", 0.46, 0),)
    report = worked(ask_next=ask, agreements=AgreementFigures(kept=9, open=7, overdue=2))
    assert words.monday_lines(report) == [
        "Half an hour about what is handed over between Ann and Bob (forecast), both sides at one table. It comes "
        "late: agree on a day and an hour.",
        "Ask first what arrives between Bob and Eve. 46\u00a0% of what is uncertain about the whole comes from there.",
        "2 agreements are past their day: ask what is in the way, not who.",
    ]


def test_one_answer_is_asked_about_before_anything_is_done() -> None:
    report = one_rating_report()
    assert words.headline(report)[2] == (
        "On Monday: ask before you act. What little is known points to what happens between Ann Müller and 山田 太郎 "
        "(brief) (1 answer)."
    )
    assert words.certainty_sentence(report, report.links[0]) == "Too early to tell (1 answer)."
    assert words.short_certainty(report, report.links[0]) == ["1 answer"]
    assert not any(line.startswith("Half an hour") for line in words.monday_lines(report))
    assert words.nps_words(report.score) == "1 answer: 0 of 9 or 10, 0 of 7 or 8, 1 of 6 or less. A figure needs 5."


def test_without_ratings_no_figure_is_claimed() -> None:
    report = empty_report()
    assert words.headline(report) == (
        "No ratings yet: how much of the work reaches the end customer cannot be said.",
        "Where work is lost cannot be said either: it takes answers of those who receive it.",
        "On Monday: ask those who receive work how much they get, first between Ann Müller and דבורה כהן (promises).",
    )
    assert (words.whole_words(report), words.pareto_sentence(report), words.nps_words(report.score)) == ([], "", "")
    assert words.low_coverage_sentence(report.coverage) == "No figure can be given before somebody answers."


def test_a_release_gives_bands_and_no_ranges() -> None:
    report = released()
    assert words.headline(report)[0] == (
        "Of every 100 units of work this organization creates, 39 reach the end customers."
    )
    first, last = report.links[0], report.links[-1]
    assert words.certainty_sentence(report, first) == "Likely (more than 20 people)."
    assert words.score_words(last.score) == "9 or more of 10"
    assert words.link_title(last.supplier, last.customer, by_team=True) == "Inside Works"
    assert words.nps_words(report.score) == "NPS −20, in steps of 10; no range is published."
    assert words.moments_sentence(report.moments) == (
        "Of all answers, in steps of 10\u00a0%: magic 20\u00a0%, ordinary 60\u00a0%, misery 30\u00a0%."
    )
    assert dict(words.method_rows(report))["How sure"].startswith("No ranges are given")
    assert "at least 5 people" in words.who_may_see(report)


def test_a_share_at_the_end_of_its_scale_stands_for_all_beyond() -> None:
    link = replace(LINK, basis=Basis.GIVEN, reasons=((Reason.LATE, 0.9),), care_missing=0.9)
    assert words.reasons_sentence(link) == "Named most often: “late” (90\u00a0% or more)."
    assert words.care_sentence(link) == "I-CARE: most is missing in Attentiveness (said by 90\u00a0% or more)."
    assert words.score_words(Score("5-7", 2.0, Clip.AT_MOST)) == "2 or less of 10"


@pytest.mark.parametrize(
    ("subject", "begins", "most_lost"),
    [
        (
            Subject.TEAM,
            "Of every 100 units of work this team does or is handed, 41 arrive at its direct customers",
            "12 of every 100 units the whole organization creates.",
        ),
        (
            Subject.WORKSHOP,
            "Of every 100 units of work created in the chain of this workshop, 41 reach the end customers",
            "12 of every 100.",
        ),
    ],
)
def test_teams_and_workshops_say_what_100_is(subject: Subject, begins: str, most_lost: str) -> None:
    report = worked(scope=replace(_example().scope, subject=subject, name="Sales"))
    assert words.report_title(report) == "Where work is lost: Sales"
    assert words.headline(report)[0].startswith(begins)
    assert words.headline(report)[1].endswith(most_lost)


def test_the_loss_of_a_team_is_told_of_all_work() -> None:
    """A team's own 5 are created; the organization creates 10, of which 1.2 is 12 of 100."""
    report = worked(totals=replace(worked().totals, created=5.0))
    assert words.all_created(report) == pytest.approx(10.0)
    assert "12 of every 100 units of all work" in words.link_sentence(report, LINK)


def test_names_are_cleaned_in_every_sentence() -> None:
    hostile = "Ann\u202egnp.exe\x1b[2J" + "x" * 300
    link = replace(LINK, supplier=hostile, deliverable="a\nb")
    report = worked(links=(link,), pareto=(replace(BARS[0], supplier=hostile),))
    for sentence in (*words.headline(report), words.link_sentence(report, link), *words.monday_lines(report)):
        assert not {"\u202e", "\x1b", "\n"} & set(sentence)
        assert len(sentence) < 450


def test_answers_that_no_link_may_show_are_not_called_none():
    released = reports_of_links_not_shown()
    assert words.headline(released)[0].startswith("Too few answers at any one team link to show a figure")
    nobody = replace(released, score=Score(""))
    assert words.headline(nobody)[0].startswith("No ratings yet")


def reports_of_links_not_shown():
    """A protected round whose whole may be told, and none of its links."""
    report = released_report()
    return replace(report, finding=replace(report.finding, analysed=False))
