"""The record of a report: figures worked by hand on Acme, and what a release allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.findings import Basis
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.release import CellState, Clip
from chainmap.domain.reports import Coverage, Hidden, OneSided, Subject
from chainmap.models import HandOff, Party, Rating, Round, Team, TeamLead
from chainmap.services.releases import release_of, release_table
from chainmap.services.reports import report_find, report_sources, reports_forget
from chainmap.services.rounds import round_reopen
from tests.crowd import answer_all, close, make_crowd, make_round, save
from tests.services.reported import (
    BOB,
    CARLA,
    FORECAST,
    LOST,
    MEAN,
    PLAN,
    REPORT,
    by_deliverable,
    closed,
    team,
)

pytestmark = pytest.mark.django_db
DELIVERED = CARLA * 2 / 3 * REPORT


@pytest.fixture
def crowd(db):
    return make_crowd()


class TestOpenRound:
    def test_the_totals_are_those_worked_by_hand(self, organization, carla):
        found = report_find(actor=carla, organization=organization)
        totals = found.totals
        assert totals.created == 4.0
        assert totals.delivered == pytest.approx(DELIVERED)
        assert totals.lost == pytest.approx(LOST)
        assert totals.stranded == 1.0  # Dan's
        assert totals.delivered + totals.lost + totals.stranded == pytest.approx(4.0)
        assert totals.chain_yield == pytest.approx(DELIVERED / 4)
        assert totals.interval.low < totals.chain_yield < totals.interval.high
        assert totals.mean_yield == pytest.approx(MEAN)

    def test_the_links_say_what_repairing_them_brings(self, organization, carla):
        found = report_find(actor=carla, organization=organization)
        first = found.links[0]
        assert (first.supplier, first.customer, first.deliverable) == ("Carla Conti", "The client", "report")
        assert (first.rank, first.basis, first.score.answers, first.score.mean) == (1, Basis.RATED, "1", 8.0)
        assert first.yield_ == pytest.approx(REPORT)
        assert first.lost == pytest.approx(CARLA * 2 / 3 * (1 - REPORT))
        # Carla's report leads straight to the client, and what would arrive there comes back to nobody
        assert first.recoverable == pytest.approx(first.lost)
        assert first.of_created == pytest.approx(first.lost / 4)
        assert first.yield_interval.low < REPORT < first.yield_interval.high
        assert first.lost_interval.low < first.lost < first.lost_interval.high
        assert first.top_probability == 1.0  # there are four in all
        assert [link.rank for link in found.links] == [1, 2, 3, 4]
        assert found.method.draws == 200

    def test_the_pareto_and_what_to_ask_next(self, organization, carla):
        found = report_find(actor=carla, organization=organization)
        assert [bar.lost for bar in found.pareto[:-1]] == sorted((bar.lost for bar in found.pareto[:-1]), reverse=True)
        rest = found.pareto[-1]
        assert (rest.key, rest.others, rest.cumulative) == (None, 1, 1.0)  # questions, which nobody rated
        assert rest.lost == pytest.approx(CARLA / 3 * (1 - MEAN))
        assert sum(bar.lost for bar in found.pareto) == pytest.approx(LOST)
        assert found.ask_next[0].deliverable == "report"
        assert sum(line.weight for line in found.ask_next) == pytest.approx(1.0)
        assert {line.deliverable: line.ratings for line in found.ask_next} == {
            "report": 1, "plan": 1, "forecast": 1, "figures": 1, "questions": 0
        }  # fmt: skip

    def test_an_imported_round_asked_nobody(self, organization, carla):
        found = report_find(actor=carla, organization=organization)
        assert found.coverage == Coverage(6, 4, 0, None, "", False)
        assert (found.method.question_set, found.method.window) == ("", "round")
        assert found.scope.closed_on == date(2026, 5, 4)  # the day of the latest rating
        assert (found.scope.subject, found.scope.mode, found.scope.k) == (Subject.ORGANIZATION, "open", None)
        assert (found.score.answers, found.score.mean, found.score.nps.answers) == ("4", 6.75, 4)

    def test_the_shape_is_said_by_name(self, organization, carla):
        bob = Party.objects.get(organization=organization, code="bob")
        HandOff.objects.filter(organization=organization, deliverable__in=["forecast", "report"]).update(
            decision_owner=bob
        )
        people = {one.code: one for one in Party.objects.filter(organization=organization)}
        HandOff.objects.create(
            organization=organization, supplier=people["dan"], customer=people["bob"], deliverable="x", is_claim=True
        )
        organization.touch()
        shape = report_find(actor=carla, organization=organization).structure
        assert shape.dead_ends == ("Dan Duval",)
        assert [names for names, _again in shape.loops] == [("Bob Brown", "Carla Conti")]
        assert shape.single_points[0][:2] == ("Carla Conti", 3)
        assert shape.one_sided == OneSided(1)  # never which: until the other says yes that is between the two
        (owner,) = shape.decision_owners
        assert (owner.name, owner.handoffs, owner.askers) == ("Bob Brown", 2, 2)
        assert owner.dependence == pytest.approx(1.0)  # everything passes the report

    def test_places_are_those_of_the_map(self, organization, carla):
        found = report_find(actor=carla, organization=organization)
        assert found.positions.keys() == {party.key for party in found.finding.parties}

    def test_nothing_rated_leaves_the_structure(self, organization, carla):
        Rating.objects.all().delete()
        organization.touch()
        found = report_find(actor=carla, organization=organization)
        assert (found.finding.analysed, found.links, found.pareto) == (False, (), ())
        assert found.totals == replace(found.totals, created=4.0, delivered=None, lost=None, chain_yield=None)
        assert found.coverage.is_low is True
        assert (found.score.answers, found.moments, found.method.draws) == ("", None, 0)
        assert found.structure.dead_ends == ("Dan Duval",)
        assert (found.ask_next[0].deliverable, found.ask_next[0].weight) == ("forecast", None)

    def test_one_rating(self, organization, carla):
        Rating.objects.exclude(handoff__deliverable="report").delete()
        organization.touch()
        found = report_find(actor=carla, organization=organization)
        assert [link.deliverable for link in found.links] == ["report"]
        assert found.links[0].yield_ == pytest.approx(0.8)
        assert found.score.mean == 8.0
        assert found.coverage.is_low is True

    def test_coverage_counts_who_was_asked(self, crowd):
        made = make_round(crowd, "open")
        answer_all(made, lambda ask: Card(score=6) if ask.rater.code.startswith("blue") else None)
        made = close(made)
        found = report_find(actor=OPERATOR, organization=crowd, round=made).coverage
        # 48 hand-offs within the house; the 16 that Blue gets were rated, by the 8 people of Blue
        assert (found.handoffs_asked, found.handoffs_rated) == (48, 16)
        assert (found.people_asked, found.people_answered, found.band, found.is_low) == (24, 8, "under_half", True)
        assert [group.band for group in found.teams] == ["under_half"]  # teams of eight are told together
        assert report_find(actor=OPERATOR, organization=crowd, round=made).hidden.people_small == 0

    def test_reasons_care_and_moments(self, crowd):
        made = make_round(crowd, "open")
        answer_all(made, by_deliverable)
        asks = made.asks.filter(handoff__supplier__code="red0").select_related("rater", "handoff").order_by("pk")
        save(made, asks[0], Card(score=2, reason=Reason.HABIT, care={Dimension.EMPOWERMENT: Chip.MISSING}))
        made = close(made)
        found = report_find(actor=OPERATOR, organization=crowd, round=made)
        worst = {link.key: link for link in found.links}
        told = [link.reasons for link in worst.values()]
        assert all(reasons[0][1] == 1.0 for reasons in told)
        assert {reasons[0][0] for reasons in told} <= {Reason.LATE, Reason.HABIT}
        assert found.moments.counts == {Moment.MAGIC: 47, Moment.ORDINARY: 0, Moment.MISERY: 0}
        assert found.moments.magic_for_one_misery == 2.0
        assert found.method.question_set == "full"

    def test_while_it_is_open_again_the_cards_are_not_told(self, crowd):
        made = closed(crowd, "open")
        before = report_find(actor=OPERATOR, organization=crowd, round=made)
        assert before.links[0].reasons == ((Reason.LATE, 1.0),)
        round_reopen(actor=OPERATOR, round=made, closes_at=None)
        made.refresh_from_db()
        found = report_find(actor=OPERATOR, organization=crowd, round=made)
        assert (found.moments, found.links[0].reasons) == (None, ())
        assert (found.scope.version, found.links[0].score.mean) == (1, before.links[0].score.mean)


class TestChange:
    def test_the_parts_add_up_and_the_round_before_is_of_the_same_kind(self, crowd):
        first = closed(crowd, "open", name="First")
        closed(crowd, "pair", name="Between")
        second = closed(crowd, "open", lambda ask: Card(score=min(by_deliverable(ask).score + 1, 10)), name="Second")
        for days, made in ((60, first), (0, second)):
            Round.objects.filter(pk=made.pk).update(closed_on=timezone.localdate() - timedelta(days=days))
        second.refresh_from_db()
        found = report_find(actor=OPERATOR, organization=crowd, round=second)
        change = found.change
        assert change.round == "First"
        parts = change.by_yield + change.by_assumed + change.by_flow + change.new + change.removed
        assert parts == pytest.approx(change.lost_now - change.lost_before, abs=1e-9)
        assert change.yield_now == pytest.approx(found.totals.chain_yield)
        assert change.yield_now > change.yield_before
        assert change.difference.low < change.yield_now - change.yield_before < change.difference.high
        assert change.comparable
        assert len(change.moved) == 10
        assert change.nps_now.answers == 48

    def test_the_first_round_has_nothing_before_it(self, organization, carla):
        assert report_find(actor=carla, organization=organization).change is None


class TestProtectedRound:
    @pytest.mark.parametrize("mode", ["pair", "anonymous"])
    def test_it_says_what_the_release_says(self, crowd, mode):
        made = closed(crowd, mode)
        found = report_find(actor=OPERATOR, organization=crowd, round=made)
        assert (found.scope.by_team, found.scope.mode, found.scope.k) == (True, mode, 5)
        cells = {tuple(map(str, cell.key)): cell for cell in release_table(release_of(round=made)).cells}
        ids = {party.name: party.id for party in found.finding.parties}
        for link in found.links:
            cell = cells[ids[link.supplier], ids[link.customer]]
            assert (link.score.answers, link.score.mean, link.score.released_nps) == (cell.raters, cell.mean, cell.nps)
            assert link.score.nps is None
            unknown = (link.yield_interval, link.lost_interval, link.recoverable_interval, link.top_probability)
            assert unknown == (None,) * 4
        assert {(link.supplier, link.customer, link.score.mean) for link in found.links} == {
            ("Red", "Blue", 6.0), ("Blue", "Green", 9.0), ("Green", "Red", 4.0)
        }  # fmt: skip
        assert found.links[0].yield_ == pytest.approx(0.4)
        assert (found.totals.interval, found.method.draws) == (None, 0)
        assert found.score.clip == Clip.NONE
        assert found.hidden.links == 1  # Green -> end customers: nobody was asked
        assert found.structure.one_sided == OneSided(0)
        assert not any(party.name in {"Red 0", "The client"} for party in found.finding.parties)

    def test_coverage_is_as_coarse_as_the_release(self, crowd):
        everybody = closed(crowd, "pair")
        found = report_find(actor=OPERATOR, organization=crowd, round=everybody).coverage
        # more than 20 of 24: more than three quarters
        assert found == Coverage(48, None, 24, None, "over_three_quarters", False)

    def test_a_round_of_which_nothing_is_shown(self, crowd):
        made = closed(crowd, "anonymous", lambda ask: Card(score=3) if ask.rater.code in {"red0", "red1"} else None)
        found = report_find(actor=OPERATOR, organization=crowd, round=made)
        assert (found.links, found.totals.delivered, found.score.answers) == ((), None, "")
        assert found.coverage == Coverage(48, None, 24, None, "", None)
        cells = release_table(release_of(round=made)).cells
        shown = {"organization", "rater_team", "supplier_team", "link"}
        not_shown = [cell for cell in cells if cell.state == CellState.NOT_SHOWN and cell.table in shown]
        assert found.hidden == Hidden(cells=len(not_shown), links=len(found.finding.handoffs))
        assert not_shown

    def test_claims_and_agreements_of_today_do_not_enter(self, crowd):
        made = closed(crowd, "pair")
        before = report_find(actor=OPERATOR, organization=crowd, round=made)
        people = {one.code: one for one in Party.objects.filter(organization=crowd)}
        HandOff.objects.create(
            organization=crowd, supplier=people["red0"], customer=people["red1"], deliverable="x", is_claim=True
        )
        HandOff.objects.filter(organization=crowd, deliverable="spec").update(decision_owner=people["red1"])
        crowd.touch()
        reports_forget()
        assert repr(report_find(actor=OPERATOR, organization=crowd, round=made)) == repr(before)

    def test_two_releases_are_compared(self, crowd):
        first = closed(crowd, "pair", name="First")
        Round.objects.filter(pk=first.pk).update(closed_on=timezone.localdate() - timedelta(days=60))
        second = closed(crowd, "anonymous", lambda ask: Card(score=8), name="Second")
        change = report_find(actor=OPERATOR, organization=crowd, round=second).change
        assert (change.round, change.comparable, change.difference, change.nps_now) == ("First", False, None, None)
        parts = change.by_yield + change.by_assumed + change.by_flow + change.new + change.removed
        assert parts == pytest.approx(change.lost_now - change.lost_before, abs=1e-9)

    def test_the_proof_is_not_that_of_single_cells(self, crowd):
        made = closed(crowd, "pair")
        found = report_find(actor=OPERATOR, organization=crowd, round=made)
        assert len(found.proof) == 64
        assert found.proof != release_of(round=made).proof


class TestTeam:
    def test_its_totals_are_its_own_and_add_up(self, organization, carla):
        found = report_find(actor=carla, organization=organization, team=team(organization, "Planning"))
        totals = found.totals
        assert (found.scope.subject, found.scope.name) == (Subject.TEAM, "Planning")
        put_in = 0.75 + CARLA / 3  # by Alice and by Carla
        assert totals.created == pytest.approx(1 + put_in)
        assert totals.lost == pytest.approx(0.75 * (1 - FORECAST) + CARLA / 3 * (1 - MEAN) + BOB * (1 - PLAN))
        assert totals.delivered == pytest.approx(BOB * PLAN)
        assert totals.stranded == 0.0
        assert totals.delivered + totals.lost == pytest.approx(totals.created)
        assert [(link.rank, link.deliverable) for link in found.links] == [(1, "plan"), (2, "forecast")]
        whole = report_find(actor=carla, organization=organization)
        gains = {link.key: (link.recoverable, link.of_created, link.recoverable_interval) for link in whole.links}
        for link in found.links:
            assert (link.recoverable, link.of_created, link.recoverable_interval) == gains[link.key]
        assert sum(handoff.lost_share for handoff in found.finding.handoffs) == pytest.approx(1.0)
        assert {party.id for party in found.finding.parties} == {"alice", "bob", "carla"}
        assert found.coverage == Coverage(3, 2, 0, None, "", False)
        assert (found.score.answers, found.score.mean) == ("1", 9.0)  # what is said of the plan
        assert found.structure.loops[0][0] == ("Bob Brown", "Carla Conti")

    def test_dan_of_sales_is_stranded(self, organization, carla):
        found = report_find(actor=carla, organization=organization, team=team(organization, "Sales"))
        assert found.totals.stranded == 1.0
        assert found.structure.dead_ends == ("Dan Duval",)
        assert found.totals.created == pytest.approx(2.0)

    def test_of_a_release_it_is_the_links_of_one_party(self, crowd):
        made = closed(crowd, "pair")
        found = report_find(actor=OPERATOR, organization=crowd, round=made, team=team(crowd, "Blue"))
        assert [(link.supplier, link.customer) for link in found.links] == [("Red", "Blue"), ("Blue", "Green")]
        assert found.totals.delivered + found.totals.lost + found.totals.stranded == pytest.approx(found.totals.created)
        assert (found.coverage, found.hidden.links) == (None, 0)
        assert found.score.mean == 9.0  # the cell of all that was said about Blue

    def test_a_team_that_came_after_the_opening_has_no_report_of_it(self, crowd):
        made = closed(crowd, "pair")
        with pytest.raises(NotFound):
            report_find(
                actor=OPERATOR,
                organization=crowd,
                round=made,
                team=Team.objects.create(organization=crowd, name="New"),
            )

    def test_a_manager_who_leads_a_team_has_that_one_alone(self, organization, carla):
        TeamLead.objects.create(team=team(organization, "Delivery"), user=carla)
        assert report_find(actor=carla, organization=organization, team=team(organization, "Delivery")).links
        with pytest.raises(NotFound):
            report_find(actor=carla, organization=organization, team=team(organization, "Sales"))
        assert report_find(actor=carla, organization=organization).links
        sources = report_sources(actor=carla, organization=organization)
        assert [one.name for one in sources.teams] == ["Delivery"]

    def test_for_a_member_there_is_none(self, organization, alice):
        with pytest.raises(NotFound):
            report_find(actor=alice, organization=organization, team=team(organization, "Sales"))
