"""A chain map as the data a page draws it from: numbers, cleaned names, addresses and words, and a version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import orjson

from chainmap.domain.chain_map import ChainMap, MapLink, MapParty
from chainmap.exports.plain_text import clean_text

#: Significant digits of a figure: no screen shows more, and a file of 5,000 hand-offs is half as long.
_DIGITS = 9


def map_json(
    found: ChainMap,
    *,
    words: Mapping[str, str],
    may_arrange: bool,
    party_address: Callable[[MapParty], str | None],
    link_address: Callable[[MapLink], str | None],
) -> dict[str, object]:
    """The data of a map. ``version`` is a digest of everything else: it changes when anything changes.

    Figures that cannot be known are None; values are person-equivalents, yields and shares 0..1, places in units of
    the map. ``party_address`` and ``link_address`` give the address of a page, None where there is none.
    """
    data: dict[str, object] = {
        "name": clean_text(found.name),
        "by_team": found.by_team,
        "released": found.released,
        "analysed": found.analysed,
        "opens_folded": found.opens_folded,
        "may_arrange": may_arrange,
        "totals": {
            "created": _figure(found.created),
            "delivered": _figure(found.delivered),
            "lost": _figure(found.lost),
            "stranded": _figure(found.stranded),
            "chain_yield": _figure(found.chain_yield),
        },
        "size": {"width": found.width, "height": found.height},
        "parties": [_party(party, party_address(party)) for party in found.parties],
        "teams": [{"id": team.id, "name": _name(team.name), "x": team.x, "y": team.y} for team in found.teams],
        "links": [_link(link, link_address(link)) for link in found.links],
        "words": dict(words),
    }
    digest = hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {"version": digest[:20], **data}


def _party(party: MapParty, address: str | None) -> dict[str, object]:
    return {
        "id": party.id,
        "name": _name(party.name),
        "kind": party.kind.value,
        "team": party.team,
        "x": party.x,
        "y": party.y,
        "inflow": _figure(party.inflow),
        "reach": _figure(party.reach),
        "dependence": _figure(party.dependence),
        "client": party.client,
        "href": address,
    }


def _link(link: MapLink, address: str | None) -> dict[str, object]:
    return {
        "id": link.id,
        "from": link.supplier,
        "to": link.customer,
        "what": clean_text(link.what),
        "volume": _figure(link.volume),
        "share": _figure(link.share),
        "yield": _figure(link.yield_),
        "flow": _figure(link.flow),
        "lost": _figure(link.lost),
        "lost_share": _figure(link.lost_share),
        "gain": _figure(link.gain),
        "gain_share": _figure(link.gain_share),
        "basis": link.basis.value,
        "ratings": link.ratings,
        "rank": link.rank,
        "bend": link.bend,
        "href": address,
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _name(name: str) -> str:
    return clean_text(name) or "?"
