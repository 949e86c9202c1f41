"""Who leads which team: a manager who leads one or more sees the reports of these alone, beside the organization's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require, roles_of
from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Action, Role
from chainmap.models import Organization, Team, TeamLead
from chainmap.services.audit import audit_write
from chainmap.services.organizations import organization_hold

#: Whoever has one of these looks after all teams, whatever they lead besides.
_WHOLE = frozenset({Role.COACH, Role.ADMINISTRATOR, Role.AUDITOR})


class LeadProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be done; ``str()`` says what, why and what to do. ``field``: of the form."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TeamLeads:
    """A team and those who lead it: (number of the row, name). ``team`` None: the team is gone, the lead is not."""

    team: Team | None
    leads: tuple[tuple[int, str], ...]


def led_teams(*, user: User | Operator, organization: Organization) -> frozenset[int] | None:
    """Numbers of the teams whose reports there are for the user; None = of all teams.

    A manager named as the lead of a team sees the reports of the teams they lead; a manager who leads none, a coach,
    an administrator and an auditor see all. Who led a team that is gone leads one still, and it has no report: not all
    of them, until an administrator says so.
    """
    if isinstance(user, Operator) or roles_of(user, organization) & _WHOLE:
        return None
    rows = TeamLead.objects.filter(organization=organization, user_id=user.pk or 0)
    named = list(rows.values_list("team_id", flat=True))
    return frozenset(team for team in named if team is not None) if named else None


def team_leads_list(*, actor: User | Operator, organization: Organization) -> list[TeamLeads]:
    """Every team, by name, and who leads it; at the end the leads whose team is gone, if there are any.

    Raises NotFound, PermissionDenied.
    """
    require(actor, Action.LEAD_TEAMS, organization)
    rows = TeamLead.objects.filter(organization=organization).select_related("user").order_by("pk")
    by_team: dict[int | None, list[tuple[int, str]]] = {}
    for row in rows:
        by_team.setdefault(row.team_id, []).append((row.pk, _name(row.user)))
    teams: list[Team | None] = list(Team.objects.filter(organization=organization))
    if None in by_team:
        teams.append(None)
    return [TeamLeads(team, tuple(by_team.get(None if team is None else team.pk, ()))) for team in teams]


def managers_list(*, actor: User | Operator, organization: Organization) -> list[tuple[int, str]]:
    """(number, name) of everybody who can be named: the managers of the organization, by name."""
    require(actor, Action.LEAD_TEAMS, organization)
    return sorted(((user.pk, _name(user)) for user in _managers(organization)), key=lambda each: each[1].casefold())


def team_lead_name(*, actor: User | Operator, organization: Organization, team: int, user: int) -> TeamLead:
    """Say that a manager leads a team; said twice it is said once. It takes the place of a team of theirs that is gone.

    Raises LeadProblem for a team or a person that cannot be, NotFound, PermissionDenied.
    """
    require(actor, Action.LEAD_TEAMS, organization)
    with transaction.atomic():
        organization_hold(organization=organization)  # before the team, as everywhere
        found = Team.objects.select_for_update(no_key=True).filter(organization=organization, pk=team).first()
        if found is None:
            raise LeadProblem(_("This is not a team of this organization. Choose one of the list."), "team")
        named = next((each for each in _managers(organization) if each.pk == user), None)
        if named is None:
            raise LeadProblem(
                _("Only a manager of this organization can lead a team here. Choose another one."), "user"
            )
        lead, is_new = TeamLead.objects.get_or_create(organization=organization, team=found, user_id=named.pk)
        TeamLead.objects.filter(organization=organization, team=None, user_id=named.pk).delete()
        if is_new:
            _log(actor, organization, AuditWhat.LEAD_NAMED, lead)
    return lead


def team_lead_remove(*, actor: User | Operator, organization: Organization, pk: int) -> None:
    """Take it back. Raises NotFound where there is no such row here, PermissionDenied."""
    if not TeamLead.objects.filter(organization=organization, pk=pk).exists():
        raise NotFound  # first: to an insider who may not, another organization's is as good as none
    require(actor, Action.LEAD_TEAMS, organization)
    with transaction.atomic():
        organization_hold(organization=organization)  # before the lead, as everywhere
        rows = TeamLead.objects.select_for_update(of=("self",), no_key=True).filter(organization=organization)
        lead = rows.select_related("team", "user").filter(pk=pk).first()
        if lead is None:
            raise NotFound
        _log(actor, organization, AuditWhat.LEAD_REMOVED, lead)
        lead.delete()


def _managers(organization: Organization) -> Sequence[AbstractBaseUser]:
    users = get_user_model()._default_manager
    held = {"memberships__organization": organization, "memberships__role": Role.MANAGER.value}
    return list(users.filter(is_active=True, **held).distinct())


def _log(actor: User | Operator, organization: Organization, what: AuditWhat, lead: TeamLead) -> None:
    user = None if isinstance(actor, Operator) else actor
    team = "" if lead.team is None else f"{lead.team.name} · "
    audit_write(organization=organization, user=user, what=what, about=f"{team}{_name(lead.user)}")


def _name(user: AbstractBaseUser) -> str:
    return getattr(user, "get_full_name", str)() or user.get_username()
