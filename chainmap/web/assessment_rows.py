"""Answers of a self-assessment for a page: each row as dots between its two ends, with the numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.domain.questionnaire_profiles import PublishedMean, PublishedProfile
from chainmap.domain.questionnaires import HIGHEST, LOWEST, Questionnaire, QuestionnaireRow
from chainmap.exports.questionnaire_words import published_mean_words

#: The line of a row in whole units, so that no locale can put a comma into an attribute: 0 is at 20, 10 at 420.
_START, _STEP = 20, 40


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row: where the dots are on the line, and what they say."""

    row: QuestionnaireRow
    own: int | None  # 0..10
    own_x: int | None
    team: str  # "6.5", "2 or less"; "" without a figure
    team_x: int | None


@dataclass(frozen=True, slots=True)
class DotLine:
    """The marks every line has."""

    marks: tuple[int, ...] = tuple(_START + _STEP * score for score in range(LOWEST, HIGHEST + 1))


def dot_rows(shown: Questionnaire, answers: Mapping[str, int] | None, profile: PublishedProfile | None) -> list[DotRow]:
    """A row of dots for each row of the questionnaire; own answers, a published figure, or both."""
    return [_dot_row(row, (answers or {}).get(row.code), profile) for row in shown.rows]


def _dot_row(row: QuestionnaireRow, own: int | None, profile: PublishedProfile | None) -> DotRow:
    mean: PublishedMean | None = None if profile is None else profile.means.get(row.code)
    return DotRow(
        row,
        own=own,
        own_x=None if own is None else _START + _STEP * own,
        team="" if mean is None else published_mean_words(mean),
        team_x=None if mean is None else round(_START + _STEP * mean.mean),
    )
