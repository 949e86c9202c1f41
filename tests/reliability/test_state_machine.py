"""Answers against a small reference model: rate, edit, retry, a second tab, close, open again, erase - in any order."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.reasons import Reason
from chainmap.models import Answer, Ask, Party, Rating, Release, Round, SealedAnswer
from chainmap.services.ballots import AnswerConflict, BallotKey, KeyReused, RoundClosed, answer_save, ballot_find
from chainmap.services.rounds import round_close, round_reopen
from tests import cast
from tests.crowd import make_round

pytestmark = pytest.mark.django_db

CARDS = st.one_of(
    st.builds(
        Card, score=st.integers(0, 10), reason=st.sampled_from([None, *Reason]), comment=st.sampled_from(["", "x"])
    ),
    st.just(Card(not_this_period=True)),
    st.just(Card()),  # taken back
)
PLACES = st.integers(0, 4)
#: A longer search: SEQUENCES=2000 python -m pytest tests/reliability --timeout 0
SEQUENCES = int(os.environ.get("SEQUENCES", "8"))


@dataclass
class Reference:
    """What should be: the card and version of each question, the tries so far, what the last closing published."""

    cards: dict[int, Card] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    tries: dict[int, dict[str, Card]] = field(default_factory=dict)
    open: bool = True
    version: int = 1
    ratings: dict[int, int] = field(default_factory=dict)

    def start(self, asks, *, blank):
        for ask in asks:
            if blank or ask not in self.cards:
                self.cards[ask], self.versions[ask], self.tries[ask] = Card(), 0, {}


class Answering(RuleBasedStateMachine):
    """The product beside the reference; every rule does the same to both."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(mode=st.sampled_from(["open", "pair", "anonymous"]))
    def begin(self, mode):
        self.organization = cast.make_organization("Machine")
        self.round = make_round(self.organization, mode)
        self.asks = {ask.pk: ask for ask in Ask.objects.filter(round=self.round).select_related("rater")}
        self.reference = Reference()
        self.reference.start(self.asks, blank=True)

    def ask(self, place):
        return sorted(self.asks)[place % len(self.asks)]

    def save(self, ask, card, version, client_id):
        key = BallotKey(Round.objects.get(pk=self.round.pk), self.asks[ask].rater)
        return answer_save(key=key, ask=ask, card=card, version=version, client_id=client_id)

    @precondition(lambda self: self.asks)
    @rule(place=PLACES, card=CARDS)
    def rate_or_edit(self, place, card):
        ask, client_id = self.ask(place), str(uuid.uuid4())
        version = self.reference.versions[ask]
        if not self.reference.open:
            with pytest.raises(RoundClosed):
                self.save(ask, card, version, client_id)
            return
        saved = self.save(ask, card, version, client_id)
        self.reference.cards[ask], self.reference.versions[ask] = card, version + 1
        self.reference.tries[ask][client_id] = card
        assert (saved.card, saved.version) == (card, version + 1)

    @precondition(lambda self: self.asks and self.reference.open)
    @rule(place=PLACES, which=st.integers(0, 7), other=st.booleans())
    def retry(self, place, which, other):
        ask = self.ask(place)
        tries = list(self.reference.tries[ask].items())[-8:]
        if not tries:
            return
        client_id, card = tries[which % len(tries)]
        if other:
            changed = Card(score=(card.score or 0) + 1) if (card.score or 0) < 10 else Card(score=0)
            with pytest.raises(KeyReused):
                self.save(ask, changed, self.reference.versions[ask], client_id)
        else:
            saved = self.save(ask, card, 0, client_id)
            assert saved.version == self.reference.versions[ask]

    @precondition(lambda self: self.asks and self.reference.open)
    @rule(place=PLACES, card=CARDS)
    def save_in_an_old_tab(self, place, card):
        ask = self.ask(place)
        if not self.reference.versions[ask]:
            return
        with pytest.raises(AnswerConflict) as conflict:
            self.save(ask, card, self.reference.versions[ask] - 1, str(uuid.uuid4()))
        assert conflict.value.item.card == self.reference.cards[ask]

    @precondition(lambda self: self.asks)
    @rule(place=PLACES, card=CARDS)
    def answer_for_somebody_else(self, place, card):
        ask = self.ask(place)
        others = [one.rater for one in self.asks.values() if one.rater != self.asks[ask].rater]
        for rater in others[:1]:
            with pytest.raises(NotFound):
                answer_save(
                    key=BallotKey(self.round, rater), ask=ask, card=card, version=0, client_id=str(uuid.uuid4())
                )

    @precondition(lambda self: self.reference.open)
    @rule()
    def close(self):
        round_close(actor=OPERATOR, round=self.round)
        self.reference.open = False
        if self.round.mode != "anonymous":
            self.reference.ratings = {
                ask: card.score for ask, card in self.reference.cards.items() if card.score is not None
            }

    @precondition(lambda self: not self.reference.open and self.asks)
    @rule()
    def reopen(self):
        round_reopen(actor=OPERATOR, round=self.round, closes_at=None)
        self.reference.open = True
        self.reference.version += 1
        self.reference.start(self.asks, blank=self.round.mode == "anonymous")

    @precondition(lambda self: len({ask.rater_id for ask in self.asks.values()}) > 1)
    @rule(place=PLACES)
    def erase(self, place):
        person = self.asks[self.ask(place)].rater_id
        gone = set(Ask.objects.filter(round=self.round, handoff__supplier=person).values_list("pk", flat=True)) | {
            ask for ask, one in self.asks.items() if one.rater_id == person
        }
        if not set(self.asks) - gone:
            return  # somebody has to be left to go on with
        Party.objects.get(pk=person).delete()
        for ask in gone:
            self.asks.pop(ask, None)
            for kept in (self.reference.cards, self.reference.versions, self.reference.tries, self.reference.ratings):
                kept.pop(ask, None)

    @invariant()
    def the_ballots_say_what_the_reference_says(self):
        round = Round.objects.get(pk=self.round.pk)
        assert (round.state == "open", round.version) == (self.reference.open, self.reference.version)
        gone = round.mode == "anonymous" and not self.reference.open
        for rater in {ask.rater for ask in self.asks.values()}:
            for item in ballot_find(key=BallotKey(round, rater)).items:
                assert item.card == (Card() if gone else self.reference.cards[item.ask])
                assert item.version == (0 if gone else self.reference.versions[item.ask])

    @invariant()
    def ratings_are_those_of_the_last_closing(self):
        found = {
            (rating.handoff_id, rating.rater_id): rating.score for rating in Rating.objects.filter(round=self.round)
        }
        asked = {ask.pk: (ask.handoff_id, ask.rater_id) for ask in self.asks.values()}
        assert found == {asked[ask]: score for ask, score in self.reference.ratings.items()}

    @invariant()
    def one_row_a_question_and_one_release_a_closing(self):
        rows = SealedAnswer if self.round.mode == "anonymous" else Answer
        if self.reference.open or self.round.mode != "anonymous":
            assert rows.objects.count() >= len(self.asks)
        else:
            assert not rows.objects.exists()
        closings = self.reference.version - self.reference.open
        expected = 0 if self.round.mode == "open" else closings
        assert Release.objects.filter(round=self.round).count() == expected


def test_answers_against_the_reference():
    run_state_machine_as_test(
        Answering,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
