"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

PASSWORD = "a long enough password"
SIGN_IN, SIGN_OUT = "/sign-in/", "/sign-out/"
HOSTILE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "//evil.example/%2f..",
    "///evil.example", "////evil.example",
    "https://evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "%2F%2Fevil.example",
    "\x00//evil.example", "\t//evil.example", " //evil.example", "//evil.example@testserver",
    "https://testserver@evil.example", "https://testserver.evil.example", "/\t/evil.example", "\u2028//evil.example",
]  # fmt: skip


def _stays_here(location):
    """Read as a browser reads it: a backslash is a slash, tabs and line ends are not there."""
    read = location.strip().replace("\\", "/")
    for unseen in "\t\n\r":
        read = read.replace(unseen, "")
    return urlsplit(urljoin("http://testserver/sign-in/", read)).netloc == "testserver"


@pytest.fixture
def carla(carla):
    carla.set_password(PASSWORD)
    carla.save()
    return carla


def _sign_in(client, next_=None, password=PASSWORD):
    data = {"username": "carla", "password": password} | ({} if next_ is None else {"next": next_})
    return client.post(SIGN_IN, data)


def test_signing_in_leads_home_and_home_to_the_chain(client, carla, chain_url):
    answer = client.post(SIGN_IN, {"username": "carla", "password": PASSWORD}, follow=True)
    assert [address for address, _status in answer.redirect_chain] == ["/", chain_url]
    assert answer.context["user"] == carla


def test_next_leads_back_to_the_page_asked_for(client, carla, chain_url):
    assert _sign_in(client, chain_url)["Location"] == chain_url


@pytest.mark.parametrize("payload", HOSTILE)
def test_next_never_leads_to_another_host(client, carla, payload):
    answer = _sign_in(client, payload)
    assert answer.status_code == 302
    assert _stays_here(answer["Location"])


@pytest.mark.parametrize("payload", HOSTILE)
def test_next_never_reaches_the_form_unescaped(client, db, payload):
    page = client.get(SIGN_IN, {"next": payload + '"><script>alert(1)</script>'}).content.decode()
    assert "<script>" not in page


def test_a_wrong_password_and_an_unknown_name_answer_the_same(client, carla):
    wrong = _sign_in(client, password="not it")
    unknown = client.post(SIGN_IN, {"username": "nobody", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 200
    said = "Please enter a correct username and password."
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize(
    "data", [{}, {"username": ""}, {"username": "a\x00b", "password": "x"}, {"username": "x" * 5000, "password": "y"}]
)
def test_an_incomplete_or_strange_form_is_shown_again(client, db, data):
    answer = client.post(SIGN_IN, data)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_somebody_who_was_deactivated_cannot_sign_in_and_is_signed_out_at_once(client, carla, chain_url):
    _sign_in(client)
    assert client.get(chain_url).status_code == 200
    carla.is_active = False
    carla.save()
    assert client.get(chain_url).status_code == 302
    assert _sign_in(client).status_code == 200


def test_a_forged_form_is_refused_in_our_own_words(carla):
    strict = Client(enforce_csrf_checks=True)
    for address in (SIGN_IN, SIGN_OUT):
        answer = strict.post(address, {"username": "carla", "password": PASSWORD})
        assert answer.status_code == 403
        assert "This form is no longer valid" in answer.content.decode()
    assert settings.SESSION_COOKIE_NAME not in strict.cookies


def test_signing_out_ends_the_session_on_the_server(client, carla, chain_url):
    _sign_in(client)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = client.post(SIGN_OUT)
    assert (answer.status_code, answer["Location"]) == (302, reverse("chainmap:sign_in"))
    assert answer["Clear-Site-Data"] == '"cookies", "storage"'
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    assert client.get(chain_url).status_code == 302


def test_signing_out_never_leads_to_another_host(client, carla):
    for payload in HOSTILE:
        assert _stays_here(client.post(SIGN_OUT, {"next": payload})["Location"])


@pytest.mark.parametrize(
    ("address", "methods"),
    [(SIGN_IN, ["put", "patch", "delete", "options"]), (SIGN_OUT, ["get", "head", "put", "delete", "options"])],
)
def test_other_methods_are_refused(client, db, address, methods):
    for method in methods:
        assert getattr(client, method)(address).status_code == 405


def test_an_unknown_parameter_is_refused(client, db):
    for query in ("x=1", "next=/&next=/", "%ff=1"):
        assert client.get(f"{SIGN_IN}?{query}").status_code == 400
        assert client.post(f"{SIGN_OUT}?{query}").status_code == 400
