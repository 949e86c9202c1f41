"""Rows and holes of this part: whoever has the code, and a phone that is in the workshop; all are asked with it."""

from __future__ import annotations

from chainmap.models import Organization, Participant, Phone, Workshop
from chainmap.services.joining import code_shown, token_digest
from tests.access.rows import EVERYBODY, Row, button, form, reading

ROWS: tuple[Row, ...] = (
    form("w/", EVERYBODY),
    form("w/<str:code>/", EVERYBODY),
    reading("room/<int:workshop>/", EVERYBODY),
    reading("room/<int:workshop>/now/", EVERYBODY),
    button("room/<int:workshop>/leave/", EVERYBODY),
)


def holes(organization: Organization) -> dict[str, object]:
    """What stands in the holes of the addresses of this part."""
    workshop = Workshop.objects.filter(organization=organization, state="open").get()
    who = Participant.objects.create(workshop=workshop)
    Phone.objects.create(participant=who, token_hash=token_digest(_token(workshop.pk)))
    return {"<str:code>": code_shown(workshop.code)}


def cookies(values: dict[str, object]) -> dict[str, str]:
    """What the browser of that phone sends, to whatever address; nothing where there is no workshop."""
    workshop = values.get("<int:workshop>")
    return {f"room{workshop}": _token(workshop)} if workshop is not None else {}


def _token(workshop: object) -> str:
    return f"{workshop:0>43}"
