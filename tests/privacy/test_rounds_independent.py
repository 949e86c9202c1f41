"""A round stands by itself: nothing is carried over, and nothing that happens later changes a byte of it."""

from __future__ import annotations

import random
import types

import pytest
from django.core.cache import cache
from django.db import transaction

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.release import CellState
from chainmap.domain.roles import Role
from chainmap.models import Ask, Party, Rating, Release, Round, Team
from chainmap.services import releases
from chainmap.services.published import published_find
from chainmap.services.releases import release_of, release_table
from chainmap.services.results import round_results_find
from chainmap.services.round_analysis import round_bottlenecks_find, round_export, round_findings_forget
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db

PROTECTED = ("pair", "anonymous")


@pytest.fixture
def crowd(db, monkeypatch):
    monkeypatch.setattr(releases, "secrets", types.SimpleNamespace(SystemRandom=lambda: random.Random(5)))
    return make_crowd()


def scored(ask: Ask) -> Card:
    return Card(score=random.Random(f"{ask.rater.code} {ask.handoff.supplier.code}").randint(0, 10), comment="as ever")


def told(made: Round) -> list[object]:
    """Everything published of a round, as the operator gets it, from nothing that was kept."""
    cache.clear()
    round_findings_forget()
    made = Round.objects.select_related("organization").get(pk=made.pk)
    release = Release.objects.get(round=made)
    files = [round_export(actor=OPERATOR, round=made, format=format).content for format in ("csv", "json", "dot")]
    found = repr(round_bottlenecks_find(actor=OPERATOR, round=made))
    return [
        release.content,
        release.extras,
        release.proof,
        files,
        found,
        round_results_find(actor=OPERATOR, round=made),
    ]


@pytest.mark.parametrize("mode", PROTECTED)
def test_a_second_round_holds_nothing_of_the_first(crowd, mode):
    """With nobody answering it says "no data" everywhere, and with answers the same as if it were the only one."""
    mark = transaction.savepoint()
    alone = make_round(crowd, mode, name="Second")
    answer_all(alone, scored)
    expected = Release.objects.get(round=close(alone))
    transaction.savepoint_rollback(mark)
    first = make_round(crowd, mode, name="First")
    answer_all(first, lambda ask: Card(score=1, comment="only in the first"))
    close(first)
    silent = close(make_round(crowd, mode, name="Silent"))
    assert {cell.state for cell in release_table(release_of(round=silent)).cells} == {CellState.NO_DATA}
    assert not round_bottlenecks_find(actor=OPERATOR, round=silent).analysed
    assert not Rating.objects.filter(round=silent).exists()
    second = make_round(crowd, mode, name="Second")
    answer_all(second, scored)
    found = Release.objects.get(round=close(second))
    assert (found.content, found.extras) == (expected.content, expected.extras)
    assert "only in the first" not in found.extras


@pytest.mark.parametrize("mode", PROTECTED)
def test_a_leaver_stays_in_what_was_published_and_comes_into_nothing_new(crowd, mode):
    """Whoever left is asked nothing any more; the release with their answers does not change by a byte."""
    first = make_round(crowd, mode, name="First")
    answer_all(first, scored)
    first = close(first)
    before = told(first)
    Party.objects.get(organization=crowd, code="blue3").delete()
    assert told(first) == before
    second = make_round(crowd, mode, name="Second")
    assert not Ask.objects.filter(round=second, rater__code="blue3").exists()
    answer_all(second, lambda ask: None)
    second = close(second)
    states = {cell.state for cell in release_table(release_of(round=second)).cells}
    assert states == {CellState.NO_DATA}, "seven answered the last time, and nothing of it is left"


@pytest.mark.parametrize("mode", PROTECTED)
def test_moving_people_between_teams_changes_no_byte(crowd, mode):
    """Not between opening and closing, and not afterwards: nobody can be moved out of a cell to be subtracted."""
    made = make_round(crowd, mode)
    answer_all(made, scored)
    mark = transaction.savepoint()
    expected = told(close(made))
    transaction.savepoint_rollback(mark)
    blue = Team.objects.get(organization=crowd, name="Blue")
    for code in ("red0", "green1"):
        Party.objects.filter(organization=crowd, code=code).update(team=blue)
    closed = close(made)
    assert told(closed) == expected
    Party.objects.filter(organization=crowd, code="blue0").update(team=None)
    Team.objects.filter(pk=blue.pk).update(name="Azure")
    assert told(closed) == expected


@pytest.mark.parametrize("mode", PROTECTED)
def test_taking_a_file_again_gives_the_same_file(crowd, mode):
    """Also after answers in another round and a rating somebody imported."""
    made = make_round(crowd, mode, name="First")
    answer_all(made, scored)
    made = close(made)
    member = make_user("member", crowd, Role.MEMBER)
    before, published = told(made), published_find(actor=member, round=made)
    other = make_round(crowd, mode, name="Second")
    answer_all(other, lambda ask: Card(score=0))
    close(other)
    imported = Round.objects.create(organization=crowd, name="Imported", mode="open", state="closed")
    ask = Ask.objects.filter(round=made).select_related("handoff").first()
    Rating.objects.create(round=imported, handoff=ask.handoff, rater=ask.rater, score=0)
    crowd.touch()
    assert told(made) == before
    assert published_find(actor=member, round=made) == published


@pytest.mark.parametrize("mode", PROTECTED)
def test_what_is_kept_for_the_next_version_says_who_answered_in_pair_rounds_only(crowd, mode):
    """An anonymous round is asked anew from blank: nothing of who answered is kept once it is closed."""
    made = make_round(crowd, mode)
    answer_all(made, lambda ask: scored(ask) if ask.rater.code.startswith("blue") else None)
    close(made)
    assert bool(Release.objects.get(round=made).selection) == (mode == "pair")
