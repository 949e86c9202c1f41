"""The rating card: what one person answers about one hand-off, read strictly and kept in fixed lengths (issue 3).

Reading is strict because a value that was guessed from a wrong one would be somebody's opinion that nobody had: a
score is a whole number of the JSON kind, a choice one of its list, a text free of what does something instead of
showing something. All that is wrong is told at once.

What is kept has the same length whatever was answered, but for the texts: the size of a row tells no score.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.questions import Question
from chainmap.domain.reasons import Reason
from chainmap.domain.texts import TextCode, TextFault, read_text, show_value

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

LOWEST_SCORE, HIGHEST_SCORE = 0, 10
#: Longest texts, in characters after cleaning.
LONGEST_COMMENT, LONGEST_MOMENT_LINE, LONGEST_WISH = 2000, 200, 500
#: Needs of one hand-off, and so the most that can be ticked on a card.
MOST_NEEDS = 12
#: Of fields nobody knows this many are named.
_UNKNOWN_NAMED = 10

# How a card is kept. Never change a character: rows written earlier hold them.
_NOTHING, _SHARED = "-", "s"
_NO_SCORE, _NOT_THIS_PERIOD = "--", "NA"
_REASONS = dict(zip(Reason, "ehoplinx", strict=True))
_MOMENTS = dict(zip(Moment, "mox", strict=True))
_CHIPS = {Chip.GOOD: "g", Chip.MISSING: "m"}
_NEED = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_MARKS = 8  # reason, moment, five dimensions, shared


class CardField(StrEnum):
    """The parts of a card, as they are named in JSON."""

    SCORE = "score"
    NOT_THIS_PERIOD = "not_this_period"
    REASON = "reason"
    MOMENT = "moment"
    MOMENT_LINE = "moment_line"
    CARE = "care"
    NEEDS = "needs"
    COMMENT = "comment"
    WISH = "wish"
    SHARED = "shared"


class CardFault(StrEnum):
    """What can be wrong with one part."""

    SCORE_RANGE = "score_range"  # a whole number, but not 0..10
    SCORE_TYPE = "score_type"  # no whole number
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_CHOICE = "unknown_choice"
    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"  # control characters, halves of a character
    WRONG_TYPE = "wrong_type"
    CONTRADICTION = "contradiction"  # a score and "not this period"
    NOT_ASKED = "not_asked"  # this round does not ask it


#: The question a part answers; a part that is not listed belongs to every card.
_QUESTION_OF = {
    CardField.REASON: Question.REASON,
    CardField.MOMENT: Question.MOMENT,
    CardField.MOMENT_LINE: Question.MOMENT,
    CardField.CARE: Question.CARE,
    CardField.NEEDS: Question.NEEDS,
    CardField.COMMENT: Question.COMMENT,
    CardField.WISH: Question.WISH,
}


@dataclass(frozen=True, slots=True)
class CardError:
    """One thing that is wrong with a card."""

    field: str  # a CardField, or the cleaned name of one nobody knows
    code: str  # a CardFault
    limit: int | None = None  # characters, for a text that is too long
    length: int | None = None  # characters it has
    shown: str = ""  # the value, short and clean; of a bad text the number of the character: "U+0000"


class CardErrors(ValueError):  # noqa: N818  one card, all its errors
    """A card that was refused, with everything that is wrong. Its message holds no answer, so it may be logged."""

    def __init__(self, errors: tuple[CardError, ...]) -> None:
        super().__init__("card refused: " + ", ".join(f"{error.field} {error.code}" for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Card:
    """An answer. Every part may be missing. Raises ValueError for a score outside 0..10 or one beside "not this
    period"; texts are taken as they are (``card_from`` cleans them)."""

    score: int | None = None  # 0..10: how much of what is needed to serve one's own customer arrived
    not_this_period: bool = False
    reason: Reason | None = None
    moment: Moment | None = None
    moment_line: str = ""  # <= LONGEST_MOMENT_LINE, one line
    care: Mapping[Dimension, Chip] = field(default_factory=dict)  # GOOD and MISSING only; what is left out: not said
    comment: str = ""  # <= LONGEST_COMMENT
    wish: str = ""  # what is needed instead, <= LONGEST_WISH
    shared: bool = False  # "share with my coach", pair rounds
    needs: Mapping[int, Chip] = field(default_factory=dict)  # number of a need -> GOOD (met) or MISSING

    def __post_init__(self) -> None:
        if self.score is not None and not LOWEST_SCORE <= self.score <= HIGHEST_SCORE:
            raise ValueError("a score is a whole number from 0 to 10")
        if self.score is not None and self.not_this_period:
            raise ValueError("a card holds a score or 'not this period', not both")
        said = {dimension: chip for dimension in Dimension if (chip := self.care.get(dimension)) in _CHIPS}
        object.__setattr__(self, "care", said)
        met = {need: self.needs[need] for need in sorted(self.needs) if self.needs[need] in _CHIPS}
        object.__setattr__(self, "needs", met)

    @property
    def answered(self) -> bool:
        """Whether the question itself is answered: a score, or "not this period"."""
        return self.score is not None or self.not_this_period

    def to_data(self) -> dict[str, object]:
        """All parts as JSON types; ``card_from`` reads them back."""
        return {
            CardField.SCORE.value: self.score,
            CardField.NOT_THIS_PERIOD.value: self.not_this_period,
            CardField.REASON.value: None if self.reason is None else self.reason.value,
            CardField.MOMENT.value: None if self.moment is None else self.moment.value,
            CardField.MOMENT_LINE.value: self.moment_line,
            CardField.CARE.value: {dimension.value: chip.value for dimension, chip in self.care.items()},
            CardField.NEEDS.value: {str(need): chip.value for need, chip in self.needs.items()},
            CardField.COMMENT.value: self.comment,
            CardField.WISH.value: self.wish,
            CardField.SHARED.value: self.shared,
        }

    def to_row(self) -> tuple[str, str, str]:
        """``(score, marks, texts)`` as kept: always 2 and 8 characters, and "" or compact JSON.

        >>> Card(score=7, reason=Reason.LATE, care={Dimension.EMPOWERMENT: Chip.MISSING}).to_row()
        ('07', 'l-----m-', '')
        """
        score = _NOT_THIS_PERIOD if self.not_this_period else _NO_SCORE if self.score is None else f"{self.score:02d}"
        marks = [
            _NOTHING if self.reason is None else _REASONS[self.reason],
            _NOTHING if self.moment is None else _MOMENTS[self.moment],
            *(_CHIPS[self.care[dimension]] if dimension in self.care else _NOTHING for dimension in Dimension),
            _SHARED if self.shared else _NOTHING,
        ]
        needs = {str(need): _CHIPS[chip] for need, chip in self.needs.items()}
        texts = {"comment": self.comment, "moment_line": self.moment_line, "needs": needs, "wish": self.wish}
        said = {name: text for name, text in texts.items() if text}
        return score, "".join(marks), json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else ""

    @classmethod
    def from_row(cls, score: str, marks: str, texts: str) -> Card:
        """Read back what :meth:`to_row` wrote. Raises ValueError for anything else, without repeating it.

        >>> Card.from_row("--", "--------", "") == Card()
        True
        """
        if len(score) != 2 or len(marks) != _MARKS or marks[-1] not in (_NOTHING, _SHARED):
            raise ValueError("not a stored card: the score has 2 characters and the marks have 8")
        said = json.loads(texts) if texts else {}
        if not isinstance(said, dict) or not said.keys() <= {"comment", "moment_line", "needs", "wish"}:
            raise ValueError("not a stored card: the texts are not those of a card")
        needs = _stored_needs(said.pop("needs", {}))
        if not all(isinstance(text, str) for text in said.values()):
            raise ValueError("not a stored card: a text is none")
        number = None
        if score not in (_NO_SCORE, _NOT_THIS_PERIOD):
            if not (score.isascii() and score.isdigit()):
                raise ValueError("not a stored card: the score is none")
            number = int(score)
        chips = [_from_mark(_CHIPS, mark) for mark in marks[2:7]]
        return cls(
            score=number,
            not_this_period=score == _NOT_THIS_PERIOD,
            reason=_from_mark(_REASONS, marks[0]),
            moment=_from_mark(_MOMENTS, marks[1]),
            care={dimension: chip for dimension, chip in zip(Dimension, chips, strict=True) if chip is not None},
            shared=marks[-1] == _SHARED,
            needs=needs,
            **said,
        )


def card_from(data: Mapping[str, object], *, asked: frozenset[Question] = frozenset(Question)) -> Card:
    """The card in ``data``, which holds JSON types: a part left out is not answered.

    ``score`` int or null; ``not_this_period`` and ``shared`` booleans; ``reason`` and ``moment`` a choice or null;
    ``care`` an object of dimension -> "good", "missing", "not_said" or null, ``needs`` the same by the number of a
    need; the texts are strings. Texts are cleaned:
    line ends become newlines, what turns the reading direction or has no width goes away, outer white space too.
    ``asked`` are the questions of the round: an answer to another one is refused unless it is empty.

    Raises CardErrors with everything that is wrong.

    >>> card_from({"score": 7, "reason": "late", "comment": " two days \\r\\n"}).comment
    'two days'
    >>> try:
    ...     card_from({"score": 11, "mood": 1})
    ... except CardErrors as refused:
    ...     [(error.field, str(error.code), error.shown) for error in refused.errors]
    [('score', 'score_range', '11'), ('mood', 'unknown_field', '1')]
    """
    reader = _Reader(data, asked)
    nothing_said: dict[Dimension, Chip] = {}
    no_needs: dict[int, Chip] = {}
    parts: dict[str, Any] = {
        "score": reader.part(CardField.SCORE, None, _read_score),
        "not_this_period": reader.part(CardField.NOT_THIS_PERIOD, False, _read_flag),
        "reason": reader.part(CardField.REASON, None, lambda name, value: _read_choice(name, value, Reason)),
        "moment": reader.part(CardField.MOMENT, None, lambda name, value: _read_choice(name, value, Moment)),
        "moment_line": reader.text(CardField.MOMENT_LINE, LONGEST_MOMENT_LINE, one_line=True),
        "care": reader.part(CardField.CARE, nothing_said, _read_care),
        "needs": reader.part(CardField.NEEDS, no_needs, _read_needs),
        "comment": reader.text(CardField.COMMENT, LONGEST_COMMENT),
        "wish": reader.text(CardField.WISH, LONGEST_WISH),
        "shared": reader.part(CardField.SHARED, False, _read_flag),
    }
    if parts["score"] is not None and parts["not_this_period"]:
        reader.errors.append(_fault(CardField.NOT_THIS_PERIOD, CardFault.CONTRADICTION, parts["score"]))
    unknown = [name for name in data if name not in set(CardField)]
    reader.errors += [
        CardError(show_value(name), CardFault.UNKNOWN_FIELD, shown=show_value(data[name]))
        for name in unknown[:_UNKNOWN_NAMED]
    ]
    if reader.errors:
        raise CardErrors(tuple(reader.errors))
    return Card(**parts)


class _RefusedError(Exception):
    def __init__(self, error: CardError) -> None:
        super().__init__(error.code)
        self.error = error


class _Reader:
    """Reads part by part and collects what is wrong."""

    def __init__(self, data: Mapping[str, object], asked: frozenset[Question]) -> None:
        self.data = data
        self.asked = asked
        self.errors: list[CardError] = []

    def part(self, name: CardField, empty: T, read: Callable[[CardField, object], T]) -> T:
        """One part; ``empty`` where it is left out or wrong."""
        if name not in self.data:
            return empty
        try:
            value = read(name, self.data[name])
        except _RefusedError as refused:
            self.errors.append(refused.error)
            return empty
        question = _QUESTION_OF.get(name)
        if value != empty and question is not None and question not in self.asked:
            self.errors.append(_fault(name, CardFault.NOT_ASKED, self.data[name]))
            return empty
        return value

    def text(self, name: CardField, limit: int, *, one_line: bool = False) -> str:
        return self.part(name, "", lambda name, value: _read_text(name, value, limit, one_line=one_line))


def _read_score(name: CardField, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _RefusedError(_fault(name, CardFault.SCORE_TYPE, value))
    if not LOWEST_SCORE <= value <= HIGHEST_SCORE:
        raise _RefusedError(_fault(name, CardFault.SCORE_RANGE, value))
    return value


def _read_flag(name: CardField, value: object) -> bool:
    if not isinstance(value, bool):
        raise _RefusedError(_fault(name, CardFault.WRONG_TYPE, value))
    return value


def _read_choice(name: CardField, value: object, choices: type[Choice]) -> Choice | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _RefusedError(_fault(name, CardFault.WRONG_TYPE, value))
    for choice in choices:
        if choice.value == value:
            return choice
    raise _RefusedError(_fault(name, CardFault.UNKNOWN_CHOICE, value))


def _read_care(name: CardField, value: object) -> dict[Dimension, Chip]:
    if not isinstance(value, Mapping):
        raise _RefusedError(_fault(name, CardFault.WRONG_TYPE, value))
    said: dict[Dimension, Chip] = {}
    for key, chip in value.items():
        dimension = _read_choice(name, key, Dimension)
        read = _read_choice(name, chip, Chip)
        if dimension is not None and read is not None and read != Chip.NOT_SAID:
            said[dimension] = read
    return said


def _read_needs(name: CardField, value: object) -> dict[int, Chip]:
    if not isinstance(value, Mapping) or len(value) > MOST_NEEDS:
        raise _RefusedError(_fault(name, CardFault.WRONG_TYPE, value))
    said: dict[int, Chip] = {}
    for key, chip in value.items():
        if not isinstance(key, str) or not _NEED.fullmatch(key):
            raise _RefusedError(_fault(name, CardFault.UNKNOWN_CHOICE, key))
        read = _read_choice(name, chip, Chip)
        if read is not None and read != Chip.NOT_SAID:
            said[int(key)] = read
    return said


def _stored_needs(needs: object) -> dict[int, Chip]:
    if not isinstance(needs, dict) or not all(_NEED.fullmatch(str(need)) for need in needs):
        raise ValueError("not a stored card: the needs are none")
    return {int(need): chip for need, mark in needs.items() if (chip := _from_mark(_CHIPS, mark)) is not None}


def _read_text(name: CardField, value: object, limit: int, *, one_line: bool) -> str:
    if not isinstance(value, str):
        raise _RefusedError(_fault(name, CardFault.WRONG_TYPE, value))
    try:
        return read_text(value, limit, one_line=one_line)
    except TextFault as fault:
        if fault.code == TextCode.BAD_TEXT:
            raise _RefusedError(CardError(name.value, CardFault.BAD_TEXT, shown=fault.shown)) from fault
        too_long = CardError(name.value, CardFault.TOO_LONG, fault.limit, fault.length, fault.shown)
        raise _RefusedError(too_long) from fault


def _fault(name: CardField, code: CardFault, value: object) -> CardError:
    return CardError(name.value, code, shown=show_value(value))


def _from_mark(marks: Mapping[T, str], mark: str) -> T | None:
    if mark == _NOTHING:
        return None
    for meaning, letter in marks.items():
        if letter == mark:
            return meaning
    raise ValueError("not a stored card: a mark is not known")
