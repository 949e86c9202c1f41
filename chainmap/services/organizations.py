"""Organizations, as the person who asks may see them."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.access import NotFound, Operator, User
from chainmap.models import Organization


def organizations_list(*, actor: User | Operator) -> Sequence[Organization]:
    """The organizations the actor may see, by name."""
    if isinstance(actor, Operator):
        return list(Organization.objects.all())
    return list(Organization.objects.visible_to(actor))


def organization_find(*, actor: User | Operator, pk: int) -> Organization:
    """One organization by its number. Raises NotFound when it does not exist, or not for this actor."""
    rows = Organization.objects.all() if isinstance(actor, Operator) else Organization.objects.visible_to(actor)
    organization = rows.filter(pk=pk).first()
    if organization is None:
        raise NotFound
    return organization


def organization_hold(*, organization: Organization) -> Organization:
    """The row, nobody else's to hold until the caller's transaction ends (SQLite has one writer anyway).

    Whoever holds other rows of it as well holds this one first: two that began at different ends would wait for each
    other for ever.
    """
    held: Organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    return held


def organization_named(*, name: str) -> Organization:
    """One organization by its name, for commands run on the machine itself. Raises NotFound."""
    organization = Organization.objects.filter(name=name.strip()).first()
    if organization is None:
        raise NotFound
    return organization
