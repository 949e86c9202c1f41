"""Why a figure of a hand-off is not the mean of its own scores, in plain words."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.translation import ngettext

from chainmap.domain.exercise_results import RateResult


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
