"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.models import Organization
from tests.access.rows import Row

ROWS: tuple[Row, ...] = ()


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    return {}
