"""Rows and holes of this part."""

from __future__ import annotations

from chainmap.models import Organization, Party
from chainmap.services.digests import choice_token
from tests.access.rows import ASKED, EVERYBODY, Row, button, form, reading

_NEWS = "organizations/<int:organization>/me/news/"

ROWS: tuple[Row, ...] = (
    reading(_NEWS, ASKED, refused=404),
    button(_NEWS + "seen/", ASKED, refused=404),
    form(_NEWS + "mail/", ASKED, refused=404),
    # whoever has the mail; asked for with a link that works, dead ones have a test of their own
    form("mail/<str:token>/", EVERYBODY),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    return {"<str:token>": choice_token(party=Party.objects.get(organization=organization, code="alice"))}
