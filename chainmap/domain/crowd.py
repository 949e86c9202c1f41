"""Who looks at a release knowing what, and how many people it takes to hide among."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainmap.domain.disclosure import NOBODY, Leak, find_leaks, find_viewer_leaks
from chainmap.domain.records import BoolArray, LongArray


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Who gave each answer, who knows it, and how many it takes to hide among."""

    rater: LongArray  # [answers] number of the person, 0, 1, ...
    supplier: LongArray  # [answers] in a pair round the person it is about, numbered alike; else NOBODY
    needed: int

    @classmethod
    def of(cls, identities: Sequence[tuple[int, int, str, int]], needed: int, *, pair: bool) -> Crowd:
        raters = sorted({identity[0] for identity in identities})
        number = {person: place for place, person in enumerate(raters)}
        for identity in identities if pair else ():
            number.setdefault(identity[1], len(number))
        rater = np.array([number[identity[0]] for identity in identities], np.int64)
        supplier = np.array([number[identity[1]] if pair else NOBODY for identity in identities], np.int64)
        return cls(rater, supplier, needed)

    @property
    def is_pair(self) -> bool:
        return bool((self.supplier != NOBODY).any())

    @property
    def always_enough(self) -> int:
        """So many answers can never be those of too few, whoever looks."""
        about = int(np.bincount(self.supplier[self.supplier != NOBODY]).max(initial=0))
        return (self.needed + 1) * int(np.bincount(self.rater).max(initial=0)) + about

    def is_small(self, chosen: BoolArray) -> bool:
        """Whether the chosen answers, or those of them that some supplier has not seen, rest on some but too few."""
        rater, supplier = self.rater[chosen], self.supplier[chosen]
        people = int(max(self.rater.max(initial=0), self.supplier.max(initial=0))) + 1
        present = np.bincount(rater, minlength=people) > 0
        count = int(present.sum())
        if 0 < count < self.needed:
            return True
        if not count or not self.is_pair:
            return False
        # a viewer leaves out himself, and whoever spoke of nobody but him
        low, high = np.full(people, people), np.full(people, NOBODY)
        np.minimum.at(low, rater, supplier)
        np.maximum.at(high, rater, supplier)
        of_one = np.bincount(low[present & (low == high)], minlength=people)
        viewers = np.unique(supplier)
        left = count - present[viewers] - of_one[viewers]
        return bool(((left > 0) & (left < self.needed - 1)).any())

    def seen_by(self, viewer: int) -> BoolArray:
        """[answers] those that a supplier of a pair round knows: about him, and his own. None for NOBODY."""
        if viewer == NOBODY:
            return np.zeros(len(self.rater), np.bool_)
        return np.asarray((self.rater == viewer) | (self.supplier == viewer), np.bool_)

    def leaks(self, known: BoolArray, hidden: BoolArray, primes: tuple[int, ...]) -> list[tuple[int, Leak]]:
        """What everybody and each rater can compute (viewer NOBODY), and each supplier who saw his scores."""
        found = [(NOBODY, leak) for leak in find_leaks(known, hidden, self.rater, primes=primes)]
        viewers = np.unique(self.supplier[self.supplier != NOBODY]).tolist()
        seen = [self.seen_by(viewer) for viewer in viewers]
        for viewer, leaks in zip(
            viewers, find_viewer_leaks(known, hidden, self.rater, seen, primes=primes), strict=True
        ):
            found += [(viewer, leak) for leak in leaks]
        return found
