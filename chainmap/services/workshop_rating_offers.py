"""Whose live ratings can be copied with a workshop: those of the side that receives, by the chain or by the drawing.

Whoever is in no chain and was drawn in words may become somebody new: until then their number is below 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chainmap.domain.exercise_entries import RateEntry, entry_from_json
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.workshop_chain import same_words
from chainmap.models import Entry, Participant, Party

#: People whose scores are listed; a tick each.
MOST_RATERS = 250


@dataclass(frozen=True, slots=True)
class RatingOffer:
    """A score somebody gave about what they receive."""

    handoff: int  # of the chain, or below 0 the key of a drawn one, which is copied with it alone
    rater: int  # of the chain, or the new_rater of a new person
    score: int


@dataclass(frozen=True, slots=True)
class RaterOffer:
    """Somebody whose scores can be copied. ``is_sure``: their account said who they are, not they alone."""

    party: int  # as RatingOffer.rater
    name: str
    count: int
    is_sure: bool


def new_rater(place: int) -> int:
    """The number of somebody new, by their place in the offers.

    >>> new_rater(0), new_rater(4)
    (-1, -5)
    """
    return -1 - place


@dataclass(frozen=True, slots=True)
class Receivers:
    """Who receives a hand-off."""

    parties: Mapping[int, Party]
    ends: Mapping[int, tuple[int, int]]  # hand-off of the chain -> supplier, customer
    drawn: Mapping[int, tuple[int, int]]  # key below 0 -> hand-off as it is copied, who receives it
    people: Mapping[str, int]  # folded words for somebody new -> number

    def rated(self, handoff: int, who: Participant) -> tuple[int, int] | None:
        """The hand-off and its rater; None for somebody who is not the side that receives."""
        handoff, receiver = self.drawn.get(handoff, (handoff, self.ends.get(handoff, (0, 0))[1]))
        rater = who.party_id if who.party_id is not None else self.people.get(same_words(who.name), 0)
        return (handoff, receiver) if rater and rater == receiver else None

    def is_sure(self, rater: int, account: int | None) -> bool:
        """Whether the account is that of the rater."""
        return account is not None and rater in self.parties and self.parties[rater].user_id == account

    def name(self, rater: int, who: Participant) -> str:
        return self.parties[rater].name if rater in self.parties else who.name


def rating_offers(
    entries: Iterable[Entry], receivers: Receivers
) -> tuple[tuple[RatingOffer, ...], int, tuple[RaterOffer, ...]]:
    """The scores of the receiving sides, how many are none of these, and who gave them."""
    found: dict[tuple[int, int], RatingOffer] = {}
    sure: dict[int, bool] = {}
    names: dict[int, str] = {}
    left = 0
    for row in entries:
        said = entry_from_json(Kind.RATE, row.content)
        if not isinstance(said, RateEntry) or said.score is None or row.participant is None:
            continue
        place = receivers.rated(said.handoff or 0, row.participant)
        if place is None or (place[1] not in sure and len(sure) == MOST_RATERS):
            left += 1  # a rating is by the side that receives
            continue
        sure[place[1]] = receivers.is_sure(place[1], row.participant.user_id)
        names[place[1]] = receivers.name(place[1], row.participant)
        found[place] = RatingOffer(*place, said.score)
    counts = Counter(rater for _handoff, rater in found)
    raters = [RaterOffer(rater, names[rater], count, sure[rater]) for rater, count in counts.items()]
    raters.sort(key=lambda one: (one.name.casefold(), one.party))
    return tuple(found[key] for key in sorted(found)), left, tuple(raters)
