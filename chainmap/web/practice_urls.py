"""The addresses of practice workshops."""

from django.urls import URLPattern

practice_urls: list[URLPattern] = []
