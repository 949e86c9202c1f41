"""Rows and holes of this part: whoever may present prepares scenes and shows them."""

from __future__ import annotations

from chainmap.domain.roles import Action
from chainmap.models import Organization, Scene
from tests.access.rows import Row, button, form, may, reading

_ORGANIZATION = "organizations/<int:organization>/"
_PRESENTATION = _ORGANIZATION + "presentation/"
_SCENE = _PRESENTATION + "<int:scene>/"
_PRESENTERS = may(Action.PRESENT)

ROWS: tuple[Row, ...] = (
    reading(_PRESENTATION, _PRESENTERS),
    form(_PRESENTATION + "new/", _PRESENTERS),
    button(_PRESENTATION + "make/", _PRESENTERS),
    button(_PRESENTATION + "put-back/", _PRESENTERS),
    reading(_PRESENTATION + "show/", _PRESENTERS),
    form(_SCENE + "edit/", _PRESENTERS),
    button(_SCENE + "remove/", _PRESENTERS),
    button(_SCENE + "move/", _PRESENTERS),
    reading(_SCENE + "map.json", _PRESENTERS),
    reading(_ORGANIZATION + "workshops/<int:workshop>/scenes/", _PRESENTERS),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    scene = Scene.objects.create(organization=organization, place=1, kind="map", title="The whole")
    return {"<int:scene>": scene.pk}
