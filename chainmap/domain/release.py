"""The release: the one immutable table that is published when a pair or anonymous round closes (PRIVACY section 2).

Which cells are shown is decided by ``confidentiality`` without the scores; here the shown ones get their numbers, and
nothing else is kept. Means come in steps of 0.5 and are cut off at 2 and 9, raters are counted in bands, the net
promoter score comes in steps of 10 from 10 raters on. There are no distributions at any size.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chainmap.domain.cells import Answer, CellKey, Lattice, Table, Team, check_answers, key_order
from chainmap.domain.confidentiality import MINIMUM_RATERS, Selection, check_k, choose_cells
from chainmap.domain.records import LongArray

#: A mean at or below the first is shown as "2 or less", at or above the second as "9 or more".
LOWEST_MEAN, HIGHEST_MEAN = 2.0, 9.0
#: How many people rated, as a band: (fewest, what is shown), largest first.
BANDS: tuple[tuple[int, str], ...] = ((21, ">20"), (13, "13-20"), (8, "8-12"), (5, "5-7"))
#: From how many raters the net promoter score is given, and where it is cut off: 100 would say what each one thinks.
NPS_RATERS, NPS_LIMIT = 10, 90


class CellState(StrEnum):
    """``not_shown`` is the same for too few answers and for cells hidden to protect others."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    NO_DATA = "no_data"


class Clip(StrEnum):
    """Whether the mean stands for itself or for everything from there on."""

    NONE = ""
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class ProtectedRating:
    """One rating of a protected round; ``score`` is a whole number 0..10. The other fields as in ``Answer``."""

    rater: int
    rater_team: Team
    supplier: int
    supplier_team: Team
    score: int
    deliverable: str = ""
    version: int = 0

    @property
    def answer(self) -> Answer:
        """Who rated whom, without the score."""
        return Answer(self.rater, self.rater_team, self.supplier, self.supplier_team, self.deliverable, self.version)


@dataclass(frozen=True, slots=True)
class ReleasedCell:
    """One cell as everybody sees it. The four figures are None (``clip`` none) unless the cell is shown."""

    table: Table
    key: tuple[Team, ...]
    state: CellState
    mean: float | None = None  # 2.0 .. 9.0 in steps of 0.5
    clip: Clip = Clip.NONE
    raters: str | None = None  # a band
    nps: int | None = None  # -90 .. 90 in steps of 10, the ends standing for "or beyond"; None under 10 raters


@dataclass(frozen=True, slots=True)
class Release:
    """What is published of a round; everything that is drawn, ranked, sent or exported is a function of it.

    ``proof`` is the SHA-256 of the rest in canonical form. It covers only what is published: a hash over who rated
    whom could be tried out.
    """

    k: int
    cells: tuple[ReleasedCell, ...]  # by table, then key
    proof: str

    @classmethod
    def of(cls, k: int, cells: Iterable[ReleasedCell]) -> Release:
        """Order the cells and seal them. Raises ValueError for k below 5 or a cell given twice."""
        ordered = tuple(sorted(cells, key=lambda cell: key_order(CellKey(cell.table, cell.key))))
        if len({(cell.table, cell.key) for cell in ordered}) != len(ordered):
            raise ValueError("a release holds every cell once")
        return cls(check_k(k), ordered, hashlib.sha256(_content(k, ordered)).hexdigest())

    @classmethod
    def from_bytes(cls, data: bytes) -> Release:
        """Read back what :meth:`to_bytes` wrote. Raises ValueError where it was changed since."""
        read = json.loads(data)
        cells = (
            ReleasedCell(Table(table), tuple(key), CellState(state), mean, Clip(clip), raters, nps)
            for table, key, state, mean, clip, raters, nps in read["cells"]
        )
        release = cls.of(read["k"], cells)
        if release.proof != read["proof"]:
            raise ValueError("this release was changed after it was published: its proof does not fit")
        return release

    def to_bytes(self) -> bytes:
        """The release as JSON: the same bytes on every machine."""
        return _json({"k": self.k, "cells": [_row(cell) for cell in self.cells], "proof": self.proof})

    def cell(self, table: Table, *key: Team) -> ReleasedCell:
        """One cell; a cell that is not listed has no data."""
        for cell in self.cells:
            if cell.table == table and cell.key == key:
                return cell
        return ReleasedCell(table, key, CellState.NO_DATA)


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A release and, for the next version of the same round only, the selection behind it."""

    release: Release
    selection: Selection


def close_round(
    ratings: Iterable[ProtectedRating],
    *,
    k: int = MINIMUM_RATERS,
    pair: bool = False,
    previous: Sequence[Selection] = (),
    asked: Iterable[CellKey] = (),
) -> ClosedRound:
    """Compute the one release of a round from its ratings, in any order.

    ``asked`` lists cells that should be in the release even if nobody answered: they get ``no_data``. ``pair`` and
    ``previous`` as in ``choose_cells``, which also says what is raised; ValueError too for a score that is no
    whole number 0..10.

    >>> ratings = [ProtectedRating(rater, "red", 100, "blue", 7) for rater in range(6)]
    >>> release = close_round(ratings, asked=[CellKey(Table.SUPPLIER, (101,))]).release
    >>> cell = release.cell(Table.LINK, "blue", "red")
    >>> cell.mean, cell.raters, str(release.cell(Table.SUPPLIER, 101).state)
    (7.0, '5-7', 'no_data')
    """
    listed = list(ratings)
    selection = choose_cells((rating.answer for rating in listed), k=k, pair=pair, previous=previous)
    return ClosedRound(fill_cells(selection, listed, asked=asked), selection)


def fill_cells(
    selection: Selection,
    ratings: Iterable[ProtectedRating],
    *,
    asked: Iterable[CellKey] = (),
    left_out: Iterable[CellKey] = (),
    withheld: Iterable[CellKey] = (),
) -> Release:
    """Give the chosen cells their numbers. Raises ValueError where the ratings are not those that were selected for.

    ``asked`` as in :func:`close_round`; ``left_out`` are cells of answers that are counted nowhere, and not shown;
    ``withheld`` are chosen cells that are not shown all the same.
    """
    score_of: dict[tuple[int, int, str, int], int] = {}
    listed = list(ratings)
    for rating in listed:
        score_of[rating.answer.identity] = _checked_score(rating.score)
    if check_answers(rating.answer for rating in listed) != selection.answers:
        raise ValueError("the ratings are not those the cells were chosen for")
    place = {answer.identity: column for column, answer in enumerate(selection.answers)}
    scores = np.array([score_of[answer.identity] for answer in selection.answers], np.int64)
    rater = np.array([answer.rater for answer in selection.answers], object)
    lattice = Lattice.of(selection.answers, place, np.unique(rater, return_inverse=True)[1].astype(np.int64))
    published = set(selection.published) - set(withheld)
    cells = [
        _show(key, scores[row], lattice.raters(row))
        if key in published
        else ReleasedCell(key.table, key.key, CellState.NOT_SHOWN)
        for key, row in zip(lattice.keys, lattice.inside, strict=True)
    ]
    unshown = set(left_out) - set(lattice.keys)
    cells += [ReleasedCell(key.table, key.key, CellState.NOT_SHOWN) for key in unshown]
    empty = set(asked) - set(lattice.keys) - unshown
    cells += [ReleasedCell(key.table, key.key, CellState.NO_DATA) for key in empty]
    return Release.of(selection.k, cells)


def round_mean(total: int, count: int) -> tuple[float, Clip]:
    """The mean of ``count`` scores in steps of 0.5, halves upwards, cut off at both ends.

    >>> round_mean(33, 5), round_mean(3, 5), round_mean(50, 5)
    ((6.5, <Clip.NONE: ''>), (2.0, <Clip.AT_MOST: 'at_most'>), (9.0, <Clip.AT_LEAST: 'at_least'>))
    """
    mean = ((4 * total + count) // (2 * count)) / 2
    if mean <= LOWEST_MEAN:
        return LOWEST_MEAN, Clip.AT_MOST
    if mean >= HIGHEST_MEAN:
        return HIGHEST_MEAN, Clip.AT_LEAST
    return mean, Clip.NONE


def band_of(raters: int) -> str:
    """The band of a number of raters. Raises ValueError below 5: there is no such band.

    >>> [band_of(raters) for raters in (5, 7, 8, 12, 13, 20, 21)]
    ['5-7', '5-7', '8-12', '8-12', '13-20', '13-20', '>20']
    """
    for fewest, band in BANDS:
        if raters >= fewest:
            return band
    raise ValueError(f"{raters} raters are too few for any number")


def round_nps(promoters: int, detractors: int, count: int) -> int:
    """``100 (promoters - detractors) / count`` to the nearest ten, halves away from 0, cut off at -90 and 90.

    >>> round_nps(6, 3, 12), round_nps(0, 12, 12)
    (30, -90)
    """
    net = promoters - detractors
    tens = (20 * abs(net) + count) // (2 * count)
    return min(tens * 10, NPS_LIMIT) * (1 if net >= 0 else -1)


def _show(key: CellKey, scores: LongArray, raters: int) -> ReleasedCell:
    mean, clip = round_mean(int(scores.sum()), len(scores))
    nps = None
    if raters >= NPS_RATERS:
        nps = round_nps(int((scores >= 9).sum()), int((scores <= 6).sum()), len(scores))
    return ReleasedCell(key.table, key.key, CellState.SHOWN, mean, clip, band_of(raters), nps)


def _checked_score(score: object) -> int:
    if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 10:
        raise ValueError(f"a score is a whole number from 0 to 10, not {score!r}")
    return score


def _row(cell: ReleasedCell) -> list[object]:
    return [cell.table, list(cell.key), cell.state, cell.mean, cell.clip, cell.raters, cell.nps]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode("ascii")


def _content(k: int, cells: Sequence[ReleasedCell]) -> bytes:
    return _json({"k": k, "cells": [_row(cell) for cell in cells]})
