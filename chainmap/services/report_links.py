"""Links that open one report as a PDF, for whoever has the link and its password, without an account.

The token is 256 random bits in the address; it and the password are kept as hashes. The PDF is a copy of the day the
link was made. Looking spends nothing. A link that is over, ended, unknown, or whose maker may not have the report any
more, is a link that does not work; which of these, nobody is told.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.access import NotFound, User, can, require
from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Action
from chainmap.models import KeptFile, KeptFilePart, Organization, ReportLink
from chainmap.services.audit import audit_write
from chainmap.services.kept_files import (
    FileLost,
    FileProblem,
    files_allowed,
    is_whole,
    kept_file_chunks,
    kept_file_open,
    parts_write,
    request_of,
    title_of,
)
from chainmap.services.kept_room import no_room_words, room_left
from chainmap.services.limits import Limit, TooMany, attempt_forgive, attempt_require, network_of
from chainmap.services.links import LinkDead
from chainmap.services.organizations import organization_hold
from chainmap.services.report_requests import requests_allowed

#: Days a link may be made for, and the most there are.
USUAL_DAYS, MOST_DAYS = (1, 7, 30), 90
#: Links of one person that work at a time: each holds a copy of its PDF.
MOST_WORKING = 50
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
#: Wrong passwords for one link from one address of the network, from there for any link, and for one link from
#: wherever: a stranger must not lock out those who know the password, and many together must not guess it.
SHARED_LINK = Limit("shared_link", 10, timedelta(minutes=15))
SHARED_ADDRESS = Limit("shared_address", 30, timedelta(minutes=15))
SHARED_WHOLE = Limit("shared_whole", 100, timedelta(minutes=15))
#: How often one link is opened: each time is a line of the audit log and a whole file on its way.
SHARED_OPENED = Limit("shared_opened", 200, timedelta(minutes=15))
#: How long a link that is over is still listed.
LISTED = timedelta(days=30)
MOST_LISTED = 250
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
_PDF = "application/pdf"


class ShareProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be; ``str()`` says what, why and what to do. ``field``: of the form, if of one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class WrongPassword(Exception):  # noqa: N818 - what happened
    """The link works, the password is another one."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A new link. ``address`` is told this once: only a hash of it is kept."""

    link: ReportLink
    address: str


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a link opens."""

    filename: str
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as those see it who may end it. ``state``: works, ended, over, stopped (its maker lost the right)."""

    link: ReportLink
    state: str

    @property
    def works(self) -> bool:
        return self.state == "works"


def report_link_make(*, actor: User, organization: Organization, file: int, days: int, password: str) -> MadeLink:
    """A link to a copy of one of the actor's own PDFs that is ready.

    Raises NotFound, PermissionDenied, ShareProblem for a time or a password that cannot be and for one link too many,
    FileProblem for a file that is no PDF, FileLost.
    """
    require(actor, Action.SHARE_REPORTS, organization)
    found = kept_file_open(actor=actor, organization=organization, pk=file)
    if found.content_type != _PDF:
        raise FileProblem(_("Only a PDF can be opened by a link. Ask for the report as a PDF first."))
    if not 1 <= days <= MOST_DAYS:
        said = ngettext("A link works for 1 to %(most)d day.", "A link works for 1 to %(most)d days.", MOST_DAYS)
        raise ShareProblem(said % {"most": MOST_DAYS}, "days")
    typed = _typed(password)
    _check_password(typed)
    hashed, token = make_password(typed), secrets.token_urlsafe(32)
    with transaction.atomic():
        _require_room(actor, organization, found.size)
        until = timezone.now() + timedelta(days=days)
        title = title_of(file=found)
        link = ReportLink.objects.create(
            organization=organization,
            file=_copy(found, until),
            title=title,
            token_hash=_digest(token),
            password_hash=hashed,
            made_by_id=actor.pk,
            expires_at=until,
        )
        about = f"{title} · {timezone.localdate(until).isoformat()}"
        audit_write(organization=organization, user=actor, what=AuditWhat.LINK_MADE, about=about)
    return MadeLink(link, settings.CHAINMAP_URL + reverse("chainmap:shared", args=[token]))


def report_link_end(*, actor: User, organization: Organization, pk: int) -> None:
    """The link opens nothing from now on, and its bytes are deleted. Ended twice it is ended once.

    Raises NotFound where the actor may not see it, PermissionDenied.
    """
    require(actor, Action.SHARE_REPORTS, organization)
    with transaction.atomic():
        organization_hold(organization=organization)  # before the link, as everywhere
        rows = ReportLink.objects.select_for_update(of=("self",), no_key=True).select_related("file")
        link = rows.filter(organization=organization, pk=pk).first()
        if link is None or not _seen(actor, organization, [link]):
            raise NotFound
        if link.ended_at is None and link.expires_at > timezone.now():
            link.ended_at = timezone.now()
            link.save(update_fields=["ended_at"])
            KeptFilePart.objects.filter(file_id=link.file_id).delete()
            audit_write(organization=organization, user=actor, what=AuditWhat.LINK_ENDED, about=link.title)


def report_links_list(*, actor: User, organization: Organization) -> list[LinkRow]:
    """Links to reports that the actor could have too, newest first. Raises NotFound, PermissionDenied."""
    require(actor, Action.SHARE_REPORTS, organization)
    rows = ReportLink.objects.filter(organization=organization).select_related("file", "made_by")
    links = _seen(actor, organization, list(rows[:MOST_LISTED]))
    held, now = _held_rights(organization, links), timezone.now()
    return [LinkRow(link, _state(link, now, held)) for link in links]


def shared_find(*, token: str) -> ReportLink:
    """The link of an address, as far as it works. Raises LinkDead, whatever the reason."""
    found = None
    if _TOKEN.fullmatch(token):
        rows = ReportLink.objects.select_related("organization", "file", "made_by")
        found = rows.filter(token_hash=_digest(token)).first()
    if found is None:
        raise LinkDead
    held = _held_rights(found.organization, [found])
    if _state(found, timezone.now(), held) != "works" or not is_whole(file=found.file):
        raise LinkDead
    return found


def shared_open(*, token: str, password: str, address: str) -> SharedFile:
    """What the link opens, for whoever knows the password; ``address`` of the network.

    Raises LinkDead; WrongPassword; TooMany after 10 wrong passwords for the link from the address, 30 from there for
    any link, 100 for the link from wherever, or 200 right ones, in 15 minutes.
    """
    link = shared_find(token=token)
    network = network_of(address)
    counted = ((SHARED_LINK, f"link {link.pk} {network}"), (SHARED_ADDRESS, network), (SHARED_WHOLE, f"link {link.pk}"))
    _count_tries(counted)
    if not check_password(_typed(password[:LONGEST_PASSWORD]), link.password_hash):
        audit_write(organization=link.organization, user=None, what=AuditWhat.LINK_REFUSED, about=link.title)
        raise WrongPassword
    for limit, who in counted:
        attempt_forgive(limit=limit, who=who)
    attempt_require(limit=SHARED_OPENED, who=f"link {link.pk}")
    with transaction.atomic():
        organization_hold(organization=link.organization)  # before the link, as everywhere
        works = ReportLink.objects.filter(pk=link.pk, ended_at__isnull=True, expires_at__gt=timezone.now())
        if not works.update(opened=F("opened") + 1):  # ended while the password was looked at
            raise LinkDead
        audit_write(organization=link.organization, user=None, what=AuditWhat.LINK_OPENED, about=link.title)
    return SharedFile(link.file.filename, link.file.size, kept_file_chunks(file=link.file))


def report_links_clean(*, now: datetime) -> int:
    """Delete the bytes of links that are over, and those over for a month altogether; how many lost their bytes."""
    over = ReportLink.objects.filter(Q(expires_at__lte=now) | Q(ended_at__isnull=False))
    files = set(KeptFilePart.objects.filter(file__link__in=over).values_list("file_id", flat=True))
    for pk in files:
        KeptFilePart.objects.filter(file_id=pk).delete()
    old = ReportLink.objects.filter(Q(expires_at__lte=now - LISTED) | Q(ended_at__lte=now - LISTED))
    KeptFile.objects.filter(pk__in=list(old.values_list("file_id", flat=True))).delete()  # and the link with it
    return len(files)


def _count_tries(counted: Sequence[tuple[Limit, str]]) -> None:
    """Count a try by each of the limits. Raises TooMany, and then it counts by none: it was not made."""
    made: list[tuple[Limit, str]] = []
    for limit, who in counted:
        try:
            attempt_require(limit=limit, who=who)
        except TooMany:
            for each, whose in made:
                attempt_forgive(limit=each, who=whose)
            raise
        made.append((limit, who))


def _state(link: ReportLink, now: datetime, held: AbstractSet[int]) -> str:
    """``held``: the links whose maker still has the right."""
    if link.ended_at is not None:
        return "ended"
    if link.expires_at <= now:
        return "over"
    return "works" if link.pk in held else "stopped"


def _held_rights(organization: Organization, links: Sequence[ReportLink]) -> set[int]:
    """The links whose maker may still have, and share, their report: a few queries for each maker."""
    by_maker: dict[User, list[ReportLink]] = {}
    for link in links:
        if link.made_by is not None:
            by_maker.setdefault(link.made_by, []).append(link)
    held: set[int] = set()
    for maker, theirs in by_maker.items():
        if can(maker, Action.SHARE_REPORTS, organization):
            may = files_allowed(user=maker, organization=organization, files=[link.file for link in theirs])
            held |= {link.pk for link, is_allowed in zip(theirs, may, strict=True) if is_allowed}
    return held


def _seen(actor: User, organization: Organization, links: Sequence[ReportLink]) -> list[ReportLink]:
    """Those of the links whose report the actor could have today."""
    requests = [request_of(file=link.file) for link in links]
    may = requests_allowed(user=actor, organization=organization, requests=requests)
    return [link for link, is_allowed in zip(links, may, strict=True) if is_allowed]


def _copy(file: KeptFile, until: datetime) -> KeptFile:
    """The file as it is now, for as long as its link lives. Raises FileLost."""
    copy = KeptFile.objects.create(
        organization_id=file.organization_id,
        asked_by_id=file.asked_by_id,
        request=file.request,
        language=file.language,
        state=KeptFile.State.READY,
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        expires_at=until,
    )
    for number, content in enumerate(kept_file_chunks(file=file)):
        parts_write(file=copy, content=content, number=number)
    if not is_whole(file=copy):
        raise FileLost
    return copy


def _require_room(actor: User, organization: Organization, size: int) -> None:
    """Raises ShareProblem where the actor has as many links as one may, or the organization no room for so many bytes:
    copies of PDFs must not fill the disk."""
    held, now = organization_hold(organization=organization), timezone.now()  # two at once: one after the other
    if room_left(organization=held, now=now) < size:
        raise ShareProblem(no_room_words(organization=held, now=now))
    own = ReportLink.objects.filter(organization=organization, made_by_id=actor.pk, ended_at__isnull=True)
    if own.filter(expires_at__gt=timezone.now()).count() >= MOST_WORKING:
        said = ngettext(
            "You have %(most)d link that works. End one of your links first.",
            "You have %(most)d links that work. End one of your links first.",
            MOST_WORKING,
        )
        raise ShareProblem(said % {"most": MOST_WORKING})


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        said = _("The password needs %(least)d characters or more, at most %(most)d. This one has %(length)d.")
        values = {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD, "length": len(password)}
        raise ShareProblem(said % values, "password")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        raise ShareProblem(
            _("This password is one of the first that are tried. Take a few words that do not belong together."),
            "password",
        ) from None


def _typed(password: str) -> str:
    """However the keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)


def _digest(token: str) -> str:
    """Enough for 256 random bits: nobody can try them all."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
