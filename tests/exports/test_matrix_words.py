"""The matrix of teams in words: sums of what is shown, bands, hidden cells, very many teams, the largest loss."""

from __future__ import annotations

import csv
import io

import pytest

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.matrix_folding import OTHERS, cut_matrix
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.records import Chain, HandOff, Party, PartyKind
from chainmap.domain.reports import Score
from chainmap.domain.team_matrix import Group, TeamMatrix, team_matrix
from chainmap.exports.compare_files import MATRIX_FIELDS, matrix_csv
from chainmap.exports.matrix_words import (
    MOST_TEAMS,
    Measure,
    group_words,
    largest_sentence,
    measure_sentence,
    measure_words,
    shown_matrix,
)

RED, BLUE = (Group(PartyKind.EMPLOYEE, name) for name in ("Red", "Blue"))
SHORE, MILL = Group(PartyKind.END_CUSTOMER, ""), Group(PartyKind.EXTERNAL_SUPPLIER, "")


def small(scores=None, **yields) -> TeamMatrix:
    """mill -> Red -> Red -> Blue -> client; a hand-off without a yield is one nobody rated."""
    given = {"paper": None, "inside": 0.9, "spec": 0.5, "part": 0.8} | yields
    chain = Chain.from_records(
        [
            Party("mill", "Mill", PartyKind.EXTERNAL_SUPPLIER, capacity=1.0),
            Party("a", "Ann", team="Red"), Party("b", "Bob", team="Red"), Party("c", "Cid", team="Blue"),
            Party("end", "Client", PartyKind.END_CUSTOMER),
        ],
        [
            HandOff("mill", "a", "paper", given_yield=given["paper"]),
            HandOff("a", "b", "inside", given_yield=given["inside"]),
            HandOff("b", "c", "spec", given_yield=given["spec"]),
            HandOff("c", "end", "part", given_yield=given["part"]),
        ],
    )  # fmt: skip
    return team_matrix(find_bottlenecks(chain, organization="Acme"), scores)


def many(teams: int) -> TeamMatrix:
    """A chain of one person a team; the later, the more is lost."""
    parties = [Party(f"p{one}", f"P {one}", team=f"Team {one:03d}") for one in range(teams)]
    handoffs = [HandOff(f"p{one}", f"p{one + 1}", given_yield=0.9) for one in range(teams - 1)]
    end = Party("end", "Client", PartyKind.END_CUSTOMER)
    last = HandOff(f"p{teams - 1}", "end", given_yield=0.5)
    chain = Chain.from_records([*parties, end], [*handoffs, last])
    return team_matrix(find_bottlenecks(chain, organization="Acme"))


def rows(matrix, measure, *, released=False):
    shown = shown_matrix(matrix, measure, released=released)
    return {row.name: {cell.column: cell for cell in row.cells} for row in shown.rows}


def test_cells_say_what_is_lost_arrives_and_is_handed_over():
    lost = rows(small(), Measure.LOSS)
    assert lost["External suppliers"]["Red"].words.startswith("≈ ")
    assert lost["External suppliers"]["Red"].is_assumed
    assert lost["Red"]["Red"].look.startswith("amount-")
    assert lost["Red"]["End customers"].look == "none"
    arrives = rows(small(), Measure.YIELD)
    assert (arrives["Red"]["Blue"].words, arrives["Red"]["Blue"].look) == ("50", "band-1")
    assert (arrives["Blue"]["End customers"].words, arrives["Blue"]["End customers"].look) == ("80", "band-3")
    assert arrives["External suppliers"]["Red"].words == "not rated"
    assert rows(small(), Measure.YIELD, released=True)["External suppliers"]["Red"].words == "not shown"
    flows = rows(small(), Measure.FLOW)
    assert flows["External suppliers"]["Red"].words == "1.00"
    assert not flows["External suppliers"]["Red"].is_assumed  # what is handed over is structure


@pytest.mark.parametrize("measure", [Measure.LOSS, Measure.FLOW])
@pytest.mark.parametrize("make", [small, lambda: many(60)])
def test_sums_are_those_of_what_is_shown(measure, make):
    shown = shown_matrix(make(), measure, released=False)
    number = {row.name: [float(cell.words.replace("≈", "") or 0) for cell in row.cells] for row in shown.rows}
    for row in shown.rows:
        assert sum(number[row.name]) == pytest.approx(float(row.total), abs=1e-9)
    for place, total in enumerate(shown.totals):
        assert sum(row[place] for row in number.values()) == pytest.approx(float(total.words), abs=1e-9)
    assert sum(float(row.total) for row in shown.rows) == pytest.approx(float(shown.total), abs=1e-9)
    assert shown.has_sums


def test_scores_stand_from_ten_answers_on_and_releases_as_they_were_published():
    few = Score("6", 9.0, nps=NetPromoterScore.of_scores([9] * 6))
    enough = Score("10", 5.0, nps=NetPromoterScore.of_scores([3] * 10))
    said = rows(small({(RED, BLUE): few, (BLUE, SHORE): enough}), Measure.NPS)
    assert said["Red"]["Blue"].words == "under 10 answers"
    assert (said["Blue"]["End customers"].words, said["Blue"]["End customers"].look) == ("−100", "band-0")
    released = {
        (RED, BLUE): Score("8-12", 5.0, released_nps=90),
        (RED, RED): Score("8-12", 5.0, released_nps=-30),
        (BLUE, SHORE): Score("5-7", 5.0),
    }
    said = rows(small(released), Measure.NPS, released=True)
    assert (said["Red"]["Blue"].words, said["Red"]["Red"].words) == ("+90 or more", "−30")
    assert said["Blue"]["End customers"].words == "not shown"
    shown = shown_matrix(small(released), Measure.NPS, released=True)
    assert (shown.has_sums, shown.has_hidden, shown.total) == (False, True, "–")


def test_the_largest_loss_between_teams_is_said_and_a_larger_one_inside_a_team():
    assert "from Red to Blue" in largest_sentence(small())
    assert "inside" not in largest_sentence(small())
    assert "More is lost inside Red" in largest_sentence(small(inside=0.05))
    nothing = small(inside=None, spec=None, part=None)
    assert "cannot be said yet" in largest_sentence(nothing)
    empty = Chain.from_records([Party("a", "Ann", team="Red")], [])
    found = team_matrix(find_bottlenecks(empty, organization="Acme"))
    assert largest_sentence(found) == "No team hands anything to another one yet."


def test_very_many_teams_are_cut_to_those_that_lose_most_and_sums_stay():
    matrix = many(100)
    assert cut_matrix(matrix, 100) == (matrix, 0)
    cut, put_together = cut_matrix(matrix, MOST_TEAMS)
    assert put_together == 100 - MOST_TEAMS
    rest = Group(PartyKind.EMPLOYEE, OTHERS)
    kept = [group for group in cut.groups if group.kind == PartyKind.EMPLOYEE]
    assert len(kept) == MOST_TEAMS + 1
    assert kept[-1] == rest
    assert sum(cell.lost for cell in cut.cells.values()) == pytest.approx(matrix.lost)
    assert sum(cell.handoffs for cell in cut.cells.values()) == 100
    assert sum(margin.lost for margin in cut.rows) == pytest.approx(matrix.lost)
    together = cut.cells[rest, rest]
    assert together.yield_ == pytest.approx(0.9)
    assert group_words(rest) == "All other teams"
    assert Group(PartyKind.EMPLOYEE, "Team 099") in kept  # it loses most
    with pytest.raises(ValueError, match="at least one"):
        cut_matrix(matrix, 0)
    shown = shown_matrix(matrix, Measure.LOSS, released=False)
    assert shown.put_together == put_together
    by_look = {cell.look: row.name for row in shown.rows for cell in row.cells if row.name != "All other teams"}
    assert by_look["amount-4"] == "Team 099"  # what is put together does not make the largest one pale


def test_every_measure_and_group_has_words():
    assert len({measure_words(measure) for measure in Measure} | {measure_sentence(one) for one in Measure}) == 8
    assert [group_words(one) for one in (SHORE, MILL, Group(PartyKind.EMPLOYEE, ""))] == [
        "End customers", "External suppliers", "People without a team",
    ]  # fmt: skip


def test_the_file_has_every_cell_and_guards_names():
    chain = Chain.from_records(
        [Party("a", "Ann", team="=cmd"), Party("c", "C", PartyKind.END_CUSTOMER)], [HandOff("a", "c", given_yield=0.5)]
    )
    file = matrix_csv(team_matrix(find_bottlenecks(chain, organization="Acme")), "Acme")
    assert file.filename == "matrix-acme.csv"
    read = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert list(read[0]) == list(MATRIX_FIELDS)
    assert (read[0]["supplier_team"], read[0]["yield"], read[0]["mean_score"]) == ("'=cmd", "0.5", "")
