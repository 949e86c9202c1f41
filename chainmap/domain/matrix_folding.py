"""A matrix of very many teams, cut to those where most is lost: all others are one row and one column, sums kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from chainmap.domain.records import PartyKind
from chainmap.domain.team_matrix import Group, Margin, MatrixCell, TeamMatrix

#: A name no team can have (names are one clean line).
OTHERS = "\n"


def cut_matrix(matrix: TeamMatrix, most: int) -> tuple[TeamMatrix, int]:
    """The matrix with at most ``most`` teams, those that lose most in what they give and receive, and how many were
    put together under ``Group(EMPLOYEE, OTHERS)``; the very same matrix, and 0, where there are no more.

    Raises ValueError for ``most`` below 1.
    """
    if most < 1:
        raise ValueError(f"a matrix has at least one team, not {most}")
    teams = [group for group in matrix.groups if group.kind == PartyKind.EMPLOYEE]
    if len(teams) <= most:
        return matrix, 0
    lost = dict.fromkeys(teams, 0.0)
    for margin in [*matrix.rows, *matrix.columns]:
        if margin.group in lost:
            lost[margin.group] += margin.lost or 0.0
    kept = set(sorted(teams, key=lambda group: (-round(lost[group], 12), group.team))[:most])
    rest = Group(PartyKind.EMPLOYEE, OTHERS)
    to = {group: group if group in kept or group not in lost else rest for group in matrix.groups}
    grouped: dict[tuple[Group, Group], list[MatrixCell]] = {}
    for (supplier, customer), cell in matrix.cells.items():
        grouped.setdefault((to[supplier], to[customer]), []).append(cell)
    groups = [group for group in matrix.groups if to[group] == group]
    place = max((number for number, group in enumerate(groups, 1) if group in kept), default=len(groups))
    groups.insert(place, rest)
    cells = {ends: _together(ends, found) for ends, found in grouped.items()}
    cut = TeamMatrix(
        groups, cells, _margins(groups, matrix.rows, to), _margins(groups, matrix.columns, to), matrix.lost
    )
    return cut, len(teams) - most


def _together(ends: tuple[Group, Group], cells: Sequence[MatrixCell]) -> MatrixCell:
    if len(cells) == 1:
        return replace(cells[0], supplier=ends[0], customer=ends[1])
    flow, lost = _sum([cell.flow for cell in cells]), _sum([cell.lost for cell in cells])
    handoffs, assumed = sum(cell.handoffs for cell in cells), sum(cell.assumed for cell in cells)
    return MatrixCell(
        supplier=ends[0],
        customer=ends[1],
        handoffs=handoffs,
        assumed=assumed,
        flow=flow,
        lost=lost,
        lost_share=_sum([cell.lost_share for cell in cells]),
        yield_=None if assumed == handoffs else _yield(flow, lost),
        score=None,
    )


def _margins(groups: Sequence[Group], margins: Sequence[Margin], to: dict[Group, Group]) -> list[Margin]:
    found = []
    for group in groups:
        own = [margin for margin in margins if to[margin.group] == group]
        flow, lost = _sum([margin.flow for margin in own]), _sum([margin.lost for margin in own])
        found.append(Margin(group, flow, lost, _yield(flow, lost)))
    return found


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None


def _yield(flow: float | None, lost: float | None) -> float | None:
    return None if not flow or lost is None else 1 - lost / flow
