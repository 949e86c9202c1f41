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
from chainmap.domain.moments import Moment
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reasons import Reason
from chainmap.domain.release import Clip
from chainmap.domain.reports import (
    AgreementFigures,
    AgreementMark,
    AskNextLine,
    Coverage,
    Hidden,
    MomentLines,
    Moved,
    OneSided,
    OwnerLine,
    ParetoBar,
    Report,
    ReportChange,
    ReportLink,
    Score,
    StructureLines,
    Subject,
    TeamCoverage,
    Totals,
)
from chainmap.exports import report_words as words
from chainmap.exports.report_change_words import change_total, nps_change_sentence, verdict
from chainmap.exports.report_figures import of_hundred, range_of_hundred, signed_of_hundred, signed_units
from chainmap.exports.report_link_words import is_firm
from chainmap.exports.report_method_words import kappa_words, method_rows, who_may_see
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
    agreements=(AgreementMark("Forecast by noon", date(2026, 3, 20), False),),
)
BARS = (
    ParetoBar(1, "Ann", "Bob", "forecast", 1.2, 0.4),
    ParetoBar(2, "Bob", "Eve", "", 0.6, 0.6),
    ParetoBar(None, "", "", "", 1.2, 1.0, 9),
)
CHANGE = ReportChange(
    round="Autumn",
    closed_on=date(2025, 11, 17),
    yield_before=0.41,
    yield_now=0.44,
    difference=Interval(0.01, 0.05),
    lost_before=1.5,
    lost_now=1.2,
    by_yield=-0.4,
    by_flow=0.1,
    new=0.0,
    removed=0.0,
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
    assert words.agreement_sentences(LINK.agreements) == [
        "Agreed: “Forecast by noon”, until 20 March 2026. One side has not said yes yet."
    ]


def test_many_agreements_of_one_link_are_counted() -> None:
    said = words.agreement_sentences([*LINK.agreements] * 6, most=4)
    assert (len(said), said[-1]) == (5, "and 2 more")


def test_what_is_lost_and_handed_over_together_is_all() -> None:
    parts = words.whole_words(worked())
    assert [(part.kind, part.figure) for part in parts] == [("delivered", "41"), ("lost", "47"), ("stranded", "12")]
    assert sum(part.share for part in parts) == pytest.approx(1.0)


def test_nothing_is_stranded_where_only_rounding_is_left() -> None:
    totals = Totals(10.0, 4.1, 5.9, 1e-12, 0.41, None, 0.6)
    assert [part.kind for part in words.whole_words(worked(totals=totals))] == ["delivered", "lost"]


def test_the_pareto_in_words() -> None:
    report = worked()
    assert words.pareto_sentence(report) == "2 of 11 hand-offs hold 60\u00a0% of what is lost."
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
    assert words.certainty_sentence(report, link).startswith("Few answers so far (1 rating)")
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


# ---- the smaller parts


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
        one_sided=OneSided(2, (("Ann", "Bob", "prices"),)),
        loops=((("Ann", "Bob"), 0.5),),
        single_points=(("Eve", 8, 0.71),),
        decision_owners=(OwnerLine("Olga", 2, 2, 0.21),),
    )
    assert [said.sentence for said in words.structure_said(structure)] == [
        "The work of 1 has no way to an end customer: Dan.",
        "2 end customers receive nothing: School, Hotel.",
        "2 hand-offs were named by one side only, conversations nobody had yet: between Ann and Bob (prices) and 1 "
        "more.",
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


# ---- what changed


@pytest.mark.parametrize(
    ("difference", "comparable", "begins"),
    [
        (Interval(0.01, 0.05), True, "That is better: 1 to 5 more of every 100"),
        (Interval(-0.05, -0.01), True, "That is worse: 1 to 5 fewer of every 100"),
        (Interval(-0.02, 0.08), True, "That may be chance: the difference lies anywhere between −2 and +8 of 100"),
        (None, True, "How sure that is cannot be said from released figures"),
        (Interval(0.01, 0.05), False, "The two rounds are not of one kind"),
    ],
)
def test_better_and_worse_only_where_it_is_more_than_chance(
    difference: Interval | None, comparable: bool, begins: str
) -> None:
    said = verdict(replace(CHANGE, difference=difference, comparable=comparable))
    assert said.startswith(begins)
    if not begins.startswith("That is"):
        assert "That is" not in said


def test_the_change_and_its_parts() -> None:
    assert words.change_sentences(CHANGE)[0] == (
        "Compared with the round “Autumn” (closed 17 November 2025): of every 100 units of work 44 reach the end "
        "customers instead of 41 (+3)."
    )
    parts = words.change_parts(CHANGE)
    assert [(part.amount, part.words) for part in parts] == [(-0.4, "−0.40"), (0.1, "+0.10")]
    assert change_total(CHANGE).words == "−0.30"
    assert sum(part.amount for part in parts) == pytest.approx(change_total(CHANGE).amount)


def test_what_is_shown_of_a_change_adds_up() -> None:
    """20.748 less 19.674 is 1.074, and 1.07 as well for whoever takes 19.67 from 20.75 by hand: it is 1.08."""
    change = replace(CHANGE, lost_before=20.748, lost_now=19.674, by_yield=-1.834, by_flow=2.824, by_assumed=-2.064)
    figures = [round(float(part.words.replace("−", "-")), 2) for part in words.change_parts(change)]
    assert sum(figures) == pytest.approx(-1.08)
    assert change_total(change).words == "−1.08"
    assert "are lost instead of 20.75 (−1.08)" in words.change_sentences(change)[2]
    moved = Moved("Ann", "Bob", "plan", "both", 0.448, 0.314, -0.194, 0.06)
    assert words.moved_rows(replace(change, moved=(moved,)))[0][1:] == ("0.45", "0.31", "−0.20", "+0.06")


def test_parts_that_are_there_are_told() -> None:
    change = replace(CHANGE, new=0.2, removed=-0.2, by_assumed=0.05, by_flow=0.05)
    assert [part.amount for part in words.change_parts(change)] == [-0.4, 0.05, 0.05, 0.2, -0.2]


def test_hand_offs_that_moved() -> None:
    moved = (
        Moved("Ann", "Bob", "forecast", "both", 0.9, 0.45, -0.5, 0.05),
        Moved("Bob", "Eve", "", "new", 0.0, 0.1, 0.0, 0.1),
        Moved("Eve", "Hotel", "", "both", 0.3, 0.2, -0.1, 0.0, is_assumed=True),
    )
    assert words.moved_rows(replace(CHANGE, moved=moved)) == [
        ("Ann → Bob (forecast)", "0.90", "0.45", "−0.50", "+0.05"),
        ("Bob → Eve, new", "0.00", "0.10", "0.00", "+0.10"),
        ("Eve → Hotel, not rated in both rounds", "0.30", "0.20", "−0.10", "0.00"),
    ]


def test_the_net_promoter_score_moves_only_beyond_chance() -> None:
    low, high = NetPromoterScore.of_counts(5, 10, 15), NetPromoterScore.of_counts(15, 10, 5)
    assert nps_change_sentence(replace(CHANGE, nps_before=low, nps_now=high)) == (
        "NPS +33 instead of −33: higher by more than chance, by +30 to +91 (90\u00a0% sure)."
    )
    assert "which may be chance" in nps_change_sentence(replace(CHANGE, nps_before=low, nps_now=low))
    few = NetPromoterScore.of_counts(2, 2, 2)
    assert nps_change_sentence(replace(CHANGE, nps_before=few, nps_now=high)) == ""


# ---- figures, method, footer


def test_small_figures_of_100_are_never_a_flat_nothing() -> None:
    shares = (0.123, 0.0094, 0.004, 0.0003, 0.00001, 0.000001, 0.0, 0.997, 1.0)
    in_words = ["12", "0.9", "0.4", "0.03", "0.001", "less than 0.001", "0", "more than 99", "100"]
    assert [of_hundred(share) for share in shares] == in_words
    assert (of_hundred(1e-9, short=True), of_hundred(0.999, short=True)) == ("<0.001", ">99")
    assert range_of_hundred(Interval(0.131, 0.134)) == "13"
    assert [signed_of_hundred(share) for share in (0.03, -0.004, 0.000001)] == ["+3", "−0.4", "0"]
    assert [signed_units(value) for value in (0.3, -0.05, -0.001)] == ["+0.30", "−0.05", "0.00"]


def test_the_method_is_said_in_plain_words_with_its_numbers() -> None:
    rows = dict(words.method_rows(_example()))
    assert rows["The question"] == "“How much of what you need to serve your customer did you get?”"
    assert rows["Which answers count"].startswith("The answers of this round alone")
    assert rows["Smallest group"] == "None: answers are signed."
    assert "200 draws" in rows["How sure"]
    assert rows["Few answers"] == kappa_words(2.0)
    assert kappa_words(2.5).endswith("counts like 2.5 more answers (kappa = 2.5).")


@pytest.mark.parametrize("report", [example_report, released_report, empty_report, one_rating_report])
def test_every_report_says_not_to_tie_ratings_to_pay(report: Any) -> None:
    made = report()
    assert words.pay_sentence() == "Never tie ratings to pay."
    assert words.who_may_see(made).startswith("For the managers, coaches and administrators of Küchen & Co")


def test_names_are_cleaned_in_every_sentence() -> None:
    hostile = "Ann\u202egnp.exe\x1b[2J" + "x" * 300
    link = replace(LINK, supplier=hostile, deliverable="a\nb")
    report = worked(links=(link,), pareto=(replace(BARS[0], supplier=hostile),))
    for sentence in (*words.headline(report), words.link_sentence(report, link), *words.monday_lines(report)):
        assert not {"\u202e", "\x1b", "\n"} & set(sentence)
        assert len(sentence) < 450


def test_where_everything_was_measured_no_question_is_quoted():
    """An event log was read and nobody was asked."""
    asked = example_report()
    measured = replace(asked, score=Score(""), method=replace(asked.method, window="all", question_set=""))
    labels = [label for label, _text in method_rows(measured)]
    assert "The question" not in labels
    assert "Who sees an answer" not in labels
    assert "Few answers" in labels
    assert "Those who answered" not in who_may_see(measured)
