"""From a release to the chain of teams the engine runs on.

The yields are those of the released team -> team cells and of nothing else; how many hand-offs there are is structure,
not rating. So every finding on this chain is a function of the release.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainmap.domain.cells import Table, Team
from chainmap.domain.records import Chain, ChainError, HandOff, Party, PartyKind
from chainmap.domain.release import CellState, Release


@dataclass(frozen=True, slots=True)
class TeamParty:
    """A team, or an end customer or external supplier as a party of its own.

    ``key`` is what stands for it in the cells of the release. ``capacity`` in person-equivalents: of a team the sum of
    its members; None = the default of the kind (1 for a team).
    """

    key: Team
    name: str
    kind: PartyKind = PartyKind.EMPLOYEE
    capacity: float | None = None


@dataclass(frozen=True, slots=True)
class TeamHandOffs:
    """``count`` >= 1 hand-offs of people from one party to another; both may be the same team."""

    supplier: Team
    customer: Team
    count: int = 1


def team_chain(release: Release, parties: Iterable[TeamParty], handoffs: Iterable[TeamHandOffs]) -> Chain:
    """The chain of teams: volume = number of hand-offs, yield = released mean / 10, not given where not shown.

    A clipped mean counts as the end it is clipped to, 0.2 or 0.9. Party ids are the keys as text. Counts of the same
    pair add up. Raises ChainError for an unknown party, two keys with the same text, or a count below 1.

    >>> from chainmap.domain.release import ProtectedRating, close_round
    >>> ratings = [ProtectedRating(rater, "red", 100, "blue", 7) for rater in range(6)]
    >>> chain = team_chain(close_round(ratings).release, [TeamParty("blue", "Blue"), TeamParty("red", "Red")],
    ...     [TeamHandOffs("blue", "red", 6), TeamHandOffs("red", "blue")])
    >>> chain.volume.tolist(), chain.given_yield.tolist()
    ([6.0, 1.0], [0.7, nan])
    """
    counts: dict[tuple[Team, Team], int] = {}
    for handoff in handoffs:
        if handoff.count < 1:
            raise ChainError(
                f"{handoff.supplier!r} -> {handoff.customer!r} has {handoff.count} hand-offs; leave it out"
            )
        ends = (handoff.supplier, handoff.customer)
        counts[ends] = counts.get(ends, 0) + handoff.count
    means = {
        cell.key: cell.mean for cell in release.cells if cell.table == Table.LINK and cell.state == CellState.SHOWN
    }
    return Chain.from_records(
        [Party(str(party.key), party.name, party.kind, _team(party), party.capacity) for party in parties],
        [
            HandOff(str(supplier), str(customer), volume=count, given_yield=_yield(means.get((supplier, customer))))
            for (supplier, customer), count in counts.items()
        ],
        allow_self=True,
    )


def _team(party: TeamParty) -> str:
    return party.name if party.kind == PartyKind.EMPLOYEE else ""


def _yield(mean: float | None) -> float | None:
    return None if mean is None else mean / 10
