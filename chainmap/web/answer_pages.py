"""The answering pages, the same for a signed-in person and for the holder of a personal link.

A :class:`Way` says whose ballot it is and where its pages are; how somebody came to hold it is decided in
``web/answering.py`` and ``web/link_pages.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from chainmap.domain.cards import LONGEST_COMMENT, LONGEST_MOMENT_LINE, LONGEST_WISH, Card, CardField
from chainmap.domain.questions import Question
from chainmap.exports import round_words
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Round
from chainmap.services.ballots import (
    AnswerConflict,
    Ballot,
    BallotItem,
    BallotKey,
    Busy,
    KeyReused,
    RoundClosed,
    answer_save,
    ballot_find,
)
from chainmap.web.card_forms import (
    NEED_PREFIX,
    WHOLE_FORM,
    CardForm,
    form_of,
    new_client_id,
    questions_of,
    read_form,
    require_answer,
)
from chainmap.web.card_words import (
    card_words,
    care_rows,
    differences,
    moment_choices,
    need_rows,
    needs_refused,
    reason_choices,
    score_choices,
    score_words,
)

#: From this score on somebody hands over what is needed, and may be thanked.
THANKED_FROM = 9
#: Up to this score something is lost that a talk may bring back.
TALKED_UPTO = 6
#: After so long trying again is worth it when the database was busy.
BUSY_SECONDS = 5
#: Scores before the second row of radios begins.
FIRST_ROW = 6


@dataclass(frozen=True, slots=True)
class Way:
    """One way to one ballot: where its pages are, and what has to happen before something is written."""

    key: BallotKey
    start: str  # on to the next question
    done: str
    mirror: str
    card: Callable[[int], str]  # number of a question -> its page
    interface: Callable[[int], str]  # number of a question -> where the script puts the answer
    frame: str = "chainmap/frame.html"
    organization: Organization | None = None  # shown at the top to those who are signed in
    results: str = ""  # where the results will be, for those who may open them
    phone: str = ""  # where to get a link for one's phone
    home: str = ""  # the own page of those who have one
    coffee: Callable[[int], str] | None = None  # number of an own hand-off -> where its supplier is invited
    before_write: Callable[[], None] = lambda: None


def show_start(way: Way) -> HttpResponse:
    """On to the first question without an answer, or to the end."""
    ballot = ballot_find(key=way.key)
    waiting = _unanswered(ballot)
    return HttpResponseRedirect(way.card(waiting[0].ask) if waiting and ballot.editable else way.done)


def show_card(request: HttpRequest, way: Way, ask: int) -> HttpResponse:
    """One question; after closing the page that says so."""
    ballot = ballot_find(key=way.key)
    item = _item(ballot, ask)
    if not ballot.editable:
        return HttpResponseRedirect(way.done)
    return _card_page(request, way, ballot, item, form_of(item.card, item.version))


def save_card(request: HttpRequest, way: Way, ask: int) -> HttpResponse:
    """Save what the form says and go on; nothing typed is lost whatever happens."""
    ballot = ballot_find(key=way.key)
    item = _item(ballot, ask)
    form = read_form(request.POST, way.key.round, item.version)
    if form.go == "withdraw":
        form.card, form.errors = Card(), {}
    elif form.go != "back":
        require_answer(form)
    if form.card is None:
        return _card_page(request, way, ballot, item, form)
    if form.card != item.card or not ballot.editable:
        try:
            problem = _save(request, way, item, form)
        except Busy:
            return _busy_page(request, way, ballot, item, form)
        if problem is not None:
            return problem
    return go(_after(way, item, form))


def show_done(request: HttpRequest, way: Way) -> HttpResponse:
    """What was answered, until when it can be changed, and whom to thank."""
    ballot = ballot_find(key=way.key)
    thanked = [item for item in ballot.items if item.card.score is not None and item.card.score >= THANKED_FROM]
    waiting = _unanswered(ballot)
    context = common_context(way, ballot) | {
        "rows": [(item, way.card(item.ask), clean_text(item.deliverable), score_words(item.card))
                 for item in ballot.items],
        "next": way.card(waiting[0].ask) if waiting else "",
        "missing": len(waiting),
        "thanked": _names(thanked),
        "invite": _invitation(way, ballot),
        "scored": any(item.card.score is not None for item in ballot.items),
        "mirrors_open": sum(mirror.guess is None for mirror in ballot.mirrors),
    }  # fmt: skip
    return render(request, "chainmap/answer/done.html", context)


def closed_page(
    request: HttpRequest, way: Way, said: Sequence[tuple[str, str]], item: BallotItem | None = None
) -> HttpResponse:
    """409: the round takes no answers any more; what was typed is shown, so that it can be copied."""
    context = common_context(way) | {"said": said}
    if item is not None:
        context |= {"subject": _title(item), "interface": way.interface(item.ask)}
    return render(request, "chainmap/answer/closed.html", context, status=409)


def _save(request: HttpRequest, way: Way, item: BallotItem, form: CardForm) -> HttpResponse | None:
    """Save the card of the form; a page where that cannot be done."""
    card = form.card or Card()
    said = card_words(card)
    try:
        way.before_write()
        answer_save(key=way.key, ask=item.ask, card=card, version=form.version, client_id=form.client_id)
    except RoundClosed:
        return closed_page(request, way, said, item)
    except KeyReused:
        context = common_context(way) | {"said": said, "again": way.card(item.ask)}
        context["interface"] = way.interface(item.ask)
        return render(request, "chainmap/answer/reused.html", context, status=422)
    except AnswerConflict as conflict:
        return _conflict_page(request, way, conflict.item, form)
    return None


def _busy_page(request: HttpRequest, way: Way, ballot: Ballot, item: BallotItem, form: CardForm) -> HttpResponse:
    """503: the card with all that was typed; the same button tries again, and saves at most once."""
    form.errors[WHOLE_FORM] = [
        _("Not saved yet: the server is busy. Nothing you typed is lost. Try again in a moment.")
    ]
    response = _card_page(request, way, ballot, item, form)
    response.status_code = 503
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


def _conflict_page(request: HttpRequest, way: Way, stored: BallotItem, form: CardForm) -> HttpResponse:
    """409: both values, and a choice. What was typed travels along in hidden fields."""
    hidden = {name: text for name, text in form.typed.items() if text}
    hidden |= {"version": str(stored.version), "client_id": new_client_id(), "go": form.go}
    context = common_context(way) | {
        "subject": _title(stored),
        "differences": differences(stored.card, form.card or Card()),
        "hidden": hidden.items(),
        "address": way.card(stored.ask),
        "interface": way.interface(stored.ask),
    }
    return render(request, "chainmap/answer/conflict.html", context, status=409)


def _card_page(request: HttpRequest, way: Way, ballot: Ballot, item: BallotItem, form: CardForm) -> HttpResponse:
    """The question with the form as it stands; status 400 where something in it is wrong."""
    before = [other for other in ballot.items if other.place < item.place]
    context = common_context(way, ballot) | card_context(ballot.round, item, form)
    context |= {
        "address": way.card(item.ask),
        "interface": way.interface(item.ask),
        "previous": way.card(before[-1].ask) if before else "",
        "later": _later(way, ballot, item),
    }
    return render(request, "chainmap/answer/card.html", context, status=400 if form.errors else 200)


def card_context(round: Round, item: BallotItem, form: CardForm) -> dict[str, object]:
    """What the template of a card needs, also for a preview that nobody can fill in."""
    asked = questions_of(round)
    typed = form.typed
    scores = score_choices(typed.get("score", ""))
    optional = {name for name, text in typed.items() if text and name != "score" and not name.startswith(NEED_PREFIX)}
    question = round_words.question_parts(item.supplier, item.deliverable)
    return {
        "round": round,
        "item": item,
        "form": form,
        "typed": typed,
        "question": question,
        "plain_question": round_words.plain_question(question),
        "ends": round_words.scale_ends(),
        "labels": {field.value: round_words.field_label(field) for field in CardField},
        "notice": round_words.comment_notice(round.mode, round.k, item.supplier),
        "rows": (scores[:FIRST_ROW], scores[FIRST_ROW:]),
        "reasons": reason_choices(typed.get("reason", "")) if Question.REASON in asked else (),
        "moments": moment_choices(typed.get("moment", "")) if Question.MOMENT in asked else (),
        "care": care_rows(typed) if Question.CARE in asked else (),
        "needs": need_rows(item.needs, typed),
        "needs_refused": needs_refused(item.needs),
        "asks_comment": Question.COMMENT in asked,
        "asks_wish": Question.WISH in asked,
        "asks_shared": round.mode == Round.Mode.PAIR,
        "asks_more": bool(asked),
        "more_open": bool(optional) or bool(set(form.errors) - {"score", "needs", WHOLE_FORM}),
        "limits": {"comment": LONGEST_COMMENT, "moment_line": LONGEST_MOMENT_LINE, "wish": LONGEST_WISH},
        "privacy": round_words.mode_sentence(round.mode, item.supplier, round.k),
    }


def common_context(way: Way, ballot: Ballot | None = None) -> dict[str, object]:
    """What every answering page shows; ``ballot`` where it was read already."""
    ballot = ballot_find(key=way.key) if ballot is None else ballot
    return {
        "way": way,
        "frame": way.frame,
        "organization": way.organization,
        "ballot": ballot,
        "round": ballot.round,
        "progress": _("%(answered)d of %(total)d") % {"answered": ballot.answered, "total": ballot.total},
    }


def _unanswered(ballot: Ballot) -> list[BallotItem]:
    return [item for item in ballot.items if not item.card.answered]


def _item(ballot: Ballot, ask: int) -> BallotItem:
    """The question of this ballot; a page that does not exist for any other."""
    for item in ballot.items:
        if item.ask == ask:
            return item
    raise Http404


def _later(way: Way, ballot: Ballot, item: BallotItem) -> str:
    """Where "skip" leads: the next question without an answer that is not this one, else the end."""
    others = [other for other in _unanswered(ballot) if other.ask != item.ask]
    following = [other for other in others if other.place > item.place]
    return way.card(following[0].ask) if following else way.done


def _after(way: Way, item: BallotItem, form: CardForm) -> str:
    """Where a saved form leads: back where asked, else on to what is missing, the mirror, the end."""
    ballot = ballot_find(key=way.key)
    if form.go == "back":
        before = [other for other in ballot.items if other.place < item.place]
        return way.card(before[-1].ask) if before else way.done
    if form.go == "withdraw":
        return way.done
    waiting = [other for other in _unanswered(ballot) if other.ask != item.ask]
    following = [other for other in waiting if other.place > item.place] or waiting
    if following:
        return way.card(following[0].ask)
    if item.place == ballot.total and ballot.mirrors and all(mirror.guess is None for mirror in ballot.mirrors):
        return way.mirror  # after the last card, unless it was filled in before
    return way.done


def _invitation(way: Way, ballot: Ballot) -> dict[str, object] | None:
    """Whom to invite for a coffee: the supplier of the person's own lowest score, if it is low.

    Not in an anonymous round: nobody may be led from an answer to a name.
    """
    if way.coffee is None or ballot.round.mode == Round.Mode.ANONYMOUS:
        return None
    low = [
        (item.card.score, item.place, item)
        for item in ballot.items
        if item.card.score is not None and item.card.score <= TALKED_UPTO and item.talk is not None
    ]
    if not low:
        return None
    score, _place, item = min(low)
    return {"name": clean_text(item.supplier), "score": score, "address": way.coffee(item.talk or 0)}


def _title(item: BallotItem) -> str:
    supplier, deliverable = clean_text(item.supplier), clean_text(item.deliverable)
    return f"{supplier}: {deliverable}" if deliverable else supplier


def _names(items: Sequence[BallotItem]) -> list[str]:
    """The suppliers, each once, in their order."""
    return list(dict.fromkeys(clean_text(item.supplier) for item in items))


def go(address: str) -> HttpResponse:
    """303 after a form: the next page is asked for with GET."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
