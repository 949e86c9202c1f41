"""Who talks to whom now: the pairs of people from whose conversations most could be recovered.

    gain of two people  = sum of the recoverable value of all hand-offs between them, both ways
    weight              = 1 + gain / largest gain * 10^9 / 2^(times they were paired lately)

The pairs are a matching of maximum total weight: everybody is in one pair at most, and no other choice of pairs has
more weight together. A pair whose hand-offs nobody has rated weighs 1: it is made where nothing better is left to
both. Whoever is left over listens in where they have most to do with one of the two. (Edmonds 1965, blossom; networkx.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

#: A whole-number scale keeps the matching exact.
_SCALE = 10**9

Pair = tuple[int, int]  # keys of two people, the smaller one first


@dataclass(frozen=True, slots=True)
class Link:
    """One hand-off between two people.

    ``gain`` >= 0: what its repair would bring, as a share of all value created, 0..1; None where nothing is known.
    """

    handoff: int
    supplier: int
    customer: int
    gain: float | None


@dataclass(frozen=True, slots=True)
class CoffeePair:
    """Two people who should talk, and why: the hand-off of theirs with most to gain."""

    supplier: int  # of that hand-off
    customer: int
    handoff: int
    gain: float | None  # of that hand-off, as in Link; None: nobody has rated it yet
    listeners: tuple[int, ...] = ()  # who has no pair and sits with these two

    @property
    def people(self) -> tuple[int, ...]:
        return self.supplier, self.customer, *self.listeners


@dataclass(frozen=True, slots=True)
class CoffeePlan:
    """All pairs, most to gain first, and the people who have no hand-off with anybody in the room.

    ``apart`` is empty as soon as there is one pair: then they listen in too.
    """

    pairs: tuple[CoffeePair, ...]
    apart: tuple[int, ...] = ()

    def pair_of(self, person: int) -> CoffeePair | None:
        """The pair the person belongs to or listens to."""
        return next((pair for pair in self.pairs if person in pair.people), None)

    def place_for(self, person: int) -> CoffeePair | None:
        """As :meth:`pair_of`; somebody who came later sits with the two who have fewest listeners, first most to gain.

        >>> CoffeePlan((CoffeePair(1, 2, 7, None, (3,)), CoffeePair(4, 5, 8, None))).place_for(9).people
        (4, 5, 9)
        """
        own = self.pair_of(person)
        if own is not None or not self.pairs:
            return own
        pair = min(self.pairs, key=lambda pair: len(pair.listeners))
        return CoffeePair(pair.supplier, pair.customer, pair.handoff, pair.gain, (*pair.listeners, person))


def pair_weights(links: Iterable[Link], people: frozenset[int], lately: Mapping[Pair, int]) -> dict[Pair, int]:
    """Pair -> its weight, for every two people in the room who hand something to each other.

    >>> links = [Link(1, 10, 20, 0.5), Link(2, 20, 10, 0.5), Link(3, 20, 30, 0.25), Link(4, 30, 10, None)]
    >>> weights = pair_weights(links, frozenset({10, 20, 30}), {(10, 20): 1})
    >>> [(pair, weight / 10**6) for pair, weight in weights.items()]
    [((10, 20), 500.000001), ((20, 30), 250.000001), ((10, 30), 1e-06)]
    """
    gains: dict[Pair, float] = {}
    for link in sorted(links, key=lambda link: link.handoff):
        if link.supplier != link.customer and {link.supplier, link.customer} <= people:
            pair = pair_of(link.supplier, link.customer)
            gains[pair] = gains.get(pair, 0.0) + (link.gain or 0.0)
    largest = max(gains.values(), default=0.0) or 1.0
    return {
        pair: 1 + (round(gains[pair] / largest * _SCALE) >> min(lately.get(pair, 0), 62))
        for pair in sorted_pairs(gains)
    }


def find_coffee_pairs(
    people: Iterable[int], links: Iterable[Link], lately: Mapping[Pair, int] | None = None
) -> CoffeePlan:
    """Propose who talks to whom; the same for the same people and hand-offs, in whatever order they come.

    ``people`` are the keys of those in the room, ``lately`` how often two were paired lately.

    >>> links = [Link(1, 10, 20, 0.5), Link(2, 20, 30, 0.75), Link(3, 30, 40, 0.5), Link(4, 50, 20, 0.1)]
    >>> plan = find_coffee_pairs([10, 20, 30, 40, 50], links)
    >>> [(pair.supplier, pair.customer, pair.gain, pair.listeners) for pair in plan.pairs], plan.apart
    ([(10, 20, 0.5, (50,)), (30, 40, 0.5, ())], ())
    """
    present, listed = frozenset(people), list(links)
    weights = pair_weights(listed, present, lately or {})
    graph = nx.Graph()
    graph.add_nodes_from(sorted(present))
    graph.add_weighted_edges_from((*pair, weight) for pair, weight in weights.items())
    matched = {pair_of(*pair) for pair in nx.max_weight_matching(graph)}
    pairs = sorted(
        (_pair(pair, listed) for pair in matched), key=lambda pair: (-(pair.gain or 0.0), pair.supplier, pair.customer)
    )
    rest = sorted(present - {person for pair in matched for person in pair})
    if not pairs:
        return CoffeePlan((), tuple(rest))
    return CoffeePlan(tuple(_with_listeners(pairs, rest, weights)))


def pair_of(one: int, other: int) -> Pair:
    """Two people as a pair.

    >>> pair_of(7, 3)
    (3, 7)
    """
    return (one, other) if one <= other else (other, one)


def sorted_pairs(gains: Mapping[Pair, float]) -> list[Pair]:
    """Most to gain first, then by the keys: the matching depends on the order in which pairs come."""
    return sorted(gains, key=lambda pair: (-gains[pair], pair))


def _pair(pair: Pair, links: Iterable[Link]) -> CoffeePair:
    own = [link for link in links if pair_of(link.supplier, link.customer) == pair]
    best = min(own, key=lambda link: (link.gain is None, -(link.gain or 0.0), link.handoff))
    return CoffeePair(best.supplier, best.customer, best.handoff, best.gain)


def _with_listeners(pairs: list[CoffeePair], rest: list[int], weights: Mapping[Pair, int]) -> Iterable[CoffeePair]:
    """Everybody left over goes where they have most to do with one of the two, as evenly as it goes."""
    seats = -(-len(rest) // len(pairs))
    sitting: list[list[int]] = [[] for _pair in pairs]

    def ties(person: int, place: int) -> int:
        two = pairs[place].supplier, pairs[place].customer
        return sum(weights.get(pair_of(person, other), 0) for other in two)

    by_ties = sorted(rest, key=lambda person: (-max(ties(person, place) for place in range(len(pairs))), person))
    for person in by_ties:
        free = [place for place in range(len(pairs)) if len(sitting[place]) < seats]
        best = min(free, key=lambda place: (-ties(person, place), len(sitting[place]), place))
        sitting[best].append(person)
    return [
        CoffeePair(pair.supplier, pair.customer, pair.handoff, pair.gain, tuple(sorted(listeners)))
        for pair, listeners in zip(pairs, sitting, strict=True)
    ]
