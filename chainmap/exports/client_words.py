"""Whom people named as their most important client beside whom the chain names: a room's table, one's own sentence."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.exercise_results import ClientResult
from chainmap.exports.exercise_words import Names
from chainmap.exports.plain_text import clean_text
from chainmap.exports.words import per_hundred

#: Characters of a name in a sentence.
_NAME = 60


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One who answered and has a place in the chain."""

    who: str
    named: str
    chain: str


def client_rows(result: ClientResult, names: Names) -> list[ClientRow]:
    """By name as it may be shown, so that the order says nothing; of those alone who answered."""
    rows = [
        ClientRow(
            names.party(one.party),
            names.side(one.named),
            pgettext("the chain names", "nobody yet") if one.chain is None else names.party(one.chain),
        )
        for one in result.answers
    ]
    return sorted(rows, key=lambda row: (row.who.casefold(), row.who, row.named))


def own_client_sentence(*, named: str, chain: str, is_same: bool, share: float | None) -> str:
    """For the one it is about. ``share``: of what they deliver, 0..1; None where the volume decides.

    >>> own_client_sentence(named="Ben", chain="Cyd", is_same=False, share=0.614)
    'You named Ben. The chain names Cyd: 61 of every 100 that you deliver go through them.'
    """
    values = {
        "named": clean_text(named, _NAME),
        "chain": clean_text(chain, _NAME),
        "share": "" if share is None else per_hundred(share),
    }
    if share is None:
        if is_same:
            return _("You named %(named)s. So does the chain: you hand most over to them.") % values
        return _("You named %(named)s. The chain names %(chain)s: you hand most over to them.") % values
    if is_same:
        return (
            _("You named %(named)s. So does the chain: %(share)s of every 100 that you deliver go through them.")
            % values
        )
    return (
        _("You named %(named)s. The chain names %(chain)s: %(share)s of every 100 that you deliver go through them.")
        % values
    )
