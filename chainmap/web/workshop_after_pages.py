"""What is left of a workshop: the page of results for coach and manager, the link for the room, and paper."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chainmap.access import can
from chainmap.domain.roles import Action
from chainmap.exports.plain_text import clean_text
from chainmap.exports.qr import qr_svg
from chainmap.exports.typst_file import DocumentError
from chainmap.exports.workshop_report import (
    Paper,
    WorkshopSummary,
    chain_thousandths,
    figure_parts,
    pair_words,
    picture_title,
)
from chainmap.models import Workshop
from chainmap.services.organizations import organization_find
from chainmap.services.report_taking import workshop_report_allowed
from chainmap.services.workshop_after import (
    LinkDead,
    after_find,
    after_link_end,
    after_link_make,
    after_report,
    link_state,
    workshop_report,
    workshop_summary_find,
)
from chainmap.services.workshop_paper import workshop_paper
from chainmap.services.workshops import WorkshopProblem, workshop_find
from chainmap.web.downloads import file_response
from chainmap.web.errors import RETRY_AFTER_SECONDS, bad_request
from chainmap.web.pages import button_page, page
from chainmap.web.queries import QueryError, require_known

View = Callable[..., HttpResponse]
_PAPERS = ("a4", "letter")


def _after_link(view: View) -> View:
    """A page of whoever holds the link: GET alone, told to nobody and kept nowhere. Dead links are answered alike."""

    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, link: str, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, link, **kwargs)
        except LinkDead:
            response = HttpResponse(render_to_string("chainmap/workshop/after_dead.html"), status=404)
        except BadRequest as unclear:
            response = bad_request(request, unclear)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answered


@page
def workshop_results(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """What was found and agreed, and for the coach the ways to hand it on."""
    require_known(request)
    found = _found(request, organization, workshop)
    summary = workshop_summary_find(actor=request.user, workshop=found)
    context = {
        **_shown(summary),
        "organization": found.organization,
        "workshop": found,
        "pdf": reverse("chainmap:workshop_pdf", args=[organization, workshop]),
        "has_report": workshop_report_allowed(actor=request.user, workshop=found),
    }
    if can(request.user, Action.RUN_WORKSHOPS, found.organization):
        context |= _ways_on(request, found)
    return render(request, "chainmap/workshop/after.html", context)


@page
def workshop_results_pdf(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The same as a PDF; ``?paper=letter`` for Letter."""
    require_known(request, "paper")
    paper = _paper(request)
    found = _found(request, organization, workshop)
    try:
        return file_response(workshop_report(actor=request.user, workshop=found, paper=paper))
    except DocumentError as error:
        return _no_document(error)


@button_page
def workshop_link(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """Make a link for those who took part; a former one is dead."""
    require_known(request)
    found = _found(request, organization, workshop)
    try:
        after_link_make(actor=request.user, workshop=found)
    except WorkshopProblem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _link_words(found))
    return redirect("chainmap:workshop_results", organization, workshop)


@button_page
def workshop_link_end(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """End the link."""
    require_known(request)
    found = _found(request, organization, workshop)
    after_link_end(actor=request.user, workshop=found)
    messages.success(request, _("The link works for nobody any more."))
    return redirect("chainmap:workshop_results", organization, workshop)


@page
def workshop_paper_pdf(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """The paper form; ``?people=each`` makes one for each person with what they receive."""
    require_known(request, "paper", "people")
    paper, people = _paper(request), request.GET.get("people", "")
    if people not in ("", "each"):
        raise QueryError(_("Leave “people” out, or write “each” for one form a person."))
    found = _found(request, organization, workshop)
    try:
        made = workshop_paper(actor=request.user, workshop=found, paper=paper, each_person=people == "each")
    except WorkshopProblem as problem:
        messages.error(request, str(problem))
        return redirect("chainmap:workshop_results", organization, workshop)
    except DocumentError as error:
        return _no_document(error)
    return file_response(made)


@_after_link
def after(request: HttpRequest, link: str) -> HttpResponse:
    """The results for whoever holds the link."""
    require_known(request)
    context = _shown(after_find(token=link)) | {"pdf": reverse("chainmap:after_pdf", args=[link])}
    return HttpResponse(render_to_string("chainmap/workshop/after_link.html", context))


@_after_link
def after_pdf(request: HttpRequest, link: str) -> HttpResponse:
    """The same as a PDF."""
    require_known(request, "paper")
    try:
        return file_response(after_report(token=link, paper=_paper(request)))
    except DocumentError as error:
        return _no_document(error)


def _found(request: HttpRequest, organization: int, workshop: int) -> Workshop:
    """Raises NotFound, and PermissionDenied for an insider who may not see workshops."""
    found = organization_find(actor=request.user, pk=organization)
    return workshop_find(actor=request.user, organization=found, pk=workshop)


def _shown(summary: WorkshopSummary) -> dict[str, object]:
    """What the shared part of page and link needs."""
    chain = summary.chain
    bar, begin = [], 0
    for kind, length in chain_thousandths(chain) if chain is not None else ():
        bar.append((kind, str(begin), str(length)))
        begin += length
    return {
        "summary": summary,
        "figures": figure_parts(chain) if chain is not None else (),
        "bar": bar,
        "pairs": [(pair_words(pair), clean_text(pair.about)) for pair in summary.coffee],
        "picture_title": picture_title(),
        # reduced to an allow-list of shapes and text by exports.svg
        "picture": mark_safe(summary.picture.svg) if summary.picture is not None else "",  # noqa: S308
    }


def _ways_on(request: HttpRequest, workshop: Workshop) -> dict[str, object]:
    state = link_state(actor=request.user, workshop=workshop)
    address = settings.CHAINMAP_URL + state.address if state.address else ""
    words = _("Code of the page of results")
    return {
        "may_run": True,
        "link": state,
        "link_address": address,
        # every character of the drawing is made here, none comes from people
        "link_code": mark_safe(qr_svg(address, title=words)) if address else "",  # noqa: S308
    }


def _link_words(workshop: Workshop) -> str:
    """What becomes of the link: phones without names are forgotten when their workshop is closed."""
    if workshop.is_anonymous:
        return _("There is a link now. Show its code to the room: phones without names are forgotten at the end.")
    return _("There is a link now. The phones of the room show it when the workshop is closed.")


def _paper(request: HttpRequest) -> Paper:
    asked = request.GET.get("paper", "a4")
    if asked not in _PAPERS:
        said = _("There is no paper “%(asked)s” here. Write a4 or letter.")
        raise QueryError(said % {"asked": clean_text(asked, 20)})
    return cast(Paper, asked)


def _no_document(error: DocumentError) -> HttpResponse:
    """503: the page says the same and can be printed."""
    context = {
        "title": _("The document cannot be had right now"),
        "reason": str(error),
        "step": _("Nothing was changed. Go back, or try again in a minute."),
    }
    response = HttpResponse(render_to_string("chainmap/error.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
