"""The chain a workshop looks at: a part of the organization's chain, with what the room has drawn and rated.

The part is the team, its direct neighbours, both sides of everything that was drawn, and from each of these the
shortest way to an end customer. What is drawn gets keys below 0, which no row of the database has, and so do people who
are not in the chain and were named in words. The key of a drawn hand-off is made of what it is (who, to whom, what), so
that a rating finds it again whatever else is drawn or taken back.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainmap.domain.drawn_volumes import DrawnVolume, drawn_scales
from chainmap.domain.records import (
    DEFAULT_CAPACITY,
    NOT_MEASURED,
    BoolArray,
    Chain,
    IntArray,
    LongArray,
    PartyKind,
)
from chainmap.domain.yields import Yields

#: Place of the supplier, place of the customer, folded deliverable.
_Link = tuple[int, int, str]
#: Keys of drawn hand-offs are -1 down to minus this: every reader of numbers, JavaScript too, holds them exactly.
LARGEST_DRAWN = 2**53 - 1


@dataclass(frozen=True, slots=True)
class DrawnSide:
    """One end of a drawn hand-off: the key of a party of the chain, or words for somebody who is not in it."""

    party: int | None
    words: str = ""

    @property
    def same(self) -> tuple[int, str]:
        """Equal for two sides that mean the same, however they are written."""
        return (self.party or 0, same_words(self.words) if self.party is None else "")


@dataclass(frozen=True, slots=True)
class DrawnHandOff:
    """A hand-off the room added; ``volume`` is what the room said, 1 (a little) to 10 (very much)."""

    supplier: DrawnSide
    customer: DrawnSide
    deliverable: str
    volume: float

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts by what is said, whoever said it."""
        sides = self.supplier.same, self.customer.same
        return *sides, same_words(self.deliverable), self.deliverable, self.volume, self.supplier.words


@dataclass(frozen=True, slots=True)
class LiveRating:
    """A score 0..10 of the room: the key of the hand-off, the key of the party who gave it, the score."""

    handoff: int
    rater: int
    score: int


def same_words(words: str) -> str:
    """Equal for words that differ in capitals, spaces or in how a character is made up.

    >>> same_words(" The  Bakery") == same_words("the bakery")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def drawn_key(supplier: int | str, customer: int | str, deliverable: str, *, attempt: int = 0) -> int:
    """The key of a drawn hand-off, -LARGEST_DRAWN..-1: of the key of each party, or the folded words for it.

    ``attempt`` gives another one where two hand-offs met in one number.

    >>> drawn_key(7, "the bakery", "bread") == drawn_key(7, "the bakery", "bread") != drawn_key(7, 8, "bread")
    True
    """
    said = json.dumps([supplier, customer, deliverable, attempt])
    number = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big")
    return -1 - number % LARGEST_DRAWN


def counted(chain: Chain, rated: Container[int]) -> Chain:
    """The chain without what was drawn and nobody rated, and without whoever is in it by that alone.

    A drawn hand-off that nobody rated is a question and moves no figure. Where nothing at all was rated or measured
    before the workshop there is no figure to be moved, and all that was drawn is the chain. ``chain`` is that of
    :func:`with_drawn`, ``rated`` the keys of drawn hand-offs the room rated.
    """
    is_drawn = chain.handoff_keys < 0
    if not is_drawn.any() or not Yields.of(chain).known:
        return chain
    links = np.array([key >= 0 or key in rated for key in chain.handoff_keys.tolist()], bool)
    people = chain.party_keys >= 0
    people[chain.supplier[links]] = people[chain.customer[links]] = True
    return _part(chain, people, links)


def workshop_part(chain: Chain, team: Iterable[int]) -> Chain:
    """The part of the chain a workshop of these people (keys) looks at; without anybody the whole chain.

    >>> from chainmap.domain.records import HandOff, Party
    >>> chain = Chain.from_records(
    ...     [Party(name, name) for name in "abcde"] + [Party("C", "C", PartyKind.END_CUSTOMER)],
    ...     [HandOff(*link) for link in ("ab", "bc", "cd", "dC", "eC")])
    >>> "".join(workshop_part(chain, [1]).party_ids)
    'abcdC'
    """
    wanted = np.isin(chain.party_keys, np.fromiter(team, np.int64))
    if not wanted.any():
        return chain
    near = wanted.copy()
    near[chain.customer[wanted[chain.supplier]]] = True
    near[chain.supplier[wanted[chain.customer]]] = True
    drawn = chain.handoff_keys < 0
    near[chain.supplier[drawn]] = near[chain.customer[drawn]] = True
    return _part(chain, _with_ways_out(chain, near))


def with_drawn(chain: Chain, drawn: Sequence[DrawnHandOff]) -> tuple[Chain, tuple[int, ...]]:
    """The chain with what was drawn, and the key of each drawn hand-off in it, in their order.

    A drawn hand-off between two parties of the chain who hand over the same already is that hand-off. One that several
    drew is one, with the mean of their volumes, in the unit of the supplier's other hand-offs
    (``drawn_volumes.drawn_scales``). What nobody can hand over (from an end customer, to oneself, a party that is not
    in the chain) has the key 0 and is left out. Keys are those of :func:`drawn_key`.

    In a chain without any end customer whoever is named in words and hands nothing on is one, as when it is copied.

    Wants the whole chain, of which ``workshop_part`` then takes a part: names and units are those of the whole.
    """
    parties = _Parties.of(chain)
    links = list(
        zip(chain.supplier.tolist(), chain.customer.tolist(), map(same_words, chain.deliverables), strict=True)
    )
    known = dict(zip(links, chain.handoff_keys.tolist(), strict=True))
    found: dict[_Link, list[DrawnHandOff]] = {}
    added: dict[_Link, list[DrawnHandOff]] = {}
    keys = [0] * len(drawn)
    new_keys: list[int] = []
    for place in sorted(range(len(drawn)), key=lambda place: drawn[place].order):
        ends = parties.ends_of(drawn[place])
        if ends is None:
            continue
        link = (*ends, same_words(drawn[place].deliverable))
        if link not in known:
            known[link] = _free_key(parties.identity(link[0]), parties.identity(link[1]), link[2], new_keys)
            new_keys.append(known[link])
            added[link] = []
        if link in added:
            added[link].append(drawn[place])
        found.setdefault(link, []).append(drawn[place])
        keys[place] = known[link]
    scales = _scales(chain, found, dict(zip(links, chain.volume.tolist(), strict=True)))
    volumes = [_mean(same) * scales.get(link[0], 1.0) for link, same in added.items()]
    return _extended(chain, parties, added, volumes, new_keys), tuple(keys)


def _free_key(supplier: int | str, customer: int | str, deliverable: str, taken: Container[int]) -> int:
    attempt = 0
    while (key := drawn_key(supplier, customer, deliverable, attempt=attempt)) in taken:
        attempt += 1
    return key


def _scales(
    chain: Chain, found: Mapping[_Link, Sequence[DrawnHandOff]], known: Mapping[_Link, float]
) -> dict[int, float]:
    """Place of a supplier -> what one drawn unit is in the unit of its other hand-offs."""
    suppliers = {supplier for supplier, _customer, _what in found}
    given: dict[int, list[float]] = {}
    for supplier, volume in zip(chain.supplier.tolist(), chain.volume.tolist(), strict=True):
        if supplier in suppliers:
            given.setdefault(supplier, []).append(volume)
    drawn = [DrawnVolume(link[0], _mean(same), known.get(link)) for link, same in found.items()]
    return drawn_scales(drawn, given)


def _mean(same: Sequence[DrawnHandOff]) -> float:
    return sum(one.volume for one in same) / len(same)


def with_ratings(chain: Chain, ratings: Iterable[LiveRating], day: int) -> Chain:
    """The chain with what the room said; of one rater about one hand-off it counts instead of what they said before.

    ``day`` is ``date.toordinal()`` of the workshop. A rating of a hand-off or by a party that is not in the chain is
    left out.
    """
    handoffs = {key: place for place, key in enumerate(chain.handoff_keys.tolist())}
    parties = {key: place for place, key in enumerate(chain.party_keys.tolist())}
    listed = [rating for rating in ratings if rating.handoff in handoffs and rating.rater in parties]
    if not listed:
        return chain
    latest = max(day, int(chain.rating_day.max()) if chain.rating_count else 0)
    return replace(
        chain,
        rating_handoff=_more(chain.rating_handoff, [handoffs[rating.handoff] for rating in listed]),
        rating_rater=_more(chain.rating_rater, [parties[rating.rater] for rating in listed]),
        rating_day=_more(chain.rating_day, [latest] * len(listed)),
        rating_score=np.append(chain.rating_score, [float(rating.score) for rating in listed]),
    )


def _with_ways_out(chain: Chain, near: BoolArray) -> BoolArray:
    """[n] the parties and, from each, the way to an end customer with the fewest steps; ties by larger volume, then
    by place."""
    following = _next_steps(chain)
    kept = near.copy()
    for party in np.flatnonzero(near).tolist():
        place = int(following[party])
        while place >= 0 and not kept[place]:
            kept[place] = True
            place = int(following[place])
    return kept


def _next_steps(chain: Chain) -> LongArray:
    """[n] the next party on the shortest way to an end customer; -1 for end customers and where there is none."""
    serves: list[list[tuple[float, int]]] = [[] for _party in range(chain.party_count)]
    for supplier, customer, volume in zip(
        chain.supplier.tolist(), chain.customer.tolist(), chain.volume.tolist(), strict=True
    ):
        serves[customer].append((-volume, supplier))
    following = np.full(chain.party_count, -1, np.int64)
    seen = chain.is_end_customer.copy()
    front = np.flatnonzero(seen).tolist()
    while front:
        reached: dict[int, tuple[float, int]] = {}
        for customer in front:
            for volume, supplier in serves[customer]:
                if not seen[supplier]:
                    reached[supplier] = min(reached.get(supplier, (volume, customer)), (volume, customer))
        for supplier, (_volume, customer) in reached.items():
            seen[supplier], following[supplier] = True, customer
        front = sorted(reached)
    return following


def _part(chain: Chain, kept: BoolArray, among: BoolArray | None = None) -> Chain:
    """The chain with the kept parties [n] alone, and what is handed over among them, of ``among`` [m] where given."""
    place = np.cumsum(kept) - 1
    handoffs = kept[chain.supplier] & kept[chain.customer]
    if among is not None:
        handoffs &= among
    handoff_place = np.cumsum(handoffs) - 1
    ratings = handoffs[chain.rating_handoff] & kept[chain.rating_rater]
    parties, links = np.flatnonzero(kept).tolist(), np.flatnonzero(handoffs).tolist()
    return Chain(
        party_ids=tuple(chain.party_ids[party] for party in parties),
        party_names=tuple(chain.party_names[party] for party in parties),
        party_kinds=tuple(chain.party_kinds[party] for party in parties),
        party_teams=tuple(chain.party_teams[party] for party in parties),
        capacity=chain.capacity[kept],
        supplier=place[chain.supplier[handoffs]].astype(np.int32),
        customer=place[chain.customer[handoffs]].astype(np.int32),
        deliverables=tuple(chain.deliverables[link] for link in links),
        volume=chain.volume[handoffs],
        passes=chain.passes[handoffs],
        returned=chain.returned[handoffs],
        given_yield=chain.given_yield[handoffs],
        rating_handoff=handoff_place[chain.rating_handoff[ratings]].astype(np.int32),
        rating_rater=place[chain.rating_rater[ratings]].astype(np.int32),
        rating_day=chain.rating_day[ratings],
        rating_score=chain.rating_score[ratings],
        party_keys=chain.party_keys[kept],
        handoff_keys=chain.handoff_keys[handoffs],
    )


@dataclass(slots=True)
class _Parties:
    """Where a drawn side stands in the chain; whoever is only named in words is added at the end."""

    by_key: Mapping[int, int]
    keys: Sequence[int]  # by place
    by_name: dict[str, int]
    ends: frozenset[int]  # places of end customers
    added: list[str]
    count: int

    @classmethod
    def of(cls, chain: Chain) -> _Parties:
        named: dict[str, list[int]] = {}
        for place, name in enumerate(chain.party_names):
            named.setdefault(same_words(name), []).append(place)
        # of two people with one name nobody knows who is meant
        return cls(
            {key: place for place, key in enumerate(chain.party_keys.tolist())},
            chain.party_keys.tolist(),
            {name: places[0] for name, places in named.items() if len(places) == 1},
            frozenset(np.flatnonzero(chain.is_end_customer).tolist()),
            [],
            chain.party_count,
        )

    def ends_of(self, handoff: DrawnHandOff) -> tuple[int, int] | None:
        """Where both sides stand; None where this cannot be handed over, and then nobody is added."""
        sides = handoff.supplier, handoff.customer
        if any(side.party is not None and side.party not in self.by_key for side in sides):
            return None
        known = [self.known(side) for side in sides]
        if known[0] in self.ends or (known[0] is not None and known[0] == known[1]) or sides[0].same == sides[1].same:
            return None
        return self.place(sides[0]), self.place(sides[1])

    def known(self, side: DrawnSide) -> int | None:
        return self.by_name.get(same_words(side.words)) if side.party is None else self.by_key.get(side.party)

    def place(self, side: DrawnSide) -> int:
        if side.party is not None:
            return self.by_key[side.party]
        name = same_words(side.words)
        if name not in self.by_name:
            self.by_name[name] = self.count + len(self.added)
            self.added.append(side.words)
        return self.by_name[name]

    def identity(self, place: int) -> int | str:
        """Who stands there, the same whoever else does: the key of a party of the chain, or folded words."""
        return self.keys[place] if place < self.count else same_words(self.added[place - self.count])


def _extended(
    chain: Chain,
    parties: _Parties,
    added: Mapping[_Link, Sequence[DrawnHandOff]],
    volumes: Sequence[float],
    handoff_keys: Sequence[int],
) -> Chain:
    if not added and not parties.added:
        return chain
    people = len(parties.added)
    keys = [-1 - number for number in range(people)]
    unknown = [NOT_MEASURED] * len(added)
    giving = {supplier for supplier, _customer, _what in added}
    kinds = [
        PartyKind.EMPLOYEE if parties.ends or chain.party_count + number in giving else PartyKind.END_CUSTOMER
        for number in range(people)
    ]
    return replace(
        chain,
        party_ids=(*chain.party_ids, *(f"named in the room {number}" for number in range(1, people + 1))),
        party_names=(*chain.party_names, *parties.added),
        party_kinds=(*chain.party_kinds, *kinds),
        party_teams=(*chain.party_teams, *[""] * people),
        capacity=np.append(chain.capacity, [DEFAULT_CAPACITY[kind] for kind in kinds]),
        supplier=_more(chain.supplier, [supplier for supplier, _customer, _what in added]),
        customer=_more(chain.customer, [customer for _supplier, customer, _what in added]),
        deliverables=(*chain.deliverables, *(same[0].deliverable for same in added.values())),
        volume=np.append(chain.volume, volumes),
        passes=np.append(chain.passes, np.array(unknown, np.int64)),
        returned=np.append(chain.returned, np.array(unknown, np.int64)),
        given_yield=np.append(chain.given_yield, [np.nan] * len(added)),
        party_keys=np.append(chain.party_keys, np.array(keys, np.int64)),
        handoff_keys=np.append(chain.handoff_keys, np.array(handoff_keys, np.int64)),
    )


def _more(column: IntArray, places: Sequence[int]) -> IntArray:
    return np.append(column, np.array(places, np.int32))
