"""Team by team: what each row hands over to each column, what is lost on the way, and what the receivers say.

Members of a team are one group; all end customers are one, all external suppliers, and all people without a team.
Sums over the hand-offs of people, so that all cells together are the loss of the organization:

    flow = sum x_i p_h        lost = sum x_i p_h (1 - y_h)        yield = 1 - lost / flow  (weighted by flow)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.domain.reports import Score

_ORDER = {PartyKind.EXTERNAL_SUPPLIER: 0, PartyKind.EMPLOYEE: 1, PartyKind.END_CUSTOMER: 2}


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A row or a column: a team by its name, "" for people without one; of the other two kinds there is one each."""

    kind: PartyKind
    team: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one group hands over to another; amounts in person-equivalents, None where nothing is known of yields."""

    supplier: Group
    customer: Group
    handoffs: int
    assumed: int  # of these, how many nobody rated or measured
    flow: float | None
    lost: float | None
    lost_share: float | None  # of all loss, 0..1
    yield_: float | None  # None also where nothing flows, or where all of it is assumed
    score: Score | None  # what the receivers said; None where nobody did, or where it is not shown


@dataclass(frozen=True, slots=True)
class Margin:
    """All of one row, or of one column."""

    group: Group
    flow: float | None
    lost: float | None
    yield_: float | None


@dataclass(frozen=True, slots=True)
class TeamMatrix:
    """The cells there are, by their two groups; ``groups`` in the order of the chain: suppliers, teams, customers."""

    groups: Sequence[Group]
    cells: Mapping[tuple[Group, Group], MatrixCell]
    rows: Sequence[Margin]  # what each group hands over
    columns: Sequence[Margin]  # what each group receives
    lost: float | None  # all of it

    @property
    def suppliers(self) -> Sequence[Group]:
        """The groups that hand something over."""
        given = {supplier for supplier, _customer in self.cells}
        return [group for group in self.groups if group in given]

    @property
    def customers(self) -> Sequence[Group]:
        """The groups that receive something."""
        received = {customer for _supplier, customer in self.cells}
        return [group for group in self.groups if group in received]


def group_of(party: PartyFinding, *, by_team: bool = False) -> Group:
    """The group of a party; in a finding by team a team is its own, by its name."""
    if party.kind != PartyKind.EMPLOYEE:
        return Group(party.kind, "")
    return Group(party.kind, party.name if by_team else party.team)


def team_matrix(finding: Bottlenecks, scores: Mapping[tuple[Group, Group], Score] | None = None) -> TeamMatrix:
    """Fold a finding, of people or of teams, into its matrix. ``scores``: what receivers said, where it may be shown.

    >>> from chainmap.domain.bottlenecks import find_bottlenecks
    >>> from chainmap.domain.records import Chain, HandOff, Party, PartyKind
    >>> chain = Chain.from_records(
    ...     [Party("a", "Ann", team="Red"), Party("b", "Bob", team="Blue"), Party("c", "C", PartyKind.END_CUSTOMER)],
    ...     [HandOff("a", "b", given_yield=0.5), HandOff("b", "c", given_yield=0.8)])
    >>> found = team_matrix(find_bottlenecks(chain, organization="Acme"))
    >>> [(cell.supplier.team, cell.customer.team, round(cell.lost, 2)) for cell in found.cells.values()]
    [('Blue', '', 0.3), ('Red', 'Blue', 0.5)]
    """
    parties = {party.id: group_of(party, by_team=finding.by_team) for party in finding.parties}
    by_ends: dict[tuple[Group, Group], list[HandOffFinding]] = {}
    for handoff in finding.handoffs:
        by_ends.setdefault((parties[handoff.supplier], parties[handoff.customer]), []).append(handoff)
    said = scores or {}
    ordered = sorted(by_ends, key=lambda ends: (_place(ends[0]), _place(ends[1])))
    cells = {ends: _cell(ends, by_ends[ends], finding.lost, said.get(ends)) for ends in ordered}
    groups = sorted(set(parties.values()), key=_place)
    return TeamMatrix(
        groups=groups,
        cells=cells,
        rows=[_margin(group, [cells[ends] for ends in cells if ends[0] == group]) for group in groups],
        columns=[_margin(group, [cells[ends] for ends in cells if ends[1] == group]) for group in groups],
        lost=finding.lost,
    )


def _place(group: Group) -> tuple[int, bool, str]:
    return _ORDER[group.kind], group.team == "", group.team


def _cell(
    ends: tuple[Group, Group], handoffs: Sequence[HandOffFinding], all_lost: float | None, score: Score | None
) -> MatrixCell:
    assumed = sum(1 for handoff in handoffs if handoff.basis == Basis.ASSUMED)
    flow = _total([handoff.flow for handoff in handoffs])
    lost = _total([handoff.lost for handoff in handoffs])
    return MatrixCell(
        supplier=ends[0],
        customer=ends[1],
        handoffs=len(handoffs),
        assumed=assumed,
        flow=flow,
        lost=lost,
        lost_share=None if lost is None or not all_lost else lost / all_lost,
        yield_=None if assumed == len(handoffs) else _yield(flow, lost),
        score=score,
    )


def _margin(group: Group, cells: Sequence[MatrixCell]) -> Margin:
    flow, lost = _total([cell.flow for cell in cells]), _total([cell.lost for cell in cells])
    return Margin(group, flow, lost, _yield(flow, lost))


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None


def _yield(flow: float | None, lost: float | None) -> float | None:
    return None if not flow or lost is None else 1 - lost / flow
