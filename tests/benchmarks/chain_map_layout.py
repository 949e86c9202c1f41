"""How fast the map is laid out, as a ratio to the analysis of the same chain in the same run, and how tidy it is.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.chain_map_layout [--repeats 5]

Process CPU time, median of the repeats, everything from the arrays of a chain. Crossings of straight links are counted
against the same columns in a random order, and up to 600 links against the layout of Graphviz (dot, ranks left to
right), which is a peer here: nothing of it is used by the map.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from chainmap.domain.analysis import analyse
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.chain_map import chain_map
from chainmap.domain.map_crossings import count_crossings
from chainmap.domain.map_layout import Places, Shape, layout
from chainmap.domain.network import Network
from chainmap.domain.records import Chain
from chainmap.exports import graphviz
from chainmap.exports.picture_error import PictureError
from tests.benchmarks.engine import timed
from tests.benchmarks.graphs import company

#: People that make about 50, 500, 5,000 and 50,000 hand-offs.
SIZES = (9, 70, 690, 6_600)
#: More links than this are not counted, more than that not given to dot: it takes minutes.
COUNTED, DRAWN = 6_000, 600


def shape_of(chain: Chain) -> Shape:
    """What a layout is made from."""
    numbers = {team: number for number, team in enumerate(sorted(set(chain.party_teams) - {""}))}
    return Shape(
        is_end=chain.is_end_customer,
        supplier=chain.supplier,
        customer=chain.customer,
        weight=Network.of(chain).share,
        team=np.array([numbers.get(team, -1) for team in chain.party_teams], np.int64),
    )


def shuffled(places: Places, seed: int = 1) -> Places:
    """The same columns in a random order."""
    random = np.random.default_rng(seed)
    y = places.y.copy()
    for x in np.unique(places.x):
        y[places.x == x] = random.permutation(places.y[places.x == x])
    return Places(places.x, y)


def drawn_by_dot(chain: Chain) -> Places | None:
    """Where dot puts everybody, end customers last; None where it does not end in time."""
    ends = " ".join(f"{party};" for party in np.flatnonzero(chain.is_end_customer).tolist())
    links = " ".join(f"{one}->{two};" for one, two in zip(chain.supplier, chain.customer, strict=True))
    parties = " ".join(f"{party};" for party in range(chain.party_count))
    source = f"digraph {{rankdir=LR; {parties} {{rank=max; {ends}}} {links}}}"
    try:
        plain = graphviz.layout(source, format="plain", seconds=60).decode()  # type: ignore[arg-type]
    except PictureError:
        return None
    rows = [line.split() for line in plain.splitlines() if line.startswith("node ")]
    places = Places(np.empty(chain.party_count), np.empty(chain.party_count))
    for _node, party, x, y, *_rest in rows:
        places.x[int(party)], places.y[int(party)] = float(x), float(y)
    return places


def crossings(chain: Chain, places: Places) -> int:
    """Pairs of links that cross."""
    return count_crossings(places.x, places.y, chain.supplier, chain.customer)


def measure(people: int, kind: str, repeats: int) -> str:
    """One line of the table."""
    chain = company(people, kind)
    shape = shape_of(chain)
    analysis_time, _ = timed(lambda: analyse(chain).gains, repeats)
    finding = find_bottlenecks(chain, organization=kind)
    layout_time, places = timed(lambda: layout(shape), repeats)
    map_time, _ = timed(lambda: chain_map(finding), repeats)
    kept = np.stack([places.x, places.y], axis=1)
    kept[:: max(chain.party_count // 20, 1)] = np.nan
    added_time, _ = timed(lambda: layout(shape, kept), repeats)
    row = (
        f"{kind:7} {chain.party_count:6,} {chain.handoff_count:7,}  {analysis_time:8.1f}  {layout_time:8.1f}"
        f" ({layout_time / analysis_time:6.2f})  {map_time:8.1f} ({map_time / analysis_time:6.2f})  {added_time:8.1f}"
        f"  {len(set(places.x.tolist())):3}"
    )
    if chain.handoff_count <= COUNTED:
        ours = crossings(chain, places)
        row += f"  {ours:9,}  {ours / max(crossings(chain, shuffled(places)), 1):5.2f}"
        drawn = drawn_by_dot(chain) if chain.handoff_count <= DRAWN else None
        if drawn is not None:
            row += f"  {ours / max(crossings(chain, drawn), 1):5.2f} ({len(set(drawn.x.tolist()))} columns)"
    return row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    print("CPU ms; in brackets: times the analysis of the same chain. Crossings: ours, ours / random, ours / dot.")
    print("kind   parties  links  analysis  layout            with map            20 added  columns crossings")
    for kind in ("team", "rework"):
        for people in SIZES:
            print(measure(people, kind, given.repeats), flush=True)


if __name__ == "__main__":
    sys.exit(main())
