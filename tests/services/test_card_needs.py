"""A rating ticks which needs were met: the customer's own, in rounds that name both sides."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip
from chainmap.models import Ask, HandOff, Need, Party
from chainmap.services.answers import answers_find
from chainmap.services.ballots import BallotKey, NeedShown, answer_save, ballot_find, preview_find
from chainmap.services.rounds import RoundPlan, round_create, round_open

pytestmark = pytest.mark.django_db
CLIENT = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def need(organization):
    """What Bob needs from the forecast."""
    forecast = HandOff.objects.get(organization=organization, deliverable="forecast")
    return Need.objects.create(handoff=forecast, text="by Tuesday noon", importance=3)


def ballot_key(organization, mode, question_set="full"):
    """Bob's ballot in a new open round, and the question about the forecast."""
    plan = RoundPlan(name=f"{mode} {question_set}", mode=mode, question_set=question_set)
    opened = round_open(actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=plan))
    bob = Party.objects.get(organization=organization, code="bob")
    return BallotKey(opened, bob), Ask.objects.get(round=opened, handoff__deliverable="forecast")


def item_of(key, ask):
    return next(item for item in ballot_find(key=key).items if item.ask == ask.pk)


@pytest.mark.parametrize(
    ("mode", "question_set", "is_asked"),
    [("pair", "full", True), ("open", "full", True), ("anonymous", "full", False), ("pair", "short", False)],
)
def test_needs_stand_on_the_card_of_signed_rounds_that_ask_everything(organization, need, mode, question_set, is_asked):
    key, ask = ballot_key(organization, mode, question_set)
    assert item_of(key, ask).needs == ((NeedShown(need.pk, "by Tuesday noon", ""),) if is_asked else ())
    assert all(not item.needs for item in preview_find(actor=OPERATOR, round=key.round).items)


def test_what_was_met_is_kept_with_the_answer(organization, need):
    key, ask = ballot_key(organization, "pair")
    card = Card(score=4, needs={need.pk: Chip.MISSING})
    saved = answer_save(key=key, ask=ask.pk, card=card, version=0, client_id=CLIENT)
    assert saved.card == card
    again = answer_save(key=key, ask=ask.pk, card=card, version=0, client_id=CLIENT)
    assert again == saved


def test_a_need_of_somebody_else_or_taken_back_is_left_out_and_the_answer_is_kept(organization, need):
    key, ask = ballot_key(organization, "pair")
    plan = HandOff.objects.get(organization=organization, deliverable="plan")
    foreign = Need.objects.create(handoff=plan, text="another hand-off's")
    gone = Need.objects.create(handoff=need.handoff, text="taken back", is_removed=True)
    card = Card(score=4, needs=dict.fromkeys((need.pk, foreign.pk, gone.pk, 10**17), Chip.GOOD))
    answer_save(key=key, ask=ask.pk, card=card, version=0, client_id=CLIENT)
    stored = answers_find(round=key.round, asks=[ask.pk])[ask.pk].card
    assert stored == Card(score=4, needs={need.pk: Chip.GOOD})


def test_agreed_needs_come_first_and_refused_ones_are_shown_and_not_asked(organization, need):
    more = [
        Need.objects.create(handoff=need.handoff, text=reply, reply=reply) for reply in ("cannot", "agreed", "talk")
    ]
    key, ask = ballot_key(organization, "pair")
    needs = item_of(key, ask).needs
    assert [(one.text, one.is_asked) for one in needs] == [
        ("agreed", True), ("by Tuesday noon", True), ("talk", True), ("cannot", False)
    ]  # fmt: skip
    card = Card(score=4, needs=dict.fromkeys((need.pk, *(one.pk for one in more)), Chip.GOOD))
    saved = answer_save(key=key, ask=ask.pk, card=card, version=0, client_id=CLIENT)
    assert set(saved.card.needs) == {need.pk, more[1].pk, more[2].pk}


def test_only_the_customer_can_be_led_to_a_talk_and_only_with_a_colleague(organization, need):
    """Bob gets the forecast; Carla rates it too. Bob's supplier leaves."""
    key, ask = ballot_key(organization, "pair")
    assert item_of(key, ask).talk == need.handoff_id
    carla = Party.objects.get(organization=organization, code="carla")
    other = Ask.objects.create(
        round=key.round, handoff=need.handoff, rater=carla, rater_team="no_team", supplier_team="no_team"
    )
    assert item_of(BallotKey(key.round, carla), other).talk is None
    Party.objects.filter(pk=need.handoff.supplier_id).update(left_on="2026-01-01")
    assert item_of(key, ask).talk is None


def test_a_rater_who_is_not_the_customer_sees_no_needs(organization, need):
    key, _ask = ballot_key(organization, "pair")
    carla = Party.objects.get(organization=organization, code="carla")
    other = Ask.objects.create(
        round=key.round, handoff=need.handoff, rater=carla, rater_team="no_team", supplier_team="no_team"
    )
    assert item_of(BallotKey(key.round, carla), other).needs == ()
