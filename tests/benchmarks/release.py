"""What closing a protected round costs in time, and what protection costs in shown cells.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.release [--companies 10]

For each kind of company: process CPU time of the whole of ``close_round`` (goal: a median of at most 500 ms for 150
people with 750 ratings); the share of cells with raters enough that are shown (goal: at least 85 % on the reference
company, 60 people); and, for comparison, how many hidden cells and single ratings a minimum group of five alone would
give away, to everybody and to insiders, counted by the auditor of the tests. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np

from chainmap.domain.cells import Answer, CellKey
from chainmap.domain.release import ProtectedRating, close_round
from tests.privacy.auditor import audit, incidence
from tests.privacy.companies import company

GOAL_MILLISECONDS = 500
GOAL_KEPT = 0.85
#: Name, arguments of ``company``, and whether it is the one the goals speak of.
KINDS: tuple[tuple[str, dict[str, object], bool], ...] = (
    ("60 people, teams of 5-10, three partner teams (reference)", {"partners": 3}, True),
    ("60 people, teams of 5-10, anybody", {"partners": None}, False),
    ("60 people, teams of 12-15, anybody", {"partners": None, "sizes": (12, 15)}, False),
    ("150 people, 750 ratings, three partner teams", {"people": 150, "suppliers": 5, "partners": 3}, True),
    ("150 people, 750 ratings, anybody", {"people": 150, "suppliers": 5, "partners": None}, True),
    (
        "150 people, 750 ratings, teams of 12-15, anybody",
        {"people": 150, "suppliers": 5, "partners": None, "sizes": (12, 15)},
        True,
    ),
)


def rated(answers: Sequence[Answer]) -> list[ProtectedRating]:
    chance = random.Random(0)
    return [ProtectedRating(a.rater, a.rater_team, a.supplier, a.supplier_team, chance.randint(0, 10)) for a in answers]


def unprotected(answers: Sequence[Answer]) -> tuple[int, int, int]:
    """With a minimum group of five alone: hidden cells, those that come back, and ratings that insiders find."""
    keys: dict[CellKey, set[int]] = {}
    for answer in answers:
        for key in answer.cells:
            keys.setdefault(key, set()).add(answer.rater)
    shown = [key for key, raters in keys.items() if len(raters) >= 5]
    hidden = [key for key, raters in keys.items() if len(raters) < 5]
    rater = np.array([answer.rater for answer in answers])
    found = audit(incidence(answers, shown), incidence(answers, hidden), rater)
    return len(hidden), len(found.cells), len(found.ratings_by_insider)


def measure(name: str, options: dict[str, object], judged: bool, companies: int) -> bool:
    """Print one line; False where a goal is missed."""
    times, shown, reached, five, plain = [], 0, 0, 0, np.zeros(3, int)
    for seed in range(companies):
        answers = company(seed=seed, **options)  # type: ignore[arg-type]
        ratings = rated(answers)
        start = time.process_time()
        selection = close_round(ratings).selection
        times.append(1e3 * (time.process_time() - start))
        shown += len(selection.published)
        reached += len(selection.published) + len(selection.withheld)
        raters: dict[CellKey, set[int]] = {}
        for answer in answers:
            for key in answer.cells:
                raters.setdefault(key, set()).add(answer.rater)
        five += sum(len(people) >= 5 for people in raters.values())
        plain += unprotected(answers) if len(answers) < 400 else np.zeros(3, int)
    median = statistics.median(times)
    sys.stdout.write(
        f"{name}: {median:.0f} ms (longest {max(times):.0f}), {shown / companies:.0f} cells shown, "
        f"{shown / reached:.1%} of those with 6 raters, {shown / five:.1%} of those with 5\n"
    )
    if plain[0]:
        sys.stdout.write(
            f"  minimum of five alone: {plain[1] / plain[0]:.1%} of the hidden cells come back, "
            f"insiders find {plain[2] / companies:.0f} ratings\n"
        )
    kept_enough = shown / reached >= GOAL_KEPT
    return not judged or (median <= GOAL_MILLISECONDS and kept_enough)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--companies", type=int, default=10)
    options = parser.parse_args()
    results = [measure(*kind, options.companies) for kind in KINDS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
