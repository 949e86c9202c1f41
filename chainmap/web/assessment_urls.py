"""The addresses of self-assessments."""

from django.urls import URLPattern

assessment_urls: list[URLPattern] = []
