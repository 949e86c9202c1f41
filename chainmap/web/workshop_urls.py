"""The addresses of the coach's side of a workshop: list, console, projector."""

from django.urls import URLPattern

workshop_urls: list[URLPattern] = []
