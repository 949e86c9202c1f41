"""The chain map: every party with its place, every team with the place it folds to, every hand-off as a link.

A map is read from a finding and adds nothing to what that says: whoever may see the finding may see its map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.map_layout import Shape, layout
from chainmap.domain.map_room import MARGIN, SIDE, nearest_free
from chainmap.domain.records import PartyKind

#: With more parties than this a map opens with its teams folded.
MOST_UNFOLDED = 300
#: x and y in units of the map.
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapParty:
    """One party. ``id`` is the caller's own number, in a map of teams the position; ``team`` an index into teams.

    ``inflow``, ``reach`` and ``dependence`` as in ``PartyFinding``; ``client`` is the id of the party that most of
    what this one delivers goes through.
    """

    id: int
    name: str
    kind: PartyKind
    team: int | None
    x: float
    y: float
    inflow: float | None
    reach: float | None
    dependence: float | None
    client: int | None


@dataclass(frozen=True, slots=True)
class MapTeam:
    """A team, and where it stands while it is folded. ``id`` is the caller's own number, else the index."""

    id: int
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MapLink:
    """One hand-off as in ``HandOffFinding``, between two parties of the map (in a map of teams perhaps the same one).

    ``gain`` is what delivered value gains if nothing were lost here, ``gain_share`` the same of all that is created.
    ``bend``: how far the link leaves the straight line, seen on the way to the customer, to the right if above 0; no
    two links between the same two parties have the same curve. A straight one is 0.
    """

    id: int
    supplier: int
    customer: int
    what: str
    volume: float
    share: float
    yield_: float | None
    flow: float | None
    lost: float | None
    lost_share: float | None
    gain: float | None
    gain_share: float | None
    basis: Basis
    ratings: int
    rank: int | None
    bend: float


@dataclass(frozen=True, slots=True)
class ChainMap:
    """A whole map. The totals are those of the finding; ``width`` and ``height`` hold everything with a margin."""

    name: str
    by_team: bool  # the parties are teams
    released: bool  # from the release of a protected round
    analysed: bool  # something is known of yields
    created: float
    delivered: float | None
    lost: float | None
    stranded: float | None
    chain_yield: float | None
    width: float
    height: float
    parties: Sequence[MapParty]  # in the order of the finding
    teams: Sequence[MapTeam]  # by name; none in a map of teams
    links: Sequence[MapLink]  # in the order of their ids

    @property
    def opens_folded(self) -> bool:
        """Whether it has too many parties to begin with all of them."""
        return len(self.parties) > MOST_UNFOLDED and bool(self.teams)


def chain_map(
    finding: Bottlenecks,
    *,
    places: Mapping[str, Place] | None = None,
    team_places: Mapping[str, Place] | None = None,
    team_ids: Mapping[str, int] | None = None,
) -> ChainMap:
    """Place every party and team of a finding.

    ``places`` holds places to keep by party id, ``team_places`` by team name: they do not move, and who has none is
    placed among them. ``team_ids`` are the caller's own numbers of the teams. Deterministic, and where everybody
    stands depends on nothing that was rated.

    >>> from chainmap.domain.bottlenecks import find_bottlenecks
    >>> from chainmap.domain.records import Chain, HandOff, Party, Rating
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "cli", "report")], [Rating("ann", "cli", 8, "report")])
    >>> found = chain_map(find_bottlenecks(chain, organization="Acme"))
    >>> [party.x for party in found.parties], found.links[0].what, found.links[0].bend
    ([640.0, 920.0], 'report', 0.0)
    """
    names = [] if finding.by_team else sorted({party.team for party in finding.parties if _is_member(party)})
    team_of = {name: index for index, name in enumerate(names)}
    handoffs = sorted(finding.handoffs, key=lambda handoff: handoff.key)
    x, y = _placed(finding, handoffs, team_of, places or {})
    ids = [position if finding.by_team else party.key for position, party in enumerate(finding.parties)]
    id_of = {party.id: number for party, number in zip(finding.parties, ids, strict=True)}
    parties = [
        MapParty(
            id=number,
            name=party.name,
            kind=party.kind,
            team=team_of.get(party.team) if _is_member(party) else None,
            x=across,
            y=down,
            inflow=party.inflow,
            reach=party.reach,
            dependence=party.dependence,
            client=None if party.most_important_client is None else id_of[party.most_important_client],
        )
        for party, number, across, down in zip(finding.parties, ids, x, y, strict=True)
    ]
    teams = _teams(names, parties, team_places or {}, team_ids or {})
    return ChainMap(
        name=finding.organization,
        by_team=finding.by_team,
        released=finding.released,
        analysed=finding.analysed,
        created=finding.created,
        delivered=finding.delivered,
        lost=finding.lost,
        stranded=finding.stranded,
        chain_yield=finding.chain_yield,
        width=max([0.0, *(party.x for party in parties), *(team.x for team in teams)]) + MARGIN,
        height=max([0.0, *(party.y for party in parties), *(team.y for team in teams)]) + MARGIN,
        parties=parties,
        teams=teams,
        links=_links(handoffs, finding, id_of, {party.id: party.x for party in parties}),
    )


def _is_member(party: PartyFinding) -> bool:
    """Employees fold into their team; end customers and external suppliers stay themselves (domain/folding.py)."""
    return party.kind == PartyKind.EMPLOYEE and party.team != ""


def _placed(
    finding: Bottlenecks, handoffs: Sequence[HandOffFinding], team_of: Mapping[str, int], places: Mapping[str, Place]
) -> tuple[list[float], list[float]]:
    """x and y of every party. Hand-offs come by key and weigh by volume: ratings change no place."""
    position = {party.id: number for number, party in enumerate(finding.parties)}
    fixed = np.array([places.get(party.id, (np.nan, np.nan)) for party in finding.parties], np.float64)
    shape = Shape(
        is_end=np.array([party.kind == PartyKind.END_CUSTOMER for party in finding.parties], np.bool_),
        supplier=np.array([position[handoff.supplier] for handoff in handoffs], np.int32),
        customer=np.array([position[handoff.customer] for handoff in handoffs], np.int32),
        weight=np.array([handoff.share for handoff in handoffs], np.float64),
        team=np.array(
            [team_of.get(party.team, -1) if _is_member(party) else -1 for party in finding.parties], np.int64
        ),
    )
    found = layout(shape, fixed.reshape(-1, 2))
    return found.x.tolist(), found.y.tolist()


def _teams(
    names: Sequence[str], parties: Sequence[MapParty], kept: Mapping[str, Place], ids: Mapping[str, int]
) -> list[MapTeam]:
    """Each folded team at the mean of its members, or the nearest place where it touches nobody who stays visible."""
    members = defaultdict(list)
    for party in parties:
        if party.team is not None:
            members[party.team].append((party.x, party.y))
    taken = [(party.x, party.y) for party in parties if party.team is None]
    taken += [kept[name] for name in names if name in kept]
    found = []
    for index, name in enumerate(names):
        place = kept.get(name)
        if place is None:
            x, y = np.rint(np.mean(members[index], axis=0)).tolist()
            columns = [x] + [beside for beside in (x - SIDE, x + SIDE) if beside >= MARGIN]
            place = nearest_free(np.array(taken, np.float64).reshape(-1, 2), y, columns)
            taken.append(place)
        found.append(MapTeam(ids.get(name, index), name, *place))
    return found


def _links(
    handoffs: Sequence[HandOffFinding], finding: Bottlenecks, id_of: Mapping[str, int], across: Mapping[int, float]
) -> list[MapLink]:
    ends = [(id_of[handoff.supplier], id_of[handoff.customer]) for handoff in handoffs]
    return [
        MapLink(
            id=handoff.key,
            supplier=supplier,
            customer=customer,
            what=handoff.deliverable,
            volume=handoff.volume,
            share=handoff.share,
            yield_=handoff.yield_,
            flow=handoff.flow,
            lost=handoff.lost,
            lost_share=handoff.lost_share,
            gain=handoff.recoverable,
            gain_share=_of_created(handoff.recoverable, finding.created),
            basis=handoff.basis,
            ratings=handoff.ratings,
            rank=handoff.rank,
            bend=bend,
        )
        for handoff, (supplier, customer), bend in zip(handoffs, ends, _bends(ends, across), strict=True)
    ]


def _of_created(gain: float | None, created: float) -> float | None:
    return None if gain is None or not created > 0 else gain / created


def _bends(ends: Sequence[tuple[int, int]], across: Mapping[int, float]) -> list[float]:
    """A bend for each link, seen on its own way: between the same two parties all curves differ.

    One alone is straight, unless both stand in one column: then it passes beside those between them.
    """
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, (supplier, customer) in enumerate(ends):
        between[min(supplier, customer), max(supplier, customer)].append(place)
    bends = [0.0] * len(ends)
    for (one, other), group in between.items():
        group.sort(key=lambda place: ends[place])
        middle = -1.0 if one == other or across[one] == across[other] else (len(group) - 1) / 2
        for turn, place in enumerate(group):
            way = 1 if ends[place][0] == one else -1
            bends[place] = way * (turn - middle) + 0.0  # no -0
    return bends
