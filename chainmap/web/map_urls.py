"""The addresses of the chain map."""

from django.urls import URLPattern, path

from chainmap.web import map_pages

_ORGANIZATION = "organizations/<int:organization>/"
_MAP = _ORGANIZATION + "map/"

map_urls: list[URLPattern] = [
    path(_MAP, map_pages.map_page, name="map"),
    path(_ORGANIZATION + "map.json", map_pages.map_data, name="map_data"),
    path(_MAP + "handoffs/<int:handoff>/", map_pages.map_handoff, name="map_handoff"),
    path(_MAP + "links/<int:supplier>/<int:customer>/", map_pages.map_team_link, name="map_team_link"),
    path(_MAP + "places/", map_pages.map_places, name="map_places"),
    path(_MAP + "places/reset/", map_pages.map_reset, name="map_places_reset"),
]
