"""Rater teams too small to be shown, and so few together that counting them would only hide others.

Take a round in which 24 colleagues answer and one end customer. What the customer said can be shown nowhere. Counted in
the figure of the organization all the same, it would be what is left of it without the teams; to keep it hidden, teams
would have to be hidden as well. Left out of every figure, it protects itself and costs the others nothing.

Where links between teams are thin anyway, counting everybody shows more. So both are tried, and what shows more links
between teams (then more cells) is published. That depends on who answered and never on a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainmap.domain.cells import Answer, Table, Team
from chainmap.domain.confidentiality import (
    MINIMUM_RATERS,
    Selection,
    TooFewChangesError,
    choose_cells,
    raters_needed,
)


def choose_counted(
    answers: Iterable[Answer],
    *,
    k: int = MINIMUM_RATERS,
    pair: bool = False,
    previous: Sequence[Selection] = (),
) -> tuple[Selection, frozenset[Answer]]:
    """Decide which answers are counted and which cells are published; the answers that are counted nowhere.

    Arguments and errors as in ``choose_cells``. Cells of the answers left out are to be shown as "not shown".
    """
    listed = list(answers)
    selection = choose_cells(listed, k=k, pair=pair, previous=previous)
    left_out = answers_left_out(listed, k=k)
    if not left_out:
        return selection, left_out
    counted = [answer for answer in listed if answer not in left_out]
    try:
        other = choose_cells(counted, k=k, pair=pair, previous=previous)
    except TooFewChangesError:
        return selection, frozenset()
    return (other, left_out) if _shown(other) > _shown(selection) else (selection, frozenset())


def answers_left_out(answers: Iterable[Answer], *, k: int = MINIMUM_RATERS) -> frozenset[Answer]:
    """The answers of all rater teams with fewer than k + 1 raters, if these teams together have fewer than that too.

    Small teams that are enough people together stay: counted as the rest of the organization they give nobody away.
    Raises ValueError for k below 5.

    >>> team = [Answer(rater, "red", 100, "blue") for rater in range(6)]
    >>> customer = Answer(7, "end_customer", 100, "blue")
    >>> answers_left_out([*team, customer]) == {customer}
    True
    >>> answers_left_out([*team, *(Answer(rater, f"team {rater}", 100, "blue") for rater in range(7, 13))])
    frozenset()
    """
    needed = raters_needed(k)
    listed = list(answers)
    raters: dict[Team, set[int]] = {}
    for answer in listed:
        raters.setdefault(answer.rater_team, set()).add(answer.rater)
    small = {team for team, people in raters.items() if len(people) < needed}
    together = set().union(*(raters[team] for team in small))
    if len(together) >= needed:
        return frozenset()
    return frozenset(answer for answer in listed if answer.rater_team in small)


def _shown(selection: Selection) -> tuple[int, int]:
    """Published links between teams, then published cells."""
    return sum(cell.table == Table.LINK for cell in selection.published), len(selection.published)
