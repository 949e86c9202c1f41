"""Query parameters: every one is declared, typed and documented; anything else is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from chainmap.api.exceptions import ParameterProblem, shown

#: The largest primary key.
LARGEST_KEY = 2**63 - 1
LONGEST_SEARCH = 200
ORDERING = "ordering"

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)


class UnusableError(ValueError):
    """The value of a parameter cannot be used; the message says why and what is accepted."""


def whole_number(text: str) -> int:
    """A whole number from 1 to 2**63 - 1 in ASCII digits. Raises UnusableError for anything else.

    >>> whole_number("12")
    12
    """
    if _DIGITS.fullmatch(text) and 0 < int(text) <= LARGEST_KEY:
        return int(text)
    raise UnusableError(_("“%(value)s” is not a whole number from 1 upwards.") % {"value": shown(text)})


def search_text(text: str) -> str:
    """Words to look for: 1 to 200 characters, none of them NUL, which PostgreSQL refuses. Raises UnusableError."""
    if 0 < len(text) <= LONGEST_SEARCH and "\0" not in text:
        return text
    raise UnusableError(_("Give 1 to %(longest)s characters of text.") % {"longest": LONGEST_SEARCH})


def one_of(accepted: Collection[str]) -> Callable[[str], str]:
    """A reader that takes only the ``accepted`` words and raises UnusableError, naming them, for any other."""

    def read(text: str) -> str:
        if text in accepted:
            return text
        raise UnusableError(
            _("“%(value)s” is not one of: %(accepted)s.") % {"value": shown(text), "accepted": ", ".join(accepted)}
        )

    return read


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter that narrows a list: its name, the ORM lookup behind it, its reader and description."""

    name: str
    lookup: str
    read: Callable[[str], Any]
    description: str | Promise
    schema: Mapping[str, Any]


def key_filter(name: str, lookup: str, description: str | Promise) -> Filter:
    """A filter by the primary key of something."""
    return Filter(name, lookup, whole_number, description, {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY})


def choice_filter(name: str, lookup: str, accepted: Sequence[str], description: str | Promise) -> Filter:
    """A filter by one of a few words."""
    return Filter(name, lookup, one_of(accepted), description, {"type": "string", "enum": list(accepted)})


def text_filter(name: str, lookup: str, description: str | Promise) -> Filter:
    """A filter by words to look for."""
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH}
    return Filter(name, lookup, search_text, description, schema)


def names_check(request: Request, accepted: Collection[str]) -> None:
    """Raise ParameterProblem for a parameter that is not accepted here, naming it and the accepted ones."""
    unknown = [name for name in request.query_params if name not in accepted]
    if not unknown:
        return
    listed = ", ".join(sorted(accepted))
    reason = _("Accepted here: %(listed)s.") % {"listed": listed} if accepted else _("No parameter is accepted here.")
    raise ParameterProblem(
        "unknown_parameter",
        _("Unknown parameter: %(names)s. %(reason)s") % {"names": ", ".join(map(shown, unknown)), "reason": reason},
        {shown(name): [reason] for name in unknown},
    )


def values_read(request: Request, readers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """The values of the parameters that were given, by name. Raises ParameterProblem that lists every bad one."""
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, read in readers.items():
        given = request.query_params.getlist(name)
        try:
            if len(given) > 1:
                raise UnusableError(_("Given %(times)s times; give it once.") % {"times": len(given)})
            if given:
                values[name] = read(given[0])
        except UnusableError as error:
            errors[name] = [str(error)]
    if errors:
        detail = " ".join(f"{name}: {reasons[0]}" for name, reasons in errors.items())
        raise ParameterProblem("bad_filter", detail, errors)
    return values


class DeclaredFilters(BaseFilterBackend):
    """Narrows and orders a list by the ``filters`` and ``orderings`` its view declares."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows asked for, in an order that is the same on every page. Raises ParameterProblem."""
        readers = {each.name: each.read for each in view.filters} | {ORDERING: one_of(view.orderings)}
        values = values_read(request, readers)
        order = view.orderings[values.pop(ORDERING, next(iter(view.orderings)))]
        lookups = {each.lookup: values[each.name] for each in view.filters if each.name in values}
        return queryset.filter(**lookups).order_by(*order)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The same parameters for the OpenAPI document."""
        described = [(each.name, str(each.description), dict(each.schema)) for each in view.filters]
        first = next(iter(view.orderings))
        described.append(
            (
                ORDERING,
                _("Order of the list; first without it: %(first)s.") % {"first": first},
                {"type": "string", "enum": list(view.orderings)},
            )
        )
        return [
            {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
            for name, description, schema in described
        ]
