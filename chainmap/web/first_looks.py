"""While a large page is worked out for the first time: a page that says how far it is, and comes in by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chainmap.models import Organization
from chainmap.services.first_looks import Progress

#: Seconds until a page without scripts looks again.
LOOK_AGAIN = 3
#: What the script of that page says of itself; it asks at the address of the page, which asks who may know.
_HEADER, _VALUE = "X-Requested-With", "first-look"


def only_asks(request: HttpRequest) -> bool:
    """Whether a script asks how far it is, and wants no page."""
    return request.headers.get(_HEADER) == _VALUE


def being_worked_out(
    request: HttpRequest, organization: Organization, found: object, *, title: str, way: str = ""
) -> HttpResponse:
    """How far ``found`` is, as a page (202: nothing is wrong, come back) or for the script of that page.

    ``title`` is the heading, ``way`` the page among those that compare rounds.
    """
    state, progress = "ready", Progress(1, 1, is_over=True)
    if isinstance(found, Progress) and not found.is_over:
        state, progress = "working", found
    said = {"state": state, "done": progress.done, "steps": progress.steps, "sentence": _words(progress)}
    if only_asks(request):
        response: HttpResponse = JsonResponse(said)
    else:
        context = said | {"organization": organization, "title": title, "way": way, "look_again": LOOK_AGAIN}
        response = render(request, "chainmap/first_look.html", context, status=202)
        response["Retry-After"] = str(LOOK_AGAIN)
    return response


def _words(progress: Progress) -> str:
    """How far it is, in one sentence."""
    if progress.is_over:
        return _("It is worked out. The page comes in now.")
    if progress.is_waiting:
        return _("This is being worked out. Something else is worked out first.")
    step = {"step": min(progress.done + 1, progress.steps), "steps": progress.steps}
    return _("This is being worked out: step %(step)d of %(steps)d.") % step
