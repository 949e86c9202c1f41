"""The report of a workshop: the chain the room looked at, with what it drew, rated and agreed on, as far as revealed.

Of a workshop without names the chain is the organization's own, and what the room said comes as coarse as it was
frozen at the reveal, from as many people on as the workshop itself needs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from chainmap.access import NotFound
from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.chain_map import chain_map
from chainmap.domain.exercise_results import AgreementsResult, DrawResult, MomentsResult, RateResult, Result
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.moments import Moment
from chainmap.domain.report_parts import (
    Certainty,
    SaidOf,
    ask_next_lines,
    find_certainty,
    pareto_bars,
    report_links,
    report_totals,
    score_of,
    structure_lines,
)
from chainmap.domain.reports import (
    TOP_LINKS,
    AgreementFigures,
    Hidden,
    Method,
    MomentLines,
    OneSided,
    Report,
    Scope,
    Score,
    Subject,
)
from chainmap.domain.yields import latest_ratings
from chainmap.models import Workshop
from chainmap.services.exercise_rooms import rules_of
from chainmap.services.report_agreements import agreed_of, marks_by_handoff
from chainmap.services.report_rounds import CURVE, report_question
from chainmap.services.workshop_after import held_on, revealed_results
from chainmap.services.workshop_findings import workshop_chain, workshop_finding, workshop_state

#: Workshops whose draws are kept at a time.
_KEPT = 8


def workshop_report_find(*, workshop: Workshop) -> Report:
    """The report, without its proof. Whoever calls has asked whether the reader may see workshops.

    Raises NotFound where nothing was revealed yet, SolverError.
    """
    results = revealed_results(workshop)
    if not results:
        raise NotFound
    organization = workshop.organization
    finding = workshop_finding(workshop=workshop)
    analysis, sure = _analysed(workshop, workshop_state(workshop=workshop), organization.kappa)
    drawn, rated, moments, agreed = (
        results.get(kind) for kind in (Kind.DRAW, Kind.RATE, Kind.MOMENTS, Kind.AGREEMENTS)
    )
    agreements = agreed if isinstance(agreed, AgreementsResult) else None
    marks, said = {}, {}
    if not workshop.is_anonymous:  # else no single answer stands in its report, not even one signed elsewhere
        said = _said(analysis)
        if agreements is not None:
            marks = marks_by_handoff(agreed_of(agreements.agreements), finding)
    return Report(
        scope=_scope(workshop),
        totals=report_totals(finding, sure),
        finding=finding,
        links=report_links(finding, created=finding.created, sure=sure, said=said, agreements=marks),
        pareto=pareto_bars(finding),
        coverage=None,
        ask_next=ask_next_lines(finding, analysis, sure),
        structure=structure_lines(finding, one_sided=_one_sided(drawn)),
        score=_score(rated),
        moments=_moments(moments),
        agreements=AgreementFigures(in_room=_agreed(workshop, agreements)),
        change=None,
        hidden=_hidden(workshop, finding, results),
        method=Method(report_question(), organization.kappa, CURVE, "workshop", "score", sure.draws),
        positions={party.id: (party.x, party.y) for party in chain_map(finding).parties},
    )


def report_workshops_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    _analysed.cache_clear()


@lru_cache(maxsize=_KEPT)
def _analysed(workshop: Workshop, _state: tuple[object, ...], kappa: float) -> tuple[Analysis, Certainty]:
    analysis = analyse(workshop_chain(workshop=workshop), kappa=kappa)
    return analysis, find_certainty(analysis, kappa=kappa)


def _scope(workshop: Workshop) -> Scope:
    return Scope(
        subject=Subject.WORKSHOP,
        organization=workshop.organization.name,
        name=workshop.name,
        round="",
        mode=workshop.mode,
        version=1,
        opened_on=None,
        closed_on=held_on(workshop),
        by_team=False,
        k=rules_of(workshop).k if workshop.is_anonymous else None,
    )


def _said(analysis: Analysis) -> dict[int, SaidOf]:
    """The score of each hand-off, from the ratings that count: of open rounds, and those the room gave aloud."""
    chain = analysis.chain
    rows = latest_ratings(chain)
    keys, scores = chain.handoff_keys[chain.rating_handoff[rows]].tolist(), chain.rating_score[rows].tolist()
    given: dict[int, list[float]] = {}
    for key, score in zip(keys, scores, strict=True):
        given.setdefault(key, []).append(score)
    return {key: SaidOf(score_of(listed)) for key, listed in given.items()}


def _hidden(workshop: Workshop, finding: Bottlenecks, results: Mapping[Kind, Result]) -> Hidden:
    """Results the reveal kept back because too few said something; in an open workshop there are none."""
    kept_back = [result for result in results.values() if workshop.is_anonymous and not result.answered.is_shown]
    return Hidden(cells=len(kept_back), not_listed=max(len(finding.ranked) - TOP_LINKS, 0))


def _one_sided(result: object) -> OneSided:
    """Hand-offs that one of their two sides drew and the other did not; how many alone."""
    return OneSided(result.one if isinstance(result, DrawResult) else 0)


def _agreed(workshop: Workshop, result: AgreementsResult | None) -> int:
    """How many agreements the room made; a room without names says of none who said yes to it."""
    if result is None:
        return 0
    return sum(1 for one in result.agreements if one.yes or workshop.is_anonymous)


def _score(result: object) -> Score:
    """What the room rated: exact in an open workshop, else as it was frozen."""
    if not isinstance(result, RateResult) or not result.answered.is_shown:
        return Score("")
    if result.mean is not None:
        return Score(result.answered.band or "", result.mean, result.clip)
    answers = sum(link.answers for link in result.links)
    if not answers:
        return Score("")
    return Score(str(answers), math.fsum(link.score * link.answers for link in result.links) / answers)


def _moments(result: object) -> MomentLines | None:
    if not isinstance(result, MomentsResult) or not result.answered.is_shown:
        return None
    rule = result.magic_for_one_misery
    if result.magic is not None and result.misery is not None:
        return MomentLines(counts={Moment.MAGIC: result.magic, Moment.MISERY: result.misery}, magic_for_one_misery=rule)
    if result.magic_share is None:
        return None
    shares = {Moment.MAGIC: result.magic_share, Moment.MISERY: 100 - result.magic_share}
    return MomentLines(shares=shares, magic_for_one_misery=rule)
