"""Rows and holes of this part: one round against another, all rounds in a row, the matrix of teams."""

from __future__ import annotations

from datetime import date

from chainmap.domain.roles import Action
from chainmap.models import HandOff, Organization, Rating, Round
from tests.access.rows import Row, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_COMPARES = may(Action.COMPARE)
#: Whoever may compare may take it away as well.
_TAKES = _COMPARES & may(Action.EXPORT_BOTTLENECKS)

ROWS: tuple[Row, ...] = (
    reading(_ORGANIZATION + "compare/", _COMPARES),
    reading(_ORGANIZATION + "compare/picture.svg", _COMPARES),
    reading(_ORGANIZATION + "compare/charts/<part:compared>.svg", _COMPARES),
    reading(_ORGANIZATION + "compare/files/<part:compared_format>/", _TAKES),
    reading(_ORGANIZATION + "trend/", _COMPARES),
    reading(_ORGANIZATION + "trend/charts/<part:trended>.svg", _COMPARES),
    reading(_ORGANIZATION + "trend/files/<part:trended_format>/", _TAKES),
    reading(_ORGANIZATION + "matrix/", _COMPARES),
    reading(_ORGANIZATION + "matrix/files/<part:matrix_format>/", _TAKES),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part; a signed round before Spring, to compare it with."""
    made, is_new = Round.objects.get_or_create(
        organization=organization,
        name="Winter",
        defaults={"mode": Round.Mode.OPEN, "state": Round.State.CLOSED, "closed_on": date(2026, 1, 12)},
    )
    if is_new:
        handoff = HandOff.objects.filter(organization=organization).order_by("pk")[1]
        Rating.objects.create(
            round=made, handoff=handoff, rater=handoff.customer, score=5.0, given_on=date(2026, 1, 10)
        )
        organization.touch()
    return {
        "<part:compared>": "parts",
        "<part:compared_format>": "csv",
        "<part:trended>": "yield",
        "<part:trended_format>": "csv",
        "<part:matrix_format>": "csv",
    }
