"""The ways between the pages of reports that are taken away, as far as the reader's role goes."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.access import roles_of
from chainmap.domain.roles import Action, allows
from chainmap.models import Organization

register = template.Library()


@register.inclusion_tag("chainmap/report_jobs/_ways.html", takes_context=True)
def report_job_ways(context: dict[str, Any], organization: Organization) -> dict[str, object]:
    """One query: the roles."""
    roles = roles_of(context["user"], organization)
    pages = [
        (Action.EXPORT_BOTTLENECKS, _("My files"), "kept_files"),
        (Action.SHARE_REPORTS, _("Links"), "report_links"),
        (Action.SHARE_REPORTS, _("By mail"), "report_mails"),
        (Action.LEAD_TEAMS, _("Who leads which team"), "team_leads"),
        (Action.READ_AUDIT, _("Audit log"), "audit"),
    ]
    ways = [
        (words, reverse(f"chainmap:{name}", args=[organization.pk]))
        for action, words, name in pages
        if allows(roles, action)
    ]
    return {"ways": ways, "here": context["request"].path}
