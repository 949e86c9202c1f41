"""The addresses of a person's own hand-offs."""

from django.urls import URLPattern

handoff_urls: list[URLPattern] = []
