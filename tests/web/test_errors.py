"""The pages for what went wrong."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory

from chainmap.web import errors
from chainmap.web.chain import chain_page
from chainmap.web.queries import QueryError


@pytest.mark.parametrize(
    ("handler", "exception", "status"),
    [
        (errors.bad_request, SuspiciousOperation("internal detail"), 400),
        (errors.bad_request, QueryError("There is no page 9."), 400),
        (errors.forbidden, PermissionDenied("Ask your administrator."), 403),
        (errors.not_found, Http404("internal detail"), 404),
    ],
)
def test_every_error_says_what_happened_and_what_to_do(handler, exception, status):
    answer = handler(RequestFactory().get("/secret-path/?q=1"), exception)
    page = answer.content.decode()
    assert answer.status_code == status
    assert page.count("<h1>") == 1
    assert "To the first page" in page
    assert "internal detail" not in page
    assert "secret-path" not in page
    if not isinstance(exception, Http404 | SuspiciousOperation) or isinstance(exception, QueryError):
        assert str(exception) in page


def test_our_own_mistake_shows_nothing_of_the_inside(db, monkeypatch, carla, chain_url):
    client = Client(raise_request_exception=False)
    client.force_login(carla)
    monkeypatch.setattr("chainmap.web.chain.bottlenecks_find", lambda **_kwargs: 1 / 0)
    answer = client.get(chain_url)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong on our side" in page
    assert "ZeroDivisionError" not in page
    assert answer["Cache-Control"] == "no-store"


def test_an_unknown_host_is_refused_in_the_same_look(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()
    assert "This address cannot be understood" in answer.content.decode()


def test_an_address_nobody_has_is_the_same_page_for_everybody(client, db, carla, signed_in):
    visitor, manager = client.get("/nowhere/"), signed_in(carla).get("/nowhere/")
    assert (visitor.status_code, visitor.content) == (404, manager.content)


def test_views_are_wrapped_once():
    """The decorator keeps the view's name, so that errors and profiles name it."""
    assert chain_page.__name__ == "chain_page"
