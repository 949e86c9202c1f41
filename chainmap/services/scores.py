"""What customers said of hand-offs over time, as far as one reader may see it: signed ratings with their cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chainmap.access import User
from chainmap.domain.cards import Card
from chainmap.models import Answer, Rating, Round


@dataclass(frozen=True, slots=True)
class ScoreSeen:
    """One rating the reader may see. ``card`` has the rest of the answer where it was given on a card."""

    score: float
    rater: int
    rater_name: str
    round: int
    round_name: str
    given_on: date | None
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
