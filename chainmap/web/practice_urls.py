"""The addresses of practice workshops."""

from django.urls import URLPattern, path

from chainmap.web import practice_pages

practice_urls: list[URLPattern] = [
    path("practice/", practice_pages.practice, name="practice"),
    path("organizations/<int:organization>/practice/remove/", practice_pages.remove, name="practice_remove"),
]
