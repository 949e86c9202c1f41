"""Who may have which report, what is kept of it, and what there is before the first round."""

from __future__ import annotations

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.findings import Basis
from chainmap.domain.reports import OneSided
from chainmap.domain.roles import Role
from chainmap.models import Agreement, HandOff, Organization, Party, Rating, Round, Team
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.reports import report_find, report_sources
from tests.after import make_workshop
from tests.cast import make_user
from tests.crowd import answer_all, make_crowd, make_round
from tests.services.reported import (
    LOST,
    by_deliverable,
    closed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db):
    return make_crowd()


def spring(organization) -> Round:
    return Round.objects.get(organization=organization, name="Spring")


class TestWhoReads:
    def test_a_stranger_finds_nothing(self, organization, people, zoe):
        for call in (
            lambda: report_find(actor=zoe, organization=organization),
            lambda: report_find(actor=zoe, organization=organization, round=spring(organization)),
            lambda: report_sources(actor=zoe, organization=organization),
        ):
            with pytest.raises(NotFound):
                call()

    def test_what_is_of_another_organization_is_not_there(self, organization, other_organization, carla):
        theirs = make_workshop(other_organization)
        for asked in (
            {"round": spring(other_organization)},
            {"team": Team.objects.filter(organization=other_organization).first()},
            {"workshop": theirs},
        ):
            with pytest.raises(NotFound):
                report_find(actor=carla, organization=organization, **asked)

    def test_there_is_none_before_the_round_is_closed(self, crowd):
        made = make_round(crowd, "anonymous")
        answer_all(made, by_deliverable)
        with pytest.raises(NotFound):
            report_find(actor=OPERATOR, organization=crowd, round=made)
        with pytest.raises(NotFound):
            report_find(actor=OPERATOR, organization=crowd)
        assert report_sources(actor=OPERATOR, organization=crowd).rounds == ()

    def test_single_answers_are_for_coach_and_manager(self, organization, people):
        for who in ("bob", "carla"):
            assert report_find(actor=people[who], organization=organization).links[0].score.mean == 8.0
        for who in ("alice", "dora", "erik"):
            found = report_find(actor=people[who], organization=organization)
            assert (found.links[0].score.answers, found.links[0].score.mean) == ("1", None)
            assert found.links[0].score.nps is None
            assert found.totals.lost == pytest.approx(LOST)

    def test_claims_of_one_side_are_counted_and_named_to_nobody(self, organization, people):
        named = {one.code: one for one in Party.objects.filter(organization=organization)}
        HandOff.objects.create(
            organization=organization, supplier=named["dan"], customer=named["bob"], deliverable="x", is_claim=True
        )
        for who in ("bob", "carla", "erik"):
            assert report_find(actor=people[who], organization=organization).structure.one_sided == OneSided(1)

    def test_agreements_of_two_are_counted_from_six_hand_offs_on_and_never_listed(self, crowd):
        made = closed(crowd, "open")
        day = timezone.localdate()
        for number, handoff in enumerate(HandOff.objects.filter(organization=crowd).order_by("pk")[:6]):
            Agreement.objects.create(
                handoff=handoff,
                sentence="CANARY",
                due_on=day,
                state="agreed",
                owner=handoff.supplier,
                made_by=handoff.supplier,
            )
            found = report_find(actor=OPERATOR, organization=crowd, round=made)
            assert found.agreements.open == (6 if number == 5 else None)
            assert "CANARY" not in repr(found)
        assert found.agreements.overdue == 6
        member = make_user("member", crowd, Role.MEMBER)
        assert report_find(actor=member, organization=crowd, round=made).agreements.open is None


class TestKept:
    def test_a_second_look_asks_little_and_a_change_is_seen(self, organization, carla, django_assert_max_num_queries):
        before = report_find(actor=carla, organization=organization)
        with django_assert_max_num_queries(16):
            assert report_find(actor=carla, organization=organization) == before
        Rating.objects.filter(handoff__deliverable="report").update(score=10)
        organization.touch()
        after = report_find(actor=carla, organization=organization)
        assert after.totals.delivered > before.totals.delivered
        assert after.proof != before.proof

    @pytest.mark.parametrize("mode", ["open", "pair"])
    def test_as_many_queries_for_many_as_for_few(self, db, mode, django_assert_max_num_queries):
        for size in (8, 16):
            organization = make_crowd(f"Crowd of {size}", size=size)
            closed(organization, mode)
            organization = Organization.objects.get(pk=organization.pk)
            with django_assert_max_num_queries(40):
                report_find(actor=OPERATOR, organization=organization)


# ---- before the first round


def test_before_the_first_round_there_is_a_report_of_what_was_imported_or_measured(organization, carla, zoe):
    """Nothing is closed; the same figures as on the page of the chain, and coverage of the whole chain."""
    Round.objects.filter(organization=organization).update(state=Round.State.OPEN)
    assert not report_sources(actor=carla, organization=organization).rounds
    report = report_find(actor=carla, organization=organization)
    finding = bottlenecks_find(actor=carla, organization=organization)
    assert report.finding == finding
    assert (report.scope.round, report.scope.closed_on, report.method.window) == ("", None, "all")
    assert report.totals.chain_yield == finding.chain_yield
    assert report.totals.interval.low < finding.chain_yield < report.totals.interval.high
    assert (report.coverage.handoffs_asked, report.coverage.handoffs_rated, report.coverage.people_asked) == (6, 4, 0)
    assert report.links[0].score.mean is not None
    assert report.change is None
    sales = Team.objects.get(organization=organization, name="Sales")
    assert report_find(actor=carla, organization=organization, team=sales).scope.name == "Sales"
    with pytest.raises(NotFound):
        report_find(actor=zoe, organization=organization)


def test_with_nothing_rated_and_nothing_measured_there_is_no_report(organization, carla):
    Round.objects.filter(organization=organization).delete()
    organization.touch()
    with pytest.raises(NotFound):
        report_find(actor=carla, organization=organization)


def test_passes_of_an_event_log_are_enough_for_a_report(organization, carla):
    Round.objects.filter(organization=organization).delete()
    HandOff.objects.filter(organization=organization).update(passes=10, returned=2)
    organization.touch()
    report = report_find(actor=carla, organization=organization)
    assert {link.basis for link in report.links} == {Basis.MEASURED}
    assert report.score.answers == ""
