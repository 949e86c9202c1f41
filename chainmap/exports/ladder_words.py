"""The words of the loyalty ladder: what a rung means, what it asks for, and what would take the two there.

The same rules for everybody, said in full on every page that shows a rung. Names come cleaned but not escaped.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.ladder import EXCELLENT, GOOD, MAGIC_FOR_A_STORY, RULES, LadderPlace, Rung, Step
from chainmap.exports.plain_text import clean_text


@dataclass(frozen=True, slots=True)
class RungWords:
    """One rung of the picture."""

    name: str
    sentence: str  # what it is to stand there
    rules: tuple[str, ...]  # what it asks for besides the rungs below, for anybody
    is_reached: bool
    is_current: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class LadderWords:
    """The ladder of one hand-off for one of its two sides."""

    rungs: tuple[RungWords, ...]  # highest first, as one looks at a ladder
    current: str  # name of the rung
    standing: str  # a sentence: where the customer stands now
    next_name: str  # "" on the highest
    missing: tuple[str, ...]  # what would take the two there, as each side may do it


def ladder_words(place: LadderPlace, *, is_supplier: bool, other: str) -> LadderWords:
    """The ladder for the supplier (``is_supplier``) or the customer; ``other`` is the name of the other side.

    >>> from chainmap.domain.ladder import find_ladder
    >>> words = ladder_words(find_ladder([8], magic=0, misery_unanswered=1, stories=0), is_supplier=True, other="Bob")
    >>> str(words.next_name), [str(step) for step in words.missing]
    ('supporter', ['A second 7 or more from Bob, right after the last one.', 'Answer the open moment of misery.'])
    """
    order = list(Rung)
    height = order.index(place.rung)
    name = clean_text(other)
    say = _step_for_supplier if is_supplier else _step_for_customer
    return LadderWords(
        rungs=tuple(
            RungWords(
                name=rung_label(rung),
                sentence=rung_sentence(rung),
                rules=tuple(rule_sentence(step) for step in RULES[rung]),
                is_reached=number <= height,
                is_current=number == height,
                is_next=rung == place.next_rung,
            )
            for number, rung in reversed(list(enumerate(order)))
        ),
        current=rung_label(place.rung),
        standing=_standing(place.rung, name if is_supplier else ""),
        next_name=rung_label(place.next_rung) if place.next_rung else "",
        missing=tuple(say(step, name) for step in place.missing),
    )


def rung_label(rung: Rung) -> str:
    """The name of a rung."""
    return {
        Rung.PROSPECT: pgettext("rung", "prospect"),
        Rung.CUSTOMER: pgettext("rung", "customer"),
        Rung.CLIENT: pgettext("rung", "client"),
        Rung.SUPPORTER: pgettext("rung", "supporter"),
        Rung.ADVOCATE: pgettext("rung", "advocate"),
        Rung.APOSTLE: pgettext("rung", "apostle"),
    }[rung]


def rung_sentence(rung: Rung) -> str:
    """What it is to stand on a rung."""
    return {
        Rung.PROSPECT: _("Receives the work, and has not said yet how it arrives."),
        Rung.CUSTOMER: _("Says how it arrives, good or not."),
        Rung.CLIENT: _("Was served well the last time."),
        Rung.SUPPORTER: _("Is served well again and again, and is heard when something goes wrong."),
        Rung.ADVOCATE: _("Got what was needed, and a moment worth telling."),
        Rung.APOSTLE: _("Gets what is needed again and again, and tells others of it."),
    }[rung]


def rule_sentence(step: Step) -> str:
    """A step as a rule that anybody can check."""
    return {
        Step.RATED: _("There is a score."),
        Step.LAST_GOOD: _("The last score is %(good)s or more."),
        Step.TWICE_GOOD: _("The last two scores are %(good)s or more."),
        Step.NO_OPEN_MISERY: _("Every moment of misery has an answer in words from the supplier."),
        Step.LAST_EXCELLENT: _("The last score is %(excellent)s or more."),
        Step.MAGIC: _("There is a magic moment."),
        Step.TWICE_EXCELLENT: _("The last two scores are %(excellent)s or more."),
        Step.TELLS: _(
            "The customer told a story of success that this hand-off is part of, or %(magic)s magic moments."
        ),
    }[step] % _FIGURES


def _standing(rung: Rung, name: str) -> str:
    values = {"name": name, "rung": rung_label(rung)}
    if name:
        return _("%(name)s stands on the rung “%(rung)s” here.") % values
    return _("You stand on the rung “%(rung)s” here.") % values


def _step_for_supplier(step: Step, name: str) -> str:
    """What would take the two there, as the supplier may bring it about."""
    said = {
        Step.RATED: _("A first score from %(name)s: ask in the next round, or over a coffee."),
        Step.LAST_GOOD: _("A next score of %(good)s or more from %(name)s: ask what is missing."),
        Step.TWICE_GOOD: _("A second %(good)s or more from %(name)s, right after the last one."),
        Step.NO_OPEN_MISERY: _("Answer the open moment of misery."),
        Step.LAST_EXCELLENT: _("A next score of %(excellent)s or more from %(name)s: ask what would make it that."),
        Step.MAGIC: _("A moment that %(name)s finds worth telling: a little more than what was asked for."),
        Step.TWICE_EXCELLENT: _("A score of %(excellent)s or more from %(name)s two times in a row."),
        Step.TELLS: _("A story of success from %(name)s, or %(magic)s magic moments."),
    }[step]
    return said % (_FIGURES | {"name": name})


def _step_for_customer(step: Step, name: str) -> str:
    """The same for the one who receives: what they could say, and what has to arrive first."""
    said = {
        Step.RATED: _("Say how it arrives: your score in the next round."),
        Step.LAST_GOOD: _(
            "More of what you need arrives, so that you can say %(good)s. Tell %(name)s what is missing."
        ),
        Step.TWICE_GOOD: _("It arrives like that again, so that you can say %(good)s or more two times in a row."),
        Step.NO_OPEN_MISERY: _("%(name)s answers your open moment of misery."),
        Step.LAST_EXCELLENT: _(
            "All you need arrives, so that you can say %(excellent)s. Tell %(name)s what that takes."
        ),
        Step.MAGIC: _("Something goes better than you asked for, and you tell %(name)s."),
        Step.TWICE_EXCELLENT: _("All you need arrives two times in a row, so that you can say %(excellent)s or more."),
        Step.TELLS: _("You tell a story of success that this hand-off made possible, or %(magic)s magic moments."),
    }[step]
    return said % (_FIGURES | {"name": name})


_FIGURES: dict[str, object] = {"good": round(GOOD), "excellent": round(EXCELLENT), "magic": MAGIC_FOR_A_STORY}
