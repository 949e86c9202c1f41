"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.domain.roles import Role
from chainmap.models import Organization
from tests.access.rows import NOBODY, Row, form

ROWS: tuple[Row, ...] = (
    # whoever coaches a real organization; to everybody else there is no such page
    form("practice/", frozenset({Role.COACH.value}), refused=404),
    # asked for with a real organization, of which nobody may take anything away here
    form("organizations/<int:organization>/practice/remove/", NOBODY, refused=404),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: none of its own."""
    return {}
