"""The addresses of moments, purposes and stories."""

from django.urls import URLPattern

story_urls: list[URLPattern] = []
