"""Expected visits between parties that share a cycle: the entries of ``N = (I - W)^-1`` that the gains need.

For a hand-off i -> j the gain needs ``N[j, i]`` (how often value at j comes back to i), for a party k ``N[k, k]``. They
are 0 and 1 unless the parties share a cycle, so every strongly connected component is looked at alone:

- small components: a dense inverse, many at once, exact;
- large ones: backward push (Andersen et al. 2007) with a certificate. A column of N is split as
  ``N[:, i] = q + N r`` with ``q, r >= 0``; moving an entry of ``r`` into ``q`` and passing it on to its suppliers keeps
  that true. When every entry of ``r`` is small, ``q <= N[:, i] <= q + max(r) t``, where ``t >= N 1`` is certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from chainmap.domain.arrays import sum_by
from chainmap.domain.network import Network
from chainmap.domain.records import BoolArray, FloatArray, LongArray
from chainmap.domain.solver import certified_steps, fundamental_matrix
from chainmap.domain.value_flow import ValueFlow
from chainmap.domain.yields import Yields

#: Components up to this size may be inverted, as long as all inverses together cost no more than the budget.
BLOCK_LIMIT = 1000
BLOCK_BUDGET = 1e9  # sum of size^3
#: What the rounding of the sums may add to a certified bound, as a part of the figure.
ROUNDING = 1e-12
#: Entries that one stack of inverses, or one chunk of pushed columns, may hold at a time.
CHUNK_ENTRIES = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Certain bounds of the needed entries of N; low = high where exact. ``n`` parties, ``m`` hand-offs."""

    back_low: FloatArray  # [m] N[customer, supplier]
    back_high: FloatArray  # [m]
    own_low: FloatArray  # [n] N[party, party], >= 1
    own_high: FloatArray  # [n]

    @classmethod
    def without_cycles(cls, network: Network) -> Visits:
        """What holds where nothing comes back: 0 for every hand-off, 1 for every party."""
        handoffs, parties = network.chain.handoff_count, network.chain.party_count
        return cls(np.zeros(handoffs), np.zeros(handoffs), np.ones(parties), np.ones(parties))


def visits_from_inverse(network: Network, flow: ValueFlow) -> Visits:
    """Read the entries from the N that the direct solve left behind."""
    if flow.visits is None:
        raise ValueError("the flow was not solved directly: it has no inverse to read from")
    found = Visits.without_cycles(network)
    place = np.full(network.chain.party_count, -1)
    place[flow.working] = np.arange(len(flow.working))
    cyclic = np.flatnonzero(network.inside_block)
    back = flow.visits[place[network.chain.customer[cyclic]], place[network.chain.supplier[cyclic]]]
    found.back_low[cyclic] = found.back_high[cyclic] = back
    found.own_low[flow.working] = found.own_high[flow.working] = np.diag(flow.visits)
    return found


def invert_small_blocks(network: Network, yields: Yields, found: Visits) -> BoolArray:
    """Write the exact entries of all small components into ``found``; [n] True for the parties of the large ones.

    Components are padded to a few common sizes and inverted as stacks.
    """
    sizes = np.where(_cyclic_blocks(network), network.block_sizes, 0)
    order = np.argsort(sizes, kind="stable")
    within_budget = np.empty(len(sizes), np.bool_)
    within_budget[order] = np.cumsum(sizes[order].astype(np.float64) ** 3) <= BLOCK_BUDGET
    small = (sizes > 0) & (sizes <= BLOCK_LIMIT) & within_budget
    padded = _padded(sizes)
    for size in np.unique(padded[small]).tolist():
        labels = np.flatnonzero(small & (padded == size))
        at_once = max(CHUNK_ENTRIES // size**2, 1)
        for start in range(0, len(labels), at_once):
            chosen = np.zeros(len(sizes), np.bool_)
            chosen[labels[start : start + at_once]] = True
            _invert_stack(network, yields, found, chosen, size)
    large: BoolArray = (sizes > 0) & ~small
    return large[network.block] & network.in_reach


def _cyclic_blocks(network: Network) -> BoolArray:
    """[label] components of R in which something comes back: two parties or more, or a hand-off to oneself."""
    cyclic = np.zeros(len(network.block_sizes), np.bool_)
    cyclic[network.block[network.chain.supplier[network.inside_block]]] = True
    return cyclic


def _padded(sizes: LongArray) -> LongArray:
    """The next size up of 1, 2, 3, 4, 6, 8, 12, 16, 24, ...: few stacks, little padding."""
    ladder = np.unique([step * 2**power for power in range(11) for step in (1, 3)])
    place = np.searchsorted(ladder, np.minimum(sizes, ladder[-1]))
    return np.asarray(ladder[place], np.int64)


def _invert_stack(network: Network, yields: Yields, found: Visits, chosen: BoolArray, size: int) -> None:
    """Invert all ``chosen`` components at once, padded to ``size`` with parties that do nothing."""
    chain, block = network.chain, network.block
    members = np.flatnonzero(chosen[block])
    members = members[np.argsort(block[members], kind="stable")]
    labels, first, counts = np.unique(block[members], return_index=True, return_counts=True)
    stack_of = np.full(len(network.block_sizes), -1)
    stack_of[labels] = np.arange(len(labels))
    place = np.full(chain.party_count, -1)
    place[members] = np.arange(len(members)) - np.repeat(first, counts)

    inside = np.flatnonzero(network.inside_block & chosen[block[chain.supplier]])
    stack, row, column = (
        stack_of[block[chain.supplier[inside]]],
        place[chain.supplier[inside]],
        place[chain.customer[inside]],
    )
    weights = np.zeros((len(labels), size, size))
    np.add.at(weights, (stack, row, column), (network.share * yields.value)[inside])
    leaks = np.ones((len(labels), size))
    leaving = np.where(network.inside_block, network.share * (1.0 - yields.value), network.share)
    leaks[stack_of[block[members]], place[members]] = sum_by(chain.supplier, leaving, chain.party_count)[members]
    inverse = fundamental_matrix(weights, leaks)
    found.back_low[inside] = found.back_high[inside] = inverse[stack, column, row]
    own = inverse[stack_of[block[members]], place[members], place[members]]
    found.own_low[members] = found.own_high[members] = own


class BackwardPush:
    """Certified entries of N inside the large components, column by column, as accurate as each column needs."""

    def __init__(self, network: Network, yields: Yields, parties: BoolArray) -> None:
        """``parties`` [n] is True in the components to push in."""
        chain = network.chain
        self.members: LongArray = np.flatnonzero(parties)
        self._place = np.full(chain.party_count, -1)
        self._place[self.members] = np.arange(len(self.members))
        self.handoffs: LongArray = network.by_supplier[
            (network.inside_block & parties[chain.supplier])[network.by_supplier]
        ]
        matrix = network.matrix(network.share * yields.value, network.inside_block & parties[chain.supplier])
        matrix = matrix[self.members][:, self.members] if len(self.members) < chain.party_count else matrix
        self._suppliers_of: sparse.csr_array = matrix.T.tocsr()
        #: [inside] positions in ``members`` of the two ends of ``handoffs``
        self.supplier: LongArray = self._place[chain.supplier[self.handoffs]]
        self.customer: LongArray = self._place[chain.customer[self.handoffs]]
        self._first = np.searchsorted(self.supplier, np.arange(len(self.members) + 1))
        #: [members] certain upper bound of the steps value takes inside the component
        self.steps: FloatArray = certified_steps(matrix)

    def refine(self, found: Visits, threshold: FloatArray) -> None:
        """Write bounds into ``found`` for every column whose ``threshold`` [members] is above 0, in place.

        A column is pushed until no entry of its residual exceeds its threshold. Bounds never get wider.
        """
        wanted = np.flatnonzero(threshold > 0)
        wanted = wanted[np.argsort(-threshold[wanted], kind="stable")]
        for columns in self._chunks(wanted, threshold):
            pushed, largest = self._push(columns, threshold[columns])
            counts = self._first[columns + 1] - self._first[columns]
            rows = np.repeat(np.arange(len(columns)), counts)
            starts = np.cumsum(counts) - counts
            picked = np.repeat(self._first[columns], counts) + np.arange(len(rows)) - np.repeat(starts, counts)
            customers = self.customer[picked]
            self._tighten(
                found.back_low,
                found.back_high,
                self.handoffs[picked],
                _entries(pushed, rows, customers),
                largest[rows] * self.steps[customers],
            )
            self._tighten(
                found.own_low,
                found.own_high,
                self.members[columns],
                _entries(pushed, np.arange(len(columns)), columns),
                largest * self.steps[columns],
            )

    @staticmethod
    def _tighten(low: FloatArray, high: FloatArray, where: LongArray, entry: FloatArray, error: FloatArray) -> None:
        slack = ROUNDING * (entry + error)
        low[where] = np.maximum(low[where], entry - slack)
        high[where] = np.minimum(high[where], entry + error + slack)

    def _chunks(self, wanted: LongArray, threshold: FloatArray) -> Iterator[LongArray]:
        """Columns in pieces that stay within ``CHUNK_ENTRIES``, guessing what each of them will hold."""
        degree = max(self._suppliers_of.nnz / max(len(self.members), 1), 1.0)
        guess = np.minimum(len(self.members), 2.0 * degree / threshold[wanted] + 8.0)
        piece = (np.cumsum(guess) // CHUNK_ENTRIES).astype(np.int64)
        yield from np.split(wanted, np.flatnonzero(np.diff(piece)) + 1) if len(wanted) else []

    def _push(self, columns: LongArray, threshold: FloatArray) -> tuple[sparse.csr_array, FloatArray]:
        """[c, members] what was moved into q, a row a column of N, and [c] the largest entry left in r."""
        count = len(columns)
        shape = (count, len(self.members))
        residual = sparse.csr_array(
            (np.ones(count), columns.astype(np.int32), np.arange(count + 1, dtype=np.int32)), shape=shape
        )
        moved: list[sparse.csr_array] = []
        while True:
            large = residual.data > np.repeat(threshold, np.diff(residual.indptr))
            if not large.any():
                return _sum_of(moved, shape), _largest_in_rows(residual)
            moved.append(_only(residual, large))
            residual = _only(residual, ~large) + moved[-1] @ self._suppliers_of


def _only(matrix: sparse.csr_array, keep: BoolArray) -> sparse.csr_array:
    """The matrix with only the stored entries where ``keep`` holds."""
    before = np.concatenate([[0], np.cumsum(keep)])
    return sparse.csr_array(
        (matrix.data[keep], matrix.indices[keep], before[matrix.indptr].astype(np.int32)), shape=matrix.shape
    )


def _sum_of(parts: list[sparse.csr_array], shape: tuple[int, int]) -> sparse.csr_array:
    """The sum of several matrices."""
    rows = [np.repeat(np.arange(shape[0], dtype=np.int32), np.diff(part.indptr)) for part in parts]
    entries = (np.concatenate(rows), np.concatenate([part.indices for part in parts]))
    return sparse.coo_array((np.concatenate([part.data for part in parts]), entries), shape=shape).tocsr()


def _entries(matrix: sparse.csr_array, rows: LongArray, columns: LongArray) -> FloatArray:
    """[len(rows)] the entries at the given places."""
    if len(rows) == 0:
        return np.empty(0, np.float64)
    picked = sparse.coo_array(matrix[rows, columns])
    return np.asarray(picked.toarray(), np.float64).ravel()


def _largest_in_rows(matrix: sparse.csr_array) -> FloatArray:
    """[rows] the largest stored entry of each row; 0 for an empty one."""
    largest = np.zeros(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        largest[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[filled])
    return largest
