"""Every address of the site, filled in with what a test has made, and what somebody gets there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.test import Client
from django.urls import get_resolver

from chainmap.models import Organization
from tests.access.own import MODULES
from tests.access.table import routes

#: What differs from answer to answer whatever is in them.
_ALWAYS_NEW = re.compile(rb'name="(csrfmiddlewaretoken|client_id)"\s+value="[^"]*"')
_NEW_HEADERS = {"Set-Cookie", "Date"}
#: The numbers of the API are all called pk.
_PK = {"parties/<int:pk>": "party", "handoffs/<int:pk>": "handoff", "ratings/<int:pk>": "rating"}
#: The same whoever asks and whatever is stored: of the addresses with nothing to fill in, these are left out.
_FIXED = ("schema/", "docs/", "static/", "sign-")
_HOLE = re.compile(r"<(?:\w+:)?(\w+)>")
FORMATS = ("json", "csv", "dot")


def addresses(values: Mapping[str, object], *, only: str = "") -> Iterator[str]:
    """All addresses Django knows with ``values`` in their holes; ``only``: those whose route holds this text.

    Raises KeyError for a hole of a name nobody has a value for: teach it here.
    """
    for route in routes(get_resolver().url_patterns):
        if only not in route or "^" in route or any(fixed in route for fixed in _FIXED):
            continue
        for ends, name in _PK.items():
            route = route.replace(ends, ends.replace("pk", name))
        route = route.replace("<int:pk>", "<int:round>")
        for format in FORMATS if "_format:format>" in route else ("",):
            filled = {**values, "format": format}
            yield "/" + _HOLE.sub(lambda hole, filled=filled: str(filled[hole[1]]), route)


def own_values(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of "my page", by the name of the hole."""
    values: dict[str, object] = {}
    for module in MODULES:
        values |= {_HOLE.fullmatch(hole)[1]: value for hole, value in module.holes(organization).items()}
    return values


def whole(answer) -> bytes:
    """What an answer says, also where it is sent in pieces."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def look(client: Client, address: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """What a GET of the address gives, without what is new each time."""
    answer = client.get(address)
    head = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in _NEW_HEADERS))
    content = whole(answer)
    return answer.status_code, head, _ALWAYS_NEW.sub(b"", content)
