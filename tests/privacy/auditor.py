"""An auditor of its own: plain linear algebra on the full matrix, one column an answer.

It shares no code with the core. Floating point here, residues there; no groups here, groups there. A sum can be
computed exactly if it is 0 on all vectors that change no published sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TINY = 1e-9


@dataclass(frozen=True)
class Derived:
    """What could be computed."""

    cells: set[int]  # hidden cells, by anybody
    ratings: set[int]  # single answers, by anybody
    cells_by_insider: set[tuple[int, int]]  # (rater, cell)
    ratings_by_insider: set[tuple[int, int]]  # (rater, answer of somebody else)
    people_by_insider: set[tuple[int, int]]  # (rater, other person): something about that person's answers alone

    def nothing(self) -> bool:
        return not (
            self.cells or self.ratings or self.cells_by_insider or self.ratings_by_insider or self.people_by_insider
        )


def incidence(answers, keys, place=None):
    """[cells, answers] from the definition of the five tables; ``place`` maps identities to columns."""
    place = place or {answer.identity: column for column, answer in enumerate(answers)}
    rows = np.zeros((len(keys), len(place)))
    for row, key in enumerate(keys):
        for answer in answers:
            inside = {
                "organization": (),
                "rater_team": (answer.rater_team,),
                "supplier_team": (answer.supplier_team,),
                "link": (answer.supplier_team, answer.rater_team),
                "supplier": (answer.supplier,),
            }[key.table.value]
            rows[row, place[answer.identity]] = inside == key.key
    return rows


def freedom(known):
    """[answers, answers] projection on all ways the answers could differ without changing a published sum."""
    if not len(known):
        return np.eye(known.shape[1])
    _, values, directions = np.linalg.svd(known, full_matrices=False)
    directions = directions[values > 1e-7]
    return np.eye(known.shape[1]) - directions.T @ directions


def audit(known, hidden, rater):
    """Everything that can be computed from the published sums, alone and with each rater's own answers.

    A vector ``t`` can be computed if its image has length 0. Knowing answers ``a`` as well takes their span away:
    ``G - G[:, a] pinv(G[a, a]) G[a, :]``.
    """
    order = np.argsort(rater, kind="stable")
    free = freedom(known)
    image = hidden @ free
    lengths, own_lengths = np.einsum("ij,ij->i", image, hidden), np.diag(free)
    people = np.unique(rater)
    most = int(np.bincount(np.unique(rater, return_inverse=True)[1]).max())
    columns = np.full((len(people), most), -1)
    for place, person in enumerate(people):
        mine = order[rater[order] == person]
        columns[place, : len(mine)] = mine
    filled = (columns[:, :, None] >= 0) & (columns[:, None, :] >= 0)
    blocks = np.where(filled, free[columns[:, :, None], columns[:, None, :]], np.eye(most))
    found = Derived(
        set(np.flatnonzero(lengths < TINY).tolist()),
        set(np.flatnonzero(own_lengths < TINY).tolist()),
        set(),
        set(),
        set(),
    )
    for place, insider in enumerate(people.tolist()):
        own = columns[place][columns[place] >= 0]
        inverse = np.linalg.pinv(free[np.ix_(own, own)], rcond=1e-7, hermitian=True)
        reach, cells = free[:, own], image[:, own]
        left = lengths - np.einsum("ij,jk,ik->i", cells, inverse, cells)
        low = np.flatnonzero((left < TINY) & hidden[:, rater != insider].any(axis=1))
        found.cells_by_insider.update((insider, int(cell)) for cell in low)
        left = own_lengths - np.einsum("ij,jk,ik->i", reach, inverse, reach)
        low = np.flatnonzero((left < TINY) & (rater != insider))
        found.ratings_by_insider.update((insider, int(answer)) for answer in low)
        theirs = np.where(columns[:, :, None] >= 0, reach[columns], 0.0)
        rest = blocks - theirs @ inverse @ theirs.transpose(0, 2, 1)
        for other in np.flatnonzero(np.linalg.eigvalsh(rest)[:, 0] < TINY):
            if other != place:
                found.people_by_insider.add((insider, int(people[other])))
    return found
