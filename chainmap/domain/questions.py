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
