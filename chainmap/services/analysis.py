"""Chain -> findings: one call for page, picture, command, file and interface for programs.

What was found is kept in this process for as long as the data do not change, as the objects themselves: findings are
immutable, and taking 100,000 of them out of a cache that pickles costs more than finding them.
"""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks, find_party_chain, find_team_bottlenecks
from chainmap.domain.findings import Bottlenecks, PartyChain
from chainmap.domain.intervals import Interval
from chainmap.domain.roles import Action
from chainmap.domain.uncertainty import find_delivered_uncertainty
from chainmap.models import Organization, Party
from chainmap.services.kept_once import kept_once
from chainmap.services.snapshots import chain_snapshot

#: Organizations whose findings are kept at a time; 100,000 hand-offs take about 150 MB.
_KEPT = 8


def bottlenecks_find(*, actor: User | Operator, organization: Organization, by_team: bool = False) -> Bottlenecks:
    """Where the organization loses value, by person or by team.

    Raises NotFound for a stranger, PermissionDenied for a member without the right, SolverError when a loop is so
    nearly closed that no figure would be sure.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    state = _state(organization)
    return _team_bottlenecks(*state, language=get_language()) if by_team else _bottlenecks(*state)


def analysis_find(*, actor: User | Operator, organization: Organization) -> Analysis:
    """The kept analysis itself, for whoever needs one part of it: flow, gains and shares are solved when asked for.

    Raises NotFound for a stranger, PermissionDenied without the right; its parts may raise SolverError.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    return _analysis(*_state(organization))


def party_chain_find(*, actor: User | Operator, organization: Organization, party: Party) -> PartyChain:
    """One party's own view: who it serves, who serves it, its main chain to an end customer."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    analysis = _analysis(*_state(organization))
    position = analysis.chain.party_keys.tolist().index(party.pk)
    return find_party_chain(analysis.chain, position, analysis=analysis)


def delivered_range_find(*, actor: User | Operator, organization: Organization) -> Interval | None:
    """Where delivered value lies with 90 % certainty, in person-equivalents; None when nothing is rated or measured."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    return _delivered_range(*_state(organization))


def findings_forget() -> None:
    """Forget what is kept: for tests, whose rolled-back organizations use the same numbers again, and benchmarks."""
    for kept in (_analysis, _bottlenecks, _team_bottlenecks, _delivered_range):
        kept.cache_clear()


def _state(organization: Organization) -> tuple[Organization, str, int, float]:
    """The organization and everything of it a finding depends on: what is kept is kept for exactly this."""
    return organization, organization.name, organization.data_version, organization.kappa


@kept_once(_KEPT)
def _analysis(organization: Organization, _name: str, _version: int, kappa: float) -> Analysis:
    return analyse(chain_snapshot(organization=organization), kappa=kappa)


@kept_once(_KEPT)
def _bottlenecks(organization: Organization, name: str, version: int, kappa: float) -> Bottlenecks:
    analysis = _analysis(organization, name, version, kappa)
    return find_bottlenecks(analysis.chain, organization=name, analysis=analysis)


@kept_once(_KEPT)
def _delivered_range(organization: Organization, name: str, version: int, kappa: float) -> Interval | None:
    found = find_delivered_uncertainty(_analysis(organization, name, version, kappa))
    return found.interval if found else None


@kept_once(_KEPT)
def _team_bottlenecks(
    organization: Organization, name: str, version: int, kappa: float, *, language: str | None
) -> Bottlenecks:
    """``language``: the names of what is in no team, or reaches nobody, are words."""
    analysis = _analysis(organization, name, version, kappa)
    return find_team_bottlenecks(
        analysis.chain,
        organization=name,
        analysis=analysis,
        no_team=_("(no team)"),
        stranded=_("{team} (no way to an end customer)"),
    )
