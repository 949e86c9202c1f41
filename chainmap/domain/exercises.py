"""The nine exercises of a workshop: how long each takes, and whether one person says one thing in it or several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Exercise(StrEnum):
    """What the room is asked, in the order in which a coach would run it."""

    CLIENT = "client"  # who is your most important client?
    DRAW = "draw"  # draw our chain
    RATE = "rate"  # rate live
    MOMENTS = "moments"  # magic and misery
    LADDER = "ladder"  # how far does the loyalty of our customers go?
    ORIENTATION = "orientation"  # customer-focused or operations-focused
    PURPOSE = "purpose"  # what for?
    COFFEE = "coffee"  # who talks to whom now
    AGREEMENTS = "agreements"


class WorkshopMode(StrEnum):
    """Who learns what somebody said."""

    OPEN = "open"  # everybody in the room, the coach and the managers see names and scores
    ANONYMOUS = "anonymous"  # an entry is tied to nobody; figures of enough people only


@dataclass(frozen=True, slots=True)
class ExerciseRule:
    """How an exercise is run unless the coach says otherwise."""

    seconds: int  # what the timer starts with
    several: bool  # whether one person may have several entries


RULES: Mapping[Exercise, ExerciseRule] = {
    Exercise.CLIENT: ExerciseRule(120, several=False),
    Exercise.DRAW: ExerciseRule(300, several=True),
    Exercise.RATE: ExerciseRule(240, several=True),
    Exercise.MOMENTS: ExerciseRule(240, several=True),
    Exercise.LADDER: ExerciseRule(90, several=False),
    Exercise.ORIENTATION: ExerciseRule(180, several=False),
    Exercise.PURPOSE: ExerciseRule(240, several=False),
    Exercise.COFFEE: ExerciseRule(600, several=False),
    Exercise.AGREEMENTS: ExerciseRule(480, several=True),
}

#: Entries one person may have in one edition of an exercise; more is no answer any more but a flood.
MOST_ENTRIES = 40


def takes_several(kind: Exercise, mode: WorkshopMode) -> bool:
    """Whether one person may have several entries. Without a name one rates the whole, once.

    >>> takes_several(Exercise.RATE, WorkshopMode.OPEN), takes_several(Exercise.RATE, WorkshopMode.ANONYMOUS)
    (True, False)
    """
    if kind == Exercise.RATE and mode == WorkshopMode.ANONYMOUS:
        return False
    return RULES[kind].several
