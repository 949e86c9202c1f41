"""The chain with a few hand-offs changed (MODEL section 9).

Every yield that is not changed stays exactly what it is today: the organization's mean does not drift because of a
change. Shares follow from the volumes anew (MODEL section 1), so what a removed hand-off carried goes through the
other hand-offs of its supplier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.findings import Basis
from chainmap.domain.network import Network
from chainmap.domain.records import NOT_MEASURED, Chain, FloatArray, IntArray, LongArray, PartyKind
from chainmap.domain.scenario_changes import (
    MOST_CHANGES,
    Add,
    Change,
    Changes,
    Remove,
    Reroute,
    ScenarioCode,
    ScenarioError,
    SetVolume,
    SetYield,
    check_change,
)
from chainmap.domain.yields import BASES, DEFAULT_KAPPA

_ASSUMED, _GIVEN = BASES.index(Basis.ASSUMED), BASES.index(Basis.GIVEN)


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """The changed chain. Parties keep their positions; ``origin`` [m'] is the position a hand-off had, or -1."""

    analysis: Analysis
    origin: LongArray


def apply_changes(analysis: Analysis, changes: Sequence[Change], *, allow_self: bool = False) -> Applied:
    """The analysis of the changed chain, all other yields as they are in ``analysis``, and where each of its hand-offs
    was before.

    Changes are made in their order. ``allow_self`` permits a hand-off from a party to itself: work that stays inside a
    team, in a chain of teams. Raises ScenarioError where a change cannot be made, with its place.

    >>> from chainmap.domain.analysis import analyse
    >>> from chainmap.domain.records import HandOff, Party
    >>> base = analyse(Chain.from_records([Party("a", "A"), Party("c", "C", PartyKind.END_CUSTOMER)],
    ...     [HandOff("a", "c", given_yield=0.5)]))
    >>> base.flow.delivered, apply_changes(base, [SetYield(0, 0.75)]).analysis.flow.delivered
    (0.5, 0.75)
    """
    if not analysis.yields.known:
        raise ScenarioError(ScenarioCode.NOTHING_RATED)
    if len(changes) > MOST_CHANGES:
        raise ScenarioError(ScenarioCode.TOO_MANY, "changes")
    draft = _Draft(analysis, allow_self=allow_self)
    for place, change in enumerate(changes):
        draft.make(change, place)
    return draft.applied()


def changes_possible(
    analysis: Analysis, changes: Sequence[Change], *, allow_self: bool = False
) -> tuple[Changes, tuple[ScenarioError, ...]]:
    """The changes that can be made, one after the other, and for each other one why it cannot.

    For a scenario that was kept: since then the chain may have lost what it changes, or got what it adds.
    """
    draft = _Draft(analysis, allow_self=allow_self)
    made: list[Change] = []
    left_out: list[ScenarioError] = []
    for place, change in enumerate(changes):
        try:
            draft.make(change, place)
            made.append(change)
        except ScenarioError as error:
            left_out.append(error)
    return tuple(made), tuple(left_out)


def keys_of(chain: Chain) -> LongArray:
    """[m] the caller's numbers of the hand-offs; their positions where the caller gave none."""
    given = len(chain.handoff_keys) == chain.handoff_count
    return chain.handoff_keys if given else np.arange(chain.handoff_count, dtype=np.int64)


def party_keys_of(chain: Chain) -> LongArray:
    """[n] the same of the parties."""
    given = len(chain.party_keys) == chain.party_count
    return chain.party_keys if given else np.arange(chain.party_count, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Row:
    """A hand-off that is not in the base chain as it is here; positions of parties."""

    key: int
    supplier: int
    customer: int
    deliverable: str
    volume: float
    yield_: float
    variance: float
    basis: int


class _Draft:
    """The base chain's columns that may change, and the rows that come to it."""

    def __init__(self, base: Analysis, *, allow_self: bool) -> None:
        self.base, self.chain, self.allow_self = base, base.chain, allow_self
        self.keys, self.party_keys = keys_of(base.chain), party_keys_of(base.chain)
        self.kept = np.ones(base.chain.handoff_count, np.bool_)
        self.volume, self.value = base.chain.volume.copy(), base.yields.value.copy()
        self.basis, self.variance = base.yields.basis.copy(), base.yields.variance.copy()
        self.rows: list[_Row] = []
        self.done: set[tuple[type[Change], int]] = set()

    def make(self, change: Change, place: int) -> None:
        check_change(change, place)
        try:
            match change:
                case Add():
                    self._add(change, place)
                case Reroute():
                    self._reroute(change, place)
                case _:
                    self._alter(change, self._position(change.handoff, type(change)))
        except ScenarioError as error:
            raise ScenarioError(error.code, error.field, place=place) from None

    def _alter(self, change: SetYield | SetVolume | Remove, position: int) -> None:
        match change:
            case SetYield():
                self.value[position], self.variance[position], self.basis[position] = change.yield_, 0.0, _GIVEN
            case SetVolume():
                self.volume[position] = change.volume
            case Remove():
                self.kept[position] = False

    def _reroute(self, change: Reroute, place: int) -> None:
        position = self._position(change.handoff, Reroute)
        supplier, customer = int(self.chain.supplier[position]), self._party(change.customer, "customer")
        deliverable = self.chain.deliverables[position]
        self._check_link(supplier, customer, deliverable, "customer")
        self.kept[position] = False
        self.rows.append(
            _Row(
                key=-1 - place,
                supplier=supplier,
                customer=customer,
                deliverable=deliverable,
                volume=float(self.volume[position]),
                yield_=float(self.value[position]),
                variance=float(self.variance[position]),
                basis=int(self.basis[position]),
            )
        )

    def _add(self, change: Add, place: int) -> None:
        supplier, customer = self._party(change.supplier, "supplier"), self._party(change.customer, "customer")
        if self.chain.party_kinds[supplier] == PartyKind.END_CUSTOMER:
            raise ScenarioError(ScenarioCode.LEAVES_END_CUSTOMER, "supplier")
        self._check_link(supplier, customer, change.deliverable, "customer")
        mean = self.base.yields.mean
        value, basis, variance = change.yield_, _GIVEN, 0.0
        if value is None:
            value, basis, variance = mean, _ASSUMED, mean * (1.0 - mean) / (DEFAULT_KAPPA + 1.0)
        row = _Row(-1 - place, supplier, customer, change.deliverable, change.volume, value, variance, basis)
        self.rows.append(row)

    def _position(self, key: int, kind: type[Change]) -> int:
        """Where the hand-off is that a change is about; each kind of change is made once to a hand-off."""
        found = np.flatnonzero(self.keys == key)
        if len(found) != 1 or not self.kept[found[0]]:
            again = (kind, key) in self.done
            raise ScenarioError(ScenarioCode.DUPLICATE if again else ScenarioCode.UNKNOWN_HANDOFF, "handoff")
        if (kind, key) in self.done:
            raise ScenarioError(ScenarioCode.DUPLICATE, "handoff")
        self.done.add((kind, key))
        return int(found[0])

    def _party(self, key: int, field: str) -> int:
        found = np.flatnonzero(self.party_keys == key)
        if len(found) != 1:
            raise ScenarioError(ScenarioCode.UNKNOWN_PARTY, field)
        return int(found[0])

    def _check_link(self, supplier: int, customer: int, deliverable: str, field: str) -> None:
        if supplier == customer and not self.allow_self:
            raise ScenarioError(ScenarioCode.TO_ITSELF, field)
        same = np.flatnonzero(self.kept & (self.chain.supplier == supplier) & (self.chain.customer == customer))
        there = {self.chain.deliverables[position] for position in same.tolist()}
        there |= {row.deliverable for row in self.rows if (row.supplier, row.customer) == (supplier, customer)}
        if deliverable in there:
            raise ScenarioError(ScenarioCode.DUPLICATE, field)

    def applied(self) -> Applied:
        """The changed chain; its shape is looked at again only where it changed."""
        origin = np.flatnonzero(self.kept).astype(np.int64)
        rows, base = self.rows, self.base
        if self.kept.all() and not rows and np.array_equal(self.volume, self.chain.volume):
            yields = replace(base.yields, value=self.value, basis=self.basis, variance=self.variance)
            return Applied(Analysis(network=base.network, yields=yields), origin)
        yields = replace(
            base.yields,
            value=_joined(self.value[origin], [row.yield_ for row in rows]),
            basis=np.concatenate([self.basis[origin], np.array([row.basis for row in rows], np.int8)]),
            variance=_joined(self.variance[origin], [row.variance for row in rows]),
            ratings=np.concatenate([base.yields.ratings[origin], np.zeros(len(rows), np.int64)]),
        )
        network = Network.of(self._changed_chain(origin, yields.value))
        return Applied(
            Analysis(network=network, yields=yields),
            np.concatenate([origin, np.full(len(rows), -1, np.int64)]),
        )

    def _changed_chain(self, origin: LongArray, value: FloatArray) -> Chain:
        """It carries its yields as given ones, so that it is complete without the ratings of the base chain."""
        chain, rows = self.chain, self.rows
        nothing = np.full(len(rows), NOT_MEASURED, np.int64)
        return replace(
            chain,
            supplier=np.concatenate([chain.supplier[origin], _positions([row.supplier for row in rows])]),
            customer=np.concatenate([chain.customer[origin], _positions([row.customer for row in rows])]),
            deliverables=(*(chain.deliverables[at] for at in origin.tolist()), *(row.deliverable for row in rows)),
            volume=_joined(self.volume[origin], [row.volume for row in rows]),
            passes=np.concatenate([chain.passes[origin], nothing]),
            returned=np.concatenate([chain.returned[origin], nothing]),
            given_yield=value.copy(),
            rating_handoff=np.empty(0, np.int32),
            rating_rater=np.empty(0, np.int32),
            rating_day=np.empty(0, np.int32),
            rating_score=np.empty(0, np.float64),
            handoff_keys=np.concatenate([self.keys[origin], np.array([row.key for row in rows], np.int64)]),
        )


def _positions(values: Sequence[int]) -> IntArray:
    return np.array(values, np.int32)


def _joined(column: FloatArray, more: Sequence[float]) -> FloatArray:
    return np.concatenate([column, np.array(more, np.float64)])
