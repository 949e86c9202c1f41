"""Noble purposes: how the organization, and each team, makes a difference to its customers. For everybody to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, can, require
from chainmap.domain.roles import Action
from chainmap.domain.texts import read_text
from chainmap.models import Organization, Purpose, Team
from chainmap.services.own import EditConflict
from chainmap.services.parties import party_of_user

LONGEST_PURPOSE = 300
#: Teams the page lists; a house with more has them behind "more".
MOST_TEAMS = 500


@dataclass(frozen=True, slots=True)
class PurposeTexts:
    """What is written; "" and left out where nothing is."""

    organization: str
    teams: Mapping[int, str]  # number of the team -> its purpose


@dataclass(frozen=True, slots=True)
class PurposeSeen:
    """The purpose of the organization (``team`` None) or of one team, and whether the reader may change it."""

    team: Team | None
    text: str  # "" where none is written
    version: int  # to be sent along with a change; 0 where there never was one
    may_change: bool


@dataclass(frozen=True, slots=True)
class PurposesSeen:
    """All purposes of the organization."""

    organization: PurposeSeen
    teams: tuple[PurposeSeen, ...]  # those with a text, and those without that the reader may write; by name
    own_team: int | None  # number of the reader's team


def purpose_texts(*, actor: User | Operator, organization: Organization) -> PurposeTexts:
    """The purposes of the organization and of its teams. Raises NotFound for a stranger."""
    require(actor, Action.SEE_CHAIN, organization)
    rows = Purpose.objects.filter(organization=organization).exclude(text="").values_list("team_id", "text")
    texts: dict[int | None, str] = dict(rows)
    return PurposeTexts(texts.pop(None, ""), {team: text for team, text in texts.items() if team is not None})


def purposes_list(*, user: User, organization: Organization) -> PurposesSeen:
    """Everything the page of purposes shows. Raises NotFound for a stranger."""
    require(user, Action.SEE_CHAIN, organization)
    may_change_all = can(user, Action.CHANGE_PURPOSE, organization)
    own_team = _own_team(user, organization)
    kept = {row.team_id: row for row in Purpose.objects.filter(organization=organization)}
    seen = []
    for team in Team.objects.filter(organization=organization).order_by("name", "pk")[:MOST_TEAMS]:
        one = _seen(team, kept.get(team.pk), may_change_all or team.pk == own_team)
        if one.text or one.may_change:
            seen.append(one)
    return PurposesSeen(_seen(None, kept.get(None), may_change_all), tuple(seen), own_team)


def purpose_find(*, user: User, organization: Organization, team: int | None) -> PurposeSeen:
    """One purpose to be changed. Raises NotFound for a stranger and for a team that is not of this organization,
    PermissionDenied for whoever may not change it."""
    found = _changeable_team(user, organization, team)
    kept = Purpose.objects.filter(organization=organization, team=found).first()
    return _seen(found, kept, may_change=True)


def purpose_set(*, user: User, organization: Organization, team: int | None, text: str, version: int) -> PurposeSeen:
    """Write the purpose of the organization, or of one team; an empty text takes it away.

    The organization's by whoever may change purposes, a team's by its own people too. Raises what ``purpose_find``
    does, TextFault, and EditConflict where somebody wrote since ``version``.
    """
    found = _changeable_team(user, organization, team)
    line = read_text(text, LONGEST_PURPOSE)
    with transaction.atomic():
        row, _new = Purpose.objects.get_or_create(
            organization=organization, team=found, defaults={"text": "", "version": 0}
        )
        held = Purpose.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=row.pk)
        if held.version != version:
            by = held.changed_by
            raise EditConflict(
                {"text": held.text}, held.version, (by.get_full_name() or by.get_username()) if by else ""
            )
        # an emptied row stays: whoever still has the former text before them must not write over the next one
        held.text, held.version = line, version + 1
        held.changed_by_id = user.pk
        held.save()
    return _seen(found, held, may_change=True)


def _changeable_team(user: User, organization: Organization, team: int | None) -> Team | None:
    """The team, None for the organization itself; raises for whoever may not change its purpose."""
    require(user, Action.SEE_CHAIN, organization)
    found = None
    if team is not None:
        found = Team.objects.filter(organization=organization, pk=team).first()
        if found is None:
            raise NotFound
    if not can(user, Action.CHANGE_PURPOSE, organization):
        if found is None:
            raise PermissionDenied(
                _("The purpose of the organization is written by coaches, managers, administrators.")
            )
        if _own_team(user, organization) != found.pk:
            raise PermissionDenied(_("The purpose of a team is written by its own people. Tell one of them your idea."))
    return found


def _own_team(user: User, organization: Organization) -> int | None:
    """Number of the team the user belongs to as a person of the chain; None too for whoever left."""
    party = party_of_user(user=user, organization=organization)
    return None if party is None or party.left_on is not None else party.team_id


def _seen(team: Team | None, kept: Purpose | None, may_change: bool) -> PurposeSeen:
    if kept is None:
        return PurposeSeen(team, "", 0, may_change)
    return PurposeSeen(team, kept.text, kept.version, may_change)
