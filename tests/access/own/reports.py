"""Rows and holes of this part: the report of the closed round of Acme, one of its charts, one of its files."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import Organization
from tests.access.rows import Row, may, reading

_ORGANIZATION = "organizations/<int:organization>/"

ROWS: tuple[Row, ...] = (
    reading(_ORGANIZATION + "report/", may(Action.SEE_BOTTLENECKS)),
    reading(_ORGANIZATION + "report/charts/<chart:chart>.svg", may(Action.SEE_BOTTLENECKS)),
    reading(_ORGANIZATION + "report/files/<chart:report_format>/", may(Action.EXPORT_BOTTLENECKS)),
    reading(_ORGANIZATION + "rounds/<int:round>/report/", may(Action.SEE_ROUNDS)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    return {
        "<chart:chart>": "pareto",
        "<chart:report_format>": "json",
        "<int:round>": organization.rounds.get(name="Spring").pk,
    }
