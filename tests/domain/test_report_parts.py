"""The parts of a report: worked by hand where a figure is new, and true for every chain where it is a rule."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainmap.domain.analysis import analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.cells import Table
from chainmap.domain.findings import Basis
from chainmap.domain.icare import Chip, Dimension, find_care_profile
from chainmap.domain.permissions import DecisionOwner
from chainmap.domain.reasons import Reason, ScoredReason, find_reasons
from chainmap.domain.records import PartyKind, Rating
from chainmap.domain.release import BANDS, CellState, Clip, ReleasedCell, band_of
from chainmap.domain.report_coverage import released_coverage
from chainmap.domain.report_parts import (
    Certainty,
    SaidOf,
    ask_next_lines,
    find_certainty,
    pareto_bars,
    released_said,
    report_links,
    report_totals,
    said_of,
    score_of,
    structure_lines,
)
from chainmap.domain.report_teams import team_finding, team_totals
from chainmap.domain.reports import AgreementMark, OneSided, OwnerLine, Score
from chainmap.domain.response import Band, band_of_response
from chainmap.domain.shares import Shares
from tests.domain.chains import chain_of, random_chains
from tests.exports.reports import (
    empty_report,
    example_report,
    large_report,
    one_rating_report,
    released_report,
)

#: a gives 1, of which half arrives at b; b's 1.5 reach the client at 0.8, and c, whom nobody rated, has 1 of its own.
CHAIN = ("a>b", "b>C", "c>b")
RATED = (Rating("a", "b", 5), Rating("b", "C", 8))


def solved(*links, ratings=(), **more):
    analysis = analyse(chain_of(*links, ratings=ratings, **more), kappa=0)
    return analysis, find_bottlenecks(analysis.chain, organization="Acme", analysis=analysis)


class TestPareto:
    def test_what_nobody_reported_stands_with_the_rest(self):
        _, finding = solved(*CHAIN, ratings=RATED)  # c>b is assumed at the mean 0.65
        at_b = 1 + 0.5 + 0.65
        bars = pareto_bars(finding)
        assert [(bar.key, bar.supplier, bar.lost) for bar in bars] == [
            (0, "A", 0.5), (1, "B", pytest.approx(at_b * 0.2)), (None, "", pytest.approx(0.35))
        ]  # fmt: skip
        total = 0.5 + at_b * 0.2 + 0.35
        assert [bar.cumulative for bar in bars] == [
            pytest.approx(0.5 / total), pytest.approx((0.5 + at_b * 0.2) / total), 1.0
        ]  # fmt: skip
        assert bars[-1].others == 1

    def test_the_last_bar_is_all_of_it(self):
        _, finding = solved("a>b y=.5", "b>C y=.8")
        bars = pareto_bars(finding)
        assert [bar.others for bar in bars] == [0, 0]
        assert bars[-1].cumulative == 1.0

    def test_nothing_lost_is_no_chart(self):
        assert pareto_bars(solved("a>b y=1", "b>C y=1")[1]) == ()
        assert pareto_bars(solved("a>b", "b>C")[1]) == ()

    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(random_chains(ratings=True), st.integers(1, 4))
    def test_it_holds_all_that_is_lost_and_rises_to_one(self, chain, top):
        finding = find_bottlenecks(chain, organization="Acme")
        bars = pareto_bars(finding, top=top)
        lost = finding.lost or 0.0
        assert math.fsum(bar.lost for bar in bars) == pytest.approx(lost, abs=1e-9)
        rising = [0.0, *(bar.cumulative for bar in bars)]
        assert rising == sorted(rising)
        assert not bars or rising[-1] == 1.0
        assert sum(bar.key is not None for bar in bars) <= top
        named = [bar.lost for bar in bars if bar.key is not None]
        assert named == sorted(named, reverse=True)


class TestLinks:
    def test_figures_and_what_was_said(self):
        analysis, finding = solved(*CHAIN, ratings=RATED)
        sure = find_certainty(analysis, kappa=0)
        said = {0: SaidOf(score_of([5]), ((Reason.LATE, 1.0),), Dimension.EMPOWERMENT, 0.6)}
        mark = AgreementMark("By noon", None)
        links = report_links(finding, created=6.0, sure=sure, said=said, agreements={1: (mark,)})
        assert [link.key for link in links] == [1, 0]  # b>C wins 0.43 back, a>b 0.5 * 0.8
        assert links[0].recoverable == pytest.approx(2.15 * 0.2)
        assert links[0].of_created == pytest.approx(2.15 * 0.2 / 6)
        assert (links[0].agreements, links[0].score) == ((mark,), Score("1"))
        assert (links[1].reasons, links[1].care_weakest, links[1].care_missing) == (
            ((Reason.LATE, 1.0),), Dimension.EMPOWERMENT, 0.6
        )  # fmt: skip
        assert links[1].recoverable_interval.low <= links[1].recoverable <= links[1].recoverable_interval.high
        assert report_links(finding, created=6.0, sure=sure, top=1) == (replace(links[0], agreements=()),)

    def test_where_only_a_release_is_known_there_is_no_interval(self):
        analysis, finding = solved("a>b y=.5", "b>C", "c>C y=.9")
        sure = Certainty(delivered=find_certainty(analysis, kappa=2).delivered)
        for link in report_links(finding, created=finding.created, sure=sure):
            intervals = (link.yield_interval, link.lost_interval, link.recoverable_interval, link.top_probability)
            assert (intervals, link.basis) == ((None,) * 4, Basis.GIVEN)
        assert report_totals(finding, sure).interval is None
        assert [line.supplier for line in ask_next_lines(finding, analysis, sure)] == ["B"]

    def test_the_interval_of_the_chain_yield_is_that_of_what_is_delivered(self):
        analysis, finding = solved("a>C", ratings=(Rating("a", "C", 5),), capacity={"a": 4.0})
        totals = report_totals(finding, find_certainty(analysis, kappa=0))
        # Var(y) = 0.25 / (0 + 1 + 1); D = 4 y, so of created the interval is that of y
        half = 1.6448536 * math.sqrt(0.125)
        assert totals.interval.low == pytest.approx(max(0.5 - half, 0))
        assert totals.interval.high == pytest.approx(min(0.5 + half, 1))

    def test_a_chain_too_large_to_draw_still_has_intervals_of_its_yields(self):
        links = large_report(8000).links
        assert all(link.yield_interval and link.lost_interval is None for link in links)


class TestAskNext:
    def test_weights_are_parts_of_the_variance(self):
        analysis, finding = solved(*CHAIN, ratings=RATED)
        lines = ask_next_lines(finding, analysis, find_certainty(analysis, kappa=0))
        terms = {0: (1 * 0.8) ** 2 * 0.25 / 2, 1: 2.15**2 * 0.16 / 2, 2: (1 * 0.8) ** 2 * 0.65 * 0.35 / 1}
        assert {line.key: line.weight for line in lines} == {
            key: pytest.approx(term / sum(terms.values())) for key, term in terms.items()
        }
        assert [line.weight for line in lines] == sorted((line.weight for line in lines), reverse=True)
        assert {line.key: line.ratings for line in lines} == {0: 1, 1: 1, 2: 0}

    def test_before_anything_is_rated_there_is_no_weight(self):
        analysis, finding = solved(*CHAIN)
        lines = ask_next_lines(finding, analysis, find_certainty(analysis, kappa=0))
        assert len(lines) == 3
        assert {line.weight for line in lines} == {None}

    def test_ten_at_most(self):
        assert len(large_report(200).ask_next) == 10


class TestTeams:
    def test_one_party_of_a_chain(self):
        """B has 1 of its own, 2 are put in, of which 0.5 and 0.35 are lost; 2.15 go on, of which 0.2 are lost."""
        analysis, finding = solved(*CHAIN, ratings=RATED)
        totals = team_totals(analysis, {"b"})
        assert (totals.created, totals.stranded) == (3.0, 0.0)
        assert totals.lost == pytest.approx(0.85 + 2.15 * 0.2)
        assert totals.delivered == pytest.approx(2.15 * 0.8)
        part = team_finding(finding, {"b"}, totals)
        assert [(handoff.key, handoff.rank) for handoff in part.handoffs] == [(1, 1), (0, 2), (2, None)]
        assert math.fsum(handoff.lost_share for handoff in part.handoffs) == pytest.approx(1.0)

    def test_work_inside_the_team_is_lost_once(self):
        analysis, _ = solved("a>b y=.5", "b>C y=.8")
        totals = team_totals(analysis, {"a", "b"})
        assert (totals.created, totals.delivered, totals.lost) == (2.0, pytest.approx(1.2), pytest.approx(0.8))

    def test_nothing_known_is_said(self):
        analysis, finding = solved(*CHAIN)
        totals = team_totals(analysis, {"b"})
        assert (totals.created, totals.delivered, totals.lost, totals.chain_yield) == (1.0, None, None, None)
        assert [handoff.lost_share for handoff in team_finding(finding, {"b"}, totals).handoffs] == [None] * 3

    def test_a_team_without_anybody_is_empty(self):
        analysis, finding = solved(*CHAIN, ratings=RATED)
        totals = team_totals(analysis, ())
        assert (totals.created, totals.delivered, totals.lost, totals.chain_yield) == (0.0, 0.0, 0.0, None)
        assert team_finding(finding, (), totals).handoffs == ()

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    @given(random_chains(ratings=True, teams=True), st.sampled_from(["", "red", "blue"]))
    def test_what_enters_a_team_leaves_it_is_lost_or_is_stranded(self, chain, team):
        analysis = analyse(chain)
        finding = find_bottlenecks(chain, organization="Acme", analysis=analysis)
        members = {party.id for party in finding.parties if party.team == team and party.kind != PartyKind.END_CUSTOMER}
        totals = team_totals(analysis, members)
        part = team_finding(finding, members, totals)
        names = {party.id for party in part.parties}
        assert all({handoff.supplier, handoff.customer} <= names for handoff in part.handoffs)
        structure = part.structure
        assert names.issuperset(
            [
                *structure.dead_ends,
                *(party for loop in structure.cycles for party in loop.parties),
                *(party for point in structure.single_points for party in (point.party, *point.blocks)),
                *(party.most_important_client for party in part.parties if party.most_important_client),
            ]
        )
        if finding.analysed:
            assert totals.created == pytest.approx(totals.delivered + totals.lost + totals.stranded, abs=1e-9)
            assert totals.lost == pytest.approx(math.fsum(handoff.lost for handoff in part.handoffs), abs=1e-9)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(random_chains(ratings=True, teams=True))
    def test_a_team_of_everybody_is_the_organization(self, chain):
        analysis = analyse(chain)
        finding = find_bottlenecks(chain, organization="Acme", analysis=analysis)
        everybody = {party.id for party in finding.parties if party.kind != PartyKind.END_CUSTOMER}
        totals = team_totals(analysis, everybody)
        if finding.analysed:
            own = sum(
                capacity
                for capacity, kind in zip(chain.capacity.tolist(), chain.party_kinds, strict=True)
                if kind == PartyKind.END_CUSTOMER
            )
            assert totals.created == pytest.approx(finding.created - own)
            assert totals.lost == pytest.approx(finding.lost, abs=1e-9)
            assert totals.stranded == pytest.approx(finding.stranded, abs=1e-9)
            assert totals.delivered == pytest.approx(finding.delivered - own, abs=1e-9)


class TestSaid:
    def test_reasons_are_shares_of_those_who_named_one(self):
        scored = [ScoredReason(4, Reason.LATE), ScoredReason(9, Reason.LATE), ScoredReason(0, Reason.HABIT)]
        scored += [ScoredReason(3, None), ScoredReason(10, Reason.OTHER)]
        missing = {Dimension.RESPONSIVENESS: Chip.MISSING}
        care = find_care_profile([missing] * 4 + [{Dimension.RESPONSIVENESS: Chip.GOOD}])
        found = said_of([one.score for one in scored], find_reasons(scored), care)
        assert found.reasons == ((Reason.LATE, pytest.approx(2 / 3)), (Reason.HABIT, pytest.approx(1 / 3)))
        assert (found.care_weakest, found.care_missing) == (Dimension.RESPONSIVENESS, 0.8)
        assert (found.score.answers, found.score.mean, found.score.nps.score) == ("5", 5.2, -20)

    def test_few_answers_have_no_weakest_part(self):
        care = find_care_profile([{Dimension.RESPONSIVENESS: Chip.MISSING}] * 4)
        found = said_of([1] * 4, find_reasons([ScoredReason(1)] * 4), care)
        assert (found.care_weakest, found.care_missing, found.reasons) == (None, None, ())

    def test_a_released_cell_is_told_as_it_was_published(self):
        cell = ReleasedCell(Table.LINK, ("a", "b"), CellState.SHOWN, 9.0, Clip.AT_LEAST, ">20", 60)
        shares = Shares(
            reasons={
                reason: {Reason.LATE: 40, Reason.HABIT: 40, Reason.OTHER: 20}.get(reason, 10) for reason in Reason
            },
            moments={},
            good=dict.fromkeys(Dimension, 10),
            missing={dimension: 10 if dimension == Dimension.IDEAL_SERVICE else 30 for dimension in Dimension},
        )
        found = released_said(cell, shares)
        assert found.score == Score(">20", 9.0, Clip.AT_LEAST, None, 60)
        assert found.reasons == ((Reason.HABIT, 0.4), (Reason.LATE, 0.4), (Reason.OTHER, 0.2))
        assert (found.care_weakest, found.care_missing) == (Dimension.CULTURE_OF_SERVICE, 0.3)
        hidden = ReleasedCell(Table.LINK, ("a", "b"), CellState.NOT_SHOWN)
        assert released_said(hidden, None) == SaidOf(Score(""))

    def test_a_question_that_was_not_asked_says_nothing(self):
        cell = ReleasedCell(Table.LINK, ("a", "b"), CellState.SHOWN, 5.0, Clip.NONE, ">20", 0)
        silent = Shares(dict.fromkeys(Reason, 10), {}, dict.fromkeys(Dimension, 10), dict.fromkeys(Dimension, 10))
        found = released_said(cell, silent)
        assert (found.reasons, found.care_weakest, found.care_missing) == ((), None, None)


class TestStructure:
    def test_by_name(self):
        _, finding = solved("a>b y=.5", "b>a y=.5", "b>C y=1", extra="d D2")
        lines = structure_lines(
            finding, one_sided=OneSided(2), owners=[DecisionOwner("b", 3, 2, 0, 0.5)], names={
                party.id: f"<{party.id}>" for party in finding.parties
            },
        )  # fmt: skip
        assert lines.dead_ends == ("<d>",)
        assert lines.customers_without_supplier == ("<D2>",)
        assert lines.loops[0][0] == ("<a>", "<b>")
        assert lines.single_points[0][:2] == ("<b>", 1)
        assert lines.decision_owners == (OwnerLine("<b>", 3, 2, 0.5),)
        assert not lines.is_empty
        assert structure_lines(solved("a>C y=1")[1]).is_empty


class TestReleasedCoverage:
    @given(st.integers(0, 200), st.data())
    def test_it_never_says_that_everybody_or_all_but_one_answered(self, people, data):
        """Whoever sees the coverage and the released band has three numbers of answers at least to choose from."""
        answered = data.draw(st.integers(0, people))
        shown = answered >= 5
        cell = ReleasedCell(
            Table.ORGANIZATION,
            (),
            CellState.SHOWN if shown else CellState.NOT_SHOWN,
            raters=band_of(answered) if shown else None,
        )
        found = released_coverage(10, people, cell)
        if found is None:
            assert people in {fewest + more for fewest, _band in BANDS for more in (0, 1)}
            return
        assert (found.people_asked, found.people_answered, found.handoffs_rated, found.teams) == (
            people,
            None,
            None,
            (),
        )
        alike = {other for other in range(people + 1) if other >= 5 and shown and band_of(other) == band_of(answered)}
        assert not shown or len(alike) >= 3
        if found.band:
            assert {band_of_response(people, other) for other in alike} == {Band(found.band)}
        if found.is_low is not None:
            assert {other < 0.6 * people for other in alike} == {found.is_low}

    def test_the_answers_change_nothing_but_the_release(self):
        hidden = ReleasedCell(Table.ORGANIZATION, (), CellState.NOT_SHOWN)
        found = released_coverage(48, 24, hidden)
        assert (found.band, found.is_low) == ("", None)


def test_the_reports_that_other_tests_use_are_sound():
    for report in (example_report(), released_report(), empty_report(), one_rating_report(), large_report(300)):
        keys = {handoff.key for handoff in report.finding.handoffs}
        assert keys.issuperset(link.key for link in report.links)
        totals = report.totals
        if totals.lost is not None:
            assert totals.created == pytest.approx(totals.delivered + totals.lost + totals.stranded)
            assert report.pareto[-1].cumulative == 1.0
        assert not report.positions or report.positions.keys() == {party.key for party in report.finding.parties}
    assert example_report(proof="x").proof == "x"
    change = example_report().change
    parts = change.by_yield + change.by_assumed + change.by_flow + change.new + change.removed
    assert parts == pytest.approx(change.lost_now - change.lost_before, abs=1e-9)
