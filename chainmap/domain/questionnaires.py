"""Self-assessments are data: a questionnaire is a list of rows, each a line from one sentence to its opposite.

0 stands wholly on the left, 10 wholly on the right. In a questionnaire of steps the left is "not yet" and the right
"we live it". An organization may adapt one: it is written as JSON and read back strictly, and everything that is
wrong is told at once. Answers belong to one version of the text, because another text is another question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from chainmap.domain.texts import TextFault, read_text, show_value

LOWEST, HIGHEST = 0, 10
#: A step answered below this is not lived yet.
LOW_STEP = 5
#: Longest texts, in characters after cleaning.
LONGEST_TITLE, LONGEST_INTRO, LONGEST_LABEL, LONGEST_END, LONGEST_CODE = 120, 500, 60, 160, 30
MOST_ROWS = 12
#: A longer text is not read as JSON at all; twelve rows of the longest texts are a tenth of it.
LONGEST_JSON = 60_000
#: Of what is wrong so much is told: ten thousand unknown fields are not ten thousand faults.
MOST_FAULTS = 20
_CODE = re.compile(r"[a-z_]{1,30}", re.ASCII)
_VERSION_LENGTH = 12


class Subject(StrEnum):
    """Whom a questionnaire is about."""

    PERSON = "person"
    TEAM = "team"
    BOTH = "both"


class QuestionnaireCode(StrEnum):
    """What can be wrong with a questionnaire or with the answers to one."""

    NOT_JSON = "not_json"
    WRONG_TYPE = "wrong_type"
    MISSING = "missing"  # a field or an answer is not there
    EMPTY = "empty"  # a text with nothing to see
    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"  # control characters, halves of a character
    BAD_CODE = "bad_code"  # a code is 1 to 30 letters a-z and underscores
    REPEATED = "repeated"  # a row code or a field of the JSON comes twice
    ROW_COUNT = "row_count"  # not 1 to 12 rows
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_FIELD = "unknown_field"  # also an answer to a row that is not there
    SCORE_RANGE = "score_range"  # a whole number, but not 0..10
    SCORE_TYPE = "score_type"  # no whole number


@dataclass(frozen=True, slots=True)
class QuestionnaireFault:
    """One thing that is wrong."""

    code: QuestionnaireCode
    field: str  # its name in the JSON, cleaned; of an answer the code of the row; "" = the whole
    row: int | None = None  # 1 .. 12, None for what is outside the rows
    limit: int | None = None  # characters or rows that fit
    length: int | None = None  # characters or rows there are
    shown: str = ""  # the value, short and clean; of a bad text the number of the character: "U+0000"


class QuestionnaireError(ValueError):
    """A refused questionnaire or refused answers, with everything that is wrong. The message holds no answer.

    ``code``, ``row``, ``field`` and ``limit`` are those of the first fault.
    """

    def __init__(self, faults: Sequence[QuestionnaireFault]) -> None:
        named = (f"{fault.field} {fault.code}" + (f" in row {fault.row}" if fault.row else "") for fault in faults)
        super().__init__("questionnaire refused: " + ", ".join(named))
        self.faults = tuple(faults)
        self.code = self.faults[0].code
        self.row = self.faults[0].row
        self.field = self.faults[0].field
        self.limit = self.faults[0].limit


@dataclass(frozen=True, slots=True)
class QuestionnaireRow:
    """One line between two sentences."""

    code: str  # [a-z_]{1,30}, distinct within a questionnaire
    label: str  # what it is about, <= LONGEST_LABEL
    left: str  # what 0 stands for, <= LONGEST_END
    right: str  # what 10 stands for, <= LONGEST_END


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A self-assessment. The constructor takes everything as it is; ``from_json`` cleans and checks."""

    code: str  # [a-z_]{1,30}
    title: str  # one line, <= LONGEST_TITLE
    intro: str  # <= LONGEST_INTRO, may be ""
    about: Subject
    rows: tuple[QuestionnaireRow, ...]  # 1 .. MOST_ROWS

    @property
    def version(self) -> str:
        """12 hexadecimal digits that differ whenever any text differs: the beginning of the SHA-256 of the JSON."""
        return hashlib.sha256(self.to_json().encode("utf-8")).hexdigest()[:_VERSION_LENGTH]

    @property
    def row_codes(self) -> tuple[str, ...]:
        return tuple(row.code for row in self.rows)

    def to_json(self) -> str:
        """The questionnaire as a person can edit it. Never change a character: ``version`` is made of it."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Questionnaire:
        """Read what :meth:`to_json` wrote or somebody edited. Raises QuestionnaireError with all that is wrong.

        Texts are cleaned as ``texts.read_text`` does. Every field must be there, and no other.

        >>> Questionnaire.from_json(ORIENTATION.to_json()) == ORIENTATION
        True
        """
        if len(text) > LONGEST_JSON:
            fault = QuestionnaireFault(QuestionnaireCode.TOO_LONG, "", limit=LONGEST_JSON, length=len(text))
            raise QuestionnaireError([fault])
        try:
            data = json.loads(text, object_pairs_hook=_object)
        except QuestionnaireError:
            raise
        except (ValueError, RecursionError) as refused:  # RecursionError: brackets nested ten thousand deep
            fault = QuestionnaireFault(QuestionnaireCode.NOT_JSON, "", shown=show_value(text))
            raise QuestionnaireError([fault]) from refused
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: object) -> Questionnaire:
        """The same from JSON types, for a form. Raises QuestionnaireError with all that is wrong."""
        reader = _Reader()
        fields = reader.fields(data, ("code", "title", "intro", "about", "rows"))
        read = cls(
            code=reader.code(fields),
            title=reader.text(fields, "title", LONGEST_TITLE),
            intro=reader.text(fields, "intro", LONGEST_INTRO, one_line=False, may_be_empty=True),
            about=reader.subject(fields),
            rows=reader.rows(fields),
        )
        if reader.faults:
            raise QuestionnaireError(reader.faults[:MOST_FAULTS])
        return read


def read_answers(questionnaire: Questionnaire, data: Mapping[str, object]) -> dict[str, int]:
    """The answers in ``data``, JSON types by row code: every row a whole number 0..10, in the order of the rows.

    Raises QuestionnaireError with everything that is wrong.

    >>> read_answers(RELIABLE_TEAM, dict.fromkeys(RELIABLE_TEAM.row_codes, 7))["niche"]
    7
    >>> try:
    ...     read_answers(RELIABLE_TEAM, {**dict.fromkeys(RELIABLE_TEAM.row_codes, 7), "niche": 11})
    ... except QuestionnaireError as refused:
    ...     [(fault.row, fault.field, str(fault.code), fault.shown) for fault in refused.faults]
    [(2, 'niche', 'score_range', '11')]
    """
    faults: list[QuestionnaireFault] = []
    answers: dict[str, int] = {}
    for number, row in enumerate(questionnaire.rows, start=1):
        value = data.get(row.code)
        if value is None:
            faults.append(QuestionnaireFault(QuestionnaireCode.MISSING, row.code, number))
        elif isinstance(value, bool) or not isinstance(value, int):
            faults.append(QuestionnaireFault(QuestionnaireCode.SCORE_TYPE, row.code, number, shown=show_value(value)))
        elif not LOWEST <= value <= HIGHEST:
            faults.append(QuestionnaireFault(QuestionnaireCode.SCORE_RANGE, row.code, number, shown=show_value(value)))
        else:
            answers[row.code] = value
    faults += _unknown(data, questionnaire.row_codes)
    if faults:
        raise QuestionnaireError(faults[:MOST_FAULTS])
    return answers


def first_low_step(questionnaire: Questionnaire, answers: Mapping[str, int]) -> QuestionnaireRow | None:
    """The first row, in their order, answered below LOW_STEP; of the steps alone, where each rests on those before.

    None where no step is low, and for every other questionnaire. An organization's own words for the steps are steps.

    >>> first_low_step(RELIABLE_TEAM, {**dict.fromkeys(RELIABLE_TEAM.row_codes, 5), "team": 4, "results": 0}).label
    'Team'
    """
    if questionnaire.code != RELIABLE_TEAM.code:
        return None
    return next((row for row in questionnaire.rows if answers.get(row.code, HIGHEST) < LOW_STEP), None)


# ---- reading


class _Reader:
    """Reads field by field and collects what is wrong; a wrong text becomes "" and a wrong list ()."""

    def __init__(self) -> None:
        self.faults: list[QuestionnaireFault] = []
        self.row: int | None = None

    def fault(
        self, code: QuestionnaireCode, field: str, value: object = "", limit: int | None = None, length: int = 0
    ) -> None:
        self.faults.append(
            QuestionnaireFault(code, field, self.row, limit, length if limit is not None else None, show_value(value))
        )

    def fields(self, data: object, names: Sequence[str]) -> Mapping[str, object]:
        """The fields of an object, of which all names must be there and no other."""
        if not isinstance(data, Mapping):
            self.fault(QuestionnaireCode.WRONG_TYPE, "", data)
            return {}
        for name in names:
            if name not in data:
                self.fault(QuestionnaireCode.MISSING, name)
        self.faults += _unknown(data, names, self.row)
        return data

    def text(
        self,
        fields: Mapping[str, object],
        name: str,
        limit: int,
        *,
        one_line: bool = True,
        may_be_empty: bool = False,
    ) -> str:
        if name not in fields:
            return ""
        value = fields[name]
        if not isinstance(value, str):
            self.fault(QuestionnaireCode.WRONG_TYPE, name, value)
            return ""
        try:
            text = read_text(value, limit, one_line=one_line)
        except TextFault as fault:
            self.fault(QuestionnaireCode(fault.code), name, fault.shown, fault.limit, fault.length)
            return ""
        if not text and not may_be_empty:
            self.fault(QuestionnaireCode.EMPTY, name)
        return text

    def code(self, fields: Mapping[str, object]) -> str:
        code = fields.get("code", "")
        if isinstance(code, str) and (_CODE.fullmatch(code) or "code" not in fields):
            return code
        wrong = QuestionnaireCode.BAD_CODE if isinstance(code, str) else QuestionnaireCode.WRONG_TYPE
        self.fault(wrong, "code", code, LONGEST_CODE, len(code) if isinstance(code, str) else 0)
        return ""

    def subject(self, fields: Mapping[str, object]) -> Subject:
        value = fields.get("about", Subject.BOTH)
        if isinstance(value, str) and value in set(Subject):
            return Subject(value)
        wrong = QuestionnaireCode.UNKNOWN_CHOICE if isinstance(value, str) else QuestionnaireCode.WRONG_TYPE
        self.fault(wrong, "about", value)
        return Subject.BOTH

    def rows(self, fields: Mapping[str, object]) -> tuple[QuestionnaireRow, ...]:
        listed = fields.get("rows", ())
        if not isinstance(listed, (list, tuple)):
            self.fault(QuestionnaireCode.WRONG_TYPE, "rows", listed)
            return ()
        if "rows" in fields and not 1 <= len(listed) <= MOST_ROWS:
            self.fault(QuestionnaireCode.ROW_COUNT, "rows", listed, MOST_ROWS, len(listed))
            return ()
        rows: list[QuestionnaireRow] = []
        for number, data in enumerate(listed, start=1):
            self.row = number
            row = self.one_row(data)
            if row.code and row.code in {earlier.code for earlier in rows}:
                self.fault(QuestionnaireCode.REPEATED, "code", row.code)
            rows.append(row)
        self.row = None
        return tuple(rows)

    def one_row(self, data: object) -> QuestionnaireRow:
        fields = self.fields(data, ("code", "label", "left", "right"))
        return QuestionnaireRow(
            code=self.code(fields),
            label=self.text(fields, "label", LONGEST_LABEL),
            left=self.text(fields, "left", LONGEST_END),
            right=self.text(fields, "right", LONGEST_END),
        )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object. Of a field that comes twice json would keep the second without a word."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise QuestionnaireError(
                [QuestionnaireFault(QuestionnaireCode.REPEATED, show_value(name), shown=show_value(name))]
            )
        found[name] = value
    return found


def _unknown(data: Mapping[str, object], known: Sequence[str], row: int | None = None) -> list[QuestionnaireFault]:
    unknown = [name for name in data if name not in known][:MOST_FAULTS]
    return [
        QuestionnaireFault(QuestionnaireCode.UNKNOWN_FIELD, show_value(name), row, shown=show_value(data[name]))
        for name in unknown
    ]


# ---- the ones that come with Chainmap; exports/questionnaire_words.py lists their texts for translation

ORIENTATION = Questionnaire(
    code="orientation",
    title="Operations-focused or customer-focused?",
    intro="Nobody is wholly on one side. Choose where things really are today, not where they should be.",
    about=Subject.BOTH,
    rows=(
        QuestionnaireRow(
            "focus",
            "Focus",
            "What counts is that our own work runs smoothly.",
            "What counts is what our customer can do with it.",
        ),
        QuestionnaireRow(
            "attention",
            "Direction of attention",
            "Inwards and upwards: to plans, targets and superiors.",
            "Outwards: to the people who use what we make.",
        ),
        QuestionnaireRow(
            "sales",
            "Sales strategy",
            "We offer what we have and look for somebody to take it.",
            "We find out what is needed and shape our offer to it.",
        ),
        QuestionnaireRow(
            "mindset",
            "Mindset",
            "Done means that it has left our desk.",
            "Done means that it works for the person who got it.",
        ),
        QuestionnaireRow(
            "downturn",
            "Reaction to a downturn",
            "First we save, cut and turn to ourselves.",
            "First we go to our customers and ask what helps them now.",
        ),
    ),
)

_NOT_YET = "Not yet"
RELIABLE_TEAM = Questionnaire(
    code="reliable_team",
    title="Six steps to a reliable team",
    intro="Each step rests on the one before it. How much of it is true today? The first low step is where to begin.",
    about=Subject.BOTH,
    rows=(
        QuestionnaireRow(
            "mastery", "Mastery", _NOT_YET, "Every day: the craft is mastered, and gets better all the time."
        ),
        QuestionnaireRow(
            "niche",
            "Niche",
            _NOT_YET,
            "Every day: it is clear what is done best, for whom, and what others do.",
        ),
        QuestionnaireRow(
            "leverage", "Leverage", _NOT_YET, "Every day: what was learned or built once saves work for many."
        ),
        QuestionnaireRow(
            "team",
            "Team",
            _NOT_YET,
            "Every day: promises are kept, or it is said early that they cannot be.",
        ),
        QuestionnaireRow(
            "synergy", "Synergy", _NOT_YET, "Every day: together more is achieved than anybody could alone."
        ),
        QuestionnaireRow(
            "results", "Results", _NOT_YET, "Every day: customers count on it, and can say what it made possible."
        ),
    ),
)

BUILT_IN: tuple[Questionnaire, ...] = (ORIENTATION, RELIABLE_TEAM)
