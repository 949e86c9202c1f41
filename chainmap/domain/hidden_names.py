"""A finding without names: what a room may look at when nobody is to be pointed at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from chainmap.domain.findings import Bottlenecks, PartyFinding
from chainmap.domain.records import PartyKind

#: Shorter words of a name are too common to be looked for in a sentence.
_SHORTEST = 2
#: Words of so many letters are found with an ending also where they are written small ("annas").
_LONG = 4
#: Between the words of a name may stand so many characters: "GmbH & Co.".
_GAP = 4
_WORD = re.compile(r"[^\W_]+")
#: Words that begin many sentences, and some names of companies: no word of a name.
_ARTICLES = frozenset(re.findall(r"\w+", "the and for der die das und les des los las het een eine"))
#: Words that are names, too: masked only where they begin with a capital.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    ab al am an as at au be bei by da de di do du ein el em en er es et eu go ha he hi ich ihr il im in is it ja je la
    le lo ma me mi mit my na ne no of on or os ou sa se si sie so su ta te to tu um un up us va vi von we wo ya yo za zu
    art bill can dawn faith frank grace grant hope hunt joy kind kunde kurz lang long major mark may miles page peace
    price rich rose rot sand sky stark stein summer wahl wald weiss will wolf young
    """,
    )
)
#: What stands at the end of a company's name and is left out when it is spoken of.
_FORMS = frozenset(
    re.findall(r"\w+", "ab ag as bv co corp gmbh inc kg kgaa limited llc ltd nv oy plc sa sarl sas se spa srl")
)
_SIBILANTS = ("s", "x", "z")
#: What stands where a name stood.
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class HiddenWords:
    """What stands instead of a name, in the reader's language.

    ``numbered``: how everybody but a team gets a number, also the first; without it only the second and later ones.
    """

    person: Callable[[str], str]  # name of the team ("" for none) -> "a person of Planning"
    team: Callable[[str], str]  # letter -> "Team A"
    customer: str
    supplier: str
    numbered: Callable[[str, int], str] | None = None  # "Planning", 2 -> "Planning 2"


def hide_names(finding: Bottlenecks, words: HiddenWords) -> Bottlenecks:
    """The same finding with every name of a party replaced, and taken out of what is handed over.

    Several that would be called the same are numbered in the order of the finding: "a person of Planning (2)", with
    ``words.numbered`` "Planning 2".
    """
    mask = name_mask(finding)
    letters = team_letters()
    used: Counter[str] = Counter()
    parties = []
    for party in finding.parties:
        called = _called(party, words, letters if finding.by_team else None)
        used[called] += 1
        is_letter = finding.by_team and party.kind == PartyKind.EMPLOYEE
        shown = called if is_letter else with_number(called, used[called], words.numbered)
        parties.append(replace(party, name=shown, team="" if finding.by_team else party.team))
    handoffs = [replace(handoff, deliverable=mask(handoff.deliverable)) for handoff in finding.handoffs]
    return replace(finding, parties=parties, handoffs=handoffs)


def name_mask(finding: Bottlenecks, further: Iterable[str] = (), companies: Iterable[str] = ()) -> Callable[[str], str]:
    """A function that puts ``HIDDEN`` for every name of the finding, and of ``further`` people and ``companies``.

    Whole names, and of people each word that begins with a capital and has two letters or more; never inside another
    word, in capitals or small letters alike (common words and words of companies: with a capital alone), with an s, 's
    or es behind it.

    >>> from chainmap.domain.bottlenecks import find_bottlenecks
    >>> from chainmap.domain.records import Chain, Party
    >>> found = find_bottlenecks(Chain.from_records([Party("a", "Ann Lee")], []), organization="Acme")
    >>> name_mask(found)("What ann needs from Lee's, and Annex")
    "What … needs from …'s, and Annex"
    """
    known = _Known()
    for party in finding.parties:
        is_person = party.kind == PartyKind.EMPLOYEE and not finding.by_team
        known.add_person(party.name) if is_person else known.add_whole(party.name)
    for name in further:
        known.add_person(name)
    for name in companies:
        known.add_company(name)
    return known.masked


@dataclass(slots=True)
class _Known:
    """Names as they are looked for, by words without capitals."""

    everywhere: set[str] = field(default_factory=set)
    capitals: set[str] = field(default_factory=set)  # where they begin with a capital
    long: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))  # by their first word
    pieces: set[str] = field(default_factory=set)  # of scripts without capitals, and without letters: wherever

    def add_person(self, name: str) -> None:
        self.add_whole(name)
        for word in _words(name):
            if len(word) >= _SHORTEST and not word[0].islower() and word.casefold() not in _ARTICLES:
                self._add_word(word)

    def add_company(self, name: str) -> None:
        self.add_whole(name)
        for word in _words(name):
            folded = word.casefold()
            if len(word) > _SHORTEST and word[0].isupper() and folded not in _ARTICLES | _FORMS:
                self.capitals.add(folded)

    def add_whole(self, name: str) -> None:
        found = _words(name)
        folded = tuple(word.casefold() for word in found)
        if not folded or (len(name) >= _SHORTEST and not any(map(_is_of_words, name))):
            self.pieces |= {name} - {""}
            return
        short = folded[:-1] if len(folded) > 1 and folded[-1] in _FORMS else folded
        for words in {folded, short}:
            if len(words) == 1:
                self._add_word(words[0])
            else:
                self.long[words[0]].append(words)
                self.long[words[0]].sort(key=len, reverse=True)

    def masked(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for piece in sorted(self.pieces, key=lambda one: (-len(one), one)):
            text = text.replace(piece, HIDDEN)
        found = list(_WORD.finditer(text))
        parts, at, index = [], 0, 0
        while index < len(found):
            length = self._length(found, index)
            if length:
                parts += [text[at : found[index].start()], HIDDEN]
                at = found[index + length - 1].end()
            index += max(length, 1)
        return "".join(parts) + text[at:]

    def _length(self, found: list[re.Match[str]], index: int) -> int:
        """How many words from here on are one name; 0: none."""
        first = found[index].group()
        for words in self.long.get(first.casefold(), ()):
            here = found[index : index + len(words)]
            if len(here) == len(words) and _near(here) and _says(here, words):
                return len(words)
        return int(self._is_word(first))

    def _is_word(self, word: str) -> bool:
        is_capital = not word[0].islower()
        for stem in _stems(word):
            if stem in self.everywhere and (is_capital or len(stem) >= _LONG or stem == word.casefold()):
                return True
            if stem in self.capitals and is_capital:
                return True
        return False

    def _add_word(self, word: str) -> None:
        folded = word.casefold()
        is_common = folded in _COMMON or len(folded) < _SHORTEST
        (self.capitals if is_common else self.everywhere).add(folded)


def _words(name: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", name))


def _is_of_words(letter: str) -> bool:
    """Scripts without capitals write words without a space between them."""
    return letter.isdigit() or letter.upper() != letter.lower()


def _stems(word: str) -> Iterator[str]:
    """The word without capitals, and without the ending a name may have."""
    folded = word.casefold()
    yield folded
    if folded.endswith("s"):
        yield folded[:-1]
    if folded.endswith("es") and folded[:-2].endswith(_SIBILANTS):
        yield folded[:-2]


def _near(found: list[re.Match[str]]) -> bool:
    return all(after.start() - before.end() <= _GAP for before, after in pairwise(found))


def _says(found: list[re.Match[str]], words: tuple[str, ...]) -> bool:
    said = [match.group().casefold() for match in found]
    return tuple(said[:-1]) == words[:-1] and words[-1] in _stems(found[-1].group())


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


def with_number(called: str, number: int, numbered: Callable[[str, int], str] | None) -> str:
    """What is called the same as others, told apart."""
    if numbered is not None:
        return numbered(called, number)
    return called if number == 1 else f"{called} ({number})"


def _called(party: PartyFinding, words: HiddenWords, letters: Iterator[str] | None) -> str:
    if party.kind == PartyKind.END_CUSTOMER:
        return words.customer
    if party.kind == PartyKind.EXTERNAL_SUPPLIER:
        return words.supplier
    if letters is not None:
        return words.team(next(letters))
    return words.person(party.team)
