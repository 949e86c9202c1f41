"""What the head of a page shows to whoever stands for a party of the organization."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from chainmap.models import Organization
from chainmap.services.news import own_links_find

register = template.Library()

#: More news than this are not counted out.
MOST_COUNTED = 99


@register.inclusion_tag("chainmap/me/_own_links.html", takes_context=True)
def own_links(context: dict[str, Any], organization: Organization | None) -> dict[str, object]:
    """The ways to the own page and to the news, with how many are new; nothing for everybody else.

    At most two queries, and only for somebody signed in on a page of an organization.
    """
    user = context.get("user")
    if not isinstance(organization, Organization) or user is None or not user.is_authenticated:
        return {"links": None}
    links = own_links_find(user=user, organization=organization)
    if links is None:
        return {"links": None}
    return {
        "links": links,
        "unseen": f"{MOST_COUNTED}+" if links.unseen > MOST_COUNTED else str(links.unseen),
        "me": reverse("chainmap:me", args=[organization.pk]),
        "news": reverse("chainmap:news", args=[organization.pk]),
        "here": context["request"].path if "request" in context else "",
    }
