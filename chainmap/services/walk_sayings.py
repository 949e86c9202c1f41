"""The room's own words along a walk: what is said of each hand-off, as far as this reader may see it anyway.

Reasons and comments of open rounds as on the pages of those rounds, moments for their two sides alone, and what a
coach revealed in a workshop. Of a protected round there is nothing: its words are released by team, not by hand-off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chainmap.access import Operator, User
from chainmap.domain.exercise_results import MomentsResult, RateResult
from chainmap.exports.plain_text import clean_text
from chainmap.exports.round_words import reason_label
from chainmap.models import Exercise, Moment, Round, Workshop
from chainmap.services.exercise_results import result_kept
from chainmap.services.scores import ScoreSeen, scores_find

#: Words of one hand-off that are shown, and the characters of one of them.
MOST_QUOTES, LONGEST_QUOTE = 5, 300


class QuoteKind(StrEnum):
    """Where words come from."""

    REASON = "reason"  # one of the reasons to tap on a card
    SAID = "said"  # a comment or a wish on a card of an open round
    MAGIC = "magic"
    MISERY = "misery"
    ROOM = "room"  # revealed in a workshop


@dataclass(frozen=True, slots=True)
class Quote:
    """A few words about one hand-off, cleaned but not escaped."""

    kind: QuoteKind
    text: str


def quotes_find(
    *,
    actor: User | Operator,
    handoffs: Iterable[int],
    round: Round | None = None,
    workshop: Workshop | None = None,
    aloud: bool = False,
) -> Mapping[int, tuple[Quote, ...]]:
    """Number of a hand-off -> what is said of it, at most MOST_QUOTES.

    ``round``: of that open round alone. ``workshop``: also what was revealed there. ``aloud``: for everybody in a room
    to hear, so only what was revealed in it. Three queries, however many hand-offs there are.
    """
    wanted = list(handoffs)
    found: dict[int, list[Quote]] = {}
    if workshop is not None and not workshop.is_anonymous:
        for handoff, texts in revealed_words(workshop=workshop).items():
            found.setdefault(handoff, []).extend(Quote(QuoteKind.ROOM, _line(text)) for text in texts)
    if not aloud and not isinstance(actor, Operator):
        _add_scores(found, actor, wanted, round)
        _add_moments(found, actor, wanted)
    return {
        handoff: tuple(dict.fromkeys(quote for quote in found.get(handoff, ()) if quote.text))[:MOST_QUOTES]
        for handoff in wanted
    }


def _add_scores(found: dict[int, list[Quote]], actor: User, handoffs: list[int], round: Round | None) -> None:
    """Reasons, comments and wishes on cards of open rounds, the newest first."""
    seen = scores_find(user=actor, handoffs=handoffs)
    rounds = {one.round for told in seen.values() for one in told}
    is_open = set(Round.objects.filter(pk__in=rounds, mode=Round.Mode.OPEN).values_list("pk", flat=True))
    if round is not None:
        is_open &= {round.pk}
    for handoff, told in seen.items():
        quotes = [quote for one in reversed(told) if one.round in is_open for quote in _card_quotes(one)]
        found.setdefault(handoff, []).extend(quotes)


def _card_quotes(seen: ScoreSeen) -> list[Quote]:
    card = seen.card
    quotes = [Quote(QuoteKind.SAID, _line(text)) for text in (card.comment, card.wish)]
    if card.reason is not None:
        quotes.append(Quote(QuoteKind.REASON, reason_label(card.reason)))
    return quotes


def _add_moments(found: dict[int, list[Quote]], actor: User, handoffs: list[int]) -> None:
    for moment in Moment.objects.visible_to(actor).filter(handoff__in=handoffs).exclude(words=""):
        kind = QuoteKind.MAGIC if moment.kind == Moment.Kind.MAGIC else QuoteKind.MISERY
        found.setdefault(moment.handoff_id, []).append(Quote(kind, _line(moment.words)))


def _line(text: str) -> str:
    return clean_text(text, LONGEST_QUOTE)


def revealed_words(*, workshop: Workshop) -> Mapping[int, list[str]]:
    """Number of a hand-off -> what was said of it in the workshop and revealed to the room."""
    found: dict[int, list[str]] = {}
    rows = Exercise.objects.filter(workshop=workshop, kind__in=(Exercise.Kind.RATE, Exercise.Kind.MOMENTS))
    for exercise in rows:
        kept = result_kept(exercise=exercise)
        texts = kept.texts if isinstance(kept, RateResult | MomentsResult) else ()
        for text in texts:
            handoff = text.handoff
            if handoff is not None:
                found.setdefault(handoff, []).append(text.words)
    return found
