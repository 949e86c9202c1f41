"""A round that was opened again: what all its versions together give away."""

import random
from dataclasses import replace

import numpy as np
import pytest

from chainmap.domain.cells import CellKey, Table
from chainmap.domain.confidentiality import TooFewChangesError, changed_raters, choose_cells
from chainmap.domain.disclosure import find_leaks
from tests.privacy.auditor import audit, incidence
from tests.privacy.companies import company


def reference(seed):
    return company(60, 4, seed=seed)


def changed_by(answers, people):
    """The same round with the answers of some people given anew."""
    return [replace(answer, version=1) if answer.rater in people else answer for answer in answers]


def all_versions(*versions):
    """Full matrices over the answers of all versions: shown, hidden, rater."""
    identities = sorted({answer.identity for version in versions for answer in version.answers})
    place = {identity: column for column, identity in enumerate(identities)}
    shown, hidden = (
        np.vstack([incidence(version.answers, keys(version), place) for version in versions])
        for keys in (lambda version: version.published, lambda version: version.hidden)
    )
    return shown, hidden, np.array([identity[0] for identity in identities])


@pytest.mark.parametrize("people", [1, 5])
def test_a_version_in_which_too_few_people_changed_is_not_published(people):
    first = choose_cells(reference(0))
    with pytest.raises(TooFewChangesError, match=f"{people} people answered differently"):
        choose_cells(changed_by(first.answers, set(range(people))), previous=[first])


def test_two_independent_versions_would_reveal_the_one_who_changed():
    """The attack that ``previous`` is for: new sum minus old sum is one person's difference."""
    first = choose_cells(reference(0))
    second = choose_cells(changed_by(first.answers, {7}))
    shown, hidden, rater = all_versions(first, second)
    found = audit(shown, hidden, rater)
    assert {person for _, person in found.people_by_insider} == {7}
    assert len(find_leaks(shown > 0, hidden > 0, rater)) > 0


@pytest.mark.parametrize("seed", range(2))
def test_two_versions_together_reveal_nobody(seed):
    """Eight people changed; the second release counts on the first being known."""
    first = choose_cells(reference(seed))
    changed = set(random.Random(seed).sample(range(60), 8))
    second = choose_cells(changed_by(first.answers, changed), previous=[first])
    assert changed_raters(first.answers, second.answers) == changed
    assert CellKey(Table.ORGANIZATION) in second.published
    shown, hidden, rater = all_versions(first, second)
    found, before = audit(shown, hidden, rater), audit(shown[: len(first.published)], hidden, rater)
    # One who is alone in changing a cell knows its new sum from the old one: nothing that a release could tell or hide.
    found.cells_by_insider.difference_update(before.cells_by_insider)
    assert found.nothing()
    assert not before.cells | before.ratings
    assert not before.ratings_by_insider | before.people_by_insider
    for key in set(first.published) & set(second.published):
        touched = {answer.rater for answer in first.answers if answer.rater in changed and key in answer.cells}
        assert not touched or len(touched) >= 6


def test_a_version_without_changes_is_the_same_one():
    first = choose_cells(reference(2))
    again = choose_cells(first.answers, previous=[first])
    assert set(again.published) == set(first.published)


def test_leavers_count_as_changes():
    first = choose_cells(reference(2))
    with pytest.raises(TooFewChangesError):
        choose_cells([answer for answer in first.answers if answer.rater != 3], previous=[first])


def test_without_counting_on_the_first_version_the_same_second_one_reveals_people():
    first = choose_cells(reference(0))
    changed = set(random.Random(0).sample(range(60), 8))
    careless = choose_cells(changed_by(first.answers, changed))
    assert len(audit(*all_versions(first, careless)).people_by_insider) > 100


@pytest.mark.parametrize("seed", range(2))
def test_three_versions_with_changes_and_leavers_together_reveal_nobody(seed):
    chance, versions = random.Random(seed), []
    answers = reference(seed)
    for version in range(3):
        again, gone = set(chance.sample(range(60), 12)), set(chance.sample(range(60), 7)) if version else set()
        answers = [
            replace(answer, version=version) if answer.rater in again else answer
            for answer in answers
            if answer.rater not in gone
        ]
        versions.append(choose_cells(answers, previous=versions))
    shown, hidden, rater = all_versions(*versions)
    found = audit(shown, hidden, rater)
    count = 0
    for version in versions[:-1]:
        count += len(version.published)
        found.cells_by_insider.difference_update(audit(shown[:count], hidden, rater).cells_by_insider)
    assert found.nothing()
    assert all(CellKey(Table.ORGANIZATION) in version.published for version in versions)
