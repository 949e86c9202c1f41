"""How many have answered an open round: in coarse steps and never by name, for those who run it."""

from __future__ import annotations

from dataclasses import dataclass

from chainmap.access import Operator, User, require
from chainmap.domain.response import Band, response_by_group
from chainmap.domain.roles import Action
from chainmap.models import Ask, Round
from chainmap.services.answers import answers_find
from chainmap.services.structure import structure_of


@dataclass(frozen=True, slots=True)
class TeamResponse:
    """The response of one team, or of several small ones together."""

    names: tuple[str, ...]
    band: Band


@dataclass(frozen=True, slots=True)
class Response:
    """Nobody is counted twice; empty where too few are asked to tell anything."""

    groups: tuple[TeamResponse, ...]


def response_find(*, actor: User | Operator, round: Round) -> Response:
    """The response so far; of a round that is not open there is none to tell."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    if round.state != Round.State.OPEN:
        return Response(())
    names = structure_of(round=round).names
    asks = list(Ask.objects.filter(round=round).values_list("pk", "rater_id", "rater_team"))
    stored = answers_find(round=round, asks=[ask for ask, *_ in asks])
    team_of = {rater: team for _ask, rater, team in asks}
    answered = {rater for ask, rater, _team in asks if ask in stored and stored[ask].card.answered}
    counts = dict.fromkeys(team_of.values(), (0, 0))
    for rater, team in team_of.items():
        counts[team] = (counts[team][0] + 1, counts[team][1] + (rater in answered))
    found = response_by_group(counts)
    return Response(tuple(TeamResponse(tuple(names.get(key, key) for key in one.teams), one.band) for one in found))
