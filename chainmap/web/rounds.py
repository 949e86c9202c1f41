"""Rounds for those who make and run them, and for those who are asked: from the draft to the closing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from chainmap.access import can, require
from chainmap.domain.roles import Action
from chainmap.exports import round_words
from chainmap.exports.qr import qr_svg
from chainmap.models import Organization, Round
from chainmap.services.asking import handoffs_asked
from chainmap.services.ballots import Waiting, preview_find, waiting_list
from chainmap.services.links import RoundClosed, links_mail_again, slips_count
from chainmap.services.organizations import organization_find
from chainmap.services.response import response_find
from chainmap.services.rounds import (
    RoundProblem,
    round_close,
    round_create,
    round_delete,
    round_edit,
    round_find,
    round_open,
    round_reopen,
    rounds_list,
)
from chainmap.web.answer_pages import card_context
from chainmap.web.card_forms import form_of
from chainmap.web.news_marks import news_opened
from chainmap.web.pages import button_page, form_page, page, posted
from chainmap.web.queries import require_known
from chainmap.web.round_forms import ReopenForm, RoundForm, teams_of, usual_closing, usual_values, values_of
from chainmap.web.round_results import results_context
from chainmap.web.round_sentences import (
    asked_sentence,
    end_sentence,
    mail_count_sentence,
    trouble_sentence,
    when,
    would_ask_sentence,
)

#: Seconds after which the page of a round looks again whether its results are there.
LOOK_AGAIN_SECONDS = 3
#: More questions than this nobody answers between two meetings.
MANY_QUESTIONS = 7


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of the list, for the reader."""

    round: Round
    when: str
    mode: str
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many are asked by opening a round."""

    people: int
    handoffs: int
    without_address: int
    most: int  # questions of the person who is asked most
    teams: int  # of those who are asked

    @property
    def has_few_teams(self) -> bool:
        """Whether there is nothing a figure of a team could be compared with."""
        return self.teams < 2

    @property
    def is_much(self) -> bool:
        """Whether somebody is asked more than they will answer with care."""
        return self.most > MANY_QUESTIONS


@page
def round_list(request: HttpRequest, organization: int) -> HttpResponse:
    """All rounds of the organization, newest first; what the reader is asked stands with its round."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    waiting = {one.round.pk: one for one in waiting_list(user=request.user)}
    rows = [
        RoundRow(round, when(round), round_words.mode_label(round.mode), waiting.get(round.pk))
        for round in rounds_list(actor=request.user, organization=found)
    ]
    context = {
        "organization": found,
        "rows": rows,
        "may_manage": can(request.user, Action.MANAGE_ROUNDS, found),
        "may_change_settings": can(request.user, Action.CHANGE_SETTINGS, found),
        "may_compare": can(request.user, Action.COMPARE, found),
    }
    return render(request, "chainmap/rounds/list.html", context)


@form_page
def round_new(request: HttpRequest, organization: int) -> HttpResponse:
    """Make a draft: a name is enough."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.MANAGE_ROUNDS, found)
    return _edited(request, found, None)


@form_page
def round_change(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Change a draft."""
    require_known(request)
    found = _managed(request, organization, round)
    if found.state != Round.State.DRAFT:
        return _refused(request, found, _("This round was opened already; it can no longer be changed."))
    return _edited(request, found.organization, found)


@page
def round_page(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """One round: before it opens what would be asked, while it is open how to answer, afterwards what was said."""
    require_known(request, "page")
    found = _found(request, organization, round)
    news_opened(request, found.organization, round=round)
    return _shown(request, found)


@page
def round_preview(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """The cards as somebody who is asked will see them; nothing can be filled in."""
    require_known(request)
    found = _managed(request, organization, round)
    ballot = preview_find(actor=request.user, round=found)
    item = ballot.items[0]
    context = card_context(found, item, form_of(item.card, item.version))
    context |= {"organization": found.organization, "ballot": ballot}
    return render(request, "chainmap/rounds/preview.html", context)


@page
def round_poster(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """A sheet for the wall of a workshop: a code to scan that leads to where the short codes are typed."""
    require_known(request)
    found = _managed(request, organization, round)
    address = settings.CHAINMAP_URL + reverse("chainmap:join")
    context = {
        "organization": found.organization,
        "round": found,
        "address": address,
        "code": mark_safe(qr_svg(address, title=_("QR code of the page where codes are typed"))),  # noqa: S308 - escaped there
        "mode_said": round_words.mode_sentence(found.mode, None, found.k),
    }
    return render(request, "chainmap/rounds/poster.html", context)


@button_page
def round_start(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Open a draft: from now on people are asked."""
    require_known(request)
    found = _managed(request, organization, round)
    try:
        round_open(actor=request.user, round=found)
    except RoundProblem as problem:
        return _refused(request, found, str(problem))
    messages.success(request, _("The round is open. Those with an e-mail address get their link now."))
    return redirect("chainmap:round", organization, round)


@form_page
def round_end(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Close a round, after saying what that means."""
    require_known(request)
    found = _managed(request, organization, round)
    if request.method != "POST":
        if found.state != Round.State.OPEN:
            return _refused(request, found, _("This round is not open."))
        return render(request, "chainmap/rounds/close.html", _closing(request, found))
    try:
        closed = round_close(actor=request.user, round=found)
    except RoundProblem as problem:
        if found.state != Round.State.OPEN:
            return _refused(request, found, str(problem))
        context = _closing(request, found) | {"refused": str(problem)}
        return render(request, "chainmap/rounds/close.html", context, status=400)
    if closed.state == Round.State.CLOSED:
        messages.success(request, _("The round is closed."))
    else:
        messages.info(request, _("Noted. The round closes as soon as a second person agrees."))
    return redirect("chainmap:round", organization, round)


@form_page
def round_again(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Open a closed round again, as its next version."""
    require_known(request)
    found = _managed(request, organization, round)
    if found.state != Round.State.CLOSED:
        return _refused(request, found, _("This round is not closed."))
    form = ReopenForm(posted(request), initial={"closes_at": usual_closing()})
    if request.method == "POST" and form.is_valid():
        try:
            round_reopen(actor=request.user, round=found, closes_at=form.cleaned_data["closes_at"])
        except RoundProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("The round is open again."))
            return redirect("chainmap:round", organization, round)
    context = {
        "organization": found.organization,
        "round": found,
        "form": form,
        "zone": timezone.get_current_timezone_name(),
        "is_anonymous": found.mode == Round.Mode.ANONYMOUS,
    }
    return render(request, "chainmap/rounds/reopen.html", context, status=400 if form.errors else 200)


@button_page
def round_remove(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Throw a draft away."""
    require_known(request)
    found = _managed(request, organization, round)
    try:
        round_delete(actor=request.user, round=found)
    except RoundProblem as problem:
        return _refused(request, found, str(problem))
    messages.success(request, _("The draft is gone. Nobody had been asked."))
    return redirect("chainmap:rounds", organization)


@button_page
def round_invite(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """Mail a link to everybody asked who holds none that works."""
    require_known(request)
    found = _managed(request, organization, round)
    try:
        count = links_mail_again(actor=request.user, round=found)
    except RoundClosed:
        return _refused(request, found, _("This round takes no answers any more, so nobody is invited."))
    messages.info(request, mail_count_sentence(count))
    return redirect("chainmap:round", organization, round)


def _found(request: HttpRequest, organization: int, round: int) -> Round:
    """The round as the reader may see it. Raises NotFound, PermissionDenied."""
    return round_find(actor=request.user, organization=organization_find(actor=request.user, pk=organization), pk=round)


def _managed(request: HttpRequest, organization: int, round: int) -> Round:
    """The round for those who may manage it. Raises NotFound, PermissionDenied."""
    found = _found(request, organization, round)
    require(request.user, Action.MANAGE_ROUNDS, found.organization)
    return found


def _edited(request: HttpRequest, organization: Organization, round: Round | None) -> HttpResponse:
    """The form of a new round or a draft; what was typed is kept until it can be saved."""
    form = RoundForm(
        posted(request),
        initial=usual_values() if round is None else values_of(round),
        teams=teams_of(request.user, organization),
    )
    if request.method == "POST" and form.is_valid():
        try:
            if round is None:
                saved = round_create(actor=request.user, organization=organization, plan=form.plan())
            else:
                saved = round_edit(actor=request.user, round=round, plan=form.plan())
        except RoundProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Saved. Nobody has been asked yet."))
            return redirect("chainmap:round", organization.pk, saved.pk)
    context = {
        "organization": organization,
        "round": round,
        "form": form,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "chainmap/rounds/edit.html", context, status=400 if form.errors else 200)


def _refused(request: HttpRequest, round: Round, why: str) -> HttpResponse:
    """The page of the round with the sentence that says why nothing was done."""
    round.refresh_from_db()
    return _shown(request, round, refused=why)


def _shown(request: HttpRequest, round: Round, *, refused: str = "") -> HttpResponse:
    user, organization = request.user, round.organization
    may_manage = can(user, Action.MANAGE_ROUNDS, organization)
    context = {
        "organization": organization,
        "round": round,
        "when": when(round),
        "mode_label": round_words.mode_label(round.mode),
        "mode_said": round_words.mode_sentence(round.mode, None, round.k),
        "refused": refused,
        "may_manage": may_manage,
        "waiting": next((one for one in waiting_list(user=user) if one.round.pk == round.pk), None),
    }
    if round.state == Round.State.DRAFT:
        reach = _reach(round)
        context |= {
            "reach": reach,
            "reach_said": would_ask_sentence(reach.people, reach.handoffs),
            "ends": end_sentence(round),
            "trouble": trouble_sentence(round, timezone.now()),
        }
    elif round.state == Round.State.OPEN and may_manage:
        context |= _running(request, round)
    if round.state != Round.State.DRAFT:
        context |= results_context(request, round)
    answer = render(request, "chainmap/rounds/round.html", context, status=400 if refused else 200)
    if context.get("computing"):
        answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return answer


def _running(request: HttpRequest, round: Round) -> dict[str, object]:
    """What is told of an open round to those who run it: how many were reached, and the response in coarse steps."""
    groups = response_find(actor=request.user, round=round).groups
    reach = _reach(round)
    return {
        "reach": reach,
        "reach_said": asked_sentence(reach.people, reach.handoffs),
        "slips": slips_count(actor=request.user, round=round),
        "asked_to_close": round.closing_asked_by_id is not None,
        "asked_to_close_by_me": round.closing_asked_by_id == request.user.pk,
        "response": [
            (round_words.response_group(one.names, len(groups)), round_words.response_band(one.band)) for one in groups
        ],
    }


def _reach(round: Round) -> Reach:
    handoffs = handoffs_asked(round=round)
    raters = {handoff.customer_id: handoff.customer for handoff in handoffs}
    questions = Counter(handoff.customer_id for handoff in handoffs)
    return Reach(
        len(raters),
        len(handoffs),
        sum(not rater.email for rater in raters.values()),
        max(questions.values(), default=0),
        len({rater.team_id for rater in raters.values() if rater.team_id is not None}),
    )


def _closing(request: HttpRequest, round: Round) -> dict[str, object]:
    """Closing a protected round before its time takes two people."""
    early = round.closes_at is None or timezone.now() < round.closes_at
    asked_by = round.closing_asked_by_id
    return {
        "organization": round.organization,
        "round": round,
        "early": early and round.closes_at is not None,
        "needs_second": round.is_protected and early,
        "asked_by_me": asked_by == request.user.pk,
        "asked_by_other": asked_by is not None and asked_by != request.user.pk,
    }
