"""Practice workshops: load the invented company, start it afresh, take it away."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.models import Workshop
from chainmap.services.practice import (
    MOST_COMPANIES,
    PracticeProblem,
    practice_afresh,
    practice_find,
    practice_list,
    practice_load,
    practice_remove,
)
from chainmap.web.pages import form_page
from chainmap.web.queries import require_known


class PracticeForm(forms.Form):
    """What a button asks for: nothing (load, or go on with the newest), one company more, or one of them afresh."""

    known = forms.IntegerField(required=False, min_value=0, max_value=MOST_COMPANIES)
    afresh = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


@form_page
def practice(request: HttpRequest) -> HttpResponse:
    """The reader's invented companies; POST loads one and goes to its workshop. ``?afresh=<number>`` asks once."""
    require_known(request, "afresh")
    seen = practice_list(user=request.user)
    if request.method != "POST" and "afresh" in request.GET:
        return _ask_afresh(request)
    refused = ""
    if request.method == "POST":
        form = PracticeForm(request.POST)
        try:
            if not form.is_valid():
                raise PracticeProblem("unknown", _("What came does not say what to do. Press one of the buttons here."))
            return _to(_wanted(request, form))
        except PracticeProblem as problem:
            refused = str(problem)
    context = {"companies": seen, "may_load": len(seen) < MOST_COMPANIES, "refused": refused}
    return render(request, "chainmap/workshop/practice.html", context, status=400 if refused else 200)


@form_page
def remove(request: HttpRequest, organization: int) -> HttpResponse:
    """Take a whole invented company away; any other organization is not found here."""
    require_known(request)
    found = practice_find(user=request.user, organization=organization)
    if request.method == "POST":
        practice_remove(user=request.user, organization=organization)
        messages.success(request, _("The invented company is gone, with everything that was said in it."))
        return redirect("chainmap:practice")
    return render(request, "chainmap/workshop/practice_remove.html", {"organization": found})


def _ask_afresh(request: HttpRequest) -> HttpResponse:
    """Whether to throw one company away for a new one; any other organization is not found here."""
    form = PracticeForm(request.GET)
    if not form.is_valid():
        raise NotFound
    found = practice_find(user=request.user, organization=form.cleaned_data["afresh"] or 0)
    return render(request, "chainmap/workshop/practice_afresh.html", {"organization": found})


def _wanted(request: HttpRequest, form: PracticeForm) -> Workshop:
    """The workshop a button leads to. Raises PracticeProblem with the sentence to show."""
    afresh = form.cleaned_data["afresh"]
    if afresh is None:
        return practice_load(user=request.user, known=form.cleaned_data["known"] or 0)
    try:
        workshop = practice_afresh(user=request.user, organization=afresh)
    except NotFound:
        said = _("This invented company is not there any more. Below are those you have.")
        raise PracticeProblem("gone", said) from None
    messages.success(request, _("Started afresh: the company is as it was at the beginning."))
    return workshop


def _to(workshop: Workshop) -> HttpResponse:
    return redirect("chainmap:workshop", workshop.organization_id, workshop.pk)
