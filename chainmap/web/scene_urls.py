"""The addresses of presentations and their scenes."""

from django.urls import URLPattern

scene_urls: list[URLPattern] = []
