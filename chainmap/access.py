"""Who may do what: the only file that decides it.

A stranger is answered as if the object did not exist; an insider without the right is told so.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from chainmap.domain.roles import Action, Role, allows
from chainmap.models import Membership, Organization

#: Whoever is signed in, or nobody.
User = AbstractBaseUser | AnonymousUser


class Operator:
    """Whoever runs commands on the machine itself: trusted with everything but not a user."""


#: Passed as ``actor`` by management commands.
OPERATOR: Final = Operator()


class NotFound(Exception):  # noqa: N818 - the word Django and HTTP use
    """The object does not exist, or not for this user: the two must look the same."""


def roles_of(user: User, organization: Organization) -> frozenset[Role]:
    """The roles the user holds in the organization, read anew each time so that a removed one is gone at once."""
    if not user.is_active:
        return frozenset()
    held = Membership.objects.filter(user_id=user.pk, organization=organization).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def can(actor: User | Operator, action: Action, organization: Organization) -> bool:
    """Whether the actor may do the action in the organization."""
    return isinstance(actor, Operator) or allows(roles_of(actor, organization), action)


def require(actor: User | Operator, action: Action, organization: Organization) -> None:
    """Raise NotFound for a stranger, PermissionDenied for an insider without the right."""
    if isinstance(actor, Operator):
        return
    roles = roles_of(actor, organization)
    if not roles:
        raise NotFound
    if not allows(roles, action):
        raise PermissionDenied(_("Your role in this organization does not include this. Ask your administrator."))
