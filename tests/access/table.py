"""Every address of the site and who gets an answer there, by method: one row each, none missing.

``tests/access/test_table.py`` walks the addresses Django knows and fails where one has no row. Rows of the interface
for programs are asked for real, by everybody and with every method, in ``tests/api/test_access.py``.

Who: the five roles of an organization, STRANGER (signed in, but a member of another organization only) and ANONYMOUS.
Whoever is not listed is refused: ANONYMOUS is told to sign in, STRANGER is answered as if there were nothing, an
insider gets ``refused``. A method that is not listed is answered 405.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

from chainmap.domain.roles import MATRIX, Action, Role

ANONYMOUS = "anonymous"
STRANGER = "stranger"

INSIDERS = frozenset(role.value for role in Role)
SIGNED_IN = INSIDERS | {STRANGER}
EVERYBODY = SIGNED_IN | {ANONYMOUS}
NOBODY: frozenset[str] = frozenset()


def may(action: Action) -> frozenset[str]:
    """Those whom the matrix of roles allows the action."""
    return frozenset(role.value for role in MATRIX[action])


@dataclass(frozen=True, slots=True)
class Row:
    """One address. ``allowed``: method -> who gets an answer (a page, rows, or the redirect after a form)."""

    route: str
    allowed: Mapping[str, frozenset[str]]
    refused: int = 403  # an insider who is not listed


def reading(route: str, who: frozenset[str], refused: int = 403) -> Row:
    """An address that can only be read."""
    return Row(route, {"GET": who, "HEAD": who}, refused)


ORGANIZATION = "api/v1/organizations/<int:organization>/"

API: Sequence[Row] = (
    reading("api/v1/schema/", SIGNED_IN),
    reading("api/v1/docs/", SIGNED_IN),
    reading("api/v1/organizations/", SIGNED_IN),
    reading(ORGANIZATION, INSIDERS),
    reading(ORGANIZATION + "bottlenecks/", may(Action.SEE_BOTTLENECKS)),
    reading(ORGANIZATION + "parties/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "parties/<int:pk>/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "handoffs/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "handoffs/<int:pk>/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "ratings/", may(Action.SEE_OWN_RATINGS)),
    # asked for with a rating that the member received: to administrator and auditor it does not exist
    reading(ORGANIZATION + "ratings/<int:pk>/", may(Action.SEE_OPEN_RATINGS) | {Role.MEMBER.value}, refused=404),
)

#: Any other address under /api/v1/ and under /api/: 404 for everybody who is signed in, whatever the method.
API_UNKNOWN = "api/v1/^"
API_UNKNOWN_VERSION = "^api/"

WEB: Sequence[Row] = (
    reading("", SIGNED_IN),
    Row("sign-in/", {"GET": EVERYBODY, "HEAD": EVERYBODY, "POST": EVERYBODY}),
    Row("sign-out/", {"POST": SIGNED_IN}),
    reading("organizations/<int:organization>/", may(Action.SEE_BOTTLENECKS)),
    reading("organizations/<int:organization>/bottlenecks.<bottlenecks_format:format>", may(Action.EXPORT_BOTTLENECKS)),
    reading("organizations/<int:organization>/parties/<int:party>/", may(Action.SEE_BOTTLENECKS)),
)

TABLE: Sequence[Row] = (*WEB, *API, Row(API_UNKNOWN, {}), Row(API_UNKNOWN_VERSION, {}))


def routes(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The routes of all patterns, joined as Django joins them."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route
