"""What the page of the chain map needs and no other."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()
LIBRARIES = {"graphology": "graphology.umd.min.js", "sigma": "sigma.min.js"}


@register.simple_tag
def map_library(name: str) -> str:
    """The address of a script of others that draws very large maps, or nothing where it is not installed."""
    file = LIBRARIES[name]
    if not (settings.CHAINMAP_BROWSER_CODE / file).is_file():
        return ""
    try:
        return static(f"chainmap/vendor/{file}")
    except ValueError:  # installed after the files were collected
        return ""
