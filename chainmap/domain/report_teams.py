"""The part of a finding that touches one team, and that team's own totals: for the report of a team.

Of a chain of persons the team is its people, of a chain of teams (a release) it is one party; both alike here.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.findings import Bottlenecks, HandOffFinding, PartyFinding, Structure
from chainmap.domain.records import BoolArray
from chainmap.domain.reports import Totals


def team_totals(analysis: Analysis, members: Collection[str]) -> Totals:
    """What a team has to work with and what becomes of it, over every hand-off to, inside and from it.

    With T the team (ids of its parties), ``f`` the flow and ``y`` the yield of a hand-off:

    - created    capacity of T, plus what others put into hand-offs to T (``sum f`` of these)
    - lost       ``sum f (1 - y)`` over all hand-offs with an end in T: to it, inside it and from it
    - stranded   ``sum f y`` of these into parties without a way to an end customer, plus the capacity of such members
    - delivered  ``sum f y`` of the hand-offs from T to others that lead on: what arrives at its direct customers

    ``created = delivered + lost + stranded`` as for the whole chain: what enters a party leaves it again. Work that
    comes back to the team counts each time it does. ``chain_yield`` is delivered / created; ``mean_yield`` that of the
    organization; no interval is given. Without any known yield created is the capacity alone and the rest None.

    >>> from chainmap.domain.analysis import analyse
    >>> from chainmap.domain.records import Chain, HandOff, Party, PartyKind
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("bob", "Bob"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "bob", given_yield=0.5), HandOff("bob", "cli", given_yield=0.8)])
    >>> found = team_totals(analyse(chain), {"bob"})  # 1 of its own, 1 put in by Ann; 0.5 + 1.5 * 0.2 lost
    >>> found.created, round(found.delivered, 3), round(found.lost, 3), found.stranded
    (2.0, 1.2, 0.8, 0.0)
    """
    network, flow, chain = analysis.network, analysis.flow, analysis.chain
    inside = _inside(analysis, members)
    own = float(chain.capacity[inside].sum())
    if flow is None:
        return Totals(own, None, None, None, None, None, None)
    gives, gets = inside[chain.supplier], inside[chain.customer]
    touches = gives | gets
    arrives = flow.flow - flow.lost
    leads_on = np.asarray(network.in_reach[chain.customer], np.bool_)
    created = own + float(flow.flow[gets & ~gives].sum())
    delivered = float(arrives[gives & ~gets & leads_on].sum())
    stuck = float(chain.capacity[inside & ~network.in_reach].sum())
    return Totals(
        created=created,
        delivered=delivered,
        lost=float(flow.lost[touches].sum()),
        stranded=float(arrives[touches & ~leads_on].sum()) + stuck,
        chain_yield=delivered / created if created > 0 else None,
        interval=None,
        mean_yield=analysis.yields.mean,
    )


def team_finding(finding: Bottlenecks, members: Collection[str], totals: Totals) -> Bottlenecks:
    """The hand-offs that touch the team, ranked anew among themselves by the gain for the whole organization.

    ``totals`` are the team's own (:func:`team_totals`), and shares of loss are of what is lost at these hand-offs. The
    parties are the team's and those at the other ends; of the structure what is about the team's own parties and
    speaks of nobody else: a loop or a single point that needs others is said by name in the report's lines.
    """
    chosen = set(members)
    touching = [each for each in finding.handoffs if each.supplier in chosen or each.customer in chosen]
    lost = math.fsum(each.lost or 0.0 for each in touching)
    ranked = [each for each in touching if each.rank is not None]
    others = [each for each in touching if each.rank is None]
    handoffs = [_shared(each, lost, rank) for rank, each in enumerate(ranked, start=1)]
    handoffs += [_shared(each, lost, None) for each in others]
    there = chosen | {end for each in touching for end in (each.supplier, each.customer)}
    return replace(
        finding,
        created=totals.created,
        delivered=totals.delivered,
        lost=totals.lost,
        stranded=totals.stranded,
        chain_yield=totals.chain_yield,
        handoffs=tuple(handoffs),
        parties=tuple(_at_hand(party, there) for party in finding.parties if party.id in there),
        structure=team_structure(finding.structure, chosen, there),
    )


def team_structure(structure: Structure, members: Collection[str], there: Collection[str] | None = None) -> Structure:
    """What the shape says about the team's parties; with ``there`` only what names nobody but these."""
    chosen = set(members)
    known = None if there is None else set(there)

    def is_known(parties: Collection[str]) -> bool:
        return known is None or known.issuperset(parties)

    return Structure(
        dead_ends=tuple(party for party in structure.dead_ends if party in chosen),
        customers_without_supplier=(),
        cycles=tuple(
            loop for loop in structure.cycles if not chosen.isdisjoint(loop.parties) and is_known(loop.parties)
        ),
        single_points=tuple(
            point for point in structure.single_points if point.party in chosen and is_known(point.blocks)
        ),
    )


def _inside(analysis: Analysis, members: Collection[str]) -> BoolArray:
    """[n] whether each party is one of the team."""
    chosen, ids = set(members), analysis.chain.party_ids
    return np.fromiter((party in chosen for party in ids), np.bool_, len(ids))


def _shared(handoff: HandOffFinding, lost: float, rank: int | None) -> HandOffFinding:
    share = handoff.lost / lost if handoff.lost is not None and lost > 0 else None
    return replace(handoff, rank=rank, lost_share=share)


def _at_hand(party: PartyFinding, there: Collection[str]) -> PartyFinding:
    """A party whose most important client is none of those shown says nothing of it."""
    return party if party.most_important_client in there else replace(party, most_important_client=None)
