"""No address narrows, cuts or lowers what was published of a protected round: two cuts can be subtracted."""

from __future__ import annotations

import inspect

import pytest
from django.test import Client

from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.services.published import published_find
from chainmap.services.results import own_results_find, round_results_find
from chainmap.services.round_analysis import round_bottlenecks_find, round_draw, round_export
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/organizations/{o}/rounds/{r}/",
    "/organizations/{o}/rounds/{r}/results.csv",
    "/organizations/{o}/rounds/{r}/results.json",
    "/organizations/{o}/rounds/{r}/results.dot",
    "/api/v1/organizations/{o}/rounds/{r}/",
    "/api/v1/organizations/{o}/rounds/{r}/release/",
    "/api/v1/organizations/{o}/rounds/{r}/bottlenecks/",
)
CUTS = (
    "team=Red", "min=1", "site=Rome&tenure=0", "k=1", "supplier=1", "rater_team=t1", "kappa=0.9", "raw=1",
)  # fmt: skip


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_a_cut_is_refused_and_nothing_of_the_round_is_said(crowd, mode):
    made = make_round(crowd, mode)
    answer_all(made, lambda ask: Card(score=7))
    close(made)
    client = Client()
    client.force_login(make_user("coach", crowd, Role.COACH))
    for address in ADDRESSES:
        address = address.format(o=crowd.pk, r=made.pk)
        assert client.get(address).status_code == 200, address
        for cut in CUTS:
            answer = client.get(f"{address}?{cut}")
            assert answer.status_code == 400, (address, cut)
            assert b"8-12" not in answer.content


@pytest.mark.parametrize(
    "find", [round_results_find, own_results_find, published_find, round_bottlenecks_find, round_draw, round_export]
)
def test_no_service_takes_anything_to_cut_by(find):
    """Who asks, which round, which published version, which format of file."""
    assert set(inspect.signature(find).parameters) <= {"actor", "round", "version", "format"}
