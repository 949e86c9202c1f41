"""Rows and holes of this part: the chain map, and who may arrange it."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import Organization
from tests.access.rows import NOBODY, Row, button, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_MAP = _ORGANIZATION + "map/"

ROWS: tuple[Row, ...] = (
    reading(_MAP, may(Action.SEE_BOTTLENECKS)),
    reading(_ORGANIZATION + "map.json", may(Action.SEE_BOTTLENECKS)),
    reading(_MAP + "handoffs/<int:handoff>/", may(Action.SEE_BOTTLENECKS)),
    # groups are those of a round: without one it is not there
    reading(_MAP + "links/<int:supplier>/<int:customer>/", NOBODY, refused=404),
    button(_MAP + "places/", may(Action.ARRANGE_MAP)),
    button(_MAP + "places/reset/", may(Action.ARRANGE_MAP)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part; the hand-off is that of the other parts."""
    return {"<int:supplier>": 0, "<int:customer>": 1}
