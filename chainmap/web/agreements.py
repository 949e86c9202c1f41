"""Agreements: write one down, say yes, say what came of it, and whether the coach may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chainmap.access import can
from chainmap.domain.roles import Action
from chainmap.exports.plain_text import clean_text
from chainmap.models import Agreement, Organization, Party
from chainmap.services.agreement_lists import AgreementSeen, agreement_find, agreement_start
from chainmap.services.agreements import (
    agreement_answer,
    agreement_counts,
    agreement_edit,
    agreement_make,
    agreement_outcome,
    agreement_share,
    said_of,
    shared_agreements,
)
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem
from chainmap.services.people import people_near, people_suggest, person_resolve
from chainmap.web.news_marks import news_opened
from chainmap.web.own_pages import own_button, own_form, own_page
from chainmap.web.pages import posted
from chainmap.web.people import unknown_name
from chainmap.web.queries import require_known
from chainmap.web.talk_forms import AgreementForm, OutcomeForm, YesForm

#: Days from today that the form of a new agreement starts with.
USUAL_DAYS = 14


@own_form
def agreement_new(request: HttpRequest, organization: int, conversation: int) -> HttpResponse:
    """What comes of a conversation, which ends with it."""
    return _new(request, organization, conversation=conversation)


@own_form
def agreement_of_handoff(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """An agreement without a conversation."""
    return _new(request, organization, handoff=handoff)


@own_page
def agreement(request: HttpRequest, organization: int, agreement: int) -> HttpResponse:
    """One agreement of the reader's."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    news_opened(request, found, agreement=agreement)
    return _shown(request, found, agreement)


@own_form
def agreement_change(request: HttpRequest, organization: int, agreement: int) -> HttpResponse:
    """Propose other words, another day, somebody else."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own, seen = agreement_find(user=request.user, organization=found, pk=agreement)
    if request.method != "POST" and seen.is_open and seen.proposal is not None:  # go on with what is proposed already
        name = "agreement" if seen.proposal_is_theirs else "agreement_edit"
        return redirect(f"chainmap:{name}", organization, seen.proposal.pk)
    initial = AgreementForm.values_of(own, seen.agreement, _label(request, found, seen.agreement.decides))
    form = AgreementForm(posted(request), own=own, asks_score=False, initial=initial)
    if form.is_valid():
        try:
            plan = form.plan(own, _somebody(request, found, form))
            kept = agreement_edit(
                user=request.user,
                organization=found,
                pk=agreement,
                plan=plan,
                version=form.cleaned_data["version"],
            )
        except EditConflict as conflict:
            form.show_conflict(conflict, _stored_words(own, conflict.stored))
        except OwnProblem as problem:
            form.refuse(_at_name(problem))
        else:
            messages.success(request, _("Saved. It waits for the other side to say yes."))
            return redirect("chainmap:agreement", organization, kept.pk)
    context = {"organization": found, "own": own, "seen": seen, "form": form}
    return render(request, "chainmap/me/agreement_form.html", context, status=form.status)


@own_button
def agreement_say(request: HttpRequest, organization: int, agreement: int) -> HttpResponse:
    """Say yes to it, or take it back."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    form = YesForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, agreement, form=form)
    answer = request.POST.get("answer", "")
    try:
        agreement_answer(
            user=request.user,
            organization=found,
            pk=agreement,
            answer=answer,
            version=form.cleaned_data["version"],
            score_today=form.cleaned_data["score_today"],
        )
    except EditConflict:
        why = _("It was changed meanwhile. Read the words below again, then answer.")
        return _shown(request, found, agreement, refused=why, status=409)
    except OwnProblem as problem:
        return _shown(request, found, agreement, refused=str(problem), status=400)
    told = _("Agreed. Both of you are asked on its day what came of it.") if answer == "yes" else _("It is taken back.")
    messages.success(request, told)
    return redirect("chainmap:agreement", organization, agreement)


@own_form
def agreement_end(request: HttpRequest, organization: int, agreement: int) -> HttpResponse:
    """Say what came of it, and, as the customer, how it is now."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own, seen = agreement_find(user=request.user, organization=found, pk=agreement)
    outcome, score = said_of(own, seen.agreement)
    initial = {"outcome": outcome, "score": score, "seen_outcome": outcome, "seen_score": score}
    initial |= {"version": seen.agreement.version}
    form = OutcomeForm(posted(request), is_supplier=own.is_supplier, initial=initial)
    if form.is_valid():
        try:
            kept = agreement_outcome(
                user=request.user,
                organization=found,
                pk=agreement,
                outcome=form.cleaned_data["outcome"],
                score=form.cleaned_data.get("score"),
                version=form.cleaned_data["version"],
                seen=form.seen,
            )
        except EditConflict as conflict:
            _show_outcome_conflict(form, conflict)
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _thanks(kept))
            return redirect("chainmap:agreement", organization, agreement)
    context = {"organization": found, "own": own, "seen": seen, "form": form}
    return render(request, "chainmap/me/agreement_outcome.html", context, status=form.status)


@own_button
def agreement_tick(request: HttpRequest, organization: int, agreement: int) -> HttpResponse:
    """The reader's own tick for the coach."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    shared = request.POST.get("shared", "")
    if shared not in ("yes", "no"):
        return _shown(request, found, agreement, refused=_("Use one of the buttons."), status=400)
    agreement_share(user=request.user, organization=found, pk=agreement, shared=shared == "yes")
    if shared == "yes":
        messages.success(request, _("You share it. The coach sees it while both of you do."))
    else:
        messages.success(request, _("You share it no longer, so the coach does not see it."))
    return redirect("chainmap:agreement", organization, agreement)


@own_page
def agreements_shared(request: HttpRequest, organization: int) -> HttpResponse:
    """For the coach what both sides share; for others who may know it how many agreements there are."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    counts = agreement_counts(actor=request.user, organization=found)
    context = {"organization": found, "counts": counts, "is_coach": False}
    if can(request.user, Action.SEE_SHARED_TALKS, found):
        context |= {"is_coach": True, "shared": shared_agreements(actor=request.user, organization=found)}
    return render(request, "chainmap/me/agreements_shared.html", context)


def _new(
    request: HttpRequest, organization: int, *, handoff: int | None = None, conversation: int | None = None
) -> HttpResponse:
    """The form of a new agreement, at a hand-off or out of a conversation."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    start = agreement_start(user=request.user, organization=found, handoff=handoff, conversation=conversation)
    initial = {"due_on": timezone.localdate() + timedelta(days=USUAL_DAYS), "decides": AgreementForm.NOBODY}
    form = AgreementForm(posted(request), own=start.own, asks_score=start.asks_score, initial=initial)
    if form.is_valid():
        try:
            made = agreement_make(
                user=request.user,
                organization=found,
                handoff=handoff,
                conversation=conversation,
                plan=form.plan(start.own, _somebody(request, found, form)),
                score_today=form.cleaned_data.get("score_today"),
            )
        except OwnProblem as problem:
            form.refuse(_at_name(problem))
        else:
            messages.success(request, _("Proposed. As soon as the other side says yes, it is agreed."))
            return redirect("chainmap:agreement", organization, made.pk)
    context = {
        "organization": found,
        "own": start.own,
        "form": form,
        "conversation": conversation,
        "why_not": start.why_not,
        "score_before": start.score_before,
    }
    return render(request, "chainmap/me/agreement_form.html", context, status=form.status)


def _shown(
    request: HttpRequest,
    organization: Organization,
    pk: int,
    *,
    form: YesForm | None = None,
    refused: str = "",
    status: int | None = None,
) -> HttpResponse:
    """The page of an agreement; ``form``: an answer that could not be read, ``refused``: why nothing was done."""
    own, seen = agreement_find(user=request.user, organization=organization, pk=pk)
    form = form or YesForm(initial={"version": seen.agreement.version})
    context = {
        "organization": organization,
        "own": own,
        "seen": seen,
        "agreement": seen.agreement,
        "state": _state(seen),
        "form": form,
        "refused": refused,
    }
    return render(request, "chainmap/me/agreement.html", context, status=status or form.status)


def _somebody(request: HttpRequest, organization: Organization, form: AgreementForm) -> Party | None:
    """The person whose name was written. Raises OwnProblem where there is none, or more than one."""
    if form.cleaned_data["decides"] != AgreementForm.SOMEBODY:
        return None
    text = form.cleaned_data["decides_name"]
    found = person_resolve(user=request.user, organization=organization, text=text)
    if found is None:
        near = people_near(user=request.user, organization=organization, text=text)
        raise OwnProblem("unknown", unknown_name(text, near), "decides_name")
    return found


def _at_name(problem: OwnProblem) -> OwnProblem:
    """What is wrong with a name belongs beside it."""
    if problem.code in ("ambiguous", "decides"):
        return OwnProblem(problem.code, str(problem), "decides_name")
    return problem


def _label(request: HttpRequest, organization: Organization, party: Party | None) -> str:
    """What to write for this party and no other."""
    if party is None:
        return ""
    suggested = people_suggest(user=request.user, organization=organization, text=party.name)
    return next((each.label for each in suggested if each.party == party.pk), clean_text(party.name, 200))


def _stored_words(own: OwnHandOff, stored: Mapping[str, Any]) -> dict[str, str]:
    names = {own.party.pk: _("me"), own.other.pk: clean_text(own.other.name, 60), None: _("we see then")}
    return {
        "sentence": stored["sentence"],
        "owner": names[stored["owner"]],
        "due_on": date_format(stored["due_on"], "Y-m-d"),
        "decides": names.get(stored["decides"], _("somebody else")),
    }


def _show_outcome_conflict(form: OutcomeForm, conflict: EditConflict) -> None:
    """Both values where another tab said something else; where the words changed, that they did."""
    if "outcome" not in conflict.stored:
        form.show_conflict(conflict, {})
        return
    outcome, score = conflict.stored["outcome"], conflict.stored["score"]
    shown = {"outcome": str(Agreement.Outcome(outcome).label), "score": "" if score is None else str(score)}
    form.show_conflict(conflict, shown)
    form.go_on_from(str(outcome), score if isinstance(score, int) else None)


def _state(seen: AgreementSeen) -> str:
    """Where the agreement stands, for the reader."""
    state = Agreement.State
    if seen.agreement.state == state.PROPOSED:
        if not seen.waits_for_reader:
            return _("Waits for a yes.")
        if seen.may_edit:
            return _("Proposed to you: say yes, or propose other words.")
        return _("Proposed to you: say yes, or rather not.")
    if seen.agreement.state == state.AGREED:
        return _("Due: say what came of it.") if seen.outcome_missing else _("Agreed by both of you.")
    if seen.agreement.state == state.ENDED:
        return _("Over.")
    return _("Other words came in its place.") if seen.is_replaced else _("Taken back.")


def _thanks(kept: Agreement) -> str:
    if kept.state == Agreement.State.ENDED:
        return _("Thank you. Here is what came of it.")
    return _("Thank you. As soon as the other side has said it too, you see both.")
