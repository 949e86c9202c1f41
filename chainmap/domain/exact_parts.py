"""Figures that add up as they are shown: each cut to so many decimals, and their sum still what stands below them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def exact_parts(parts: Sequence[float], total: int, *, per_unit: int = 100) -> list[int]:
    """The parts, of either sign, in whole 1 / ``per_unit`` that add up to ``total`` of those (largest remainder).

    ``total`` is what is shown of the sum; a part moves by one for every step that rounding is away from it. A part
    that is 0 stays 0 while any other can take the step.

    >>> exact_parts([-0.204, 0.104, 0.0], -10), exact_parts([0.004, 0.004, 0.004], 1), exact_parts([], 0)
    ([-20, 10, 0], [1, 0, 0], [])
    """
    if not parts:
        return []
    exact = [part * per_unit for part in parts]
    shown = [math.floor(value + 0.5) for value in exact]
    movable = [place for place, part in enumerate(parts) if part] or list(range(len(parts)))
    missing = total - sum(shown)
    step = 1 if missing > 0 else -1
    # first those that were rounded furthest the other way
    movable.sort(key=lambda place: (-step * round(exact[place] - shown[place], 9), place))
    for turn in range(abs(missing)):
        shown[movable[turn % len(movable)]] += step
    return shown


def shown_steps(value: float, *, per_unit: int = 100) -> int:
    """``value`` in whole 1 / ``per_unit``, halves up.

    >>> shown_steps(0.125), shown_steps(-0.204)
    (13, -20)
    """
    return math.floor(value * per_unit + 0.5)
