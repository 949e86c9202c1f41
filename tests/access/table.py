"""Every address of the site and who gets an answer there, by method: one row each, none missing.

``tests/access/test_table.py`` walks the addresses Django knows and fails where one has no row. Rows of the interface
for programs are asked for real, by everybody and with every method, in ``tests/api/test_access.py``.

Who: the five roles of an organization, STRANGER (signed in, but a member of another organization only) and ANONYMOUS.
Whoever is not listed is refused: ANONYMOUS is told to sign in, STRANGER is answered as if there were nothing, an
insider gets ``refused``. A method that is not listed is answered 405.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver

from chainmap.domain.roles import Action, Role
from tests.access.own import MODULES
from tests.access.rows import (
    ANONYMOUS,
    ASKED,
    EVERYBODY,
    INSIDERS,
    METHODS,
    SIGNED_IN,
    STRANGER,
    Row,
    button,
    form,
    may,
    methods_of,
    reading,
)

__all__ = ["ANONYMOUS", "EVERYBODY", "INSIDERS", "METHODS", "STRANGER", "Row", "methods_of"]

ROUNDS = "organizations/<int:organization>/rounds/"
ROUND = ROUNDS + "<int:round>/"
ORGANIZATION = "api/v1/organizations/<int:organization>/"

API: Sequence[Row] = (
    reading("api/v1/schema/", SIGNED_IN),
    reading("api/v1/docs/", SIGNED_IN),
    reading("api/v1/organizations/", SIGNED_IN),
    reading(ORGANIZATION, INSIDERS),
    reading(ORGANIZATION + "bottlenecks/", may(Action.SEE_BOTTLENECKS)),
    reading(ORGANIZATION + "report/", may(Action.SEE_BOTTLENECKS)),
    reading(ORGANIZATION + "report/files/<str:format>/", may(Action.EXPORT_BOTTLENECKS)),
    reading(ORGANIZATION + "parties/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "parties/<int:pk>/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "handoffs/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "handoffs/<int:pk>/", may(Action.SEE_CHAIN)),
    reading(ORGANIZATION + "ratings/", may(Action.SEE_OWN_RATINGS)),
    # asked for with a rating that the member received: to administrator and auditor it does not exist
    reading(ORGANIZATION + "ratings/<int:pk>/", may(Action.SEE_OPEN_RATINGS) | {Role.MEMBER.value}, refused=404),
    reading(ORGANIZATION + "rounds/", may(Action.SEE_ROUNDS)),
    reading(ORGANIZATION + "rounds/<int:pk>/", may(Action.SEE_ROUNDS)),
    reading(ORGANIZATION + "rounds/<int:pk>/release/", may(Action.SEE_RELEASE)),
    reading(ORGANIZATION + "rounds/<int:pk>/bottlenecks/", may(Action.SEE_BOTTLENECKS)),
    # a ballot is there for whoever is asked in the round: of the cast the member
    reading(ORGANIZATION + "rounds/<int:pk>/ballot/", ASKED, refused=404),
    Row(ORGANIZATION + "rounds/<int:pk>/ballot/<int:ask>/", {"GET": ASKED, "HEAD": ASKED, "PUT": ASKED}, refused=404),
    # whoever holds the link; asked for with one that works, dead ones have a test of their own
    reading("api/v1/links/<str:token>/", EVERYBODY),
    Row("api/v1/links/<str:token>/<int:ask>/", {"GET": EVERYBODY, "HEAD": EVERYBODY, "PUT": EVERYBODY}),
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
    reading(ROUNDS, may(Action.SEE_ROUNDS)),
    form(ROUNDS + "new/", may(Action.MANAGE_ROUNDS)),
    reading(ROUND, may(Action.SEE_ROUNDS)),
    # asked for with a draft: to those who may not manage rounds it does not exist yet
    form(ROUND + "edit/", may(Action.MANAGE_ROUNDS), refused=404),
    button(ROUND + "open/", may(Action.MANAGE_ROUNDS), refused=404),
    button(ROUND + "delete/", may(Action.MANAGE_ROUNDS), refused=404),
    reading(ROUND + "preview/", may(Action.MANAGE_ROUNDS)),
    reading(ROUND + "poster/", may(Action.MANAGE_ROUNDS)),
    form(ROUND + "slips/", may(Action.MANAGE_ROUNDS)),
    button(ROUND + "invite/", may(Action.MANAGE_ROUNDS)),
    form(ROUND + "close/", may(Action.MANAGE_ROUNDS)),
    form(ROUND + "reopen/", may(Action.MANAGE_ROUNDS)),
    reading(ROUND + "results.<bottlenecks_format:format>", may(Action.EXPORT_BOTTLENECKS)),
    # asked for with a rating that the member received: it is the rated side's alone
    button(ROUND + "ratings/<int:rating>/share/", ASKED, refused=404),
    form("organizations/<int:organization>/coaching-rules/", may(Action.CHANGE_SETTINGS)),
)

#: Asked for with an open round; a ballot is there for whoever is asked in it: of the cast the member.
ANSWERING: Sequence[Row] = (
    reading(ROUND + "answer/", ASKED, refused=404),
    form(ROUND + "answer/<int:ask>/", ASKED, refused=404),
    reading(ROUND + "answer/done/", ASKED, refused=404),
    form(ROUND + "answer/mirror/", ASKED, refused=404),
    form(ROUND + "phone/", ASKED, refused=404),
    # whoever holds the link; asked for with one that works, dead ones have a test of their own
    reading("a/<str:token>/", EVERYBODY),
    form("a/<str:token>/<int:ask>/", EVERYBODY),
    reading("a/<str:token>/done/", EVERYBODY),
    form("a/<str:token>/mirror/", EVERYBODY),
    button("a/<str:token>/renew/", EVERYBODY),
    form("join/", EVERYBODY),
)

#: My page, and what two people agree.
OWN: Sequence[Row] = tuple(row for module in MODULES for row in module.ROWS)

TABLE: Sequence[Row] = (*WEB, *ANSWERING, *OWN, *API, Row(API_UNKNOWN, {}), Row(API_UNKNOWN_VERSION, {}))


def routes(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The routes of all patterns, joined as Django joins them."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route
