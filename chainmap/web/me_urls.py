"""The addresses of my page and the first question."""

from django.urls import URLPattern

me_urls: list[URLPattern] = []
