"""From a chain of people to a chain of teams whose totals agree exactly (MODEL section 9).

Employees of one team become one party. What flows between two teams adds up, and yields are weighted by that flow, so
the chain of teams has the same stationary flow: solving it gives the same created, delivered, lost and stranded value.
Members from whom no end customer can be reached become a party of their own, because their value is stranded and must
stay so. End customers and external suppliers stay themselves.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from chainmap.domain.arrays import sum_by
from chainmap.domain.findings import Basis
from chainmap.domain.network import Network
from chainmap.domain.records import NOT_MEASURED, Chain, FloatArray, IntArray, LongArray, PartyKind
from chainmap.domain.value_flow import ValueFlow
from chainmap.domain.yields import BASES, Yields

#: A hand-off through which nothing flows keeps its place in the chain of teams with this part of the team's volume.
TRACE = 1e-18
SMALLEST = float(np.finfo(np.float64).tiny)
#: The key of a party or hand-off that stands for many.
NO_KEY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Folding:
    """A chain of teams and where everybody went.

    ``chain`` alone is complete: its hand-offs carry given yields. ``yields`` holds the same values with what the chain
    of people knew beside them: the number of ratings, and whether all of a hand-off is assumed.
    """

    network: Network
    yields: Yields
    party_of: IntArray  # [people] position of the party that holds the person
    handoff_of: IntArray  # [hand-offs of people] position of the hand-off it became part of

    @property
    def chain(self) -> Chain:
        return self.network.chain


def fold_to_teams(
    network: Network,
    yields: Yields,
    flow: ValueFlow | None,
    *,
    no_team: str = "(no team)",
    stranded: str = "{team} (no way to an end customer)",
) -> Folding:
    """Fold the employees of a network into teams, weighting by the flow of value.

    Volumes between teams are the summed flows; outside R, where nothing flows, and where ``flow`` is None (nothing
    known of yields) they are the summed volumes. Capacities, ratings and passes add up. Hand-offs inside a team become
    one from the team to itself. ``no_team`` names the party of those without a team; ``stranded`` the members outside
    R, with ``{team}`` in it.
    """
    chain = network.chain
    party_of, names, teams = _group_parties(network, no_team, stranded)
    count = len(names)
    ends = party_of[chain.supplier].astype(np.int64) * max(count, 1) + party_of[chain.customer]
    links, handoff_of = np.unique(ends, return_inverse=True)
    supplier, customer = (links // max(count, 1)).astype(np.int32), (links % max(count, 1)).astype(np.int32)
    sums = _Sums(handoff_of, len(links))
    volume, value, variance = _weighted(network, yields, flow, sums, supplier, count)
    passes, returned = _measured(chain, sums)
    first = np.unique(party_of, return_index=True)[1].tolist()
    kinds = tuple(chain.party_kinds[position] for position in first)
    keys = chain.party_keys if len(chain.party_keys) else np.arange(chain.party_count)
    folded = Chain(
        party_ids=_ids(network, first, kinds, teams),
        party_names=names,
        party_kinds=kinds,
        party_teams=teams,
        capacity=sum_by(party_of, chain.capacity, count),
        supplier=supplier,
        customer=customer,
        deliverables=("",) * len(links),
        volume=volume,
        passes=passes,
        returned=returned,
        given_yield=value,
        rating_handoff=np.empty(0, np.int32),
        rating_rater=np.empty(0, np.int32),
        rating_day=np.empty(0, np.int32),
        rating_score=np.empty(0, np.float64),
        party_keys=np.where([kind == PartyKind.EMPLOYEE for kind in kinds], NO_KEY, keys[first]).astype(np.int64),
        handoff_keys=np.full(len(links), NO_KEY, np.int64),
    )
    known = sums.of(~yields.is_assumed) > 0
    basis = np.where(known, BASES.index(Basis.GIVEN), BASES.index(Basis.ASSUMED)).astype(np.int8)
    ratings = sums.of(yields.ratings).astype(np.int64)
    return Folding(
        network=Network.of(folded),
        yields=Yields(value=value, basis=basis, ratings=ratings, variance=variance, mean=yields.mean),
        party_of=party_of,
        handoff_of=handoff_of.astype(np.int32),
    )


class _Sums:
    """Adds a column of the people's hand-offs up to the hand-offs of the teams."""

    def __init__(self, handoff_of: LongArray, count: int) -> None:
        self.handoff_of = handoff_of
        self.count = count

    def of(self, column: npt.ArrayLike) -> FloatArray:
        return sum_by(self.handoff_of, column, self.count).astype(np.float64)


def _weighted(
    network: Network, yields: Yields, flow: ValueFlow | None, sums: _Sums, supplier: IntArray, count: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Volume, yield and its variance of each hand-off between teams."""
    chain = network.chain
    by_volume = sums.of(chain.volume)
    moving = np.zeros(len(chain.volume)) if flow is None else flow.flow
    by_flow = sums.of(moving)
    total = sum_by(supplier, by_flow, count)[supplier]
    volume = np.where(by_flow > 0, by_flow, np.where(total > 0, np.maximum(TRACE * total, SMALLEST), by_volume))
    weight = np.where(by_flow[sums.handoff_of] > 0, moving, chain.volume)
    summed = sums.of(weight)
    value = np.clip(sums.of(weight * yields.value) / summed, 0.0, 1.0)
    part = weight / summed[sums.handoff_of]
    return volume, value, sums.of(part**2 * yields.variance)


def _measured(chain: Chain, sums: _Sums) -> tuple[LongArray, LongArray]:
    """Summed passes and returned passes of each hand-off between teams; NOT_MEASURED where nothing was measured."""
    measured = chain.passes != NOT_MEASURED
    some = sums.of(measured) > 0
    passes = np.where(some, sums.of(np.where(measured, chain.passes, 0)), NOT_MEASURED)
    returned = np.where(some, sums.of(np.where(measured, np.maximum(chain.returned, 0), 0)), NOT_MEASURED)
    return passes.astype(np.int64), returned.astype(np.int64)


def _group_parties(network: Network, no_team: str, stranded: str) -> tuple[IntArray, tuple[str, ...], tuple[str, ...]]:
    """[people] the party each goes to; names and teams of the parties, in the order of their first member."""
    chain = network.chain
    place: dict[tuple[str, str, bool], int] = {}
    names: list[str] = []
    teams: list[str] = []
    party_of = np.empty(chain.party_count, np.int32)
    columns = zip(
        chain.party_ids, chain.party_names, chain.party_kinds, chain.party_teams, network.in_reach.tolist(), strict=True
    )
    for position, (party, name, kind, team, in_reach) in enumerate(columns):
        person = kind == PartyKind.EMPLOYEE
        group = ("", team, in_reach) if person else ("itself", party, True)
        if group not in place:
            place[group] = len(names)
            shown = (team or no_team) if person else name
            names.append(stranded.format(team=shown) if person and not in_reach else shown)
            teams.append(team)
        party_of[position] = place[group]
    return party_of, tuple(names), tuple(teams)


def _ids(network: Network, first: list[int], kinds: tuple[PartyKind, ...], teams: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the folded parties: their own for those that stay themselves, else made from the team and never equal."""
    own = [network.chain.party_ids[position] for position in first]
    taken = [party for party, kind in zip(own, kinds, strict=True) if kind != PartyKind.EMPLOYEE]
    marks = (("team" + ":" * number, "stranded" + ":" * number) for number in itertools.count(1))
    team_mark, stranded_mark = next(pair for pair in marks if not any(party.startswith(pair) for party in taken))
    return tuple(
        party if kind != PartyKind.EMPLOYEE else (team_mark if network.in_reach[position] else stranded_mark) + team
        for party, kind, position, team in zip(own, kinds, first, teams, strict=True)
    )
