"""The addresses of a workshop on a phone."""

from django.urls import URLPattern, path

from chainmap.web import room_pages

_ROOM = "room/<int:workshop>/"

room_urls: list[URLPattern] = [
    path("w/", room_pages.room_code, name="room_code"),
    path("w/<str:code>/", room_pages.room_join, name="room_join"),
    path(_ROOM, room_pages.room, name="room"),
    path(_ROOM + "now/", room_pages.room_now, name="room_now"),
    path(_ROOM + "leave/", room_pages.room_leave, name="room_leave"),
]
