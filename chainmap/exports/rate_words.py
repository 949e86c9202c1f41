"""What the room's scores say of the whole chain: how much of it is known, and why a figure is not the mean of its own
scores, in plain words."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.exercise_results import RateResult
from chainmap.exports.report_figures import of_hundred

#: Fewer than this part of the hand-offs without a rating moves no headline.
_FEW = 0.1


def careful_sentence(result: RateResult) -> str:
    """Why one score moves a figure less far than its own number; "" where every score counts in full."""
    if not result.kappa or result.arrives is None or not result.links:
        return ""
    return ngettext(
        "A few scores count carefully: as if %(count)s more person had given the average of all in the chain. So a"
        " figure may stand below or above the mean of its own scores, until many have rated.",
        "A few scores count carefully: as if %(count)s more people had given the average of all in the chain. So a"
        " figure may stand below or above the mean of its own scores, until many have rated.",
        math.ceil(result.kappa),
    ) % {"count": number_format(int(result.kappa) if result.kappa == int(result.kappa) else result.kappa)}


def rated_so_far(result: RateResult) -> str:
    """How many hand-offs are known, before any figure: where most are not, a figure of the whole would startle."""
    total, assumed = result.handoffs or 0, result.assumed or 0
    return ngettext(
        "%(rated)s of %(total)s hand-offs is rated so far",
        "%(rated)s of %(total)s hand-offs are rated so far",
        total - assumed,
    ) % {"rated": total - assumed, "total": total}


def if_average_sentence(result: RateResult) -> str:
    """What would reach the end customers if the hand-offs nobody has rated were average; "" where it is not known."""
    if result.arrives is None:
        return ""
    said = _(
        "Nobody has rated the others yet. If they are average, %(after)s of every 100 units of work reach the end"
        " customer."
    ) % {"after": of_hundred(min(result.arrives, 1.0))}
    if result.arrived is None:
        return said
    before = _("Counted in the same way, it was %(before)s before the workshop.")
    return f"{said} {before % {'before': of_hundred(min(result.arrived, 1.0))}}"


def assumed_words(result: RateResult) -> str:
    """How many hand-offs are taken as average; "" where nearly all are known, or where that is said already."""
    if not result.assumed or not result.handoffs or result.is_mostly_assumed:
        return ""
    if result.assumed < _FEW * result.handoffs:
        return ""
    return ngettext(
        "%(unknown)s of %(total)s hand-offs is only assumed to be average: nobody has rated it.",
        "%(unknown)s of %(total)s hand-offs are only assumed to be average: nobody has rated them.",
        result.assumed,
    ) % {"unknown": result.assumed, "total": result.handoffs}
