"""Answers that are counted nowhere: no figure depends on them, nobody finds them, and more of the others is shown."""

from __future__ import annotations

import numpy as np
import pytest

from chainmap.domain.cells import Answer, Table
from chainmap.domain.confidentiality import choose_cells
from chainmap.domain.release import CellState, ProtectedRating, fill_cells
from chainmap.domain.small_groups import answers_left_out, choose_counted
from tests.privacy.auditor import audit, incidence
from tests.privacy.companies import company


def with_customers(seed: int, customers: int) -> list[Answer]:
    """A company and a few end customers, each of whom rates five people."""
    answers = company(40, 4, seed=seed, sizes=(8, 8))
    team_of = {answer.rater: answer.rater_team for answer in answers}
    return answers + [
        Answer(1000 + number, "end_customer", supplier, team_of[supplier])
        for number in range(customers)
        for supplier in range(number, number + 5)
    ]


def audited(selection, left_out) -> bool:
    """Whether nothing hidden, and nothing of what is left out, can be computed by anybody."""
    everything = [*selection.answers, *sorted(left_out, key=lambda answer: answer.identity)]
    place = {answer.identity: column for column, answer in enumerate(everything)}
    published = incidence(selection.answers, selection.published, place)
    single = np.eye(len(everything))[len(selection.answers) :]
    hidden = np.vstack([incidence(selection.answers, selection.hidden, place), single])
    return audit(published, hidden, np.array([answer.rater for answer in everything])).nothing()


@pytest.mark.parametrize("customers", [1, 5])
def test_never_less_is_shown_and_nothing_hidden_can_be_computed(customers):
    for seed in range(3):
        answers = with_customers(seed, customers)
        selection, left_out = choose_counted(answers)
        assert len(selection.published) >= len(choose_cells(answers).published)
        assert audited(selection, left_out)


@pytest.mark.parametrize("pair", [False, True])
def test_one_customer_of_a_simple_chain_costs_no_link(pair):
    """Red -> Blue -> Green -> Red, eight people each, and one customer who rates all of Green."""
    people = {team: range(8 * place, 8 * place + 8) for place, team in enumerate(("red", "blue", "green"))}
    answers = [
        Answer(people[taking][(number + step) % 8], taking, people[giving][number], giving)
        for giving, taking in (("red", "blue"), ("blue", "green"), ("green", "red"))
        for number in range(8)
        for step in (0, 1)
    ]
    customer = [Answer(99, "end_customer", person, "green") for person in people["green"]]
    plain = choose_cells([*answers, *customer], pair=pair)
    assert sum(cell.table == Table.LINK for cell in plain.published) < 3
    selection, left_out = choose_counted([*answers, *customer], pair=pair)
    assert left_out == set(customer)
    assert sum(cell.table == Table.LINK for cell in selection.published) == 3
    assert audited(selection, left_out)


def test_whether_somebody_is_left_out_depends_on_people_alone():
    answers = with_customers(0, 5)
    enough = with_customers(0, 6)
    assert answers_left_out(answers)
    assert not answers_left_out(enough), "six are a group of their own"
    assert not answers_left_out([answer for answer in answers if answer.rater_team != "end_customer"])
    assert answers_left_out(enough, k=6)
    with pytest.raises(ValueError, match="5 people"):
        answers_left_out(answers, k=4)


def test_cells_of_what_is_left_out_say_not_shown_and_never_no_data():
    answers = with_customers(1, 1)
    left_out = answers_left_out(answers)
    counted = [answer for answer in answers if answer not in left_out]
    ratings = [ProtectedRating(a.rater, a.rater_team, a.supplier, a.supplier_team, 7) for a in counted]
    asked = {cell for answer in answers for cell in answer.cells}
    unshown = {cell for answer in left_out for cell in answer.cells}
    release = fill_cells(choose_cells(counted), ratings, asked=asked, left_out=unshown)
    states = {cell.key: cell.state for cell in release.cells if "end_customer" in cell.key}
    assert states
    assert set(states.values()) == {CellState.NOT_SHOWN}
