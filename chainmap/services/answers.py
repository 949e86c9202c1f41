"""Storing answers: signed ones beside their question, sealed ones where only the seal of the round leads.

A save is a change of a row that exists since the opening, made while the round is held: it cannot be lost, doubled or
slip in after closing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chainmap.access import NotFound
from chainmap.domain.cards import Card
from chainmap.models import Answer, Ask, Round, SealedAnswer
from chainmap.models.answers import NO_RECEIPTS, RECEIPT
from chainmap.models.keys import random_key
from chainmap.services.journal import journal_empty

_HALF = RECEIPT // 2
#: Bytes that the texts of a sealed answer fill, whatever they say; longer ones fill twice as many, and so on. A row of
#: the same length is changed where it lies; one that grew would be put elsewhere in its page, which tells when.
_TEXTS_FILL = 4096
#: Nobody changes an answer that often; from here on saves are no longer counted.
_MOST_SAVES = 999_999
#: Above this many questions the rows of the whole round are read.
_MANY = 500


class RoundClosed(Exception):  # noqa: N818 - what happened, not a mistake
    """The round takes no answers (any more)."""


class Busy(Exception):  # noqa: N818
    """The database could not be written to for some seconds. Nothing was saved; the same try again is safe."""


class KeyReused(Exception):  # noqa: N818
    """The same client id came before with another answer."""


class StoredConflict(Exception):  # noqa: N818
    """Somebody (another tab, another phone) saved in between; ``stored`` is what is kept."""

    def __init__(self, stored: StoredAnswer) -> None:
        super().__init__("the answer was changed in between")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What is kept of one question. ``version`` counts the saves; ``given_in`` is the version of the round, 0 never."""

    card: Card
    version: int
    given_in: int


def is_taking_answers(round: Round, now: datetime) -> bool:
    """Open, and its time is not over."""
    return round.state == Round.State.OPEN and (round.closes_at is None or now < round.closes_at)


def answers_prepare(*, round: Round) -> None:
    """Make an empty row for every question of the version that opens, in random order."""
    asks = list(Ask.objects.filter(round=round))
    secrets.SystemRandom().shuffle(asks)
    if round.mode == Round.Mode.ANONYMOUS:
        sealed = [
            SealedAnswer(id=random_key(), round=round, slot=_slot(round, ask.pk), texts=_filled("")) for ask in asks
        ]
        SealedAnswer.objects.bulk_create(sealed, batch_size=500)
    else:
        known = set(Answer.objects.filter(ask__round=round).values_list("ask_id", flat=True))
        new = [Answer(id=random_key(), ask=ask) for ask in asks if ask.pk not in known]
        Answer.objects.bulk_create(new, batch_size=500)


def answers_find(*, round: Round, asks: Iterable[int]) -> Mapping[int, StoredAnswer]:
    """What is kept, by the number of the question; questions whose row is gone (after closing) are left out."""
    wanted = list(asks)
    found: dict[int, StoredAnswer] = {}
    if round.mode == Round.Mode.ANONYMOUS:
        slots = {_slot(round, ask): ask for ask in wanted} if round.seal else {}
        sealed = SealedAnswer.objects.filter(round=round)
        for row in sealed if len(slots) > _MANY else sealed.filter(slot__in=slots):
            if row.slot in slots:
                found[slots[row.slot]] = _stored(row, round.version)
    else:
        signed = Answer.objects.filter(ask__round=round)
        for answer in signed if len(wanted) > _MANY else signed.filter(ask__in=wanted):
            found[answer.ask_id] = _stored(answer, answer.given_in)
        found = {ask: found[ask] for ask in wanted if ask in found}
    return found


def answer_store(*, round: Round, ask: int, card: Card, version: int, client_id: str) -> StoredAnswer:
    """Save one answer of an open round; the same try again changes nothing and gets the same answer.

    ``version`` is the one the card was shown with. Raises RoundClosed, KeyReused, StoredConflict, Busy, and NotFound
    where there is no row for the question.
    """
    try:
        return _store(round, ask, card, version, client_id)
    except OperationalError as error:  # locked for longer than the time limit, or gone
        raise Busy from error


def _store(round: Round, ask: int, card: Card, version: int, client_id: str) -> StoredAnswer:
    score, marks, texts = card.to_row()
    key, body = _digest(client_id), _digest(json.dumps([score, marks, texts]))
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round.pk)
        if not is_taking_answers(held, timezone.now()):
            raise RoundClosed
        row = _row(held, ask)
        receipts = _receipts(row.receipts)
        if key in receipts:
            if receipts[key] != body:
                raise KeyReused
            return _stored(row, held.version)
        if version != int(row.saves):
            raise StoredConflict(_stored(row, held.version))
        row.score, row.marks, row.texts = score, marks, texts
        row.saves = f"{min(version + 1, _MOST_SAVES):06d}"
        row.receipts = (key + body + row.receipts)[: len(NO_RECEIPTS)]
        if isinstance(row, Answer):
            row.given_in = held.version
        else:
            row.texts = _filled(texts)
        row.save()
    if held.mode == Round.Mode.ANONYMOUS:
        journal_empty(wait=False)  # it would keep the order of the last saves
    return _stored(row, held.version)


def _row(round: Round, ask: int) -> Answer | SealedAnswer:
    rows: Iterable[Answer | SealedAnswer]
    if round.mode == Round.Mode.ANONYMOUS:
        rows = SealedAnswer.objects.select_for_update().filter(round=round, slot=_slot(round, ask))
    else:
        rows = Answer.objects.select_for_update().filter(ask=ask, ask__round=round)
    for row in rows:
        return row
    raise NotFound


def _slot(round: Round, ask: int) -> str:
    """Where the answer to a question lies: cannot be told without the server's secret key and the round's seal."""
    where = f"{round.seal}:{round.pk}:{round.version}:{ask}"
    return salted_hmac("chainmap.sealed", where, algorithm="sha256").hexdigest()


def _stored(row: Answer | SealedAnswer, given_in: int) -> StoredAnswer:
    card = Card.from_row(row.score, row.marks, row.texts.rstrip(" "))
    return StoredAnswer(card, int(row.saves), given_in if card.answered or isinstance(row, Answer) else 0)


def _filled(texts: str) -> str:
    """The texts and blanks up to a whole number of steps, at least one."""
    size = len(texts.encode())
    return texts + " " * (max(-(-size // _TEXTS_FILL), 1) * _TEXTS_FILL - size)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HALF]


def _receipts(text: str) -> dict[str, str]:
    """Digest of the client id -> digest of what was sent with it."""
    cuts = range(0, len(text), RECEIPT)
    return {text[cut : cut + _HALF]: text[cut + _HALF : cut + RECEIPT] for cut in cuts if text[cut] != "-"}
