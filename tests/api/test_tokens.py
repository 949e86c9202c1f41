"""Tokens of programs: what they open, and that a wrong, expired or mangled one opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken

from chainmap.services.tokens import token_create


@pytest.fixture
def asked_with(client, things):
    """Ask for the hand-offs of Acme with an Authorization header."""

    def asked_with(header):
        return client.get(f"/api/v1/organizations/{things.organization}/handoffs/", headers={"authorization": header})

    return asked_with


def test_a_token_reads_what_its_user_reads(asked_with, client, carla, things):
    with_token = asked_with(f"Token {token_create(user=carla)}")
    client.force_login(carla)
    with_session = client.get(f"/api/v1/organizations/{things.organization}/handoffs/")
    assert (with_token.status_code, with_token.content) == (200, with_session.content)


def test_a_strangers_token_finds_nothing(asked_with, zoe):
    assert asked_with(f"Token {token_create(user=zoe)}").status_code == 404


def test_an_expired_token_is_refused(asked_with, carla):
    token = token_create(user=carla, days=1)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    response = asked_with(f"Token {token}")
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_a_token_dies_with_its_user_and_when_it_is_taken_away(asked_with, carla, bob):
    hers, his = token_create(user=carla), token_create(user=bob)
    carla.is_active = False
    carla.save()
    AuthToken.objects.filter(user=bob).delete()
    assert {asked_with(f"Token {token}").status_code for token in (hers, his)} == {401}


def test_garbage_is_refused(asked_with, carla):
    token = token_create(user=carla)
    mangled = token[:-1] + ("0" if token[-1] != "0" else "1")
    garbage = ["", "x", "0" * 64, "%00", "\x00", "\xff\xfe", "é", "a b", "x" * 10_000, "' OR 1=1 --"]
    for each in [*garbage, token + "x", token[:-1], mangled, token.swapcase() + " "]:
        response = asked_with(f"Token {each}")
        assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json"), each
        assert response["WWW-Authenticate"] == "Token"
        assert response.json()["code"] == "authentication_failed"


def test_other_schemes_count_as_not_signed_in(asked_with, carla):
    for header in ("Basic YWxpY2U6eA==", "Bearer x", "nonsense"):
        assert asked_with(header).json()["code"] == "not_authenticated"
