"""What a rating card asks besides the score: the question sets a round chooses from."""

from __future__ import annotations

from enum import StrEnum


class Question(StrEnum):
    """The optional parts of a card, and the mirror of the supplier."""

    REASON = "reason"
    MOMENT = "moment"
    CARE = "care"  # I-CARE
    COMMENT = "comment"
    WISH = "wish"  # what I need instead
    NEEDS = "needs"  # which of the needs told beforehand were met; signed rounds only
    MIRROR = "mirror"  # "what do you think they would say?", asked of the supplier


class QuestionSet(StrEnum):
    """Named sets, so that rounds can be compared."""

    SCORE = "score"
    SHORT = "short"
    FULL = "full"


#: What each set asks; the score always.
QUESTIONS: dict[QuestionSet, frozenset[Question]] = {
    QuestionSet.SCORE: frozenset(),
    QuestionSet.SHORT: frozenset({Question.REASON, Question.COMMENT}),
    QuestionSet.FULL: frozenset(Question),
}


def questions_asked(question_set: str, mode: str) -> frozenset[Question]:
    """What the cards of a round ask besides the score. Raises ValueError for a set nobody knows.

    Needs belong to two people, so an anonymous round does not speak of them.

    >>> Question.NEEDS in questions_asked("full", "pair"), Question.NEEDS in questions_asked("full", "anonymous")
    (True, False)
    """
    asked = QUESTIONS[QuestionSet(question_set)]
    return asked - {Question.NEEDS} if mode == "anonymous" else asked
