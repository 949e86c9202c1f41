"""Who decides on exceptions, and what waits for it."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.permissions import DecisionOwner
from chainmap.domain.reasons import Reason
from chainmap.models import HandOff, Round
from chainmap.services.decisions import OwnDecisions, own_decisions, permissions_find
from chainmap.services.handoffs import handoff_edit
from chainmap.services.rounds import round_reopen
from tests.crowd import answer_all, close, make_round
from tests.pair import give_account, handoff_of, many_handoffs, party

pytestmark = pytest.mark.django_db


def decide(organization, code, *deliverables):
    HandOff.objects.filter(organization=organization, deliverable__in=deliverables).update(
        decision_owner=party(organization, code)
    )
    organization.touch()


def test_whom_decisions_wait_for_is_found_in_the_kept_chain(organization, carla, django_assert_num_queries):
    """Carla decides on what Alice gives to Bob and on what she gives the client herself; Alice has to ask."""
    decide(organization, "carla", "forecast", "report")
    found = permissions_find(actor=carla, organization=organization)
    assert [(one.party, one.handoffs, one.askers, one.waits) for one in found.owners] == [("carla", 1, 1, 0)]
    assert 0 < found.owners[0].dependence < 1
    assert (found.said, found.unsaid) == (2, 4)
    with django_assert_num_queries(2):  # the rights of who asks; nothing is worked out again
        assert permissions_find(actor=carla, organization=organization) == found


def test_changing_who_decides_is_seen_at_once(organization, alice):
    forecast = handoff_of(organization, "alice", "bob")
    assert permissions_find(actor=alice, organization=organization).owners == ()
    handoff_edit(
        user=alice, organization=organization, handoff=forecast.pk, version=1, deliverable="forecast", volume=None,
        decision_owner=party(organization, "bob"),
    )  # fmt: skip
    organization.refresh_from_db()
    assert [one.party for one in permissions_find(actor=alice, organization=organization).owners] == ["bob"]


def test_answers_that_authorization_had_to_be_asked_for_are_counted_of_closed_open_rounds_only(
    organization, alice, carla
):
    """Three hand-offs of which Bob decides; each customer says so in an open, a pair and an anonymous round."""
    decide(organization, "bob", "forecast", "figures", "report")
    said = Card(score=6, reason=Reason.NO_POWER_TO_DECIDE)
    for mode in ("pair", "anonymous", "open"):
        made = make_round(organization, mode, name=mode)
        answer_all(made, lambda ask: said)
        if mode != "open":
            close(made)
    organization.refresh_from_db()
    assert waits(carla, organization) == [0], "the open one is not closed yet"
    close(made)
    organization.refresh_from_db()
    assert waits(carla, organization) == [2], "figures and forecast; the client is not asked"
    assert waits(alice, organization) == [0], "whose answer it was is not for everybody"
    assert waits(OPERATOR, organization) == [2]
    round_reopen(actor=OPERATOR, round=Round.objects.get(pk=made.pk), closes_at=None)
    organization.touch()
    assert waits(carla, organization) == [0], "while it is open again nothing of it is told"


def waits(actor, organization):
    return [one.waits for one in permissions_find(actor=actor, organization=organization).owners]


def test_a_reason_beside_a_ten_is_left_from_before(organization, carla):
    decide(organization, "bob", "forecast")
    made = make_round(organization, "open", name="open")
    answer_all(made, lambda ask: Card(score=10, reason=Reason.NO_POWER_TO_DECIDE))
    close(made)
    organization.refresh_from_db()
    assert waits(carla, organization) == [0]


def test_what_waits_for_one_s_own_decision(organization, alice, people, zoe):
    assert own_decisions(user=alice, organization=organization) == OwnDecisions()
    decide(organization, "alice", "plan", "questions", "report")
    found = own_decisions(user=alice, organization=organization)
    owner = permissions_find(actor=alice, organization=organization).owners[0]
    assert isinstance(owner, DecisionOwner)
    assert (found.handoffs, found.askers, found.dependence) == (3, 2, owner.dependence)
    with pytest.raises(NotFound):
        own_decisions(user=people["erik"], organization=organization)
    with pytest.raises(NotFound):
        permissions_find(actor=zoe, organization=organization)


def test_the_number_of_queries_does_not_grow(organization, carla, django_assert_num_queries):
    give_account(organization, "carla")
    for size in (10, 100):
        many_handoffs(organization, "carla", size)
        with django_assert_num_queries(7):  # 2 for rights, 3 for the chain, who decides, what was answered
            assert permissions_find(actor=carla, organization=organization).said >= size
