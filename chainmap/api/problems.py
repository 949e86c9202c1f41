"""Every refusal as one shape: a problem document (RFC 9457, application/problem+json)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from chainmap import access
from chainmap.api.exceptions import (
    BadRequestProblem,
    BusyProblem,
    Missing,
    NotSolvable,
    RequestProblem,
    ServerProblem,
    TooLarge,
)
from chainmap.domain.solver import SolverError
from chainmap.services.ballots import Busy
from chainmap.services.limits import EXPORT, TooMany
from chainmap.services.reporting import export_limit_words, export_waiting_words

PROBLEM_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


#: What others raise -> what is answered; the first match counts.
_ANSWERS: Sequence[tuple[type[Exception], type[exceptions.APIException]]] = (
    (access.NotFound, Missing),
    (Http404, Missing),
    (RequestDataTooBig, TooLarge),
    (SuspiciousOperation, BadRequestProblem),
    (BadRequest, BadRequestProblem),
    (SolverError, NotSolvable),
    (Busy, BusyProblem),
)


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception in a view of the interface; None (and so a traceback) only while debugging."""
    answer = _answer(exc)
    if answer is None:
        if settings.DEBUG:
            return None
        answer = _recorded(exc, context)
    response = exception_handler(answer, context)  # for its headers: WWW-Authenticate, Retry-After
    response.data = _problem(answer)
    response.content_type = PROBLEM_TYPE
    return response


def _answer(exc: Exception) -> exceptions.APIException | None:
    """What to answer; None when nobody expected this exception."""
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied(str(exc) or None)
    if isinstance(exc, TooMany):
        said = f"{export_limit_words()} {export_waiting_words()}" if exc.limit == EXPORT else None
        return exceptions.Throttled(wait=exc.wait.total_seconds(), detail=said)
    return next((answer() for raised, answer in _ANSWERS if isinstance(exc, raised)), None)


def _recorded(exc: Exception, context: Mapping[str, Any]) -> ServerProblem:
    """Log what was not expected, under a reference that the answer names."""
    reference = secrets.token_hex(4)
    logger.error("API request failed, reference %s", reference, exc_info=exc)
    got_request_exception.send(sender=type(context["view"]), request=context["request"])
    return ServerProblem(
        _("Something went wrong here. Tell your administrator the reference %(reference)s.") % {"reference": reference}
    )


def _problem(answer: exceptions.APIException) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(answer.status_code).phrase,
        "status": int(answer.status_code),
    }
    if isinstance(answer, exceptions.ValidationError):
        errors = answer.detail if isinstance(answer.detail, dict) else {"non_field_errors": answer.detail}
        return problem | {"detail": _("Some values cannot be used."), "code": "invalid", "errors": errors}
    problem |= {"detail": str(answer.detail), "code": answer.detail.code}
    return problem | answer.members if isinstance(answer, RequestProblem) else problem
