"""Guessing passwords is slowed down, exactly, and nobody can lock out somebody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import Attempt
from chainmap.services.limits import Limit, attempt_count, attempt_forgive
from chainmap.services.reporting import bottlenecks_export

PASSWORD = "a long enough password"
LIMIT = Limit("test", 3, timedelta(minutes=15))


@pytest.fixture
def carla(carla):
    carla.set_password(PASSWORD)
    carla.save()
    return carla


def sign_in(password="wrong", username="carla", **headers):
    return Client().post("/sign-in/", {"username": username, "password": password}, **headers)


@pytest.mark.django_db
def test_ten_wrong_passwords_then_even_the_right_one_waits(carla):
    assert [sign_in().status_code for _ in range(10)] == [200] * 10
    refused = sign_in(PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60 + 1
    page = refused.content.decode()
    assert "Too many tries from here. Wait 15 minutes" in page
    assert 'value="carla"' in page, "what was typed is still there"
    assert PASSWORD not in page


@pytest.mark.django_db
def test_somebody_else_s_guessing_does_not_lock_the_owner_out(carla):
    for _ in range(11):
        sign_in(REMOTE_ADDR="203.0.113.9")
    assert sign_in(PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 302


@pytest.mark.django_db
def test_after_the_window_it_goes_on(carla):
    for _ in range(11):
        sign_in()
    Attempt.objects.update(since=timezone.now() - timedelta(minutes=16))
    assert sign_in(PASSWORD).status_code == 302


@pytest.mark.django_db
def test_signing_in_forgives_the_name_and_one_try_of_the_address(carla):
    for _ in range(9):
        sign_in()
    assert sign_in(PASSWORD).status_code == 302
    counts = dict(Attempt.objects.values_list("what", "count"))
    assert counts == {"sign_in_name": 0, "sign_in_address": 9}


@pytest.mark.django_db
def test_thirty_names_from_one_address(carla):
    answers = [sign_in(username=f"name{number}").status_code for number in range(31)]
    assert answers == [200] * 30 + [429]


@pytest.mark.django_db
def test_claimed_addresses_buy_nothing(carla):
    passed = [sign_in(headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code for number in range(40)]
    assert passed.count(200) == 10


@pytest.mark.django_db
def test_behind_one_proxy_its_word_counts_and_what_the_sender_claims_does_not(carla, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(12):
        sign_in(headers={"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.9"})
    assert sign_in(PASSWORD, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert sign_in(PASSWORD, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 302


@pytest.mark.django_db
def test_no_name_and_no_address_is_kept(carla):
    sign_in(REMOTE_ADDR="203.0.113.9")
    kept = str(list(Attempt.objects.values_list("what", "who")))
    assert "carla" not in kept
    assert "203.0.113.9" not in kept


@pytest.mark.django_db
def test_old_rows_go_when_new_ones_come():
    attempt_count(limit=LIMIT, who="somebody")
    Attempt.objects.update(since=timezone.now() - timedelta(days=2))
    attempt_count(limit=LIMIT, who="another")
    assert Attempt.objects.count() == 1


@pytest.mark.django_db
def test_forgiving_never_goes_below_nothing():
    attempt_forgive(limit=LIMIT, who="somebody")
    attempt_count(limit=LIMIT, who="somebody")
    for _ in range(3):
        attempt_forgive(limit=LIMIT, who="somebody")
    assert Attempt.objects.get().count == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="in memory one connection serves all threads")
def test_many_at_the_same_moment_are_counted_exactly():
    def tried(_number):
        try:
            return attempt_count(limit=LIMIT, who="somebody") is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(tried, range(50))) == LIMIT.most
    assert connection.vendor == "postgresql"


@pytest.mark.django_db
def test_ten_files_an_hour_and_the_command_line_is_free(organization, carla):
    address = f"/organizations/{organization.pk}/bottlenecks.csv"
    client = Client()
    client.force_login(carla)
    assert [client.get(address).status_code for _ in range(11)] == [200] * 10 + [429]
    refused = client.get(address)
    assert int(refused["Retry-After"]) <= 3601
    assert "Wait" in refused.content.decode()
    for _ in range(12):
        bottlenecks_export(actor=OPERATOR, organization=organization, format="csv")


@pytest.mark.django_db
def test_files_refused_for_the_role_are_not_counted_first(organization, alice):
    client = Client()
    client.force_login(alice)
    assert {client.get(f"/organizations/{organization.pk}/bottlenecks.csv").status_code for _ in range(12)} == {403}
    assert not Attempt.objects.exists()
