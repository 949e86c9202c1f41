"""Hand-offs as rows of a page: the finding, with names that lead on and words for how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from chainmap.domain.findings import Basis, HandOffFinding
from chainmap.exports import words
from chainmap.exports.picture_style import yield_band
from chainmap.exports.plain_text import clean_text
from chainmap.web.party_links import PartyLinks


@dataclass(frozen=True, slots=True)
class HandOffRow:
    """One hand-off to show."""

    finding: HandOffFinding
    supplier: SafeString  # link
    customer: SafeString  # link
    deliverable: str
    certainty: str
    band: int | None  # class of the yield scale, None when the yield is only assumed


def handoff_rows(findings: Iterable[HandOffFinding], links: PartyLinks) -> list[HandOffRow]:
    """The rows for the findings, in their order."""
    return [
        HandOffRow(
            finding=finding,
            supplier=links[finding.supplier],
            customer=links[finding.customer],
            deliverable=clean_text(finding.deliverable),
            certainty=words.certainty(finding),
            band=None if finding.yield_ is None or finding.basis == Basis.ASSUMED else yield_band(finding.yield_),
        )
        for finding in findings
    ]
