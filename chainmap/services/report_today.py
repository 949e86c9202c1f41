"""The report of an organization before its first round has results: of what was imported or measured so far.

Like the page of the chain it is of the chain of persons with every rating that counts and every pass of an event log.
Nobody was asked, so there is nothing to compare with, and coverage tells how much of the chain anything is known of.
"""

from __future__ import annotations

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.analysis import Analysis
from chainmap.domain.findings import Basis, Bottlenecks
from chainmap.domain.report_drafts import report_draft
from chainmap.domain.report_parts import Certainty, find_certainty
from chainmap.domain.reports import LOW_COVERAGE, Coverage, Hidden, Method, Report, Scope, Subject
from chainmap.models import Organization, Round
from chainmap.services.analysis import analysis_find, bottlenecks_find
from chainmap.services.kept_once import kept_once
from chainmap.services.report_answers import cards_of_chain, said_by_handoff, score_of_all
from chainmap.services.report_rounds import CURVE, ReportKey, report_question, team_members

_KEPT = 4


@kept_once(_KEPT)
def today_report(organization: Organization, key: ReportKey) -> Report:
    """The report. Whoever calls has asked who reads.

    Raises NotFound where nothing is rated or measured, SolverError as the analysis does.
    """
    whole = bottlenecks_find(actor=OPERATOR, organization=organization)
    if not whole.analysed:
        raise NotFound
    analysis = analysis_find(actor=OPERATOR, organization=organization)
    sure = _certainty(analysis, key.kappa)
    members = None if key.team is None else team_members(whole, key.team[1])
    draft, cards = report_draft(whole, analysis, sure, members=members), cards_of_chain(analysis)
    return draft.report(
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
        said=said_by_handoff(cards, draft.top() if key.tells_answers else ()),
        coverage=_known(draft.finding),
        score=score_of_all(cards, draft.given()),
        hidden=Hidden(not_listed=draft.not_listed()),
        method=Method(report_question(), key.kappa, CURVE, "all", "", sure.draws),
    )


def report_today_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    today_report.cache_clear()
    _certainty.cache_clear()


@kept_once(_KEPT)
def _certainty(analysis: Analysis, kappa: float) -> Certainty:
    """The draws are the same whoever reads, and for every team."""
    return find_certainty(analysis, kappa=kappa)


def _known(finding: Bottlenecks) -> Coverage:
    """Of how many hand-offs anything is known: nobody was asked."""
    known = sum(1 for handoff in finding.handoffs if handoff.basis != Basis.ASSUMED)
    total = len(finding.handoffs)
    return Coverage(total, known, 0, None, "", bool(total) and known / total < LOW_COVERAGE)
