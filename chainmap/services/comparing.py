"""One round against another, all rounds as a trend, and the matrix of teams: open rounds by person, else by release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.agreement_pairs import PairScores, PairsEffect
from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.cells import Table
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.intervals import Interval
from chainmap.domain.nps import Change, find_change
from chainmap.domain.records import PartyKind
from chainmap.domain.release import CellState
from chainmap.domain.report_parts import released_score, score_of
from chainmap.domain.reports import Score
from chainmap.domain.roles import Action
from chainmap.domain.round_changes import RoundComparison, compare_rounds
from chainmap.domain.team_matrix import Group, TeamMatrix, group_of, team_matrix
from chainmap.domain.told_agreements import told_effect
from chainmap.domain.uncertainty import DeliveredUncertainty, find_delivered_uncertainty
from chainmap.models import Agreement, Organization, Rating, Round
from chainmap.services.kept_once import kept_once
from chainmap.services.maps import map_sources
from chainmap.services.releases import release_of, release_table
from chainmap.services.round_analysis import round_analysis_find, round_bottlenecks_find
from chainmap.services.snapshots import chain_snapshot
from chainmap.services.structure import structure_of

#: Rounds in a trend, the latest ones.
MOST_ROUNDS = 24
#: Pairs in each of the two groups before anything is said of what agreements did: as for counting them.
LEAST_PAIRS = 6
_KEPT = 32
#: Comparisons kept at a time; each keeps two analyses.
_KEPT_CHANGES = 8


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """One round of a trend. ``interval``: of the chain yield, 90 %; None where only a release is known."""

    round: Round
    closed_on: date | None
    chain_yield: float | None  # 0..1
    interval: Interval | None
    score: Score  # of everything that was answered
    lost: float | None
    created: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rounds of one organization. ``obstacle``: why they are not compared hand-off by hand-off, else "".

    obstacles: ``modes`` one is signed by person and the other released by team; ``unrated`` one has nothing to go by.
    """

    before: RoundFigures
    now: RoundFigures
    by_team: bool
    obstacle: str
    change: RoundComparison | None
    nps: Change | None  # with its interval; None where a score is released, or where there are too few answers
    agreements: PairsEffect | None  # coarse; None where too few pairs, where one could tell which, or not signed
    names: Mapping[str, str]  # id of a party -> its name, of either round
    finding: Bottlenecks  # of the later round


def rounds_comparable(*, actor: User | Operator, organization: Organization) -> list[Round]:
    """The rounds with results, newest first. Raises NotFound for a stranger, PermissionDenied without the right."""
    require(actor, Action.COMPARE, organization)
    return map_sources(actor=actor, organization=organization)


def comparison_find(*, actor: User | Operator, before: Round, now: Round) -> Comparison:
    """What changed from one round to another; the earlier one is seen on the chain of its own day.

    Raises NotFound for a stranger, for rounds of two organizations, for a round against itself, and for one without
    results; PermissionDenied without the right; SolverError as the analyses do.
    """
    require(actor, Action.COMPARE, now.organization)
    if before.organization_id != now.organization_id or before.pk == now.pk:
        raise NotFound
    findings = [round_bottlenecks_find(actor=actor, round=each) for each in (before, now)]
    first, second = (_figures(actor, each) for each in (before, now))
    mixed = before.is_protected != now.is_protected
    change = None if mixed else _change(actor, before, now)
    is_signed = not before.is_protected and not now.is_protected
    return Comparison(
        before=first,
        now=second,
        by_team=now.is_protected,
        obstacle="modes" if mixed else "" if change is not None else "unrated",
        change=change,
        nps=_nps_change(first.score, second.score),
        agreements=_agreements(before, now) if is_signed and change is not None else None,
        names={party.id: party.name for finding in findings for party in finding.parties},
        finding=findings[1],
    )


def trend_find(*, actor: User | Operator, organization: Organization) -> tuple[RoundFigures, ...]:
    """Every round with results, oldest first, at most the latest ``MOST_ROUNDS``. Raises as rounds_comparable."""
    rounds = rounds_comparable(actor=actor, organization=organization)[:MOST_ROUNDS]
    return tuple(_figures(actor, each) for each in reversed(rounds))


def round_figures_find(*, actor: User | Operator, round: Round) -> RoundFigures:
    """One round of that trend. Raises as rounds_comparable, NotFound for a round without results, SolverError."""
    require(actor, Action.COMPARE, round.organization)
    return _figures(actor, round)


def team_matrix_find(*, actor: User | Operator, round: Round) -> TeamMatrix:
    """Who hands over to whom team by team, by one round. Raises as comparison_find."""
    require(actor, Action.COMPARE, round.organization)
    finding = round_bottlenecks_find(actor=actor, round=round)
    scores = _released_scores(round) if round.is_protected else _signed_scores(round, finding)
    return team_matrix(finding, scores)


def comparing_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    for kept in (_then, _changed, _delivered):
        kept.cache_clear()


# ---- one round


def _figures(actor: User | Operator, round: Round) -> RoundFigures:
    analysis = _analysis(actor, round)
    flow = analysis.flow
    known = None if flow is None or not flow.created else flow
    sure = None if known is None or round.is_protected else _delivered(analysis)
    return RoundFigures(
        round=round,
        closed_on=round.closed_on,
        chain_yield=None if known is None else known.delivered / known.created,
        interval=None if sure is None or known is None else _of_created(sure.interval, known.created),
        score=_score(round),
        lost=None if known is None else known.total_lost,
        created=float(analysis.chain.capacity.sum()),
    )


def _analysis(actor: User | Operator, round: Round) -> Analysis:
    """Of a protected round by its release, of the latest signed one as its page has it, of others as it was then."""
    if round.is_protected or _is_latest(round):
        return round_analysis_find(actor=actor, round=round)
    return _as_it_was(round)


@kept_once(_KEPT)
def _delivered(analysis: Analysis) -> DeliveredUncertainty | None:
    return find_delivered_uncertainty(analysis)


def _of_created(interval: Interval, created: float) -> Interval:
    return Interval(interval.low / created, interval.high / created)


def _score(round: Round) -> Score:
    if not round.is_protected:
        return score_of(list(_ratings(round).values_list("score", flat=True)))
    release = release_of(round=round)
    return Score("") if release is None else released_score(release_table(release).cell(Table.ORGANIZATION))


def _ratings(round: Round) -> QuerySet[Rating]:
    return Rating.objects.in_open_rounds().filter(round=round)


# ---- two rounds


def _change(actor: User | Operator, before: Round, now: Round) -> RoundComparison | None:
    """Protected rounds team by team, from their releases alone; signed ones hand-off by hand-off."""
    return _changed(_analysis(actor, before), _analysis(actor, now), now.is_protected)


@kept_once(_KEPT_CHANGES)
def _changed(before: Analysis, now: Analysis, by_ends: bool) -> RoundComparison | None:
    """By the very same analyses, which are kept as long as the data stay as they are."""
    return compare_rounds(before, now, by_ends=by_ends)


def _is_latest(round: Round) -> bool:
    """Whether no other signed round closed after it: its page shows the chain of today, and so does this."""
    if round.closed_on is None:
        return True
    later = Round.objects.filter(organization=round.organization_id, mode=Round.Mode.OPEN, state=Round.State.CLOSED)
    return not later.filter(closed_on__gt=round.closed_on).exists()


def _as_it_was(round: Round) -> Analysis:
    organization = round.organization
    return _then(round, organization.data_version, organization.kappa)


@kept_once(_KEPT)
def _then(round: Round, _version: int, kappa: float) -> Analysis:
    return analyse(chain_snapshot(organization=round.organization, round=round, as_it_was=True), kappa=kappa)


def _nps_change(before: Score, now: Score) -> Change | None:
    return None if before.nps is None or now.nps is None else find_change(before.nps, now.nps)


def _agreements(before: Round, now: Round) -> PairsEffect | None:
    """Receivers who rated the same hand-off in both rounds, split by whether the two agreed in between.

    Which pairs agreed is theirs alone: both groups are as large as a count of agreements must be, and what is told is
    so coarse that each pair could be in either (``domain/told_agreements.py``).
    """
    if before.closed_on is None or now.closed_on is None:
        return None
    scores = [_by_receiver(each) for each in (before, now)]
    both = scores[0].keys() & scores[1].keys()
    begin, end = (_day_after(each.closed_on) for each in (before, now) if each.closed_on is not None)
    agreed = set(
        Agreement.objects.filter(
            handoff__organization=now.organization_id,
            state__in=[Agreement.State.AGREED, Agreement.State.ENDED],
            made_at__gte=begin,
            made_at__lt=end,
        ).values_list("handoff_id", flat=True)
    )
    pairs = [PairScores(scores[0][key], scores[1][key], agreed=key[0] in agreed) for key in sorted(both)]
    counts = sum(1 for pair in pairs if pair.agreed)
    if min(counts, len(pairs) - counts) < LEAST_PAIRS:
        return None
    return told_effect(pairs)


def _by_receiver(round: Round) -> dict[tuple[int, int], float]:
    rows = _ratings(round).order_by("given_on", "pk").values_list("handoff_id", "rater_id", "score")
    return {(handoff, rater): score for handoff, rater, score in rows}


def _day_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


# ---- the matrix


def _signed_scores(round: Round, finding: Bottlenecks) -> dict[tuple[Group, Group], Score]:
    """What receivers said, by the team of whoever gave it and of whoever received it."""
    groups = {party.key: group_of(party) for party in finding.parties}
    rows = _ratings(round).filter(handoff__is_removed=False, handoff__is_claim=False)
    said: dict[tuple[Group, Group], list[float]] = {}
    for supplier, customer, score in rows.values_list("handoff__supplier_id", "handoff__customer_id", "score"):
        said.setdefault((groups[supplier], groups[customer]), []).append(score)
    return {ends: score_of(scores) for ends, scores in said.items()}


def _released_scores(round: Round) -> dict[tuple[Group, Group], Score]:
    release = release_of(round=round)
    if release is None:
        return {}
    structure = structure_of(round=round)
    names, kinds = structure.names, {str(party.key): party.kind for party in structure.parties}
    groups = {key: Group(kind, names[key] if kind == PartyKind.EMPLOYEE else "") for key, kind in kinds.items()}
    shown = [
        cell
        for cell in release_table(release).cells
        if cell.table == Table.LINK and cell.state == CellState.SHOWN and all(str(key) in groups for key in cell.key)
    ]
    return {(groups[str(cell.key[0])], groups[str(cell.key[1])]): released_score(cell) for cell in shown}
