"""Reports for tests of whatever writes them: no database, and figures the core itself worked out.

``example_report()`` is an open round of a small company whose people have names in several scripts and one that a
spreadsheet would run; ``released_report()`` a pair round by team, in bands, with cells that are not shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.cells import Table
from chainmap.domain.chain_map import chain_map
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.icare import Dimension
from chainmap.domain.intervals import Interval
from chainmap.domain.moments import Moment
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.permissions import DecisionOwner
from chainmap.domain.reasons import Reason
from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating
from chainmap.domain.release import CellState, Clip, Release, ReleasedCell
from chainmap.domain.release_chain import TeamHandOffs, TeamParty, team_chain
from chainmap.domain.report_parts import (
    Certainty,
    SaidOf,
    ask_next_lines,
    find_certainty,
    pareto_bars,
    released_said,
    released_score,
    report_links,
    report_totals,
    score_of,
    structure_lines,
)
from chainmap.domain.reports import (
    AgreementFigures,
    AgreementMark,
    Coverage,
    Hidden,
    Method,
    MomentLines,
    Moved,
    OneSided,
    Report,
    ReportChange,
    Scope,
    Score,
    StructureLines,
    Subject,
    TeamCoverage,
)
from chainmap.domain.shares import Shares
from chainmap.domain.yields import DEFAULT_KAPPA

QUESTION = "How much of what you need to serve your customer did you get?"
#: A name a spreadsheet would run, names of several scripts, one that reads from the right, one with marks.
PEOPLE = (
    ("ann", "Ann Müller", "Sales"),
    ("evil", '=HYPERLINK("http://example.org","click")', "Sales"),
    ("yamada", "山田 太郎", "Design"),
    ("layla", "ليلى حسن", "Design"),
    ("olga", "Ольга Петрова", "Works"),
    ("nikos", "Νίκος Παππάς", "Works"),
    ("priya", "प्रिया शर्मा", "Works"),
    ("dvora", "דבורה כהן", "Care & service"),
    ("zoe", "Zoë O'Brien <zoe>", "Care & service"),
    ("dan", "Dan Düvel", ""),
)
#: supplier, customer, deliverable, volume, scores (the first by the receiver, others by colleagues)
LINKS: tuple[tuple[str, str, str, float, tuple[int, ...]], ...] = (
    ("mill", "olga", "paper", 1, ()),
    ("ann", "yamada", "brief", 3, (4,)),
    ("ann", "dvora", "promises", 1, (2,)),
    ("evil", "ann", "-2+3", 1, (7,)),
    ("yamada", "olga", "drawings", 2, (6, 7, 5)),
    ("yamada", "layla", "sketches", 1, (9,)),
    ("layla", "nikos", "specification", 1, (3, 5)),
    ("olga", "priya", "parts", 2, (8,)),
    ("nikos", "priya", "parts", 1, (9, 10)),
    ("priya", "dvora", "machines", 3, (7,)),
    ("priya", "yamada", "questions", 1, ()),
    ("dvora", "hotel", "a working kitchen", 2, (6,)),
    ("dvora", "zoe", "open calls", 1, (5,)),
    ("zoe", "hotel", "help", 1, (8,)),
    ("zoe", "school", "help", 1, ()),
)


def example_report(**changes: Any) -> Report:
    """An open round of the whole company; ``changes`` replace fields of the report."""
    chain = _chain()
    analysis = analyse(chain)
    finding = find_bottlenecks(chain, organization="Küchen & Co", analysis=analysis)
    sure = find_certainty(analysis, kappa=DEFAULT_KAPPA)
    said = {key: SaidOf(score_of(LINKS[key][4])) for key in range(len(LINKS)) if LINKS[key][4]}
    said[1] = SaidOf(score_of(LINKS[1][4]), ((Reason.UNSPOKEN_EXPECTATION, 1.0),))
    said[4] = SaidOf(
        score_of(LINKS[4][4]), ((Reason.LATE, 2 / 3), (Reason.INCOMPLETE, 1 / 3)), Dimension.RESPONSIVENESS, 2 / 3
    )
    marks = {
        1: (AgreementMark("Every brief names the customer's date, before noon", date(2026, 12, 1)),),
        6: (AgreementMark("=1+1 sheets at most", None),),
    }
    report = Report(
        scope=_scope(),
        totals=report_totals(finding, sure),
        finding=finding,
        links=report_links(finding, created=finding.created, sure=sure, said=said, agreements=marks),
        pareto=pareto_bars(finding),
        coverage=Coverage(
            13, 12, 10, 8, "over_three_quarters", False, (TeamCoverage(("Design", "Works"), "over_half"),)
        ),
        ask_next=ask_next_lines(finding, analysis, sure),
        structure=structure_lines(
            finding,
            one_sided=OneSided(1),
            owners=(DecisionOwner("olga", 2, 2, 1, 0.21),),
        ),
        score=score_of([score for *_rest, scores in LINKS for score in scores]),
        moments=MomentLines(counts={Moment.MAGIC: 5, Moment.ORDINARY: 6, Moment.MISERY: 3}, magic_for_one_misery=2.0),
        agreements=AgreementFigures(kept=9, partly=2, not_kept=1, open=7, overdue=2),
        change=_change(finding),
        hidden=Hidden(not_listed=max(len(finding.ranked) - 10, 0), people_small=1),
        method=Method(QUESTION, DEFAULT_KAPPA, "linear", "round", "short", sure.draws),
        proof="3b1f" * 16,
        positions=_positions(finding),
    )
    return replace(report, **changes)


def released_report(**changes: Any) -> Report:
    """A pair round, by team: bands, a clipped mean, a net promoter score in tens, shares, cells that are not shown."""
    release, analysis = _released()
    finding = replace(
        find_bottlenecks(analysis.chain, organization="Küchen & Co", by_team=True, analysis=analysis), released=True
    )
    shares = Shares(
        reasons={reason: 40 if reason == Reason.LATE else 10 for reason in Reason},
        moments={Moment.MAGIC: 20, Moment.ORDINARY: 60, Moment.MISERY: 30},
        good=dict.fromkeys(Dimension, 20),
        missing={dimension: 30 if dimension == Dimension.EMPOWERMENT else 10 for dimension in Dimension},
    )
    cells = {cell.key: cell for cell in release.cells if cell.table == Table.LINK}
    said = {
        handoff.key: released_said(
            cells[handoff.supplier, handoff.customer],
            shares if handoff.rank == 1 else None,
        )
        for handoff in finding.handoffs
        if (handoff.supplier, handoff.customer) in cells
    }
    sure = Certainty(delivered=find_certainty(analysis, kappa=DEFAULT_KAPPA).delivered)
    hidden = sum(cell.state == CellState.NOT_SHOWN for cell in release.cells)
    report = Report(
        scope=replace(_scope(), mode="pair", by_team=True, k=5, round="Autumn"),
        totals=report_totals(finding, sure),
        finding=finding,
        links=report_links(finding, created=finding.created, sure=sure, said=said),
        pareto=pareto_bars(finding),
        coverage=Coverage(180, None, 64, None, "over_half", None),
        ask_next=ask_next_lines(finding, analysis, sure),
        structure=structure_lines(finding, one_sided=OneSided(3)),
        score=released_score(release.cell(Table.ORGANIZATION)),
        moments=MomentLines(shares=shares.moments, magic_for_one_misery=2.0),
        agreements=AgreementFigures(),
        change=None,
        hidden=Hidden(cells=hidden, links=len(finding.ask_next)),
        method=Method(QUESTION, DEFAULT_KAPPA, "linear", "round", "full", 0),
        proof="9c0e" * 16,
        positions=_positions(finding),
    )
    return replace(report, **changes)


def empty_report(**changes: Any) -> Report:
    """Nobody has rated anything: the structure alone says something."""
    report = _plain(_chain(rated=False))
    return replace(report, coverage=Coverage(13, 0, 10, 0, "", True), **changes)


def one_rating_report(**changes: Any) -> Report:
    """One answer in the whole organization: Ann rates nobody, Yamada gives her a 4."""
    report = _plain(_chain(rated=False, only=1))
    return replace(report, coverage=Coverage(13, 1, 10, 1, "under_quarter", True), **changes)


def large_report(handoffs: int = 1000) -> Report:
    """A report of that many hand-offs in layers of people, one in five not rated; the same at every call."""
    people = max(handoffs // 10, 4)
    random = np.random.default_rng(1)
    parties = [Party(f"p{number}", f"Person {number} 人", team=f"Team {number % 40}") for number in range(people)]
    ends = [Party(f"c{number}", f"Customer {number}", PartyKind.END_CUSTOMER) for number in range(4)]
    suppliers = random.integers(0, people, handoffs)
    steps = random.integers(1, max(people // 4, 2), handoffs)
    scores = random.integers(0, 11, handoffs)
    links, ratings = [], []
    for number in range(handoffs):
        supplier, customer = int(suppliers[number]), int(suppliers[number] + steps[number])
        to = f"p{customer}" if customer < people else f"c{customer % 4}"
        links.append(HandOff(f"p{supplier}", to, f"thing {number}", volume=1 + number % 3))
        if number % 5:
            ratings.append(Rating(f"p{supplier}", to, float(scores[number]), f"thing {number}"))
    return _plain(Chain.from_records([*parties, *ends], links, ratings), draws=False)


def _chain(*, rated: bool = True, only: int | None = None) -> Chain:
    parties = [Party(code, name, team=team) for code, name, team in PEOPLE]
    parties += [
        Party("mill", "Papiermühle", PartyKind.EXTERNAL_SUPPLIER),
        Party("hotel", "Hotel Größe", PartyKind.END_CUSTOMER),
        Party("school", "학교", PartyKind.END_CUSTOMER),
        Party("later", "Someone new", PartyKind.END_CUSTOMER),
    ]
    links = [HandOff(supplier, customer, what, volume) for supplier, customer, what, volume, _scores in LINKS]
    ratings = []
    for place, (supplier, customer, what, _volume, scores) in enumerate(LINKS):
        raters = [customer, *(code for code, *_rest in PEOPLE if code not in (supplier, customer))]
        given = scores if rated else scores[:1] if place == only else ()
        ratings += [Rating(supplier, customer, score, what, rater) for score, rater in zip(given, raters, strict=False)]
    return Chain.from_records(parties, links, ratings)


def _plain(chain: Chain, *, draws: bool = True) -> Report:
    analysis = analyse(chain)
    finding = find_bottlenecks(chain, organization="Küchen & Co", analysis=analysis)
    sure = find_certainty(analysis, kappa=DEFAULT_KAPPA) if draws else Certainty(DEFAULT_KAPPA)
    scores = chain.rating_score.tolist()
    return Report(
        scope=_scope(),
        totals=report_totals(finding, sure),
        finding=finding,
        links=report_links(finding, created=finding.created, sure=sure, said=_said(chain)),
        pareto=pareto_bars(finding),
        coverage=None,
        ask_next=ask_next_lines(finding, analysis, sure),
        structure=structure_lines(finding) if draws else StructureLines(),
        score=score_of(scores) if scores else Score(""),
        moments=None,
        agreements=AgreementFigures(),
        change=None,
        hidden=Hidden(not_listed=max(len(finding.ranked) - 10, 0)),
        method=Method(QUESTION, DEFAULT_KAPPA, "linear", "round", "score", sure.draws),
        proof="00ff" * 16,
        positions=_positions(finding) if draws else {},
    )


def _said(chain: Chain) -> dict[int, SaidOf]:
    scores: dict[int, list[float]] = {}
    for place, score in zip(chain.rating_handoff.tolist(), chain.rating_score.tolist(), strict=True):
        scores.setdefault(place, []).append(score)
    return {place: SaidOf(score_of(given)) for place, given in scores.items()}


def _scope() -> Scope:
    return Scope(
        subject=Subject.ORGANIZATION,
        organization="Küchen & Co",
        name="",
        round="Spring 2026",
        mode="open",
        version=1,
        opened_on=date(2026, 5, 4),
        closed_on=date(2026, 5, 18),
        by_team=False,
        k=None,
    )


def _change(finding: Bottlenecks) -> ReportChange:
    """A round before in which 0.05 less of the work arrived."""
    lost, chain_yield = finding.lost or 0.0, finding.chain_yield or 0.0
    return ReportChange(
        round="Autumn 2025",
        closed_on=date(2025, 11, 17),
        yield_before=chain_yield - 0.05,
        yield_now=chain_yield,
        difference=Interval(-0.06, 0.16),
        lost_before=lost + 0.4,
        lost_now=lost,
        by_yield=-0.55,
        by_flow=0.1,
        new=0.125,
        removed=-0.075,
        moved=(
            Moved("Ann Müller", "山田 太郎", "brief", "both", 0.9, 0.45, -0.5, 0.05),
            Moved("ليلى حسن", "Νίκος Παππάς", "specification", "new", 0.0, 0.125, 0.0, 0.125),
            Moved("Dan Düvel", "Ann Müller", "lists", "removed", 0.075, 0.0, 0.0, -0.075),
        ),
        nps_before=NetPromoterScore.of_counts(2, 4, 9),
        nps_now=NetPromoterScore.of_counts(4, 5, 7),
    )


def _released() -> tuple[Release, Analysis]:
    names = (("t1", "Sales"), ("t2", "デザイン"), ("t3", "Works"), ("t4", "=Care & service"))
    parties = [TeamParty(key, name, capacity=16.0) for key, name in names]
    parties.append(TeamParty("end_customer", "End customers", PartyKind.END_CUSTOMER, 0.0))
    links = (
        ("t1", "t2", 40, (6.5, "13-20", -30)),
        ("t1", "t4", 8, None),
        ("t2", "t3", 50, (5.0, ">20", -60)),
        ("t3", "t3", 12, (9.0, "5-7", None)),
        ("t3", "t4", 60, (7.0, "8-12", None)),
        ("t3", "t2", 6, None),
        ("t4", "end_customer", 4, None),
    )
    cells = [ReleasedCell(Table.ORGANIZATION, (), CellState.SHOWN, 6.5, Clip.NONE, ">20", -20)]
    for supplier, customer, _count, shown in links:
        if shown is None:
            if customer != "end_customer":
                cells.append(ReleasedCell(Table.LINK, (supplier, customer), CellState.NOT_SHOWN))
            continue
        clip = Clip.AT_LEAST if shown[0] == 9.0 else Clip.NONE
        cells.append(
            ReleasedCell(Table.LINK, (supplier, customer), CellState.SHOWN, shown[0], clip, shown[1], shown[2])
        )
    release = Release.of(5, cells)
    chain = team_chain(
        release, parties, [TeamHandOffs(supplier, customer, count) for supplier, customer, count, _ in links]
    )
    return release, analyse(chain)


def _positions(finding: Bottlenecks) -> dict[int, tuple[float, float]]:
    found = chain_map(finding)
    keys = [party.key for party in finding.parties]
    return {key: (party.x, party.y) for key, party in zip(keys, found.parties, strict=True)}
