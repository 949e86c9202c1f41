"""Copying a workshop into the organization: what would be copied, tick by tick, before anything is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chainmap.domain.records import PartyKind
from chainmap.exports.plain_text import clean_text
from chainmap.models import Workshop
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict
from chainmap.services.workshop_copy import CopyDone, CopyPlan, workshop_copy
from chainmap.services.workshop_offers import CopyOffers, HandOffOffer, copy_offers_find
from chainmap.services.workshop_rating_offers import RaterOffer
from chainmap.services.workshops import WorkshopProblem, workshop_find
from chainmap.web.pages import form_page, posted
from chainmap.web.queries import require_known

_KINDS = (
    (PartyKind.EMPLOYEE.value, gettext_lazy("works here")),
    (PartyKind.END_CUSTOMER.value, gettext_lazy("end customer")),
    (PartyKind.EXTERNAL_SUPPLIER.value, gettext_lazy("supplier from outside")),
)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A hand-off that can be ticked, or why it cannot."""

    offer: HandOffOffer
    is_ticked: bool


#: Whose ratings are ticked together: in counts alone, because a list of names would show who is not in it.
_SIGNED_IN, _BY_NAME = "signed_in", "by_name"


@dataclass(frozen=True, slots=True)
class RaterRow:
    """Ratings that are ticked together. ``is_sure``: of people whom their account says."""

    value: str
    ratings: int
    people: int
    is_sure: bool
    is_ticked: bool

    @property
    def words(self) -> str:
        """ "46 ratings of 15 people"."""
        ratings = ngettext("%(count)s rating", "%(count)s ratings", self.ratings) % {"count": self.ratings}
        people = ngettext("%(count)s person", "%(count)s people", self.people) % {"count": self.people}
        return _("%(ratings)s of %(people)s") % {"ratings": ratings, "people": people}


class CopyForm(forms.Form):
    """What is ticked: what can be copied, until somebody unticks it. Ratings of people without an account are ticked by
    whoever saw them say so; the purpose is chosen."""

    mark = forms.CharField(widget=forms.HiddenInput, max_length=64)
    handoffs = forms.MultipleChoiceField(required=False)
    raters = forms.MultipleChoiceField(required=False)
    agreements = forms.BooleanField(required=False)
    draft = forms.BooleanField(required=False)
    purpose = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any, *, offers: CopyOffers) -> None:
        super().__init__(data, auto_id="copy_%s")
        self.offers = offers
        self.fields["mark"].initial = offers.mark
        self._choices("handoffs", [(str(one.place), "") for one in offers.handoffs if not one.problem])
        self._choices("raters", [(_SIGNED_IN, ""), (_BY_NAME, "")])
        nothing = [("", _("Leave the purpose as it is"))]
        texts = [(str(place), clean_text(text, 320)) for place, text in enumerate(offers.purposes)]
        self._choices("purpose", nothing + texts)
        self.fields["purpose"].label = _("Purpose")
        self.fields["purpose"].initial = ""
        for person in offers.people:
            label = clean_text(person.name, 60)
            self.fields[f"kind{person.place}"] = forms.ChoiceField(
                choices=_KINDS, initial=person.usual_kind, label=label, required=False
            )

    def _choices(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def kinds(self) -> list[BoundField]:
        """A choice for each new person."""
        return [self[f"kind{person.place}"] for person in self.offers.people]

    @property
    def rows(self) -> list[OfferRow]:
        """The hand-offs, as they are ticked."""
        sent = set(self.data.getlist("handoffs")) if self.is_bound else None
        return [OfferRow(one, sent is None or str(one.place) in sent) for one in self.offers.handoffs]

    @property
    def rater_rows(self) -> list[RaterRow]:
        """The ratings that can be copied, as they are ticked: how many, and of how many people."""
        sent = set(self.data.getlist("raters")) if self.is_bound else {_SIGNED_IN}
        rows = []
        for value, raters in self._raters().items():
            count = sum(one.count for one in raters)
            rows.append(RaterRow(value, count, len(raters), value == _SIGNED_IN, value in sent))
        return [row for row in rows if row.people]

    def _raters(self) -> dict[str, list[RaterOffer]]:
        sure = [one for one in self.offers.raters if one.is_sure]
        return {_SIGNED_IN: sure, _BY_NAME: [one for one in self.offers.raters if not one.is_sure]}

    def is_ticked(self, name: str) -> bool:
        return name in self.data if self.is_bound else True

    @property
    def ticked(self) -> dict[str, bool]:
        return {name: self.is_ticked(name) for name in ("agreements", "draft")}

    def plan(self) -> CopyPlan:
        """What was ticked, once the form is valid."""
        data = self.cleaned_data
        return CopyPlan(
            mark=data["mark"],
            handoffs=frozenset(int(place) for place in data["handoffs"]),
            kinds={person.place: data.get(f"kind{person.place}", "") for person in self.offers.people},
            raters=frozenset(one.party for value in data["raters"] for one in self._raters()[value]),
            agreements=data["agreements"],
            draft=data["draft"],
            purpose=self.offers.purposes[int(data["purpose"])] if data["purpose"] else "",
        )


@form_page
def workshop_copying(request: HttpRequest, organization: int, workshop: int) -> HttpResponse:
    """See what can be copied, and copy what is ticked."""
    require_known(request)
    found = workshop_find(
        actor=request.user, organization=organization_find(actor=request.user, pk=organization), pk=workshop
    )
    offers = copy_offers_find(actor=request.user, workshop=found)
    form = CopyForm(posted(request), offers=offers)
    if request.method != "POST" or found.is_copied:
        return _page(request, found, form)
    if form.data.get("mark", offers.mark) != offers.mark:
        return _changed(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        done = workshop_copy(actor=request.user, workshop=found, plan=form.plan())
    except WorkshopProblem as problem:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        return _page(request, found, form, status=400)
    except EditConflict:
        return _changed(request, found, form)
    messages.success(request, _said(done))
    return redirect("chainmap:workshop_results", organization, workshop)


def _changed(request: HttpRequest, workshop: Workshop, form: CopyForm) -> HttpResponse:
    """409: what can be copied is something else by now. The ticks are kept where they fit; the mark is the new one."""
    fresh = form.data.copy() if form.is_bound else None
    if fresh is not None:
        fresh["mark"] = form.offers.mark
    again = CopyForm(fresh, offers=form.offers)
    return _page(request, workshop, again, status=409, is_changed=True)


def _page(
    request: HttpRequest, workshop: Workshop, form: CopyForm, *, status: int = 200, is_changed: bool = False
) -> HttpResponse:
    context = {
        "organization": workshop.organization,
        "workshop": workshop,
        "form": form,
        "offers": form.offers,
        "is_changed": is_changed,
    }
    return render(request, "chainmap/workshop/after_copy.html", context, status=status)


def _said(done: CopyDone) -> str:
    """What was copied, in a sentence."""
    if done.was_so:
        return _("This workshop was copied before; nothing was done twice.")
    parts = [
        ngettext("%(count)s hand-off", "%(count)s hand-offs", done.handoffs) % {"count": done.handoffs},
        ngettext("%(count)s new person", "%(count)s new people", done.people) % {"count": done.people},
        ngettext("%(count)s rating", "%(count)s ratings", done.ratings) % {"count": done.ratings},
        ngettext("%(count)s agreement", "%(count)s agreements", done.agreements) % {"count": done.agreements},
    ]
    return _("Copied: %(parts)s.") % {"parts": ", ".join(parts)}
