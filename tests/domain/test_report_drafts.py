"""What a report says of the analysis, of everybody and of one team."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.report_drafts import ReportDraft, report_draft
from chainmap.domain.report_parts import Certainty, score_of
from chainmap.domain.reports import TOP_LINKS, Hidden, Method, Report, Scope, Subject
from tests.domain.chains import chain_of

#: a gives 1, of which half arrives at b; b's 1.5 reach the client at 0.8; c and its own client are another way.
LINKS = ("a>b y=.5", "b>C y=.8", "d>E y=.9")


def draft_of(*links: str, members: set[str] | None = None) -> ReportDraft:
    analysis: Analysis = analyse(chain_of(*links), kappa=0)
    whole = find_bottlenecks(analysis.chain, organization="Acme", analysis=analysis)
    return report_draft(whole, analysis, Certainty(), members=None if members is None else frozenset(members))


def written(draft: ReportDraft) -> Report:
    scope = Scope(Subject.ORGANIZATION, "Acme", "", "", "open", 1, None, None, False, None)
    method = Method("?", 0.0, "linear", "all", "", 0)
    return draft.report(scope=scope, method=method, said={}, coverage=None, score=score_of([]), hidden=Hidden())


def test_of_everybody_it_is_the_finding_itself() -> None:
    draft = draft_of(*LINKS)
    assert draft.finding is draft.whole
    assert (draft.touching(), draft.given()) == (None, None)
    assert sorted(draft.top()) == [0, 1, 2]
    assert draft.not_listed() == 0
    report = written(draft)
    assert report.totals.lost == pytest.approx(0.5 + 1.5 * 0.2 + 0.1)
    assert (report.moments, report.change, report.coverage) == (None, None, None)


def test_of_a_team_it_is_what_touches_it_and_what_it_gives() -> None:
    draft = draft_of(*LINKS, members={"b"})
    assert draft.touching() == {0, 1}
    assert draft.given() == {1}
    report = written(draft)
    assert {link.key for link in report.links} == {0, 1}
    assert report.totals.created == 2, "its own unit, and the one that a puts in"
    assert report.totals.lost == pytest.approx(0.5 + 1.5 * 0.2)


def test_of_a_team_the_shape_names_its_own_people_and_others_by_name_alone() -> None:
    """Without a client of its own, what a and d do is stranded; the report of one names the other nowhere."""
    draft = draft_of("a>b y=.5", "d>e y=.5", "f>C y=1", members={"a"})
    lines = repr(written(draft).structure)
    assert "'D'" not in lines
    assert "'D'" in repr(written(replace(draft, members=None, finding=draft.whole)).structure)


def test_what_is_not_listed_is_counted() -> None:
    ways = [f"x{number}" for number in range(TOP_LINKS + 3)]
    draft = draft_of(*(f"{way}>C y=.5" for way in ways))
    assert len(draft.finding.ranked) == TOP_LINKS + 3
    assert (len(draft.top()), draft.not_listed()) == (TOP_LINKS, 3)
