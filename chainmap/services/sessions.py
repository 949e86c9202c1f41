"""How long somebody stays signed in: shorter for those who see more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chainmap.access import User
from chainmap.domain.roles import Role
from chainmap.models import Membership


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Signed out after ``idle`` without a request, and ``longest`` after signing in whatever happens."""

    idle: timedelta
    longest: timedelta


#: A member answers questions on a phone; everybody else may see, change or take away what belongs to others.
MEMBERS = SessionLimits(timedelta(hours=12), timedelta(hours=12))
OTHERS = SessionLimits(timedelta(minutes=30), timedelta(hours=8))


def session_limits_of(*, user: User) -> SessionLimits:
    """The limits of a user's roles as they are now."""
    more = Membership.objects.filter(user__pk=user.pk or 0).exclude(role=Role.MEMBER.value)
    return OTHERS if more.exists() else MEMBERS


def session_is_over(*, user: User, signed_in: int, last_seen: int, now: int) -> bool:
    """Whether a session has to end; times in seconds since 1970."""
    limits = session_limits_of(user=user)
    return now - last_seen > limits.idle.total_seconds() or now - signed_in > limits.longest.total_seconds()
