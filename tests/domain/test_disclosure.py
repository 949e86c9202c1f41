"""The audit against its own definition, answer by answer and over fractions, on small matrices of any form."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.disclosure import NOBODY, Leak, find_leaks, find_viewer_leaks, group_columns, sums_used
from tests.domain.test_modular import rank


def spans(rows, vector):
    return rank(np.vstack([rows, vector])) == rank(rows) if len(rows) else not vector.any()


def by_definition(known, hidden, rater):
    """Ranks with a unit row for each answer that an insider knows."""
    width = known.shape[1]
    units, people = np.eye(width, dtype=int), sorted(set(rater.tolist()))
    found = set()
    for target, cell in enumerate(hidden.astype(int)):
        if cell.any() and spans(known.astype(int), cell):
            found.add(Leak(target))
            continue
        for insider in people:
            own = rater == insider
            if cell[~own].any() and spans(np.vstack([known, units[own]]).astype(int), cell):
                found.add(Leak(target, (insider,)))

    def exposed(*chosen):
        """Whether a vector of the row space lives on the answers of these people alone."""
        others = ~np.isin(rater, chosen)
        return rank(known.astype(int)) > (rank(known[:, others].astype(int)) if others.any() else 0)

    single = {person for person in people if exposed(person)}
    found |= {Leak(NOBODY, (person,)) for person in single}
    pairs = combinations([person for person in people if person not in single], 2)
    return found | {Leak(NOBODY, pair) for pair in pairs if exposed(*pair)}


@st.composite
def rounds(draw):
    width = draw(st.integers(1, 8))
    rows = st.lists(st.booleans(), min_size=width, max_size=width)
    known = draw(st.lists(rows, min_size=1, max_size=4))
    hidden = draw(st.lists(rows, min_size=1, max_size=4))
    rater = draw(st.lists(st.integers(0, 3), min_size=width, max_size=width))
    return np.array(known, bool), np.array(hidden, bool), np.array(rater)


@settings(max_examples=120, deadline=None)
@given(rounds())
def test_it_finds_exactly_what_the_definition_says(given_round):
    """Neither more nor less: hidden cells to all and to each insider, people alone and in pairs."""
    assert set(find_leaks(*given_round)) == by_definition(*given_round)


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_every_leak_names_sums_without_which_it_is_none(given_round):
    known, hidden, rater = given_round
    for leak in find_leaks(known, hidden, rater):
        used = sums_used(known, hidden, rater, leak)
        assert used.any()
        assert leak in find_leaks(known[used], hidden, rater)


def test_the_last_link_of_a_row_is_the_row_without_the_others():
    """all = a + b + c published, a and b published: c is their difference."""
    known = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0]], bool)
    everybody = np.array([0, 1, 2])
    assert Leak(0) in find_leaks(known, np.array([[0, 0, 1]], bool), everybody)
    assert find_leaks(known[:1], np.array([[0, 0, 1]], bool), everybody) == []


def test_an_insider_takes_his_own_answer_off():
    """Three answers, the sum known: one of the three knows the sum of the other two, but nothing of either."""
    known = np.array([[1, 1, 1]], bool)
    assert find_leaks(known, np.array([[0, 1, 1]], bool), np.array([0, 1, 2])) == [Leak(0, (0,))]
    assert find_leaks(known, np.array([[0, 1, 0]], bool), np.array([0, 1, 2])) == []


def test_two_people_share_a_sum_and_each_knows_the_other():
    assert find_leaks(np.array([[1, 1]], bool), np.zeros((0, 2), bool), np.array([0, 1])) == [Leak(NOBODY, (0, 1))]


@pytest.mark.parametrize("width", [0, 3])
def test_nothing_published_gives_nothing_away(width):
    known, hidden = np.zeros((0, width), bool), np.ones((1, width), bool)
    assert find_leaks(known, hidden, np.arange(width)) == []


def test_equal_columns_are_one_group():
    group, count = group_columns(np.array([[1, 0, 1], [0, 1, 0]], bool))
    assert count == 2
    assert group[0] == group[2] != group[1]


@pytest.mark.parametrize("seed", range(8))
def test_all_viewers_at_once_find_what_each_finds_alone(seed):
    """One elimination with unit rows for what is known, against leaving the known columns out and starting anew."""
    chance = np.random.default_rng(seed)
    leaking = 0
    for _ in range(12):
        answers, sums, cells = (int(chance.integers(low, high)) for low, high in ((3, 24), (0, 10), (1, 8)))
        known = chance.random((sums, answers)) < chance.choice([0.2, 0.5, 0.8])
        known = known[:, chance.integers(0, chance.choice([answers, max(answers // 3, 1)]), answers)]  # equal columns
        hidden = chance.random((cells, answers)) < chance.choice([0.15, 0.4])
        rater = np.sort(chance.integers(0, chance.integers(2, 8), answers))
        seen = [chance.random(answers) < chance.choice([0, 0.1, 0.3, 0.6]) for _ in range(4)]
        together = find_viewer_leaks(known, hidden, rater, seen)
        for which, leaks in zip(seen, together, strict=True):
            rest = ~which
            alone = find_leaks(known[:, rest], hidden[:, rest], rater[rest], insiders=False)
            assert leaks == alone
            leaking += bool(alone)
    assert leaking > 5


def test_nobody_looks_at_nothing():
    nothing = np.zeros((0, 0), np.bool_)
    assert find_viewer_leaks(nothing, nothing, np.zeros(0, np.int64), [np.zeros(0, np.bool_)]) == [[]]
    assert find_viewer_leaks(np.ones((1, 3), np.bool_), np.ones((1, 3), np.bool_), np.arange(3), []) == []
