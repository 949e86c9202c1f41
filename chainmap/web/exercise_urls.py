"""The addresses of what phones send to an exercise."""

from django.urls import URLPattern

exercise_urls: list[URLPattern] = []
