"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.models import Organization
from tests.access.rows import ASKED, Row, form, reading

ME = "organizations/<int:organization>/me/"

ROWS: tuple[Row, ...] = (
    # one's own page: to an insider who stands for no party there is none
    reading(ME, ASKED, refused=404),
    form(ME + "client/", ASKED, refused=404),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    return {}
