"""The addresses of what is left after a workshop."""

from django.urls import URLPattern

workshop_after_urls: list[URLPattern] = []
