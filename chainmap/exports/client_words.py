"""Whom people named as their most important client beside whom the chain names: a room's table, one's own sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.exercise_results import ClientResult, Side
from chainmap.exports.exercise_words import Names
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred

#: Characters of a name in a sentence.
_NAME = 60


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One who answered and has a place in the chain."""

    who: str
    named: str
    chain: str


@dataclass(frozen=True, slots=True)
class NamedBeside:
    """Somebody who was named, by people, by the chain or by both."""

    label: str
    people: int | None  # with names: how many named them
    share: int | None  # without names: percent
    chain: int  # for how many of those who answered the chain names them; 0 without names


def clients_beside(result: ClientResult, names: Names) -> list[NamedBeside]:
    """Everybody named by people or by the chain, most often first. Who answered what is not in it."""
    chain = Counter(one.chain for one in result.answers if one.chain is not None)
    rows = [
        NamedBeside(
            names.side(named.who),
            named.people,
            named.share,
            chain.pop(named.who.party, 0) if named.who.party is not None else 0,
        )
        for named in result.named
    ]
    alone = [NamedBeside(names.side(Side(party)), 0, None, count) for party, count in chain.items()]
    alone.sort(key=lambda row: (row.label.casefold(), row.label))
    # the chain's names count as those of people: whom nobody thought of is what the room should see
    return sorted(rows + alone, key=lambda row: -(row.people or 0) - row.chain)


def chain_named_words(count: int) -> str:
    """For how many the chain names somebody."""
    return _("by the chain %(count)s") % {"count": count}


def clients_note(result: ClientResult) -> str:
    """Whether people and chain say the same, and why the chain cannot judge everybody; "" where it judges nobody."""
    if not result.judged or result.matching is None:
        return ""
    note = ngettext(
        "The other names somebody else. Who is right: the person or the picture?",
        "The others name somebody else. Who is right: the people or the picture?",
        result.judged - result.matching,
    )
    if result.matching == result.judged:
        note = _("Everybody whom the chain can judge sees it as the chain does.")
    rest = (result.answered.people or 0) - result.judged
    if rest <= 0:
        return note
    more = ngettext(
        "For %(count)s more the chain cannot say: no place in it, or nothing handed on.",
        "For %(count)s more the chain cannot say: no place in it, or nothing handed on.",
        rest,
    )
    return f"{note} {more % {'count': rest}}"


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
        "share": "" if share is None else of_hundred(share),
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
