"""The two lists of one's own hand-offs, and the scores that stand in them."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.domain.ladder import Rung
from chainmap.models import Agreement, HandOff, Party, Rating
from chainmap.services.handoff_checks import LARGEST_VOLUME
from chainmap.services.handoffs import (
    agreement_ended,
    handoff_find,
    own_rows,
)
from chainmap.services.moments import handoff_moments
from chainmap.services.own import own_handoff
from chainmap.services.scores import scores_said
from tests.pair import give_account, handoff_of, many_handoffs
from tests.services.handing import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    """Alice and Bob, and the unconfirmed forecast from her to him; nobody rated it."""
    Rating.objects.all().delete()
    return give_account(organization, "bob"), handoff_of(organization, "alice", "bob")


# ---- lists


def test_both_lists_with_shares_needs_scores_and_states(organization, alice):
    """Alice gives forecast 3 and figures 1, rated 6 and 4; she gets paper from outside."""
    given = own_rows(user=alice, organization=organization, side="given", offset=0, limit=10)
    rows = [(row.own.handoff.deliverable, row.share, [one.score for one in row.scores]) for row in given.rows]
    assert rows == [("forecast", 0.75, [6.0]), ("figures", 0.25, [4.0])]
    assert [row.state for row in given.rows] == ["unsaid", "unsaid"]
    received = own_rows(user=alice, organization=organization, side="received", offset=0, limit=10)
    assert [(row.own.other.name, row.state, row.share) for row in received.rows] == [("Paper mill", "outside", 1.0)]
    second = own_rows(user=alice, organization=organization, side="given", offset=1, limit=1)
    assert ([row.own.handoff.deliverable for row in second.rows], second.total) == (["figures"], 2)


def test_volumes_beyond_measure_have_no_share_and_are_no_usual_ones(organization, alice, pair):
    HandOff.objects.filter(supplier__code="alice").update(volume=1.7e308)
    given = own_rows(user=alice, organization=organization, side="given", offset=0, limit=10)
    assert [row.share for row in given.rows] == [None, None]
    assert add(alice, organization, "bob").volume == LARGEST_VOLUME


def test_the_number_of_queries_does_not_grow(organization, alice, django_assert_max_num_queries):
    counts = []
    for size in (10, 200):
        many_handoffs(organization, "alice", size)
        with django_assert_max_num_queries(9) as used:
            rows = own_rows(user=alice, organization=organization, side="given", offset=0, limit=1000)
        assert rows.total == len(rows.rows) >= size
        counts.append(len(used))
    assert counts[0] == counts[1]


# ---- scores given again at the end of an agreement


def ended(handoff, due_on, score, **more):
    """An agreement that is over: both said what came of it."""
    values = {"state": "ended", "supplier_outcome": "kept", "customer_outcome": "kept", "score_before": 4} | more
    return Agreement.objects.create(
        handoff=handoff, sentence=f"By {due_on}", made_by=handoff.customer, owner=handoff.supplier, due_on=due_on,
        score_after=score, **values,
    )  # fmt: skip


def rate(handoff, score, day):
    asked = handoff.organization.rounds.create(name=f"Round {day}", mode="pair", state="closed")
    Rating.objects.create(round=asked, handoff=handoff, rater=handoff.customer, score=score, given_on=day)


def test_scores_of_rounds_and_agreements_stand_in_the_order_of_their_days(alice, pair):
    """4 in May, 7 at the end of an agreement in June, 8 in a round of July, 9 at the end of the next one."""
    bob, forecast = pair
    rate(forecast, 4, date(2026, 5, 1))
    rate(forecast, 8, date(2026, 7, 1))
    ended(forecast, date(2026, 7, 1), 9)
    ended(forecast, date(2026, 6, 1), 7)
    for user in (alice, bob):
        row = handoff_find(user=user, organization=forecast.organization, handoff=forecast.pk)
        assert [one.score for one in row.said] == [4, 7, 8, 9]
        assert [one.score for one in row.scores] == [4, 8], "what rounds said stays as it was"
        assert handoff_moments(user=user, own=row.own, scores=row.said).ladder.rung == Rung.SUPPORTER


def test_a_score_given_again_is_shown_once_both_have_said_and_to_the_two_alone(organization, alice, pair, people):
    bob, forecast = pair
    made = ended(
        forecast, date(2026, 6, 1), 7, state="agreed", supplier_outcome="", shared_by_supplier=True,
        shared_by_customer=True,
    )  # fmt: skip

    def said(user):
        told = scores_said(user=user, handoffs=[forecast.pk], seen={}).get(forecast.pk, ())
        return [(one.score, one.rater, one.given_on) for one in told]

    assert [said(user) for user in (alice, bob)] == [[], []]
    assert agreement_ended(user=alice, own=own_handoff(user=alice, organization=organization, pk=forecast.pk)) is None
    Agreement.objects.filter(pk=made.pk).update(state="ended", supplier_outcome="kept")
    assert [said(user) for user in (alice, bob)] == [[(7, forecast.customer_id, date(2026, 6, 1))]] * 2
    for other in ("carla", "dora", "erik"):
        assert said(people[other]) == [], other
    give_account(organization, "carla")
    assert said(people["carla"]) == [], "a coach or manager with another place in the chain"


def test_the_agreement_that_was_over_last_comes_with_its_effect(organization, alice, pair):
    bob, forecast = pair
    for day, score in ((1, 5), (20, 8), (10, None)):
        ended(forecast, date(2026, 6, day), score)
    for user in (alice, bob):
        own = own_handoff(user=user, organization=organization, pk=forecast.pk)
        found = agreement_ended(user=user, own=own)
        assert (found.agreement.due_on, found.effect.before, found.effect.after) == (date(2026, 6, 20), 4, 8)
    ended(forecast, date(2026, 6, 25), None)
    assert agreement_ended(user=alice, own=own).effect is None


@pytest.mark.parametrize(
    ("find", "given"), [("BOB", ["forecast"]), ("ines", ["sketch"]), ("Skétch", ["sketch"]), ("c", 3), ("zz", [])]
)
def test_one_s_own_list_is_narrowed_to_a_person_or_a_deliverable(organization, alice, pair, find, given):
    Party.objects.filter(code="dan").update(name="Inés Vidal")
    add(alice, organization, "dan")
    found = own_rows(user=alice, organization=organization, side="given", offset=0, limit=9, find=find)
    names = [row.own.handoff.deliverable for row in found.rows]
    assert found.total == len(names)
    assert (names if isinstance(given, list) else len(names)) == given
