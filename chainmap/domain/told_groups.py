"""Which groups may be spoken of to somebody who may not see single answers, so that none can be worked out.

A group of too few people is left out. So is whoever would stand alone once the groups that are told are taken from the
whole: then the smallest of those told is left out with them, until the rest is a group as well or is everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

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
