"""What the interface raises for a refusal; ``problems.py`` makes the answer of it.

Apart from that module because the framework loads the parsers, which raise some of these, before its views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import exceptions


class RequestProblem(exceptions.APIException):
    """400: part of the request cannot be used.

    ``errors`` says why, by the name of the parameter or field; ``members`` are further members of the document.
    """

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(
        self, code: str, detail: str, errors: Mapping[str, Sequence[str]] | None = None, **members: Any
    ) -> None:
        super().__init__(detail, code)
        listed = {name: list(reasons) for name, reasons in (errors or {}).items()}
        self.members = members | ({"errors": listed} if listed else {})


class ParameterProblem(RequestProblem):
    """400: parameters of the query that cannot be used."""


class BodyProblem(RequestProblem):
    """400: a body that cannot be used."""


class Conflict(RequestProblem):
    """409: what is asked for does not fit what is stored; ``members`` tell both."""

    status_code = HTTPStatus.CONFLICT


class LinkProblem(exceptions.NotFound):
    """404: a personal link that leads nowhere; ended, replaced and never made look the same, to the byte."""

    default_code = "link_dead"
    default_detail = gettext_lazy(
        "This link does not work, or no longer. Nothing was saved. Ask for a new one, or ask your coach."
    )


class OtherBrowser(exceptions.PermissionDenied):
    """403: a personal link that another browser answered by first."""

    default_code = "other_browser"
    default_detail = gettext_lazy(
        "This link was first answered in another browser and works only there. Nothing was saved. Ask for a new one."
    )


class Unprocessable(RequestProblem):
    """422: understood, and still not possible."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


class Missing(exceptions.NotFound):
    """404: missing and not for this user look the same, to the byte."""

    default_detail = gettext_lazy("There is no such thing here, or not for you. Addresses end with a slash.")


class PagePastEnd(exceptions.NotFound):
    """404: a page after the last one."""

    default_code = "page_past_end"


class BadRequestProblem(exceptions.APIException):
    """400: the request itself cannot be read."""

    status_code = HTTPStatus.BAD_REQUEST
    default_detail = gettext_lazy("The request cannot be read. Check its address and body.")
    default_code = "bad_request"


class TooLarge(exceptions.APIException):
    """413: the body is larger than accepted."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is too large.")
    default_code = "too_large"


class NotSolvable(exceptions.APIException):
    """503: the flow of this chain cannot be solved to the accuracy that is promised."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = gettext_lazy(
        "The figures of this chain cannot be worked out: almost nothing leaves some loop of hand-offs. Correct their "
        "volumes."
    )
    default_code = "not_solvable"


class BusyProblem(exceptions.APIException):
    """503: the database could not be written to in time; the same request again is safe."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("Not saved: the server is busy. Send the same again in a moment.")
    default_code = "busy"
    wait = 5  # seconds, told as Retry-After


class ServerProblem(exceptions.APIException):
    """500: our mistake; the reference finds it in the log."""

    default_code = "server_error"


def shown(text: str) -> str:
    """A value as it may be repeated: short, and without what a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in text[:40])
