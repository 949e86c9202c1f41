"""The addresses of the chain map."""

from django.urls import URLPattern

map_urls: list[URLPattern] = []
