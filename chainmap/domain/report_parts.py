"""The parts of a report that are read from findings: links, Pareto, ask next, structure, scores, moments, change.

Pure: whoever calls has decided what the reader may see. Of a protected round only its release and frozen structure
come in, so nothing else can come out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chainmap.domain.analysis import Analysis
from chainmap.domain.answers import ENOUGH
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding
from chainmap.domain.icare import CareProfile, Dimension
from chainmap.domain.intervals import Interval
from chainmap.domain.likely_yield import likely_yield
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.permissions import DecisionOwner
from chainmap.domain.reasons import Reason, ReasonProfile
from chainmap.domain.release import ReleasedCell
from chainmap.domain.reports import (
    ASK_NEXT,
    TOP_LINKS,
    AgreementMark,
    AskNextLine,
    OneSided,
    OwnerLine,
    ParetoBar,
    ReportLink,
    Score,
    StructureLines,
    Totals,
)
from chainmap.domain.shares import LOWEST_SHARE, Shares
from chainmap.domain.uncertainty import (
    DeliveredUncertainty,
    HandOffUncertainty,
    PlaceUncertainty,
    can_be_drawn,
    find_delivered_uncertainty,
    find_place_uncertainty,
)


@dataclass(frozen=True, slots=True)
class SaidOf:
    """What the answers about one hand-off (or team link) say besides its yield."""

    score: Score
    reasons: Sequence[tuple[Reason, float]] = ()  # 0..1, largest first
    care_weakest: Dimension | None = None
    care_missing: float | None = None  # 0..1


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """How sure the figures are; everything None (``draws`` 0) where only a release is known, or nothing is rated."""

    kappa: float | None = None  # None: no interval of a yield is given
    delivered: DeliveredUncertainty | None = None
    places: PlaceUncertainty | None = None
    by_key: Mapping[int, HandOffUncertainty] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """Draws of the Monte Carlo behind the intervals; 0 = none."""
        return 0 if self.places is None else self.places.draws


def find_certainty(analysis: Analysis, *, kappa: float) -> Certainty:
    """Everything that can be said of an analysed chain of persons: by the delta method at any size, and by draws where
    the chain is small enough. Raises SolverError as the analysis does.
    """
    delivered = find_delivered_uncertainty(analysis)
    places = find_place_uncertainty(analysis) if delivered is not None and can_be_drawn(analysis) else None
    found = {} if places is None else {one.key: one for one in places.handoffs}
    return Certainty(kappa, delivered, places, found)


def report_totals(finding: Bottlenecks, sure: Certainty) -> Totals:
    """The totals of a whole chain, with the interval of its yield where one is known."""
    interval = None
    if sure.kappa is not None and sure.delivered is not None and finding.created > 0:
        ends = sure.delivered.interval
        interval = Interval(ends.low / finding.created, min(ends.high / finding.created, 1.0))
    return Totals(
        created=finding.created,
        delivered=finding.delivered,
        lost=finding.lost,
        stranded=finding.stranded,
        chain_yield=finding.chain_yield,
        interval=interval,
        mean_yield=finding.mean_yield,
    )


def report_links(
    finding: Bottlenecks,
    *,
    created: float,
    sure: Certainty,
    said: Mapping[int, SaidOf] | None = None,
    agreements: Mapping[int, Sequence[AgreementMark]] | None = None,
    top: int = TOP_LINKS,
) -> tuple[ReportLink, ...]:
    """The first ``top`` of the ranking, by what repairing them would bring to the end customers.

    ``created`` is what the whole organization creates (also in the report of a team); ``said`` and ``agreements`` by
    the key of the hand-off. A hand-off that nothing is said of has a score without a mean.
    """
    names = party_names(finding)
    told, agreed = said or {}, agreements or {}
    return tuple(
        _link(handoff, rank, names, created, sure, told.get(handoff.key), tuple(agreed.get(handoff.key, ())))
        for rank, handoff in enumerate(finding.ranked[:top], start=1)
    )


def pareto_bars(finding: Bottlenecks, *, top: int = TOP_LINKS) -> tuple[ParetoBar, ...]:
    """Where all that is lost is lost: the ``top`` largest losses that somebody reported, and all the rest together.

    The rest holds what the mean stands in for too: nobody reported that, so it gets no bar of its own. Cumulative
    shares end at exactly 1. () where nothing is lost or known.
    """
    losing = [(handoff, handoff.lost) for handoff in finding.handoffs if handoff.lost]
    total = math.fsum(lost for _handoff, lost in losing)
    if total <= 0:
        return ()
    named = sorted((pair for pair in losing if pair[0].rank is not None), key=lambda pair: (-pair[1], pair[0].rank))
    names, bars, so_far = party_names(finding), [], 0.0
    for handoff, lost in named[:top]:
        so_far += lost
        ends = names[handoff.supplier], names[handoff.customer]
        bars.append(ParetoBar(handoff.key, *ends, handoff.deliverable, lost, min(so_far / total, 1.0)))
    others = len(losing) - len(bars)
    if others:
        bars.append(ParetoBar(None, "", "", "", max(total - so_far, 0.0), 1.0, others))
    elif bars:
        last = bars[-1]
        bars[-1] = ParetoBar(last.key, last.supplier, last.customer, last.deliverable, last.lost, 1.0)
    return tuple(bars)


def ask_next_lines(finding: Bottlenecks, analysis: Analysis, sure: Certainty) -> tuple[AskNextLine, ...]:
    """Where an answer tells most: by the hand-off's part of the variance of delivered value, of the whole chain.

    Before anything is rated nothing is known of variances: then the hand-offs with the most volume, without a weight.
    Only those of ``finding`` are listed.
    """
    rows = {handoff.key: handoff for handoff in finding.handoffs}
    names = party_names(finding)
    if sure.delivered is None:
        return tuple(_ask(handoff, names, None) for handoff in finding.ask_next[:ASK_NEXT])
    keys, terms, variance = analysis.chain.handoff_keys, sure.delivered.terms, sure.delivered.variance
    lines = []
    for place in sure.delivered.ask_next.tolist():
        row = rows.get(int(keys[place]))
        if row is not None:
            lines.append(_ask(row, names, float(terms[place]) / variance))
        if len(lines) == ASK_NEXT:
            break
    return tuple(lines)


def structure_lines(
    finding: Bottlenecks,
    *,
    one_sided: OneSided | None = None,
    owners: Iterable[DecisionOwner] = (),
    names: Mapping[str, str] | None = None,
) -> StructureLines:
    """What the shape says, by name. ``names`` by party id, where they are more than those of the finding."""
    shape = finding.structure
    called = party_names(finding) if names is None else names
    return StructureLines(
        dead_ends=tuple(called[party] for party in shape.dead_ends),
        customers_without_supplier=tuple(called[party] for party in shape.customers_without_supplier),
        one_sided=one_sided or OneSided(0),
        loops=tuple((tuple(called[party] for party in loop.parties), loop.repeated) for loop in shape.cycles),
        single_points=tuple(
            (called[point.party], len(point.blocks), point.dependence) for point in shape.single_points
        ),
        decision_owners=tuple(
            OwnerLine(called[owner.party], owner.handoffs, owner.askers, owner.dependence) for owner in owners
        ),
    )


def party_names(finding: Bottlenecks) -> dict[str, str]:
    """id -> name."""
    return {party.id: party.name for party in finding.parties}


def score_of(scores: Sequence[float]) -> Score:
    """A group of signed answers: exact.

    >>> found = score_of([9, 9, 4])
    >>> found.answers, round(found.mean, 2), found.nps.score is None
    ('3', 7.33, True)
    """
    if not scores:
        return Score("")
    return Score(str(len(scores)), math.fsum(scores) / len(scores), nps=NetPromoterScore.of_scores(scores))


def released_score(cell: ReleasedCell) -> Score:
    """One cell of a release, as it was published; nothing of a cell that is not shown."""
    return Score(cell.raters or "", cell.mean, cell.clip, None, cell.nps)


def said_of(scores: Sequence[float], reasons: ReasonProfile, care: CareProfile) -> SaidOf:
    """What signed answers about one hand-off say: reasons as shares of those who named one, the weakest I-CARE part.

    The weakest part needs as many answers as anything that is told of a group (``ENOUGH``); reasons are told from the
    first: in an open round everybody who reads them may see who gave them.
    """
    named = sorted(reasons.reasons, key=lambda count: -count.count)
    weakest = care.weakest_point
    part = next((one for one in care.dimensions if one.dimension == weakest), None)
    return SaidOf(
        score=score_of(scores),
        reasons=tuple((count.reason, count.count / reasons.named) for count in named),
        care_weakest=weakest,
        care_missing=None if part is None or part.said < ENOUGH else part.missing / part.said,
    )


def released_said(cell: ReleasedCell, shares: Shares | None) -> SaidOf:
    """What was published of one team link. Shares are of all its answers, in steps of 10 %, from 21 people on; one
    that stands at "10 % or less" is not listed."""
    score = released_score(cell)
    if shares is None:
        return SaidOf(score)
    reasons = [(reason, share / 100) for reason, share in shares.reasons.items() if share > LOWEST_SHARE]
    missing = {dimension: share for dimension, share in shares.missing.items() if share > LOWEST_SHARE}
    weakest = max(missing, key=lambda dimension: (missing[dimension], -list(Dimension).index(dimension)), default=None)
    return SaidOf(
        score=score,
        reasons=tuple(sorted(reasons, key=lambda pair: (-pair[1], list(Reason).index(pair[0])))),
        care_weakest=weakest,
        care_missing=None if weakest is None else missing[weakest] / 100,
    )


def _link(
    handoff: HandOffFinding,
    rank: int,
    names: Mapping[str, str],
    created: float,
    sure: Certainty,
    said: SaidOf | None,
    agreements: Sequence[AgreementMark],
) -> ReportLink:
    place = sure.by_key.get(handoff.key)
    told = said or SaidOf(Score(str(handoff.ratings) if handoff.ratings else ""))
    return ReportLink(
        key=handoff.key,
        rank=rank,
        supplier=names[handoff.supplier],
        customer=names[handoff.customer],
        deliverable=handoff.deliverable,
        basis=handoff.basis,
        score=told.score,
        yield_=handoff.yield_,
        yield_interval=None if sure.kappa is None else likely_yield(handoff, kappa=sure.kappa),
        flow=handoff.flow,
        lost=handoff.lost,
        lost_share=handoff.lost_share,
        lost_interval=None if place is None else place.lost,
        recoverable=handoff.recoverable,
        recoverable_interval=None if place is None else place.recoverable,
        of_created=handoff.recoverable / created if handoff.recoverable is not None and created > 0 else None,
        top_probability=None if place is None else place.top_probability,
        reasons=told.reasons,
        care_weakest=told.care_weakest,
        care_missing=told.care_missing,
        agreements=agreements,
    )


def _ask(handoff: HandOffFinding, names: Mapping[str, str], weight: float | None) -> AskNextLine:
    return AskNextLine(
        key=handoff.key,
        supplier=names[handoff.supplier],
        customer=names[handoff.customer],
        deliverable=handoff.deliverable,
        weight=weight,
        ratings=handoff.ratings if handoff.basis == Basis.RATED else 0,
    )
