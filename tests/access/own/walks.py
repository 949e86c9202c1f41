"""Rows and holes of this part: everybody of the organization may walk."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import Organization, Party
from tests.access.rows import Row, may, reading

_WALK = "organizations/<int:organization>/walk/"

ROWS: tuple[Row, ...] = (
    reading(_WALK, may(Action.SEE_BOTTLENECKS)),
    reading(_WALK + "<int:party>/", may(Action.SEE_BOTTLENECKS)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    return {"<int:party>": Party.objects.get(organization=organization, code="bob").pk}
