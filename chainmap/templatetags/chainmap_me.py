"""My page, in templates: a face made of letters, and what two sides say of a hand-off in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chainmap.exports import path_picture
from chainmap.exports.plain_text import clean_text

register = template.Library()

#: Characters of the longest text of my page.
_LONGEST = 500

#: State of OwnRow -> words to its reader; "outside" is nobody who could confirm, so nothing is said.
CLAIM_WORDS = {
    "both": gettext_noop("named by both"),
    "mine": gettext_noop("named by you alone so far"),
    "theirs": gettext_noop("waits for your word"),
    "disputed": gettext_noop("one of you says it is not so"),
    "unsaid": gettext_noop("confirmed by nobody yet"),
}


@register.filter
def initials(name: object) -> str:
    """One or two letters for the circle beside a name; decoration, the name stands beside it."""
    return path_picture.initials(str(name))


@register.filter
def claim_words(state: str) -> str:
    """What the two sides of a hand-off say of it; "" where the other side is not asked."""
    return _(CLAIM_WORDS[state]) if state in CLAIM_WORDS else ""


@register.filter
def whole(text: object) -> str:
    """As ``shown``, for sentences of people: not cut after a name's length."""
    return clean_text(str(text), _LONGEST)
