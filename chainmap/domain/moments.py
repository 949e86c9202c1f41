"""Moments of truth: magic against misery, and what two coaching rules make of it (issue 3, items 2 and 5).

The counts and their balance are what people said. The rules "two magic moments make up for one misery" and "a misery
is told to 20 people, a magic moment to 10" are figures that coaches work with, not measurements: they are settings,
their results come in a class of their own and carry the label ``COACHING_RULE``, to be shown with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Moment(StrEnum):
    """How an encounter was, in the words of the one who was served."""

    MAGIC = "magic"
    ORDINARY = "ordinary"
    MISERY = "misery"


class Reading(StrEnum):
    """Which side prevails."""

    NOTHING_SAID = "nothing_said"
    ONLY_ORDINARY = "only_ordinary"
    MORE_MAGIC = "more_magic"
    MORE_MISERY = "more_misery"
    EVEN = "even"


class Label(StrEnum):
    """What kind of statement a figure is."""

    COACHING_RULE = "coaching_rule"  # a rule of thumb; not a finding about this organization


@dataclass(frozen=True, slots=True)
class MomentBalance:
    """What was counted in one group of answers."""

    magic: int
    ordinary: int
    misery: int

    @property
    def said(self) -> int:
        """n: how many named a moment."""
        return self.magic + self.ordinary + self.misery

    @property
    def balance(self) -> int:
        """Magic minus misery, in moments."""
        return self.magic - self.misery

    @property
    def magic_for_one_misery(self) -> float | None:
        """Magic moments for each misery; None where there is no misery."""
        return self.magic / self.misery if self.misery else None

    @property
    def reading(self) -> Reading:
        """Which side prevails."""
        if not self.said:
            return Reading.NOTHING_SAID
        if not self.magic and not self.misery:
            return Reading.ONLY_ORDINARY
        if self.balance:
            return Reading.MORE_MAGIC if self.balance > 0 else Reading.MORE_MISERY
        return Reading.EVEN


@dataclass(frozen=True, slots=True)
class CoachingRules:
    """The figures of the rules, all above 0. Raises ValueError for others."""

    magic_for_one_misery: float = 2.0  # magic moments that make up for one misery
    told_of_misery: int = 20  # people who hear of one misery
    told_of_magic: int = 10  # people who hear of one magic moment

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(f"the coaching rule {name!r} must be above 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class CoachingView:
    """What the rules make of a balance. Never to be shown without ``label`` and the figures of ``rules``."""

    rules: CoachingRules
    magic_wanted: int  # magic moments the rule asks for, given the miseries
    magic_still_wanted: int  # of these, not there yet; 0 = made up for
    told_of_misery: int  # people who heard of a misery, if the rule held
    told_of_magic: int  # people who heard of a magic moment, if the rule held
    label: Label = Label.COACHING_RULE

    @property
    def made_up_for(self) -> bool:
        """Whether there are as many magic moments as the rule asks for; True where there is no misery."""
        return self.magic_still_wanted == 0


def find_moment_balance(moments: Iterable[Moment | None]) -> MomentBalance:
    """Count the moments of a group of answers; None stands for an answer that names none.

    >>> found = find_moment_balance([Moment.MAGIC, Moment.MISERY, Moment.MAGIC, Moment.ORDINARY, None])
    >>> found.balance, found.magic_for_one_misery, found.said
    (1, 2.0, 4)
    """
    listed = list(moments)
    return MomentBalance(*(listed.count(moment) for moment in Moment))


def apply_coaching_rules(balance: MomentBalance, rules: CoachingRules | None = None) -> CoachingView:
    """What the rules (the usual ones when none are given) make of the counts; not a finding.

    >>> view = apply_coaching_rules(MomentBalance(magic=3, ordinary=10, misery=2))
    >>> view.magic_still_wanted, view.told_of_misery, view.told_of_magic, str(view.label)
    (1, 40, 30, 'coaching_rule')
    """
    chosen = CoachingRules() if rules is None else rules
    exact = Fraction(str(chosen.magic_for_one_misery))  # 1.1 means eleven tenths, not its nearest float
    wanted = math.ceil(exact * balance.misery)
    return CoachingView(
        rules=chosen,
        magic_wanted=wanted,
        magic_still_wanted=max(wanted - balance.magic, 0),
        told_of_misery=chosen.told_of_misery * balance.misery,
        told_of_magic=chosen.told_of_magic * balance.magic,
    )
