"""The addresses of conversations and agreements."""

from django.urls import URLPattern

talk_urls: list[URLPattern] = []
