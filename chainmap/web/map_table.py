"""The table twin of the map: the same parties and hand-offs, for whoever reads rather than looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding
from chainmap.exports import map_words, words
from chainmap.exports.picture_style import yield_band

#: Rows of each table on the page; the rest is in the file, and the ranking has pages of its own.
ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One hand-off in words and figures."""

    finding: HandOffFinding
    address: str | None
    supplier: str
    customer: str
    what: str
    certainty: str
    band: int | None  # 0..4, None where the yield is assumed or not known


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party, and its most important client."""

    name: str
    address: str | None
    team: str
    client: str
    inflow: float | None
    reach: float | None


@dataclass(frozen=True, slots=True)
class MapTable:
    """Both tables, and what of them is not on the page."""

    links: Sequence[LinkRow]
    parties: Sequence[PartyRow]
    links_left: str
    parties_left: str
    file: str  # address of all of it, "" for whoever may not take it away


def map_table(finding: Bottlenecks, data: Mapping[str, Any], *, files: str) -> MapTable:
    """The rows of a map's ``data``: hand-offs most to win back first, then the unknown; parties by what comes there."""
    by_id = {link["id"]: link for link in data["links"]}
    parties: list[dict[str, Any]] = data["parties"]
    name_of = {party["id"]: party["name"] for party in parties}
    shown = finding.handoffs[:ROWS_SHOWN]
    largest = sorted(parties, key=lambda party: (-(party["inflow"] or 0.0), party["name"], party["id"]))[:ROWS_SHOWN]
    return MapTable(
        links=[_link(one, by_id[one.key], name_of) for one in shown],
        parties=[_party(party, data["teams"], name_of) for party in largest],
        links_left=map_words.left_out_sentence(len(shown), len(finding.handoffs)),
        parties_left=map_words.left_out_sentence(len(largest), len(parties)),
        file=files,
    )


def _link(finding: HandOffFinding, link: Mapping[str, Any], name_of: Mapping[int, str]) -> LinkRow:
    return LinkRow(
        finding=finding,
        address=link["href"],
        supplier=name_of[link["from"]],
        customer=name_of[link["to"]],
        what=link["what"],
        certainty=words.certainty(finding),
        band=_band(finding),
    )


def _band(finding: HandOffFinding) -> int | None:
    if finding.yield_ is None or finding.basis == Basis.ASSUMED:
        return None
    return yield_band(finding.yield_)


def _party(party: Mapping[str, Any], teams: Sequence[Mapping[str, Any]], name_of: Mapping[int, str]) -> PartyRow:
    return PartyRow(
        name=party["name"],
        address=party["href"],
        team="" if party["team"] is None else teams[party["team"]]["name"],
        client=name_of.get(party["client"], ""),
        inflow=party["inflow"],
        reach=party["reach"],
    )
