"""Team by team: all cells together are the loss of the organization."""

from __future__ import annotations

import pytest
from hypothesis import given

from chainmap.domain.bottlenecks import find_bottlenecks, find_team_bottlenecks
from chainmap.domain.records import PartyKind, Rating
from chainmap.domain.reports import Score
from chainmap.domain.team_matrix import Group, team_matrix
from tests.domain.chains import chain_of, random_chains

RED, BLUE = Group(PartyKind.EMPLOYEE, "Red"), Group(PartyKind.EMPLOYEE, "Blue")
SHORE = Group(PartyKind.END_CUSTOMER, "")


def found(chain):
    return find_bottlenecks(chain, organization="Acme")


def test_cells_are_summed_over_people_and_weighted_by_flow():
    """a1 and a2 (Red) hand 1 each to b (Blue) at .5 and .9: 2 flow, .6 is lost, the yield is .7."""
    chain = chain_of("a1>b y=.5", "a2>b y=.9", "b>C y=.5", teams={"a1": "Red", "a2": "Red", "b": "Blue"})
    said = {(RED, BLUE): Score("2", 7.0)}
    matrix = team_matrix(found(chain), said)
    cell = matrix.cells[RED, BLUE]
    assert (cell.flow, cell.lost, cell.yield_) == pytest.approx((2, 0.6, 0.7))
    assert cell.handoffs == 2
    assert cell.score == said[RED, BLUE]
    assert matrix.cells[BLUE, SHORE].flow == pytest.approx(2.4)
    assert list(matrix.suppliers) == [BLUE, RED]
    assert list(matrix.customers) == [BLUE, SHORE]
    assert (RED, SHORE) not in matrix.cells


def test_what_nobody_rated_has_no_yield_but_is_counted():
    chain = chain_of("a>b", "b>C", teams={"a": "Red", "b": "Blue"}, ratings=(Rating("b", "C", 5),))
    cell = team_matrix(found(chain)).cells[RED, BLUE]
    assert (cell.handoffs, cell.assumed, cell.yield_) == (1, 1, None)
    assert cell.lost == pytest.approx(0.5)


def test_without_any_rating_the_shape_alone_is_told():
    matrix = team_matrix(found(chain_of("a>b", "b>C", teams={"a": "Red", "b": "Blue"})))
    assert (matrix.cells[RED, BLUE].handoffs, matrix.cells[RED, BLUE].flow, matrix.lost) == (1, None, None)


def test_people_without_a_team_outside_suppliers_and_customers_are_a_group_each():
    matrix = team_matrix(found(chain_of("ext1>a y=.5", "ext2>a y=.5", "a>b y=.5", "b>C y=1", "b>D y=1")))
    kinds = [(group.kind.value, group.team) for group in matrix.groups]
    assert kinds == [("external_supplier", ""), ("employee", ""), ("end_customer", "")]
    assert matrix.cells[matrix.groups[0], matrix.groups[1]].handoffs == 2


@given(random_chains(teams=True))
def test_cells_rows_and_columns_add_up_to_the_loss_of_the_organization(chain):
    finding = found(chain)
    matrix = team_matrix(finding)
    if not finding.analysed:
        return
    for part in (matrix.cells.values(), matrix.rows, matrix.columns):
        assert sum(one.lost for one in part) == pytest.approx(finding.lost, abs=1e-9 * max(finding.created, 1))


@given(random_chains(teams=True))
def test_the_matrix_of_people_is_that_of_their_teams(chain):
    """Independent of it: the chain folded to teams and solved."""
    finding = found(chain)
    by_team = find_team_bottlenecks(chain, organization="Acme", stranded="{team}")
    if not finding.analysed or by_team.lost is None:
        return
    names = [party.name for party in by_team.parties]
    if len(set(names)) != len(names) or "(no team)" in names:
        return  # the folding keeps people outside R apart
    one, other = team_matrix(finding), team_matrix(by_team)
    assert {ends: cell.lost for ends, cell in one.cells.items()} == pytest.approx(
        {ends: cell.lost for ends, cell in other.cells.items()}, abs=1e-9 * max(finding.created, 1)
    )
