"""My page, and the first question that comes before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.exports import words
from chainmap.exports.path_picture import path_picture_svg, path_sentences
from chainmap.exports.plain_text import clean_text
from chainmap.models import ClientAnswer, Organization
from chainmap.services.first_question import MOST_WORDS, client_answer_find, client_answer_save
from chainmap.services.handoff_undo import JustSaid, said_find
from chainmap.services.handoffs import OwnRow, OwnRows
from chainmap.services.my_page import MyPage, Path, my_page_find
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnHandOff, OwnProblem
from chainmap.services.people import Unclear
from chainmap.web.handoff_words import scores_of_customer
from chainmap.web.own_forms import CleanTextField, OwnForm
from chainmap.web.pages import form_page, page, posted
from chainmap.web.queries import QueryError, require_known

#: The buttons that say "I do not know" instead of a name, which of several is meant, and that none of them is.
UNKNOWN, MEANT, AS_WRITTEN = "unknown", "meant", "as_written"
#: States of hand-offs of which nobody tells a moment: nobody knows whether they are, or nobody reads it.
_NOTHING_TO_TELL = frozenset({"disputed", "outside"})
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


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
    require_known(request, "said")
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
        "to_tell": _to_tell(mine),
        "just_said": _just_said(request, found),
    }
    return render(request, "chainmap/me/me.html", context)


@form_page
def me_client(request: HttpRequest, organization: int) -> HttpResponse:
    """Answer the first question, or answer it anew. Nothing of the chain is on this page."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    answer = client_answer_find(user=request.user, organization=found)
    form = ClientForm(_answered(request), initial={"words": answer.words if answer is not None else ""})
    choices: tuple[str, ...] = ()
    if UNKNOWN in request.POST or form.is_valid():
        try:
            kept = client_answer_save(
                user=request.user,
                organization=found,
                words="" if UNKNOWN in request.POST else form.cleaned_data["words"],
                as_written=AS_WRITTEN in request.POST,
            )
        except Unclear as unclear:
            choices = unclear.choices
            form.refuse(unclear)
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _kept_sentence(kept))
            return redirect("chainmap:me", found.pk)
    return _client_page(request, found, form, answer, choices)


def _answered(request: HttpRequest) -> QueryDict | None:
    """What was sent; the name on a "did you mean" button stands for the words that were typed."""
    sent = posted(request)
    if sent is None or MEANT not in sent:
        return sent
    sent = sent.copy()
    sent["words"] = sent[MEANT]
    return sent


def _kept_sentence(kept: ClientAnswer) -> str:
    """That the answer is kept, and whom it means: of a first name that is worth saying."""
    if kept.client is None:
        return _("Your answer is kept. Nobody but you can see it.")
    return _("Your answer is kept: %(name)s. Nobody but you can see it.") % {"name": clean_text(kept.client.name)}


def _client_page(
    request: HttpRequest,
    organization: Organization,
    form: ClientForm,
    answer: ClientAnswer | None,
    choices: Sequence[str],
) -> HttpResponse:
    context = {"organization": organization, "form": form, "answer": answer, "unknown": UNKNOWN}
    context |= {"choices": choices, "meant": MEANT, "as_written": AS_WRITTEN}
    return render(request, "chainmap/me/client.html", context, status=form.status)


def _side(found: OwnRows) -> Side:
    return Side([SideRow(row.own, _last_score(row), row.state) for row in found.rows], found.total)


def _to_tell(mine: MyPage) -> OwnRow | None:
    """A hand-off the reader receives and could tell a moment of: from a colleague who is there, and undisputed."""
    there = (row for row in mine.received.rows if row.state not in _NOTHING_TO_TELL)
    return next((row for row in there if row.own.other.left_on is None), None)


def _just_said(request: HttpRequest, organization: Organization) -> JustSaid | None:
    """The hand-off the reader said "it is so" of with the button here, so that they can take it back here."""
    said = request.GET.get("said")
    if said is None:
        return None
    if not _NUMBER.fullmatch(said):
        raise QueryError(_("After “said” stands the number of a hand-off. Leave out what follows the “?”."))
    return said_find(user=request.user, organization=organization, handoff=int(said))


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
