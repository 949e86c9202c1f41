"""Which hand-offs a picture shows when all of them would be a tangle, and in which order it reads.

A layout of more than about 200 hand-offs takes seconds and is not legible, so the picture keeps what carries the
message: the worst losses, every party's main way to an end customer, then the largest flows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from chainmap.domain.findings import Bottlenecks, HandOffFinding

#: The hand-offs most to be repaired are always drawn.
WORST_KEPT = 20


def weight(handoff: HandOffFinding) -> float:
    """What a line's width stands for: the flow, or the share of the supplier's output while no flow is known."""
    return handoff.share if handoff.flow is None else handoff.flow


def drawn_handoffs(finding: Bottlenecks, limit: int, *, always: Container[int] = ()) -> list[HandOffFinding]:
    """At most ``limit`` hand-offs, in the finding's own order.

    Taken in turn: those whose key is in ``always``, more than ``limit`` of them too; the worst ranked ones; for every
    party, heaviest first, its largest hand-off to its most important client (following these leads to an end customer)
    or else its largest one; the largest one it receives; then all others by weight.
    """
    if len(finding.handoffs) <= limit:
        return list(finding.handoffs)
    order = sorted(range(len(finding.handoffs)), key=lambda place: -weight(finding.handoffs[place]))
    worst = [place for place in order if (finding.handoffs[place].rank or WORST_KEPT + 1) <= WORST_KEPT]
    worst.sort(key=lambda place: finding.handoffs[place].rank or 0)
    wanted = [place for place in order if finding.handoffs[place].key in always]
    chosen = dict.fromkeys([*wanted, *worst, *_main_ways(finding, order), *order])
    return [finding.handoffs[place] for place in sorted(list(chosen)[: max(limit, len(wanted))])]


def _main_ways(finding: Bottlenecks, order: Sequence[int]) -> list[int]:
    """Places of every party's main way on, then of its main supply; heaviest parties first."""
    client = {party.id: party.most_important_client for party in finding.parties}
    on: dict[str, int] = {}
    largest: dict[str, int] = {}
    supply: dict[str, int] = {}
    for place in order:
        handoff = finding.handoffs[place]
        if client.get(handoff.supplier) == handoff.customer:
            on.setdefault(handoff.supplier, place)
        largest.setdefault(handoff.supplier, place)
        supply.setdefault(handoff.customer, place)
    parties = [party.id for party in sorted(finding.parties, key=lambda party: -(party.inflow or 0.0))]
    ways = [on.get(party, largest.get(party)) for party in parties]
    return [place for place in [*ways, *map(supply.get, parties)] if place is not None]


def reading_order(parties: Sequence[int], links: Sequence[tuple[int, int, float]]) -> dict[int, int]:
    """Party -> place from left to right such that little weight runs backwards.

    ``links`` are (supplier, customer, weight). Greedy heuristic of Eades, Lin & Smyth (1993) for a small feedback arc
    set: parties without a customer go to the right end, parties without a supplier to the left end, otherwise the one
    that gives most more than it gets goes left. Ties keep the given order.

    >>> reading_order([0, 1, 2], [(2, 1, 5.0), (1, 0, 5.0), (0, 2, 1.0)])
    {2: 0, 1: 1, 0: 2}
    """
    gives: dict[int, dict[int, float]] = {party: defaultdict(float) for party in parties}
    gets: dict[int, dict[int, float]] = {party: defaultdict(float) for party in parties}
    for supplier, customer, amount in links:
        if supplier != customer:
            gives[supplier][customer] += amount
            gets[customer][supplier] += amount
    left: list[int] = []
    right: list[int] = []
    waiting = list(parties)
    while waiting:
        end = next((party for party in waiting if not gives[party]), None)
        start = next((party for party in waiting if not gets[party]), None) if end is None else None
        if end is not None:
            party = end
            right.append(party)
        else:
            party = start if start is not None else max(waiting, key=lambda p: _surplus(gives[p], gets[p]))
            left.append(party)
        waiting.remove(party)
        for customer in gives.pop(party):
            gets[customer].pop(party)
        for supplier in gets.pop(party):
            gives[supplier].pop(party)
    return {party: place for place, party in enumerate([*left, *reversed(right)])}


def _surplus(gives: dict[int, float], gets: dict[int, float]) -> float:
    return sum(gives.values()) - sum(gets.values())
