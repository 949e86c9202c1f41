"""The chain map of an organization, and where everybody stands on it.

How positions stay where they are, without a page that is only looked at ever writing anything:

- The layout is a function of the chain's parties, teams, hand-offs and volumes. Nothing that is rated moves anybody, so
  from round to round everybody stands where they stood, stored or not.
- When a round or a workshop opens, or somebody who may arrange the map drags the first party, the places of all are
  stored as computed at that moment. From then on nobody moves by themselves, whatever is added or taken out.
- Who is added after that is placed among the others by a rule that depends on the kept places and the chain alone: the
  same free place at every look. It is stored at the next of those moments.
- Two coaches who drag at the same time: each sends what they dragged and nothing else, so of one party the last one
  wins, and nobody touches what the other dragged.

The map of a protected round shows the groups of its release. Nobody arranges it: it is computed from that alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, Operator, User, require
from chainmap.domain.chain_map import ChainMap, Place, chain_map
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.models import MapPlace, Organization, Party, Release, Round, Team
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.kept_once import kept_once
from chainmap.services.round_analysis import round_bottlenecks_find

#: Places one request may send.
MOST_PLACES = 5_000
#: No place lies further from the corner than this, in units of the map: room for 3,000 columns.
FARTHEST = 1_000_000.0
#: Maps kept at a time; 5,000 hand-offs take about 3 MB.
_KEPT = 8


class MapProblem(Exception):  # noqa: N818 - said to people
    """Places that cannot be kept; ``str()`` says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class MovedPlace:
    """A party or a team that somebody dragged to (x, y), in units of the map. Exactly one of the two is given."""

    x: float
    y: float
    party: int | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True)
class MapShown:
    """A map and the finding it is read from."""

    map: ChainMap
    finding: Bottlenecks


def map_find(*, actor: User | Operator, organization: Organization, round: Round | None = None) -> ChainMap:
    """The map of the whole organization, or of one closed round. Kept like the findings of ``services/analysis.py``.

    Raises NotFound for a stranger and for a round without results, PermissionDenied without the right, SolverError as
    the analysis does.
    """
    return map_shown(actor=actor, organization=organization, round=round).map


def map_shown(*, actor: User | Operator, organization: Organization, round: Round | None = None) -> MapShown:
    """As ``map_find``, with the finding: one look at both, so that they are of the same data."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    if round is None:
        finding = bottlenecks_find(actor=actor, organization=organization)
    else:
        finding = round_bottlenecks_find(actor=actor, round=round)
    kept = _Kept() if finding.by_team else _kept_places(organization)
    return MapShown(_map(_Same(finding), kept), finding)


def map_sources(*, actor: User | Operator, organization: Organization) -> list[Round]:
    """The rounds that have a map of their own, newest first. One query."""
    require(actor, Action.SEE_ROUNDS, organization)
    released = Release.objects.filter(round=OuterRef("pk"))
    is_closed = Q(state=Round.State.CLOSED)
    by_person = Q(mode=Round.Mode.OPEN) & (is_closed | Q(version__gt=1))
    by_team = ~Q(mode=Round.Mode.OPEN) & (
        Exists(released.filter(version=OuterRef("version"))) | (~is_closed & Exists(released))
    )
    found = Round.objects.filter(organization=organization).filter(by_person | by_team)
    return list(found.order_by(F("closed_on").desc(nulls_last=True), "-pk"))


def map_places_keep(*, actor: User | Operator, organization: Organization, places: Sequence[MovedPlace]) -> int:
    """Store where parties and teams were dragged to, and with it the place of everybody who has none yet.

    Returns how many were dragged. Where one is given twice the last one counts. Raises NotFound for a stranger,
    PermissionDenied for whoever may not arrange the map, and MapProblem for more than ``MOST_PLACES``, a place that is
    no place, or somebody who is not in this organization: then nothing is stored.
    """
    require(actor, Action.ARRANGE_MAP, organization)
    if len(places) > MOST_PLACES:
        raise MapProblem(
            _("%(count)s places came at once, and %(most)s can be kept. Move fewer at a time.")
            % {"count": len(places), "most": MOST_PLACES}
        )
    moved = {(place.party, place.team): place for place in map(_checked, places)}
    with transaction.atomic():
        # one at a time: what the first one stores for everybody else must not collide
        Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
        stored = {(row.party_id, row.team_id): row for row in MapPlace.objects.filter(organization=organization)}
        _require_own(organization, moved, stored)
        rows = _computed(actor, organization, stored)
        changed = []
        for key, place in moved.items():
            row = stored.get(key) or rows.setdefault(
                key, MapPlace(organization=organization, party_id=place.party, team_id=place.team)
            )
            row.x, row.y, row.is_moved = place.x, place.y, True
            if row.pk is not None:
                changed.append(row)
        MapPlace.objects.bulk_create(rows.values(), batch_size=500)
        MapPlace.objects.bulk_update(changed, ["x", "y", "is_moved"], batch_size=500)
    return len(moved)


def map_places_fix(*, organization: Organization) -> None:
    """Store the place of everybody who has none yet: when a round or a workshop opens, so that they stay afterwards.

    Only once the opening is certain: findings are kept by data version, and must not be of data that were taken back.
    Nothing is stored where the chain cannot be solved: opening matters more than places.
    """
    transaction.on_commit(partial(_places_fix, organization), robust=True)


def map_places_reset(*, actor: User | Operator, organization: Organization) -> None:
    """Forget every place that was kept: the whole map is laid out anew.

    Raises NotFound for a stranger, PermissionDenied for whoever may not arrange the map.
    """
    require(actor, Action.ARRANGE_MAP, organization)
    with transaction.atomic():
        Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
        MapPlace.objects.filter(organization=organization).delete()


def _places_fix(organization: Organization) -> None:
    with suppress(SolverError):
        fresh = Organization.objects.get(pk=organization.pk)
        map_places_keep(actor=OPERATOR, organization=fresh, places=())


# ---- what is kept


@dataclass(frozen=True, slots=True)
class _Kept:
    """The places of an organization as one value that can be compared: number of the row's party or team, x, y."""

    parties: tuple[tuple[int, float, float], ...] = ()
    teams: tuple[tuple[str, float, float], ...] = ()
    team_ids: tuple[tuple[str, int], ...] = ()


class _Same:
    """A finding as a key: the very same object, which the analysis keeps as long as the data stay as they are."""

    def __init__(self, finding: Bottlenecks) -> None:
        self.finding = finding

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.finding is self.finding

    def __hash__(self) -> int:
        return id(self.finding)


def _kept_places(organization: Organization) -> _Kept:
    """Two queries."""
    rows = MapPlace.objects.filter(organization=organization).order_by("pk")
    listed = list(rows.values_list("party_id", "team__name", "x", "y"))
    teams = Team.objects.filter(organization=organization).order_by("pk").values_list("name", "pk")
    return _Kept(
        parties=tuple((party, x, y) for party, _team, x, y in listed if party is not None),
        teams=tuple((team, x, y) for party, team, x, y in listed if party is None),
        team_ids=tuple(teams),
    )


@kept_once(_KEPT)
def _map(same: _Same, kept: _Kept) -> ChainMap:
    finding = same.finding
    by_key = {party: (x, y) for party, x, y in kept.parties}
    places: Mapping[str, Place] = {
        party.id: by_key[party.key] for party in finding.parties if not finding.by_team and party.key in by_key
    }
    return chain_map(
        finding,
        places=places,
        team_places={team: (x, y) for team, x, y in kept.teams},
        team_ids=dict(kept.team_ids),
    )


def _computed(
    actor: User | Operator, organization: Organization, stored: Mapping[tuple[int | None, int | None], MapPlace]
) -> dict[tuple[int | None, int | None], MapPlace]:
    """Rows for everybody who has no place yet, where the map of today shows them; nothing for a folded team.

    A team folds to the mean of its members, and goes on doing so until somebody drags it.
    """
    found = map_find(actor=actor, organization=organization)
    known = set(Party.objects.filter(organization=organization).values_list("pk", flat=True))
    return {
        (party.id, None): MapPlace(organization=organization, party_id=party.id, x=party.x, y=party.y)
        for party in found.parties
        if (party.id, None) not in stored and party.id in known
    }


# ---- what was sent


def _checked(place: MovedPlace) -> MovedPlace:
    if (place.party is None) == (place.team is None):
        raise MapProblem(_("A place belongs to one party or to one team. Reload the page and move it again."))
    if not (math.isfinite(place.x) and math.isfinite(place.y)):
        raise MapProblem(_("A place needs two numbers, from the left and from above. Move it again."))
    if max(abs(place.x), abs(place.y)) > FARTHEST:
        raise MapProblem(_("That is too far out: nobody would find it again. Move it nearer to the others."))
    return place


def _require_own(
    organization: Organization,
    moved: Mapping[tuple[int | None, int | None], MovedPlace],
    stored: Mapping[tuple[int | None, int | None], MapPlace],
) -> None:
    """Raise MapProblem where a party or team is not of this organization: gone, or never there."""
    fresh = [key for key in moved if key not in stored]
    parties = {party for party, _team in fresh if party is not None}
    teams = {team for _party, team in fresh if team is not None}
    here = set(Party.objects.filter(organization=organization).values_list("pk", flat=True)) if parties else set()
    teams_here = set(Team.objects.filter(organization=organization).values_list("pk", flat=True)) if teams else set()
    if parties - here or teams - teams_here:
        raise MapProblem(_("Somebody you moved is not in this chain any more. Reload the page and move them again."))
