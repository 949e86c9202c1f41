"""The addresses of my page and the first question."""

from django.urls import URLPattern, path

from chainmap.web import me

_ME = "organizations/<int:organization>/me/"

me_urls: list[URLPattern] = [
    path(_ME, me.me_page, name="me"),
    path(f"{_ME}client/", me.me_client, name="me_client"),
]
