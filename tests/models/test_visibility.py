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


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_ratings_of_a_protected_round_are_the_raters_alone(people, organization, mode):
    Round.objects.filter(organization=organization).update(mode=mode)
    Party.objects.filter(organization=organization, code="carla").update(user=people["carla"])
    assert scores(people["carla"]) == [4, 9], "what she gave"
    assert scores(people["alice"]) == scores(people["bob"]) == []
    assert not Rating.objects.in_open_rounds().filter(round__organization=organization).exists()
