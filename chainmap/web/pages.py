"""What every page of a signed-in person has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chainmap.access import NotFound
from chainmap.domain.solver import SolverError
from chainmap.services.limits import TooMany
from chainmap.web.errors import figures_unavailable, too_many

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Only GET and HEAD, only signed in; NotFound of the services becomes the one 404 page, a chain whose flow cannot
    be solved a page that says so."""
    return require_safe(login_required(_answered(view)))


def form_page(view: View) -> View:
    """As :func:`page`, and POST, which alone may change something."""
    return require_http_methods(["GET", "HEAD", "POST"])(login_required(_answered(view)))


def button_page(view: View) -> View:
    """As :func:`page`, but POST alone: what a button of another page does."""
    return require_POST(login_required(_answered(view)))


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None before anything was, be it as empty as it likes."""
    return request.POST if request.method == "POST" else None


def _answered(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except SolverError:
            return figures_unavailable()
        except TooMany as refused:
            return too_many(refused, organization=kwargs.get("organization"))

    return checked
