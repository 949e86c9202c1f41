"""What is hidden in a protected round changes no byte of its map, nor of any of its sheets."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from chainmap.domain.cells import CellKey
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.models import Ask
from chainmap.services.releases import release_of, release_table
from tests.crowd import answer_all, make_round
from tests.privacy.test_noninterference_system import (  # noqa: F401 - two are fixtures
    add_thin_link,
    closed_with,
    crowd,
    hidden_sums,
    swapped,
    users,
    varied,
)

pytestmark = pytest.mark.django_db

READERS = (Role.COACH, Role.MANAGER, Role.MEMBER, "red0")


def outputs(made, users):  # noqa: F811
    """Data and every sheet of the map of the round, and the data of the map of everything so far, by reader."""
    told = {}
    data_at = reverse("chainmap:map_data", args=[made.organization_id])
    for who in READERS:
        client = Client()
        client.force_login(users[who])
        data = client.get(f"{data_at}?round={made.pk}")
        assert data.status_code == 200
        told[who, "map"], told[who, "whole"] = data.content, client.get(data_at).content
        for link in data.json()["links"]:
            answer = client.get(link["href"], headers={"X-Requested-With": "fetch"})
            assert answer.status_code == 200
            told[who, link["id"]] = answer.content
    return told


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_a_hidden_rating_changes_no_byte_of_the_map(crowd, users, monkeypatch, mode):  # noqa: F811
    add_thin_link(crowd)
    made = make_round(crowd, mode)
    answer_all(made, varied)
    cards = {ask.pk: varied(ask) for ask in Ask.objects.filter(round=made).select_related("rater", "handoff__supplier")}
    first, shown, sums = None, set(), {}
    for seed in range(3):
        mark = transaction.savepoint()
        change = swapped(made, shown, seed) if seed else dict
        done = closed_with(monkeypatch, made, change)
        told = outputs(done, users)
        if first is None:
            cells = release_table(release_of(round=done)).cells
            shown = {CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN}
            first, sums = told, hidden_sums(made, shown, cards)
        else:
            assert hidden_sums(made, shown, change(cards)) != sums
            assert [name for name in told if told[name] != first[name]] == []
        transaction.savepoint_rollback(mark)


def test_the_comparison_can_fail(crowd, users, monkeypatch):  # noqa: F811
    made = make_round(crowd, "anonymous")
    answer_all(made, varied)
    told = []
    for change in (dict, lambda cards: {ask: varied_to(card, 10) for ask, card in cards.items()}):
        mark = transaction.savepoint()
        told.append(outputs(closed_with(monkeypatch, made, change), users))
        transaction.savepoint_rollback(mark)
    assert all(told[0][who, "map"] != told[1][who, "map"] for who in READERS)
    assert all(told[0][who, "whole"] == told[1][who, "whole"] for who in READERS)  # by person nothing is known


def varied_to(card, score):
    return type(card)(score=score, reason=card.reason, moment=card.moment, comment=card.comment)
