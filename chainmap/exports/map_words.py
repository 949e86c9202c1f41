"""What the map and its sheets say: what one looks at, the legend, and what a hand-off costs the end customer."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.chain_map import ChainMap
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding
from chainmap.domain.intervals import Interval
from chainmap.exports import words
from chainmap.exports.picture_style import BAND_COUNT, BAND_LIMITS
from chainmap.exports.report_figures import of_hundred, plural_of

#: Rounding errors of a float do not widen a range by a whole unit.
_TINY = 1e-9


def map_words(found: ChainMap, finding: Bottlenecks) -> dict[str, str]:
    """Everything said beside a map, by name: headline, supporting, next, about, width, assumed, band_0 .. band_4."""
    said = {
        "headline": words.headline(finding),
        "supporting": words.where_the_rest_goes(finding),
        "next": words.next_step(finding),
        "about": about(found),
        "width": _("The wider the line, the more work is handed over."),
        "assumed": _("Dashed: not shown, taken as average.") if found.released else _("Dashed: nobody has rated it."),
    }
    return said | {f"band_{band}": band_words(band) for band in range(BAND_COUNT)}


def about(found: ChainMap) -> str:
    """What am I looking at: in three sentences, for somebody who sees a map for the first time."""
    if not found.parties:
        return _("There is no chain yet: nobody and no hand-off has been entered.")
    who = _("Every box is a team.") if found.by_team else _("Every box is a person, an end customer or a supplier.")
    way = _("Work goes from left to right along the lines, to the end customers on the right.")
    if not found.analysed:
        return f"{who} {way}"
    return f"{who} {way} " + _("The wider a line, the more work goes along it; its colour says how much of it arrives.")


def band_words(band: int) -> str:
    """The name of a yield band 0..4: "under 40 of 100 arrive" .. "90 of 100 or more arrive"."""
    if not 0 <= band < BAND_COUNT:
        raise ValueError(f"there is no yield band {band}; they go from 0 to {BAND_COUNT - 1}")
    if band == 0:
        return _("under %(limit)s of 100 arrive") % {"limit": of_hundred(BAND_LIMITS[0])}
    lower = of_hundred(BAND_LIMITS[band - 1])
    if band == BAND_COUNT - 1:
        return _("%(limit)s of 100 or more arrive") % {"limit": lower}
    return _("%(from)s to %(to)s of 100 arrive") % {"from": lower, "to": of_hundred(BAND_LIMITS[band])}


def cost_sentence(handoff: HandOffFinding, finding: Bottlenecks) -> str:
    """What the hand-off costs the end customer, or why that cannot be said."""
    values = {"place": words.between(handoff, words.party_names(finding))}
    if not finding.analysed:
        return _("No ratings yet: what is lost %(place)s cannot be said.") % values
    if handoff.basis == Basis.ASSUMED:
        if finding.released:
            return _("What is lost %(place)s is not shown: too few people answered. It is taken as average.") % values
        return _("What is lost %(place)s is not known: nobody has rated it. It is taken as average.") % values
    if not handoff.flow:
        return _("No work that can reach an end customer is handed over %(place)s.") % values
    if not handoff.lost:
        return _("Nothing is lost %(place)s: everything arrives.") % values
    if not handoff.recoverable or not finding.created:
        return _("What is lost %(place)s would reach no end customer: no way leads on from there.") % values
    values["gain"] = of_hundred(handoff.recoverable / finding.created)
    text = _("If everything arrived %(place)s, of every 100 units of work %(gain)s more would reach the end customer.")
    return text % values


def arrives_sentence(handoff: HandOffFinding) -> str:
    """How much of what is handed over arrives; "" where nothing is known of it."""
    if handoff.yield_ is None or handoff.basis == Basis.ASSUMED:
        return ""
    figure = of_hundred(handoff.yield_)
    text = ngettext(
        "Of every 100 units handed over here, %(arrive)s arrives.",
        "Of every 100 units handed over here, %(arrive)s arrive.",
        plural_of(figure),
    )
    return text % {"arrive": figure}


def certainty_sentence(handoff: HandOffFinding, likely: Interval | None) -> str:
    """How sure that is: by the answers behind it, and where the figure lies with 90 % certainty."""
    sure = words.certainty(handoff) + "."
    if likely is None:
        return sure
    between = _("With 90 %% certainty between %(low)s and %(high)s of 100 arrive.") % {
        "low": number_format(math.floor(100 * likely.low + _TINY), 0),
        "high": number_format(math.ceil(100 * likely.high - _TINY), 0),
    }
    return f"{sure} {between}"


def left_out_sentence(shown: int, total: int) -> str:
    """How much of a long table is not on the page; "" where all of it is."""
    if shown >= total:
        return ""
    text = ngettext(
        "%(count)s more row is not on this page.", "%(count)s more rows are not on this page.", total - shown
    )
    return text % {"count": total - shown}
