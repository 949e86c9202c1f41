"""The parts of a card as a page shows them: choices to tick, and in words what a card says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from chainmap.domain.cards import HIGHEST_SCORE, LOWEST_SCORE, Card, CardField
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.exports import round_words
from chainmap.exports.need_words import met_label, needs_met
from chainmap.exports.plain_text import clean_text
from chainmap.services.ballots import NeedShown
from chainmap.web.card_forms import CARE_PREFIX, NEED_PREFIX


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio."""

    value: str  # "" = says nothing
    label: str
    checked: bool
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class CareRow:
    """One dimension of I-CARE, or one need, and its radios."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    note: str = ""


def score_choices(chosen: str) -> tuple[Choice, ...]:
    """The eleven numbers, plain: no colours, no names of groups."""
    numbers = [str(score) for score in range(LOWEST_SCORE, HIGHEST_SCORE + 1)]
    return tuple(Choice(number, number, number == chosen) for number in numbers)


def reason_choices(chosen: str) -> tuple[Choice, ...]:
    return _choices(Reason, chosen, round_words.reason_label)


def moment_choices(chosen: str) -> tuple[Choice, ...]:
    return _choices(Moment, chosen, round_words.moment_label)


def care_rows(typed: Mapping[str, str]) -> tuple[CareRow, ...]:
    """The five dimensions, in their order."""
    words = {chip: round_words.chip_label(chip) for chip in (Chip.GOOD, Chip.MISSING)}
    rows = []
    for dimension in Dimension:
        name = f"{CARE_PREFIX}{dimension.value}"
        chosen = typed.get(name, "")
        said = tuple(Choice(chip.value, label, chip.value == chosen) for chip, label in words.items())
        open_ = Choice("", _("leave open"), chosen not in words)
        rows.append(CareRow(name, round_words.dimension_label(dimension), (*said, open_)))
    return tuple(rows)


def need_rows(needs: Iterable[NeedShown], typed: Mapping[str, str]) -> tuple[CareRow, ...]:
    """The needs told beforehand, each to be ticked as met or not met; not those the supplier cannot meet."""
    rows = []
    for need in needs:
        if not need.is_asked:
            continue
        name = f"{NEED_PREFIX}{need.number}"
        chosen = typed.get(name, "")
        words = [(chip.value, met_label(chip)) for chip in (Chip.GOOD, Chip.MISSING)]
        said = tuple(Choice(value, label, value == chosen) for value, label in words)
        open_ = Choice("", _("leave open"), chosen not in {value for value, _label in words})
        note = _("agreed") if need.reply == "agreed" else ""
        rows.append(CareRow(name, clean_text(need.text, 200), (*said, open_), note))
    return tuple(rows)


def needs_refused(needs: Iterable[NeedShown]) -> list[str]:
    """Those the supplier said they cannot meet: they are shown, and not asked about."""
    return [clean_text(need.text, 200) for need in needs if not need.is_asked]


def score_words(card: Card) -> str:
    """The answer to the question itself."""
    if card.not_this_period:
        return round_words.field_label(CardField.NOT_THIS_PERIOD)
    return _("no answer yet") if card.score is None else str(card.score)


def card_words(card: Card) -> list[tuple[str, str]]:
    """(part, what it says) of everything the card says, the score always."""
    label = round_words.field_label
    care = [f"{round_words.dimension_label(each)}: {round_words.chip_label(chip)}" for each, chip in card.care.items()]
    said = [
        (label(CardField.SCORE), score_words(card)),
        (label(CardField.REASON), round_words.reason_label(card.reason) if card.reason else ""),
        (label(CardField.MOMENT), round_words.moment_label(card.moment) if card.moment else ""),
        (label(CardField.MOMENT_LINE), card.moment_line),
        (label(CardField.CARE), "\n".join(care)),
        (label(CardField.NEEDS), needs_met(card)),
        (label(CardField.COMMENT), card.comment),
        (label(CardField.WISH), card.wish),
        (label(CardField.SHARED), _("yes") if card.shared else ""),
    ]
    return [said[0], *(part for part in said[1:] if part[1])]


def sent_words(sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """(part, what was sent) of a form nobody could take, so that its texts can be copied; read by nobody else."""
    parts = (CardField.SCORE, CardField.MOMENT_LINE, CardField.COMMENT, CardField.WISH)
    return [(round_words.field_label(part), text) for part in parts if (text := sent.get(part.value, ""))]


def differences(stored: Card, typed: Card) -> list[tuple[str, str, str]]:
    """(part, what is stored, what was typed) where the two differ; a dash where one says nothing."""
    theirs, mine = dict(card_words(stored)), dict(card_words(typed))
    parts = list(dict.fromkeys([*theirs, *mine]))
    return [(part, theirs.get(part, "–"), mine.get(part, "–")) for part in parts if theirs.get(part) != mine.get(part)]


def _choices(kinds: Iterable[StrEnum], chosen: str, label: Callable[..., str]) -> tuple[Choice, ...]:
    known = list(kinds)
    said = tuple(Choice(kind.value, label(kind), kind.value == chosen) for kind in known)
    return (*said, Choice("", _("leave open"), chosen not in {kind.value for kind in known}))
