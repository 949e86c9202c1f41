"""Every address of the site against everything that must hold for all of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.models import Party
from chainmap.web.answer_urls import answer_urls
from chainmap.web.coach_urls import coach_urls
from chainmap.web.own_urls import own_urls
from chainmap.web.urls import urlpatterns

#: Anything that is no page number, or too large for any database.
JUNK = [
    "abc",
    "",
    "0",
    "-1",
    "1.5",
    "%00",
    "%ff",
    "1%00",
    "1e3",
    "%D9%A1",
    str(2**70),
    "1" * 5000,
    "%3Cscript%3E",
    "9999",
]
#: Pages with a form or a button: tests/web/test_rounds.py fills them in, tests/access asks them all.
FORMS = {
    "sign_in", "sign_out", "round_new", "round_edit", "round_preview", "round_poster", "round_open", "round_invite",
    "round_close", "round_reopen", "round_delete", "round_share", "round_slips",
    "coaching_rules",
}  # fmt: skip
ROLES = ["alice", "bob", "carla", "dora", "erik"]


@pytest.fixture
def addresses(organization):
    """Name of a URL -> an address of it that works for Acme, for every page of a signed-in person."""
    party = Party.objects.get(organization=organization, code="bob")
    spring = organization.rounds.get(name="Spring").pk
    return {
        "home": reverse("chainmap:home"),
        "chain": reverse("chainmap:chain", args=[organization.pk]),
        "party": reverse("chainmap:party", args=[organization.pk, party.pk]),
        "bottlenecks_download": reverse("chainmap:bottlenecks_download", args=[organization.pk, "csv"]),
        "rounds": reverse("chainmap:rounds", args=[organization.pk]),
        "round": reverse("chainmap:round", args=[organization.pk, spring]),
        "round_download": reverse("chainmap:round_download", args=[organization.pk, spring, "csv"]),
    }


def test_a_new_page_has_to_be_added_to_these_tests(addresses):
    assert {pattern.name for pattern in urlpatterns} == {
        *addresses, *FORMS, *(pattern.name for pattern in [*answer_urls, *own_urls, *coach_urls])
    }  # fmt: skip


def test_a_visitor_is_sent_to_sign_in_and_back(addresses):
    for address in addresses.values():
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"{reverse('chainmap:sign_in')}?next={address}")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_pages_only_answer_get_and_head(addresses, carla, signed_in, method):
    for address in addresses.values():
        assert getattr(signed_in(carla), method)(address).status_code == 405


def test_head_answers_like_get(addresses, carla, signed_in):
    for address in addresses.values():
        get, head = signed_in(carla).get(address), signed_in(carla).head(address)
        assert (head.status_code, head.content) == (get.status_code, b"")


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(addresses, people, signed_in, role):
    """The matrix of domain/roles.py as seen from outside: a member may see everything and take no file along."""
    client = signed_in(people[role])
    statuses = {name: client.get(address).status_code for name, address in addresses.items()}
    assert statuses == {
        "home": 302,
        "chain": 200,
        "party": 200,
        "bottlenecks_download": 403 if role == "alice" else 200,
        "rounds": 200,
        "round": 200,
        "round_download": 403 if role == "alice" else 200,
    }


def test_somebody_without_any_role_left_is_a_stranger_at_once(addresses, carla, signed_in):
    client = signed_in(carla)
    assert client.get(addresses["chain"]).status_code == 200
    carla.memberships.all().delete()
    assert [client.get(addresses[name]).status_code for name in ("chain", "party", "bottlenecks_download")] == [404] * 3


def test_security_headers_are_on_every_answer(addresses, carla, signed_in):
    for address in [*addresses.values(), "/nowhere/", f"{addresses['chain']}?page=x"]:
        answer = signed_in(carla).get(address)
        assert "default-src 'none'" in answer["Content-Security-Policy"], address
        assert "unsafe" not in answer["Content-Security-Policy"], address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cache-Control"] == "no-store", address


def test_no_page_has_inline_style_script_or_a_nonce(addresses, carla, signed_in):
    for name in ("chain", "party", "rounds", "round"):
        page = signed_in(carla).get(addresses[name]).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "nonce" not in page
        assert page.count("<script") == page.count("<script defer src=") == 1
        assert " onclick=" not in page


def test_every_page_has_one_heading_its_landmarks_and_a_skip_link(addresses, carla, signed_in):
    for name in ("chain", "party", "rounds", "round"):
        page = signed_in(carla).get(addresses[name]).content.decode()
        assert page.count("<h1") == 1
        assert page.count('<main id="main"') == 1
        assert '<a class="skip" href="#main">' in page
        assert "Acme</bdi></a>" in page
        assert "Sign out" in page


@pytest.mark.parametrize("junk", JUNK)
def test_a_junk_page_number_is_refused_in_plain_words(chain_url, carla, signed_in, junk):
    answer = signed_in(carla).get(f"{chain_url}?page={junk}")
    assert answer.status_code == 400
    assert "There is no page" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["x=1", "page=1&x=1", "page=1&page=1", "%00=1", "page%00=1", "%ff", "next=/", "__proto__=1"]
)
def test_an_unknown_or_repeated_parameter_is_refused(addresses, carla, signed_in, query):
    for address in addresses.values():
        answer = signed_in(carla).get(f"{address}?{query}")
        assert answer.status_code == 400, (address, query)
        assert "This address cannot be understood" in answer.content.decode()


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 2**70, 10**400])
def test_a_number_nothing_has_is_not_found(carla, organization, signed_in, number):
    client = signed_in(carla)
    for address in (
        f"/organizations/{number}/",
        f"/organizations/{number}/bottlenecks.csv",
        f"/organizations/{number}/parties/1/",
        f"/organizations/{organization.pk}/parties/{number}/",
    ):
        assert client.get(address).status_code == 404, address


def test_an_ending_nobody_writes_is_not_found(addresses, carla, signed_in):
    for ending in ("exe", "table", "txt", "CSV", "csv.exe", ""):
        address = addresses["bottlenecks_download"].removesuffix("csv") + ending
        assert signed_in(carla).get(address).status_code == 404
