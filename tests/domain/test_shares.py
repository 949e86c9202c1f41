"""Shares of a published cell: from 21 people on, in steps of ten, never nobody and never everybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.shares import Shares, find_shares, round_share
from tests.domain.test_cards import cards


def test_worked_by_hand():
    """25 answers with a score: 10 late (40 %), 1 habit, 3 magic (12 %), 20 good (80 %), 4 missing (16 %)."""
    good, missing = {Dimension.EMPOWERMENT: Chip.GOOD}, {Dimension.EMPOWERMENT: Chip.MISSING}
    listed = (
        [Card(score=5, reason=Reason.LATE, care=good)] * 10
        + [Card(score=9, reason=Reason.HABIT, moment=Moment.MAGIC, care=good)]
        + [Card(score=10, moment=Moment.MAGIC, care=good)] * 2
        + [Card(score=8, care=good)] * 7
        + [Card(score=7, care=missing)] * 4
        + [Card(score=0)]
    )
    found = find_shares(listed, 25)
    assert found is not None
    assert (found.reasons[Reason.LATE], found.reasons[Reason.HABIT]) == (40, 10)
    assert found.moments == {Moment.MAGIC: 10, Moment.ORDINARY: 10, Moment.MISERY: 10}
    assert (found.good[Dimension.EMPOWERMENT], found.missing[Dimension.EMPOWERMENT]) == (80, 20)
    assert found.good[Dimension.IDEAL_SERVICE] == 10


def test_answers_without_a_score_are_no_part_of_the_whole():
    listed = [Card(score=3, reason=Reason.LATE)] * 21
    silent = [Card(not_this_period=True, reason=Reason.HABIT), Card(moment=Moment.MAGIC)] * 30
    assert find_shares(listed + silent, 21) == find_shares(listed, 21)


def test_a_reason_beside_a_ten_is_left_over():
    found = find_shares([Card(score=10, reason=Reason.LATE)] * 21, 21)
    assert found is not None
    assert found.reasons[Reason.LATE] == 10


@pytest.mark.parametrize(("answers", "raters"), [(20, 20), (100, 20), (20, 21), (0, 0), (0, 30)])
def test_below_21_people_nothing_is_said(answers, raters):
    assert find_shares([Card(score=7)] * answers, raters) is None


def test_21_people_are_enough():
    assert find_shares([Card(score=7)] * 21, 21) is not None


@pytest.mark.parametrize("count", range(21, 60))
def test_no_share_names_one_number_of_people(count):
    """Whatever is shown, at least two numbers of answers give it."""
    shares = [round_share(part, count) for part in range(count + 1)]
    assert set(shares) <= set(range(10, 100, 10))
    assert all(shares.count(share) >= 2 for share in shares)
    assert shares == sorted(shares)
    assert shares[0] == shares[1]
    assert shares[-1] == shares[-2]


@given(cards())
@settings(max_examples=20, deadline=None)
def test_shares_come_back_from_json(card):
    found = find_shares([card, *[Card(score=score) for score in range(11)] * 2], 22)
    assert found is not None
    assert Shares.from_dict(json.loads(json.dumps(found.as_dict()))) == found
    assert len(found.reasons) == 8
