"""For whom decisions wait, with names that lead on to the parties."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.permissions import DecisionOwner, Permissions
from chainmap.exports import words
from chainmap.web.party_links import PartyLinks

#: Owners, chains of permission and loops that are told.
OWNERS_SHOWN, CHAINS_SHOWN, LOOPS_SHOWN = 5, 3, 3


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """The parties it is about, as links, and one sentence."""

    names: SafeString
    sentence: str


@dataclass(frozen=True, slots=True)
class DecisionItems:
    """What decision rights say: whom everything waits for, who asks whom who asks whom, who wait for each other."""

    said: str
    items: list[DecisionItem]
    more: int  # further parties that decide for others


def decision_items(found: Permissions, links: PartyLinks) -> DecisionItems:
    """The finding in words; no items where nobody decides for others."""
    items = [DecisionItem(links[owner.party], _owner(owner)) for owner in found.owners[:OWNERS_SHOWN]]
    for chain in found.chains[:CHAINS_SHOWN]:
        items.append(DecisionItem(_joined(_(" asks "), chain, links), _("one permission waits for the next")))
    for loop in found.loops[:LOOPS_SHOWN]:
        items.append(DecisionItem(_joined(", ", loop, links), _("they wait for each other’s decisions")))
    total = found.said + found.unsaid
    said = ngettext(
        "For %(said)s of %(total)s hand-off somebody said who decides on exceptions.",
        "For %(said)s of %(total)s hand-offs somebody said who decides on exceptions.",
        total,
    ) % {"said": found.said, "total": total}
    return DecisionItems(said, items, max(len(found.owners) - OWNERS_SHOWN, 0))


def _joined(between: str, ids: tuple[str, ...], links: PartyLinks) -> SafeString:
    return format_html_join(between, "{}", ((links[id_],) for id_ in ids))


def _owner(owner: DecisionOwner) -> str:
    handoffs = ngettext("%(count)s hand-off", "%(count)s hand-offs", owner.handoffs) % {"count": owner.handoffs}
    people = ngettext("%(count)s person", "%(count)s people", owner.askers) % {"count": owner.askers}
    sentences = [_("decides on exceptions for %(handoffs)s of %(people)s") % {"handoffs": handoffs, "people": people}]
    if owner.dependence is not None:
        share = {"share": words.percent(owner.dependence)}
        sentences.append(_("%(share)s of everything delivered passes such a decision") % share)
    if owner.waits:
        said = ngettext(
            "%(count)s answer says “I have to ask for authorization”",
            "%(count)s answers say “I have to ask for authorization”",
            owner.waits,
        )
        sentences.append(said % {"count": owner.waits})
    return "; ".join(sentences) + "."
