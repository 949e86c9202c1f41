"""The page of one hand-off, and the buttons on it: confirm, dispute, bring back, undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Need, Organization
from chainmap.services.conversations import handoff_talks
from chainmap.services.handoff_undo import handoff_undo
from chainmap.services.handoffs import (
    OwnRow,
    agreement_ended,
    handoff_find,
    handoff_restore,
    handoff_say,
    history_find,
)
from chainmap.services.moments import handoff_moments
from chainmap.services.needs import MOST_NEEDS
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, HandOffRemoved, OwnHandOff, OwnProblem, own_handoff
from chainmap.web.handoff_forms import NeedForm, ReplyForm, SayForm, UndoForm
from chainmap.web.handoff_steps import step_rows
from chainmap.web.handoff_words import authorization_sentence, chain_row
from chainmap.web.my_chain import say_form
from chainmap.web.news_marks import news_opened
from chainmap.web.own_pages import own_button, own_page, removed_answer
from chainmap.web.queries import require_known

#: Where a button returns to: what its form sends -> the name of a page of the organization, and the place on it.
_BACK = {
    "chain": ("chainmap:my_chain", "#waiting"),
    "waiting": ("chainmap:my_chain", "?list=waiting#waiting"),
    "removed": ("chainmap:my_chain", "?list=removed#waiting"),
    "me": ("chainmap:me", "?said={handoff}#due"),
}
#: What is said about needs is shown beside them: the buttons there return to this place.
NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need, and the form with which the supplier answers."""

    need: Need
    form: ReplyForm

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


@own_page
def handoff_page(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Everything the two sides share of one hand-off."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    news_opened(request, found, handoff=handoff)
    return handoff_shown(request, found, handoff)


@own_button
def say(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Confirm that it is so, or dispute it."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own = own_handoff(user=request.user, organization=found, pk=handoff)
    form = say_form(own, request.POST)
    if not form.is_valid():
        return handoff_shown(request, found, handoff, say=form)
    try:
        handoff_say(
            user=request.user,
            organization=found,
            handoff=handoff,
            version=form.cleaned_data["version"],
            says=form.cleaned_data["says"],
            note=form.cleaned_data["together"],
        )
    except EditConflict as conflict:
        _say_again(form, conflict)
        return handoff_shown(request, found, handoff, say=form, status=form.status)
    said = {
        "yes": _("You say it is so. %(name)s is told."),
        "no": _("You say it is not so. %(name)s is told, and reads your words."),
    }
    messages.success(request, said[form.cleaned_data["says"]] % {"name": clean_text(own.other.name)})
    return _back(request, organization, handoff)


@own_button
def restore(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Bring back a hand-off that was taken out."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    try:
        handoff_restore(user=request.user, organization=found, handoff=handoff)
    except OwnProblem as problem:
        try:
            return handoff_shown(request, found, handoff, refused=str(problem))
        except HandOffRemoved as removed:
            return removed_answer(request, removed, refused=str(problem))
    messages.success(request, _("It is in the chain again, and the other side is told."))
    return _back(request, organization, handoff)


@own_button
def undo(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """Take the reader's own last change of it back."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own_handoff(user=request.user, organization=found, pk=handoff, removed=True)
    form = UndoForm(request.POST)
    if not form.is_valid():
        refused = _("It is not said what is to be taken back. Use the button beside it in the history.")
        return handoff_shown(request, found, handoff, refused=refused)
    try:
        held = handoff_undo(user=request.user, organization=found, handoff=handoff, change=form.cleaned_data["change"])
    except OwnProblem as problem:
        return handoff_shown(request, found, handoff, refused=str(problem))
    messages.success(request, _("Taken back. The history keeps both."))
    if held.is_removed:
        return redirect("chainmap:my_chain", organization)
    return _back(request, organization, handoff)


def handoff_shown(
    request: HttpRequest,
    organization: Organization,
    handoff: int,
    *,
    say: SayForm | None = None,
    need: NeedForm | None = None,
    replies: Mapping[int, ReplyForm] | None = None,
    refused: str = "",
    status: int = 400,
) -> HttpResponse:
    """The page, with a form that was refused in its place; ``status`` where there is one or a sentence."""
    row = handoff_find(user=request.user, organization=organization, handoff=handoff)
    history = history_find(own=row.own)
    told = list(get_messages(request))
    needs_told = [message for message in told if message.extra_tags == NEEDS]
    context = {
        "organization": organization,
        "told": [message for message in told if message.extra_tags != NEEDS],
        "needs_told": needs_told,
        "is_folded": row.state == "disputed",
        "is_unfolded": bool(needs_told or need or replies),
        "own": row.own,
        "handoff": row.own.handoff,
        "row": chain_row(row),
        "mine_said": _claims(row.own)[0],
        "theirs_said": _claims(row.own)[1],
        "say": say or say_form(row.own),
        "needs": _needs(row, replies or {}),
        "need_form": need or need_form(),
        "may_need": not row.own.is_supplier and row.own.other.left_on is None and len(row.needs) < MOST_NEEDS,
        "is_gap": row.own.other_can_say
        and row.state != "disputed"
        and not any(one.reply == Need.Reply.AGREED for one in row.needs),
        "authorization_said": authorization_sentence(row),
        "steps": step_rows(row.own, history),
        "earlier": max(history.total - len(history.steps), 0),
        "talks": handoff_talks(user=request.user, own=row.own),
        "over": agreement_ended(user=request.user, own=row.own),
        "moments": handoff_moments(user=request.user, own=row.own, scores=row.said),
        "refused": refused,
    }
    is_refused = bool(refused or say or need or replies)
    return render(request, "chainmap/me/handoff.html", context, status=status if is_refused else 200)


def need_form(data: object = None) -> NeedForm:
    """The form of a new need."""
    return NeedForm(data, auto_id="need_%s")


def reply_form(need: Need, data: object = None) -> ReplyForm:
    """The supplier's answer to one need, with ids of its own: several stand on one page."""
    initial = {"version": need.version, "reply": need.reply, "note": need.reply_note}
    return ReplyForm(data, auto_id=f"reply_{need.pk}_%s", initial=initial)


def _needs(row: OwnRow, replies: Mapping[int, ReplyForm]) -> list[NeedRow]:
    return [NeedRow(need, replies.get(need.pk) or reply_form(need)) for need in row.needs]


def _claims(own: OwnHandOff) -> tuple[dict[str, str], dict[str, str]]:
    """What the reader says and what the other side says, each with its note."""
    held = own.handoff
    supplier = {"says": held.supplier_says, "note": clean_text(held.supplier_note, 200)}
    customer = {"says": held.customer_says, "note": clean_text(held.customer_note, 200)}
    return (supplier, customer) if own.is_supplier else (customer, supplier)


def _say_again(form: SayForm, conflict: EditConflict) -> None:
    """What was to be confirmed is something else now: say it, and let the reader say it of that."""
    by, now = clean_text(conflict.by) or _("Somebody"), clean_text(str(conflict.stored.get("deliverable", "")), 200)
    said = _(
        "%(name)s changed it while you were reading: it is about “%(deliverable)s” now. Do you say so of that, too?"
    )
    form.go_on(conflict, said % {"name": by, "deliverable": now})


def _back(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """To the page the button stands on, where it stands."""
    back = _BACK.get(request.POST.get("back", ""))
    if back is None:
        return redirect("chainmap:handoff", organization, handoff)
    name, place = back
    return redirect(reverse(name, args=[organization]) + place.format(handoff=handoff))
