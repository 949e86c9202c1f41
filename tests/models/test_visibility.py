"""What each person of the cast sees when a query starts with ``visible_to``."""

import pytest
from django.contrib.auth.models import AnonymousUser

from chainmap.models import HandOff, Membership, Organization, Party, Rating, Round, Team

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Organization, Team, Party, HandOff, Round, Rating])
def test_strangers_see_nothing_of_acme(model, organization, zoe):
    seen = {str(row.pk) for row in model.objects.visible_to(zoe)}
    path = {Organization: "pk", Rating: "round__organization"}.get(model, "organization")
    acme = {str(row.pk) for row in model.objects.filter(**{path: organization.pk})}
    assert acme
    assert seen
    assert not seen & acme


@pytest.mark.parametrize("model", [Organization, Team, Party, HandOff, Round, Rating])
def test_nobody_signed_in_sees_anything(model, organization):
    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_a_removed_or_inactive_member_sees_nothing_at_once(organization, alice):
    assert Party.objects.visible_to(alice).exists()
    alice.is_active = False
    assert not Party.objects.visible_to(alice).exists()
    alice.is_active = True
    Membership.objects.filter(user=alice).delete()
    assert not Party.objects.visible_to(alice).exists()


def scores(user):
    return sorted(Rating.objects.visible_to(user).values_list("score", flat=True))


def test_ratings_of_an_open_round(people):
    """Alice received 6 and 4; coach and manager oversee all four; administrator and auditor see none."""
    assert scores(people["alice"]) == [4, 6]
    assert scores(people["bob"]) == scores(people["carla"]) == [4, 6, 8, 9]
    assert scores(people["dora"]) == scores(people["erik"]) == []


def test_ratings_of_a_pair_round_are_the_two_sides_and_the_coach_s_when_both_share(people, organization):
    Round.objects.filter(organization=organization).update(mode="pair")
    Party.objects.filter(organization=organization, code="carla").update(user=people["carla"])
    assert scores(people["carla"]) == [4, 8, 9], "what she gave, and the 8 she received"
    assert scores(people["alice"]) == [4, 6], "what she received"
    assert scores(people["bob"]) == scores(people["dora"]) == scores(people["erik"]) == []
    ratings = Rating.objects.filter(round__organization=organization, score__in=[6, 9])
    ratings.filter(score=6).update(shared_by_rater=True)
    ratings.filter(score=9).update(shared_by_rater=True, shared_by_supplier=True)
    assert scores(people["bob"]) == [9]
    assert scores(people["dora"]) == scores(people["erik"]) == []
    assert not Rating.objects.in_open_rounds().filter(round__organization=organization).exists()


def test_an_anonymous_round_has_no_ratings_for_anybody(people, organization):
    """None are ever written; should there be any, nobody is shown them."""
    Round.objects.filter(organization=organization).update(mode="anonymous")
    Rating.objects.update(shared_by_rater=True, shared_by_supplier=True)
    assert [scores(user) for user in people.values()] == [[]] * 5
