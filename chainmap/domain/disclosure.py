"""The exact audit: can anything hidden be computed from everything published (SECURITY sections 1.2 and 4)?

**Attacker.** Anybody who knows all published sums of this and all earlier releases *exactly* (no rounding is relied
on), who rated whom, and his own answers. Sums are linear, so what he can compute is the row space of the 0/1 matrix
"cell x answer", with a row for each of his own answers. Found is:

- a *hidden cell* whose sum (and so its mean) lies in that space;
- any *one other person*: a vector of that space that is not 0 only on this person's answers and the attacker's own.
  A single rating is the simplest such vector; the difference between a person's old and new answer is another.

**Exactness.** Organization, rater teams and links nest in each other, and so do supplier teams and suppliers: two
laminar families. The incidence matrix of two laminar families is totally unimodular (Edmonds 1970), also with unit rows
added, so all its minors are 0, 1 or -1 and its rank modulo *any* prime is its rank over the rational numbers: the
audit is exact. Rows of earlier releases break that form. Then a leak is missed only if every largest non-zero minor is
divisible by the prime, so the audit is repeated with a second prime, and what either finds counts.

**Safe side.** Membership is tested on random vectors of the kernel. A member is 0 on all of them without exception;
a vector that is not one looks like one with probability below 2**-90. Errors hide too much, never too little.

**Cost.** Vectors of the row space are equal on answers with equal columns. So equal columns are one *group*, the
elimination is done once on groups, and of the attacker's answers only those matter that fill a whole group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainmap.domain.modular import PRIMES, dependent_blocks, multiply, remove_span, row_reduce, sample_kernel
from chainmap.domain.records import BoolArray, LongArray

#: Kernel vectors beyond the largest number of groups looked at together: 31 bits of certainty each.
SPARE = 4
SEED = 20_000
NOBODY = -1


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Something that can be computed: a hidden cell (``target`` >= 0) or what one person answered (``target`` -1).

    ``insiders`` are the positions of the raters whose own answers are used: none or one for a cell; for a person, that
    person and perhaps one other (each of the two then knows about the other).
    """

    target: int
    insiders: tuple[int, ...] = ()


def group_columns(known: BoolArray) -> tuple[LongArray, int]:
    """[answers] the group of each answer (equal columns), and the number of groups."""
    if not known.shape[0]:
        return np.zeros(known.shape[1], np.int64), min(known.shape[1], 1)
    packed = np.ascontiguousarray(np.packbits(known, axis=0).T)
    as_bytes = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(as_bytes, return_index=True, return_inverse=True)
    return group.astype(np.int64), len(first)


def find_leaks(
    known: BoolArray,
    hidden: BoolArray,
    rater: LongArray,
    *,
    insiders: bool = True,
    primes: Iterable[int] = PRIMES,
) -> list[Leak]:
    """Everything that can be computed from sums over answers, in a fixed order.

    ``known`` [sums, answers] holds the published sums, ``hidden`` [cells, answers] those to protect, ``rater``
    [answers] who gave each answer (positions from 0). A cell that holds only an insider's own answers is no leak.
    Without ``insiders`` only what everybody can compute is looked for; leave out the columns that somebody knows to
    see what that somebody can compute.

    >>> both, one = [True, True], [True, False]
    >>> find_leaks(np.array([both, one]), np.array([[False, True]]), np.array([0, 1]))
    [Leak(target=-1, insiders=(0,)), Leak(target=-1, insiders=(1,)), Leak(target=0, insiders=())]
    """
    if not known.shape[1]:
        return []
    groups = _Groups.of(known, rater)
    found: set[Leak] = set()
    for prime in primes:
        audit = _Audit.of(known, groups, prime)
        found.update(audit.people(insiders=insiders))
        found.update(audit.cells(hidden, insiders=insiders))
    return sorted(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Answers with equal columns, and who is alone or with one other person in a group."""

    rater: LongArray
    of_answer: LongArray
    sizes: LongArray
    first: LongArray  # [groups] one answer of each
    alone: dict[int, list[int]]  # rater -> groups that hold nobody else's answers
    pairs: dict[tuple[int, int], list[int]]  # two raters -> groups that hold answers of exactly these two

    @classmethod
    def of(cls, known: BoolArray, rater: LongArray) -> _Groups:
        group, count = group_columns(known)
        alone: dict[int, list[int]] = {}
        pairs: dict[tuple[int, int], list[int]] = {}
        members: list[set[int]] = [set() for _ in range(count)]
        for which, who in zip(group.tolist(), rater.tolist(), strict=True):
            members[which].add(who)
        for which, people in enumerate(members):
            if len(people) == 1:
                alone.setdefault(next(iter(people)), []).append(which)
            elif len(people) == 2:
                low, high = sorted(people)
                pairs.setdefault((low, high), []).append(which)
        first = np.unique(group, return_index=True)[1].astype(np.int64)
        return cls(rater, group, np.bincount(group, minlength=count).astype(np.int64), first, alone, pairs)

    def largest_set(self) -> int:
        """The most groups that two people can fill together."""
        most = sorted((len(groups) for groups in self.alone.values()), reverse=True)[:2]
        return sum(most) + max((len(groups) for groups in self.pairs.values()), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Audit:
    """Random vectors of the kernel, one entry a group: everything the attacker cannot tell from the truth."""

    groups: _Groups
    prime: int
    kernel: LongArray  # [groups, samples]
    within: BoolArray  # [groups] groups of one or two people that some vector on such groups alone is not 0 on

    @classmethod
    def of(cls, known: BoolArray, groups: _Groups, prime: int) -> _Audit:
        reduced = known[:, groups.first].astype(np.int64)
        few = np.zeros(len(groups.first), np.bool_)
        for chosen in (*groups.alone.values(), *groups.pairs.values()):
            few[chosen] = True
        # Pivots outside first: rows whose pivot is among the few span all vectors that live on the few alone.
        order = np.concatenate([np.flatnonzero(~few), np.flatnonzero(few)])
        pivots = row_reduce(reduced, prime, order.tolist())
        inner = np.flatnonzero(few[pivots])
        within = (reduced[inner] != 0).any(axis=0)
        samples = groups.largest_set() + SPARE
        return cls(groups, prime, sample_kernel(reduced, pivots, prime, samples, SEED), within)

    def people(self, *, insiders: bool) -> Iterator[Leak]:
        """One person, with no or one other person's answers known."""
        alone = {
            who: chosen
            for who, groups in self.groups.alone.items()
            if (chosen := [g for g in groups if self.within[g]])
        }
        single = [(who,) for who in sorted(alone)]
        exposed = set(self._dependent([(people, alone[people[0]]) for people in single]))
        yield from (Leak(NOBODY, people) for people in sorted(exposed))
        if not insiders:
            return
        sure = [who for (who,) in single if (who,) not in exposed]
        both = {(low, high) for place, low in enumerate(sure) for high in sure[place + 1 :]}
        both.update(pair for pair in self.groups.pairs if (pair[:1] not in exposed and pair[1:] not in exposed))
        sets: list[tuple[tuple[int, ...], list[int]]] = []
        for low, high in sorted(both):
            shared = [g for g in self.groups.pairs.get((low, high), ()) if self.within[g]]
            if shared or (low in alone and high in alone):
                sets.append(((low, high), alone.get(low, []) + alone.get(high, []) + shared))
        yield from (Leak(NOBODY, people) for people in self._dependent(sets))

    def _dependent(self, sets: list[tuple[tuple[int, ...], list[int]]]) -> Iterator[tuple[int, ...]]:
        """Those people on whose groups the kernel does not move freely: there a vector of the row space lives."""
        by_size: dict[int, list[tuple[tuple[int, ...], list[int]]]] = {}
        for people, chosen in sets:
            by_size.setdefault(len(chosen), []).append((people, chosen))
        for size, same in sorted(by_size.items()):
            blocks = self.kernel[np.array([chosen for _, chosen in same])][:, :, : size + SPARE]
            for place in np.flatnonzero(dependent_blocks(blocks, self.prime)).tolist():
                yield same[place][0]

    def cells(self, hidden: BoolArray, *, insiders: bool) -> Iterator[Leak]:
        """Hidden cells, to everybody and to each insider."""
        counts = self._count(hidden)
        mixed = (counts > 0) & (counts < self.groups.sizes)
        pure = np.flatnonzero(~mixed.any(axis=1) & hidden.any(axis=1))
        image = multiply((counts[pure] > 0).astype(np.int64), self.kernel, self.prime)
        known_to_all = ~image.any(axis=1)
        yield from (Leak(target) for target in pure[known_to_all].tolist())
        if not insiders:
            return
        rest, image = pure[~known_to_all], image[~known_to_all]
        for insider, chosen in sorted(self.groups.alone.items()):
            left = remove_span(image, self.kernel[chosen], self.prime)
            for target in rest[~left.any(axis=1)].tolist():
                if (self.groups.rater[hidden[target]] != insider).any():
                    yield Leak(target, (insider,))
        for target in np.flatnonzero(mixed.any(axis=1)).tolist():
            yield from self._mixed(target, hidden[target], np.flatnonzero(mixed[target]))

    def _count(self, hidden: BoolArray) -> LongArray:
        """[cells, groups] answers of each group in each cell."""
        counts = np.zeros((len(hidden), len(self.groups.first)), np.int64)
        cell, answer = np.nonzero(hidden)
        np.add.at(counts, (cell, self.groups.of_answer[answer]), 1)
        return counts

    def _mixed(self, target: int, cell: BoolArray, mixed: LongArray) -> Iterator[Leak]:
        """A cell that splits groups can be computed only by somebody whose answers are one side of each split."""
        groups, rater = self.groups, self.groups.rater
        candidates: set[int] | None = None
        for which in mixed.tolist():
            here = groups.of_answer == which
            sides = (set(rater[here & cell].tolist()), set(rater[here & ~cell].tolist()))
            able = {next(iter(side)) for side in sides if len(side) == 1}
            candidates = able if candidates is None else candidates & able
            if not candidates:
                return
        for insider in sorted(candidates or ()):
            others = rater != insider
            value = np.zeros(len(groups.first), np.int64)
            value[groups.of_answer[cell & others]] = 1
            outside = np.zeros(len(groups.first), np.bool_)
            outside[groups.of_answer[~cell & others]] = True
            if not value.any() or (outside & (value > 0)).any():
                continue
            image = multiply(value[None, :], self.kernel, self.prime)
            if not remove_span(image, self.kernel[groups.alone.get(insider, [])], self.prime).any():
                yield Leak(target, (insider,))


def find_viewer_leaks(
    known: BoolArray,
    hidden: BoolArray,
    rater: LongArray,
    seen: Sequence[BoolArray],
    *,
    primes: Iterable[int] = PRIMES,
) -> list[list[Leak]]:
    """For each of many viewers what he can compute who knows the answers ``seen`` [answers] besides all sums.

    The same as ``find_leaks(known[:, ~seen], hidden[:, ~seen], rater[~seen], insiders=False)`` for each, from one
    elimination: with the answers S known, a sum can be computed exactly if it lies in the row space together with a
    unit row for each answer of S; that is if on kernel vectors it is a combination of their entries at S.
    """
    found: list[set[Leak]] = [set() for _ in seen]
    if not known.shape[1]:
        return [[] for _ in seen]
    groups = _Groups.of(known, rater)
    order = np.argsort(groups.of_answer, kind="stable")
    starts = np.concatenate([[0], np.cumsum(groups.sizes)[:-1]])
    most = max((int(which.sum()) for which in seen), default=0) + int(np.bincount(rater).max(initial=0))
    for prime in primes:
        inside, summed = _answer_kernel(known, groups, prime, most + SPARE)
        image = multiply(hidden.astype(np.int64), inside, prime)
        for place, which in enumerate(seen):
            basis = inside[which]
            pivots = row_reduce(basis, prime, range(basis.shape[1]))
            left = _reduce(image, basis, pivots, prime)
            told = ~left.any(axis=1) & (hidden & ~which).any(axis=1)
            found[place].update(Leak(target) for target in np.flatnonzero(told).tolist())
            alone = _groups_of_one(rater, ~which, order, starts)
            rows = _reduce(summed[alone[0]], basis, pivots, prime)
            found[place].update(Leak(NOBODY, (who,)) for who in _dependent_people(rows, alone[1], prime))
    return [sorted(leaks) for leaks in found]


def _answer_kernel(known: BoolArray, groups: _Groups, prime: int, samples: int) -> tuple[LongArray, LongArray]:
    """Random kernel vectors: [answers, samples], and summed over groups [groups, samples].

    Inside a group everything is free but the sum.
    """
    reduced = known[:, groups.first].astype(np.int64)
    pivots = row_reduce(reduced, prime, range(reduced.shape[1]))
    summed = sample_kernel(reduced, pivots, prime, samples, SEED)
    inside = np.random.default_rng(SEED + 1).integers(0, prime, (len(groups.of_answer), samples), dtype=np.int64)
    inside[groups.first] = 0
    others = np.zeros_like(summed)
    np.add.at(others, groups.of_answer, inside)
    inside[groups.first] = (summed - others) % prime
    return inside, summed


def _reduce(vectors: LongArray, basis: LongArray, pivots: LongArray, prime: int) -> LongArray:
    """The vectors modulo the row space of a basis in reduced echelon form."""
    if not len(pivots) or not len(vectors):
        return vectors
    return (vectors - multiply(vectors[:, pivots], basis[: len(pivots)], prime)) % prime


def _groups_of_one(
    rater: LongArray, unseen: BoolArray, order: LongArray, starts: LongArray
) -> tuple[LongArray, LongArray]:
    """The groups of which one person gave all answers that are not seen, and that person."""
    most = np.iinfo(np.int64).max
    low = np.minimum.reduceat(np.where(unseen, rater, most)[order], starts)
    high = np.maximum.reduceat(np.where(unseen, rater, NOBODY)[order], starts)
    alone = np.flatnonzero(low == high)
    return alone, low[alone]


def _dependent_people(rows: LongArray, who: LongArray, prime: int) -> Iterator[int]:
    """The people whose rows are linearly dependent, looked at by their number of rows."""
    people, counts = np.unique(who, return_counts=True)
    order = np.argsort(who, kind="stable")
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    for count in np.unique(counts).tolist():
        same = np.flatnonzero(counts == count)
        blocks = rows[order[begins[same][:, None] + np.arange(count)]]
        for place in np.flatnonzero(dependent_blocks(blocks, prime)).tolist():
            yield int(people[same[place]])


def sums_used(known: BoolArray, hidden: BoolArray, rater: LongArray, leak: Leak, prime: int = PRIMES[0]) -> BoolArray:
    """[sums] which of the known sums one way of computing a leak combines (none where it is not computable)."""
    others = ~np.isin(rater, leak.insiders)
    rows = known[:, others]
    if leak.target != NOBODY:
        rows = np.vstack([rows, hidden[leak.target][None, others]])
    first = np.unique(group_columns(rows)[0], return_index=True)[1]
    height, width = len(rows), len(first)
    work = np.hstack([rows[:, first].astype(np.int64), np.eye(height, dtype=np.int64)])
    pivots = row_reduce(work, prime, range(width))
    ways = work[len(pivots) :, width:]
    if leak.target != NOBODY:
        ways, count = ways[ways[:, -1] != 0][:, :-1], height - 1
    else:
        count = height
        ways = ways[multiply(ways, known.astype(np.int64), prime).any(axis=1)]
    used: NDArray[np.bool_] = (ways[0] != 0) if len(ways) else np.zeros(count, np.bool_)
    return used
