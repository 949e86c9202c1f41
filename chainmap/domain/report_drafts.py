"""What a report says of the analysis, before anything that was answered is added: the same for every kind of round.

Of the whole organization, or of one team: then of the hand-offs that touch it, with totals of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chainmap.domain.analysis import Analysis
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.permissions import DecisionOwner
from chainmap.domain.report_parts import (
    Certainty,
    SaidOf,
    ask_next_lines,
    pareto_bars,
    party_names,
    report_links,
    report_totals,
    structure_lines,
)
from chainmap.domain.report_teams import team_finding, team_structure, team_totals
from chainmap.domain.reports import (
    TOP_LINKS,
    AgreementFigures,
    Coverage,
    Hidden,
    Method,
    MomentLines,
    Report,
    ReportChange,
    Scope,
    Score,
    Totals,
)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """The analysis of a chain, cut to what the report is about. Made by :func:`report_draft`."""

    whole: Bottlenecks
    analysis: Analysis
    sure: Certainty
    members: frozenset[str] | None  # ids of the team's parties; None: the whole organization
    finding: Bottlenecks  # what the report is about
    totals: Totals

    def touching(self) -> set[int] | None:
        """Keys of the hand-offs that touch the team; None for all."""
        return None if self.members is None else {each.key for each in self.finding.handoffs}

    def given(self) -> set[int] | None:
        """Keys of the hand-offs the team supplies; None for all."""
        if self.members is None:
            return None
        return {each.key for each in self.finding.handoffs if each.supplier in self.members}

    def top(self) -> list[int]:
        """Keys of the hand-offs the report lists, the first the costliest."""
        return [handoff.key for handoff in self.finding.ranked[:TOP_LINKS]]

    def not_listed(self) -> int:
        """How many more have a place in the order."""
        return max(len(self.finding.ranked) - TOP_LINKS, 0)

    def report(
        self,
        *,
        scope: Scope,
        method: Method,
        said: Mapping[int, SaidOf],
        coverage: Coverage | None,
        score: Score,
        hidden: Hidden,
        moments: MomentLines | None = None,
        change: ReportChange | None = None,
        owners: Sequence[DecisionOwner] = (),
    ) -> Report:
        """The report, with what was answered; agreements are added later."""
        names, shown = party_names(self.whole), self.finding
        if self.members is not None:
            shown = replace(shown, structure=team_structure(self.whole.structure, self.members))
        return Report(
            scope=scope,
            totals=self.totals,
            finding=self.finding,
            links=report_links(self.finding, created=self.whole.created, sure=self.sure, said=said),
            pareto=pareto_bars(self.finding),
            coverage=coverage,
            ask_next=ask_next_lines(self.finding, self.analysis, self.sure),
            structure=structure_lines(shown, owners=owners, names=names),
            score=score,
            moments=moments,
            agreements=AgreementFigures(),
            change=change,
            hidden=hidden,
            method=method,
        )


def report_draft(
    whole: Bottlenecks, analysis: Analysis, sure: Certainty, *, members: frozenset[str] | None
) -> ReportDraft:
    """The draft of the whole chain, or of the team whose parties ``members`` are."""
    if members is None:
        return ReportDraft(whole, analysis, sure, None, whole, report_totals(whole, sure))
    totals = team_totals(analysis, members)
    return ReportDraft(whole, analysis, sure, members, team_finding(whole, members, totals), totals)
