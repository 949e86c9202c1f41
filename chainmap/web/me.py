"""My page, and the first question that comes before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.exports import words
from chainmap.exports.path_picture import path_picture_svg, path_sentences
from chainmap.models import ClientAnswer, Organization
from chainmap.services.first_question import MOST_WORDS, client_answer_find, client_answer_save
from chainmap.services.handoffs import OwnRow, OwnRows
from chainmap.services.my_page import MyPage, Path, my_page_find
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnHandOff, OwnProblem
from chainmap.web.handoff_words import scores_of_customer
from chainmap.web.own_forms import CleanTextField, OwnForm
from chainmap.web.pages import form_page, page
from chainmap.web.queries import require_known

#: The button that says "I do not know" instead of a name.
UNKNOWN = "unknown"


class ClientForm(OwnForm):
    """The first question: a name, in one line."""

    version = None  # the later of two answers of one person stays
    words = CleanTextField(
        most=MOST_WORDS,
        label=gettext_lazy("Your answer, in one line"),
        error_messages={"required": gettext_lazy("Write a name, or say that you do not know.")},
    )


@dataclass(frozen=True, slots=True)
class SideRow:
    """One of the reader's hand-offs in a short list."""

    own: OwnHandOff
    last: float | None  # what its customer said last, 0..10
    state: str


@dataclass(frozen=True, slots=True)
class Side:
    """The largest hand-offs of one side, and how many there are in all."""

    rows: Sequence[SideRow]
    total: int


@page
def me_page(request: HttpRequest, organization: int) -> HttpResponse:
    """What is due, my most important client, both sides of my work, moments; the first question before all of it."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    mine = my_page_find(user=request.user, organization=found)
    if mine is None:
        return redirect("chainmap:me_client", found.pk)
    context = {
        "organization": found,
        "mine": mine,
        "given": _side(mine.given),
        "received": _side(mine.received),
        "certainty": _certainty(mine),
        "picture": _picture(mine.path),
        "path_words": _path_words(mine.path),
        "team_purpose": mine.purposes.teams.get(mine.party.team_id or 0, ""),
    }
    return render(request, "chainmap/me/me.html", context)


@form_page
def me_client(request: HttpRequest, organization: int) -> HttpResponse:
    """Answer the first question, or answer it anew. Nothing of the chain is on this page."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    answer = client_answer_find(user=request.user, organization=found)
    if request.method != "POST":
        form = ClientForm(initial={"words": answer.words if answer is not None else ""})
        return _client_page(request, found, form, answer)
    form = ClientForm(request.POST)
    if UNKNOWN in request.POST or form.is_valid():
        try:
            client_answer_save(
                user=request.user,
                organization=found,
                words="" if UNKNOWN in request.POST else form.cleaned_data["words"],
            )
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Your answer is kept. Nobody but you can see it."))
            return redirect("chainmap:me", found.pk)
    return _client_page(request, found, form, answer)


def _client_page(
    request: HttpRequest, organization: Organization, form: ClientForm, answer: ClientAnswer | None
) -> HttpResponse:
    context = {"organization": organization, "form": form, "answer": answer, "unknown": UNKNOWN}
    return render(request, "chainmap/me/client.html", context, status=400 if form.errors else 200)


def _side(found: OwnRows) -> Side:
    return Side([SideRow(row.own, _last_score(row), row.state) for row in found.rows], found.total)


def _last_score(row: OwnRow) -> float | None:
    scores = scores_of_customer(row)
    return scores[-1].score if scores else None


def _certainty(mine: MyPage) -> str:
    """How sure the yield of the main hand-off to the client is; "" where nothing is said of it."""
    if mine.client is None or mine.client.client.share is None or mine.client.evidence is None:
        return ""
    return words.certainty(mine.client.evidence)


def _picture(path: Path) -> SafeString:
    return mark_safe(path_picture_svg(path.steps, path.names))  # noqa: S308 - every name is escaped there


def _path_words(path: Path) -> list[str]:
    return path_sentences(path.steps, {**path.names, path.me: _("you")})
