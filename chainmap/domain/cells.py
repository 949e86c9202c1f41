"""The fixed tables of a protected round, and which answer stands in which of their cells (PRIVACY section 2).

Nothing here knows a score: an :class:`Answer` says who rated whom, and that is all that decides what is shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chainmap.domain.records import BoolArray, LongArray

#: A team as the caller knows it: its number or its name.
Team = int | str


class Table(StrEnum):
    """The five tables. There is no other cut: a filter of one's own would be a way to subtract."""

    ORGANIZATION = "organization"  # key ()
    RATER_TEAM = "rater_team"  # key (rater team,): what a team says about all its suppliers
    SUPPLIER_TEAM = "supplier_team"  # key (supplier team,): what all say about a team
    LINK = "link"  # key (supplier team, rater team): the direction of the hand-off
    SUPPLIER = "supplier"  # key (supplier,): what all say about one person


@dataclass(frozen=True, slots=True)
class CellKey:
    """Names one cell of one table."""

    table: Table
    key: tuple[Team, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """That somebody answered about one hand-off, without what was answered.

    ``rater`` and ``supplier`` are any numbers that tell people apart within the round; in an anonymous round the
    rater's is a random one that no supplier has. ``version`` rises each time the rater answers anew in a re-opened
    round, whether or not the score changed. Two answers are the same one if rater, supplier, deliverable and version
    agree.
    """

    rater: int
    rater_team: Team
    supplier: int
    supplier_team: Team
    deliverable: str = ""
    version: int = 0

    @property
    def identity(self) -> tuple[int, int, str, int]:
        return (self.rater, self.supplier, self.deliverable, self.version)

    @property
    def cells(self) -> tuple[CellKey, ...]:
        """The five cells this answer stands in."""
        return (
            CellKey(Table.ORGANIZATION),
            CellKey(Table.RATER_TEAM, (self.rater_team,)),
            CellKey(Table.SUPPLIER_TEAM, (self.supplier_team,)),
            CellKey(Table.LINK, (self.supplier_team, self.rater_team)),
            CellKey(Table.SUPPLIER, (self.supplier,)),
        )


#: Which tables split the cells of which: (whole, its parts).
SPLITS: tuple[tuple[Table, Table], ...] = (
    (Table.ORGANIZATION, Table.RATER_TEAM),
    (Table.ORGANIZATION, Table.SUPPLIER_TEAM),
    (Table.ORGANIZATION, Table.LINK),
    (Table.ORGANIZATION, Table.SUPPLIER),
    (Table.RATER_TEAM, Table.LINK),
    (Table.SUPPLIER_TEAM, Table.LINK),
    (Table.SUPPLIER_TEAM, Table.SUPPLIER),
)

TABLE_ORDER = {table: position for position, table in enumerate(Table)}


def key_order(cell: CellKey) -> tuple[object, ...]:
    """Sorts cells by table, then key; numbers stand before names, so that the two never meet in a comparison."""
    return (TABLE_ORDER[cell.table], *((isinstance(part, str), part) for part in cell.key))


def check_answers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers in the order of their identity, whatever order they came in.

    Raises ValueError where somebody rates themselves, one answer is given twice, or a person has two teams.
    """
    ordered = tuple(sorted(answers, key=lambda answer: answer.identity))
    for answer in ordered:
        if answer.rater == answer.supplier:
            raise ValueError(f"person {answer.rater} rates themselves; take the answer out")
    for before, after in itertools.pairwise(ordered):
        if before.identity[:3] == after.identity[:3]:
            raise ValueError(
                f"rater {after.rater} answers twice about supplier {after.supplier} ({after.deliverable!r}); "
                "keep only the latest answer"
            )
    for role in ("rater", "supplier"):
        team_of: dict[int, Team] = {}
        for answer in ordered:
            person, team = getattr(answer, role), getattr(answer, f"{role}_team")
            if team_of.setdefault(person, team) != team:
                raise ValueError(f"{role} {person} has two teams, {team_of[person]!r} and {team!r}; a round knows one")
    return ordered


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """``c`` cells over ``a`` answers: which answer stands in which cell.

    The columns may also hold answers of earlier versions of the round, which stand in none of the cells.
    """

    keys: tuple[CellKey, ...]  # [c] by table, then key
    inside: BoolArray  # [c, a]
    rater: LongArray  # [a] position of the rater among all raters

    @classmethod
    def of(cls, answers: Sequence[Answer], place: dict[tuple[int, int, str, int], int], rater: LongArray) -> Lattice:
        """Cells of the answers; ``place`` gives the column of each identity."""
        members: dict[CellKey, list[int]] = {}
        for answer in answers:
            for key in answer.cells:
                members.setdefault(key, []).append(place[answer.identity])
        keys = tuple(sorted(members, key=key_order))
        inside = np.zeros((len(keys), len(place)), np.bool_)
        for row, key in enumerate(keys):
            inside[row, members[key]] = True
        return cls(keys, inside, rater)

    def raters(self, answers: BoolArray) -> int:
        """How many people gave the chosen answers."""
        return len(np.unique(self.rater[answers]))
