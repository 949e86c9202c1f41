"""The ladder of a hand-off in templates: the words of ``exports/ladder_words.py``."""

from __future__ import annotations

from django import template

from chainmap.exports.ladder_words import LadderWords, ladder_words
from chainmap.services.moments import HandOffMoments
from chainmap.services.own import OwnHandOff

register = template.Library()


@register.simple_tag
def ladder_of(moments: HandOffMoments, own: OwnHandOff) -> LadderWords:
    """The rungs and what would take the two one up, as the reader's side may do it."""
    return ladder_words(moments.ladder, is_supplier=own.is_supplier, other=own.other.name)
