"""The audit log: who took what away. Lines are only ever added, each sealed with the one before it.

A line holds a name, a code and what it is about: never an answer, a password or a token, and nothing that tells when
somebody answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chainmap.access import Operator, User, require
from chainmap.domain.audit import AuditLine, AuditWhat, audit_seal
from chainmap.domain.roles import Action
from chainmap.exports.audit_lines import audit_csv
from chainmap.exports.files import ExportFile
from chainmap.exports.plain_text import clean_text
from chainmap.models import AuditEntry, Organization

LONGEST_WHO, LONGEST_ABOUT = 200, 400


@dataclass(frozen=True, slots=True)
class AuditRows:
    """A part of the log, newest first, and how many lines there are in all."""

    lines: tuple[AuditLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AuditState:
    """Whether the log is as it was written. ``broken``: the first number that is not; ``seal``: of the last line."""

    broken: int | None
    lines: int
    seal: str


def audit_write(*, organization: Organization, user: User | None, what: AuditWhat, about: str = "") -> AuditEntry:
    """Add a line, in the caller's transaction: it is there if, and only if, what it tells of happened.

    Two at once write one after the other. ``user`` None: whoever had a link.
    """
    with transaction.atomic():
        # whoever else writes a line waits here; SQLite has one writer anyway
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        rows = AuditEntry.objects.filter(organization=organization).order_by("-number")
        number, before = rows.values_list("number", "seal").first() or (0, "")
        known = user if isinstance(user, AbstractBaseUser) else None
        line = AuditLine(
            organization=organization.pk,
            number=number + 1,
            at=timezone.now(),
            who=_name(known),
            what=what.value,
            about=clean_text(about, LONGEST_ABOUT),
        )
        return AuditEntry.objects.create(
            organization=organization,
            number=line.number,
            at=line.at,
            user_id=known.pk if known is not None else None,
            who=line.who,
            what=line.what,
            about=line.about,
            seal=audit_seal(before, line),
        )


def audit_verify(*, organization: Organization) -> int | None:
    """The number of the first line that was changed, or where one is missing; None when all are as written.

    Lines taken off the end leave a chain that is whole: compare the last seal with one that was written down before
    (:func:`audit_state`).
    """
    return _checked(organization).broken


def audit_state(*, actor: User | Operator, organization: Organization) -> AuditState:
    """The same for people, with the last seal. Raises NotFound, PermissionDenied."""
    require(actor, Action.READ_AUDIT, organization)
    return _checked(organization)


def audit_has_seal(*, organization: Organization, seal: str) -> bool:
    """Whether a seal that was written down before is still in the log."""
    return _rows(organization).filter(seal=seal).exists()


def audit_find(*, actor: User | Operator, organization: Organization, offset: int = 0, limit: int = 50) -> AuditRows:
    """A part of the log, newest first. Raises NotFound, PermissionDenied."""
    require(actor, Action.READ_AUDIT, organization)
    rows = _rows(organization)
    return AuditRows(tuple(_lines(rows.order_by("-number")[offset : offset + limit])), rows.count())


def audit_file(*, actor: User | Operator, organization: Organization) -> ExportFile:
    """The whole log as CSV, first line first. Raises NotFound, PermissionDenied."""
    require(actor, Action.READ_AUDIT, organization)
    return audit_csv(organization.name, _lines(_rows(organization).order_by("number")))


def _checked(organization: Organization) -> AuditState:
    before, number, broken = "", 0, None
    for number, line in enumerate(_lines(_rows(organization).order_by("number")), start=1):
        if broken is None and (line.number != number or line.seal != audit_seal(before, line)):
            broken = number
        before = line.seal
    return AuditState(broken, number, before)


def _rows(organization: Organization) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(organization=organization)


def _lines(rows: QuerySet[AuditEntry]) -> Iterator[AuditLine]:
    fields = rows.values_list("organization_id", "number", "at", "who", "what", "about", "seal")
    for row in fields.iterator(chunk_size=2000):
        yield AuditLine(*row)


def _name(user: AbstractBaseUser | None) -> str:
    """The name of that day: it stays readable when the account is gone."""
    if user is None:
        return ""
    full = getattr(user, "get_full_name", str)()
    return clean_text(full or user.get_username(), LONGEST_WHO)
