"""Chain -> findings, kept per data version: one call for page, picture, command, file and interface for programs."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks, find_party_chain, find_team_bottlenecks
from chainmap.domain.findings import Bottlenecks, PartyChain
from chainmap.domain.roles import Action
from chainmap.models import Organization, Party
from chainmap.services.snapshots import chain_snapshot

#: Changes whenever the shape or the meaning of what is kept changes.
_KEPT = 1


def bottlenecks_find(*, actor: User | Operator, organization: Organization, by_team: bool = False) -> Bottlenecks:
    """Where the organization loses value, by person or by team.

    Raises NotFound for a stranger, PermissionDenied for a member without the right, SolverError when a loop is so
    nearly closed that no figure would be sure.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    key = _key(organization, f"teams:{get_language()}" if by_team else "persons")
    finding: Bottlenecks | None = cache.get(key)
    if finding is None:
        analysis = _analysis(organization)
        if by_team:
            finding = find_team_bottlenecks(
                analysis.chain,
                organization=organization.name,
                analysis=analysis,
                no_team=_("(no team)"),
                stranded=_("{team} (no way to an end customer)"),
            )
        else:
            finding = find_bottlenecks(analysis.chain, organization=organization.name, analysis=analysis)
        cache.set(key, finding)
    return finding


def party_chain_find(*, actor: User | Operator, organization: Organization, party: Party) -> PartyChain:
    """One party's own view: who it serves, who serves it, its main chain to an end customer."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    analysis = _analysis(organization)
    position = analysis.chain.party_keys.tolist().index(party.pk)
    return find_party_chain(analysis.chain, position, analysis=analysis)


def _analysis(organization: Organization) -> Analysis:
    key = _key(organization, "analysis")
    analysis: Analysis | None = cache.get(key)
    if analysis is None:
        analysis = analyse(chain_snapshot(organization=organization), kappa=organization.kappa).solved()
        cache.set(key, analysis)
    return analysis


def _key(organization: Organization, what: str) -> str:
    return f"{_KEPT}:{organization.pk}:{organization.data_version}:{organization.kappa!r}:{what}"
