"""What a closed round shows, and to whom."""

from __future__ import annotations

import itertools
import json

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.cells import Table
from chainmap.domain.moments import CoachingRules, Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.exports import words
from chainmap.models import HandOff, MirrorGuess, Party, Rating, Release, Round
from chainmap.services.results import own_results_find, rating_share, results_state, round_results_find
from chainmap.services.round_analysis import round_bottlenecks_find, round_draw, round_export
from chainmap.services.rounds import round_reopen
from chainmap.services.settings import coaching_rules_set
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db

#: What everybody says of each deliverable in the crowd.
SCORES = {"spec": 6, "part": 9, "parcel": 4, "delivery": 10}


@pytest.fixture
def crowd(db):
    return make_crowd()


def user_of(crowd, code):
    """A member who stands for the party of that code."""
    user = make_user(f"user-{code}", crowd, Role.MEMBER)
    Party.objects.filter(organization=crowd, code=code).update(user=user)
    return user


def by_deliverable(ask):
    return Card(score=SCORES[ask.handoff.deliverable], comment=f"about {ask.handoff.deliverable}")


def closed(crowd, mode, card_of=by_deliverable, **plan):
    made = make_round(crowd, mode, **plan)
    answer_all(made, card_of)
    return close(made)


@pytest.mark.parametrize("mode", ["open", "pair", "anonymous"])
def test_nothing_is_shown_before_closing(crowd, mode):
    made = make_round(crowd, mode)
    user = user_of(crowd, "red0")
    answer_all(made, by_deliverable)
    assert results_state(round=made) == "not_closed"
    assert own_results_find(actor=user, round=made) is None
    found = round_results_find(actor=user, round=made)
    assert (found.cells, found.organization, found.handoffs) == ((), None, ())
    with pytest.raises(NotFound):
        round_bottlenecks_find(actor=OPERATOR, round=made)


class TestOpen:
    def test_coach_and_manager_see_names_and_scores_and_a_member_does_not(self, crowd):
        made = closed(crowd, "open")
        for role in (Role.COACH, Role.MANAGER):
            seen = round_results_find(actor=make_user(role.value, crowd, role), round=made).handoffs
            assert len(seen) == 48
            assert {len(one.answers) for one in seen} == {1}
        for role in (Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR):
            assert round_results_find(actor=make_user(role.value, crowd, role), round=made).handoffs == ()

    def test_profiles_of_teams_and_organization(self, crowd):
        moments = {"spec": Moment.MISERY, "part": Moment.MAGIC, "parcel": None}
        made = closed(
            crowd,
            "open",
            lambda ask: Card(
                score=SCORES[ask.handoff.deliverable], reason=Reason.LATE, moment=moments[ask.handoff.deliverable]
            ),
        )
        found = round_results_find(actor=OPERATOR, round=made)
        teams = dict(found.teams)
        assert {name: profile.nps.score for name, profile in teams.items()} == {"Red": -100, "Blue": 100, "Green": -100}
        assert found.organization.nps.score == round(100 * (16 - 32) / 48)
        balance = found.organization.moments
        assert (balance.magic, balance.misery) == (16, 16)
        assert found.organization.coaching.magic_still_wanted == 16
        assert found.organization.reasons.most_frequent == (Reason.LATE,)

    def test_the_analysis_is_by_person_and_of_this_round_alone(self, crowd):
        closed(crowd, "open", lambda ask: Card(score=1), name="First")
        second = closed(crowd, "open", lambda ask: Card(score=9), name="Second")
        found = round_bottlenecks_find(actor=OPERATOR, round=second)
        assert not found.by_team
        assert found.mean_yield == pytest.approx(0.9)

    def test_while_open_again_the_closed_answers_stand(self, crowd):
        made = closed(crowd, "open")
        again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
        answer_all(again, lambda ask: Card(score=SCORES[ask.handoff.deliverable], comment="new words"))
        seen = round_results_find(actor=make_user("coach", crowd, Role.COACH), round=again).handoffs
        assert {one.first.card.score for one in seen} == {4, 6, 9}
        assert not [one for one in seen if "new words" in one.first.card.comment]


class TestPair:
    def test_the_two_sides_see_the_rating_and_nobody_else(self, crowd):
        made = closed(crowd, "pair")
        giver, taker, other = (user_of(crowd, code) for code in ("red0", "blue0", "green4"))
        received = own_results_find(actor=giver, round=made).received
        assert [(one.customer, one.card.score, one.card.comment) for one in received] == [
            ("Blue 0", 6, "about spec"), ("Blue 1", 6, "about spec")
        ]  # fmt: skip
        assert "Red 0" in {one.supplier for one in own_results_find(actor=taker, round=made).given}
        mine = own_results_find(actor=other, round=made)
        assert not {"Red 0", "Blue 0"} & {one.supplier for one in mine.received}
        for role in (Role.MANAGER, Role.COACH, Role.ADMINISTRATOR):
            seen = round_results_find(actor=make_user(role.value, crowd, role), round=made)
            assert (seen.handoffs, seen.shared) == ((), ())

    def test_the_coach_sees_a_rating_once_both_sides_share_it(self, crowd):
        made = closed(crowd, "pair", lambda ask: Card(score=6, shared=ask.rater.code == "blue0"))
        giver, coach = user_of(crowd, "red0"), make_user("coach", crowd, Role.COACH)
        shared, private = (
            Rating.objects.get(round=made, handoff__supplier__code="red0", rater__code=code)
            for code in ("blue0", "blue1")
        )
        for rating in (shared, private):
            rating_share(actor=giver, round=made, rating=rating.pk, shared=True)
        assert [one.rating for one in round_results_find(actor=coach, round=made).shared] == [shared.pk]
        rating_share(actor=giver, round=made, rating=shared.pk, shared=False)
        assert round_results_find(actor=coach, round=made).shared == ()

    def test_only_the_supplier_can_tick(self, crowd):
        made = closed(crowd, "pair")
        rating = Rating.objects.filter(round=made, handoff__supplier__code="red0").first()
        for user in (user_of(crowd, "blue0"), user_of(crowd, "green4"), make_user("coach", crowd, Role.COACH)):
            with pytest.raises(NotFound):
                rating_share(actor=user, round=made, rating=rating.pk, shared=True)

    def test_the_mirror_shows_the_gap_to_its_owner_alone(self, crowd):
        made = make_round(crowd, "pair")
        answer_all(made, by_deliverable)
        handoff = Party.objects.get(code="red0").given.get(customer__code="blue0")
        MirrorGuess.objects.create(round=made, handoff=handoff, guess=9)
        made = close(made)
        giver, taker = user_of(crowd, "red0"), user_of(crowd, "blue0")
        gaps = {one.customer: one.gap and one.gap.gap for one in own_results_find(actor=giver, round=made).received}
        assert gaps == {"Blue 0": 3.0, "Blue 1": None}
        given = own_results_find(actor=taker, round=made).given
        assert {one.guess for one in given} == {None}, "what a supplier thought is the supplier's own"


class TestRelease:
    @pytest.mark.parametrize("mode", ["pair", "anonymous"])
    def test_everybody_sees_the_same_cells_and_no_person(self, crowd, mode):
        made = closed(crowd, mode)
        seen = [
            round_results_find(actor=make_user(role.value, crowd, role), round=made).cells for role in Role
        ]  # fmt: skip
        assert all([(row.table, row.cell) for row in one] == [(row.table, row.cell) for row in seen[0]] for one in seen)
        assert Table.SUPPLIER not in {row.table for row in seen[0]}
        link = next(row for row in seen[0] if row.table == Table.LINK and (row.name, row.other_name) == ("Red", "Blue"))
        assert (link.cell.mean, link.cell.raters) == (6.0, "8-12")

    def test_comments_are_for_those_who_may_read_them(self, crowd):
        made = closed(crowd, "anonymous", asks_end_customers=True)

        def comments(role):
            cells = round_results_find(actor=make_user(role.value, crowd, role), round=made).cells
            return {(row.table, row.name) for row in cells if row.comments}

        assert comments(Role.MEMBER) == set()
        assert comments(Role.ADMINISTRATOR) == comments(Role.AUDITOR) == {(Table.ORGANIZATION, "")}
        assert comments(Role.MANAGER) == comments(Role.COACH) == {(Table.ORGANIZATION, "")}, "eight raters a team"

    def test_shares_from_21_people_on(self, crowd):
        made = closed(crowd, "anonymous", lambda ask: Card(score=5, reason=Reason.HABIT))
        cells = {(row.table, row.name): row for row in round_results_find(actor=OPERATOR, round=made).cells}
        assert cells[Table.ORGANIZATION, ""].shares.reasons[Reason.HABIT] == 90
        assert cells[Table.SUPPLIER_TEAM, "Red"].shares is None

    @pytest.mark.parametrize("mode", ["pair", "anonymous"])
    def test_one_end_customer_who_answers_hides_nothing_but_itself(self, crowd, mode):
        """What the client said is counted nowhere; otherwise two of three links would have to hide it."""
        made = closed(crowd, mode, asks_end_customers=True)
        states = {
            (row.name, row.other_name): row.cell.state
            for row in round_results_find(actor=OPERATOR, round=made).cells
            if row.table in {Table.LINK, Table.RATER_TEAM}
        }
        assert states == {
            ("Red", "Blue"): CellState.SHOWN,
            ("Blue", "Green"): CellState.SHOWN,
            ("Green", "Red"): CellState.SHOWN,
            ("Green", "End customers"): CellState.NOT_SHOWN,
            ("Red", ""): CellState.SHOWN,
            ("Blue", ""): CellState.SHOWN,
            ("Green", ""): CellState.SHOWN,
            ("End customers", ""): CellState.NOT_SHOWN,
        }

    def test_own_cell_only(self, crowd):
        made = closed(crowd, "anonymous")
        own = own_results_find(actor=user_of(crowd, "red0"), round=made)
        assert (own.cell.table, own.cell.state, own.received, own.given) == (
            Table.SUPPLIER, CellState.NOT_SHOWN, (), ()
        )  # fmt: skip

    def test_the_analysis_is_by_team_from_the_release(self, crowd):
        made = closed(crowd, "anonymous")
        found = round_bottlenecks_find(actor=OPERATOR, round=made)
        assert found.by_team
        assert {party.name for party in found.parties} == {"Red", "Blue", "Green", "End customers"}
        known = {(one.supplier, one.customer): one.yield_ for one in found.ranked}
        names = {party.id: party.name for party in found.parties}
        assert {(names[one], names[other]): share for (one, other), share in known.items()} == {
            ("Red", "Blue"): 0.6, ("Blue", "Green"): 0.9, ("Green", "Red"): 0.4
        }  # fmt: skip
        assert found.created == pytest.approx(24)
        assert found.delivered + found.lost + found.stranded == pytest.approx(found.created)

    def test_files_and_picture(self, crowd):
        made = closed(crowd, "anonymous")
        document = json.loads(round_export(actor=OPERATOR, round=made, format="json").content)
        assert {party["name"] for party in document["parties"]} == {"Red", "Blue", "Green", "End customers"}
        assert b"red0" not in round_export(actor=OPERATOR, round=made, format="csv").content
        assert round_draw(actor=OPERATOR, round=made).by_team
        with pytest.raises(PermissionDenied):
            round_export(actor=make_user("m", crowd, Role.MEMBER), round=made, format="csv")

    def test_an_earlier_release_stays_while_the_round_is_open_again(self, crowd):
        made = closed(crowd, "anonymous")
        before = round_results_find(actor=OPERATOR, round=made)
        again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
        answer_all(again, lambda ask: Card(score=1))
        assert round_results_find(actor=OPERATOR, round=again) == before


def test_one_new_comment_in_a_round_opened_again_is_not_published(organization):
    crowd = make_crowd("Large", size=12)
    made = closed(crowd, "pair", lambda ask: Card(score=5, comment="as ever"))
    assert "as ever" in Release.objects.get().extras
    again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
    changed = {f"blue{number}" for number in range(7)}

    def card_of(ask):
        if ask.rater.code not in changed:
            return None
        return Card(score=6, comment="the only new one" if ask.rater.code == "blue0" else "as ever")

    answer_all(again, card_of)
    close(again)
    second = Release.objects.get(version=2)
    assert second.content != Release.objects.get(version=1).content, "enough people changed for new numbers"
    assert "the only new one" not in second.extras
    assert "as ever" in second.extras


def test_strangers_find_nothing(crowd, zoe):
    made = closed(crowd, "open")
    for find in (own_results_find, round_results_find, round_bottlenecks_find, round_draw):
        with pytest.raises(NotFound):
            find(actor=zoe, round=made)


def test_coaching_rules_are_settings(crowd):
    made = closed(crowd, "open", lambda ask: Card(score=5, moment=Moment.MISERY))
    with pytest.raises(PermissionDenied):
        coaching_rules_set(actor=make_user("c", crowd, Role.COACH), organization=crowd, rules=CoachingRules(3, 30, 9))
    coaching_rules_set(
        actor=make_user("a", crowd, Role.ADMINISTRATOR), organization=crowd, rules=CoachingRules(3, 30, 9)
    )
    made = Round.objects.select_related("organization").get(pk=made.pk)
    view = round_results_find(actor=OPERATOR, round=made).organization.coaching
    assert (view.magic_wanted, view.told_of_misery) == (3 * 48, 30 * 48)
    with pytest.raises(ValueError, match="at most"):
        coaching_rules_set(actor=OPERATOR, organization=crowd, rules=CoachingRules(1001))


def test_an_imported_round_has_results_too(organization, bob):
    spring = Round.objects.get(organization=organization, name="Spring")
    found = round_results_find(actor=bob, round=spring)
    assert {name for name, _profile in found.teams} == {"Sales", "Planning", "Delivery"}
    assert len(found.handoffs) == 4


class TestOneSupplier:
    """A team whose answers are all about one person is that person."""

    def test_is_shown_to_nobody_else(self, crowd):
        HandOff.objects.filter(deliverable="parcel").delete()
        giver = Party.objects.get(code="green0")
        HandOff.objects.bulk_create(
            HandOff(organization=crowd, supplier=giver, customer=red, deliverable="parcel")
            for red in Party.objects.filter(code__startswith="red")
        )
        made = closed(crowd, "anonymous")
        rows = round_results_find(actor=OPERATOR, round=made).cells
        shown = {(row.table, row.name, row.other_name) for row in rows if row.cell.state == CellState.SHOWN}
        assert (Table.LINK, "Red", "Blue") in shown
        assert not {row for row in shown if row[0] in {Table.LINK, Table.SUPPLIER_TEAM} and row[1] == "Green"}
        names = {party.id: party.name for party in round_bottlenecks_find(actor=OPERATOR, round=made).parties}
        ranked = round_bottlenecks_find(actor=OPERATOR, round=made).ranked
        assert "Green" not in {names[one.supplier] for one in ranked}
        said = words.assumed_sentence(round_bottlenecks_find(actor=OPERATOR, round=made))
        assert said == "2 of 4 hand-offs between teams are not shown and taken as average."
        own = own_results_find(actor=user_of(crowd, "green0"), round=made)
        assert own.cell.state == CellState.SHOWN


def test_numbers_of_ratings_tell_nothing_of_others(crowd):
    made = closed(crowd, "pair")
    numbers = list(Rating.objects.filter(round=made).order_by("handoff_id", "rater_id").values_list("pk", flat=True))
    assert numbers != sorted(numbers)
    assert max(numbers) < 2**53
    assert min(b - a for a, b in itertools.pairwise(sorted(numbers))) > 1


def test_a_hand_off_taken_out_since_breaks_no_result(organization, people):
    """Of an imported round, which asked nobody: its teams are those of today's hand-offs, also of the gone ones."""
    HandOff.objects.filter(organization=organization, deliverable="forecast").update(is_removed=True)
    spring = Round.objects.get(organization=organization, name="Spring")
    for user in people.values():
        found = round_results_find(actor=user, round=spring)
        assert found.state == "ready"
        if found.handoffs:  # to others nothing is told of teams about which so few spoke
            assert {team for team, _profile in found.teams} == {"Sales", "Planning", "Delivery"}
