"""The privacy drill: what can be computed from the published sums of random companies (SECURITY P2)?

The cells are chosen by the program; the check is a second, plain one that shares no code with ``domain.disclosure``:
one column an answer, one elimination for each participant, whole numbers modulo a prime of its own.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from chainmap.domain.cells import Answer, CellKey, Table, Team
from chainmap.domain.confidentiality import Selection, choose_cells
from chainmap.domain.records import LongArray
from chainmap.domain.release import ProtectedRating, close_round

#: Of the cells with raters enough, so many must be shown.
KEPT_GOAL = 0.85
#: A round of 150 people and 750 ratings should be closed within this, on a quiet machine; told, not judged.
MILLISECONDS_GOAL = 500
#: The largest below 2**31: a product of two numbers below it fits into 64 bits.
_PRIME = 2**31 - 1
_TIMED_PEOPLE, _TIMED_SUPPLIERS, _TIMES = 150, 5, 3


@dataclass(frozen=True, slots=True)
class PrivacyFigures:
    """What could be computed in all companies together, by outsiders and by every participant, and what was shown."""

    companies: int
    hidden: int  # hidden cells with at least one answer
    answers: int
    cells_derived: int  # (viewer, hidden cell)
    answers_derived: int  # (viewer, single answer of somebody else)
    kept: float  # share of the cells with raters enough that are shown
    milliseconds: float  # of processor time, to close a round of 150 people and 750 ratings

    @property
    def is_kept(self) -> bool:
        """Whether the goals are met."""
        return not self.cells_derived and not self.answers_derived and self.kept >= KEPT_GOAL


def privacy_measure(*, companies: int) -> PrivacyFigures:
    """Close a round in that many companies of 40 or 60 people and try to compute what is hidden."""
    cells = answers = hidden = given = shown = withheld = 0
    for number in range(companies):
        selection = choose_cells(company_answers(people=(40, 60)[number % 2], suppliers=4, seed=number))
        for viewer_cells, viewer_answers in _derived(selection):
            cells, answers = cells + viewer_cells, answers + viewer_answers
        hidden, given = hidden + len(selection.hidden), given + len(selection.answers)
        shown, withheld = shown + len(selection.published), withheld + len(selection.withheld)
    return PrivacyFigures(
        companies, hidden, given, cells, answers, shown / (shown + withheld) if shown + withheld else 1.0, _duration()
    )


def company_answers(*, people: int, suppliers: int, seed: int) -> list[Answer]:
    """Everybody rates that many others: four times of five in one of three usual teams, else anywhere."""
    chance = random.Random(seed)  # noqa: S311 - a drill that can be repeated
    team_of: list[int] = []
    while len(team_of) < people:
        team_of += [len(set(team_of))] * chance.randint(5, 10)
    del team_of[people:]
    teams = sorted(set(team_of))
    usual = {team: set(chance.sample(teams, min(3, len(teams)))) for team in teams}
    answers = []
    for rater in range(people):
        others = [person for person in range(people) if person != rater]
        near = [person for person in others if team_of[person] in usual[team_of[rater]]]
        chosen: set[int] = set()
        while len(chosen) < suppliers:
            fresh = [person for person in near if person not in chosen] if chance.random() < 0.8 else []
            chosen.add(chance.choice(fresh or others))
        answers += [Answer(rater, team_of[rater], supplier, team_of[supplier]) for supplier in sorted(chosen)]
    return answers


def _derived(selection: Selection) -> Iterator[tuple[int, int]]:
    """(hidden cells, single answers of others) that an outsider can compute, then each participant."""
    answers = selection.answers
    rater = np.array([answer.rater for answer in answers])
    known, hidden = (_incidence(answers, keys) for keys in (selection.published, selection.hidden))
    for viewer in (None, *np.unique(rater).tolist()):
        others = np.flatnonzero(rater != viewer) if viewer is not None else np.arange(len(rater))
        basis, pivots = _basis(known[:, others])
        targets = hidden[:, others]
        targets = targets[targets.any(axis=1)]
        single = np.eye(len(others), dtype=np.int64)
        yield _inside(targets, basis, pivots), _inside(single, basis, pivots)


def _incidence(answers: Sequence[Answer], keys: Sequence[CellKey]) -> LongArray:
    """[cells, answers] 1 where an answer belongs to a cell, from the definition of the five tables."""
    rows = [[_cell_of(answer, key.table) == key.key for answer in answers] for key in keys]
    return np.array(rows, np.int64).reshape(len(keys), len(answers))


def _cell_of(answer: Answer, table: Table) -> tuple[Team, ...]:
    return {
        Table.ORGANIZATION: (),
        Table.RATER_TEAM: (answer.rater_team,),
        Table.SUPPLIER_TEAM: (answer.supplier_team,),
        Table.LINK: (answer.supplier_team, answer.rater_team),
        Table.SUPPLIER: (answer.supplier,),
    }[table]


def _basis(rows: LongArray) -> tuple[LongArray, list[int]]:
    """Reduced rows that span the same space modulo the prime, and the column of the leading 1 of each."""
    work = rows % _PRIME
    pivots: list[int] = []
    for column in range(work.shape[1]):
        top = len(pivots)
        below = np.flatnonzero(work[top:, column])
        if not len(below):
            continue
        work[[top, top + below[0]]] = work[[top + below[0], top]]
        work[top] = work[top] * pow(int(work[top, column]), -1, _PRIME) % _PRIME
        factors = work[:, column].copy()
        factors[top] = 0
        touched = np.flatnonzero(factors)
        work[touched] = (work[touched] - factors[touched, None] * work[top]) % _PRIME
        pivots.append(column)
        if len(pivots) == len(work):
            break
    return work[: len(pivots)], pivots


def _inside(targets: LongArray, basis: LongArray, pivots: Sequence[int]) -> int:
    """How many of the 0/1 rows are combinations of the basis."""
    if not len(targets):
        return 0
    return int((~((targets - targets[:, pivots] @ basis) % _PRIME).any(axis=1)).sum())


def _duration() -> float:
    """Milliseconds of processor time to close the round the goal speaks of; the median of some."""
    taken = []
    for seed in range(_TIMES):
        answers = company_answers(people=_TIMED_PEOPLE, suppliers=_TIMED_SUPPLIERS, seed=seed)
        ratings = [
            ProtectedRating(one.rater, one.rater_team, one.supplier, one.supplier_team, (one.rater + one.supplier) % 11)
            for one in answers
        ]
        start = time.process_time()
        close_round(ratings)
        taken.append(1000 * (time.process_time() - start))
    return statistics.median(taken)
