"""The addresses of the walk from a person to the end customer."""

from django.urls import URLPattern

walk_urls: list[URLPattern] = []
