"""The map of an organization: where everybody stands, who may change that, and that nothing else does."""

from __future__ import annotations

import itertools
import math

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.map_room import ROW, SIDE
from chainmap.models import HandOff, MapPlace, Party, Rating, Round, Team
from chainmap.services.maps import (
    FARTHEST,
    MOST_PLACES,
    MapProblem,
    MovedPlace,
    map_find,
    map_places_keep,
    map_places_reset,
    map_sources,
)
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db


def places(organization, **asked):
    return {
        party.id: (party.x, party.y) for party in map_find(actor=OPERATOR, organization=organization, **asked).parties
    }


def key(organization, code):
    return Party.objects.get(organization=organization, code=code).pk


def keep(actor, organization, *moved):
    return map_places_keep(actor=actor, organization=organization, places=moved)


class TestPlaces:
    def test_a_new_rating_and_a_new_round_move_nobody(self, organization):
        before = places(organization)
        again = Round.objects.create(organization=organization, name="Autumn", mode="open", state="closed")
        for handoff in HandOff.objects.filter(organization=organization):
            Rating.objects.create(round=again, handoff=handoff, rater=handoff.customer, score=1)
        organization.touch()
        assert places(organization) == before
        assert places(organization, round=again) == before
        assert not MapPlace.objects.exists()  # looking writes nothing

    def test_dragging_one_keeps_all_others_where_they_are(self, organization, bob):
        before = places(organization)
        dan = key(organization, "dan")
        assert keep(bob, organization, MovedPlace(333.5, 444, party=dan)) == 1
        assert places(organization) == before | {dan: (333.5, 444.0)}
        assert MapPlace.objects.filter(is_moved=True).count() == 1
        assert MapPlace.objects.count() == len(before)

    def test_who_comes_later_moves_nobody_and_is_kept_with_the_next_one(self, organization, bob):
        keep(bob, organization)
        before = places(organization)
        eve = Party.objects.create(organization=organization, code="eve", name="Eve", capacity=1)
        HandOff.objects.create(
            organization=organization, supplier=eve, customer_id=key(organization, "carla"), deliverable="x"
        )
        organization.touch()
        after = places(organization)
        assert {number: place for number, place in after.items() if number != eve.pk} == before
        x, y = after[eve.pk]
        assert all(abs(x - other) >= SIDE or abs(y - down) >= ROW for other, down in before.values())
        assert not MapPlace.objects.filter(party=eve).exists()
        keep(bob, organization, MovedPlace(1, 2, party=key(organization, "dan")))
        assert MapPlace.objects.filter(party=eve, is_moved=False, x=x, y=y).exists()

    def test_two_coaches_touch_only_what_they_dragged(self, organization, bob, carla):
        ann, dan = key(organization, "alice"), key(organization, "dan")
        keep(bob, organization, MovedPlace(10, 20, party=ann))
        keep(carla, organization, MovedPlace(30, 40, party=dan))
        assert places(organization)[ann] == (10, 20)
        keep(carla, organization, MovedPlace(50, 60, party=ann))
        assert (places(organization)[ann], places(organization)[dan]) == ((50, 60), (30, 40))

    def test_one_sent_twice_stands_where_it_was_put_last(self, organization, bob):
        dan = key(organization, "dan")
        assert keep(bob, organization, MovedPlace(1, 1, party=dan), MovedPlace(2, 2, party=dan)) == 1
        assert places(organization)[dan] == (2, 2)

    def test_a_team_folds_among_its_members_until_somebody_drags_it(self, organization, bob):
        sales = Team.objects.get(organization=organization, name="Sales")
        keep(bob, organization)
        assert not MapPlace.objects.filter(team__isnull=False).exists()
        keep(bob, organization, MovedPlace(700, 800, team=sales.pk))
        found = map_find(actor=OPERATOR, organization=organization)
        assert [(team.x, team.y) for team in found.teams if team.id == sales.pk] == [(700, 800)]

    def test_resetting_forgets_everything(self, organization, bob):
        before = places(organization)
        keep(bob, organization, MovedPlace(1, 1, party=key(organization, "dan")))
        map_places_reset(actor=bob, organization=organization)
        assert places(organization) == before
        assert not MapPlace.objects.exists()

    def test_places_of_another_organization_stay(self, organization, other_organization, bob):
        keep(OPERATOR, other_organization)
        map_places_reset(actor=bob, organization=organization)
        assert MapPlace.objects.filter(organization=other_organization).exists()


class TestRefused:
    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number(self, organization, bob, number):
        with pytest.raises(MapProblem, match="two numbers"):
            keep(bob, organization, MovedPlace(1, number, party=key(organization, "dan")))

    def test_too_far_out(self, organization, bob):
        with pytest.raises(MapProblem, match="too far out"):
            keep(bob, organization, MovedPlace(-FARTHEST - 1, 0, party=key(organization, "dan")))

    def test_too_many(self, organization, bob):
        place = MovedPlace(1, 1, party=key(organization, "dan"))
        with pytest.raises(MapProblem, match="5001 places"):
            keep(bob, organization, *[place] * (MOST_PLACES + 1))

    @pytest.mark.parametrize("place", [MovedPlace(1, 1), MovedPlace(1, 1, party=1, team=1)])
    def test_nobody_and_two_at_once(self, organization, bob, place):
        with pytest.raises(MapProblem, match="one party or to one team"):
            keep(bob, organization, place)

    def test_somebody_elsewhere_is_refused_like_nobody_and_nothing_is_kept(self, organization, other_organization, bob):
        own = MovedPlace(1, 1, party=key(organization, "dan"))
        said = set()
        for number in (key(other_organization, "dan"), 987_654_321):
            with pytest.raises(MapProblem) as refused:
                keep(bob, organization, own, MovedPlace(1, 1, party=number))
            said.add(str(refused.value))
        team = Team.objects.filter(organization=other_organization).first()
        with pytest.raises(MapProblem):
            keep(bob, organization, MovedPlace(1, 1, team=team.pk))
        assert len(said) == 1
        assert not MapPlace.objects.exists()

    def test_only_coach_manager_and_administrator_arrange(self, organization, people, zoe):
        for name in ("alice", "erik"):
            with pytest.raises(PermissionDenied):
                keep(people[name], organization)
            with pytest.raises(PermissionDenied):
                map_places_reset(actor=people[name], organization=organization)
        for name in ("bob", "carla", "dora"):
            assert keep(people[name], organization) == 0
        with pytest.raises(NotFound):
            keep(zoe, organization)
        with pytest.raises(NotFound):
            map_find(actor=zoe, organization=organization)


class TestRounds:
    def test_only_rounds_with_results_have_a_map_newest_first(self, organization, bob):
        spring = Round.objects.get(organization=organization)
        make_round(organization, "open", opened=False)
        make_round(organization, "pair")
        assert map_sources(actor=bob, organization=organization) == [spring]

    def test_a_protected_round_with_a_release_has_one_of_its_groups(self, db):
        crowd = make_crowd()
        made = make_round(crowd, "pair")
        answer_all(made, lambda ask: None)
        assert map_sources(actor=OPERATOR, organization=crowd) == []
        made = close(made)
        assert map_sources(actor=OPERATOR, organization=crowd) == [made]
        found = map_find(actor=OPERATOR, organization=crowd, round=made)
        assert (found.by_team, found.released, list(found.teams)) == (True, True, [])
        assert {party.name for party in found.parties} == {"Red", "Blue", "Green", "End customers"}

    def test_where_groups_stand_depends_on_no_place_of_a_person(self, db):
        crowd = make_crowd()
        made = close(make_round(crowd, "pair"))
        before = map_find(actor=OPERATOR, organization=crowd, round=made)
        keep(OPERATOR, crowd, MovedPlace(5, 5, party=key(crowd, "red0")))
        assert map_find(actor=OPERATOR, organization=crowd, round=made) == before


def test_the_number_of_queries_does_not_grow_with_the_chain(organization, bob):
    def counted():
        with CaptureQueriesContext(
            connection,
        ) as first:
            keep(bob, organization)
        with CaptureQueriesContext(connection) as second:
            map_find(actor=bob, organization=organization)
        return len(first), len(second)

    before = counted()
    map_places_reset(actor=bob, organization=organization)
    made = Party.objects.bulk_create(
        Party(organization=organization, code=f"more{number}", name=f"More {number}", capacity=1)
        for number in range(40)
    )
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=one, customer=other, deliverable="x")
        for one, other in itertools.pairwise(made)
    )
    organization.touch()
    assert counted() == before


def test_the_same_map_is_not_laid_out_twice(organization, bob):
    assert map_find(actor=bob, organization=organization) is map_find(actor=bob, organization=organization)


def test_opening_a_round_fixes_everybodys_place_for_good(organization, django_capture_on_commit_callbacks):
    before = {party.id: (party.x, party.y) for party in map_find(actor=OPERATOR, organization=organization).parties}
    plan = RoundPlan(name="Autumn", mode="open")
    with django_capture_on_commit_callbacks(execute=True):
        round_open(actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=plan))
    newcomer = Party.objects.create(organization=organization, code="fred", name="Fred", capacity=1)
    for other in ("alice", "bob", "carla"):
        customer = Party.objects.get(organization=organization, code=other)
        HandOff.objects.create(organization=organization, supplier=newcomer, customer=customer, deliverable="news")
    organization.touch()
    after = {party.id: (party.x, party.y) for party in map_find(actor=OPERATOR, organization=organization).parties}
    assert after.pop(newcomer.pk) not in before.values()
    assert after == before
