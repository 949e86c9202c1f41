"""One person's ballot in one round: the hand-offs asked about, what was answered so far, and the mirror.

A :class:`BallotKey` is the right to see and fill one ballot. It is made for a signed-in person here and for the holder
of a personal link in ``services/links.py``; nothing in this module asks who is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.answers import checked_score
from chainmap.domain.cards import Card
from chainmap.domain.questions import QUESTIONS, Question, QuestionSet, questions_asked
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.models import Ask, HandOff, MirrorGuess, Need, Organization, Party, Round
from chainmap.services.answers import (
    Busy,
    KeyReused,
    RoundClosed,
    StoredAnswer,
    StoredConflict,
    answer_store,
    answers_find,
    is_taking_answers,
)
from chainmap.services.asking import handoffs_asked

__all__ = ["AnswerConflict", "Busy", "KeyReused", "RoundClosed"]  # what answer_save raises, from one place


@dataclass(frozen=True, slots=True)
class BallotKey:
    """The right to see and fill the ballot of one person in one round."""

    round: Round
    rater: Party


@dataclass(frozen=True, slots=True)
class NeedShown:
    """What the person said they need from a hand-off, and what the supplier said to it."""

    number: int
    text: str
    reply: str  # Need.Reply

    @property
    def is_asked(self) -> bool:
        """Whether the card asks if it was met: not of what the supplier said they cannot do."""
        return self.reply != Need.Reply.CANNOT


@dataclass(frozen=True, slots=True)
class BallotItem:
    """One question. ``version`` goes back with the answer, so that nothing is overwritten unseen."""

    ask: int
    place: int  # 1..
    supplier: str
    deliverable: str
    card: Card
    version: int
    #: Of the person's own needs, in a signed round: those agreed first, and last what cannot be.
    needs: tuple[NeedShown, ...] = ()
    #: The hand-off, where the person is its customer and could talk to the supplier: both people who are here.
    talk: int | None = None


@dataclass(frozen=True, slots=True)
class MirrorItem:
    """One hand-off the person gives, and what they think its customer would say."""

    handoff: int
    customer: str
    deliverable: str
    guess: int | None


@dataclass(frozen=True, slots=True)
class Ballot:
    """Everything one person is asked in a round."""

    round: Round
    rater: Party
    items: tuple[BallotItem, ...]
    mirrors: tuple[MirrorItem, ...]
    editable: bool

    @property
    def answered(self) -> int:
        """Questions with a score or "not this period"."""
        return sum(item.card.answered for item in self.items)

    @property
    def total(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open round in which somebody is asked."""

    organization: Organization
    round: Round
    answered: int
    total: int


class AnswerConflict(Exception):  # noqa: N818
    """Another tab or phone saved in between; ``item`` is what is kept."""

    def __init__(self, item: BallotItem) -> None:
        super().__init__("the answer was changed in between")
        self.item = item


def ballot_of_user(*, user: User, organization: Organization, pk: int) -> BallotKey:
    """The user's own ballot. Raises NotFound for a stranger, a missing round, or when the user is not asked in it."""
    require(user, Action.SEE_ROUNDS, organization)
    if user.pk is None:
        raise NotFound
    asked = Ask.objects.filter(round__organization=organization, round__pk=pk, rater__user__pk=user.pk)
    first = asked.select_related("round__organization", "rater").first()
    if first is None or first.round.state == Round.State.DRAFT:
        raise NotFound
    return BallotKey(first.round, first.rater)


def ballot_find(*, key: BallotKey) -> Ballot:
    """The ballot as it is now. After an anonymous round closed nothing of what was answered can be shown any more."""
    asks = _asks(key)
    stored = answers_find(round=key.round, asks=[ask.pk for ask in asks])
    nothing = StoredAnswer(Card(), 0, 0)
    needs = _needs(key, asks)
    return Ballot(
        round=key.round,
        rater=key.rater,
        items=tuple(
            replace(
                _item(ask.pk, place, ask.handoff, stored.get(ask.pk, nothing), needs.get(ask.handoff_id, ())),
                talk=_talk(key, ask.handoff),
            )
            for place, ask in enumerate(asks, start=1)
        ),
        mirrors=_mirrors(key),
        editable=is_taking_answers(key.round, timezone.now()),
    )


def answer_save(*, key: BallotKey, ask: int, card: Card, version: int, client_id: str) -> BallotItem:
    """Save the answer to one question of this ballot; the same try twice is one save with one answer.

    Raises NotFound for a question that is not of this ballot, RoundClosed, KeyReused, AnswerConflict, Busy.
    """
    found = next(((place, one) for place, one in enumerate(_asks(key), start=1) if one.pk == ask), None)
    if found is None:
        raise NotFound
    place, asked = found
    needs = _needs(key, [asked]).get(asked.handoff_id, ()) if card.needs else ()
    # a need taken back or refused meanwhile is no reason to lose the answer: it is left out
    ticked = (need.number for need in needs if need.is_asked and need.number in card.needs)
    card = replace(card, needs={need: card.needs[need] for need in ticked})
    try:
        stored = answer_store(round=key.round, ask=ask, card=card, version=version, client_id=client_id)
    except StoredConflict as conflict:
        raise AnswerConflict(_item(ask, place, asked.handoff, conflict.stored, needs)) from None
    return _item(ask, place, asked.handoff, stored, needs)


def mirror_save(*, key: BallotKey, handoff: int, guess: int | None) -> None:
    """Keep what the person thinks the customer of one of their own hand-offs would say; None takes it back.

    Raises NotFound for a hand-off that is not theirs or not asked about, RoundClosed, ValueError outside 0..10.
    """
    if guess is not None:
        checked_score(guess)
    if handoff not in {item.handoff for item in _mirrors(key)}:
        raise NotFound
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=key.round.pk)
        if not is_taking_answers(held, timezone.now()):
            raise RoundClosed
        if guess is None:
            MirrorGuess.objects.filter(round=held, handoff_id=handoff).delete()
        else:
            MirrorGuess.objects.update_or_create(round=held, handoff_id=handoff, defaults={"guess": guess})


def waiting_list(*, user: User) -> list[Waiting]:
    """The rounds in which the user is asked and may still answer, soonest end first."""
    if user.pk is None:
        return []
    rounds = (
        Round.objects.visible_to(user)
        .filter(state=Round.State.OPEN, asks__rater__user__pk=user.pk)
        .select_related("organization")
        .distinct()
    )
    now = timezone.now()
    waiting = []
    for each in sorted(rounds, key=lambda one: (one.closes_at is None, one.closes_at or now, one.pk)):
        if is_taking_answers(each, now):
            ballot = ballot_find(key=ballot_of_user(user=user, organization=each.organization, pk=each.pk))
            waiting.append(Waiting(each.organization, each, ballot.answered, ballot.total))
    return waiting


def unanswered_raters(*, round: Round) -> list[Party]:
    """Those with a question they have not answered. For the system's reminders: never shown to a person."""
    asks = dict(Ask.objects.filter(round=round).values_list("pk", "rater_id"))
    stored = answers_find(round=round, asks=asks)
    missing = {rater for ask, rater in asks.items() if ask in stored and not stored[ask].card.answered}
    return list(Party.objects.filter(pk__in=missing).order_by("pk"))


def preview_find(*, actor: User | Operator, round: Round) -> Ballot:
    """The round as somebody asked sees it: the actor where asked, else whoever is asked most; blank, not to fill in."""
    require(actor, Action.SEE_ROUNDS, round.organization)
    asked = handoffs_asked(round=round)
    raters = [handoff.customer for handoff in asked]
    own = [party for party in raters if party.user_id is not None and party.user_id == getattr(actor, "pk", None)]
    if not raters:
        raise NotFound
    rater = own[0] if own else max(raters, key=lambda party: (raters.count(party), -party.pk))
    shown = [handoff for handoff in asked if handoff.customer_id == rater.pk]
    items = [_item(0, place, handoff, StoredAnswer(Card(), 0, 0)) for place, handoff in enumerate(shown, start=1)]
    return Ballot(round, rater, tuple(items), (), editable=False)


def _item(
    ask: int, place: int, handoff: HandOff, stored: StoredAnswer, needs: tuple[NeedShown, ...] = ()
) -> BallotItem:
    return BallotItem(ask, place, handoff.supplier.name, handoff.deliverable, stored.card, stored.version, needs)


def _talk(key: BallotKey, handoff: HandOff) -> int | None:
    """The hand-off if its customer, who is asked, could invite its supplier for a coffee."""
    sides = (handoff.supplier, key.rater)
    here = all(party.kind == PartyKind.EMPLOYEE.value and party.left_on is None for party in sides)
    return handoff.pk if here and handoff.customer_id == key.rater.pk and not handoff.is_removed else None


def _needs(key: BallotKey, asks: Sequence[Ask]) -> dict[int, tuple[NeedShown, ...]]:
    """Number of a hand-off -> the needs its customer told, for the customer alone and where the round asks of them."""
    if Question.NEEDS not in questions_asked(key.round.question_set, key.round.mode):
        return {}
    own = [ask.handoff_id for ask in asks if ask.handoff.customer_id == key.rater.pk]
    found: dict[int, tuple[NeedShown, ...]] = {}
    for need in sorted(Need.objects.filter(handoff__in=own, is_removed=False), key=_need_order):
        found[need.handoff_id] = (*found.get(need.handoff_id, ()), NeedShown(need.pk, need.text, need.reply))
    return found


def _need_order(need: Need) -> int:
    """What was agreed, what is open, what cannot be; the order of the needs within."""
    return {Need.Reply.AGREED.value: 0, Need.Reply.CANNOT.value: 2}.get(need.reply, 1)


def _asks(key: BallotKey) -> Sequence[Ask]:
    """The questions of the ballot in the order they are shown."""
    return list(
        Ask.objects.filter(round=key.round, rater=key.rater)
        .select_related("handoff__supplier")
        .order_by("handoff__supplier__name", "handoff__deliverable", "pk")
    )


def _mirrors(key: BallotKey) -> tuple[MirrorItem, ...]:
    if Question.MIRROR not in QUESTIONS[QuestionSet(key.round.question_set)]:
        return ()
    if key.rater.kind == PartyKind.END_CUSTOMER.value:
        return ()
    given = _asked_about(key)
    guesses = dict(MirrorGuess.objects.filter(round=key.round, handoff__in=given).values_list("handoff_id", "guess"))
    return tuple(
        MirrorItem(handoff.pk, handoff.customer.name, handoff.deliverable, guesses.get(handoff.pk)) for handoff in given
    )


def _asked_about(key: BallotKey) -> Sequence[HandOff]:
    """The hand-offs the person gives that somebody is asked about, the largest where a round asks about few."""
    given = HandOff.objects.filter(supplier=key.rater, asks__round=key.round).select_related("customer").distinct()
    largest = given.order_by("-volume", "pk")[: key.round.most_asked]
    return sorted(largest, key=lambda one: (one.customer.name, one.deliverable, one.pk))


def answered_share(*, round: Round, asks: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """(asked people, those of them who answered something) among (question, rater) pairs."""
    pairs = list(asks)
    stored = answers_find(round=round, asks=[ask for ask, _rater in pairs])
    answered = {rater for ask, rater in pairs if ask in stored and stored[ask].card.answered}
    return len({rater for _ask, rater in pairs}), len(answered)
