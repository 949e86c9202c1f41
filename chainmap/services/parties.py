"""Parties, as the person who asks may see them."""

from __future__ import annotations

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.roles import Action
from chainmap.models import Organization, Party


def party_find(*, actor: User | Operator, organization: Organization, pk: int) -> Party:
    """One party of the organization. Raises NotFound when there is none, or not for this actor."""
    require(actor, Action.SEE_CHAIN, organization)
    party = Party.objects.filter(organization=organization, pk=pk).select_related("team").first()
    if party is None:
        raise NotFound
    return party


def party_of_user(*, user: User, organization: Organization) -> Party | None:
    """The party the user stands for in the organization; None when there is none, or not for this user."""
    if user.pk is None:
        return None
    return Party.objects.visible_to(user).filter(organization=organization, user__pk=user.pk).first()
