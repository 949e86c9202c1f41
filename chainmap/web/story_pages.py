"""Why the work is done: purposes for everybody to read, and stories of customers who had success."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.models import Organization, Story
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.parties import party_of_user
from chainmap.services.purposes import purpose_find, purpose_set, purposes_list
from chainmap.services.stories import (
    own_story,
    stories_list,
    story_edit,
    story_find,
    story_offer,
    story_remove,
    story_tell,
)
from chainmap.web.news_marks import news_opened
from chainmap.web.own_forms import VersionedForm
from chainmap.web.pages import form_page, page, posted
from chainmap.web.parts import Parts
from chainmap.web.queries import QueryError, page_of, require_known
from chainmap.web.story_forms import PurposeForm, StoryEditForm, StoryForm

STORIES_A_PAGE = 20
#: Teams whose purposes are seen at once; the rest behind "more".
TEAMS_SHOWN = 12


@page
def purposes(request: HttpRequest, organization: int) -> HttpResponse:
    """The purpose of the organization, those of the teams, and the stories."""
    require_known(request, "page")
    found = organization_find(actor=request.user, pk=organization)
    seen = purposes_list(user=request.user, organization=found)
    context = {
        "organization": found,
        "purpose": seen.organization,
        "teams": seen.teams[:TEAMS_SHOWN],
        "more_teams": seen.teams[TEAMS_SHOWN:],
        "own_team": seen.own_team,
        "stories": page_of(request, Paginator(Parts(partial(_stories, request, found)), STORIES_A_PAGE)),
        "may_tell": party_of_user(user=request.user, organization=found) is not None,
    }
    return render(request, "chainmap/me/purpose.html", context)


@form_page
def purpose_edit(request: HttpRequest, organization: int, team: int | None = None) -> HttpResponse:
    """Write the purpose of the organization, or of one team."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = purpose_find(user=request.user, organization=found, team=team)
    form = PurposeForm(posted(request), initial={"text": seen.text, "version": seen.version})
    if form.is_valid():
        read = form.cleaned_data
        try:
            purpose_set(user=request.user, organization=found, team=team, text=read["text"], version=read["version"])
        except EditConflict as conflict:
            form.show_conflict(conflict, {"text": str(conflict.stored["text"])})
        else:
            messages.success(request, _("Saved.") if read["text"] else _("The purpose is taken away."))
            return redirect("chainmap:purpose", organization)
    context = {"organization": found, "purpose": seen, "form": form}
    return render(request, "chainmap/me/purpose_edit.html", context, status=form.status)


@page
def story(request: HttpRequest, organization: int, story: int) -> HttpResponse:
    """One story, for everybody."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = story_find(actor=request.user, organization=found, pk=story)
    news_opened(request, found, story=story)
    is_mine = seen.teller is not None and seen.teller.user_id == request.user.pk
    context = {"organization": found, "story": seen, "is_mine": is_mine}
    return render(request, "chainmap/me/story.html", context)


@form_page
def story_new(request: HttpRequest, organization: int) -> HttpResponse:
    """Tell a story; ``?customer=`` the end customer it is about."""
    require_known(request, "customer")
    found = organization_find(actor=request.user, pk=organization)
    offer = story_offer(user=request.user, organization=found, customer=_customer(request))
    initial = {"customer": offer.customer.pk if offer.customer else "", "handoffs": list(offer.ticked)}
    form = StoryForm(posted(request), offer=offer, initial=initial)
    if form.is_valid():
        try:
            told = story_tell(user=request.user, organization=found, words=form.words())
        except OwnProblem as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Told. Those who made it possible are told that they are part of it."))
            return redirect("chainmap:story", organization, told.pk)
    return _story_form(request, found, None, form)


@form_page
def story_change(request: HttpRequest, organization: int, story: int) -> HttpResponse:
    """Change a story one told."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    told = own_story(user=request.user, organization=found, pk=story)
    offer = story_offer(user=request.user, organization=found, story=told)
    initial = {
        "title": told.title,
        "text": told.text,
        "customer": told.customer_id or "",
        "handoffs": list(offer.ticked),
        "version": told.version,
    }
    form = StoryEditForm(posted(request), offer=offer, initial=initial)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            story_edit(user=request.user, organization=found, pk=story, words=form.words(), version=version)
        except OwnProblem as refused:
            form.refuse(refused)
        except EditConflict as conflict:
            form.show_stored(conflict)
        else:
            messages.success(request, _("Saved."))
            return redirect("chainmap:story", organization, story)
    return _story_form(request, found, told, form)


@form_page
def story_take_back(request: HttpRequest, organization: int, story: int) -> HttpResponse:
    """Take back a story one told, after saying what that means."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    told = own_story(user=request.user, organization=found, pk=story)
    form = VersionedForm(posted(request), initial={"version": told.version})
    if form.is_valid():
        try:
            story_remove(user=request.user, organization=found, pk=story, version=form.cleaned_data["version"])
        except EditConflict as conflict:
            told = own_story(user=request.user, organization=found, pk=story)
            form.show_conflict(conflict, {})
        else:
            messages.success(request, _("The story is taken back."))
            return redirect("chainmap:purpose", organization)
    context = {"organization": found, "story": told, "form": form}
    return render(request, "chainmap/me/story_remove.html", context, status=form.status)


def _stories(request: HttpRequest, organization: Organization, offset: int, limit: int) -> tuple[Sequence[Story], int]:
    found = stories_list(actor=request.user, organization=organization, offset=offset, limit=limit)
    return found.stories, found.total


def _customer(request: HttpRequest) -> int | None:
    """Number of the end customer the address speaks of. Raises QueryError for what is no number."""
    asked = request.GET.get("customer")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise QueryError(_("The address does not name an end customer. Leave out what follows the “?”."))
    return int(asked)


def _story_form(request: HttpRequest, organization: Organization, story: Story | None, form: StoryForm) -> HttpResponse:
    context = {"organization": organization, "story": story, "form": form}
    return render(request, "chainmap/me/story_edit.html", context, status=form.status)
