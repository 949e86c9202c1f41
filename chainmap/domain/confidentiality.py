"""Which cells of a protected round may be published: minimum group, then suppression until the exact audit passes.

Everything here is a function of who rated whom and of teams. Scores are not passed in, so they cannot decide.

**Minimum group.** A cell needs k = 5 people *besides any one viewer* among its raters. All raters may see the one
release, so that is k + 1 distinct raters: whoever subtracts his own answers is still left with k others. The same
number holds for what remains when published cells are subtracted from one another.

**Pair rounds.** There a supplier has seen the scores he was given, by name. So he is a viewer who also knows every
answer about himself: of each published cell, and of each such remainder, what is not about him must rest on nobody or
on k others, and the audit is made for each supplier with these answers known.

**Order.** Where something must be hidden, it is the smallest cell that helps: fewest raters, then fewest answers, then
the later table and key. At the end of an anonymous round every cell hidden only for the sake of others is tried again,
largest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chainmap.domain.cells import SPLITS, Answer, CellKey, Lattice, check_answers
from chainmap.domain.crowd import Crowd
from chainmap.domain.disclosure import Leak, sums_used
from chainmap.domain.modular import PRIMES
from chainmap.domain.records import BoolArray, LongArray

#: The fewest distinct raters, besides the viewer, behind any number. A setting may raise it; nothing lowers it.
MINIMUM_RATERS = 5


class TooFewChangesError(ValueError):
    """A re-opened round may not be published again: too few people answered differently (SECURITY section 4, 11)."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cells of one version of a round are shown. Not for anybody's eyes: it holds who rated whom.

    ``hidden`` are all other cells with at least one answer; those in ``withheld`` had raters enough and are hidden for
    the sake of others. Keep it (or compute it again from the same answers) for the next version of the round.
    Versions of one round use the same numbers for people.
    """

    k: int
    pair: bool
    answers: tuple[Answer, ...]
    published: tuple[CellKey, ...]
    hidden: tuple[CellKey, ...]
    withheld: tuple[CellKey, ...]


def check_k(k: int) -> int:
    """The minimum group. Raises ValueError below 5 or where it is not a whole number."""
    if isinstance(k, bool) or not isinstance(k, int):
        raise ValueError(f"the minimum group must be a whole number, not {k!r}")
    if k < MINIMUM_RATERS:
        raise ValueError(f"the minimum group is {MINIMUM_RATERS} people and can only be raised, not set to {k}")
    return k


def raters_needed(k: int = MINIMUM_RATERS) -> int:
    """Distinct raters a cell needs so that k remain besides any one of them. Raises ValueError for k below 5.

    >>> raters_needed()
    6
    """
    return check_k(k) + 1


def changed_raters(before: Iterable[Answer], after: Iterable[Answer]) -> set[int]:
    """The raters with an answer given, given anew or withdrawn between two versions of a round."""
    earlier, later = {answer.identity for answer in before}, {answer.identity for answer in after}
    return {rater for rater, *_ in earlier ^ later}


def choose_cells(
    answers: Iterable[Answer],
    *,
    k: int = MINIMUM_RATERS,
    pair: bool = False,
    previous: Sequence[Selection] = (),
) -> Selection:
    """Decide once, at the closing of a round, which cells are published.

    ``pair`` says that each supplier knows the scores he was given; raters and suppliers are then numbered alike.
    ``previous`` are the selections of all earlier versions of the same round, oldest first: what they published is
    known and cannot be taken back, and what they hid stays hidden. Raises ValueError for k below 5 or answers that
    contradict each other, TooFewChangesError where between 1 and k people changed since the last version.

    >>> choose_cells([Answer(rater, "red", 100, "blue") for rater in range(5)]).published
    ()
    >>> len(choose_cells([Answer(rater, "red", 100, "blue") for rater in range(6)]).published)
    5
    """
    needed = raters_needed(k)
    checked = check_answers(answers)
    if previous:
        changed = len(changed_raters(previous[-1].answers, checked))
        if 0 < changed < needed:
            raise TooFewChangesError(
                f"{changed} people answered differently since the last version and {needed} are needed; "
                "the last version stays the published one"
            )
    suppression = _Suppression.of(checked, previous, needed, pair=pair)
    shown = suppression.run()
    keys, candidates = suppression.lattice.keys, suppression.candidates
    return Selection(
        k=k,
        pair=pair,
        answers=checked,
        published=tuple(key for key, is_shown in zip(keys, shown.tolist(), strict=True) if is_shown),
        hidden=tuple(key for key, is_shown in zip(keys, shown.tolist(), strict=True) if not is_shown),
        withheld=tuple(key for key, is_held in zip(keys, (candidates & ~shown).tolist(), strict=True) if is_held),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Suppression:
    """The work on one round. Columns are the answers of this version and of all earlier ones."""

    lattice: Lattice
    crowd: Crowd
    candidates: BoolArray  # [cells] raters enough
    rank: LongArray  # [cells] 0 = the first to be hidden
    splits: tuple[tuple[int, LongArray], ...]  # a cell and its parts in one table
    conflicts: tuple[tuple[int, int], ...]  # two cells that differ by too few raters
    known: BoolArray  # [sums, answers] published earlier
    kept: BoolArray  # [cells, answers] hidden earlier
    primes: tuple[int, ...]
    unavoidable: frozenset[tuple[int, Leak]]  # as in leaks(); follows from what was published earlier alone

    @classmethod
    def of(cls, answers: Sequence[Answer], previous: Sequence[Selection], needed: int, *, pair: bool) -> _Suppression:
        everything = sorted({a.identity for version in (answers, *(p.answers for p in previous)) for a in version})
        place = {identity: column for column, identity in enumerate(everything)}
        crowd = Crowd.of(everything, needed, pair=pair)
        lattice = Lattice.of(answers, place, crowd.rater)
        earlier = [(version, Lattice.of(version.answers, place, crowd.rater)) for version in previous]
        known = _rows(len(everything), [(lattice_, set(version.published)) for version, lattice_ in earlier])
        kept = _rows(len(everything), [(lattice_, set(version.hidden)) for version, lattice_ in earlier])
        raters = np.array([lattice.raters(row) for row in lattice.inside], np.int64)
        candidates = ~np.array([crowd.is_small(row) for row in lattice.inside], np.bool_)
        candidates &= ~_too_close(lattice, known, crowd)
        count = len(lattice.keys)
        order = np.lexsort((-np.arange(count), lattice.inside.sum(axis=1), raters))
        rank = np.empty(count, np.int64)
        rank[order] = np.arange(count)
        # Without earlier versions one prime is exact (see disclosure).
        primes = PRIMES if previous else PRIMES[:1]
        unavoidable: frozenset[tuple[int, Leak]] = frozenset()
        if previous:
            unavoidable = frozenset(crowd.leaks(known, np.vstack([lattice.inside, kept]), primes))
        return cls(
            lattice, crowd, candidates, rank, _splits(lattice), _conflicts(lattice, candidates, crowd),
            known, kept, primes, unavoidable,
        )  # fmt: skip

    def run(self) -> BoolArray:
        """[cells] True where a cell is published."""
        shown = self.settle(self.candidates.copy())
        while shown.any() and (leaks := self.leaks(shown)):
            before = shown.copy()
            for viewer, leak in leaks:
                self.break_up(viewer, leak, shown)
            if (before == shown).all():  # found by chance, or by two primes in two ways: hide something all the same
                where = np.flatnonzero(shown)
                shown[where[np.argmin(self.rank[where])]] = False
            self.settle(shown)
        # In a pair round an audit takes one elimination a supplier: too slow to try cell by cell.
        return shown if self.crowd.is_pair else self.bring_back(shown)

    def settle(self, shown: BoolArray) -> BoolArray:
        """Hide cells until no two published ones, and no cell and its published parts, differ by too few raters."""
        for one, other in self.conflicts:
            if shown[one] and shown[other]:
                shown[min(one, other, key=lambda cell: self.rank[cell])] = False
        for whole, parts in self.splits:
            while shown[whole] and self.rest_is_small(whole, parts, shown):
                published = parts[shown[parts]]
                shown[published[np.argmin(self.rank[published])]] = False
        return shown

    def rest_is_small(self, whole: int, parts: LongArray, shown: BoolArray) -> bool:
        """Whether what remains of a cell without its published parts has raters, but too few."""
        inside = self.lattice.inside
        rest = inside[whole] & ~inside[parts[shown[parts]]].any(axis=0)
        return self.crowd.is_small(rest)

    def leaks(self, shown: BoolArray) -> list[tuple[int, Leak]]:
        known, hidden = self.rows(shown)
        # What earlier versions alone tell is nothing that hiding could undo.
        return [found for found in self.crowd.leaks(known, hidden, self.primes) if found not in self.unavoidable]

    def rows(self, shown: BoolArray) -> tuple[BoolArray, BoolArray]:
        """What is known, published cells first, and what is hidden: [cells now (0 where shown), hidden earlier]."""
        known = np.vstack([self.lattice.inside[shown], self.known])
        return known, np.vstack([self.lattice.inside & ~shown[:, None], self.kept])

    def break_up(self, viewer: int, leak: Leak, shown: BoolArray) -> None:
        """Hide the smallest published cell that one way of computing the leak needs."""
        unseen = ~self.crowd.seen_by(viewer)
        known, hidden = (rows[:, unseen] for rows in self.rows(shown))
        if leak.target >= 0 and not hidden[leak.target].any():
            return
        where = np.flatnonzero(shown)
        for prime in self.primes:
            used = where[sums_used(known, hidden, self.crowd.rater[unseen], leak, prime)[: len(where)]]
            if len(used):
                shown[used[np.argmin(self.rank[used])]] = False
                return

    def bring_back(self, shown: BoolArray) -> BoolArray:
        """Publish again what turned out not to be in the way, largest first."""
        for cell in sorted(np.flatnonzero(self.candidates & ~shown).tolist(), key=lambda cell: -int(self.rank[cell])):
            shown[cell] = True
            if self.clashes(cell, shown) or self.leaks(shown):
                shown[cell] = False
        return shown

    def clashes(self, cell: int, shown: BoolArray) -> bool:
        if any(shown[one] and shown[other] for one, other in self.conflicts if cell in (one, other)):
            return True
        return any(
            shown[whole] and self.rest_is_small(whole, parts, shown)
            for whole, parts in self.splits
            if whole == cell or cell in parts
        )


def _rows(width: int, versions: list[tuple[Lattice, set[CellKey]]]) -> BoolArray:
    """[cells, width] the chosen cells of all versions, equal ones once."""
    rows = [
        lattice.inside[[row for row, key in enumerate(lattice.keys) if key in chosen]] for lattice, chosen in versions
    ]
    return np.unique(np.vstack([np.zeros((0, width), np.bool_), *rows]), axis=0)


def _splits(lattice: Lattice) -> tuple[tuple[int, LongArray], ...]:
    """Every cell with its parts in each table that splits it."""
    tables = np.array([key.table.value for key in lattice.keys], object)
    found = []
    for outer, inner in SPLITS:
        parts = np.flatnonzero(tables == inner.value)
        for whole in np.flatnonzero(tables == outer.value).tolist():
            own = parts[(lattice.inside[parts] & lattice.inside[whole]).any(axis=1)]
            found.append((whole, own.astype(np.int64)))
    return tuple(found)


def _differing(row: BoolArray, others: BoolArray, crowd: Crowd) -> LongArray:
    """[others] positions of those that differ from ``row``, but by the answers of too few raters."""
    apart = others ^ row
    near = np.flatnonzero(apart.sum(axis=1) < crowd.always_enough)
    return np.array([place for place in near.tolist() if crowd.is_small(apart[place])], np.int64)


def _conflicts(lattice: Lattice, candidates: BoolArray, crowd: Crowd) -> tuple[tuple[int, int], ...]:
    """Pairs of candidates whose difference rests on too few raters, in a fixed order."""
    rows = np.flatnonzero(candidates)
    return tuple(
        (one, int(rows[place + 1 + other]))
        for place, one in enumerate(rows.tolist())
        for other in _differing(lattice.inside[one], lattice.inside[rows[place + 1 :]], crowd).tolist()
    )


def _too_close(lattice: Lattice, known: BoolArray, crowd: Crowd) -> BoolArray:
    """[cells] True where a cell differs from a sum published earlier by the answers of too few raters."""
    if not len(known):
        return np.zeros(len(lattice.keys), np.bool_)
    return np.array([len(_differing(row, known, crowd)) > 0 for row in lattice.inside], np.bool_)
