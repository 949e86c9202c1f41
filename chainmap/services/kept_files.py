"""Reports as files that are made in the background and kept for a day, for whoever asked and nobody else.

waiting -> running -> ready | failed. One process takes a file by a write that only one can make, and counts its try;
every later write asks that this try is still the last, so that a process given up for dead cannot spoil what another
one made. A process that ends in between leaves a file that stands still; ``run_rounds`` makes it again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User, require
from chainmap.domain.roles import Action
from chainmap.exports.charts import ChartError
from chainmap.exports.files import ExportFile
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.typst_file import DocumentError
from chainmap.models import KeptFile, KeptFilePart, Organization
from chainmap.services.background import error_without_words, run_soon
from chainmap.services.kept_rights import Rights, rights_cover, rights_of
from chainmap.services.kept_room import no_room_words, room_left
from chainmap.services.organizations import organization_hold
from chainmap.services.report_making import report_formats, report_make, request_resolved
from chainmap.services.report_requests import (
    PAPERS,
    ReportRequest,
    report_taken,
    request_rows,
    request_stamp,
    request_title,
    requests_allowed,
)
from chainmap.services.reporting import report_allow

_logger = logging.getLogger(__name__)
#: How long a file is kept once it is ready.
LIFE = timedelta(hours=24)
#: One that waits, or stands still, for so long was left by a process that ended.
LEFT_WAITING, LEFT_RUNNING = timedelta(minutes=1), timedelta(minutes=5)
MOST_TRIES = 3
#: Files made at one look: rounds that are due must not wait until a hundred documents are made.
MOST_A_LOOK = 20
PART_BYTES = 512 * 1024
MOST_BYTES = 64 * 1024 * 1024
#: Files in a list; a person who takes ten reports an hour in all formats finds the newest.
MOST_LISTED = 250
#: Steps before the parts are written: looked up, made, measured.
_STEPS = 3
_State = KeptFile.State
#: Why a document could not be made, where another minute may help.
_PASSING = frozenset({PictureFailure.BUSY, PictureFailure.TIME, PictureFailure.MEMORY})


class FileProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be; ``str()`` says what, why and what to do."""


class FileLost(Exception):  # noqa: N818 - what happened
    """Its bytes are not all there: it is made again, or cannot be had."""


class _GivenUp(Exception):  # noqa: N818
    """Another process took the file over, or it is gone."""


class _NoRoom(Exception):  # noqa: N818
    """The organization has no room for it."""


class _RightsMoved(Exception):  # noqa: N818
    """Whoever asked got, or lost, a right while it was made: which of them is in it, nobody knows."""


# ---- asking and finding


def kept_file_ask(*, actor: User, organization: Organization, request: ReportRequest) -> KeptFile:
    """A file of the report; the same one while an equal one of this person waits, is made, or is ready.

    Only a new one counts as an export. Raises NotFound, PermissionDenied, TooMany after ten reports in an hour,
    FileProblem for a format or a paper there is none of, and where there is no room.
    """
    request_rows(user=actor, organization=organization, request=request)
    if request.format not in report_formats() or request.paper not in PAPERS:
        raise FileProblem(_("There is no such format or paper. Choose one of those on the page of the report."))
    if request.workshop is not None and (request.round is not None or request.team is not None):
        raise FileProblem(_("A workshop has a report of its own. Ask for it without a round or a team."))
    request = request_resolved(user=actor, organization=organization, request=request)
    now = timezone.now()
    with transaction.atomic():
        # two taps at once: the second one waits here, and finds the file of the first
        held = organization_hold(organization=organization)
        asked = {"organization": held, "asked_by_id": actor.pk, "language": get_language() or "en"}
        text = _stored(actor, held, request)
        same = _own_files().filter(request=text, expires_at__gt=now, **asked).exclude(state=_State.FAILED)
        file = same.first()
        if file is not None and (file.state != _State.READY or is_whole(file=file)):
            return file
        if room_left(organization=held, now=now) <= 0:
            raise FileProblem(no_room_words(organization=held, now=now))
        report_allow(actor=actor, organization=held, request=request)
        file = KeptFile.objects.create(request=text, steps=_STEPS, expires_at=now + LIFE, **asked)
    run_soon(partial(kept_file_make, pk=file.pk))
    file.refresh_from_db()
    return file


def kept_file_find(*, actor: User, organization: Organization, pk: int) -> KeptFile:
    """One of the actor's own files, as far as they may have its report today. Raises NotFound for everything else."""
    found = _own_of(actor, organization).filter(pk=pk).select_related("organization", "asked_by").first()
    if found is None or files_allowed(user=actor, organization=organization, files=[found]) != [True]:
        raise NotFound
    return found


def kept_files_list(*, actor: User, organization: Organization) -> list[KeptFile]:
    """The actor's own files, newest first; those they may not have today are left out.

    Raises NotFound, PermissionDenied.
    """
    require(actor, Action.EXPORT_BOTTLENECKS, organization)
    files = list(_own_of(actor, organization)[:MOST_LISTED])
    may = files_allowed(user=actor, organization=organization, files=files)
    return [file for file, is_allowed in zip(files, may, strict=True) if is_allowed]


def kept_file_open(*, actor: User, organization: Organization, pk: int) -> KeptFile:
    """The same for whoever wants its bytes now.

    Raises NotFound while it is not ready; FileLost where bytes are missing, and then it is made again.
    """
    file = kept_file_find(actor=actor, organization=organization, pk=pk)
    if file.state != _State.READY:
        raise NotFound
    if not is_whole(file=file):
        again = KeptFile.objects.filter(pk=file.pk, state=_State.READY)
        if again.update(state=_State.WAITING, tries=0, done=0, steps=_STEPS, touched_at=timezone.now()):
            run_soon(partial(kept_file_make, pk=file.pk))
        raise FileLost
    return file


def kept_file_chunks(*, file: KeptFile) -> Iterator[bytes]:
    """Its bytes, one part in memory at a time. Raises FileLost where one is missing."""
    for number in range(_parts_of(file.size)):
        part = KeptFilePart.objects.filter(file_id=file.pk, number=number).values_list("content", flat=True).first()
        if part is None:
            raise FileLost
        yield bytes(part)


def is_whole(*, file: KeptFile) -> bool:
    """Whether all bytes are there."""
    found = KeptFilePart.objects.filter(file_id=file.pk).aggregate(parts=Count("pk"), size=Sum(Length("content")))
    return found["parts"] == _parts_of(file.size) and (found["size"] or 0) == file.size


def files_allowed(*, user: User, organization: Organization, files: Sequence[KeptFile]) -> list[bool]:
    """Of each whether its report may still be had by the user, who has every right the file was made with.

    What a report says depends on the roles, and on the teams one leads: somebody who was a manager may have asked for
    more than an auditor sees, and a manager of all teams for more than the lead of one.
    """
    rights = rights_of(user=user, organization=organization)
    requests = [request_of(file=file) for file in files]
    may = requests_allowed(user=user, organization=organization, requests=requests)
    made_with = (json.loads(file.request) for file in files)
    return [is_allowed and rights_cover(rights, made) for is_allowed, made in zip(may, made_with, strict=True)]


def request_of(*, file: KeptFile) -> ReportRequest:
    """What is in the file."""
    return ReportRequest.from_json(file.request)


def title_of(*, file: KeptFile) -> str:
    """What its report is of, by name, as it was when it was asked for."""
    return str(json.loads(file.request).get("title", ""))


def problem_of(*, file: KeptFile) -> str:
    """Why it was not made, and what to do."""
    words = {
        "nothing": _("There is no such report any more, or no result to put in it. Look at the page of the report."),
        "too_large": _("It would be larger than %(most)d MB. Choose one team, or another format.")
        % {"most": MOST_BYTES // 2**20},
        "no_room": _(
            "The files kept for your organization take all the room there is. Ask again when some are over, take a CSV "
            "or JSON, which need no room, or end a link nobody needs any more."
        ),
        "stopped": _(
            "It was begun %(times)d times and never finished. Try another format, and tell your administrator."
        )
        % {"times": MOST_TRIES},
        "document": _("The document could not be made. Try another format, and tell your administrator."),
    }
    return words.get(file.problem, words["document"])


# ---- making


def kept_file_make(*, pk: int) -> bool:
    """Make one file, if nobody else does; whether it is ready now. Nothing is raised: the file says what went wrong."""
    now = timezone.now()
    free = Q(state=_State.WAITING) | Q(state=_State.RUNNING, touched_at__lt=now - LEFT_RUNNING)
    if not KeptFile.objects.filter(free, pk=pk, tries__lt=MOST_TRIES).update(
        state=_State.RUNNING, tries=F("tries") + 1, done=0, steps=_STEPS, touched_at=now
    ):
        return False
    file = KeptFile.objects.select_related("organization", "asked_by").filter(pk=pk).first()
    if file is None:
        return False
    try:
        with override(file.language):
            _make(file)
    except _GivenUp:
        return False
    except (NotFound, PermissionDenied):
        _fail(file, "nothing")
    except _NoRoom:
        _fail(file, "no_room")
    except _RightsMoved:
        _wait(file)
    except Exception as error:
        _stumble(file, error)
    return KeptFile.objects.filter(pk=pk, state=_State.READY).exists()


def kept_files_run(*, now: datetime) -> int:
    """Make what was left by a process that ended, the oldest first; how many are ready now.

    One begun three times is given up; beyond ``MOST_A_LOOK`` they wait for the next look.
    """
    left = Q(state=_State.WAITING, touched_at__lt=now - LEFT_WAITING)
    left |= Q(state=_State.RUNNING, touched_at__lt=now - LEFT_RUNNING)
    rows = KeptFile.objects.filter(left)
    rows.filter(tries__gte=MOST_TRIES).update(state=_State.FAILED, problem="stopped")
    due = rows.order_by("touched_at", "pk").values_list("pk", flat=True)[:MOST_A_LOOK]
    return sum(kept_file_make(pk=pk) for pk in list(due))


def kept_files_clean(*, now: datetime) -> int:
    """Delete the files whose day is over; how many. The file of a link is the link's (services/report_links.py)."""
    over = list(_own_files().filter(expires_at__lte=now).values_list("pk", flat=True)[:1000])
    for pk in over:  # one after the other: each may hold many megabytes, and others want to write
        with transaction.atomic():
            KeptFile.objects.select_for_update().filter(pk=pk).first()  # first, as whoever makes it does
            KeptFilePart.objects.filter(file_id=pk).delete()
            KeptFile.objects.filter(pk=pk).delete()
    return len(over)


def parts_write(*, file: KeptFile, content: bytes, number: int) -> None:
    """Keep one part of a file."""
    KeptFilePart.objects.create(file=file, number=number, content=content)


def _hold_room(file: KeptFile, size: int) -> None:
    """Keep the room of a file that is about to be written. Raises _NoRoom."""
    with transaction.atomic():
        held = organization_hold(organization=file.organization)  # two at once: one after the other
        if room_left(organization=held, now=timezone.now(), but=file.pk) < size:
            raise _NoRoom
        if not _same_try(file).update(size=size):
            raise _GivenUp


def _make(file: KeptFile) -> None:
    request = request_of(file=file)
    user, organization = file.asked_by, file.organization
    rights = rights_of(user=user, organization=organization)
    request_rows(user=user, organization=organization, request=request)
    _move_on(file, 1, _STEPS)
    made = report_make(user=user, organization=organization, request=request)
    if len(made.content) > MOST_BYTES:
        _fail(file, "too_large")
        return
    _hold_room(file, len(made.content))
    parts = _parts_of(len(made.content))
    with transaction.atomic():
        _move_on(file, 2, _STEPS + parts)
        KeptFilePart.objects.filter(file=file).delete()  # of a try before
    for number in range(parts):
        with transaction.atomic():
            _move_on(file, _STEPS + number, _STEPS + parts)
            begin = number * PART_BYTES
            parts_write(file=file, content=made.content[begin : begin + PART_BYTES], number=number)
    _finish(file, made, request, rights)


def _finish(file: KeptFile, made: ExportFile, request: ReportRequest, rights: Rights) -> None:
    """Ready, for whoever has the rights it was made with. Raises _RightsMoved where these are others now."""
    now = timezone.now()
    with transaction.atomic():
        organization_hold(organization=file.organization)  # before the file, as everywhere
        if rights_of(user=file.asked_by, organization=file.organization) != rights:
            raise _RightsMoved
        ready = _same_try(file).update(
            state=_State.READY,
            request=_written(json.loads(file.request) | rights),
            done=F("steps"),
            problem="",
            filename=made.filename,
            content_type=made.content_type,
            size=len(made.content),
            touched_at=now,
            expires_at=now + LIFE,
        )
        if not ready:
            raise _GivenUp
        report_taken(user=file.asked_by, organization=file.organization, request=request)


def _move_on(file: KeptFile, done: int, steps: int) -> None:
    """Say how far it is. Raises _GivenUp where another process took it over."""
    if not _same_try(file).update(done=done, steps=steps, touched_at=timezone.now()):
        raise _GivenUp


def _stumble(file: KeptFile, error: Exception) -> None:
    """What may pass is tried again in a minute, anything else is said."""
    reason = error.reason if isinstance(error, DocumentError | PictureError | ChartError) else None
    passes = reason in _PASSING or isinstance(error, DatabaseError | MemoryError)
    _logger.error("A report could not be made: %s", error_without_words(error))
    if not passes:
        _fail(file, "document")
    elif file.tries >= MOST_TRIES:
        _fail(file, "stopped")
    else:
        _wait(file)


def _wait(file: KeptFile) -> None:
    """It is made again in a minute."""
    _same_try(file).update(state=_State.WAITING, done=0, steps=_STEPS, touched_at=timezone.now())


def _fail(file: KeptFile, problem: str) -> None:
    with transaction.atomic():
        if _same_try(file).update(state=_State.FAILED, problem=problem, touched_at=timezone.now()):
            KeptFilePart.objects.filter(file=file).delete()


def _same_try(file: KeptFile) -> QuerySet[KeptFile]:
    return KeptFile.objects.filter(pk=file.pk, state=_State.RUNNING, tries=file.tries)


def _own_files() -> QuerySet[KeptFile]:
    """Not those of links, which live as long as these."""
    return KeptFile.objects.filter(link__isnull=True)


def _own_of(user: User, organization: Organization) -> QuerySet[KeptFile]:
    """Those of one person that are not over."""
    rows = KeptFile.objects.visible_to(user)
    return rows.filter(link__isnull=True, organization=organization, expires_at__gt=timezone.now())


def _stored(user: User, organization: Organization, request: ReportRequest) -> str:
    """What is kept of a request: the same text for the same report, of the same data, for the same rights."""
    more = rights_of(user=user, organization=organization) | {
        "made_from": request_stamp(organization=organization, request=request),
        "title": request_title(organization=organization, request=request),
    }
    return _written(json.loads(request.to_json()) | more)


def _written(request: dict[str, object]) -> str:
    return json.dumps(request, sort_keys=True, ensure_ascii=False)


def _parts_of(size: int) -> int:
    return -(-size // PART_BYTES)
