"""The button that loads the invented company, for coaches alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from chainmap.services.practice import may_practise

register = template.Library()


@register.inclusion_tag("chainmap/workshop/_practice_button.html", takes_context=True)
def practice_button(context: RequestContext) -> dict[str, Any]:
    """One tap to the coach's own practice workshop; nothing for whoever coaches no real organization. One query."""
    return {"may_practise": may_practise(user=context["user"])}
