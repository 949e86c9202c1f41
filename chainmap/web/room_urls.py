"""The addresses of the participants' side of a workshop: join, the phone."""

from django.urls import URLPattern

room_urls: list[URLPattern] = []
