"""The bottleneck report of an organization, a team or a workshop: who may have which, and the record of all it says.

Who reads what:

- The organization's report of a round: everybody who may see bottlenecks. Single answers of an open round (scores,
  reasons and I-CARE of one hand-off) stand in it for coaches and managers, as on the page of the round; figures of
  agreements for those who may count them; what a room agreed aloud for those who may see workshops; the change since
  the round before for those who may compare rounds. Claims of one side are counted for everybody and named for nobody.
- A team's report: coaches, administrators, auditors and managers; a manager who leads a team or more has the reports
  of these teams alone. For everybody else it does not exist.
- A workshop's report: those who may see workshops; a manager who leads teams has those of these teams and of workshops
  of the whole organization.

A team's totals are its own: created = the capacity of its people and what others put into hand-offs to them, delivered
= what arrives at its direct customers, lost = what is lost at every hand-off to, inside and from the team, stranded =
what of it arrives where no end customer is reached. They add up (``domain.report_teams``). Ranks are among the team's
hand-offs, by what repairing one would bring to the end customers of the whole organization.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from chainmap.access import OPERATOR, NotFound, Operator, User, require, roles_of
from chainmap.domain.findings import Bottlenecks, Structure
from chainmap.domain.reports import OneSided, Report
from chainmap.domain.roles import Action, Role, allows
from chainmap.models import Exercise, HandOff, Organization, Rating, Round, Team, Workshop
from chainmap.services.maps import map_shown, map_sources
from chainmap.services.parties import party_of_user
from chainmap.services.report_agreements import agreed_aloud, agreement_figures, marks_by_handoff
from chainmap.services.report_answers import moments_told_to
from chainmap.services.report_changes import round_before
from chainmap.services.report_rounds import (
    ReportKey,
    common_proof,
    released_version,
    report_rounds_forget,
    round_report,
)
from chainmap.services.report_today import report_today_forget, today_report
from chainmap.services.report_workshops import report_workshops_forget, workshop_report_find
from chainmap.services.results import results_state
from chainmap.services.team_leads import led_teams
from chainmap.services.workshop_findings import SHOWN_STATES, workshop_state

#: Stands for the hand-offs of a chain of persons where a report is hashed: 100,000 of them would take seconds.
_LEFT_OUT = Bottlenecks("", False, 0.0, None, None, None, None, None, (), (), Structure())


@dataclass(frozen=True, slots=True)
class ReportSources:
    """What one may ask for a report of; rounds and workshops newest first, teams by name."""

    rounds: Sequence[Round]
    teams: Sequence[Team]
    workshops: Sequence[Workshop]


def report_find(
    *,
    actor: User | Operator,
    organization: Organization,
    round: Round | None = None,
    team: Team | None = None,
    workshop: Workshop | None = None,
) -> Report:
    """The report of a round (None: the latest with results), of one team in it, or of a workshop.

    Before the first round has results, that of what was imported or measured (``services/report_today.py``).

    Of a protected round a function of its release, of the structure frozen at opening and of how many were asked;
    beside it stands how many agreements the organization has, told by their own minimum (``agreement_counts``).

    Raises NotFound for a stranger, for anything of another organization, for a round or a workshop without results,
    and for a team whose report the reader may not have; PermissionDenied for an insider who may not see bottlenecks or
    workshops; SolverError as in ``services/analysis.py``.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    reader = _reader(actor, organization)
    if any(one is not None and one.organization_id != organization.pk for one in (round, team, workshop)):
        raise NotFound
    if workshop is not None:
        require(actor, Action.SEE_WORKSHOPS, organization)
        if not reader.may_have(workshop):
            raise NotFound
        return _sealed(workshop_report_find(workshop=workshop), workshop_state(workshop=workshop))
    if team is not None and not reader.may_lead(team):
        raise NotFound
    return _round_report(actor, organization, reader, round, team)


def report_sources(*, actor: User | Operator, organization: Organization) -> ReportSources:
    """What :func:`report_find` would not refuse the reader. Raises NotFound for a stranger, PermissionDenied."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    reader = _reader(actor, organization)
    teams = Team.objects.filter(organization=organization).order_by("name", "pk")
    workshops: list[Workshop] = []
    if reader.workshops:
        shown = Exercise.objects.filter(workshop=OuterRef("pk"), state__in=SHOWN_STATES).exclude(result="")
        rows = Workshop.objects.filter(Exists(shown), organization=organization).select_related("team", "organization")
        workshops = [one for one in rows.order_by("-made_at", "-pk") if reader.may_have(one)]
    return ReportSources(
        rounds=tuple(map_sources(actor=actor, organization=organization)),
        teams=tuple(one for one in teams if reader.may_lead(one)),
        workshops=tuple(workshops),
    )


def reports_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    report_rounds_forget()
    report_today_forget()
    report_workshops_forget()


# ---- who reads


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the reader's roles add to what everybody reads."""

    answers: bool  # single answers of open rounds
    workshops: bool
    compares: bool
    teams: bool  # has reports of teams at all
    led: frozenset[int] | None  # of these teams alone; None = of all

    def may_lead(self, team: Team) -> bool:
        """Whether there is a report of this team for the reader."""
        return self.teams and (self.led is None or team.pk in self.led)

    def may_have(self, workshop: Workshop) -> bool:
        """Whether there is a report of this workshop for the reader."""
        return self.workshops and (self.led is None or workshop.team_id is None or workshop.team_id in self.led)


def _reader(actor: User | Operator, organization: Organization) -> _Reader:
    roles = frozenset(Role) if isinstance(actor, Operator) else roles_of(actor, organization)
    return _Reader(
        answers=allows(roles, Action.SEE_OPEN_RATINGS),
        workshops=allows(roles, Action.SEE_WORKSHOPS),
        compares=allows(roles, Action.COMPARE),
        teams=allows(roles, Action.EXPORT_BOTTLENECKS),
        led=led_teams(user=actor, organization=organization),
    )


# ---- a round


def _round_report(
    actor: User | Operator, organization: Organization, reader: _Reader, round: Round | None, team: Team | None
) -> Report:
    sources = map_sources(actor=OPERATOR, organization=organization)
    if round is None and not sources:
        return _today(actor, organization, reader, team)
    chosen = sources[0] if round is None else round
    if results_state(round=chosen) != "ready":
        raise NotFound
    before = round_before(rounds=sources, round=chosen) if reader.compares and team is None else None
    for one in (chosen, before):
        if one is not None:
            one.organization = organization  # not read again, and of one and the same version of the data
    key = _key(organization, chosen, before, reader, team)
    made = round_report(chosen, key)
    if made.moments is not None and not chosen.is_protected and not _tells_moments(actor, reader, chosen, team):
        made = replace(made, moments=None)
    made = replace(made, positions=_positions(organization, chosen, made))
    if team is None:
        made = replace(made, agreements=agreement_figures(actor=actor, organization=organization))
    if not chosen.is_protected:
        made = _with_names(made, organization, reader, team)
    return _sealed(made, (chosen.pk, common_proof(chosen)) if chosen.is_protected else (chosen.pk, key.data_version))


def _tells_moments(actor: User | Operator, reader: _Reader, round: Round, team: Team | None) -> bool:
    """Whether moments are told to this reader, who was given what others said about them, one by one."""
    own = None
    if not reader.answers and not isinstance(actor, Operator):
        own = party_of_user(user=actor, organization=round.organization)
    if own is None or not Rating.objects.filter(round=round, handoff__supplier=own).exists():
        return True
    key = None if team is None else f"t{team.pk}"
    return moments_told_to(round=round, team=key, reader=own.pk, fewest=round.k)


def _today(actor: User | Operator, organization: Organization, reader: _Reader, team: Team | None) -> Report:
    """Before the first round has results: what was imported or measured."""
    key = ReportKey(
        organization=organization.name,
        data_version=organization.data_version,
        kappa=organization.kappa,
        magic_for_one_misery=organization.magic_for_one_misery,
        language=get_language(),
        state="",
        version=1,
        proof="",
        tells_answers=reader.answers,
        team=None if team is None else (team.pk, team.name),
        before=None,
    )
    made = today_report(organization, key)
    made = replace(made, positions=_positions(organization, None, made))
    if team is None:
        made = replace(made, agreements=agreement_figures(actor=actor, organization=organization))
    made = _with_names(made, organization, reader, team)
    return _sealed(made, (organization.pk, key.data_version))


def _key(
    organization: Organization, round: Round, before: Round | None, reader: _Reader, team: Team | None
) -> ReportKey:
    version, proof, data_version = round.version, "", organization.data_version
    if round.is_protected:
        (version, proof), data_version = released_version(round), 0
    elif round.state == Round.State.OPEN:
        version -= 1  # open again: the figures are of the version before
    return ReportKey(
        organization=organization.name,
        data_version=data_version,
        kappa=organization.kappa,
        magic_for_one_misery=organization.magic_for_one_misery,
        language=get_language(),
        state=round.state,
        version=version,
        proof=proof,
        tells_answers=reader.answers,
        team=None if team is None else (team.pk, team.name),
        before=before,
        before_proof=released_version(before)[1] if before is not None and before.is_protected else "",
    )


def _positions(organization: Organization, round: Round | None, report: Report) -> dict[int, tuple[float, float]]:
    """Where the parties of the report stand on the map of the round. In a map of teams ids are places, as keys are."""
    shown = map_shown(actor=OPERATOR, organization=organization, round=round)
    places = {party.id: (party.x, party.y) for party in shown.map.parties}
    return {party.key: places[party.key] for party in report.finding.parties if party.key in places}


def _with_names(report: Report, organization: Organization, reader: _Reader, team: Team | None) -> Report:
    """What changes without the data changing: claims of one side, and what rooms agreed on aloud."""
    structure = replace(report.structure, one_sided=_one_sided(organization, team))
    agreed = agreed_aloud(organization=organization, teams=reader.led) if reader.workshops else {}
    marks = marks_by_handoff(agreed, report.finding)
    links = tuple(replace(link, agreements=marks.get(link.key, ())) for link in report.links)
    return replace(report, structure=structure, links=links)


def _one_sided(organization: Organization, team: Team | None) -> OneSided:
    """How many hand-offs one side named and the other did not confirm. One query.

    Never which: until the other says yes that is between the two (docs/privacy.md), and a name would tell who did not.
    """
    claims = HandOff.objects.filter(organization=organization, is_claim=True)
    if team is not None:
        claims = claims.filter(Q(supplier__team=team) | Q(customer__team=team))
    return OneSided(claims.count())


def _sealed(report: Report, made_from: tuple[object, ...]) -> Report:
    """With the proof: a hash of all it says. ``made_from`` stands for the hand-offs of a chain of persons."""
    finding = report.finding if report.scope.by_team else _LEFT_OUT
    said = repr((made_from, replace(report, finding=finding, proof="")))
    return replace(report, proof=hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest())
