"""What the pages that compare rounds ask for: which two rounds, what changed, on which map, and files of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from django.db import transaction

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.audit import AuditWhat
from chainmap.domain.chain_map import ChainMap
from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.compared_map import ComparedMap, MapGround, compared_map
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.roles import Action
from chainmap.domain.round_changes import RoundComparison
from chainmap.exports.files import ExportFile
from chainmap.models import Organization, Round
from chainmap.services.audit import audit_write
from chainmap.services.comparing import RoundFigures, comparison_find, rounds_comparable, trend_find
from chainmap.services.kept_once import Same, kept_once
from chainmap.services.maps import map_shown
from chainmap.services.reporting import export_allow
from chainmap.services.round_analysis import round_bottlenecks_find

#: Maps of two rounds kept at a time.
_KEPT = 8


@dataclass(frozen=True, slots=True)
class RoundPair:
    """The rounds one may compare, newest first, and the two that are compared; None where there are not two."""

    rounds: Sequence[Round]
    before: Round | None
    now: Round | None


def pair_find(
    *, actor: User | Operator, organization: Organization, before: int | None = None, now: int | None = None
) -> RoundPair:
    """The two rounds an address names; for what it leaves out the latest ones of one kind.

    Raises NotFound for a stranger and for a number that is none of these rounds, PermissionDenied without the right.
    """
    rounds = rounds_comparable(actor=actor, organization=organization)
    by_number = {round.pk: round for round in rounds}
    if {before, now} - {None} - by_number.keys():
        raise NotFound
    if before is not None and now is not None:
        return RoundPair(rounds, by_number[before], by_number[now])
    pairs = [
        (older, newer)
        for newer, older in combinations(rounds, 2)
        if before in (None, older.pk) and now in (None, newer.pk)
    ]
    if not pairs and before is not None:  # the newest round as the earlier one: against the one before it
        pairs = [(by_number[before], other) for other in rounds if other.pk != before]
    if not pairs and now is not None:
        pairs = [(other, by_number[now]) for other in rounds if other.pk != now]
    pairs.sort(key=lambda pair: _distance(*pair))  # stable: the newest of one kind first
    return RoundPair(rounds, *pairs[0]) if pairs else RoundPair(rounds, None, None)


def _distance(one: Round, other: Round) -> int:
    """0 of one kind, 1 both protected, 2 signed against protected."""
    if one.mode == other.mode and (not one.is_protected or one.k == other.k):
        return 0
    return 1 if one.is_protected == other.is_protected else 2


def compared_find(*, actor: User | Operator, before: Round, now: Round) -> Compared:
    """What changed, as the pages tell it. Raises as ``comparison_find``."""
    found = comparison_find(actor=actor, before=before, now=now)
    return Compared(
        organization=now.organization.name,
        before=_told(found.before),
        now=_told(found.now),
        obstacle=found.obstacle,
        change=found.change,
        nps=found.nps,
        agreements=found.agreements,
        names=found.names,
    )


def compared_map_find(*, actor: User | Operator, compared: Compared, before: Round, now: Round) -> ComparedMap | None:
    """Both on the map of the later round, everybody where that map has them; None where they are not taken apart."""
    if compared.change is None:
        return None
    shown = map_shown(actor=actor, organization=now.organization, round=now)
    earlier = round_bottlenecks_find(actor=actor, round=before)
    return _both(Same(shown.map), Same(shown.finding), Same(earlier), Same(compared.change))


def comparing_views_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    _both.cache_clear()


@kept_once(_KEPT)
def _both(
    shown: Same[ChainMap], now: Same[Bottlenecks], before: Same[Bottlenecks], change: Same[RoundComparison]
) -> ComparedMap:
    """By the very same objects, which are kept as long as the data stay as they are."""
    places = {party.id: (placed.x, placed.y) for party, placed in zip(now.one.parties, shown.one.parties, strict=True)}
    ground = MapGround(
        now=now.one.parties,
        before=before.one.parties,
        places=places,
        team_places={team.name: (team.x, team.y) for team in shown.one.teams},
        by_team=now.one.by_team,
    )
    return compared_map(ground, change.one.handoffs)


def trend_told(*, actor: User | Operator, organization: Organization) -> tuple[ComparedRound, ...]:
    """Every round with results, oldest first. Raises as ``trend_find``."""
    return tuple(_told(figures) for figures in trend_find(actor=actor, organization=organization))


def comparing_allow(*, actor: User | Operator, organization: Organization, of: str, format: str) -> None:
    """Whether one file may be taken; what it is ``of`` is counted, not each of its formats.

    Raises NotFound, PermissionDenied, and TooMany after ten in an hour.
    """
    require(actor, Action.COMPARE, organization)
    report = f"{of} {organization.data_version}"
    export_allow(actor=actor, organization=organization, report=report, file=format)


def comparing_taken(*, actor: User | Operator, organization: Organization, file: ExportFile) -> None:
    """Write down in the audit log that somebody took this file away."""
    with transaction.atomic():
        audit_write(
            organization=organization,
            user=None if isinstance(actor, Operator) else actor,
            what=AuditWhat.REPORT_TAKEN,
            about=file.filename,
        )


def _told(figures: RoundFigures) -> ComparedRound:
    round = figures.round
    return ComparedRound(
        name=round.name,
        closed_on=figures.closed_on,
        mode=round.mode,
        k=round.k,
        chain_yield=figures.chain_yield,
        interval=figures.interval,
        score=figures.score,
        lost=figures.lost,
        created=figures.created,
    )
