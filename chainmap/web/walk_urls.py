"""The addresses of the walk from a person to the end customer."""

from django.urls import path

from chainmap.web import walk_pages

_WALK = "organizations/<int:organization>/walk/"

walk_urls = [
    path(_WALK, walk_pages.walk_start_page, name="walk_start"),
    path(_WALK + "<int:party>/", walk_pages.walk_page, name="walk"),
]
