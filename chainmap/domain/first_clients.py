"""Whom the chain names as a party's most important client, also before anything is rated.

    by share:   the customer j with the largest c_ij (MODEL section 4)
    by volume:  where no share is known, the customer with the largest volume of all hand-offs i -> j taken together

Ties are decided by name and then by id, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.clients import Clients
from chainmap.domain.records import Chain, FloatArray, IntArray, LongArray
from chainmap.domain.solver import SolverError


class ClientBasis(StrEnum):
    """What a most important client is read from."""

    SHARE = "share"  # the share of what the party delivers to end customers
    UNRATED = "unrated"  # the volume: nothing is rated or measured in this chain yet
    STRANDED = "stranded"  # the volume: nothing of what the party hands on arrives at an end customer
    UNSOLVED = "unsolved"  # the volume: a loop is so nearly closed that no share would be sure


@dataclass(frozen=True, slots=True, eq=False)
class FirstClients:
    """The most important client of some parties, one entry each."""

    client: IntArray  # [k] position of the client; -1 where the party hands nothing on
    share: FloatArray  # [k] c_ij, 0..1; nan where it is read from the volume
    volume: FloatArray  # [k] handed over to the client in the party's unit; 0 without a client
    without_share: ClientBasis  # why the volume decides where the share is nan

    def basis(self, place: int) -> ClientBasis:
        """What the entry at ``place`` is read from."""
        return self.without_share if np.isnan(self.share[place]) else ClientBasis.SHARE


def find_first_clients(analysis: Analysis, parties: LongArray) -> FirstClients:
    """The most important client of each party of ``parties``, [k] positions in the chain.

    >>> from chainmap.domain.analysis import analyse
    >>> from chainmap.domain.records import HandOff, Party
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("ben", "Ben"), Party("cyd", "Cyd")],
    ...     [HandOff("ann", "ben", volume=1), HandOff("ann", "cyd", volume=3)])
    >>> found = find_first_clients(analyse(chain), np.array([0, 1]))
    >>> found.client.tolist(), str(found.basis(0))
    ([2, -1], 'unrated')
    """
    clients, without_share = _clients(analysis)
    chain = analysis.chain
    pair = _largest_pairs(chain, clients)
    by_share = clients.most_important[parties]
    for place in np.flatnonzero(by_share >= 0).tolist():
        pair[parties[place]] = _pair(clients, int(parties[place]), int(by_share[place]))
    chosen = pair[parties]
    is_any = chosen >= 0
    return FirstClients(
        client=np.where(is_any, _taken(clients.customer, chosen, -1), -1).astype(np.int32),
        share=np.where(by_share >= 0, _taken(clients.client_share, chosen, np.nan), np.nan),
        volume=np.where(is_any, _taken(clients.volume, chosen, 0.0), 0.0),
        without_share=without_share,
    )


def _clients(analysis: Analysis) -> tuple[Clients, ClientBasis]:
    try:
        return analysis.clients, ClientBasis.UNRATED if analysis.flow is None else ClientBasis.STRANDED
    except SolverError:
        return Clients.of(analysis.network, analysis.yields, None), ClientBasis.UNSOLVED


def _largest_pairs(chain: Chain, clients: Clients) -> LongArray:
    """[n] the pair of each supplier with the largest volume, -1 without any."""
    largest = np.full(chain.party_count, -1, np.int64)
    by_name = sorted(range(chain.party_count), key=lambda one: (chain.party_names[one], chain.party_ids[one]))
    place = np.empty(chain.party_count, np.int64)
    place[by_name] = np.arange(chain.party_count)
    order = np.lexsort((place[clients.customer], -clients.volume, clients.supplier))
    suppliers, first = np.unique(clients.supplier[order], return_index=True)
    largest[suppliers] = order[first]
    return largest


def _pair(clients: Clients, supplier: int, customer: int) -> int:
    """Where the pair is; pairs come ordered by supplier, then customer."""
    first, last = np.searchsorted(clients.supplier, [supplier, supplier + 1])
    return int(first) + int(np.searchsorted(clients.customer[first:last], customer))


def _taken(values: FloatArray | IntArray, places: LongArray, without: float) -> FloatArray:
    """``values[places]``, ``without`` at place -1."""
    padded = np.append(np.asarray(values, np.float64), without)
    return np.asarray(padded[places], np.float64)
