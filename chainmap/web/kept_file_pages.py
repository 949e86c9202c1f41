"""Files that are made in the background: how far one is, the file itself, and the list of one's own."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.access import can
from chainmap.domain.roles import Action
from chainmap.models import KeptFile
from chainmap.services.kept_files import (
    FileLost,
    FileProblem,
    kept_file_ask,
    kept_file_chunks,
    kept_file_find,
    kept_file_open,
    kept_files_list,
    problem_of,
    request_of,
    title_of,
)
from chainmap.services.organizations import organization_find
from chainmap.services.report_requests import ReportRequest
from chainmap.web.errors import bad_request
from chainmap.web.live import marked, tag_of, unchanged
from chainmap.web.pages import button_page, page
from chainmap.web.queries import QueryError, require_known

#: Seconds until a page without scripts looks again.
LOOK_AGAIN = 3
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_State = KeptFile.State
_PAPER = {"a4": "A4", "letter": "Letter"}


@page
def kept_files(request: HttpRequest, organization: int) -> HttpResponse:
    """My files, with how long each is kept."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    files = kept_files_list(actor=request.user, organization=found)
    context = {"organization": found, "rows": [_shown(file) for file in files]}
    return render(request, "chainmap/report_jobs/files.html", context)


@button_page
def kept_file_new(request: HttpRequest, organization: int) -> HttpResponse:
    """Ask for a file; on to the page that says how far it is."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    sent = request.POST
    try:
        wanted = ReportRequest(
            *(_number(sent.get(name, "")) for name in ("round", "team", "workshop")),
            sent.get("format", ""),
            sent.get("paper", "a4") or "a4",
        )
        file = kept_file_ask(actor=request.user, organization=found, request=wanted)
    except FileProblem as problem:
        return bad_request(request, QueryError(str(problem)))
    except QueryError as unclear:
        return bad_request(request, unclear)
    response = HttpResponseRedirect(reverse("chainmap:kept_file", args=[organization, file.pk]))
    response.status_code = 303
    return response


@page
def kept_file(request: HttpRequest, organization: int, file: int) -> HttpResponse:
    """How far a file is; without scripts the page looks again by itself."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = kept_file_find(actor=request.user, organization=found, pk=file)
    context = {
        "organization": found,
        "file": _shown(seen),
        "look_again": LOOK_AGAIN,
        "tag": _tag(seen),
        "may_share": can(request.user, Action.SHARE_REPORTS, found),
    }
    return render(request, "chainmap/report_jobs/file.html", context)


@page
def kept_file_progress(request: HttpRequest, organization: int, file: int) -> HttpResponse:
    """The same for scripts: state, steps done, and a sentence; 304 while nothing moved."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = kept_file_find(actor=request.user, organization=found, pk=file)
    tag = _tag(seen)
    same = unchanged(request, tag)
    if same is not None:
        return same
    said = {"state": seen.state, "done": seen.done, "steps": seen.steps, "sentence": progress_words(seen)}
    return marked(JsonResponse(said), tag)


@page
def kept_file_download(request: HttpRequest, organization: int, file: int) -> HttpResponseBase:  # type: ignore[override]
    """The bytes, part by part. Bytes that are lost are made again."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    try:
        seen = kept_file_open(actor=request.user, organization=found, pk=file)
    except FileLost:
        messages.error(request, _("The file was not whole any more. It is made again; nothing else was changed."))
        return redirect("chainmap:kept_file", organization, file)
    return stream_response(kept_file_chunks(file=seen), seen.filename, seen.content_type, seen.size)


def stream_response(chunks: object, filename: str, content_type: str, size: int) -> StreamingHttpResponse:
    """A file to keep, sent while it is read."""
    response = StreamingHttpResponse(chunks, content_type=content_type)  # type: ignore[arg-type]
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    if content_type.startswith("image/svg"):
        # opened by itself a drawing is a document of this site: it must not be able to do anything here
        response["Content-Security-Policy"] = "sandbox"
    return response


def progress_words(file: KeptFile) -> str:
    """How far it is, in one sentence."""
    if file.state == _State.READY:
        return _("The file is ready.")
    if file.state == _State.FAILED:
        return problem_of(file=file)
    if file.state == _State.WAITING:
        return _("It waits for its turn.")
    return _("It is being made: step %(done)d of %(steps)d.") % {"done": file.done + 1, "steps": file.steps}


def time_left(left: timedelta) -> str:
    """For how long something is still kept: whole hours, then minutes."""
    minutes = max(int(left.total_seconds()) // 60, 0)
    if minutes >= 60:
        return ngettext("%(n)d more hour", "%(n)d more hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d more minute", "%(n)d more minutes", minutes) % {"n": minutes}


def _shown(file: KeptFile) -> dict[str, object]:
    wanted = request_of(file=file)
    return {
        "pk": file.pk,
        "title": title_of(file=file),
        "format": wanted.format.upper() + (f" {_PAPER[wanted.paper]}" if wanted.format == "pdf" else ""),
        "asked": wanted,
        "state": file.state,
        "words": progress_words(file),
        "done": file.done,
        "steps": file.steps,
        "size": file.size,
        "filename": file.filename,
        "left": time_left(file.expires_at - timezone.now()),
        "is_pdf": wanted.format == "pdf",
        "is_under_way": file.state in (_State.WAITING, _State.RUNNING),
    }


def _tag(file: KeptFile) -> str:
    return tag_of("kept_file", f"{file.pk} {file.state} {file.done} {file.steps} {file.tries} {file.problem}")


def _number(text: str) -> int | None:
    """A number of a row, None for nothing. Raises QueryError."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise QueryError(_("What was asked for cannot be understood. Open the page of the report and ask from there."))
    return int(text)
