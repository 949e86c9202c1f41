"""Every refusal is a problem document that says what, why and what to do; junk never becomes a 500."""

from __future__ import annotations

import json
import logging
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.test import Client, override_settings
from rest_framework.exceptions import ParseError, Throttled, ValidationError
from rest_framework.test import APIRequestFactory, force_authenticate

from chainmap.access import NotFound
from chainmap.api.base import ApiView
from tests.api.conftest import MISSING

PROBLEM = "application/problem+json"
JUNK = [
    "",
    "abc",
    "%00",
    "1.5",
    "1180591620717411303424",
    "%ff",
    "-1",
    "0",
    "+1",
    "%D9%A7",
    "1%20OR%201=1",
    "1e3",
    "01x",
]
JUNK.append("9" * 5000)
KEYS = {
    "parties": ["team", "page", "page_size"],
    "handoffs": ["supplier", "customer", "page", "page_size"],
    "ratings": ["handoff", "supplier", "customer", "round", "page", "page_size"],
}


def problem_of(response, status, code):
    """The problem document, after checking that it is one."""
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    problem = response.json()
    assert problem.items() >= {"type": "about:blank", "status": status, "code": code}.items()
    assert problem["title"]
    assert problem["detail"]
    return problem


# Queries


def test_junk_where_a_number_belongs(ask):
    for kind, names in KEYS.items():
        for name in names:
            for junk in JUNK if name == "supplier" else JUNK[:5]:  # one reader serves all of them
                problem = problem_of(ask(f"{kind}/?{name}={junk}"), 400, "bad_filter")
                assert list(problem["errors"]) == [name]
                assert len(problem["detail"]) < 150


def test_junk_where_a_word_belongs(ask):
    for asked in (
        "parties/?kind=robot",
        "parties/?kind=",
        "parties/?search=%00",
        "parties/?search=",
        "parties/?search=" + "x" * 201,
        "parties/?ordering=email",
        "handoffs/?ordering=organization__kappa",
        "ratings/?ordering=rater__email",
        "ratings/?ordering=id,score",
        "handoffs/?supplier=1&supplier=2",
    ):
        problem_of(ask(asked), 400, "bad_filter")


def test_every_bad_parameter_is_told_at_once(ask):
    problem = problem_of(ask("parties/?kind=robot&team=x"), 400, "bad_filter")
    assert problem["errors"] == {
        "kind": ["“robot” is not one of: employee, end_customer, external_supplier."],
        "team": ["“x” is not a whole number from 1 upwards."],
    }


def test_unknown_parameters_are_named_with_the_accepted_ones(ask):
    for asked, named, accepted in (
        ("parties/?email=a", "email", "kind, ordering, page, page_size, search, team"),
        ("parties/?organization=1", "organization", "kind, ordering, page, page_size, search, team"),
        ("handoffs/?supplier__name=a", "supplier__name", "customer, ordering, page, page_size, supplier"),
        ("ratings/?expand=rater", "expand", "customer, handoff, ordering, page, page_size, round, supplier"),
        ("bottlenecks/?min=1", "min", None),
        ("?format=xml", "format", None),
        ("parties/1/?fields=email", "fields", None),
    ):
        reason = f"Accepted here: {accepted}." if accepted else "No parameter is accepted here."
        problem = problem_of(ask(asked), 400, "unknown_parameter")
        assert problem["errors"] == {named: [reason]}
        assert problem["detail"] == f"Unknown parameter: {named}. {reason}"


def test_unknown_parameters_come_back_harmless_and_short(ask):
    problem = problem_of(ask("parties/?%1b%5B31m" + "x" * 900 + "=1"), 400, "unknown_parameter")
    assert "\x1b" not in problem["detail"]
    assert len(problem["detail"]) < 200


def test_more_parameters_than_anybody_needs(ask):
    problem_of(ask("parties/?" + "&".join(f"a{number}=1" for number in range(600))), 400, "bad_request")


def test_filters_by_foreign_rows_answer_as_by_missing_ones(ask, other_organization, other_things):
    foreign = {
        "parties/?team": other_organization.teams.first().pk,
        "handoffs/?supplier": other_things.party,
        "handoffs/?customer": other_things.party,
        "ratings/?handoff": other_things.handoff,
        "ratings/?supplier": other_things.party,
        "ratings/?customer": other_things.party,
        "ratings/?round": other_organization.rounds.get().pk,
    }
    for asked, key in foreign.items():
        response = ask(f"{asked}={key}")
        assert response.content == ask(f"{asked}={MISSING}").content
        assert response.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_a_page_after_the_last(ask):
    problem = problem_of(ask("parties/?page=2"), 404, "page_past_end")
    assert problem["detail"] == "There is no such page; the last one is 1."
    problem_of(ask(f"parties/?page={2**63 - 1}"), 404, "page_past_end")


# Addresses and methods


def test_unknown_addresses_answer_like_missing_things(client, carla):
    client.force_login(carla)
    missing = client.get(f"/api/v1/organizations/{MISSING}/")
    for address in (
        "",
        "nothing",
        "nothing/",
        "organizations",
        "organizations/0/",
        "organizations/-1/",
        "organizations/abc/",
        "organizations/1180591620717411303424/parties/",
        f"organizations/{'9' * 5000}/",
        "organizations/%00/",
        "organizations/%ff/",
        "organizations/1/parties/1180591620717411303424/",
        "organizations/1/users/",
        "schema",
        "docs/x/",
        "nothing/?x=1",
    ):
        response = client.get(f"/api/v1/{address}")
        problem_of(response, 404, "not_found")
        assert response.content == missing.content, address


def test_unknown_addresses_have_no_methods_either(client, carla):
    client.force_login(carla)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        problem_of(client.generic(method, "/api/v1/nothing/", b"[" * 9999), 404, "not_found")


def test_anonymous_is_told_to_sign_in_and_nothing_else(client, db):
    for address in ("", "nothing/", "organizations/", "organizations/1/parties/", "schema/"):
        response = client.get(f"/api/v1/{address}?x=1")
        problem_of(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Token"


def test_nothing_can_be_written_whatever_the_body(client, carla, things):
    client.force_login(carla)
    address = f"/api/v1/organizations/{things.organization}/ratings/"
    for body, content_type in (
        (b"[" * 100_000 + b"]" * 100_000, "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"score": 11}', "application/json"),
        (b"x" * 400_000, "text/plain"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            response = client.generic(method, address, body, content_type)
            problem_of(response, 405, "method_not_allowed")
            assert response["Allow"] == "GET, HEAD"


def test_a_session_without_its_csrf_token_is_refused(carla):
    client = Client(enforce_csrf_checks=True)
    client.force_login(carla)
    client.cookies["csrftoken"] = "x" * 32
    response = client.generic("POST", "/api/v1/organizations/", b"{}", "application/json")
    problem_of(response, 403, "permission_denied")
    response = client.generic("POST", "/api/v1/organizations/", b"{}", "multipart/form-data")
    problem_of(response, 415, "unsupported_media_type")


# What a view, now or later, may raise: asked of a view that raises it.


def answer_to(error, *, read_body=False, **request):
    class Raising(ApiView):
        http_method_names = ("get", "post")

        def get(self, request):
            raise error

        def post(self, request):
            raise AssertionError(f"{request.data} was read")

    asked = APIRequestFactory().generic("POST" if read_body else "GET", "/api/v1/x/", **request)
    force_authenticate(asked, user=User(username="alice"))
    response = Raising.as_view()(asked).render()
    response.json = partial(json.loads, response.content)
    return response


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ParseError(), 400, "parse_error"),
        (SuspiciousOperation("secret"), 400, "bad_request"),
        (BadRequest("secret"), 400, "bad_request"),
        (PermissionDenied("Your role does not include this."), 403, "permission_denied"),
        (PermissionDenied(), 403, "permission_denied"),
        (NotFound(), 404, "not_found"),
        (RequestDataTooBig("secret"), 413, "too_large"),
        (Throttled(wait=7), 429, "throttled"),
    ],
)
def test_what_services_and_django_raise_is_mapped(error, status, code):
    problem = problem_of(answer_to(error), status, code)
    assert "secret" not in problem["detail"]
    assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_the_reason_of_a_refused_right_is_passed_on():
    problem = problem_of(answer_to(PermissionDenied("Ask your administrator.")), 403, "permission_denied")
    assert problem["detail"] == "Ask your administrator."


def test_waiting_time_is_told():
    assert answer_to(Throttled(wait=7))["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (ValidationError({"score": ["0 to 10"]}), {"score": ["0 to 10"]}),
        (ValidationError("0 to 10"), {"non_field_errors": ["0 to 10"]}),
    ],
)
def test_errors_by_field(error, errors):
    assert problem_of(answer_to(error), 400, "invalid")["errors"] == errors


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b"a=1", "text/plain", 415, "unsupported_media_type"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_bodies_that_cannot_be_read(data, content_type, status, code):
    problem_of(answer_to(None, read_body=True, data=data, content_type=content_type), status, code)


def test_our_own_mistake_has_a_reference_and_no_words_of_the_error(caplog):
    with caplog.at_level(logging.ERROR, "chainmap.api"):
        problem = problem_of(answer_to(RuntimeError("secret of Alice")), 500, "server_error")
    assert "secret" not in problem["detail"]
    reference = problem["detail"].rstrip(".").rpartition(" ")[2]
    assert len(reference) == 8
    assert [record.getMessage() for record in caplog.records] == [f"API request failed, reference {reference}"]


@override_settings(DEBUG=True)
def test_our_own_mistake_is_shown_while_debugging():
    with pytest.raises(RuntimeError):
        answer_to(RuntimeError("secret"))
