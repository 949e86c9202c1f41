"""What rounds say, in templates: the words of ``exports/round_words.py`` as filters."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django import template

from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip
from chainmap.domain.questions import Question, questions_asked
from chainmap.domain.shares import LOWEST_SHARE, Shares
from chainmap.exports import need_words, round_words
from chainmap.models import Round

register = template.Library()

for _name in (
    "nps_sentence",
    "care_sentence",
    "reasons_sentence",
    "moments_sentence",
    "coaching_sentence",
    "mirror_sentence",
    "reason_label",
    "moment_label",
    "dimension_label",
    "cell_mean_words",
    "cell_raters_words",
    "cell_nps_words",
):
    register.filter(_name, getattr(round_words, _name))


@register.filter
def dimensions(card: Card, chip: str) -> str:
    """The I-CARE dimensions of a card with this chip, ``good`` or ``missing``, as a list in words."""
    said = [dimension for dimension, given in card.care.items() if given == Chip(chip)]
    return ", ".join(round_words.dimension_label(dimension) for dimension in said)


register.filter("needs_met", need_words.needs_met)


@register.filter
def asks(round: Round, question: str) -> bool:
    """Whether the cards of the round had this part."""
    return Question(question) in questions_asked(round.question_set, round.mode)


@register.filter
def said_shares(shares: Shares, part: str) -> list[tuple[str, str]]:
    """(word, share) of one part of the shares of a cell, those above the lowest step only, most first.

    The rest is "10 % or less", which the page says once.
    """
    label = {"reasons": round_words.reason_label, "moments": round_words.moment_label}.get(
        part, round_words.dimension_label
    )
    found: Mapping[StrEnum, int] = getattr(shares, part)
    most = sorted((row for row in found.items() if row[1] > LOWEST_SHARE), key=lambda row: -row[1])
    return [(label(each), round_words.share_words(share)) for each, share in most]  # type: ignore[arg-type]
