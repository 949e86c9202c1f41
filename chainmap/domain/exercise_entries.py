"""What one person says in one exercise of a workshop: read strictly, kept as JSON (issue 5, item 4).

Reading is strict because a value that was guessed from a wrong one would be somebody's opinion that nobody had. All
that is wrong is told at once. In an anonymous workshop nothing is asked that only one person could have said: no
hand-off beside a score or a moment, no party as a side of an agreement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chainmap.domain import plain_data
from chainmap.domain.entry_reading import (
    HIGHEST_SCORE,
    LONGEST_NAME,
    MOST_PROBLEMS,
    EntryErrors,
    EntryFault,
    EntryProblem,
    Met,
    Reader,
    read_choice,
    read_day,
    read_moment,
    read_rated,
    read_score,
)
from chainmap.domain.exercises import Exercise, WorkshopMode
from chainmap.domain.ladder import Rung
from chainmap.domain.moments import Moment
from chainmap.domain.questionnaires import ORIENTATION, Questionnaire, QuestionnaireError, read_answers
from chainmap.domain.reasons import Reason

__all__ = ["EntryErrors", "EntryFault", "EntryProblem"]

LEAST_VOLUME, MOST_VOLUME = 1, 10
#: Longest texts, in characters after cleaning.
LONGEST_DELIVERABLE, LONGEST_WORDS, LONGEST_SENTENCE = 80, 200, 300


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """Whom somebody calls their most important client: a party of the chain, or words for whoever is not in it."""

    party: int | None
    words: str


@dataclass(frozen=True, slots=True)
class DrawEntry:
    """A hand-off somebody adds. Each side is a party of the chain or words."""

    supplier: int | None
    supplier_words: str
    customer: int | None
    customer_words: str
    deliverable: str
    volume: int = 1


@dataclass(frozen=True, slots=True)
class RateEntry:
    """What somebody got of what they needed, of 10. ``handoff`` None: over all, in an anonymous workshop."""

    handoff: int | None  # < 0: one the room drew
    score: int | None  # None: not this time
    reason: Reason | None
    words: str


@dataclass(frozen=True, slots=True)
class MomentEntry:
    """A moment of magic or of misery."""

    kind: Moment
    words: str
    handoff: int | None


@dataclass(frozen=True, slots=True)
class LadderEntry:
    """The rung on which somebody sees the customers of the team."""

    rung: Rung


@dataclass(frozen=True, slots=True)
class OrientationEntry:
    """Answers to the short questionnaire, by row code; ``version`` is that of its text."""

    version: str
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PurposeEntry:
    """What the work is for, in somebody's words."""

    words: str


@dataclass(frozen=True, slots=True)
class CoffeeEntry:
    """Whether the two have met, and what they take along."""

    met: bool
    words: str


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """What somebody proposes that two agree on. Each side is a party of the chain or words."""

    supplier: int | None
    supplier_words: str
    customer: int | None
    customer_words: str
    sentence: str
    due_on: date


Entry = (
    ClientEntry
    | DrawEntry
    | RateEntry
    | MomentEntry
    | LadderEntry
    | OrientationEntry
    | PurposeEntry
    | CoffeeEntry
    | AgreementEntry
)
ENTRY_TYPES: Mapping[Exercise, type[Any]] = {
    Exercise.CLIENT: ClientEntry,
    Exercise.DRAW: DrawEntry,
    Exercise.RATE: RateEntry,
    Exercise.MOMENTS: MomentEntry,
    Exercise.LADDER: LadderEntry,
    Exercise.ORIENTATION: OrientationEntry,
    Exercise.PURPOSE: PurposeEntry,
    Exercise.COFFEE: CoffeeEntry,
    Exercise.AGREEMENTS: AgreementEntry,
}


def read_entry(
    kind: Exercise, data: Mapping[str, object], mode: WorkshopMode, *, questionnaire: Questionnaire = ORIENTATION
) -> Entry:
    """The entry in ``data``, which holds JSON types; a text left out is "", another field left out is missing or None.

    ``questionnaire`` is the text that *orientation* asks. Texts are cleaned as ``texts.read_text`` does. Raises
    EntryErrors with everything that is wrong.

    >>> read_entry(Exercise.CLIENT, {"words": " the  bakery "}, WorkshopMode.OPEN)
    ClientEntry(party=None, words='the bakery')
    >>> try:
    ...     read_entry(Exercise.RATE, {"handoff": 7, "score": 11, "mood": 1}, WorkshopMode.ANONYMOUS)
    ... except EntryErrors as refused:
    ...     [(problem.field, str(problem.code), problem.shown) for problem in refused.problems]
    [('handoff', 'not_asked', '7'), ('score', 'out_of_range', '11'), ('mood', 'unknown_field', '1')]
    """
    reader = Reader(data, anonymous=mode == WorkshopMode.ANONYMOUS)
    entry = _orientation(reader, questionnaire) if kind == Exercise.ORIENTATION else _READERS[kind](reader)
    reader.refuse_unknown()
    if reader.problems:
        raise EntryErrors(tuple(reader.problems[:MOST_PROBLEMS]))
    return entry


def entry_to_json(entry: Entry) -> str:
    """The entry as it is kept."""
    return plain_data.to_json(entry)


def entry_from_json(kind: Exercise, text: str) -> Entry:
    """Read back what :func:`entry_to_json` wrote. Raises ValueError for everything else.

    >>> entry_from_json(Exercise.PURPOSE, entry_to_json(PurposeEntry("warm bread")))
    PurposeEntry(words='warm bread')
    """
    if kind == Exercise.AGREEMENTS:
        text = _without_yes(text)
    found: Entry = plain_data.from_json(ENTRY_TYPES[kind], text)
    return found


def _without_yes(text: str) -> str:
    """An agreement kept when its writer ticked that both had said yes: each is asked since, and the tick is nothing."""
    try:
        data = json.loads(text)
    except RecursionError:
        return text  # refused where it is read
    if not isinstance(data, dict):
        return text
    return json.dumps({name: value for name, value in data.items() if name != "yes"})


def _client(reader: Reader) -> ClientEntry:
    before = len(reader.problems)
    entry = ClientEntry(reader.key("party"), reader.text("words", LONGEST_NAME))
    if len(reader.problems) == before:
        reader.one_of("party", entry.party, entry.words)
    return entry


def _draw(reader: Reader) -> DrawEntry:
    return DrawEntry(
        *reader.two_sides(),
        deliverable=reader.text("deliverable", LONGEST_DELIVERABLE, needed=True),
        volume=reader.number("volume", LEAST_VOLUME, LEAST_VOLUME, MOST_VOLUME),
    )


def _rate(reader: Reader) -> RateEntry:
    handoff = reader.key("handoff", if_named=True, read=read_rated)
    if not reader.anonymous and handoff is None and "handoff" not in {problem.field for problem in reader.problems}:
        reader.problems.append(EntryProblem("handoff", EntryFault.MISSING))
    score = reader.field("score", None, read_score, needed=True)
    reason = reader.field("reason", None, lambda value: read_choice(value, Reason))
    return RateEntry(handoff, score, reason, reader.text("words", LONGEST_WORDS, one_line=False))


def _moment(reader: Reader) -> MomentEntry:
    kind = reader.field("kind", Moment.ORDINARY, read_moment, needed=True)
    words = reader.text("words", LONGEST_WORDS, one_line=False, needed=True)
    return MomentEntry(kind, words, reader.key("handoff", if_named=True))


def _ladder(reader: Reader) -> LadderEntry:
    return LadderEntry(reader.field("rung", Rung.PROSPECT, lambda value: read_choice(value, Rung), needed=True))


def _orientation(reader: Reader, questionnaire: Questionnaire) -> OrientationEntry:
    answers: dict[str, int] = {}
    reader.know(reader.data)
    try:
        answers = read_answers(questionnaire, reader.data)
    except QuestionnaireError as refused:
        codes = {"score_range": EntryFault.OUT_OF_RANGE, "score_type": EntryFault.WRONG_TYPE}
        for fault in refused.faults:
            code = codes.get(fault.code) or EntryFault(fault.code)
            limit = HIGHEST_SCORE if code == EntryFault.OUT_OF_RANGE else fault.limit
            reader.problems.append(EntryProblem(fault.field, code, limit, shown=fault.shown))
    return OrientationEntry(questionnaire.version, answers)


def _purpose(reader: Reader) -> PurposeEntry:
    return PurposeEntry(reader.text("words", LONGEST_WORDS, one_line=False, needed=True))


def _coffee(reader: Reader) -> CoffeeEntry:
    met = reader.field("met", Met.NOT_YET, lambda value: read_choice(value, Met), needed=True) == Met.YES
    return CoffeeEntry(met, reader.text("words", LONGEST_WORDS, one_line=False))


def _agreement(reader: Reader) -> AgreementEntry:
    return AgreementEntry(
        *reader.two_sides(if_named=True),
        sentence=reader.text("sentence", LONGEST_SENTENCE, needed=True),
        due_on=reader.field("due_on", date.min, read_day, needed=True),
    )


_READERS: Mapping[Exercise, Callable[[Reader], Entry]] = {
    Exercise.CLIENT: _client,
    Exercise.DRAW: _draw,
    Exercise.RATE: _rate,
    Exercise.MOMENTS: _moment,
    Exercise.LADDER: _ladder,
    Exercise.PURPOSE: _purpose,
    Exercise.COFFEE: _coffee,
    Exercise.AGREEMENTS: _agreement,
}
