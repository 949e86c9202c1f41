"""What customers said of hand-offs over time, as far as one reader may see it.

Signed ratings of rounds with their cards; and, for the two sides of a hand-off alone, the score given again at the end
of an agreement of theirs, which is part of no round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from chainmap.access import User
from chainmap.domain.cards import Card
from chainmap.models import Agreement, Answer, Rating, Round


@dataclass(frozen=True, slots=True)
class ScoreSaid:
    """One score 0..10 that somebody, party ``rater``, gave to a hand-off: in a round, or at the end of an agreement."""

    score: float
    rater: int
    given_on: date | None  # of an agreement: the day it was due


@dataclass(frozen=True, slots=True)
class ScoreSeen(ScoreSaid):
    """One rating of a round the reader may see. ``card`` has the rest of the answer where it was given on a card."""

    rater_name: str
    round: int
    round_name: str
    card: Card


def scores_find(*, user: User, handoffs: Iterable[int]) -> Mapping[int, tuple[ScoreSeen, ...]]:
    """Number of a hand-off -> its visible ratings, oldest first. Two queries, however many there are.

    Anonymous rounds have none. While a round is open again its cards are left out, as on its own page.
    """
    wanted = list(handoffs)
    ratings = list(
        Rating.objects.visible_to(user)
        .filter(handoff__in=wanted)
        .select_related("round", "rater")
        .order_by("round_id", "given_on", "pk")
    )
    cards = {
        (answer.ask.round_id, answer.ask.handoff_id, answer.ask.rater_id): answer
        for answer in Answer.objects.filter(
            ask__handoff__in=wanted, ask__round__in={rating.round_id for rating in ratings}
        )
        .exclude(ask__round__state=Round.State.OPEN)
        .select_related("ask")
    }
    found: dict[int, list[ScoreSeen]] = {}
    for rating in ratings:
        answer = cards.get((rating.round_id, rating.handoff_id, rating.rater_id))
        card = Card(score=round(rating.score))
        if answer is not None:
            card = Card.from_row(answer.score, answer.marks, answer.texts)
        seen = ScoreSeen(
            score=rating.score,
            rater=rating.rater_id,
            rater_name=rating.rater.name,
            round=rating.round_id,
            round_name=rating.round.name,
            given_on=rating.given_on,
            card=card,
        )
        found.setdefault(rating.handoff_id, []).append(seen)
    return {handoff: tuple(seen) for handoff, seen in found.items()}


def scores_said(
    *, user: User, handoffs: Iterable[int], seen: Mapping[int, tuple[ScoreSeen, ...]]
) -> Mapping[int, tuple[ScoreSaid, ...]]:
    """Number of a hand-off -> what was said of it in rounds and at the end of agreements, oldest first.

    ``seen`` as scores_find gives it. Of agreements only those that are over, so that both have said what came of them,
    and only for the two sides of the hand-off: a coach with whom one is shared sees no score. One query.
    """
    told = (
        Agreement.objects.filter(handoff__in=list(handoffs), state=Agreement.State.ENDED, score_after__isnull=False)
        .filter(Q(handoff__supplier__user=user.pk) | Q(handoff__customer__user=user.pk))
        .order_by("due_on", "made_at", "pk")
        .values_list("handoff", "score_after", "handoff__customer", "due_on")
    )
    found: dict[int, list[ScoreSaid]] = {handoff: list(scores) for handoff, scores in seen.items()}
    for handoff, score, customer, due_on in told:
        scores = found.setdefault(handoff, [])
        # behind the last one that is not later: the order of the rounds among each other stays
        earlier = [place for place, one in enumerate(scores) if one.given_on is None or one.given_on <= due_on]
        scores.insert(earlier[-1] + 1 if earlier else 0, ScoreSaid(float(score), customer, due_on))
    return {handoff: tuple(scores) for handoff, scores in found.items()}
