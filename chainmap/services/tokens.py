"""Tokens for programs: shown once, kept hashed, dead after their last day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from knox.models import AuthToken

from chainmap.access import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

USUAL_DAYS = 90
MOST_DAYS = 366


def user_named(*, username: str) -> AbstractBaseUser:
    """One user by name, for commands run on the machine itself. Raises NotFound."""
    users = get_user_model()._default_manager
    user: AbstractBaseUser | None = users.filter(**{get_user_model().USERNAME_FIELD: username}).first()
    if user is None:
        raise NotFound
    return user


def token_create(*, user: AbstractBaseUser, days: int = USUAL_DAYS) -> str:
    """A new token with which a program reads what this user may read, for ``days`` (1 to 366) from now.

    Only its SHA-512 is kept, so it can be returned this once. Raises ValueError for other days or an inactive user.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(_("A token lasts 1 to %(most)s days, not %(days)s.") % {"most": MOST_DAYS, "days": days})
    if not user.is_active:
        raise ValueError(_("An inactive user cannot have a token. Activate the user first."))
    _record, token = AuthToken.objects.create(user=user, expiry=timedelta(days=days))
    return str(token)
