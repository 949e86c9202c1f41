"""What decides how much a report says to somebody: kept with its file, and asked again before it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainmap.access import User, roles_of
from chainmap.models import Organization
from chainmap.services.team_leads import led_teams

#: As they are written beside what was asked for: the roles, and the teams they lead (None: not some alone).
Rights = dict[str, Any]


def rights_of(*, user: User, organization: Organization) -> Rights:
    """The rights of this moment."""
    led = led_teams(user=user, organization=organization)
    return {"roles": sorted(roles_of(user, organization)), "led": None if led is None else sorted(led)}


def rights_cover(rights: Rights, made_with: Mapping[str, Any]) -> bool:
    """Whether somebody with these rights may have what was made with those; a file that names no teams is of all.

    >>> rights_cover({"roles": ["coach", "manager"], "led": None}, {"roles": ["manager"], "led": [3]})
    True
    >>> rights_cover({"roles": ["manager"], "led": [3]}, {"roles": ["manager"]})
    False
    >>> rights_cover({"roles": ["manager"], "led": [3, 4]}, {"roles": ["manager"], "led": [3, 5]})
    False
    """
    led, made_led = rights["led"], made_with.get("led")
    sees_teams = led is None or (made_led is not None and set(led) >= set(made_led))
    return sees_teams and set(rights["roles"]) >= set(made_with.get("roles", ()))
