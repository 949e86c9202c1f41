"""The report of a round: of an open one from the chain of persons, of a protected one from its release.

A protected round's report is made of its latest release, the structure frozen at opening and the number of people and
hand-offs asked about on that day. No answer, no rating, no claim of today and no agreement is looked at.

What is made here depends on its key alone and is kept for it; agreements, claims and places on the map, which change
without the data of the organization changing, are added by ``services/reports.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.analysis import Analysis
from chainmap.domain.cells import CellKey, Table, Team
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.permissions import NOT_SAID, DecisionOwner, find_permissions
from chainmap.domain.questions import QUESTIONS, Question, QuestionSet
from chainmap.domain.records import UNKNOWN_DAY, PartyKind
from chainmap.domain.release import CellState, ReleasedCell
from chainmap.domain.release import Release as ReleaseTable
from chainmap.domain.report_coverage import released_coverage
from chainmap.domain.report_drafts import ReportDraft, report_draft
from chainmap.domain.report_parts import Certainty, SaidOf, find_certainty, released_said, released_score
from chainmap.domain.reports import (
    Coverage,
    Hidden,
    Method,
    MomentLines,
    Report,
    Scope,
    Subject,
)
from chainmap.domain.uncertainty import find_delivered_uncertainty
from chainmap.exports.round_words import plain_question, question_parts
from chainmap.models import HandOff, Release, Round
from chainmap.services.kept_once import kept_once
from chainmap.services.releases import Extras, release_extras, release_of, release_table
from chainmap.services.report_answers import (
    cards_of,
    moments_of_all,
    moments_told,
    open_coverage,
    said_by_handoff,
    score_of_all,
)
from chainmap.services.report_changes import change_find
from chainmap.services.round_analysis import round_analysis_find, round_bottlenecks_find

#: Reports kept at a time; what is large in one is the finding, which is kept anyway.
_KEPT = 16
#: The tables a report may speak of. The fifth is about single persons and belongs to them.
_TEAM_TABLES = (Table.ORGANIZATION, Table.RATER_TEAM, Table.SUPPLIER_TEAM, Table.LINK)
#: The name of the only curve a report is made with.
CURVE = "linear"


@dataclass(frozen=True, slots=True)
class ReportKey:
    """Everything a report of a round depends on."""

    organization: str  # name
    data_version: int  # 0 for a protected round: no other data enter
    kappa: float
    magic_for_one_misery: float
    language: str | None
    state: str  # of the round
    version: int
    proof: str  # of the release; "" for an open round
    tells_answers: bool  # whether the reader may see the single answers of an open round
    team: tuple[int, str] | None  # number and name
    before: Round | None  # the round it is compared with
    before_proof: str = ""  # of its release


def round_report(round: Round, key: ReportKey) -> Report:
    """The report, without what ``services/reports.py`` adds. Whoever calls has asked who reads.

    Raises NotFound for a round without results, and for a team that is no party of a release; SolverError.
    """
    return _released(round, key) if round.is_protected else _open(round, key)


def round_certainty(round: Round) -> Certainty | None:
    """How sure the figures of an open round are, kept for its report; None of a protected one. Raises as above."""
    organization = round.organization
    return None if round.is_protected else _certainty(round, organization.data_version, organization.kappa)


def released_version(round: Round) -> tuple[int, str]:
    """Version and proof of the latest release. Raises NotFound where nothing was published."""
    release = release_of(round=round)
    if release is None:
        raise NotFound
    return release.version, release.proof


def common_proof(round: Round) -> str:
    """SHA-256 of the cells everybody sees: that of all would let figures of single persons be tried out."""
    table = _table(round)[1]
    return ReleaseTable.of(table.k, [cell for cell in table.cells if cell.table in _TEAM_TABLES]).proof


def report_rounds_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    for kept in (_open, _released, _certainty):
        kept.cache_clear()


def report_question() -> str:
    """What every card asks, without a name."""
    return plain_question(question_parts("…", ""))


# ---- an open round


@kept_once(_KEPT)
def _open(round: Round, key: ReportKey) -> Report:
    whole = round_bottlenecks_find(actor=OPERATOR, round=round)
    analysis = round_analysis_find(actor=OPERATOR, round=round)
    sure = _certainty(round, key.data_version, key.kappa)
    team = None if key.team is None else key.team[1]
    members = None if team is None else team_members(whole, team)
    draft = report_draft(whole, analysis, sure, members=members)
    cards, given = cards_of(round=round, analysis=analysis), draft.given()
    covered = open_coverage(round=round, analysis=analysis, handoffs=draft.touching())
    tells_moments = key.tells_answers or moments_told(
        round=round,
        analysis=analysis,
        team=None if key.team is None else f"t{key.team[0]}",
        handoffs=given,
        fewest=round.k,
    )
    return draft.report(
        scope=_scope(round, key, _day_of(round, analysis), None, by_team=False),
        said=said_by_handoff(cards, draft.top() if key.tells_answers else ()),
        coverage=covered.coverage,
        owners=[one for one in _owners(round, analysis) if members is None or one.party in members],
        score=score_of_all(cards, given),
        moments=moments_of_all(cards, rule=key.magic_for_one_misery, handoffs=given) if tells_moments else None,
        change=None if key.before is None else change_find(before=key.before, now=round),
        hidden=Hidden(not_listed=draft.not_listed(), people_small=covered.groups_small),
        method=_method(round, key, sure.draws, is_imported=not covered.coverage.people_asked),
    )


@kept_once(_KEPT)
def _certainty(round: Round, _version: int, kappa: float) -> Certainty:
    """The draws take a second and more, and are the same whoever reads."""
    return find_certainty(round_analysis_find(actor=OPERATOR, round=round), kappa=kappa)


def team_members(finding: Bottlenecks, team: str) -> frozenset[str]:
    """The ids of a team's parties; whoever is an end customer is never in one."""
    people = (party for party in finding.parties if party.kind != PartyKind.END_CUSTOMER)
    return frozenset(party.id for party in people if party.team == team)


def _owners(round: Round, analysis: Analysis) -> tuple[DecisionOwner, ...]:
    """Who decides for others, with what waits for them in this round's chain. One query."""
    decided = HandOff.objects.filter(organization=round.organization_id, decision_owner__isnull=False)
    owner_of = dict(decided.values_list("pk", "decision_owner"))
    if not owner_of:
        return ()
    chain = analysis.chain
    places = {key: place for place, key in enumerate(chain.party_keys.tolist())}
    owners = [places.get(owner_of.get(key, 0), NOT_SAID) for key in chain.handoff_keys.tolist()]
    return find_permissions(analysis, np.array(owners, np.int32)).owners


def _day_of(round: Round, analysis: Analysis) -> date | None:
    """The day it closed; of an imported round the day of the latest rating."""
    if round.closed_on is not None:
        return round.closed_on
    latest = int(analysis.chain.rating_day.max(initial=UNKNOWN_DAY))
    return date.fromordinal(latest) if latest != UNKNOWN_DAY else None


# ---- a protected round


@kept_once(_KEPT)
def _released(round: Round, key: ReportKey) -> Report:
    release, table = _table(round)
    whole = round_bottlenecks_find(actor=OPERATOR, round=round, version=release.version)
    analysis = round_analysis_find(actor=OPERATOR, round=round)
    # kappa stays out: a released yield comes without an interval
    sure = Certainty(delivered=find_delivered_uncertainty(analysis))
    members = None if key.team is None else frozenset({f"t{key.team[0]}"})
    if members is not None and not members <= {party.id for party in whole.parties}:
        raise NotFound
    draft = report_draft(whole, analysis, sure, members=members)
    extras = release_extras(release)
    about = CellKey(Table.ORGANIZATION) if key.team is None else CellKey(Table.SUPPLIER_TEAM, (f"t{key.team[0]}",))
    cell = table.cell(about.table, *about.key)
    return draft.report(
        scope=_scope(round, key, round.closed_on, table.k, by_team=True),
        said=_said_of_links(draft.finding, table, extras),
        coverage=_coverage(round, cell) if key.team is None else None,
        score=released_score(cell),
        moments=_released_moments(round, extras, about, key),
        change=None if key.before is None else change_find(before=key.before, now=round),
        hidden=_hidden(draft, table, key),
        method=_method(round, key, 0, is_imported=False),
    )


def _table(round: Round) -> tuple[Release, ReleaseTable]:
    release = release_of(round=round)
    if release is None:
        raise NotFound
    return release, release_table(release)


def _said_of_links(finding: Bottlenecks, table: ReleaseTable, extras: Extras) -> dict[int, SaidOf]:
    """What was published of each team link, by its key in the finding."""
    cells = {_ends(cell): cell for cell in table.cells if cell.table == Table.LINK}
    told = {}
    for handoff in finding.handoffs:
        cell = cells.get((handoff.supplier, handoff.customer))
        if cell is not None and cell.state == CellState.SHOWN:
            told[handoff.key] = released_said(cell, extras.shares.get(CellKey(cell.table, cell.key)))
    return told


def _ends(cell: ReleasedCell) -> tuple[str, str]:
    supplier, customer = cell.key
    return str(supplier), str(customer)


def _coverage(round: Round, cell: ReleasedCell) -> Coverage | None:
    """Who was asked is frozen at opening; whether anybody answered is in no row that is looked at here."""
    asked = list(round.asks.values_list("handoff_id", "rater_id"))
    return released_coverage(len({handoff for handoff, _ in asked}), len({rater for _, rater in asked}), cell)


def _released_moments(round: Round, extras: Extras, about: CellKey, key: ReportKey) -> MomentLines | None:
    """Shares of the published cell, where the round asked for moments."""
    shares = extras.shares.get(about)
    if shares is None or Question.MOMENT not in QUESTIONS[QuestionSet(round.question_set)]:
        return None
    return MomentLines(shares=shares.moments, magic_for_one_misery=key.magic_for_one_misery)


def _hidden(draft: ReportDraft, table: ReleaseTable, key: ReportKey) -> Hidden:
    """Cells that are not shown, of a team those about it; team links that the mean stands in for."""
    own: Team | None = None if key.team is None else f"t{key.team[0]}"
    rows = [cell for cell in table.cells if cell.table in _TEAM_TABLES and (own is None or own in cell.key)]
    return Hidden(
        cells=sum(cell.state == CellState.NOT_SHOWN for cell in rows),
        links=len(draft.finding.ask_next),
        not_listed=draft.not_listed(),
    )


# ---- what both have in common


def _scope(round: Round, key: ReportKey, day: date | None, k: int | None, *, by_team: bool) -> Scope:
    return Scope(
        subject=Subject.ORGANIZATION if key.team is None else Subject.TEAM,
        organization=key.organization,
        name="" if key.team is None else key.team[1],
        round=round.name,
        mode=round.mode,
        version=key.version,
        opened_on=round.opened_on,
        closed_on=day,
        by_team=by_team,
        k=k,
    )


def _method(round: Round, key: ReportKey, draws: int, *, is_imported: bool) -> Method:
    question_set = "" if is_imported else round.question_set
    return Method(report_question(), key.kappa, CURVE, "round", question_set, draws)
