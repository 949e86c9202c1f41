"""Which comments of a protected round are published, and in what order (PRIVACY section 2, SECURITY P7).

A comment tells more than a number, so a cell needs more people before its comments are shown: 10, or k + 1 where k was
raised. The same holds for what is left when somebody takes the comments of one cell out of those of another: of the
organization without all its teams, of the organization or a team without one supplier, who knows what was said of
themselves. Where fewer are left, the smaller cell keeps its comments to itself.

Comments come without rater, score, date and hand-off, in an order drawn by lot, each cell for itself. They are never
given by rater or by link: there the writer is one of a handful.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable

from chainmap.domain.cells import CellKey, Table, key_order
from chainmap.domain.confidentiality import MINIMUM_RATERS, raters_needed

#: The fewest distinct raters in a cell whose comments are published, whatever k.
COMMENT_RATERS = 10
#: The tables whose cells have comments.
COMMENT_TABLES = (Table.ORGANIZATION, Table.SUPPLIER_TEAM, Table.SUPPLIER)

#: What was written in one cell: (rater, comment) -> how many times. Silent answers count with the comment "".
_Written = Counter[tuple[int, str]]


def raters_for_comments(k: int = MINIMUM_RATERS) -> int:
    """Distinct raters a cell needs for its comments. Raises ValueError for k below 5.

    >>> raters_for_comments(), raters_for_comments(12)
    (10, 13)
    """
    return max(COMMENT_RATERS, raters_needed(k))


def release_comments(
    answers: Iterable[tuple[CellKey, int, str]],
    *,
    published: Collection[CellKey],
    k: int = MINIMUM_RATERS,
    pair: bool = False,
    shuffle: Callable[[list[str]], object],
) -> dict[CellKey, tuple[str, ...]]:
    """The comments to publish, by cell; cells without any do not appear.

    ``answers`` holds ``(cell, rater, comment)`` for every answer in every cell it stands in, also those without a
    comment (""): they count as raters. Only cells in ``published`` get comments. In a ``pair`` round every supplier has
    read what was written about himself, in a published cell or not: what is left for him must rest on enough people as
    well. ``shuffle`` brings a list into random order in place: ``secrets.SystemRandom().shuffle``; the order of
    ``answers`` has no influence. A rater who wrote the same several times in a cell is quoted once. Raises ValueError
    for k below 5.

    >>> blue = CellKey(Table.SUPPLIER_TEAM, ("blue",))
    >>> answers = [(blue, rater, "on time" if rater == 3 else "") for rater in range(10)]
    >>> release_comments(answers, published=[blue], shuffle=list.sort)[blue]
    ('on time',)
    >>> release_comments(answers[1:], published=[blue], shuffle=list.sort)
    {}
    """
    needed = raters_for_comments(k)
    open_cells = {cell for cell in published if cell.table in COMMENT_TABLES}
    written: dict[CellKey, _Written] = defaultdict(Counter)
    read: dict[CellKey, _Written] = defaultdict(Counter)
    for cell, rater, comment in answers:
        if cell in open_cells:
            written[cell][rater, comment.strip()] += 1
        if pair and cell.table == Table.SUPPLIER:
            read[cell][rater, comment.strip()] += 1
    shown = {cell: written[cell] for cell in sorted(written, key=key_order) if _raters(written[cell]) >= needed}
    _protect_rests(shown, needed)
    _protect_from_suppliers(shown, read.values(), needed)
    released: dict[CellKey, tuple[str, ...]] = {}
    for cell, told in shown.items():
        texts = sorted(comment for _rater, comment in told if comment)  # first an order that tells nothing
        shuffle(texts)
        if texts:
            released[cell] = tuple(texts)
    return released


def _protect_rests(shown: dict[CellKey, _Written], needed: int) -> None:
    """Take out the cells whose comments, subtracted from larger ones, would leave those of too few people."""
    suppliers = [cell for cell in shown if cell.table == Table.SUPPLIER]
    for supplier in suppliers:
        wholes = (told for cell, told in shown.items() if cell.table != Table.SUPPLIER)
        # which team a supplier is in is not asked: whatever holds all that was said of them might be theirs
        if any(shown[supplier] <= told and _is_small(told - shown[supplier], needed) for told in wholes):
            del shown[supplier]
    for whole in [cell for cell in shown if cell.table == Table.ORGANIZATION]:
        while teams := [cell for cell in shown if cell.table == Table.SUPPLIER_TEAM]:
            rest = shown[whole].copy()
            for team in teams:
                rest -= shown[team]
            if not _is_small(rest, needed):
                break
            del shown[min(teams, key=lambda cell: (_raters(shown[cell]), key_order(cell)))]


def _protect_from_suppliers(shown: dict[CellKey, _Written], read: Iterable[_Written], needed: int) -> None:
    """Take out the cells of which too few are left for a supplier who knows what was written about himself."""
    known = list(read)
    for whole in [cell for cell in shown if cell.table != Table.SUPPLIER]:
        if any(_is_small(shown[whole] - own, needed) for own in known):
            del shown[whole]
    _protect_rests(shown, needed)


def _is_small(rest: _Written, needed: int) -> bool:
    return 0 < _raters(rest) < needed


def _raters(told: _Written) -> int:
    return len({rater for rater, _comment in told})
