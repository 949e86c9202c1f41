"""My page, in templates: a face made of letters, and what two sides say of a hand-off in words."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chainmap.exports import path_picture
from chainmap.exports.plain_text import clean_text
from chainmap.services.handoffs import claims_of
from chainmap.services.own import OwnHandOff

register = template.Library()

#: Characters of the longest text of my page.
_LONGEST = 500

#: State of OwnRow -> words to its reader; "outside" is nobody who could confirm, so nothing is said.
CLAIM_WORDS = {
    "both": gettext_noop("you both say it is so"),
    "mine": gettext_noop("named by you alone so far"),
    "theirs": gettext_noop("waits for your word"),
    "unsaid": gettext_noop("confirmed by nobody yet"),
}


class ClaimRow(Protocol):
    """A hand-off of the reader's, and the state of OwnRow it is in."""

    own: OwnHandOff
    state: str


@register.filter
def initials(name: object) -> str:
    """One or two letters for the circle beside a name; decoration, the name stands beside it."""
    return path_picture.initials(str(name))


@register.filter
def claim_words(row: ClaimRow) -> str:
    """What the two sides of a hand-off say of it; "" where the other side is not asked."""
    if row.state == "disputed":
        return _disputed(row.own)
    return _(CLAIM_WORDS[row.state]) if row.state in CLAIM_WORDS else ""


def _disputed(own: OwnHandOff) -> str:
    mine, theirs = claims_of(own)
    if mine == theirs:
        return _("you both say it is not so")
    if mine == "no":
        return _("you say it is not so")
    return _("%(name)s says it is not so") % {"name": clean_text(own.other.name)}


@register.filter
def whole(text: object) -> str:
    """As ``shown``, for sentences of people: not cut after a name's length."""
    return clean_text(str(text), _LONGEST)
