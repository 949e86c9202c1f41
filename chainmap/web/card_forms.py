"""The form of a rating card: what a browser sends, read as strictly as JSON, with everything typed kept.

A form knows only text, so numbers and ticks are read here, from ASCII digits alone; what is wrong is then found and
told by ``domain.cards.card_from`` in one way for forms and programs.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from chainmap.domain.cards import Card, CardError, CardErrors, CardFault, CardField, card_from
from chainmap.domain.icare import Dimension
from chainmap.domain.questions import Question, questions_asked
from chainmap.exports import round_words
from chainmap.models import Round

#: The radio that stands beside the eleven numbers.
NOT_THIS_PERIOD = "not_this_period"
CARE_PREFIX = "care_"
NEED_PREFIX = "need_"
#: Where an error goes that belongs to no field.
WHOLE_FORM = "form"

_SCORE = re.compile(r"0|-?[1-9][0-9]{0,8}", re.ASCII)
_VERSION = re.compile(r"[0-9]{1,6}", re.ASCII)
_CLIENT_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
_CARE_FIELDS = {f"{CARE_PREFIX}{dimension.value}": dimension for dimension in Dimension}
_PLAIN = ("reason", "moment", "moment_line", "comment", "wish")
#: Fields of the form that are not part of the card.
_AROUND = {"csrfmiddlewaretoken", "version", "client_id", "go"}


@dataclass(slots=True)
class CardForm:
    """One card as it stands in the form, before or after it was sent."""

    typed: dict[str, str]  # field of the form -> text, as it was sent
    version: int = 0
    client_id: str = ""
    go: str = ""  # the button: "" save and go on, "back", "withdraw"
    card: Card | None = None  # None while there are errors
    errors: dict[str, list[str]] = field(default_factory=dict)  # field, or WHOLE_FORM -> sentences


def questions_of(round: Round) -> frozenset[Question]:
    """What the cards of this round ask besides the score."""
    return questions_asked(round.question_set, round.mode)


def new_client_id() -> str:
    """The name of one try to save, so that a double tap is one save."""
    return str(uuid.uuid4())


def form_of(card: Card, version: int) -> CardForm:
    """The form that shows a card, ready to be sent."""
    typed = {
        "score": NOT_THIS_PERIOD if card.not_this_period else "" if card.score is None else str(card.score),
        "reason": card.reason.value if card.reason else "",
        "moment": card.moment.value if card.moment else "",
        "moment_line": card.moment_line,
        "comment": card.comment,
        "wish": card.wish,
        "shared": "on" if card.shared else "",
    }
    typed |= {f"{CARE_PREFIX}{dimension.value}": chip.value for dimension, chip in card.care.items()}
    typed |= {f"{NEED_PREFIX}{need}": chip.value for need, chip in card.needs.items()}
    return CardForm(typed=typed, version=version, client_id=new_client_id(), card=card)


def read_form(data: QueryDict, round: Round, version: int) -> CardForm:
    """What was sent; ``card`` is set when nothing is wrong with it. ``version`` is the one that is stored."""
    form = CardForm(typed={name: data[name] for name in data if name not in _AROUND}, version=version)
    form.go = data.get("go", "")
    seen, client_id = data.get("version", ""), data.get("client_id", "").lower()
    if _VERSION.fullmatch(seen) and _CLIENT_ID.fullmatch(client_id):
        form.version, form.client_id = int(seen), client_id
    else:
        form.client_id = new_client_id()
        _add(form, WHOLE_FORM, _("The form was not sent whole. What you typed is still here: send it once more."))
    for name in data:
        if len(data.getlist(name)) > 1:
            _add(form, _place(name, round), _("This was sent more than once. Choose one and send it again."))
    try:
        form.card = card_from(_card_data(form.typed, round), asked=questions_of(round))
    except CardErrors as refused:
        for error in refused.errors:
            _add(form, _place(error.field, round), round_words.card_error(error))
    if form.errors:
        form.card = None
    return form


def require_answer(form: CardForm) -> None:
    """Add an error where the question itself is not answered."""
    if form.card is not None and not form.card.answered:
        form.card = None
        _add(form, "score", _("Choose a number from 0 to 10, or “not this period”."))


def _card_data(typed: Mapping[str, str], round: Round) -> dict[str, object]:
    """The form as the JSON types ``card_from`` reads; a field nobody knows is passed on, to be named as one."""
    score = typed.get("score", "")
    data: dict[str, object] = {
        CardField.SCORE.value: _number(score) if score and score != NOT_THIS_PERIOD else None,
        CardField.NOT_THIS_PERIOD.value: score == NOT_THIS_PERIOD,
        CardField.CARE.value: {
            dimension.value: typed[name] for name, dimension in _CARE_FIELDS.items() if typed.get(name)
        },
    }
    needs = {name.removeprefix(NEED_PREFIX): typed[name] for name in typed if name.startswith(NEED_PREFIX)}
    if needs:
        data[CardField.NEEDS.value] = {need: chip for need, chip in needs.items() if chip}
    for name in _PLAIN:
        if typed.get(name):
            data[name] = typed[name]
    known = {"score", "shared", *_PLAIN, *_CARE_FIELDS}
    data |= {name: text for name, text in typed.items() if name not in known and not name.startswith(NEED_PREFIX)}
    if typed.get("shared"):
        if round.mode != Round.Mode.PAIR:
            raise CardErrors((CardError(CardField.SHARED.value, CardFault.NOT_ASKED),))
        data[CardField.SHARED.value] = True if typed["shared"] == "on" else typed["shared"]
    return data


def _number(text: str) -> int | str:
    """Whole numbers in ASCII digits; everything else stays text, which is no score."""
    return int(text) if _SCORE.fullmatch(text) else text


def _place(name: str, round: Round) -> str:
    """The field beside which an error is shown; the whole form for one this round does not show."""
    place = CardField.CARE.value if name in _CARE_FIELDS else name
    place = CardField.NEEDS.value if name.startswith(NEED_PREFIX) else place
    if place == CardField.NOT_THIS_PERIOD.value:
        place = CardField.SCORE.value
    question = Question.MOMENT.value if place == CardField.MOMENT_LINE.value else place
    shown = {CardField.SCORE.value} | {asked.value for asked in questions_of(round)}
    if round.mode == Round.Mode.PAIR:
        shown.add(CardField.SHARED.value)
    return place if question in shown else WHOLE_FORM


def _add(form: CardForm, place: str, sentence: str) -> None:
    said = form.errors.setdefault(place, [])
    if sentence not in said:
        said.append(sentence)
