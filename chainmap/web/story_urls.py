"""The addresses of moments, purposes and stories."""

from django.urls import path

from chainmap.web import moment_pages, story_pages

_OWN = "organizations/<int:organization>/me/"
_PURPOSE = "organizations/<int:organization>/purpose/"
_STORIES = "organizations/<int:organization>/stories/"

story_urls = [
    path(_OWN + "handoffs/<int:handoff>/moments/", moment_pages.tell, name="moment_tell"),
    path(_OWN + "moments/", moment_pages.moments, name="moments"),
    path(_OWN + "moments/<int:moment>/", moment_pages.answer, name="moment_answer"),
    path(_PURPOSE, story_pages.purposes, name="purpose"),
    path(_PURPOSE + "edit/", story_pages.purpose_edit, name="purpose_edit"),
    path(_PURPOSE + "<int:team>/edit/", story_pages.purpose_edit, name="purpose_team_edit"),
    path(_STORIES + "new/", story_pages.story_new, name="story_new"),
    path(_STORIES + "<int:story>/", story_pages.story, name="story"),
    path(_STORIES + "<int:story>/edit/", story_pages.story_change, name="story_edit"),
    path(_STORIES + "<int:story>/remove/", story_pages.story_take_back, name="story_remove"),
]
