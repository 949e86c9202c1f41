"""The minimum group: five people besides any one viewer, and no way to set it lower."""

import pytest

from chainmap.domain.cells import Answer, CellKey, Table
from chainmap.domain.confidentiality import choose_cells, raters_needed
from chainmap.domain.release import CellState, ProtectedRating, Release, close_round
from tests.privacy.companies import company


def ratings_from(raters, *, score=7, supplier=100, deliverable=""):
    return [ProtectedRating(rater, "red", supplier, "blue", score, deliverable) for rater in raters]


@pytest.mark.parametrize("k", [4, 3, 1, 0, -5, True, 5.0, "5", None])
def test_a_minimum_group_below_five_is_refused_everywhere(k):
    for refuse in (
        lambda: raters_needed(k),
        lambda: choose_cells([], k=k),
        lambda: close_round([], k=k),
        lambda: Release.of(k, []),
    ):
        with pytest.raises(ValueError, match="minimum group"):
            refuse()


def test_five_raters_are_four_besides_the_one_who_looks():
    """Six people look at the mean of six and each is left with five others; of five with four."""
    assert close_round(ratings_from(range(5))).release.cell(Table.ORGANIZATION).state == CellState.NOT_SHOWN
    assert close_round(ratings_from(range(6))).release.cell(Table.ORGANIZATION).state == CellState.SHOWN


def test_people_count_and_not_their_answers():
    few = [rating for name in ("plan", "report", "code") for rating in ratings_from(range(5), deliverable=name)]
    assert {cell.state for cell in close_round(few).release.cells} == {CellState.NOT_SHOWN}


@pytest.mark.parametrize("k", [5, 6, 9])
def test_a_setting_can_raise_it(k):
    assert not choose_cells((r.answer for r in ratings_from(range(k))), k=k).published
    assert choose_cells((r.answer for r in ratings_from(range(k + 1))), k=k).published


@pytest.mark.parametrize("k", [5, 8])
def test_every_published_cell_holds_k_raters_besides_any_one_viewer(k):
    for seed in range(6):
        answers = company(seed=seed)
        published = set(choose_cells(answers, k=k).published)
        raters = {key: {answer.rater for answer in answers if key in answer.cells} for key in published}
        assert published
        assert all(len(people - {viewer}) >= k for people in raters.values() for viewer in people)


def test_too_few_answers_and_hidden_for_others_look_the_same_and_unlike_no_data():
    """blue is rated by red (8 people) and green (2): to hide green's link, red's link goes too.

    red   --8--> blue <--2-- green          shown: all 10 about blue; red's row would leave green's 2
    """
    ratings = ratings_from(range(8)) + [ProtectedRating(rater, "green", 100, "blue", 3) for rater in (20, 21)]
    closed = close_round(ratings, asked=[CellKey(Table.LINK, ("blue", "white"))])
    red, green = closed.release.cell(Table.LINK, "blue", "red"), closed.release.cell(Table.LINK, "blue", "green")
    assert CellKey(Table.LINK, ("blue", "red")) in closed.selection.withheld
    assert CellKey(Table.LINK, ("blue", "green")) not in closed.selection.withheld
    assert (red.state, red.mean, red.clip, red.raters, red.nps) == (
        green.state,
        green.mean,
        green.clip,
        green.raters,
        green.nps,
    )
    assert red.state == CellState.NOT_SHOWN
    assert closed.release.cell(Table.ORGANIZATION).state == CellState.SHOWN
    assert closed.release.cell(Table.LINK, "blue", "white").state == CellState.NO_DATA
    assert b"withheld" not in closed.release.to_bytes()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([Answer(1, "a", 1, "a")], "rates themselves"),
        ([Answer(1, "a", 2, "b"), Answer(1, "a", 2, "b")], "answers twice"),
        ([Answer(1, "a", 2, "b"), Answer(1, "a", 2, "b", version=1)], "only the latest"),
        ([Answer(1, "a", 2, "b"), Answer(1, "c", 3, "b")], "rater 1 has two teams"),
        ([Answer(1, "a", 2, "b"), Answer(3, "a", 2, "c")], "supplier 2 has two teams"),
    ],
)
def test_answers_that_contradict_each_other_are_refused(answers, message):
    with pytest.raises(ValueError, match=message):
        choose_cells(answers)


@pytest.mark.parametrize("score", [-1, 11, 7.5, True, "7", None])
def test_a_score_is_a_whole_number_from_0_to_10(score):
    with pytest.raises(ValueError, match="whole number from 0 to 10"):
        close_round(ratings_from(range(6), score=score))


def test_a_round_without_answers_gives_an_empty_release():
    assert close_round([]).release.cells == ()
