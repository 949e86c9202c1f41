"""What the shape of a chain says, with names that lead on to the parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Bottlenecks, Cycle, SinglePoint
from chainmap.exports import words
from chainmap.web.party_links import PartyLinks

#: Names shown in one sentence, and loops or single points shown in one list.
NAMES_SHOWN = 8
ITEMS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class StructureItem:
    """One sentence, the parties it is about, and why it matters."""

    sentence: str
    names: SafeString  # links, and how many more there are
    meaning: str


def structure_items(finding: Bottlenecks, links: PartyLinks) -> list[StructureItem]:
    """Dead ends, end customers without supplier, loops (largest first), single points (most blocked first)."""
    structure = finding.structure
    items = []
    if structure.dead_ends:
        items.append(_dead_ends(structure.dead_ends, links))
    if structure.customers_without_supplier:
        items.append(_without_supplier(structure.customers_without_supplier, links))
    items += [_loop(cycle, links) for cycle in structure.cycles[:ITEMS_SHOWN]]
    items += [_single_point(point, links) for point in structure.single_points[:ITEMS_SHOWN]]
    return items


def _item(sentence: str, ids: Sequence[str], links: PartyLinks, meaning: str) -> StructureItem:
    names = format_html_join(", ", "{}", ((links[id_],) for id_ in ids[:NAMES_SHOWN]))
    more = len(ids) - NAMES_SHOWN
    if more > 0:
        names = format_html(_("{names} and {count} more"), names=names, count=more)
    return StructureItem(sentence=sentence, names=names, meaning=meaning)


def _dead_ends(ids: Sequence[str], links: PartyLinks) -> StructureItem:
    sentence = ngettext(
        "The work of %(count)s party reaches no end customer:",
        "The work of %(count)s parties reaches no end customer:",
        len(ids),
    ) % {"count": len(ids)}
    return _item(sentence, ids, links, _("Who receives it? Enter that hand-off, or ask what the work is for."))


def _without_supplier(ids: Sequence[str], links: PartyLinks) -> StructureItem:
    sentence = ngettext(
        "%(count)s end customer receives nothing:", "%(count)s end customers receive nothing:", len(ids)
    ) % {"count": len(ids)}
    return _item(sentence, ids, links, _("Enter who hands over to them, or take them out of the chain."))


def _loop(cycle: Cycle, links: PartyLinks) -> StructureItem:
    sentence = _("Work can go round in a loop of %(count)s parties:") % {"count": len(cycle.parties)}
    meaning = ""
    if cycle.repeated:
        meaning = _("%(amount)s person-equivalents of work pass through it more than once.") % {
            "amount": words.units(cycle.repeated)
        }
    return _item(sentence, cycle.parties, links, meaning)


def _single_point(point: SinglePoint, links: PartyLinks) -> StructureItem:
    sentence = ngettext(
        "Everything that %(count)s other party does for end customers goes through one place:",
        "Everything that %(count)s other parties do for end customers goes through one place:",
        len(point.blocks),
    ) % {"count": len(point.blocks)}
    meaning = ""
    if point.dependence is not None:
        meaning = _("%(share)s of everything delivered passes through there.") % {
            "share": words.percent(point.dependence)
        }
    return _item(sentence, [point.party], links, meaning)
