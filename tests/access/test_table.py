"""No address without a row that says who may use it, and no row without its address."""

from __future__ import annotations

from collections import Counter

from django.urls import get_resolver, path

from tests.access.table import EVERYBODY, TABLE, routes

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_every_address_has_exactly_one_row():
    known = Counter(routes(get_resolver().url_patterns))
    assert known == Counter(row.route for row in TABLE)


def test_an_address_without_a_row_is_found():
    new = path("new/", lambda request: None)
    assert "new/" in set(routes([*get_resolver().url_patterns, new])) - {row.route for row in TABLE}


def test_rows_speak_of_known_methods_and_people():
    for row in TABLE:
        assert row.allowed.keys() <= METHODS, row.route
        assert all(who <= EVERYBODY for who in row.allowed.values()), row.route
        assert row.refused in {403, 404}, row.route
