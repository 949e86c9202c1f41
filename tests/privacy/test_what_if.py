"""What-if on a protected round says what its release says: hidden scores and today's chain change no byte of it."""

from __future__ import annotations

import json
import random
import types

import pytest
from django.db import transaction
from django.test import Client

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cells import CellKey
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.domain.scenario_changes import Add, Remove, Reroute, SetVolume, SetYield, changes_write
from chainmap.models import HandOff, Party, Rating, Round, Scenario
from chainmap.services import releases
from chainmap.services.releases import release_of, release_table
from chainmap.services.scenarios import scenario_open
from chainmap.services.what_if import repairs_find, what_if_base, what_if_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.privacy.test_noninterference_system import closed_with, swapped, varied

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db, monkeypatch):
    """The crowd; lots are drawn alike each time."""
    monkeypatch.setattr(releases, "secrets", types.SimpleNamespace(SystemRandom=lambda: random.Random(5)))
    return make_crowd()


@pytest.fixture
def manager(crowd):
    return make_user("manager", crowd, Role.MANAGER)


def questions(base):
    """Every kind of change on the chain of teams, each alone and some together."""
    chain = base.analysis.chain
    ends = list(zip(chain.supplier.tolist(), chain.customer.tolist(), strict=True))
    giving, end = ends[0][0], int(chain.is_end_customer.argmax())
    asked = [(SetYield(at, 1.0),) for at in range(len(ends))]
    asked += [(SetVolume(0, 9.0),), (Remove(1),), (Add(giving, end, "new"),), (Reroute(0, end),), ()]
    return [each for each in asked if not any(isinstance(one, Reroute) and ends[0] == (giving, end) for one in each)]


def outputs(made, manager):
    """Everything that somebody can get from what-if on this round."""
    asked = {"actor": OPERATOR, "organization": made.organization, "round": made}
    base = what_if_base(**asked)
    told = {f"{each}": repr(what_if_find(**asked, changes=each).finding) for each in questions(base)}
    told["repairs"] = repr(repairs_find(**asked, count=5).repairs)
    told["names"] = repr((base.parties(), base.handoffs()))
    client = Client()
    client.force_login(manager)
    address = f"/organizations/{made.organization_id}/what-if.json"
    for body in ({"round": made.pk, "best": 3}, {"round": made.pk, "changes": [{"kind": "remove", "handoff": 0}]}):
        answer = client.post(address, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200
        told[str(body)] = answer.content
    kept, _new = Scenario.objects.get_or_create(
        organization=made.organization, round=made, name="kept", defaults={"changes": changes_write([SetYield(0, 0.9)])}
    )
    told["kept"] = repr(scenario_open(actor=OPERATOR, organization=made.organization, pk=kept.pk).finding)
    return told


@pytest.mark.parametrize("mode", ["pair", "anonymous"])
def test_changes_of_what_is_hidden_change_no_byte(crowd, manager, monkeypatch, mode):
    made = make_round(crowd, mode)
    answer_all(made, varied)
    first, shown = None, set()
    for seed in range(4):
        mark = transaction.savepoint()
        done = closed_with(monkeypatch, made, swapped(made, shown, seed) if seed else dict)
        told = outputs(done, manager)
        if first is None:
            cells = release_table(release_of(round=done)).cells
            shown = {CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN}
            first = told
        assert [name for name in told if told[name] != first[name]] == [], seed
        transaction.savepoint_rollback(mark)


def test_a_change_of_what_is_shown_is_seen(crowd, manager, monkeypatch):
    """The comparison can fail."""
    made = make_round(crowd, "anonymous")
    answer_all(made, varied)
    told = []
    for change in (dict, lambda cards: {ask: varied_up(card) for ask, card in cards.items()}):
        mark = transaction.savepoint()
        told.append(outputs(closed_with(monkeypatch, made, change), manager))
        transaction.savepoint_rollback(mark)
    assert told[0]["()"] != told[1]["()"]


def varied_up(card):
    return type(card)(score=10)


def test_todays_chain_and_open_ratings_change_nothing(crowd, manager):
    made = make_round(crowd, "anonymous")
    answer_all(made, varied)
    close(made)
    made = Round.objects.get(pk=made.pk)
    first = outputs(made, manager)
    people = {party.code: party for party in Party.objects.filter(organization=crowd)}
    HandOff.objects.create(
        organization=crowd, supplier=people["red0"], customer=people["client"], deliverable="new", volume=9
    )
    HandOff.objects.filter(organization=crowd, supplier=people["blue0"]).update(is_removed=True, volume=5)
    Party.objects.filter(pk=people["red1"].pk).update(name="Somebody else", capacity=7)
    opened = Round.objects.create(organization=crowd, name="Open", mode="open", state="closed")
    row = HandOff.objects.filter(organization=crowd).first()
    Rating.objects.create(round=opened, handoff=row, rater=row.customer, score=1, given_on="2026-09-01")
    crowd.touch()
    assert outputs(made, manager) == first


def test_nothing_is_answered_before_the_round_is_closed(crowd, manager):
    made = make_round(crowd, "anonymous")
    with pytest.raises(NotFound):
        what_if_find(actor=manager, organization=crowd, round=made, changes=())
