"""Two protected rounds side by side: what a release hides changes no byte of any page, picture, chart or file."""

from __future__ import annotations

import json
import random
import types

import pytest
from django.db import transaction
from django.test import Client

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.cells import CellKey
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.exports.compare_charts import compare_charts
from chainmap.exports.trend_charts import trend_charts
from chainmap.models import Ask, Round
from chainmap.services import releases
from chainmap.services.comparing_views import compared_find, trend_told
from chainmap.services.releases import release_of, release_table
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.privacy.crawl import look
from tests.privacy.test_noninterference_system import add_thin_link, closed_with, hidden_sums, swapped, varied

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "compare/", "compare/picture.svg", "compare/picture.svg?theme=dark", "compare/files/csv/", "compare/files/json/",
    "compare/files/svg/", "trend/", "trend/files/csv/", "trend/files/json/", "matrix/", "matrix/?show=yield",
    "matrix/?show=nps", "matrix/?show=flow", "matrix/files/csv/",
)  # fmt: skip


@pytest.fixture
def crowd(db, monkeypatch):
    """The crowd with a first round closed; lots are drawn alike each time."""
    lots = types.SimpleNamespace(SystemRandom=lambda: random.Random(5))
    monkeypatch.setattr(releases, "secrets", lots)
    return make_crowd()


def first_round(crowd, mode):
    first = make_round(crowd, mode, name="First")
    answer_all(first, lambda ask: Card(score=6))
    return close(first)


def told(crowd, first, now, user) -> dict[str, object]:
    """Everything a manager gets of the two rounds; charts as what they are drawn from."""
    client = Client()
    client.force_login(user)
    seen: dict[str, object] = {}
    for rest in ADDRESSES:
        if rest.startswith("compare"):
            rest += ("&" if "?" in rest else "?") + f"before={first.pk}&now={now.pk}"
        elif rest.startswith("matrix"):
            rest += ("&" if "?" in rest else "?") + f"round={now.pk}"
        seen[rest] = look(client, f"/organizations/{crowd.pk}/{rest}")
        # where no team link is shown there is nothing to draw, whatever was answered
        assert seen[rest][0] in ({200, 404} if now.mode == "anonymous" else {200}), rest
    compared = compared_find(actor=OPERATOR, before=first, now=now)
    charts = compare_charts(compared) | trend_charts(trend_told(actor=OPERATOR, organization=crowd))
    return seen | {f"chart {name}": json.dumps(chart.spec) for name, chart in charts.items()}


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_changes_of_what_is_hidden_change_no_byte(crowd, monkeypatch, mode):
    mara = make_user("mara", crowd, Role.MANAGER)
    if mode == "anonymous":
        add_thin_link(crowd)
    first = first_round(crowd, mode)
    made = make_round(crowd, mode, name="Second")
    answer_all(made, varied)
    cards = {ask.pk: varied(ask) for ask in Ask.objects.filter(round=made).select_related("rater", "handoff__supplier")}
    before, shown, sums = None, set(), {}
    for seed in range(3):
        mark = transaction.savepoint()
        change = swapped(made, shown, seed) if seed else dict
        done = closed_with(monkeypatch, made, change)
        seen = told(crowd, first, done, mara)
        if before is None:
            cells = release_table(release_of(round=done)).cells
            shown = {CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN}
            before, sums = seen, hidden_sums(made, shown, cards)
            assert len(shown) > 2
        else:
            assert hidden_sums(made, shown, change(cards)) != sums
            assert [name for name in seen if seen[name] != before[name]] == [], seed
        transaction.savepoint_rollback(mark)


def test_a_change_of_what_is_shown_is_seen(crowd, monkeypatch):
    """The comparison can fail: everybody gives 10 instead, and all of it says so."""
    mara = make_user("mara", crowd, Role.MANAGER)
    first = first_round(crowd, "pair")
    made = make_round(crowd, "pair", name="Second")
    answer_all(made, varied)
    seen = []
    for change in (dict, lambda cards: dict.fromkeys(cards, Card(score=10))):
        mark = transaction.savepoint()
        seen.append(told(crowd, first, closed_with(monkeypatch, made, change), mara))
        transaction.savepoint_rollback(mark)
    assert [name for name in seen[0] if seen[0][name] == seen[1][name]] == []


def test_no_address_cuts_a_protected_round(crowd):
    first_round(crowd, "pair")
    now = make_round(crowd, "pair", name="Second")
    answer_all(now, lambda ask: Card(score=7))
    close(now)
    client = Client()
    client.force_login(make_user("mara", crowd, Role.MANAGER))
    for way in ("compare/", "compare/picture.svg", "compare/files/csv/", "trend/", "matrix/", "matrix/files/csv/"):
        for cut in ("team=Red", "min=1", "k=1", "site=Rome", "supplier=1", "kappa=0.9", "raw=1", "version=1"):
            assert client.get(f"/organizations/{crowd.pk}/{way}?{cut}").status_code == 400, (way, cut)


def test_nothing_of_an_open_round_is_told(crowd):
    """Neither that it is there nor what was answered in it."""
    first_round(crowd, "pair")
    mara = make_user("mara", crowd, Role.MANAGER)
    client = Client()
    client.force_login(mara)
    ways = ("compare/", "trend/", "matrix/")
    before = [look(client, f"/organizations/{crowd.pk}/{way}") for way in ways]
    made = make_round(crowd, "pair", name="Second")
    answer_all(made, varied)
    assert [look(client, f"/organizations/{crowd.pk}/{way}") for way in ways] == before
    assert Round.objects.get(pk=made.pk).state == "open"
