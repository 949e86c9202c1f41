"""Taking one answer: the body of a PUT read strictly, saved once however often it comes, refused with both sides shown.

The same for a signed-in person and for the holder of a personal link; who may is decided before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request

from chainmap.access import NotFound
from chainmap.api.exceptions import BodyProblem, Conflict, Unprocessable, shown
from chainmap.api.parsers import body_of
from chainmap.api.round_serializers import saved_data
from chainmap.domain.cards import Card, CardErrors, card_from
from chainmap.domain.questions import questions_asked
from chainmap.exports.round_words import card_error
from chainmap.services.ballots import (
    AnswerConflict,
    Ballot,
    BallotItem,
    BallotKey,
    KeyReused,
    RoundClosed,
    answer_save,
)

FIELDS = ("client_id", "version", "card")
#: Of fields nobody knows this many are named.
_NAMED = 10
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a body: the field, a fixed word for programs, a sentence for people."""

    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to save; the same ``client_id`` is the same attempt."""

    client_id: str
    version: int
    card: Card


def item_of(ballot: Ballot, ask: int) -> BallotItem:
    """One question of a ballot. Raises NotFound for a question of somebody else, or of nobody."""
    for item in ballot.items:
        if item.ask == ask:
            return item
    raise NotFound


def attempt_of(request: Request, key: BallotKey) -> Attempt:
    """What the body asks to save in a ballot. Raises BodyProblem with everything that is wrong with it."""
    body = body_of(request)
    faults = [
        Fault(
            shown(name),
            "unknown_field",
            _("“%(name)s” is no field here; there are: %(known)s.") % {"name": shown(name), "known": ", ".join(FIELDS)},
        )
        for name in [name for name in body if name not in FIELDS][:_NAMED]
    ]
    client_id = _client_id(body, faults)
    version = _version(body, faults)
    card = _card(body, key, faults)
    if faults:
        raise _problem(faults)
    return Attempt(client_id, version, card)


def attempt_save(key: BallotKey, ask: int, attempt: Attempt) -> dict[str, Any]:
    """What is kept afterwards.

    Raises NotFound, Conflict with the code answer_conflict or round_closed, Unprocessable with key_reused.
    """
    yours = attempt.card.to_data()
    try:
        item = answer_save(key=key, ask=ask, card=attempt.card, version=attempt.version, client_id=attempt.client_id)
    except AnswerConflict as conflict:
        current = saved_data(conflict.item)
        raise Conflict(
            "answer_conflict",
            _(
                "Your answer was changed in between, in another window or on another device. Compare both; to keep "
                "yours, send it again with version %(version)s and a new client_id."
            )
            % {"version": current["version"]},
            current=current["card"],
            version=current["version"],
            yours=yours,
        ) from None
    except RoundClosed:
        raise Conflict(
            "round_closed",
            _(
                "This round takes no more answers, so yours was not saved. Ask your coach whether it can be opened "
                "again."
            ),
            yours=yours,
        ) from None
    except KeyReused:
        raise Unprocessable(
            "key_reused",
            _(
                "This client_id came before with another answer. Use a new one for every attempt to save something "
                "else."
            ),
            yours=yours,
        ) from None
    return saved_data(item)


def _client_id(body: Mapping[str, Any], faults: list[Fault]) -> str:
    given = body.get("client_id")
    if isinstance(given, str) and _UUID.fullmatch(given):
        return str(UUID(given))
    reason = _("client_id: give a UUID, 32 hexadecimal digits in groups of 8-4-4-4-12.")
    faults.append(Fault("client_id", _missing_or("bad_uuid", "client_id", body), reason))
    return ""


def _version(body: Mapping[str, Any], faults: list[Fault]) -> int:
    given = body.get("version")
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    reason = _("version: give the one the answer was shown with, a whole number, 0 at first.")
    faults.append(Fault("version", _missing_or("bad_version", "version", body), reason))
    return 0


def _card(body: Mapping[str, Any], key: BallotKey, faults: list[Fault]) -> Card:
    given = body.get("card")
    if not isinstance(given, dict):
        reason = _('card: give the answer as an object, for example {"score": 7}.')
        faults.append(Fault("card", _missing_or("wrong_type", "card", body), reason))
        return Card()
    try:
        return card_from(given, asked=questions_asked(key.round.question_set, key.round.mode))
    except CardErrors as refused:
        faults += [Fault(error.field, str(error.code), str(card_error(error))) for error in refused.errors]
        return Card()


def _missing_or(code: str, name: str, body: Mapping[str, Any]) -> str:
    return code if name in body else "missing_field"


def _problem(faults: Sequence[Fault]) -> BodyProblem:
    """All faults in one document; the code of the first stands for it."""
    errors: dict[str, list[str]] = {}
    for fault in faults:
        errors.setdefault(fault.field, []).append(fault.reason)
    detail = " ".join(fault.reason for fault in faults)
    codes = {fault.field: fault.code for fault in reversed(faults)}
    return BodyProblem(faults[0].code, detail, errors, codes=codes)
