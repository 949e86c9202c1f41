"""The addresses of notifications."""

from django.urls import URLPattern

news_urls: list[URLPattern] = []
