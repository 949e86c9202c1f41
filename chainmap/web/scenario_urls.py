"""The addresses of what-if and scenarios."""

from django.urls import URLPattern

scenario_urls: list[URLPattern] = []
