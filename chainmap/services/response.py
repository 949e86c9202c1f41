"""How many have answered an open round: in coarse steps and never by name, for those who run it."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.access import Operator, User, require
from chainmap.domain.response import Band, band_of_response, percent_of_response
from chainmap.domain.roles import Action
from chainmap.models import Ask, Round
from chainmap.services.ballots import answered_share
from chainmap.services.structure import structure_of


@dataclass(frozen=True, slots=True)
class TeamResponse:
    """One team, or group without a team."""

    name: str
    band: Band


@dataclass(frozen=True, slots=True)
class Response:
    """``organization``: percent in steps of 10, at most 90 (which stands for more); None where too few are asked."""

    organization: int | None
    teams: tuple[TeamResponse, ...]


def response_find(*, actor: User | Operator, round: Round) -> Response:
    """The response so far; of a round that is not open there is none to tell."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    if round.state != Round.State.OPEN:
        return Response(None, ())
    names = structure_of(round=round).names
    asks = list(Ask.objects.filter(round=round).values_list("pk", "rater_id", "rater_team"))
    share = answered_share(round=round, asks=[(ask, rater) for ask, rater, _team in asks])
    teams = []
    for key in sorted({team for *_, team in asks}, key=lambda key: names.get(key, key)):
        of_team = [(ask, rater) for ask, rater, team in asks if team == key]
        teams.append(TeamResponse(names.get(key, key), band_of_response(*answered_share(round=round, asks=of_team))))
    return Response(percent_of_response(*share), tuple(teams))
