"""The exercises of a workshop as questions on paper, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chainmap.domain.exercises import Exercise
from chainmap.domain.ladder import Rung
from chainmap.domain.questionnaires import Questionnaire
from chainmap.exports.ladder_words import rung_label, rung_sentence
from chainmap.exports.paper_form import BLANK_ROWS, PaperQuestion
from chainmap.exports.plain_text import clean_text
from chainmap.exports.questionnaire_words import questionnaire_shown
from chainmap.exports.round_words import scale_ends
from chainmap.exports.workshop_words import exercise_instruction, exercise_title


@dataclass(frozen=True, slots=True)
class Asked:
    """One exercise as the coach asks it: its kind, and their own words ("" = those that come with it)."""

    kind: Exercise
    instruction: str = ""


def paper_questions(
    asked: Iterable[Asked], *, is_anonymous: bool, received: Sequence[tuple[str, str]], orientation: Questionnaire
) -> tuple[PaperQuestion, ...]:
    """``received``: deliverable and supplier of what the person receives; () for a form for anybody.

    In an anonymous workshop no question asks for what only one person could say.
    """
    return tuple(
        _question(one.kind, exercise_instruction(one.kind, one.instruction), is_anonymous, received, orientation)
        for one in asked
    )


def _question(
    kind: Exercise,
    instruction: str,
    is_anonymous: bool,
    received: Sequence[tuple[str, str]],
    orientation: Questionnaire,
) -> PaperQuestion:
    title = exercise_title(kind)
    if kind == Exercise.RATE:
        return PaperQuestion(title, instruction, "scores", _rated(is_anonymous, received), scale_ends())
    if kind == Exercise.ORIENTATION:
        shown = questionnaire_shown(orientation)
        ends = _("0: the first sentence is true"), _("10: the second one is")
        rows = tuple(f"{row.label}: {row.left} / {row.right}" for row in shown.rows)
        return PaperQuestion(title, instruction, "scores", rows, ends)
    if kind == Exercise.LADDER:
        rows = tuple(f"{rung_label(rung).capitalize()}: {rung_sentence(rung)}" for rung in reversed(Rung))
        return PaperQuestion(title, instruction, "ticks", rows)
    return PaperQuestion(title, instruction, "lines", _lines(kind, is_anonymous))


def _rated(is_anonymous: bool, received: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    if is_anonymous:
        return (_("All in all"),)
    if not received:
        return ("",) * BLANK_ROWS
    values = [{"what": clean_text(what, 80), "name": clean_text(name, 60)} for what, name in received]
    return tuple(
        (_("%(what)s, from %(name)s") if each["what"] else _("What I get from %(name)s")) % each for each in values
    )


def _lines(kind: Exercise, is_anonymous: bool) -> tuple[str, ...]:
    between = () if is_anonymous else (_("Who, for whom"),)
    rows = {
        Exercise.CLIENT: ("",),
        Exercise.DRAW: (_("I get"), _("from"), _("I get"), _("from"), _("I give"), _("to"), _("I give"), _("to")),
        Exercise.MOMENTS: (_("Magic"), "", _("Misery"), ""),
        Exercise.PURPOSE: ("", ""),
        Exercise.COFFEE: (_("I talked with"), _("What I take along")),
        Exercise.AGREEMENTS: (_("What"), "", *between, _("Until when")),
    }
    return rows[kind]
