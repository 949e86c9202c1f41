"""The addresses of presentations and their scenes."""

from django.urls import path

from chainmap.web import presentation_pages, scene_pages

_ORGANIZATION = "organizations/<int:organization>/"
_PRESENTATION = _ORGANIZATION + "presentation/"
_SCENE = _PRESENTATION + "<int:scene>/"

scene_urls = [
    path(_PRESENTATION, scene_pages.presentation, name="presentation"),
    path(_PRESENTATION + "new/", scene_pages.scene_new, name="scene_new"),
    path(_PRESENTATION + "make/", scene_pages.scenes_ready_made, name="scenes_make"),
    path(_PRESENTATION + "put-back/", scene_pages.scene_put_back, name="scene_put_back"),
    path(_PRESENTATION + "show/", presentation_pages.presentation_show, name="presentation_show"),
    path(_SCENE + "edit/", scene_pages.scene_edit, name="scene_edit"),
    path(_SCENE + "remove/", scene_pages.scene_remove_button, name="scene_remove"),
    path(_SCENE + "move/", scene_pages.scene_move_button, name="scene_move"),
    path(_SCENE + "map.json", presentation_pages.scene_map, name="scene_map"),
    path(_ORGANIZATION + "workshops/<int:workshop>/scenes/", scene_pages.workshop_scenes, name="workshop_scenes"),
]
