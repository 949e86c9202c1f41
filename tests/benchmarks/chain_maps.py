"""Invented chains of any size in the shape the map page gets: layers of teams, loops, parallel hand-offs, long names.

Places come from the layout of the product, flows from a plain solve of the balance.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from chainmap.domain.map_layout import Shape, layout

FIRST = [
    "Ada", "Bruno", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katya", "Luca", "Mira",
    "Nils", "Olga", "Paul", "Rosa", "Sami", "Tilda", "Uwe",
]  # fmt: skip
LAST = [
    "Abel", "Berg", "Costa", "Dahl", "Eder", "Fink", "Gallo", "Haas", "Ivanov", "Jansen", "Kuhn", "Lenz", "Marino",
    "Nowak", "Ott", "Pohl", "Rossi", "Stein", "Toth", "Weber",
]  # fmt: skip
TEAMS = [
    "Research", "Buying", "Planning", "Design", "Engineering", "Production", "Quality", "Logistics", "Sales",
    "Service", "Billing", "Support",
]  # fmt: skip
THINGS = [
    "forecast", "plan", "order", "drawing", "released part list", "report", "test result", "offer",
    "delivery note", "answer", "invoice",
]  # fmt: skip
LONG = "Maximiliana Theodora von der Hohenwartsberger-Castellanos y Fernández de la Vega"


def make_map(handoffs: int, people: int | None = None, seed: int = 5) -> dict[str, Any]:
    """As many hand-offs among about a third as many parties; the flow solves the balance of every party."""
    random = Random(seed)
    people = people or max(12, handoffs * 3 // 10)
    layers = max(5, min(11, round(people**0.42)))
    parties = [_party(index, people, layers, random) for index in range(people)]
    links = _links(parties, handoffs, random)
    _solve(parties, links)
    _place(parties, links)
    teams = _teams(parties)
    lost = sum(link["lost"] for link in links)
    delivered = sum(_arrives(link) for link in links if parties[link["to"]]["kind"] == "end_customer")
    return {
        "version": str(seed), "name": f"{handoffs} hand-offs", "by_team": False, "released": True, "analysed": True,
        "opens_folded": people > 300, "may_arrange": True,
        "totals": {"created": lost + delivered, "delivered": delivered, "lost": lost, "stranded": 0.0,
                   "chain_yield": delivered / (lost + delivered)},
        "size": {axis: max(one[place] for one in parties) + 80.0 for axis, place in (("width", "x"), ("height", "y"))},
        "parties": parties, "teams": teams, "links": links, "words": {},
    }  # fmt: skip


def _party(index: int, people: int, layers: int, random: Random) -> dict[str, Any]:
    """The last few are end customers, the first few suppliers from outside, everybody else in layers of teams."""
    ends, outside = min(14, max(3, people // 12)), min(8, max(1, people // 20))
    layer = 1 + (index - outside) * (layers - 2) // max(1, people - ends - outside)
    kind, name = "employee", f"{random.choice(FIRST)} {random.choice(LAST)}"
    if index == people // 2:
        name = LONG
    if index >= people - ends:
        layer, kind, name = layers - 1, "end_customer", f"Customer {index - people + ends + 1}"
    elif index < outside:
        layer, kind, name = 0, "external_supplier", f"Supplier {index + 1}"
    team = None if kind != "employee" else layer if people < 100 else layer * 4 + index % 4
    return {"id": index, "name": name, "kind": kind, "team": team, "layer": layer, "x": 0.0, "y": 0.0, "inflow": None,
            "reach": None, "dependence": None, "client": None, "href": f"#party-{index}"}  # fmt: skip


def _place(parties: list[dict[str, Any]], links: list[dict[str, Any]]) -> None:
    shape = Shape(
        is_end=np.array([one["kind"] == "end_customer" for one in parties]),
        supplier=np.array([link["from"] for link in links], np.int32),
        customer=np.array([link["to"] for link in links], np.int32),
        weight=np.array([link["share"] for link in links]),
        team=np.array([-1 if one["team"] is None else one["team"] for one in parties], np.int64),
    )
    places = layout(shape)
    for one, x, y in zip(parties, places.x.tolist(), places.y.tolist(), strict=True):
        one["x"], one["y"] = x, y


def _links(parties: list[dict[str, Any]], handoffs: int, random: Random) -> list[dict[str, Any]]:
    givers = [one for one in parties if one["kind"] != "end_customer"]
    later = {one["id"]: [other for other in parties if other["layer"] == one["layer"] + 1] for one in givers}
    links = [_link(one, random.choice(later[one["id"]]), random) for one in givers][:handoffs]
    while len(links) < handoffs:
        one = random.choice(givers)
        near = later[one["id"]]
        if random.random() < 0.12:  # the same layer or back: loops
            back = [other for other in givers if one["layer"] - 1 <= other["layer"] <= one["layer"]]
            near = [other for other in back if other is not one and other["kind"] == "employee"] or near
        # mostly the same few: chains of work, not a cloud
        near = sorted(near, key=lambda other: abs(other["id"] % 29 - one["id"] % 29))[: max(3, len(near) // 6)]
        links.append(_link(one, random.choice(near), random))
    for number, link in enumerate(links, 1):
        link["id"] = number
        link["href"] = f"#handoff-{number}"
    pairs: dict[frozenset[int], int] = {}
    for link in links:
        pair = frozenset((link["from"], link["to"]))
        pairs[pair] = pairs.get(pair, 0) + 1
        link["bend"] = (pairs[pair] - 1) * 0.3 * (-1 if link["from"] > link["to"] else 1)
    return links


def _link(one: dict[str, Any], other: dict[str, Any], random: Random) -> dict[str, Any]:
    assumed = random.random() < 0.12
    yielded = 0.85 if assumed else min(0.99, max(0.1, random.betavariate(9, 1.6)))
    if random.random() < 0.06:
        yielded = random.uniform(0.15, 0.55)
    return {"id": 0, "from": one["id"], "to": other["id"], "what": random.choice(THINGS),
            "volume": random.choice((1, 1, 2, 3, 5)), "share": None, "yield": yielded, "flow": None, "lost": None,
            "lost_share": None, "gain": None, "gain_share": None, "basis": "assumed" if assumed else "rated",
            "ratings": 0 if assumed else random.randint(1, 9), "rank": None, "bend": 0.0, "href": None}  # fmt: skip


def _solve(parties: list[dict[str, Any]], links: list[dict[str, Any]]) -> None:
    """inflow = own capacity + what arrives; every party splits all it has among its hand-offs by volume."""
    given = np.zeros(len(parties))
    for link in links:
        given[link["from"]] += link["volume"]
    carried = np.zeros((len(parties), len(parties)))
    for link in links:
        link["share"] = link["volume"] / given[link["from"]]
        carried[link["to"], link["from"]] += link["share"] * link["yield"]
    own = np.array([1.0 if one["kind"] == "employee" else 0.0 for one in parties])
    inflow = np.linalg.solve(np.eye(len(parties)) - carried, own + 1e-9)
    lost = 0.0
    for one, value in zip(parties, inflow, strict=True):
        one["inflow"] = float(value)
    for link in links:
        link["flow"] = float(inflow[link["from"]]) * link["share"]
        link["lost"] = link["flow"] * (1 - link["yield"])
        lost += link["lost"]
        best = parties[link["from"]].setdefault("_best", (0.0, None))
        if _arrives(link) > best[0]:
            parties[link["from"]]["_best"] = (_arrives(link), link["to"])
    for one in parties:
        one["client"] = one.pop("_best", (0.0, None))[1]
    ranked = sorted((link for link in links if link["basis"] != "assumed"), key=lambda link: -link["lost"])
    for rank, link in enumerate(ranked, 1):
        link["rank"], link["lost_share"] = rank, link["lost"] / lost


def _arrives(link: dict[str, Any]) -> float:
    return link["flow"] * link["yield"]


def _teams(parties: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = sorted({one["team"] for one in parties if one["team"] is not None})
    teams = []
    for index, number in enumerate(numbers):
        members = [one for one in parties if one["team"] == number]
        for one in members:
            one["team"] = index
        name = TEAMS[number % len(TEAMS)] + (f" {number // len(TEAMS) + 1}" if number >= len(TEAMS) else "")
        x, y = (sum(one[axis] for one in members) / len(members) for axis in ("x", "y"))
        teams.append({"id": index, "name": name, "x": x, "y": y})
    return teams
