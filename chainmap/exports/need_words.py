"""Words about needs: what a customer said they need from a hand-off, and whether an answer says it was met."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip


def met_label(chip: Chip) -> str:
    """What is ticked beside a need. Raises KeyError for a chip that says nothing."""
    return {Chip.GOOD: _("met"), Chip.MISSING: _("not met")}[chip]


def needs_met(card: Card) -> str:
    """How many of the needs an answer speaks of were met; empty where it speaks of none."""
    if not card.needs:
        return ""
    met = sum(chip == Chip.GOOD for chip in card.needs.values())
    return _("%(met)d met, %(missing)d not met") % {"met": met, "missing": len(card.needs) - met}
