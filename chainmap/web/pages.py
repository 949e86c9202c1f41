"""What every page of a signed-in person has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chainmap.access import NotFound
from chainmap.domain.solver import SolverError
from chainmap.web.errors import figures_unavailable

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Only GET and HEAD, only signed in; NotFound of the services becomes the one 404 page, a chain whose flow cannot
    be solved a page that says so."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except SolverError:
            return figures_unavailable()

    return require_safe(login_required(checked))
