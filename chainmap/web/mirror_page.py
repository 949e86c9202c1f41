"""The mirror: on one page, what a supplier thinks the customers of their hand-offs would say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from chainmap.domain.cards import HIGHEST_SCORE
from chainmap.exports.plain_text import clean_text
from chainmap.services.ballots import MirrorItem, RoundClosed, ballot_find, mirror_save
from chainmap.web.answer_pages import FIRST_ROW, Way, closed_page, common_context, go
from chainmap.web.card_words import Choice, score_choices

GUESS_PREFIX = "guess_"
_GUESS = re.compile(r"[0-9]|10", re.ASCII)


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """One hand-off and its radios."""

    name: str
    customer: str
    deliverable: str
    rows: tuple[tuple[Choice, ...], tuple[Choice, ...]]
    unsaid: bool
    error: str


def show_mirror(request: HttpRequest, way: Way) -> HttpResponse:
    """The hand-offs the person gives; there is no such page where none of them is asked about."""
    ballot = ballot_find(key=way.key)
    if not ballot.editable:
        return HttpResponseRedirect(way.done)
    typed = {_name(item): "" if item.guess is None else str(item.guess) for item in ballot.mirrors}
    return _page(request, way, ballot.mirrors, typed, {})


def save_mirror(request: HttpRequest, way: Way) -> HttpResponse:
    """Save every guess that changed, all or none wrong; then on to the end."""
    ballot = ballot_find(key=way.key)
    known = {_name(item): item for item in ballot.mirrors}
    typed = {name: request.POST.get(name, "") for name in known}
    errors = {
        name: _("“%(shown)s” is no number from 0 to 10. Choose one of the numbers.") % {"shown": clean_text(text, 20)}
        for name, text in typed.items()
        if text and not _GUESS.fullmatch(text)
    }
    if errors:
        return _page(request, way, ballot.mirrors, typed, errors)
    guesses = {item: int(typed[name]) if typed[name] else None for name, item in known.items()}
    changed = {item: guess for item, guess in guesses.items() if guess != item.guess}
    try:
        if changed:
            way.before_write()
        for item, guess in changed.items():
            mirror_save(key=way.key, handoff=item.handoff, guess=guess)
    except RoundClosed:
        said = [(_title(item), _("no guess") if guess is None else str(guess)) for item, guess in changed.items()]
        return closed_page(request, way, said)
    return go(way.done)


def _page(
    request: HttpRequest, way: Way, items: tuple[MirrorItem, ...], typed: Mapping[str, str], errors: Mapping[str, str]
) -> HttpResponse:
    if not items:
        raise Http404
    rows = []
    for item in items:
        name = _name(item)
        scores = score_choices(typed[name])
        rows.append(
            MirrorRow(
                name=name,
                customer=clean_text(item.customer),
                deliverable=clean_text(item.deliverable),
                rows=(scores[:FIRST_ROW], scores[FIRST_ROW:]),
                unsaid=not any(score.checked for score in scores),
                error=errors.get(name, ""),
            )
        )
    context = common_context(way) | {"rows": rows, "highest": HIGHEST_SCORE, "errors": bool(errors)}
    return render(request, "chainmap/answer/mirror.html", context, status=400 if errors else 200)


def _name(item: MirrorItem) -> str:
    return f"{GUESS_PREFIX}{item.handoff}"


def _title(item: MirrorItem) -> str:
    customer, deliverable = clean_text(item.customer), clean_text(item.deliverable)
    return f"{customer}: {deliverable}" if deliverable else customer
