"""The analysis of one round: by person from its open ratings, by team from its release."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import get_language

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.release_chain import team_chain
from chainmap.domain.roles import Action
from chainmap.exports.bottlenecks import ExportFormat, export_bottlenecks
from chainmap.exports.files import ExportFile
from chainmap.models import Round
from chainmap.services.kept_once import kept_once
from chainmap.services.pictures import DrawnChain, drawn_once
from chainmap.services.releases import release_of, release_table
from chainmap.services.reporting import export_allow, export_taken
from chainmap.services.results import results_state
from chainmap.services.snapshots import chain_snapshot
from chainmap.services.structure import structure_of

_KEPT = 8
#: Small, and a trend is made of many.
_KEPT_TEAMS = 32


def round_bottlenecks_find(*, actor: User | Operator, round: Round, version: int | None = None) -> Bottlenecks:
    """Where value is lost according to this round alone. Of a protected round a function of its release.

    Raises NotFound for a stranger and before the round is closed, SolverError as in ``services/analysis.py``.
    """
    require(actor, Action.SEE_BOTTLENECKS, round.organization)
    _require_ready(round)
    organization = round.organization
    if not round.is_protected:
        return _by_person(round, organization.name, organization.data_version, organization.kappa)
    published, proof = _published(round, version)
    return _by_team(round, organization.name, published, proof, organization.kappa, get_language())


def round_analysis_find(*, actor: User | Operator, round: Round) -> Analysis:
    """The kept analysis behind that finding: of persons, or of a protected round of teams, from its latest release.

    Raises as ``round_bottlenecks_find`` does; the analysis solves when asked for, so its parts may raise SolverError.
    """
    require(actor, Action.SEE_BOTTLENECKS, round.organization)
    _require_ready(round)
    organization = round.organization
    if not round.is_protected:
        return _person_analysis(round, organization.data_version, organization.kappa)
    return _team_analysis(round, *_published(round, None), organization.kappa, get_language())


def round_draw(*, actor: User | Operator, round: Round) -> DrawnChain:
    """The picture of that finding."""
    finding = round_bottlenecks_find(actor=actor, round=round)
    organization = round.organization
    key = f"round:1:{round.pk}:{organization.data_version}:{organization.kappa!r}:{get_language()}"
    return drawn_once(finding=finding, key=key)


def round_export(*, actor: User | Operator, round: Round, format: ExportFormat) -> ExportFile:
    """That finding as a file, written to the audit log.

    Raises as ``round_bottlenecks_find``, and PermissionDenied without the right, TooMany after ten reports in an hour.
    """
    organization = round.organization
    require(actor, Action.EXPORT_BOTTLENECKS, organization)
    _require_ready(round)  # first: what there is not counts for nobody
    of = f"round {round.pk} {round.version}" + ("" if round.is_protected else f" {organization.data_version}")
    export_allow(actor=actor, organization=organization, report=of, file=format)
    file = export_bottlenecks(round_bottlenecks_find(actor=actor, round=round), format=format)
    export_taken(actor=actor, organization=organization, of=f"{organization.name} · {round.name}", file=file)
    return file


def round_findings_forget() -> None:
    """Forget what is kept, as ``findings_forget`` does."""
    for kept in (_by_person, _by_team, _person_analysis, _team_analysis):
        kept.cache_clear()


def _require_ready(round: Round) -> None:
    if results_state(round=round) != "ready":
        raise NotFound


def _published(round: Round, version: int | None) -> tuple[int, str]:
    """Version and proof of what was published. Raises NotFound where nothing was."""
    release = release_of(round=round, version=version)
    if release is None:
        raise NotFound
    return release.version, release.proof


@kept_once(_KEPT)
def _person_analysis(round: Round, _version: int, kappa: float) -> Analysis:
    return analyse(chain_snapshot(organization=round.organization, round=round), kappa=kappa)


@kept_once(_KEPT)
def _by_person(round: Round, name: str, version: int, kappa: float) -> Bottlenecks:
    analysis = _person_analysis(round, version, kappa)
    return find_bottlenecks(analysis.chain, organization=name, analysis=analysis)


@kept_once(_KEPT_TEAMS)
def _team_analysis(round: Round, version: int, _proof: str, kappa: float, _language: str | None) -> Analysis:
    """From the release and the structure of opening day alone: nothing else is passed in or asked for."""
    release = release_of(round=round, version=version)
    if release is None:
        raise NotFound
    structure = structure_of(round=round)
    names = structure.names
    parties = [replace(party, name=names[str(party.key)]) for party in structure.parties]
    return analyse(team_chain(release_table(release), parties, structure.handoffs), kappa=kappa)


@kept_once(_KEPT)
def _by_team(round: Round, name: str, version: int, proof: str, kappa: float, language: str | None) -> Bottlenecks:
    analysis = _team_analysis(round, version, proof, kappa, language)
    found = find_bottlenecks(analysis.chain, organization=name, by_team=True, analysis=analysis)
    return replace(found, released=True)
