"""A finding as a map in which everybody stands where the organization's own map has them."""

from __future__ import annotations

from chainmap.domain.chain_map import ChainMap, chain_map
from chainmap.domain.findings import Bottlenecks
from chainmap.models import MapPlace, Organization, Team


def map_placed(*, organization: Organization, finding: Bottlenecks) -> ChainMap:
    """The map of a finding, everybody where the organization's own map has them. Three queries."""
    if finding.by_team:
        return chain_map(finding)
    rows = MapPlace.objects.filter(organization=organization)
    by_key = {party: (x, y) for party, x, y in rows.filter(team=None).values_list("party_id", "x", "y")}
    by_team = {team: (x, y) for team, x, y in rows.filter(party=None).values_list("team__name", "x", "y")}
    return chain_map(
        finding,
        places={party.id: by_key[party.key] for party in finding.parties if party.key in by_key},
        team_places=by_team,
        team_ids=dict(Team.objects.filter(organization=organization).order_by("pk").values_list("name", "pk")),
    )
