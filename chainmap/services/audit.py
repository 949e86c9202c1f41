"""The audit log: who took what away. Lines are only ever added, each sealed with the one before it.
After 24 months the oldest go, and the seal of the last of them is kept: the chain begins there.

A line holds a name, a code and what it is about: never an answer, a password or a token, and nothing that tells when
somebody answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TypeVar

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
from chainmap.models import AuditAnchor, AuditEntry, Organization
from chainmap.services.limits import EXPORT, parts_require
from chainmap.services.organizations import organization_hold

Read = TypeVar("Read")
LONGEST_WHO, LONGEST_ABOUT = 200, 400
#: How long a line is kept.
KEPT_YEARS = 2


@dataclass(frozen=True, slots=True)
class AuditRows:
    """A part of the log, newest first, and how many lines there are in all."""

    lines: tuple[AuditLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class AuditState:
    """Whether the log is as it was written. ``broken``: the first number that is not; ``seal``: of the last line.

    ``removed``: the number of the last line that went because it was old enough, 0 for none.
    """

    broken: int | None
    lines: int
    seal: str
    removed: int = 0


def audit_write(*, organization: Organization, user: User | None, what: AuditWhat, about: str = "") -> AuditEntry:
    """Add a line, in the caller's transaction: it is there if, and only if, what it tells of happened.

    Two at once write one after the other. ``user`` None: whoever had a link.
    """
    with transaction.atomic():
        organization_hold(organization=organization)  # whoever else writes a line waits here
        rows = _rows(organization).order_by("-number")
        number, before = rows.values_list("number", "seal").first() or _beginning(_anchor(organization))
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
    """Whether a seal that was written down before is still in the log, or is that of the last line removed."""
    anchors = AuditAnchor.objects.filter(organization=organization)
    return _rows(organization).filter(seal=seal).exists() or anchors.filter(seal=seal).exists()


def audit_find(*, actor: User | Operator, organization: Organization, offset: int = 0, limit: int = 50) -> AuditRows:
    """A part of the log, newest first. Raises NotFound, PermissionDenied."""
    require(actor, Action.READ_AUDIT, organization)
    rows = _rows(organization)
    return AuditRows(tuple(_lines(rows.order_by("-number")[offset : offset + limit])), rows.count())


def audit_file(*, actor: User | Operator, organization: Organization) -> ExportFile:
    """The whole log as CSV, first line first; taking it is the next line of the log, and not in the file.

    Raises NotFound, PermissionDenied, TooMany after ten in an hour.
    """
    require(actor, Action.READ_AUDIT, organization)
    if not isinstance(actor, Operator):
        parts_require(limit=EXPORT, who=f"user {actor.pk}", whole=f"audit {organization.pk}", part="csv")
    file = _steady(organization, partial(_csv, organization))
    user = None if isinstance(actor, Operator) else actor
    audit_write(organization=organization, user=user, what=AuditWhat.LOG_TAKEN, about=organization.name)
    return file


def audit_shorten(*, now: datetime) -> int:
    """Remove the lines that are older than ``KEPT_YEARS``; how many. Safe to run at any time, and twice at once.

    Of each organization the oldest lines, up to the first that is young enough. Number, moment and seal of the last one
    are kept in the same transaction, so that the chain is whole before and after.
    """
    old = AuditEntry.objects.filter(at__lt=oldest_kept(now)).order_by()
    held = Organization.objects.filter(pk__in=old.values_list("organization_id", flat=True).distinct())
    return sum(_shorten(organization, now) for organization in held)


def oldest_kept(now: datetime) -> datetime:
    """A line from before this moment is removed: the same day and time, two years back. It never goes back itself:
    all of a 29 February is the beginning of March, else what was removed on the 28th would seem too young to be gone.

    >>> oldest_kept(datetime(2028, 2, 29, 12)), oldest_kept(datetime(2027, 3, 1))
    (datetime.datetime(2026, 3, 1, 0, 0), datetime.datetime(2025, 3, 1, 0, 0))
    """
    try:
        return now.replace(year=now.year - KEPT_YEARS)
    except ValueError:  # 29 February
        return datetime(now.year - KEPT_YEARS, 3, 1, tzinfo=now.tzinfo)


def _shorten(organization: Organization, now: datetime) -> int:
    with transaction.atomic():
        organization_hold(organization=organization)
        lines = _rows(organization).order_by("number")
        young = lines.filter(at__gte=oldest_kept(now)).values_list("number", flat=True).first()
        if young is not None:
            lines = lines.filter(number__lt=young)
        last = lines.last()
        if last is None:
            return 0
        kept = {"number": last.number, "at": last.at, "seal": last.seal}
        AuditAnchor.objects.update_or_create(organization=organization, defaults=kept)
        removed: int = _rows(organization).filter(number__lte=last.number).delete()[0]
    return removed


def _checked(organization: Organization) -> AuditState:
    return _steady(organization, partial(_check, organization))


def _check(organization: Organization, anchor: AuditAnchor | None) -> AuditState:
    first, before = _beginning(anchor)
    number, broken = first, None
    for number, line in enumerate(_lines(_rows(organization).order_by("number")), start=first + 1):
        if broken is None and (line.number != number or line.seal != audit_seal(before, line)):
            broken = number
        before = line.seal
    if anchor is not None and anchor.at >= oldest_kept(timezone.now()):
        broken = anchor.number  # nothing so young is removed by the program
    return AuditState(broken, number - first, before, first)


def _csv(organization: Organization, anchor: AuditAnchor | None) -> ExportFile:
    lines = _lines(_rows(organization).order_by("number"))
    if anchor is None:
        return audit_csv(organization.name, lines)
    gone = AuditLine(organization.pk, anchor.number, anchor.at, "", "removed_until_here", "", anchor.seal)
    return audit_csv(organization.name, chain([gone], lines))


def _steady(organization: Organization, read: Callable[[AuditAnchor | None], Read]) -> Read:
    """What is read of the whole log, once more where its oldest lines were removed meanwhile."""
    while True:
        anchor = _anchor(organization)
        found = read(anchor)
        if _beginning(_anchor(organization)) == _beginning(anchor):
            return found


def _anchor(organization: Organization) -> AuditAnchor | None:
    return AuditAnchor.objects.filter(organization=organization).first()


def _beginning(anchor: AuditAnchor | None) -> tuple[int, str]:
    """What the first line that is left follows: number and seal."""
    return (0, "") if anchor is None else (anchor.number, anchor.seal)


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
