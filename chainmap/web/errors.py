"""Pages for what went wrong: what happened, what was kept, what to do next.

None of them is rendered with the request: a page about a missing address must not depend on who asks or on what was
asked, byte for byte, so that another organization's page and one that never existed look the same.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.services.limits import EXPORT, TooMany
from chainmap.services.reporting import export_limit_words, export_waiting_words
from chainmap.web.queries import QueryError

#: Seconds after which trying again is worth it when a picture could not be drawn.
RETRY_AFTER_SECONDS = 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address cannot be understood. Only our own sentence is shown, never another exception's text."""
    reason = (
        str(exception) if isinstance(exception, QueryError) else _("Something in the request cannot be understood.")
    )
    return _page(
        400,
        title=_("This address cannot be understood"),
        reason=reason,
        step=_("Nothing was changed. Go back, or start again from the first page."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: an insider without the right. Our own access rule says why."""
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _page(
        403,
        title=_("Your role does not include this"),
        reason=said or _("Your role in this organization does not include this. Ask your administrator."),
        step=_("Nothing was changed. Everything your role includes is still there."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: missing, or not for this person. The same bytes for both."""
    return _page(
        404,
        title=_("There is nothing at this address for you"),
        reason=_("It may have been removed, the address may be mistyped, or it belongs to somebody else."),
        step=_("Start again from the first page, or ask the person who gave you the address."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own mistake."""
    return _page(
        500,
        title=_("Something went wrong on our side"),
        reason=_("The page could not be made. What was saved before is kept."),
        step=_("Try again in a moment. If it happens again, tell your administrator what you opened and when."),
    )


def picture_unavailable(error: PictureError) -> HttpResponse:
    """503: the layout program gave up; the same finding is there as a table and as CSV."""
    reason = _("It could not be drawn in the time and memory a picture may take.")
    if error.reason == PictureFailure.BUSY:
        reason = _("Many pictures are being drawn right now.")
    response = _page(
        503,
        title=_("The picture cannot be had right now"),
        reason=reason,
        step=_("Take the table as CSV instead, or try again in a minute."),
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def figures_unavailable() -> HttpResponse:
    """503: the flow of this chain cannot be solved to the accuracy that is promised, so no figure is shown."""
    return _page(
        503,
        title=_("The figures of this chain cannot be worked out"),
        reason=_("Some people hand nearly all their work round to each other, so that almost nothing leaves the loop."),
        step=_("Nothing was changed. Ask your administrator to look at the volumes of those hand-offs."),
    )


def too_many(refused: TooMany, *, organization: int | None = None) -> HttpResponse:
    """429: tried too often; when it goes on, and of reports what can be had meanwhile."""
    reason = _("How often this can be done is limited, to protect everybody’s data. Nothing was changed.")
    step, way = wait_sentence(refused.wait), None
    if refused.limit == EXPORT:
        reason = f"{export_limit_words()} {reason}"
        if organization is not None:
            step = f"{step} {export_waiting_words()}"
            way = (reverse("chainmap:kept_files", args=[organization]), _("My files"))
    response = _page(429, title=_("That was often for so short a time"), reason=reason, step=step, way=way)
    return told_to_wait(response, refused.wait)


def wait_sentence(wait: timedelta) -> str:
    """For how long to wait, in whole minutes."""
    minutes = int(wait.total_seconds()) // 60 + 1
    said = ngettext("Wait %(minutes)d minute, then try again.", "Wait %(minutes)d minutes, then try again.", minutes)
    return said % {"minutes": minutes}


def told_to_wait(response: HttpResponse, wait: timedelta) -> HttpResponse:
    """The answer as 429, with the seconds for programs."""
    response.status_code = 429
    response["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _page(status: int, *, title: str, reason: str, step: str, way: tuple[str, str] | None = None) -> HttpResponse:
    """``way``: address and words of what else can be done."""
    context = {"title": title, "reason": reason, "step": step, "way": way}
    return HttpResponse(render_to_string("chainmap/error.html", context), status=status)
