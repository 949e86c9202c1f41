"""A second what-if, written apart and as plainly as possible: rows of dictionaries, networkx, one dense solve.

It shares nothing with ``chainmap.domain`` but the names of the changes.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np

from chainmap.domain.analysis import Analysis
from chainmap.domain.scenario_changes import Add, Remove, Reroute, SetVolume, SetYield

Row = dict[str, Any]


def rows_of(analysis: Analysis) -> list[Row]:
    chain = analysis.chain
    return [
        {"key": int(chain.handoff_keys[h]), "i": int(chain.supplier[h]), "j": int(chain.customer[h]),
         "what": chain.deliverables[h], "w": float(chain.volume[h]), "y": float(analysis.yields.value[h])}
        for h in range(chain.handoff_count)
    ]  # fmt: skip


def changed(rows: list[Row], changes: Any, mean: float) -> list[Row]:
    """Parties are meant by position, as in chains made from records."""
    rows = [dict(row) for row in rows]
    for place, change in enumerate(changes):
        if isinstance(change, Add):
            rows.append({"key": -1 - place, "i": change.supplier, "j": change.customer, "what": change.deliverable,
                         "w": change.volume, "y": mean if change.yield_ is None else change.yield_})  # fmt: skip
            continue
        row = next(row for row in rows if row["key"] == change.handoff)
        if isinstance(change, SetYield):
            row["y"] = change.yield_
        elif isinstance(change, SetVolume):
            row["w"] = change.volume
        elif isinstance(change, Remove):
            rows.remove(row)
        elif isinstance(change, Reroute):
            row["j"], row["key"] = change.customer, -1 - place
    return rows


def solved(rows: list[Row], capacity: Any, ends: set[int]) -> tuple[dict[str, float], dict[int, tuple[float, float]]]:
    """Created, delivered, lost and stranded, and (flow, lost) of every hand-off by its key."""
    n = len(capacity)
    graph = nx.DiGraph((row["i"], row["j"]) for row in rows)
    inside = set(ends).union(*(nx.ancestors(graph, end) for end in ends if end in graph))
    given = {i: sum(row["w"] for row in rows if row["i"] == i) for i in {row["i"] for row in rows}}
    weights = np.zeros((n, n))
    for row in rows:
        row["p"] = row["w"] / given[row["i"]]
        if row["i"] in inside:
            weights[row["i"], row["j"]] += row["p"] * row["y"]
    own = np.array([float(capacity[k]) for k in range(n)])
    inflow = np.linalg.solve(np.eye(n) - weights.T, np.where([k in inside for k in range(n)], own, 0.0))
    flows = {row["key"]: (inflow[row["i"]] * row["p"] if row["i"] in inside else 0.0, row["y"]) for row in rows}
    figures = {key: (flow, flow * (1 - y)) for key, (flow, y) in flows.items()}
    stranded = sum(flows[row["key"]][0] * row["y"] for row in rows if row["j"] not in inside)
    totals = {
        "created": float(own.sum()),
        "delivered": float(sum(inflow[end] for end in ends)),
        "lost": float(sum(lost for _flow, lost in figures.values())),
        "stranded": float(stranded + sum(own[k] for k in range(n) if k not in inside)),
    }
    return totals, figures
