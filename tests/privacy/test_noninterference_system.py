"""Scores and words that are hidden change no byte anywhere: release, analysis, files, results, pages and interface.

The whole system closes a small round again with each of some dozen changes.
"""

from __future__ import annotations

import random
import types
from collections import defaultdict
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.cells import Answer as CellAnswer
from chainmap.domain.cells import CellKey, Table
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.exports.report_files import REPORT_FORMATS, report_file
from chainmap.models import Ask, HandOff, Party, Release
from chainmap.services import releases
from chainmap.services.releases import release_of, release_table
from chainmap.services.reports import report_find, report_sources, reports_forget
from chainmap.services.results import own_results_find, round_results_find
from chainmap.services.round_analysis import round_bottlenecks_find, round_export, round_findings_forget
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.privacy.crawl import look

pytestmark = pytest.mark.django_db

REAL = releases.answers_find


@pytest.fixture
def crowd(db, monkeypatch):
    """The crowd; lots are drawn alike each time."""
    lots = types.SimpleNamespace(SystemRandom=lambda: random.Random(5))
    monkeypatch.setattr(releases, "secrets", lots)
    return make_crowd()


def add_thin_link(crowd) -> None:
    """A link of four people between two teams, too few to be shown."""
    people = {party.code: party for party in Party.objects.filter(organization=crowd)}
    HandOff.objects.bulk_create(
        HandOff(organization=crowd, supplier=people[f"red{one}"], customer=people[f"green{one}"], deliverable="extra")
        for one in range(4)
    )


@pytest.fixture
def users(crowd):
    made = {role: make_user(role.value, crowd, role) for role in Role}
    for code in ("red0", "blue0"):
        made[code] = make_user(code, crowd, Role.MEMBER)
        Party.objects.filter(organization=crowd, code=code).update(user=made[code])
    return made


def varied(ask: Ask) -> Card:
    """A full card that differs from person to person."""
    chance = random.Random(f"{ask.rater.code} {ask.handoff.supplier.code}")
    return Card(
        score=chance.randint(0, 10),
        reason=chance.choice([None, *Reason]),
        moment=chance.choice([None, *Moment]),
        comment=chance.choice(["", f"comment {chance.randrange(1000)}"]),
    )


def cells_of(ask: Ask) -> tuple[CellKey, ...]:
    return CellAnswer(ask.rater_id, ask.rater_team, ask.handoff.supplier_id, ask.supplier_team).cells


def closed_with(monkeypatch, made, changed):
    """Close the round as if its cards were changed; ``changed`` takes and gives ask -> card."""

    def answers_find(*, round, asks):
        stored = REAL(round=round, asks=asks)
        cards = changed({ask: one.card for ask, one in stored.items()})
        return {ask: replace(one, card=cards[ask]) for ask, one in stored.items()}

    monkeypatch.setattr(releases, "answers_find", answers_find)
    cache.clear()
    round_findings_forget()
    reports_forget()
    return close(made)


def swapped(made, shown, seed):
    """Cards change places among answers that stand in the same shown cells: what is shown of them stays."""
    asks = {ask.pk: ask for ask in Ask.objects.filter(round=made).select_related("handoff")}
    alike = defaultdict(list)
    for pk, ask in sorted(asks.items()):
        alike[tuple(key for key in cells_of(ask) if key in shown)].append(pk)
    chance = random.Random(seed)

    def changed(cards):
        result = dict(cards)
        for group in alike.values():
            for pk, other in zip(group, chance.sample(group, len(group)), strict=True):
                result[pk] = cards[other]
        return result

    return changed


def hidden_sums(made, shown, cards):
    sums = defaultdict(int)
    for ask in Ask.objects.filter(round=made).select_related("handoff"):
        for key in cells_of(ask):
            if key not in shown:
                sums[key] += cards[ask.pk].score
    return dict(sums)


def reports(made, users) -> dict[str, object]:
    """The record behind every page and file of a report: of the organization and of each team, for every role."""
    organization = made.organization
    told: dict[str, object] = {}
    for role in Role:
        asked = {"actor": users[role], "organization": organization, "round": made}
        told[f"report for {role}"] = repr(report_find(**asked))
        if role != Role.MEMBER:
            for team in report_sources(actor=users[role], organization=organization).teams:
                told[f"report of {team} for {role}"] = repr(report_find(team=team, **asked))
    return told


def outputs(made, users, *, pages=True) -> dict[str, object]:
    """Everything that anybody but the two sides of a pair round can get; without ``pages`` the services alone."""
    release = Release.objects.get(round=made)
    told: dict[str, object] = {
        "release": (release.content, release.extras, release.proof),
        "analysis": repr(round_bottlenecks_find(actor=OPERATOR, round=made)),
    }
    for format in ("csv", "json", "dot"):
        told[format] = round_export(actor=OPERATOR, round=made, format=format).content
    told |= reports(made, users)
    readers = {who: user for who, user in users.items() if made.mode == "anonymous" or isinstance(who, Role)}
    for who, user in readers.items():
        told[f"results of {who}"] = (
            round_results_find(actor=user, round=made), own_results_find(actor=user, round=made)
        )  # fmt: skip
    readers = (Role.MANAGER, Role.MEMBER if made.mode == "pair" else "red0")
    for who in readers if pages else ():
        client = Client()
        client.force_login(users[who])
        shown = ["organizations/{o}/rounds/{r}/", "api/v1/organizations/{o}/rounds/{r}/release/"]
        if who == Role.MANAGER:
            shown += ["organizations/{o}/matrix/?round={r}", "organizations/{o}/trend/"]
        for page in shown:
            address = "/" + page.format(o=made.organization_id, r=made.pk)
            told[f"{address} for {who}"] = look(client, address)
            assert told[f"{address} for {who}"][0] == 200
    return told


def test_changes_of_what_is_hidden_change_no_byte(crowd, users, monkeypatch):
    changes = 0
    for mode, seeds in (("pair", 4), ("anonymous", 6)):
        if mode == "anonymous":
            add_thin_link(crowd)
        made = make_round(crowd, mode)
        answer_all(made, varied)
        cards = {
            ask.pk: varied(ask) for ask in Ask.objects.filter(round=made).select_related("rater", "handoff__supplier")
        }
        first, shown, sums = None, set(), {}
        for seed in range(seeds + 1):
            mark = transaction.savepoint()
            change = swapped(made, shown, seed) if seed else dict
            done = closed_with(monkeypatch, made, change)
            told = outputs(done, users, pages=seed in {0, 3})
            if first is None:
                cells = release_table(release_of(round=done)).cells
                shown = {CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN}
                first, sums = told, hidden_sums(made, shown, cards)
                assert len(shown) > 2
                assert (Table.LINK if mode == "anonymous" else Table.SUPPLIER) in {key.table for key in sums}
            else:
                assert hidden_sums(made, shown, change(cards)) != sums
                assert [name for name in told if told[name] != first[name]] == [], (mode, seed)
                changes += 1
            transaction.savepoint_rollback(mark)
    assert changes == 10


def test_a_round_too_small_to_show_says_the_same_whatever_was_answered(crowd, users, monkeypatch):
    made = make_round(crowd, "anonymous")
    answer_all(made, lambda ask: varied(ask) if ask.rater.code in {f"blue{one}" for one in range(5)} else None)
    told = []
    for seed in range(4):
        mark = transaction.savepoint()
        scores = random.Random(seed)

        def changed(cards, scores=scores):
            return {
                ask: card if card == Card() else Card(score=scores.randint(0, 10), comment=f"{scores.random()}")
                for ask, card in cards.items()
            }

        told.append(outputs(closed_with(monkeypatch, made, changed), users, pages=seed < 2))
        transaction.savepoint_rollback(mark)
    assert all(one[name] == told[0][name] for one in told for name in one)


def test_a_change_of_what_is_shown_is_seen(crowd, users, monkeypatch):
    """The comparison can fail: everybody gives 10 instead, and all outputs say so."""
    made = make_round(crowd, "anonymous")
    answer_all(made, varied)
    told = []
    for change in (dict, lambda cards: {ask: replace(card, score=10) for ask, card in cards.items()}):
        mark = transaction.savepoint()
        told.append(outputs(closed_with(monkeypatch, made, change), users))
        transaction.savepoint_rollback(mark)
    assert [name for name in told[0] if told[0][name] == told[1][name]] == []


def every_file(made) -> list[tuple[str, bytes]]:
    """The report in every format there is."""
    report = report_find(actor=OPERATOR, organization=made.organization, round=made)
    papers = {"pdf": ("a4", "letter")}
    return [
        (format, report_file(report, format=format, paper=paper).content)
        for format in REPORT_FORMATS
        for paper in papers.get(format, ("a4",))
    ]


def test_pictures_and_files_are_made_of_the_same_source(crowd, users, monkeypatch):
    """Pictures and every format of the report once: the same source gives the same bytes."""
    made = make_round(crowd, "anonymous")
    answer_all(made, varied)
    told = []
    for seed in (0, 1):
        mark = transaction.savepoint()
        done = closed_with(monkeypatch, made, swapped(made, set(told[0][0]), seed) if seed else dict)
        cells = release_table(release_of(round=done)).cells
        shown = [CellKey(cell.table, cell.key) for cell in cells if cell.state == CellState.SHOWN]
        pictures = [round_export(actor=OPERATOR, round=done, format=one).content for one in ("svg", "png")]
        told.append((shown, pictures, every_file(done)))
        transaction.savepoint_rollback(mark)
    assert {format for format, _content in told[0][2]} >= {"pdf", "xlsx", "csv", "json"}
    assert told[0] == told[1]
