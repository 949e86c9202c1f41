"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import HandOff, Organization, Scenario
from tests.access.rows import Row, button, form, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_SCENARIOS = _ORGANIZATION + "scenarios/"
_SCENARIO = _SCENARIOS + "<int:scenario>/"

ROWS: tuple[Row, ...] = (
    # asking changes nothing: whoever sees the bottlenecks may ask
    button(_ORGANIZATION + "what-if.json", may(Action.SEE_BOTTLENECKS)),
    form(_ORGANIZATION + "what-if/", may(Action.SEE_BOTTLENECKS)),
    form(_SCENARIOS, may(Action.KEEP_SCENARIOS)),
    reading(_SCENARIOS + "compare/", may(Action.KEEP_SCENARIOS)),
    reading(_SCENARIO, may(Action.KEEP_SCENARIOS)),
    form(_SCENARIO + "edit/", may(Action.KEEP_SCENARIOS)),
    form(_SCENARIO + "remove/", may(Action.KEEP_SCENARIOS)),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part: a kept scenario."""
    handoff = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    scenario, _new = Scenario.objects.get_or_create(
        organization=organization,
        name="Better forecast",
        defaults={"changes": f'[{{"kind":"yield","handoff":{handoff.pk},"yield":0.9}}]'},
    )
    return {"<int:scenario>": scenario.pk}
