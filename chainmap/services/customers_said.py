"""What customers say of one person's work, or of a team's: only what this reader may see of it anyway.

It stands beside a self-assessment. The two are different questions, so they are shown side by side and never
subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chainmap.access import User
from chainmap.domain.cells import Table
from chainmap.domain.findings import Basis, Bottlenecks
from chainmap.domain.icare import CareProfile, find_care_profile
from chainmap.domain.moments import MomentBalance, find_moment_balance
from chainmap.domain.release import CellState, ReleasedCell
from chainmap.domain.solver import SolverError
from chainmap.models import HandOff, Organization, Party, Round, Team
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.group_figures import team_group
from chainmap.services.published import published_find
from chainmap.services.results import own_results_find
from chainmap.services.rounds import latest_published
from chainmap.services.scores import ScoreSeen, scores_find


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What customers said of the hand-offs one person gives.

    ``mean`` is over the last score of each hand-off and rater, ``scores`` of them; I-CARE and moments are over all
    ``answers`` the reader may see. ``cell``: what was released about this person of the last anonymous round.
    """

    mean: float | None  # 0..10; None where there is no score
    scores: int
    answers: int
    care: CareProfile
    moments: MomentBalance
    cell: ReleasedCell | None = None
    round_name: str = ""  # of the cell

    @property
    def is_known(self) -> bool:
        return self.mean is not None or self.cell is not None


@dataclass(frozen=True, slots=True)
class TeamSaid:
    """What customers said of a team: the cell of the last protected round, or what open ratings say of its yield.

    ``yield_``: of what the team puts into hand-offs to others that were rated, the share that survives, 0..1, weighted
    by the flow of value; ``ratings`` of them. Exactly one of ``cell`` and ``yield_`` is set.
    """

    cell: ReleasedCell | None = None
    round_name: str = ""
    yield_: float | None = None
    ratings: int = 0


def person_said(*, user: User, party: Party) -> PersonSaid:
    """What customers say of the hand-offs of ``party``, who is the user. The queries do not grow with their number."""
    handoffs = HandOff.objects.filter(organization=party.organization, supplier=party).values_list("pk", flat=True)
    seen = scores_find(user=user, handoffs=handoffs)
    last: dict[tuple[int, int], ScoreSeen] = {
        (handoff, one.rater): one for handoff, told in seen.items() for one in told
    }  # oldest first: the last one stays
    cards = [one.card for told in seen.values() for one in told]
    cell, round_name = _own_cell(user, party.organization)
    return PersonSaid(
        mean=sum(one.score for one in last.values()) / len(last) if last else None,
        scores=len(last),
        answers=len(cards),
        care=find_care_profile(card.care for card in cards),
        moments=find_moment_balance(card.moment for card in cards),
        cell=cell,
        round_name=round_name,
    )


def teams_said(*, user: User, organization: Organization, teams: Iterable[Team]) -> Mapping[int, TeamSaid]:
    """Number of a team -> what customers said of it; a team of which nothing can be told is left out.

    A team whose cell of the last protected round is shown gets that; any other what open rounds say, if they do.
    """
    listed = list(teams)
    if not listed:
        return {}
    found: dict[int, TeamSaid] = {}
    cells, round_name = _team_cells(user, organization)
    for team in listed:
        cell = cells.get(team_group(team.pk))
        if cell is not None:
            found[team.pk] = TeamSaid(cell=cell, round_name=round_name)
    if len(found) < len(listed):
        yields = _yields(user, organization)
        found |= {team.pk: yields[team.name] for team in listed if team.pk not in found and team.name in yields}
    return found


def team_yields(finding: Bottlenecks) -> dict[str, TeamSaid]:
    """Name of a team -> its yield towards others, from a finding by team; teams nobody rated are left out."""
    team_of = {party.id: party.team for party in finding.parties if party.team}
    put: dict[str, float] = {}
    lost: dict[str, float] = {}
    ratings: dict[str, int] = {}
    for handoff in finding.handoffs:
        team = team_of.get(handoff.supplier)
        is_inside = team == team_of.get(handoff.customer)
        if team is None or is_inside or handoff.basis == Basis.ASSUMED or not handoff.ratings or not handoff.flow:
            continue
        put[team] = put.get(team, 0.0) + handoff.flow
        lost[team] = lost.get(team, 0.0) + (handoff.lost or 0.0)
        ratings[team] = ratings.get(team, 0) + handoff.ratings
    return {team: TeamSaid(yield_=1 - lost[team] / flow, ratings=ratings[team]) for team, flow in put.items()}


def _own_cell(user: User, organization: Organization) -> tuple[ReleasedCell | None, str]:
    """The user's own cell of the last anonymous round; of a pair round they have seen the answers themselves."""
    latest = latest_published(actor=user, organization=organization)
    if latest is None or latest.mode != Round.Mode.ANONYMOUS:
        return None, ""
    own = own_results_find(actor=user, round=latest)
    if own is None or own.cell is None or own.cell.state != CellState.SHOWN:
        return None, ""
    return own.cell, latest.name


def _team_cells(user: User, organization: Organization) -> tuple[dict[object, ReleasedCell], str]:
    latest = latest_published(actor=user, organization=organization)
    if latest is None:
        return {}, ""
    cells = published_find(actor=user, round=latest).cells
    shown = [cell for cell in cells if cell.table == Table.SUPPLIER_TEAM and cell.state == CellState.SHOWN]
    return {cell.key[0]: cell for cell in shown}, latest.name


def _yields(user: User, organization: Organization) -> dict[str, TeamSaid]:
    try:
        return team_yields(bottlenecks_find(actor=user, organization=organization, by_team=True))
    except SolverError:  # the chain's own page says so
        return {}
