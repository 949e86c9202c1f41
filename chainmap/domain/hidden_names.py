"""A finding without names: what a room may look at when nobody is to be pointed at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from chainmap.domain.findings import Bottlenecks, PartyFinding
from chainmap.domain.records import PartyKind

#: Shorter words of a name are too common to be looked for in a sentence.
_SHORTEST = 3
_WORD = re.compile(r"\w+")
#: Words that begin many sentences, and some names of companies.
_COMMON = frozenset({"The", "And", "For", "Der", "Die", "Das", "Und", "Les", "Des", "Los", "Las", "Het", "Een", "Eine"})
#: What stands where a name stood.
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class HiddenWords:
    """What stands instead of a name, in the reader's language."""

    person: Callable[[str], str]  # name of the team ("" for none) -> "a person of Planning"
    team: Callable[[str], str]  # letter -> "Team A"
    customer: str
    supplier: str


def hide_names(finding: Bottlenecks, words: HiddenWords) -> Bottlenecks:
    """The same finding with every name of a party replaced, and taken out of what is handed over.

    Several that would be called the same are numbered in the order of the finding: "a person of Planning (2)".
    """
    mask = name_mask(finding)
    letters = team_letters()
    used: Counter[str] = Counter()
    parties = []
    for party in finding.parties:
        called = _called(party, words, letters if finding.by_team else None)
        used[called] += 1
        shown = called if used[called] == 1 else f"{called} ({used[called]})"
        parties.append(replace(party, name=shown, team="" if finding.by_team else party.team))
    handoffs = [replace(handoff, deliverable=mask(handoff.deliverable)) for handoff in finding.handoffs]
    return replace(finding, parties=parties, handoffs=handoffs)


def name_mask(finding: Bottlenecks, further: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that puts ``HIDDEN`` wherever a sentence holds a name of the finding, or one of the ``further`` ones.

    Whole names of all parties; of people each capitalised word of three letters and more, too.

    >>> from chainmap.domain.bottlenecks import find_bottlenecks
    >>> from chainmap.domain.records import Chain, Party
    >>> found = find_bottlenecks(Chain.from_records([Party("a", "Ann Lee")], []), organization="Acme")
    >>> name_mask(found)("What Ann needs from Lee, and Annex")
    'What … needs from …, and Annex'
    """
    whole = {party.name for party in finding.parties if party.name} | {name for name in further if name}
    people = {party.name for party in finding.parties if party.kind == PartyKind.EMPLOYEE and not finding.by_team}
    words = {word for name in (*people, *further) for word in _WORD.findall(name) if _tells(word)}
    longest_first = sorted(whole, key=lambda name: (-len(name), name))

    def masked(text: str) -> str:
        for name in longest_first:
            if name in text:
                text = text.replace(name, HIDDEN)
        return _WORD.sub(lambda word: HIDDEN if word.group() in words else word.group(), text)

    return masked


def team_letters() -> Iterator[str]:
    """A, B ... Z, AA, AB ..."""
    number = 0
    while True:
        number += 1
        letters, rest = "", number
        while rest:
            rest, place = divmod(rest - 1, 26)
            letters = chr(ord("A") + place) + letters
        yield letters


def _called(party: PartyFinding, words: HiddenWords, letters: Iterator[str] | None) -> str:
    if party.kind == PartyKind.END_CUSTOMER:
        return words.customer
    if party.kind == PartyKind.EXTERNAL_SUPPLIER:
        return words.supplier
    if letters is not None:
        return words.team(next(letters))
    return words.person(party.team)


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word[0].isupper() and word not in _COMMON
