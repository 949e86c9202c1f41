"""What customers say beside a self-assessment: nothing the reader might not see anyway.

Three teams: Red hands to Blue, Blue to Green, Green to Red and to the client (``tests/crowd.py``). Everybody in Red
gives two specs.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.domain.bottlenecks import find_team_bottlenecks
from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.models import HandOff, Party, Rating, Round, Team
from chainmap.services.assessments import assessment_result
from chainmap.services.customers_said import person_said, team_yields, teams_said
from chainmap.services.snapshots import chain_snapshot
from tests.assessing import answer, make_users
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.fixture
def red0(crowd):
    return make_users(crowd, ["red0"])["red0"]


def asked(crowd, mode, card_of):
    made = make_round(crowd, mode)
    answer_all(made, card_of)
    return close(made)


def said_of(user, crowd):
    return person_said(user=user, party=Party.objects.select_related("organization").get(code="red0"))


def of_red0(score, other=8):
    """The two customers of red0 give ``score`` and ``score + 1``, everybody else ``other``."""

    def card(ask):
        if ask.handoff.supplier.code != "red0":
            return Card(score=other)
        misery = ask.rater.code == "blue0"
        return Card(
            score=score + (ask.rater.code == "blue1"),
            moment=Moment.MISERY if misery else Moment.MAGIC,
            care={Dimension.RESPONSIVENESS: Chip.MISSING},
        )

    return card


def red(crowd):
    return Team.objects.get(organization=crowd, name="Red")


def test_nothing_said_is_nothing_known(crowd, red0):
    said = said_of(red0, crowd)
    assert (said.mean, said.scores, said.answers, said.is_known) == (None, 0, 0, False)
    assert teams_said(user=red0, organization=crowd, teams=[red(crowd)]) == {}
    assert teams_said(user=red0, organization=crowd, teams=[]) == {}


@pytest.mark.parametrize("mode", ["open", "pair"])
def test_the_last_score_of_each_hand_off_counts_and_every_moment(crowd, red0, mode):
    asked(crowd, mode, of_red0(2))
    make = make_round(crowd, mode, name="Second")
    answer_all(make, of_red0(6))
    close(make)
    said = said_of(red0, crowd)
    assert (said.mean, said.scores, said.answers) == (6.5, 2, 4)  # (6 + 7) / 2
    assert (said.moments.magic, said.moments.misery) == (2, 2)
    assert said.care.dimensions[3].missing == 4
    assert said.cell is None


def test_an_anonymous_round_gives_the_own_released_cell_or_nothing(crowd, red0):
    """Two raters are too few; six customers of one person are enough."""
    asked(crowd, "anonymous", of_red0(2))
    assert not said_of(red0, crowd).is_known
    supplier = Party.objects.get(code="red0")
    HandOff.objects.bulk_create(
        HandOff(organization=crowd, supplier=supplier, customer=Party.objects.get(code=f"blue{number}"),
                deliverable="more")
        for number in range(2, 8)
    )  # fmt: skip
    made = make_round(crowd, "anonymous", name="Second")
    answer_all(made, lambda ask: Card(score=4 if ask.handoff.supplier.code == "red0" else 8))
    close(made)
    said = said_of(red0, crowd)
    assert (said.mean, said.answers, said.is_known) == (None, 0, True)
    assert (said.cell.mean, said.cell.key, said.round_name) == (4.0, (supplier.pk,), "Second")


def test_a_team_gets_its_released_cell(crowd, red0):
    asked(crowd, "pair", lambda ask: Card(score=3 if ask.handoff.supplier.code.startswith("red") else 8))
    said = teams_said(user=red0, organization=crowd, teams=[red(crowd)])[red(crowd).pk]
    assert (said.cell.mean, said.round_name, said.yield_) == (3.0, "Round pair", None)


def test_a_team_without_a_released_cell_gets_the_yield_of_open_rounds(crowd, red0):
    """Every spec is rated 3: of what Red hands to Blue, 3 of 10 arrive, drawn a little to the mean of all ratings."""
    asked(crowd, "open", lambda ask: Card(score=3 if ask.handoff.supplier.code.startswith("red") else 8))
    said = teams_said(user=red0, organization=crowd, teams=[red(crowd)])[red(crowd).pk]
    mean = (16 * 0.3 + 32 * 0.8) / 48  # of the 48 hand-offs between people; the client is not asked
    assert (said.cell, said.ratings) == (None, 16)
    assert said.yield_ == pytest.approx((2 * mean + 0.3) / 3)  # each has one rating, and the weight of the mean is 2


def test_a_team_nobody_rated_has_no_yield(crowd, red0):
    asked(crowd, "open", lambda ask: Card(score=8) if ask.handoff.supplier.code.startswith("blue") else None)
    finding = find_team_bottlenecks(chain_snapshot(organization=crowd), organization="Crowd")
    assert team_yields(finding).keys() == {"Blue"}
    assert teams_said(user=red0, organization=crowd, teams=[red(crowd)]) == {}


def test_the_yield_of_a_team_leaves_out_what_it_hands_to_itself(crowd, red0):
    ends = {code: Party.objects.get(code=code) for code in ("red0", "red1")}
    HandOff.objects.create(
        organization=crowd, supplier=ends["red0"], customer=ends["red1"], deliverable="notes", volume=50
    )
    asked(crowd, "open", lambda ask: Card(score=0 if ask.handoff.deliverable == "notes" else 9))
    assert teams_said(user=red0, organization=crowd, teams=[red(crowd)])[red(crowd).pk].yield_ > 0.85


def test_as_many_queries_for_two_hundred_hand_offs(crowd, red0):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assessment_result(user=red0, organization=crowd, code="orientation", about="person")
        return len(seen)

    answer(red0, crowd, 7, about="person")
    asked(crowd, "open", of_red0(6))
    few = queries()
    supplier, customer = (Party.objects.get(code=code) for code in ("red0", "blue0"))
    rows = HandOff.objects.bulk_create(
        HandOff(organization=crowd, supplier=supplier, customer=customer, deliverable=f"part {number}")
        for number in range(200)
    )
    made = Round.objects.get(organization=crowd)
    Rating.objects.bulk_create(Rating(round=made, handoff=row, rater=customer, score=6) for row in rows)
    assert said_of(red0, crowd).scores == 202
    assert queries() == few <= 14


def test_the_result_shows_the_one_or_the_other(crowd, red0):
    asked(crowd, "open", of_red0(6))
    empty = assessment_result(user=red0, organization=crowd, code="orientation", about="person")
    assert (empty.person_said, empty.team_said, empty.needed) == (None, None, 6)
    answer(red0, crowd, 7, about="person")
    answer(red0, crowd, 7)
    about_me = assessment_result(user=red0, organization=crowd, code="orientation", about="person")
    assert (about_me.own.mean, about_me.person_said.mean, about_me.team_said) == (7.0, 6.5, None)
    about_us = assessment_result(user=red0, organization=crowd, code="orientation", about="team")
    assert about_us.person_said is None
    assert about_us.team_said.ratings == 16
