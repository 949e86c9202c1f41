"""How much a drawn hand-off is in the supplier's own unit, which only compares the hand-offs of one supplier.

The room says how much from 1 (a little) to 10 (very much); an import may have written hours. One function says what
that is, for the chain on the projector and for the copy into the organization.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class DrawnVolume(Generic[S]):
    """One drawn hand-off: what the room said (the mean of all that drew it), and its volume where it is known."""

    supplier: S
    said: float
    known: float | None = None


def drawn_scales(drawn: Iterable[DrawnVolume[S]], given: Mapping[S, Sequence[float]]) -> dict[S, float]:
    """Supplier -> how much one drawn unit is in the unit of what they hand over already (``given``: its volumes).

    By what was drawn and is known; where nothing of it is, a drawn hand-off of middling size is one of middling size.
    A supplier who hands nothing over yet has no unit and is not in the answer: one is one.

    >>> drawn_scales([DrawnVolume("ann", 4.0, 20.0), DrawnVolume("ann", 2.0)], {"ann": [20.0, 100.0]})
    {'ann': 5.0}
    >>> drawn_scales([DrawnVolume("bob", 2.0), DrawnVolume("bob", 6.0), DrawnVolume("new", 3.0)], {"bob": [8.0, 16.0]})
    {'bob': 3.0}
    """
    by_supplier: dict[S, list[DrawnVolume[S]]] = {}
    for one in drawn:
        by_supplier.setdefault(one.supplier, []).append(one)
    found = {}
    for supplier, volumes in by_supplier.items():
        both = [(one.said, one.known) for one in volumes if one.known is not None]
        usual = given.get(supplier)
        if both:
            found[supplier] = sum(known for _said, known in both) / sum(said for said, _known in both)
        elif usual:
            found[supplier] = (sum(usual) / len(usual)) / (sum(one.said for one in volumes) / len(volumes))
    return found
