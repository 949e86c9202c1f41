"""Hidden scores change no byte of what compares rounds: the two, all of them, and the matrix of teams."""

from __future__ import annotations

import random
import types

import pytest
from django.db import transaction

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.cells import CellKey
from chainmap.domain.release import CellState
from chainmap.exports.compare_charts import compare_charts
from chainmap.exports.compare_files import (
    compare_csv,
    compare_json,
    compare_picture_file,
    matrix_csv,
    trend_csv,
    trend_json,
)
from chainmap.models import Ask, Round
from chainmap.services import releases
from chainmap.services.comparing import team_matrix_find
from chainmap.services.comparing_views import compared_find, compared_map_find, trend_told
from chainmap.services.releases import release_of, release_table
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.privacy.test_noninterference_system import closed_with, hidden_sums, swapped, varied

pytestmark = pytest.mark.django_db


def outputs(before: Round, now: Round) -> dict[str, object]:
    """Everything that is made of the two, and of all rounds."""
    told: dict[str, object] = {}
    for one, other in ((before, now), (now, before)):
        compared = compared_find(actor=OPERATOR, before=one, now=other)
        assert compared.change is not None
        drawn = compared_map_find(actor=OPERATOR, compared=compared, before=one, now=other)
        for file in (compare_csv(compared), compare_json(compared), compare_picture_file(compared, drawn)):
            told[f"{one} {other} {file.filename}"] = file.content
        told[f"{one} {other} charts"] = repr({name: chart.spec for name, chart in compare_charts(compared).items()})
    rounds = trend_told(actor=OPERATOR, organization=now.organization)
    for file in (
        trend_csv(rounds, "Crowd"),
        trend_json(rounds, "Crowd"),
        matrix_csv(team_matrix_find(actor=OPERATOR, round=now), "Crowd"),
    ):
        told[file.filename] = file.content
    return told


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_changes_of_what_is_hidden_change_no_byte_of_a_comparison(db, monkeypatch, mode):
    monkeypatch.setattr(releases, "secrets", types.SimpleNamespace(SystemRandom=lambda: random.Random(5)))
    crowd = make_crowd(size=10)
    first = make_round(crowd, mode, name="First")
    answer_all(first, varied)
    first = close(first)
    made = make_round(crowd, mode, name="Second")
    answer_all(made, varied)
    cards = {ask.pk: varied(ask) for ask in Ask.objects.filter(round=made).select_related("rater", "handoff__supplier")}
    told, shown = [], set()
    # as it is, hidden scores changed, and everybody says 10 instead, which is seen
    for change in (dict, None, lambda given: {ask: Card(score=10) for ask in given}):
        mark = transaction.savepoint()
        change = change or swapped(made, shown, 7)
        done = closed_with(monkeypatch, made, change)
        told.append(outputs(Round.objects.get(pk=first.pk), done))
        cells = release_table(release_of(round=done)).cells
        shown = shown or {CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN}
        if len(told) == 2:
            assert hidden_sums(made, shown, change(cards)) != hidden_sums(made, shown, cards)
        transaction.savepoint_rollback(mark)
    assert [name for name in told[0] if told[0][name] != told[1][name]] == []
    assert [name for name in told[0] if told[0][name] == told[2][name]] == []
