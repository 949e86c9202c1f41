"""Conversations over a coffee: invite, prepare, find a time, and what to agree."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chainmap.models import Conversation, Organization
from chainmap.services.agreement_lists import talks_find
from chainmap.services.conversations import (
    ConversationRunning,
    TalkSeen,
    conversation_answer,
    conversation_calendar,
    conversation_find,
    conversation_invite,
    conversation_time,
    invitation_find,
    preparation_save,
)
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.web.downloads import file_response
from chainmap.web.news_marks import news_opened
from chainmap.web.own_forms import OwnForm
from chainmap.web.own_pages import own_button, own_form, own_page
from chainmap.web.pages import posted
from chainmap.web.queries import require_known
from chainmap.web.talk_forms import CoffeeForm, LinesForm, TimeForm


@own_form
def coffee_new(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Invite the other side of a hand-off: choose why, add a line, a time and a place if one likes."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    start = invitation_find(user=request.user, organization=found, handoff=handoff)
    reasons = [(ground.reason.value, ground.reason.label) for ground in start.grounds]
    # what somebody guessed is told to the other side by choosing it, so that is for them to choose
    usual = next(reason for reason, _label in reasons if reason != Conversation.Reason.GAP)
    form = CoffeeForm(posted(request), reasons=reasons, initial={"reason": usual})
    running = start.running.pk if start.running is not None else None
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "words", "starts_at", "minutes", "place")}
        try:
            made = conversation_invite(user=request.user, organization=found, handoff=handoff, **given)
        except ConversationRunning as problem:
            form.refuse(problem)
            running = problem.conversation
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Invited. Now prepare your three lines; nobody else sees them yet."))
            return redirect("chainmap:talk", organization, made.pk)
    context = {
        "organization": found,
        "own": start.own,
        "form": form,
        "reasons": form.reasons({ground.reason.value: ground.sentence for ground in start.grounds}),
        "running": running,
        "why_not": start.why_not,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "chainmap/me/coffee.html", context, status=form.status)


@own_page
def talks(request: HttpRequest, organization: int) -> HttpResponse:
    """All conversations and agreements of the reader: due, open, over."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    listed = talks_find(user=request.user, organization=found)
    context = {"organization": found, "talks": listed, "more": listed.over_total - len(listed.over)}
    return render(request, "chainmap/me/talks.html", context)


@own_page
def talk(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """One conversation: a card to hold beside the coffee."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    news_opened(request, found, conversation=conversation)
    return _shown(request, found, conversation)


@own_button
def talk_lines(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """Keep the reader's three lines."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    form = LinesForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, conversation, form=form)
    given = {name: form.cleaned_data[name] for name in (*LinesForm.LINES, "is_shown")}
    try:
        kept = preparation_save(
            user=request.user,
            organization=found,
            pk=conversation,
            version=form.cleaned_data["version"] or 0,
            **given,
        )
    except EditConflict as conflict:
        stored = {name: str(conflict.stored[name]) for name in LinesForm.LINES}
        form.show_conflict(conflict, stored | {"is_shown": _("yes") if conflict.stored["is_shown"] else _("no")})
        return _shown(request, found, conversation, form=form)
    except OwnProblem as problem:
        form.refuse(problem)
        return _shown(request, found, conversation, form=form)
    told = _("Saved, and shown to the other side.") if kept.is_shown else _("Saved. You alone see your lines.")
    messages.success(request, told)
    return redirect("chainmap:talk", organization, conversation)


@own_button
def talk_answer(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """Accept, decline, take back or end."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    form = OwnForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    answer = request.POST.get("answer", "")
    try:
        conversation_answer(user=request.user, organization=found, pk=conversation, answer=answer, version=version)
    except EditConflict:
        why = _("The time or the place was changed meanwhile. Look at it below, and answer again.")
        return _shown(request, found, conversation, refused=why, status=409)
    except OwnProblem as problem:
        return _shown(request, found, conversation, refused=str(problem), status=400)
    messages.success(request, _answered(answer))
    if request.POST.get("back") == "me":
        return redirect(reverse("chainmap:me", args=[organization]) + "#due")
    return redirect("chainmap:talk", organization, conversation)


@own_form
def talk_time(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """Say when and where."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = conversation_find(user=request.user, organization=found, pk=conversation)
    form = TimeForm(posted(request), initial=TimeForm.values_of(seen.conversation))
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("starts_at", "minutes", "place", "version")}
        try:
            conversation_time(user=request.user, organization=found, pk=conversation, **given)
        except EditConflict as conflict:
            form.show_conflict(conflict, _stored_time(conflict.stored))
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Saved. The other side is told."))
            return redirect("chainmap:talk", organization, conversation)
    context = {
        "organization": found,
        "seen": seen,
        "own": seen.own,
        "form": form,
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "chainmap/me/talk_time.html", context, status=form.status)


@own_page
def talk_calendar(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """The conversation as a file for the reader's own calendar."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    address = settings.CHAINMAP_URL + reverse("chainmap:talk", args=[organization, conversation])
    try:
        file = conversation_calendar(user=request.user, organization=found, pk=conversation, address=address)
    except OwnProblem as problem:
        return _shown(request, found, conversation, refused=str(problem), status=400)
    return file_response(file)


def _shown(
    request: HttpRequest,
    organization: Organization,
    pk: int,
    *,
    form: LinesForm | None = None,
    refused: str = "",
    status: int | None = None,
) -> HttpResponse:
    """The page of a conversation; ``form``: lines that were not saved, ``refused``: why nothing was done."""
    seen = conversation_find(user=request.user, organization=organization, pk=pk)
    form = form or LinesForm.of(seen.mine)
    context = {
        "organization": organization,
        "seen": seen,
        "own": seen.own,
        "conversation": seen.conversation,
        "state": _state(seen),
        "form": form,
        "refused": refused,
    }
    return render(request, "chainmap/me/talk.html", context, status=status or form.status)


def _stored_time(stored: Mapping[str, object]) -> dict[str, str]:
    starts_at = stored["starts_at"]
    return {
        "starts_at": date_format(timezone.localtime(starts_at), "Y-m-d H:i") if starts_at else "",  # type: ignore[arg-type]
        "minutes": str(stored["minutes"]),
        "place": str(stored["place"]),
    }


def _state(seen: TalkSeen) -> str:
    """Where the conversation stands, for the reader."""
    state = Conversation.State
    words = {
        state.INVITED.value: _("You invited; no answer yet.") if seen.is_inviter else _("You are invited."),
        state.ACCEPTED.value: _("Both of you want to talk."),
        state.DECLINED.value: _("Not now: the invitation was declined."),
        state.ENDED.value: _("You have talked."),
        state.WITHDRAWN.value: _("The invitation was taken back."),
    }
    return words[seen.conversation.state]


def _answered(answer: str) -> str:
    return {
        "accept": _("Accepted. Prepare your three lines; nobody else sees them yet."),
        "decline": _("Declined. Either of you can invite again when it suits."),
        "withdraw": _("The invitation is taken back."),
        "end": _("Good. Did something come of it? Write down what you agree."),
    }[answer]
