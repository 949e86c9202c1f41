"""Pages about one hand-off of one's own: as every page, and with an answer where it was taken out meanwhile."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chainmap.services.own import HandOffRemoved
from chainmap.web.pages import View, button_page, form_page, page

#: What a form sends besides what somebody typed.
_NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "version", "says", "change", "back", "reason", "reply", "importance"}
    | {"kind", "thank", "thanked"}
)


def own_page(view: View) -> View:
    """As ``page``; HandOffRemoved of the services becomes a 409 page that says who took it out and brings it back."""
    return page(_removed_answered(view))


def own_form(view: View) -> View:
    """As ``form_page``, and :func:`own_page`: what was typed is shown, so that nothing is lost."""
    return form_page(_removed_answered(view))


def own_button(view: View) -> View:
    """As ``button_page``, and :func:`own_form`."""
    return button_page(_removed_answered(view))


def _removed_answered(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except HandOffRemoved as removed:
            return removed_answer(request, removed)

    return checked


def removed_answer(request: HttpRequest, removed: HandOffRemoved, refused: str = "") -> HttpResponse:
    """409: who took the hand-off out and when, what the reader had typed, and the button that brings it back.

    ``refused`` says why it cannot be brought back, where somebody tried.
    """
    context = {
        "organization": removed.own.handoff.organization,
        "own": removed.own,
        "by": removed.by,
        "is_by_me": removed.by == removed.own.party.name,
        "on": removed.on,
        "typed": typed_texts(request),
        "refused": refused,
    }
    return render(request, "chainmap/me/removed.html", context, status=409)


def typed_texts(request: HttpRequest) -> list[str]:
    """The texts a form brought, in its order, without what the page itself put there."""
    return [
        value
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED
        for value in values
        if isinstance(value, str) and value.strip()
    ]
