"""What the head of a page shows: the own page and news of whoever stands for a party, and what a role may look at."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.access import User, roles_of
from chainmap.domain.roles import Action, allows
from chainmap.models import Organization
from chainmap.services.news import own_links_find

register = template.Library()

#: More news than this are not counted out.
MOST_COUNTED = 99


@register.inclusion_tag("chainmap/me/_own_links.html", takes_context=True)
def own_links(context: dict[str, Any], organization: Organization | None) -> dict[str, object]:
    """The ways to the own page and to the news, with how many are new, and to the pages of the reader's role.

    At most three queries, and only for somebody signed in on a page of an organization.
    """
    user = context.get("user")
    if not isinstance(organization, Organization) or user is None or not user.is_authenticated:
        return {"links": None}
    links = own_links_find(user=user, organization=organization)
    shown: dict[str, object] = {
        "links": links,
        "pages": _pages(user, organization, has_own_page=links is not None),
        "here": context["request"].path if "request" in context else "",
    }
    if links is not None:
        shown |= {
            "unseen": f"{MOST_COUNTED}+" if links.unseen > MOST_COUNTED else str(links.unseen),
            "me": reverse("chainmap:me", args=[organization.pk]),
            "news": reverse("chainmap:news", args=[organization.pk]),
        }
    return shown


def _pages(user: User, organization: Organization, *, has_own_page: bool) -> list[tuple[str, str]]:
    """(words, address) of what the reader's roles may look at; the purpose also stands on every own page. One query."""
    roles = roles_of(user, organization)
    pages = []
    if allows(roles, Action.SEE_BOTTLENECKS):
        pages.append((_("Map"), "map"))
    if allows(roles, Action.EXPORT_BOTTLENECKS):
        pages.append((_("Report"), "report"))
    if allows(roles, Action.SEE_WORKSHOPS):
        pages.append((_("Workshops"), "workshops"))
    if allows(roles, Action.COUNT_AGREEMENTS):
        pages.append((_("Agreements"), "agreements_shared"))
    if allows(roles, Action.SEE_GROUP_FIGURES):
        pages.append((_("Teams"), "assessment_figures"))
    elif allows(roles, Action.CHANGE_QUESTIONNAIRES):
        pages.append((_("Questionnaires"), "questionnaires"))
    if allows(roles, Action.READ_AUDIT):
        pages.append((_("Audit log"), "audit"))
    if roles and not has_own_page:
        pages.append((_("Purpose"), "purpose"))
    return [(words, reverse(f"chainmap:{name}", args=[organization.pk])) for words, name in pages]
