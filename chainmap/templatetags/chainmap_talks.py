"""What conversations and agreements say, in templates: the words of ``exports/talk_words.py`` as filters."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils import timezone

from chainmap.exports import talk_words

register = template.Library()

for _name in ("effect_sentence", "effect_certainty", "summary_sentence", "score_words"):
    register.filter(_name, getattr(talk_words, _name))


@register.filter
def due_words(day: date) -> str:
    """How far away a day is from today: "in 3 days"."""
    return talk_words.due_words(day, timezone.localdate())
