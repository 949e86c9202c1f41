"""Figures on the screens of a workshop."""

from __future__ import annotations

from django import template

from chainmap.exports import workshop_words

register = template.Library()


@register.filter
def clock(seconds: int | None) -> str:
    """Seconds as "2:05"; "" where no timer runs."""
    return "" if seconds is None else workshop_words.clock(seconds)


@register.filter
def unlocalized(number: int | None) -> str:
    """A whole number for a script: digits alone in every language."""
    return "" if number is None else str(int(number))
