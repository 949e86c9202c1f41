"""Which groups may be spoken of to somebody who may not see single answers, so that none can be worked out.

A group of too few people is left out. So is whoever would stand alone once the groups that are told are taken from the
whole: then the smallest of those told is left out with them, until the rest is a group as well or is everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)


def groups_told(people: Mapping[G, Collection[Hashable]], fewest: int) -> frozenset[G]:
    """The groups that may be told beside the whole. ``people``: who answered in each; one person may be in several.

    Nothing may be told of the whole where fewer than ``fewest`` answered in all; then no group is. It depends on who
    answered, never on what. Raises ValueError for ``fewest`` below 1.

    >>> sorted(groups_told({"red": "abcde", "blue": "fghij", "green": "k"}, 5))
    ['blue']
    >>> sorted(groups_told({"red": "abcde", "blue": "fghij"}, 5))
    ['blue', 'red']
    """
    if fewest < 1:
        raise ValueError(f"fewest: {fewest} people are no group; 1 at least")
    sets = {group: frozenset(answered) for group, answered in people.items()}
    told = sorted((group for group in sets if len(sets[group]) >= fewest), key=lambda one: (-len(sets[one]), str(one)))
    while told:
        rest = frozenset[Hashable]().union(*(sets[group] for group in sets if group not in told))
        if not rest or len(rest) >= fewest:
            break
        told.pop()
    return frozenset(told)


class Said(Generic[G]):
    """Who answered about what: (group, giver the answer is about, person who answered)."""

    def __init__(self, answers: Iterable[tuple[G, Hashable, Hashable]]) -> None:
        self.answers = tuple(answers)

    def told_to(self, reader: Hashable | None, *, fewest: int) -> tuple[frozenset[G], bool]:
        """The groups that may be told to somebody, and whether the whole may.

        ``reader``: the giver they are, who was given the answers about themselves one by one and could take them away
        from what is told; None for nobody. So the rules hold for what is left, too: of a group, of the whole and of
        what stands beside the groups that are told. What they know all of tells them nothing new.

        >>> said = Said([*(("red", "Ann", n) for n in "xy"), ("red", "Bob", "z"), *(("blue", "Eve", n) for n in "xy")])
        >>> [(sorted(told), whole) for told, whole in (said.told_to(one, fewest=2) for one in (None, "Ann", "Eve"))]
        [(['blue', 'red'], True), ([], True), (['blue', 'red'], True)]
        """
        people, unseen = defaultdict[G, set[Hashable]](set), defaultdict[G, set[Hashable]](set)
        for group, giver, person in self.answers:
            people[group].add(person)
            if reader is None or giver != reader:
                unseen[group].add(person)
        told = groups_told(people, fewest) & (groups_told(unseen, fewest) | (people.keys() - unseen.keys()))
        everybody, strangers = (frozenset[Hashable]().union(*sets.values()) for sets in (people, unseen))
        return told, len(everybody) >= fewest and (not strangers or len(strangers) >= fewest)
