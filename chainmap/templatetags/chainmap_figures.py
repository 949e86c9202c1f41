"""Figures in templates: the same words and rounding as in every file, and small bars that need no inline style."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chainmap.domain.findings import Bottlenecks
from chainmap.exports import report_figures, words
from chainmap.exports.plain_text import clean_text

register = template.Library()

#: Steps of a bar drawn as SVG: whole numbers, so that no locale can put a comma into an attribute.
BAR_STEPS = 1000


@register.filter
def percent(share: float | None) -> str:
    """A share 0..1 as "41 %", never broken before the sign; "not known" for None."""
    return _("not known") if share is None else words.percent(share)


@register.filter
def units(value: float | None) -> str:
    """An amount in person-equivalents as "17.59"; "not known" for None. The unit is named beside it."""
    return _("not known") if value is None else words.units(value)


@register.filter
def of_hundred(share: float | None) -> str:
    """A share 0..1 as "41", "less than 1"; "not known" for None."""
    return _("not known") if share is None else report_figures.of_hundred(share)


@register.filter
def part_of(value: float | None, whole: float | None) -> float | None:
    """``value / whole``, None where either is missing or the whole is nothing."""
    return None if value is None or not whole else value / whole


@register.filter
def shown(text: object) -> str:
    """Text from people without control and direction characters; still to be escaped, as every variable is."""
    return clean_text(str(text))


@register.simple_tag
def share_bar(share: float | None) -> SafeString | str:
    """A thin bar for a share 0..1; decoration, the number stands beside it."""
    if share is None:
        return ""
    return format_html(
        '<svg class="bar" viewBox="0 0 {all} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar-all" width="{all}" height="10"/><rect class="bar-part" width="{part}" height="10"/></svg>',
        all=str(BAR_STEPS),
        part=str(_steps(share)),
    )


@register.inclusion_tag("chainmap/_proportion_bar.html")
def proportion_bar(finding: Bottlenecks) -> dict[str, object]:
    """Created = delivered + lost + stranded as one bar; what is lost fades out, as it does at the hand-offs."""
    delivered = _steps((finding.delivered or 0.0) / finding.created)
    lost = min(_steps((finding.lost or 0.0) / finding.created), BAR_STEPS - delivered)
    return {"delivered": delivered, "lost": lost, "rest": delivered + lost, "stranded": BAR_STEPS - delivered - lost}


def _steps(share: float) -> int:
    """A share 0..1 in whole steps; something is never drawn as nothing."""
    return max(round(min(share, 1.0) * BAR_STEPS), 1 if share > 0 else 0)
