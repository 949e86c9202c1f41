"""How fast and how certain the engine is, as ratios against igraph's PageRank on the same graph in the same run.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.engine [--people 13000] [--kinds team rework]

Process CPU time, median of the repeats, everything from the arrays of a chain. igraph (GPL) is a peer here and nothing
else: the product does not use it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import igraph
import numpy as np

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.bottlenecks import find_bottlenecks, find_team_bottlenecks
from chainmap.domain.dominators import immediate_post_dominators
from chainmap.domain.gains import REFINED, find_gains
from chainmap.domain.network import Network
from chainmap.domain.records import Chain
from chainmap.domain.structure import find_structure
from chainmap.domain.value_flow import find_value_flow
from chainmap.domain.yields import Yields
from tests.benchmarks.graphs import KINDS, company

Result = TypeVar("Result")


def timed(work: Callable[[], Result], repeats: int) -> tuple[float, Result]:
    """Median CPU milliseconds of the work, and what it returned last."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = work()
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times), result


def pagerank(chain: Chain, weights: Sequence[float]) -> Callable[[], object]:
    """igraph's PageRank by volume share, on a graph built beforehand."""
    edges = np.column_stack([chain.supplier, chain.customer]).tolist()
    graph = igraph.Graph(n=chain.party_count, edges=edges, directed=True)
    return lambda: graph.pagerank(weights=weights)


def solve_everything(chain: Chain) -> Analysis:
    """From the arrays of the chain to every figure: yields, flow, gains with their bounds, clients, structure."""
    solved = analyse(chain)
    find_structure(solved.network, solved.flow, solved.gains)
    assert solved.clients is not None
    return solved


def measure(chain: Chain, kind: str, repeats: int) -> list[str]:
    """The lines of one graph."""
    network, yields = Network.of(chain), Yields.of(chain)
    flow = find_value_flow(network, yields)
    peer, _ = timed(pagerank(chain, network.share.tolist()), repeats)
    flow_time, flow = timed(lambda: find_value_flow(network, yields), repeats)
    gains_time, gains = timed(lambda: find_gains(network, yields, flow), repeats)
    rows = {
        "network: shares, reach, cycle blocks": timed(lambda: Network.of(chain), repeats)[0],
        "yields": timed(lambda: Yields.of(chain), repeats)[0],
        "reach and inflow (v and x)": flow_time,
        "gains, dependence with bounds": gains_time,
        "dominators": timed(lambda: immediate_post_dominators(network), repeats)[0],
        "all figures, no records": timed(lambda: solve_everything(chain), repeats)[0],
        "find_bottlenecks": timed(lambda: find_bottlenecks(chain, organization=kind), repeats)[0],
        "find_team_bottlenecks": timed(lambda: find_team_bottlenecks(chain, organization=kind), repeats)[0],
    }
    relative = gains.recoverable_error / np.maximum(gains.recoverable, np.finfo(float).tiny)
    top = np.argsort(-gains.recoverable)[:REFINED]
    gap = abs(flow.created - flow.delivered - flow.total_lost - flow.stranded) / flow.created
    return [
        f"{kind}: {chain.party_count} parties, {chain.handoff_count} hand-offs, largest cycle block "
        f"{network.block_sizes.max()}, PageRank {peer:.1f} ms",
        *(f"  {name:<38} {spent:9.1f} ms {spent / peer:8.2f} x PageRank" for name, spent in rows.items()),
        f"  error of recoverable: largest {relative.max():.2%}, p99 {np.quantile(relative, 0.99):.2%}, "
        f"top {REFINED} {relative[top].max():.1e}; of dependence, absolute: {gains.dependence_error.max():.1e}",
        f"  balance {gap:.1e} of created, residual {flow.residual:.1e} ({flow.method})",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=13_000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        if os.environ.get(variable) != "1":
            parser.error(f"set {variable}=1: threads that wait would count as CPU time, of the peer and of the engine")
    for kind in options.kinds:
        chain = company(options.people, kind)
        sys.stdout.write("\n".join(measure(chain, kind, options.repeats)) + "\n")


if __name__ == "__main__":
    main()
