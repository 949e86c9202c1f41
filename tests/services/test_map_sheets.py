"""The sheet of a hand-off: to every reader what their pages show anyway, and to nobody more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.reasons import Reason
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.models import Agreement, HandOff, Membership, MirrorGuess, Moment, Party, Round
from chainmap.services.map_sheets import sheet_find, team_sheet_find
from chainmap.services.maps import map_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.pair import make_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def forecast(organization):
    return HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


def sheet(user, handoff, **asked):
    return sheet_find(actor=user, organization=handoff.organization, handoff=handoff.pk, **asked)


def card(ask):
    return Card(score=4, reason=Reason.LATE, care={next(iter(Dimension)): Chip.MISSING}, comment="CANARY words")


class TestWhoSeesWhat:
    def test_everybody_inside_sees_the_figures_of_the_map(self, forecast, people):
        told = {name: sheet(user, forecast) for name, user in people.items()}
        assert {one.handoff.key for one in told.values()} == {forecast.pk}
        assert {one.handoff.ratings for one in told.values()} == {1}
        assert all(one.likely is not None for one in told.values())

    def test_single_ratings_are_for_coach_and_manager_and_the_two_sides(self, forecast, people, pair):
        seeing = {name: len(sheet(user, forecast).said) for name, user in people.items()}
        assert seeing == {"alice": 1, "bob": 1, "carla": 1, "dora": 0, "erik": 0}
        # marta stands for the party bob who gave it; toni has nothing to do with it
        assert len(sheet(pair.marta, forecast).said) == 1
        assert sheet(pair.toni, forecast).said == ()
        assert {name: sheet(user, forecast).may_see_ratings for name, user in people.items()} == {
            "alice": False, "bob": True, "carla": True, "dora": False, "erik": False
        }  # fmt: skip

    def test_what_was_said_in_a_pair_round_is_not_on_the_map(self, db):
        crowd = make_crowd()
        coach = make_user("coach", crowd, Role.COACH)
        giver = make_user("giver", crowd, Role.MEMBER)
        Party.objects.filter(organization=crowd, code="red0").update(user=giver)
        made = make_round(crowd, "pair")
        answer_all(made, card)
        made = close(made)
        handoff = HandOff.objects.filter(organization=crowd, supplier__code="red0").first()
        handoff.organization = crowd
        assert sheet(coach, handoff).said == ()
        assert sheet(giver, handoff).said == ()
        for user in (coach, giver):  # by person there is no such thing
            with pytest.raises(NotFound):
                sheet(user, handoff, round=made)

    def test_reasons_care_and_comments_of_an_open_round(self, db):
        crowd = make_crowd()
        users = {role: make_user(role.value, crowd, role) for role in Role}
        made = make_round(crowd, "open")
        answer_all(made, card)
        handoff = HandOff.objects.filter(organization=crowd, supplier__code="red0").first()
        handoff.organization = crowd
        assert sheet(users[Role.COACH], handoff).said == ()  # not closed: nobody is told anything
        made = close(made)
        for role, user in users.items():
            told = sheet(user, handoff)
            words = [one.seen.card.comment for one in told.said]
            if role in (Role.COACH, Role.MANAGER):
                assert words == ["CANARY words"]
                assert told.reasons.most_frequent == (Reason.LATE,)
                assert told.care is not None
            else:
                assert (words, told.reasons, told.care) == ([], None, None)
        assert len(sheet(users[Role.COACH], handoff, round=made).said) == 1

    def test_the_guess_is_the_suppliers_own(self, forecast, people, pair):
        spring = Round.objects.get(organization=forecast.organization)
        MirrorGuess.objects.create(round=spring, handoff=forecast, guess=9)
        assert [(one.gap.guess, one.gap.rating) for one in sheet(people["alice"], forecast).said] == [(9, 6)]
        for user in (people["bob"], people["carla"], pair.marta):
            assert [one.gap for one in sheet(user, forecast).said] == [None]

    def test_moments_agreements_and_claims_are_for_the_two_sides(self, forecast, people, pair):
        Moment.objects.create(
            handoff=forecast, teller=forecast.customer, kind="magic", words="CANARY", told_on=timezone.localdate()
        )
        made = pair.propose()
        for user in (pair.alice, pair.marta):
            own = sheet(user, forecast).own
            assert [moment.words for moment in own.moments.moments] == ["CANARY"]
            assert [one.pk for one in own.talks.agreements] == [made.pk]
        for user in (people["bob"], people["carla"], people["dora"], people["erik"], pair.toni):
            assert sheet(user, forecast).own is None

    def test_an_agreement_is_the_coachs_if_both_share_it(self, forecast, people):
        made = Agreement.objects.create(
            handoff=forecast,
            sentence="It comes by Tuesday",
            made_by=forecast.customer,
            owner=forecast.supplier,
            due_on=timezone.localdate() + timedelta(days=3),
            state="agreed",
            shared_by_supplier=True,
        )
        assert sheet(people["bob"], forecast).shared == ()
        Agreement.objects.filter(pk=made.pk).update(shared_by_customer=True)
        assert [one.pk for one in sheet(people["bob"], forecast).shared] == [made.pk]
        for name in ("carla", "dora", "erik", "alice"):
            assert sheet(people[name], forecast).shared == ()
        other = HandOff.objects.get(organization=forecast.organization, supplier__code="bob")
        assert sheet(people["bob"], other).shared == ()


class TestNotThere:
    def test_a_stranger_and_somebody_who_left_the_organization(self, forecast, zoe, people):
        with pytest.raises(NotFound):
            sheet(zoe, forecast)
        Membership.objects.filter(user=people["carla"]).delete()
        with pytest.raises(NotFound):
            sheet(people["carla"], forecast)

    def test_another_organizations_a_removed_and_a_claimed_one(self, organization, other_organization, bob):
        elsewhere = HandOff.objects.filter(organization=other_organization).first()
        removed, claimed = HandOff.objects.filter(organization=organization)[:2]
        HandOff.objects.filter(pk=removed.pk).update(is_removed=True)
        HandOff.objects.filter(pk=claimed.pk).update(is_claim=True)
        organization.touch()
        for number in (elsewhere.pk, removed.pk, claimed.pk, 0, 2**62):
            with pytest.raises(NotFound):
                sheet_find(actor=bob, organization=organization, handoff=number)


class TestTeams:
    @pytest.fixture
    def crowd(self, db):
        return make_crowd()

    def ends(self, made, supplier, customer):
        found = map_find(actor=OPERATOR, organization=made.organization, round=made)
        number = {party.name: party.id for party in found.parties}
        return number[supplier], number[customer]

    @pytest.mark.parametrize("mode", ["pair", "anonymous"])
    def test_it_says_what_the_release_says(self, crowd, mode):
        made = make_round(crowd, mode)
        answer_all(made, card)
        made = close(made)
        supplier, customer = self.ends(made, "Red", "Blue")
        found = team_sheet_find(
            actor=make_user("m", crowd, Role.MEMBER), round=made, supplier=supplier, customer=customer
        )
        assert found.cell.cell.state == CellState.SHOWN
        assert found.cell.cell.mean == 4
        assert found.cell.comments == ()
        assert found.handoff.yield_ == pytest.approx(0.4)

    def test_a_hidden_cell_tells_nothing(self, crowd):
        made = make_round(crowd, "pair")
        answer_all(made, lambda ask: card(ask) if ask.rater.code in ("blue0", "blue1") else None)
        made = close(made)
        supplier, customer = self.ends(made, "Red", "Blue")
        found = team_sheet_find(
            actor=make_user("m", crowd, Role.MANAGER), round=made, supplier=supplier, customer=customer
        )
        assert found.cell is None or found.cell.cell.mean is None
        assert found.handoff.basis == "assumed"

    def test_where_nothing_is_handed_over_there_is_no_sheet(self, crowd):
        made = close(make_round(crowd, "pair"))
        red, client = self.ends(made, "Red", "End customers")
        member = make_user("m", crowd, Role.MEMBER)
        for ends in ((red, client), (client, red), (99, red), (red, -1)):
            with pytest.raises(NotFound):
                team_sheet_find(actor=member, round=made, supplier=ends[0], customer=ends[1])
        with pytest.raises(NotFound):
            team_sheet_find(actor=make_user("zoe2"), round=made, supplier=red, customer=red)

    def test_a_round_by_person_has_none(self, crowd):
        made = make_round(crowd, "open")
        answer_all(made, card)
        made = close(made)
        with pytest.raises(NotFound):
            team_sheet_find(actor=make_user("m", crowd, Role.COACH), round=made, supplier=0, customer=1)


def test_the_number_of_queries_does_not_depend_on_how_much_was_said(forecast, bob):
    sheet(bob, forecast)

    def counted():
        with CaptureQueriesContext(connection) as made:
            sheet(bob, forecast)
        return len(made)

    before = counted()
    for number in range(5):
        again = Round.objects.create(organization=forecast.organization, name=f"R{number}", mode="open", state="closed")
        again.ratings.create(handoff=forecast, rater=forecast.customer, score=number)
    assert counted() == before
    assert len(sheet(bob, forecast).said) == 6
