"""What is published gives nothing else away: random companies, an auditor of its own, and attacks that must succeed."""

import random
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from chainmap.domain.cells import SPLITS, Answer, CellKey, Table
from chainmap.domain.confidentiality import choose_cells
from chainmap.domain.disclosure import find_leaks
from chainmap.domain.release import ProtectedRating, Release, close_round, fill_cells
from tests.privacy.auditor import audit, incidence
from tests.privacy.companies import company

COMPANIES = 50
#: Teams that work mostly with one, two, three or any of the other teams.
PARTNERS = (3, 3, None, 2, 1)


def reference(seed):
    return company((40, 60)[seed % 2], 4, seed=seed, partners=PARTNERS[seed % len(PARTNERS)])


def raters_of(answers):
    return np.array([answer.rater for answer in answers])


def with_scores(answers, seed=0):
    chance = random.Random(seed)
    return [
        ProtectedRating(
            a.rater, a.rater_team, a.supplier, a.supplier_team, chance.randint(0, 10), a.deliverable, a.version
        )
        for a in answers
    ]


def test_nothing_hidden_can_be_computed_in_fifty_companies():
    """No hidden cell, no single rating, nothing about one person alone; not even with anybody's own answers."""
    kept = reached = hidden = 0
    for seed in range(COMPANIES):
        selection = choose_cells(reference(seed))
        answers = selection.answers
        shown = incidence(answers, selection.published)
        concealed = incidence(answers, selection.hidden)
        assert audit(shown, concealed, raters_of(answers)).nothing(), seed
        kept += len(selection.published)
        reached += len(selection.published) + len(selection.withheld)
        hidden += len(selection.hidden)
    assert hidden > 40 * COMPANIES
    assert kept / reached >= 0.85


def test_a_minimum_group_alone_leaks_and_the_auditor_sees_it():
    """SECURITY 1.2: with five tables and a minimum of five, about a sixth of the hidden cells comes back.

    That is so where most links between teams reach five people (teams of 12 to 15 here); in the companies of the other
    tests, where few links do, it is about 3 %, and insiders still find hundreds of single ratings.
    """
    derived = hidden = insiders = ratings = 0
    for seed in range(10):
        answers = sorted(company(seed=seed, partners=None, sizes=(12, 15)), key=lambda answer: answer.identity)
        keys = sorted({key for answer in answers for key in answer.cells}, key=str)
        rows = incidence(answers, keys)
        rater = raters_of(answers)
        enough = np.array([len(set(rater[row > 0])) >= 5 for row in rows])
        found = audit(rows[enough], rows[~enough], rater)
        derived, hidden = derived + len(found.cells), hidden + int((~enough).sum())
        insiders, ratings = insiders + len(found.cells_by_insider), ratings + len(found.ratings_by_insider)
        ours = find_leaks(rows[enough] > 0, rows[~enough] > 0, np.unique(rater, return_inverse=True)[1])
        assert {leak.target for leak in ours if leak.target >= 0 and not leak.insiders} == found.cells
    assert 0.1 < derived / hidden < 0.2
    assert insiders > 1000
    assert ratings > 100


def test_companies_of_large_teams_are_as_safe():
    """Where links are dense, most complementary suppression happens."""
    for seed in range(3):
        selection = choose_cells(company(seed=seed, partners=None, sizes=(12, 15)))
        shown, concealed = (incidence(selection.answers, keys) for keys in (selection.published, selection.hidden))
        assert audit(shown, concealed, raters_of(selection.answers)).nothing(), seed


@pytest.mark.parametrize("seed", range(2))
def test_several_deliverables_and_missing_answers_are_as_safe(seed):
    """Three quarters answered, and every third of them about a second deliverable too."""
    answers = company(40, 4, seed=seed, partners=2, answered=0.75)
    answers += [replace(answer, deliverable="plan") for answer in answers[::3]]
    selection = choose_cells(answers)
    shown, concealed = (incidence(selection.answers, keys) for keys in (selection.published, selection.hidden))
    assert len(shown) > 5
    assert audit(shown, concealed, raters_of(selection.answers)).nothing()


def test_differences_of_published_cells_leave_nobody_or_enough():
    """Cell minus cell, and cell minus all its published parts of one table; six raters, so five besides an insider."""
    checked = 0
    for seed in range(6):
        selection = choose_cells(reference(seed))
        members = {key: {answer for answer in selection.answers if key in answer.cells} for key in selection.published}
        for one, other in permutations(members, 2):
            if members[one] >= members[other]:
                rest = {answer.rater for answer in members[one] - members[other]}
                assert not rest or len(rest) >= 6
                checked += 1
        for whole, part in SPLITS:
            for key in members:
                if key.table == whole:
                    parts = [members[inner] for inner in members if inner.table == part]
                    rest = {answer.rater for answer in members[key].difference(*parts)}
                    assert not rest or len(rest) >= 6
                    checked += 1
    assert checked > 300


def test_hiding_is_minimal_on_a_grid_worked_by_hand():
    r"""Three rater teams x three supplier teams; only red -> blue has 2 raters, every other link has 7.

    raters   blue  lime  grey     The margins are shown, so blue/red alone would be row minus the rest of the row.
    red         2     7     7     A second link must go in its row and in its column, and one where those two cross:
    green       7     7     7     four corners of a rectangle, of which three had raters enough.
    white       7     7     7
    """
    answers, person = [], 0
    for rater_team in ("red", "green", "white"):
        for place, supplier_team in enumerate(("blue", "lime", "grey")):
            for _ in range(2 if (rater_team, supplier_team) == ("red", "blue") else 7):
                person += 1
                answers.append(Answer(person, rater_team, 1000 + place, supplier_team))
    selection = choose_cells(answers)
    withheld = [key for key in selection.withheld if key.table == Table.LINK]
    suppliers, raters = {key.key[0] for key in withheld}, {key.key[1] for key in withheld}
    assert len(withheld) == 3
    assert len(suppliers) == len(raters) == 2
    assert "blue" in suppliers
    assert "red" in raters
    assert CellKey(Table.LINK, ("blue", "red")) in selection.hidden


def test_the_same_bytes_in_whatever_order_the_ratings_come():
    ratings = with_scores(reference(3))
    expected = close_round(ratings).release.to_bytes()
    for seed in range(3):
        random.Random(seed).shuffle(ratings)
        assert close_round(ratings).release.to_bytes() == expected


def test_a_release_can_be_stored_and_notices_a_change():
    release = close_round(with_scores(reference(1)), asked=[CellKey(Table.SUPPLIER, (999,))]).release
    assert Release.from_bytes(release.to_bytes()) == release
    assert len(release.proof) == 64
    changed = release.to_bytes().replace(b'"not_shown"', b'"no_data"', 1)
    with pytest.raises(ValueError, match="changed after it was published"):
        Release.from_bytes(changed)
    with pytest.raises(ValueError, match="every cell once"):
        Release.of(5, release.cells + release.cells[:1])


def test_cells_are_filled_only_with_the_ratings_they_were_chosen_for():
    ratings = with_scores(reference(1))
    selection = choose_cells(rating.answer for rating in ratings)
    with pytest.raises(ValueError, match="not those the cells were chosen for"):
        fill_cells(selection, ratings[1:])
