"""Comments: only where ten people answered, in no order, and never beside what would tell whose they are."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from chainmap.domain.cells import CellKey, Table
from chainmap.domain.comments import raters_for_comments, release_comments
from tests.privacy.companies import company

BLUE = CellKey(Table.SUPPLIER_TEAM, ("blue",))


def shuffled(seed=0):
    return random.Random(seed).shuffle


def in_all_cells(answers):
    """(cell, rater, comment) for each answer in each of its cells."""
    return [(cell, answer.rater, f"{answer.rater} on {answer.supplier}") for answer in answers for cell in answer.cells]


def told(rows, cells=None, k=5, seed=0):
    published = {cell for cell, *_ in rows} if cells is None else cells
    return release_comments(rows, published=published, k=k, shuffle=shuffled(seed))


@pytest.mark.parametrize(("k", "needed"), [(5, 10), (9, 10), (10, 11), (20, 21)])
def test_fewer_than_ten_people_or_the_group_of_the_round_are_too_few(k, needed):
    assert raters_for_comments(k) == needed
    assert told([(BLUE, rater, "late again") for rater in range(needed - 1)], k=k) == {}
    assert len(told([(BLUE, rater, "late again") for rater in range(needed)], k=k)[BLUE]) == needed


@pytest.mark.parametrize("k", [4, 0, True])
def test_no_path_below_the_minimum_group(k):
    with pytest.raises(ValueError, match="minimum group"):
        told([(BLUE, rater, "x") for rater in range(30)], k=k)


def test_people_count_and_not_what_they_wrote():
    assert told([(BLUE, rater, f"comment {number}") for rater in range(9) for number in range(5)]) == {}
    silent = [(BLUE, rater, "") for rater in range(9)]
    assert told([*silent, (BLUE, 9, " the one who wrote ")]) == {BLUE: ("the one who wrote",)}
    assert told([*silent, (BLUE, 9, "  ")]) == {}


def test_a_cell_that_is_not_published_says_nothing():
    rows = [(BLUE, rater, "x") for rater in range(30)]
    assert told(rows, cells=set()) == {}
    assert told(rows, cells={CellKey(Table.ORGANIZATION)}) == {}


@pytest.mark.parametrize("table", [Table.LINK, Table.RATER_TEAM])
def test_never_by_link_and_never_by_the_team_that_wrote(table):
    key = CellKey(table, ("blue", "red") if table == Table.LINK else ("red",))
    assert told([(key, rater, "x") for rater in range(30)]) == {}


def test_the_order_does_not_follow_that_of_the_answers():
    """The lot decides alone: answers that came in any order are told in the same one."""
    rows = [(BLUE, rater, f"comment {rater}") for rater in range(12)]
    orders = {told(random.Random(seed).sample(rows, len(rows)))[BLUE] for seed in range(10)}
    assert len(orders) == 1
    assert orders != {tuple(comment for *_, comment in rows)}
    first = Counter(told(rows, seed=seed)[BLUE].index("comment 0") for seed in range(600))
    assert set(first) == set(range(12))
    assert max(first.values()) < 100  # 50 expected; a bias of twice is beyond any chance


def test_each_cell_has_an_order_of_its_own():
    """Else the place in one list would find a comment's neighbour in the other."""
    everybody = CellKey(Table.ORGANIZATION)
    found = told([(cell, rater, f"comment {rater}") for cell in (BLUE, everybody) for rater in range(15)])
    assert set(found[BLUE]) == set(found[everybody])
    assert found[BLUE] != found[everybody]


def test_what_comes_out_is_text_and_nothing_else():
    found = told([(BLUE, rater, f"c{rater}") for rater in range(10)])
    assert all(type(comment) is str for comments in found.values() for comment in comments)


def test_who_wrote_the_same_about_three_handoffs_is_quoted_once():
    """Three equal comments would be told to come from one person, who gives three hand-offs a rating."""
    rows = [(BLUE, rater, "") for rater in range(9)] + [(BLUE, 9, "too late"), (BLUE, 9, "too late ")]
    assert told(rows) == {BLUE: ("too late",)}


def test_what_is_left_of_the_whole_belongs_to_ten_people_too():
    """blue is spoken of by 12 people, green by 4 of them and red by 11 others.

    organization 23 people = blue 12 + green 4 + red 11: without blue and red the four of green would be left.
    """
    everybody, green, red = CellKey(Table.ORGANIZATION), *(CellKey(Table.SUPPLIER_TEAM, (t,)) for t in ("green", "red"))
    said = {BLUE: range(12), green: range(4), red: range(20, 31)}
    rows = [(cell, r, f"{r} {team.key}") for team, raters in said.items() for r in raters for cell in (team, everybody)]
    found = told(rows)
    assert set(found) == {everybody, BLUE}  # red, the smaller one, is kept back: 15 people are left
    without_green = [row for row in rows if not row[2].endswith("('green',)")]
    assert set(told(without_green)) == {everybody, BLUE, red}


def test_whoever_knows_what_was_said_of_themselves_is_left_with_ten_others():
    """Luca is spoken of by 11 people, the rest of his team by 3: his own list would leave him those of the three."""
    luca = CellKey(Table.SUPPLIER, (7,))
    rows = [(cell, rater, f"{rater} on luca") for rater in range(11) for cell in (luca, BLUE)]
    few = [*rows, *((BLUE, rater, f"{rater} on anna") for rater in (20, 21, 22))]
    many = [*rows, *((BLUE, rater, f"{rater} on anna") for rater in range(20, 30))]
    assert set(told(few)) == {BLUE}
    assert set(told(many)) == {luca, BLUE}
    assert set(told(rows)) == {luca, BLUE}


@pytest.mark.parametrize("seed", range(4))
def test_in_random_companies_no_list_and_no_difference_of_lists_is_by_fewer_than_ten(seed):
    rows = in_all_cells(company(80, seed=seed))
    found = told(rows, seed=seed)
    everybody = CellKey(Table.ORGANIZATION)
    teams = [cell for cell in found if cell.table == Table.SUPPLIER_TEAM]
    suppliers = [cell for cell in found if cell.table == Table.SUPPLIER]
    assert everybody in found
    assert teams
    lists = [set(found[cell]) for cell in found]
    lists.append(set(found[everybody]).difference(*(found[team] for team in teams)))
    for whole in (everybody, *teams):
        lists += [set(found[whole]) - set(found[one]) for one in suppliers if set(found[one]) < set(found[whole])]
    assert not [some for some in lists if 0 < len({comment.split()[0] for comment in some}) < 10]


@pytest.mark.parametrize(("split", "raters", "is_said"), [(8, 14, False), (10, 19, False), (10, 20, True)])
def test_what_is_left_for_a_supplier_of_a_pair_round_rests_on_enough_people(split, raters, is_said):
    """Each of two suppliers has read what was written about himself; of the team's comments the rest is left to him."""
    team = CellKey(Table.SUPPLIER_TEAM, ("green",))
    answers = []
    for rater in range(raters):
        supplier = CellKey(Table.SUPPLIER, (100 if rater < split else 101,))
        answers += [(cell, rater, f"comment {rater}") for cell in (team, supplier)]
    assert release_comments(answers, published=[team], shuffle=list.sort)
    assert bool(release_comments(answers, published=[team], pair=True, shuffle=list.sort)) == is_said
