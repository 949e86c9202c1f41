"""Two rounds on one map: everybody where the map of the later round has them, every hand-off with what became of it.

Reads findings, places and a comparison, and adds nothing: whoever may see those may see it. Above ``MOST_UNFOLDED``
parties each team is one, at the place it folds to; what its people hand over adds up, and its yield is
``1 - lost / flow``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from chainmap.domain.chain_map import MOST_UNFOLDED, Place
from chainmap.domain.clear_curves import clear_bends
from chainmap.domain.findings import PartyFinding
from chainmap.domain.map_room import MARGIN, SIDE, nearest_free
from chainmap.domain.records import PartyKind
from chainmap.domain.round_changes import HandOffChange, Presence

#: Of what is handed over, so much more or less must arrive to be called more or less, 0..1; nearer is "about the same".
SAME = 0.05
_EXACT = 1e-9


class Turn(StrEnum):
    """What became of a hand-off."""

    MORE = "more"  # more of it arrives
    LESS = "less"
    SAME = "same"  # less than SAME apart
    UNKNOWN = "unknown"  # nobody rated it in one of the rounds
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ComparedParty:
    """One party, or one team; x and y in units of the map. ``is_gone``: it is in the earlier round alone."""

    id: str
    name: str
    kind: PartyKind
    x: float
    y: float
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ComparedLink:
    """One hand-off, or all from one team to another; ``supplier`` and ``customer`` are places among the parties.

    Amounts in person-equivalents as in ``HandOffChange``; ``turn_of`` is None where one of the yields is not there.
    """

    supplier: int
    customer: int
    deliverable: str
    turn: Turn
    flow_before: float
    flow_now: float
    yield_before: float | None
    yield_now: float | None
    bend: float = 0.0
    handoffs: int = 1

    @property
    def more(self) -> float | None:
        """How much more of what is handed over arrives, -1..1; None where that is not known."""
        if self.turn == Turn.UNKNOWN or self.yield_before is None or self.yield_now is None:
            return None
        return self.yield_now - self.yield_before

    @property
    def weight(self) -> float:
        """What that means in person-equivalents: the part of the change of loss that comes from the yield, >= 0."""
        return abs(self.more or 0.0) * (self.flow_before + self.flow_now) / 2


@dataclass(frozen=True, slots=True)
class ComparedMap:
    """Both rounds on one map. ``by_team``: the parties are teams, by release or because there are too many people;
    ``released``: it is by release, and a yield that is not known is one that is not shown."""

    parties: Sequence[ComparedParty]
    links: Sequence[ComparedLink]  # in the order of the comparison, most changed first
    by_team: bool
    released: bool = False

    def counted(self, turn: Turn) -> int:
        """How many of the lines became that."""
        return sum(1 for link in self.links if link.turn == turn)


@dataclass(frozen=True, slots=True)
class MapGround:
    """Where everybody stands: places by id of a party, of teams by name, and whether the parties are teams."""

    now: Sequence[PartyFinding]
    before: Sequence[PartyFinding]
    places: Mapping[str, Place]  # of everybody in ``now``
    team_places: Mapping[str, Place]
    by_team: bool


def compared_map(ground: MapGround, changes: Sequence[HandOffChange]) -> ComparedMap:
    """The map of two rounds. Raises KeyError for a hand-off of a party that neither round has.

    >>> from chainmap.domain.findings import PartyFinding
    >>> ann, bob = (PartyFinding(place, name, name, PartyKind.EMPLOYEE, "", 1.0, 1.0, 0.0, 0.0, None)
    ...     for place, name in enumerate(("ann", "bob")))
    >>> change = HandOffChange(7, "ann", "bob", "", Presence.BOTH, False, 0.5, 0.7, 1, 1, 0.5, 0.3, -0.2, 0.0)
    >>> found = compared_map(MapGround([ann], [ann, bob], {"ann": (80, 80)}, {}, False), [change])
    >>> [(party.name, party.is_gone) for party in found.parties], str(found.links[0].turn)
    ([('ann', False), ('bob', True)], 'more')
    """
    known = {party.id for party in ground.now}
    gone = [party for party in ground.before if party.id not in known and _is_touched(party.id, changes)]
    if len(ground.now) + len(gone) > MOST_UNFOLDED and not ground.by_team:
        parties, place_of = _folded(ground)
        links = _by_ends(changes, place_of)
    else:
        parties = [_party(party, *ground.places[party.id]) for party in ground.now]
        parties += _placed_gone(gone, parties, changes)
        place_of = {party.id: place for place, party in enumerate(parties)}
        links = [_link(change, place_of) for change in changes]
    is_folded = len(parties) < len(known)
    return ComparedMap(parties, _bent(links, parties), ground.by_team or is_folded, ground.by_team)


def _party(party: PartyFinding, x: float, y: float) -> ComparedParty:
    return ComparedParty(party.id, party.name, party.kind, x, y)


def _is_touched(party: str, changes: Iterable[HandOffChange]) -> bool:
    return any(party in (change.supplier, change.customer) for change in changes)


def _placed_gone(
    gone: Iterable[PartyFinding], parties: Sequence[ComparedParty], changes: Sequence[HandOffChange]
) -> list[ComparedParty]:
    """Who is not there any more stands among those they had to do with, where there is room."""
    at = {party.id: (party.x, party.y) for party in parties}
    placed = []
    for party in gone:
        others = [
            at[other]
            for change in changes
            for one, other in ((change.supplier, change.customer), (change.customer, change.supplier))
            if one == party.id and other in at
        ]
        x, y = (math.fsum(values) / len(others) for values in zip(*others, strict=True)) if others else (MARGIN, MARGIN)
        if party.kind == PartyKind.END_CUSTOMER:
            x = max([x, *(place for place, _down in at.values())])
        columns = [round(x), *(beside for beside in (x - SIDE, x + SIDE) if beside >= MARGIN)]
        at[party.id] = nearest_free(np.array(list(at.values()), np.float64).reshape(-1, 2), y, columns)
        placed.append(replace(_party(party, *at[party.id]), is_gone=True))
    return placed


def _folded(ground: MapGround) -> tuple[list[ComparedParty], dict[str, int]]:
    """One party for each team; whoever has none stays."""
    parties: list[ComparedParty] = []
    place_of: dict[str, int] = {}
    teams: dict[str, int] = {}
    for party in ground.now:
        is_member = party.kind == PartyKind.EMPLOYEE and party.team in ground.team_places
        if is_member and party.team in teams:
            place_of[party.id] = teams[party.team]
            continue
        place_of[party.id] = len(parties)
        if is_member:
            teams[party.team] = len(parties)
            x, y = ground.team_places[party.team]
            parties.append(ComparedParty(f"team {party.team}", party.team, party.kind, x, y))
        else:
            parties.append(_party(party, *ground.places[party.id]))
    return parties, place_of


def _link(change: HandOffChange, place_of: Mapping[str, int]) -> ComparedLink:
    return ComparedLink(
        supplier=place_of[change.supplier],
        customer=place_of[change.customer],
        deliverable=change.deliverable,
        turn=_turn(change.presence, change.yield_before, change.yield_now, is_assumed=change.is_assumed),
        flow_before=change.flow_before,
        flow_now=change.flow_now,
        yield_before=change.yield_before,
        yield_now=change.yield_now,
    )


def _turn(presence: Presence, before: float | None, now: float | None, *, is_assumed: bool) -> Turn:
    if presence != Presence.BOTH:
        return Turn.NEW if presence == Presence.NEW else Turn.REMOVED
    if is_assumed or before is None or now is None:
        return Turn.UNKNOWN
    if abs(now - before) < SAME - _EXACT:
        return Turn.SAME
    return Turn.MORE if now > before else Turn.LESS


def _by_ends(changes: Iterable[HandOffChange], place_of: Mapping[str, int]) -> list[ComparedLink]:
    """The hand-offs between two places as one, in the order of their first; what stays inside a place is left out."""
    grouped: dict[tuple[int, int], list[HandOffChange]] = defaultdict(list)
    for change in changes:
        if change.supplier in place_of and change.customer in place_of:
            grouped[place_of[change.supplier], place_of[change.customer]].append(change)
    return [_summed(ends, group) for ends, group in grouped.items() if ends[0] != ends[1]]


def _summed(ends: tuple[int, int], group: Sequence[HandOffChange]) -> ComparedLink:
    flow_before, flow_now = (math.fsum(getattr(one, name) for one in group) for name in ("flow_before", "flow_now"))
    lost_before, lost_now = (math.fsum(getattr(one, name) for one in group) for name in ("lost_before", "lost_now"))
    before = 1 - lost_before / flow_before if flow_before else None
    now = 1 - lost_now / flow_now if flow_now else None
    of_all = {one.presence for one in group}
    presence = of_all.pop() if len(of_all) == 1 else Presence.BOTH
    return ComparedLink(
        supplier=ends[0],
        customer=ends[1],
        deliverable="",
        turn=_turn(presence, before, now, is_assumed=all(one.is_assumed for one in group)),
        flow_before=flow_before,
        flow_now=flow_now,
        yield_before=before,
        yield_now=now,
        handoffs=len(group),
    )


def _bent(links: Sequence[ComparedLink], parties: Sequence[ComparedParty]) -> list[ComparedLink]:
    """Between the same two places no two lines have the same curve; none passes through a box if it can pass beside."""
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, link in enumerate(links):
        between[min(link.supplier, link.customer), max(link.supplier, link.customer)].append(place)
    bends = [0.0] * len(links)
    for (one, other), group in between.items():
        middle = -1.0 if parties[one].x == parties[other].x else (len(group) - 1) / 2
        for turn, place in enumerate(group):
            way = 1 if links[place].supplier == one else -1
            bends[place] = way * (turn - middle) + 0.0
    places = np.array([(party.x, party.y) for party in parties], np.float64).reshape(-1, 2)
    bends = clear_bends(places, [(link.supplier, link.customer) for link in links], bends)
    return [replace(link, bend=bend) for link, bend in zip(links, bends, strict=True)]
