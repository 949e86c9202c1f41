"""Pair rounds: a supplier has seen the scores he was given, by name, and still learns nothing about others."""

import numpy as np
import pytest

from chainmap.domain.cells import Answer, CellKey, Table
from chainmap.domain.confidentiality import choose_cells
from tests.privacy.auditor import audit, incidence
from tests.privacy.companies import company


def known_to_suppliers(selection):
    """What each supplier can compute once the answers about him and his own are taken out: (cells, ratings)."""
    rater = np.array([answer.rater for answer in selection.answers])
    supplier = np.array([answer.supplier for answer in selection.answers])
    shown, hidden = (incidence(selection.answers, keys) for keys in (selection.published, selection.hidden))
    cells = ratings = 0
    for viewer in np.unique(supplier):
        unseen = (rater != viewer) & (supplier != viewer)
        concealed = hidden[:, unseen]
        found = audit(shown[:, unseen], concealed[concealed.any(axis=1)], rater[unseen])
        cells, ratings = cells + len(found.cells), ratings + len(found.ratings)
    return cells, ratings


def test_a_team_of_two_is_not_shown_where_each_would_learn_what_is_said_of_the_other():
    """Seven rate Ann (100), three rate Ben (101), both in blue: blue minus Ann's own scores is Ben's hidden cell."""
    answers = [Answer(rater, "red", 100, "blue") for rater in range(7)]
    answers += [Answer(rater, "red", 101, "blue") for rater in (20, 21, 22)]
    team = CellKey(Table.SUPPLIER_TEAM, ("blue",))
    assert team in choose_cells(answers).published
    assert team not in choose_cells(answers, pair=True).published


@pytest.mark.parametrize("seed", range(2))
def test_no_supplier_can_compute_anything_hidden(seed):
    selection = choose_cells(company(50, 4, seed=seed, partners=2), pair=True)
    assert len(selection.published) > 10
    assert known_to_suppliers(selection) == (0, 0)


def test_the_rules_of_an_anonymous_round_would_not_be_enough():
    leaks = [known_to_suppliers(choose_cells(company(60, 4, seed=seed))) for seed in range(1)]
    assert sum(cells for cells, _ in leaks) > 0


def test_all_that_holds_for_an_anonymous_round_holds_too():
    selection = choose_cells(company(50, 4, seed=4, partners=2), pair=True)
    shown, hidden = (incidence(selection.answers, keys) for keys in (selection.published, selection.hidden))
    assert audit(shown, hidden, np.array([answer.rater for answer in selection.answers])).nothing()
