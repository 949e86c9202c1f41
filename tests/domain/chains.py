"""Chains for the tests: a short notation, random chains for hypothesis, the real data, and a plain reference solver."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def kind_of(name: str) -> PartyKind:
    if name[0].isupper():
        return PartyKind.END_CUSTOMER
    return PartyKind.EXTERNAL_SUPPLIER if name.startswith("ext") else PartyKind.EMPLOYEE


def chain_of(
    *links: str,
    extra: str = "",
    ratings: tuple[Rating, ...] = (),
    teams: dict[str, str] | None = None,
    capacity: dict[str, float] | None = None,
) -> Chain:
    """``chain_of("a>b y=.5 w=2 d=plan", "b>C")``: an upper case name is an end customer, ``ext...`` a supplier."""
    names: list[str] = []
    handoffs = []
    for link in links:
        ends, *options = link.split()
        supplier, customer = ends.split(">")
        given = dict(option.split("=") for option in options)
        handoffs.append(
            HandOff(
                supplier,
                customer,
                given.get("d", ""),
                volume=float(given.get("w", 1)),
                passes=int(given["n"]) if "n" in given else None,
                returned=int(given["r"]) if "r" in given else None,
                given_yield=float(given["y"]) if "y" in given else None,
            )
        )
        names += [supplier, customer]
    parties = [
        Party(name, name.title(), kind_of(name), (teams or {}).get(name, ""), (capacity or {}).get(name))
        for name in dict.fromkeys([*names, *extra.split()])
    ]
    return Chain.from_records(parties, handoffs, ratings, allow_self=True)


@st.composite
def random_chains(draw: st.DrawFn, *, least_yield: float = 0.0, ratings: bool = False, teams: bool = False) -> Chain:
    """Small chains with cycles, isolates, dead ends, parallel hand-offs and several end customers."""
    people = [f"p{number}" for number in range(draw(st.integers(1, 7)))]
    ends = [f"E{number}" for number in range(draw(st.integers(0, 2)))]
    pair = st.tuples(st.sampled_from(people), st.sampled_from(people + ends), st.sampled_from(["", "plan"]))
    links = draw(st.lists(pair, max_size=18, unique=True))
    links = [link for link in links if link[0] != link[1]]
    volume = st.sampled_from([0.25, 1.0, 2.0, 3.5])
    yield_ = st.none() if ratings else st.floats(least_yield, 1.0)
    scores = st.none() | st.integers(0, 10)
    return Chain.from_records(
        [
            Party(
                name,
                name,
                kind_of(name),
                draw(st.sampled_from(["", "red", "blue"])) if teams else "",
                capacity=draw(st.sampled_from([None, 0.0, 0.5, 2.0])),
            )
            for name in people + ends
        ],
        [HandOff(*link, volume=draw(volume), given_yield=draw(yield_)) for link in links],
        [
            Rating(supplier, customer, score, deliverable)
            for supplier, customer, deliverable in (links if ratings else [])
            if (score := draw(scores)) is not None
        ],
    )


class Reference:
    """MODEL section 3 written down as plainly as possible: loops, a dense solve, networkx for reach."""

    def __init__(self, chain: Chain, value: np.ndarray, capacity: np.ndarray | None = None) -> None:
        n, ends = chain.party_count, set(np.flatnonzero(chain.is_end_customer).tolist())
        links = list(zip(chain.supplier.tolist(), chain.customer.tolist(), strict=True))
        graph = nx.DiGraph(links)
        graph.add_nodes_from(range(n))
        self.inside = set(ends)
        for end in ends:
            self.inside |= nx.ancestors(graph, end)
        total = [sum(w for (i, _), w in zip(links, chain.volume, strict=True) if i == k) for k in range(n)]
        self.share = np.array([w / total[i] for (i, _), w in zip(links, chain.volume, strict=True)])
        self.weights = np.zeros((n, n))
        for (i, j), p, y in zip(links, self.share, value, strict=True):
            if i in self.inside and j in self.inside:
                self.weights[i, j] += p * y
        own = chain.capacity if capacity is None else capacity
        self.own = np.array([own[k] if k in self.inside else 0.0 for k in range(n)])
        self.inverse = np.linalg.inv(np.eye(n) - self.weights)
        self.inflow = self.own @ self.inverse
        self.reach = self.inverse @ np.array([float(k in ends) for k in range(n)])
        self.delivered = float(self.own @ self.reach)


def read_real(folder: str) -> tuple[Chain, int]:
    """A folder of real data as a chain, scores rescaled to 0..10, and how many ratings belong to no hand-off."""

    def rows(name: str) -> list[dict[str, str]]:
        with (DATA / folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    parties = [Party(row["id"], row["name"], PartyKind(row["kind"]), row["team"]) for row in rows("people.csv")]
    handoffs = [
        HandOff(row["supplier"], row["customer"], row["deliverable"], float(row["volume"]))
        for row in rows("handoffs.csv")
    ]
    known = {(handoff.supplier, handoff.customer) for handoff in handoffs}
    ratings, dropped = [], 0
    for row in rows("ratings.csv"):
        low, high = float(row["scale_min"]), float(row["scale_max"])
        if (row["supplier"], row["customer"]) in known:
            ratings.append(Rating(row["supplier"], row["customer"], 10 * (float(row["score"]) - low) / (high - low)))
        else:
            dropped += 1
    return Chain.from_records(parties, handoffs, ratings), dropped
