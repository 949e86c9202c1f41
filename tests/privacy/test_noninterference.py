"""Changing what is hidden changes no byte of the release, nor of the analysis of its chain of teams."""

import inspect
import random
from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain import cells, confidentiality, crowd, disclosure, modular
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.cells import Answer, Table
from chainmap.domain.confidentiality import choose_cells
from chainmap.domain.records import PartyKind
from chainmap.domain.release import CellState, ProtectedRating, close_round, fill_cells
from chainmap.domain.release_chain import TeamHandOffs, TeamParty, team_chain
from tests.privacy.companies import company

ANSWERS = company(40, 4, seed=11, partners=2)
SELECTION = choose_cells(ANSWERS)


def scored(answers, scores):
    return [
        ProtectedRating(a.rater, a.rater_team, a.supplier, a.supplier_team, score, a.deliverable, a.version)
        for a, score in zip(answers, scores, strict=True)
    ]


def analysis_of(release, answers):
    """All findings on the chain of teams, as text: totals, ranking, parties, structure."""
    teams = sorted({answer.rater_team for answer in answers} | {answer.supplier_team for answer in answers})
    parties = [TeamParty(team, f"Team {team}", capacity=7.5) for team in teams]
    parties.append(TeamParty("client", "Client", PartyKind.END_CUSTOMER))
    handoffs = [TeamHandOffs(answer.supplier_team, answer.rater_team) for answer in answers]
    handoffs += [TeamHandOffs(team, "client", 3) for team in teams[:2]]
    return repr(find_bottlenecks(team_chain(release, parties, handoffs), organization="Acme", by_team=True))


def published_columns(answer, published):
    return tuple(key for key in answer.cells if key in published)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_answers_outside_every_published_cell_change_nothing(data):
    """Some published cells stay; all answers outside them get other scores."""
    links = [key for key in SELECTION.published if key.table in (Table.LINK, Table.SUPPLIER)]
    kept = data.draw(st.sets(st.sampled_from(links)))
    chosen = replace(SELECTION, published=tuple(key for key in SELECTION.published if key in kept))
    first = data.draw(st.lists(st.integers(0, 10), min_size=len(ANSWERS), max_size=len(ANSWERS)))
    chance = random.Random(data.draw(st.integers(0, 1000)))
    outside = [not published_columns(answer, kept) for answer in ANSWERS]
    second = [chance.randint(0, 10) if out else score for score, out in zip(first, outside, strict=True)]
    one, other = (fill_cells(chosen, scored(ANSWERS, scores)) for scores in (first, second))
    assert any(outside)
    assert one.to_bytes() == other.to_bytes()
    assert analysis_of(one, ANSWERS) == analysis_of(other, ANSWERS)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_scores_that_change_places_inside_what_is_published_change_nothing(seed):
    """People whose answers stand in the same published cells swap scores: hidden cells change, no byte does."""
    chance = random.Random(seed)
    scores = [chance.randint(0, 10) for _ in ANSWERS]
    published = set(SELECTION.published)
    alike = {}
    for column, answer in enumerate(ANSWERS):
        alike.setdefault(published_columns(answer, published), []).append(column)
    swapped = list(scores)
    for columns in alike.values():
        shuffled = chance.sample(columns, len(columns))
        for column, source in zip(columns, shuffled, strict=True):
            swapped[column] = scores[source]
    one, other = (fill_cells(SELECTION, scored(ANSWERS, values)) for values in (scores, swapped))
    sums = [
        [sum(s for s, a in zip(values, ANSWERS, strict=True) if key in a.cells) for key in SELECTION.hidden]
        for values in (scores, swapped)
    ]
    assert sums[0] != sums[1]
    assert one.to_bytes() == other.to_bytes()
    assert analysis_of(one, ANSWERS) == analysis_of(other, ANSWERS)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=15, max_size=15), st.lists(st.integers(0, 10), min_size=15, max_size=15))
def test_a_round_of_five_people_says_nothing_whatever_they_answer(first, second):
    answers = [Answer(rater, "red", 100 + supplier, "blue") for rater in range(5) for supplier in range(3)]
    one, other = (close_round(scored(answers, scores)).release for scores in (first, second))
    assert one.to_bytes() == other.to_bytes()
    assert analysis_of(one, answers) == analysis_of(other, answers)
    assert '"shown"' not in one.to_bytes().decode()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_which_cells_are_shown_is_the_same_for_all_scores(seed):
    chance = random.Random(seed)
    scores = [chance.choice((0, 10, chance.randint(0, 10))) for _ in ANSWERS]
    release = close_round(scored(ANSWERS, scores)).release
    shown = {(cell.table, cell.key) for cell in release.cells if cell.state == CellState.SHOWN}
    assert shown == {(key.table, key.key) for key in SELECTION.published}


def test_the_modules_that_choose_know_no_scores():
    """Neither the records they are given nor their code has a score in it, and they do not import the release."""
    assert "score" not in {field.name for field in fields(Answer)}
    for module in (cells, confidentiality, crowd, disclosure, modular):
        source = inspect.getsource(module)
        assert ".score" not in source
        assert "domain.release" not in source
