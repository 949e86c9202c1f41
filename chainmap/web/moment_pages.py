"""Moments of truth: told by the customer of a hand-off, thanked and answered by its supplier."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Moment, Organization
from chainmap.services.moments import (
    OwnMoment,
    moment_answer,
    moment_find,
    moment_tell,
    moments_list,
    telling_problem,
)
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem, own_handoff
from chainmap.web.news_marks import news_opened
from chainmap.web.own_pages import own_form, own_page
from chainmap.web.pages import posted
from chainmap.web.parts import Parts
from chainmap.web.queries import QueryError, page_of, require_known
from chainmap.web.story_forms import AnswerForm, MomentForm

#: Moments of each side on the page of both, and on a page of one side.
BOTH, ONE_SIDE = 10, 20
#: ``?side=`` -> told to the reader.
SIDES = {"to": True, "by": False}


@own_page
def moments(request: HttpRequest, organization: int) -> HttpResponse:
    """What customers told the reader, and what the reader told suppliers; with ``?side=`` one of the two in full."""
    require_known(request, "side", "page")
    found = organization_find(actor=request.user, pk=organization)
    context: dict[str, object] = {"organization": found}
    side = request.GET.get("side")
    if side is not None:
        if side not in SIDES:
            raise QueryError(_("There are two sides: “to” and “by”. Leave out what follows the “?”."))
        pages = Paginator(Parts(partial(_rows, request, found, SIDES[side])), ONE_SIDE)
        context |= {"side": side, "table": page_of(request, pages)}
    else:
        if "page" in request.GET:
            raise QueryError(_("Pages are those of one side. Leave out what follows the “?”."))
        for name, to_me in SIDES.items():
            rows, total = _rows(request, found, to_me, 0, BOTH)
            context |= {f"told_{name}": rows, f"further_{name}": total - len(rows)}
    news_opened(request, found, moments=True)
    return render(request, "chainmap/me/moments.html", context)


@own_form
def tell(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Tell a moment of a hand-off one receives; its supplier is told who tells moments here."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own = own_handoff(user=request.user, organization=found, pk=handoff)
    form = MomentForm(posted(request))
    problem = telling_problem(own)
    if problem is None and form.is_valid():
        try:
            read = form.cleaned_data
            moment_tell(user=request.user, organization=found, handoff=handoff, kind=read["kind"], words=read["words"])
        except OwnProblem as refused:
            form.refuse(refused)
        else:
            said = _("Told. %(name)s sees it, and nobody else.") % {"name": clean_text(own.other.name)}
            messages.success(request, said)
            return redirect("chainmap:handoff", organization, handoff)
    context = {
        "organization": found,
        "own": own,
        "form": form,
        "refused": str(problem) if problem else "",
        "typed": request.POST.get("words", "") if problem else "",
    }
    failed = request.method == "POST"  # whoever could be helped has been sent on
    return render(request, "chainmap/me/moment_tell.html", context, status=400 if failed else 200)


@own_form
def answer(request: HttpRequest, organization: int, moment: int) -> HttpResponse:
    """Thank for a moment, or answer it; whoever told it reads the answer here."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = moment_find(user=request.user, organization=found, pk=moment)
    news_opened(request, found, handoff=seen.own.handoff.pk, moments=True)
    if request.method != "POST":
        initial = {"version": seen.moment.version, "thanked": seen.moment.is_thanked, "answer": seen.moment.reply}
        return _answer_page(request, found, seen, AnswerForm(initial=initial))
    is_tap = "thank" in request.POST  # the one button of the lists: nothing is typed there
    form = AnswerForm({"thanked": "on", "version": request.POST.get("version")} if is_tap else request.POST)
    if form.is_valid():
        try:
            read = form.cleaned_data
            moment_answer(
                user=request.user,
                organization=found,
                pk=moment,
                version=read["version"],
                thanked=read["thanked"],
                reply=None if is_tap else read["answer"],
            )
        except OwnProblem as refused:
            form.refuse(refused)
        except EditConflict as conflict:
            seen = moment_find(user=request.user, organization=found, pk=moment)
            if is_tap:
                form = AnswerForm(request.POST | {"thanked": "on", "answer": seen.moment.reply})
            form.show_conflict(conflict, {"answer": str(conflict.stored["reply"])})
        else:
            said = _("%(name)s is told of your answer.") % {"name": clean_text(seen.moment.teller.name)}
            messages.success(request, said)
            return redirect(*_back(request, seen))
    return _answer_page(request, found, seen, form)


def _rows(
    request: HttpRequest, organization: Organization, to_me: bool, offset: int, limit: int
) -> tuple[Sequence[Moment], int]:
    found = moments_list(user=request.user, organization=organization, to_me=to_me, offset=offset, limit=limit)
    return found.moments, found.total


def _answer_page(request: HttpRequest, organization: Organization, seen: OwnMoment, form: AnswerForm) -> HttpResponse:
    context = {"organization": organization, "own": seen.own, "moment": seen.moment, "form": form}
    return render(request, "chainmap/me/moment_answer.html", context, status=form.status)


def _back(request: HttpRequest, seen: OwnMoment) -> tuple[object, ...]:
    """The page the button stood on."""
    organization = seen.own.handoff.organization_id
    if request.POST.get("back") == "handoff":
        return "chainmap:handoff", organization, seen.own.handoff.pk
    return ("chainmap:me" if request.POST.get("back") == "me" else "chainmap:moments"), organization
