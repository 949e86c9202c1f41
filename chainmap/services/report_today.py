"""The report of an organization before its first round has results: of what was imported or measured so far.

Like the page of the chain it is of the chain of persons with every rating that counts and every pass of an event log.
Nobody was asked, so there is nothing to compare with, and coverage tells how much of the chain anything is known of.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.findings import Basis, Bottlenecks
from chainmap.domain.report_parts import (
    ask_next_lines,
    find_certainty,
    pareto_bars,
    party_names,
    report_links,
    report_totals,
    structure_lines,
)
from chainmap.domain.report_teams import team_finding, team_structure, team_totals
from chainmap.domain.reports import (
    LOW_COVERAGE,
    TOP_LINKS,
    AgreementFigures,
    Coverage,
    Hidden,
    Method,
    Report,
    Scope,
    Subject,
)
from chainmap.models import Organization, Round
from chainmap.services.analysis import analysis_find, bottlenecks_find
from chainmap.services.report_answers import cards_of_chain, said_by_handoff, score_of_all
from chainmap.services.report_rounds import CURVE, ReportKey, report_question, team_members

_KEPT = 4


@lru_cache(maxsize=_KEPT)
def today_report(organization: Organization, key: ReportKey) -> Report:
    """The report. Whoever calls has asked who reads.

    Raises NotFound where nothing is rated or measured, SolverError as the analysis does.
    """
    whole = bottlenecks_find(actor=OPERATOR, organization=organization)
    if not whole.analysed:
        raise NotFound
    analysis = analysis_find(actor=OPERATOR, organization=organization)
    sure = find_certainty(analysis, kappa=key.kappa)
    finding, totals, members = whole, report_totals(whole, sure), None
    if key.team is not None:
        members = team_members(whole, key.team[1])
        totals = team_totals(analysis, members)
        finding = team_finding(whole, members, totals)
    cards = cards_of_chain(analysis)
    given = None if members is None else {each.key for each in finding.handoffs if each.supplier in members}
    top = [handoff.key for handoff in finding.ranked[:TOP_LINKS]]
    shown = finding if members is None else replace(finding, structure=team_structure(whole.structure, members))
    return Report(
        scope=Scope(
            subject=Subject.ORGANIZATION if key.team is None else Subject.TEAM,
            organization=key.organization,
            name="" if key.team is None else key.team[1],
            round="",
            mode=Round.Mode.OPEN.value,
            version=1,
            opened_on=None,
            closed_on=None,
            by_team=False,
            k=None,
        ),
        totals=totals,
        finding=finding,
        links=report_links(
            finding, created=whole.created, sure=sure, said=said_by_handoff(cards, top if key.tells_answers else ())
        ),
        pareto=pareto_bars(finding),
        coverage=_known(finding),
        ask_next=ask_next_lines(finding, analysis, sure),
        structure=structure_lines(shown, names=party_names(whole)),
        score=score_of_all(cards, given),
        moments=None,
        agreements=AgreementFigures(),
        change=None,
        hidden=Hidden(not_listed=max(len(finding.ranked) - TOP_LINKS, 0)),
        method=Method(report_question(), key.kappa, CURVE, "all", "", sure.draws),
    )


def report_today_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    today_report.cache_clear()


def _known(finding: Bottlenecks) -> Coverage:
    """Of how many hand-offs anything is known: nobody was asked."""
    known = sum(1 for handoff in finding.handoffs if handoff.basis != Basis.ASSUMED)
    total = len(finding.handoffs)
    return Coverage(total, known, 0, None, "", bool(total) and known / total < LOW_COVERAGE)
