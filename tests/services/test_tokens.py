"""Tokens: what is kept of them, how long they last, who gets one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken

from chainmap.access import NotFound
from chainmap.services.tokens import token_create, user_named


def test_only_the_hash_is_kept(carla):
    token = token_create(user=carla, days=3)
    (record,) = AuthToken.objects.values()
    assert len(token) == 64
    assert token not in {str(value) for value in record.values()}
    assert record["user_id"] == carla.pk
    assert abs(record["expiry"] - timezone.now() - timedelta(days=3)) < timedelta(minutes=1)


def test_two_tokens_differ(carla):
    assert token_create(user=carla) != token_create(user=carla)
    assert AuthToken.objects.count() == 2


@pytest.mark.parametrize("days", [0, -1, 367, 10**12])
def test_days_out_of_range_are_refused(carla, days):
    with pytest.raises(ValueError, match=f"1 to 366 days, not {days}"):
        token_create(user=carla, days=days)
    assert not AuthToken.objects.exists()


def test_an_inactive_user_gets_none(carla):
    carla.is_active = False
    with pytest.raises(ValueError, match="inactive"):
        token_create(user=carla)
    assert not AuthToken.objects.exists()


def test_a_user_is_found_by_name(carla):
    assert user_named(username="carla") == carla
    with pytest.raises(NotFound):
        user_named(username="nobody")
