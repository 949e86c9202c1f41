"""How long a session lasts, and that a role or a password taken away ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    """later(minutes): from now on it is so many minutes after the beginning."""
    begin = timezone.now()

    def move(minutes):
        monkeypatch.setattr("django.utils.timezone.now", lambda: begin + timedelta(minutes=minutes))

    return move


@pytest.fixture
def open_as(people, organization):
    def open_(name):
        client = Client()
        client.force_login(people[name])
        assert status(client, organization) == 200
        return client

    return open_


def status(client, organization):
    return client.get(f"/organizations/{organization.pk}/").status_code


@pytest.mark.parametrize("name", ["bob", "carla", "dora", "erik"])
def test_whoever_sees_more_is_signed_out_after_half_an_hour_of_nothing(name, organization, open_as, later):
    client = open_as(name)
    later(29)
    assert status(client, organization) == 200
    later(60)
    assert status(client, organization) == 302
    later(61)
    assert status(client, organization) == 302, "the session is gone, not asleep"


def test_a_member_stays_for_the_day(organization, open_as, later):
    client = open_as("alice")
    later(60 * 11)
    assert status(client, organization) == 200
    later(60 * 13)
    assert status(client, organization) == 302


def test_eight_hours_are_enough_even_for_somebody_busy(organization, open_as, later):
    client = open_as("carla")
    for minutes in range(20, 8 * 60, 20):
        later(minutes)
        assert status(client, organization) == 200
    later(8 * 60 + 2)
    assert status(client, organization) == 302


def test_a_role_given_during_the_session_shortens_it(organization, alice, open_as, later):
    client = open_as("alice")
    alice.memberships.create(organization=organization, role="manager")
    later(45)
    assert status(client, organization) == 302


def test_most_requests_write_nothing(organization, open_as, django_assert_num_queries):
    client = open_as("alice")
    before = Session.objects.get().session_data
    assert status(client, organization) == 200
    assert Session.objects.get().session_data == before


def test_the_session_has_a_new_name_after_signing_in(carla):
    carla.set_password("a long enough password")
    carla.save()
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["here"] = "before"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.post("/sign-in/", {"username": "carla", "password": "a long enough password"})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key


def test_a_changed_password_ends_every_session(organization, carla, open_as):
    client = open_as("carla")
    carla.set_password("another long password")
    carla.save()
    assert status(client, organization) == 302
