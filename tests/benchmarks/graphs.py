"""Chains of a chosen size that look like companies: the input of every benchmark.

Eight layers of employees in teams of ten, each handing off to about 7.7 others (mostly the next layer), 1 % end
customers behind the last layer, integer ratings on four hand-offs in five.

- ``team``: work goes back only inside a team.
- ``rework``: plus 5 % hand-backs to earlier layers, which tie nearly everybody into one cycle block.
- ``hard``: 70 % of the volume circles inside the team and ratings are near 10.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from chainmap.domain.records import NOT_MEASURED, Chain, PartyKind

KINDS = ("team", "rework", "hard")
LAYERS = 8
TEAM_SIZE = 10
HANDOFFS_A_PERSON = 7.7


def company(people: int, kind: str = "rework", *, seed: int = 1) -> Chain:
    """A chain of about ``people`` parties, one in a hundred an end customer; the same for the same arguments.

    13,000 people make about 100,000 hand-offs. ``kind`` is one of ``KINDS``.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of company: {kind!r}; there are {', '.join(KINDS)}")
    random = np.random.default_rng(seed)
    customers = max(people // 100, 1)
    staff = people - customers
    supplier, customer, inside = _links(random, staff, customers, kind)
    volume = random.integers(1, 6, len(supplier)).astype(np.float64)
    if kind == "hard":
        volume = _mostly_inside(volume, supplier, inside, staff)
    rated = np.flatnonzero(random.random(len(supplier)) < 0.8)
    low, high = (9, 11) if kind == "hard" else (4, 11)
    return Chain(
        party_ids=tuple(f"p{number:07d}" for number in range(people)),
        party_names=tuple(f"Person {number}" for number in range(people)),
        party_kinds=(PartyKind.EMPLOYEE,) * staff + (PartyKind.END_CUSTOMER,) * customers,
        party_teams=tuple(f"Team {number // TEAM_SIZE}" for number in range(staff)) + ("",) * customers,
        capacity=np.concatenate([np.ones(staff), np.zeros(customers)]),
        supplier=supplier,
        customer=customer,
        deliverables=("",) * len(supplier),
        volume=volume,
        passes=np.full(len(supplier), NOT_MEASURED, np.int64),
        returned=np.full(len(supplier), NOT_MEASURED, np.int64),
        given_yield=np.full(len(supplier), np.nan),
        rating_handoff=rated.astype(np.int32),
        rating_rater=customer[rated],
        rating_day=np.full(len(rated), date(2026, 1, 31).toordinal(), np.int32),
        rating_score=random.integers(low, high, len(rated)).astype(np.float64),
        party_keys=np.arange(people, dtype=np.int64),
        handoff_keys=np.arange(len(supplier), dtype=np.int64),
    )


def _links(
    random: np.random.Generator, staff: int, customers: int, kind: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of the hand-offs without repeats, in no particular order, and which of them stay inside a team."""
    layer = np.arange(staff) * LAYERS // staff
    start = np.searchsorted(layer, np.arange(LAYERS + 2))
    giver = np.repeat(np.arange(staff), random.poisson(HANDOFFS_A_PERSON - 1, staff) + 1)
    draw = random.random(len(giver))
    ahead = np.minimum(layer[giver] + 1, LAYERS)
    first = np.where(ahead == LAYERS, staff, start[ahead])
    size = np.where(ahead == LAYERS, customers, start[np.minimum(ahead + 1, LAYERS)] - first)
    receiver = first + (random.random(len(giver)) * size).astype(np.int64)
    within = draw < (0.45 if kind == "hard" else 0.25)
    team = giver // TEAM_SIZE * TEAM_SIZE
    receiver[within] = np.minimum(team + random.integers(0, TEAM_SIZE, len(giver)), staff - 1)[within]
    if kind != "team":
        back = (draw > 0.95) & (layer[giver] > 0)
        receiver[back] = (random.random(len(giver)) * start[layer[giver]]).astype(np.int64)[back]
    else:
        crossing = np.flatnonzero(within)
        crossing = crossing[layer[receiver[crossing]] < layer[giver[crossing]]]
        receiver[crossing] = giver[crossing]  # a team on the border of two layers: dropped with the self hand-offs
    keep = np.unique((giver * (staff + customers) + receiver)[giver != receiver])
    keep = random.permutation(keep)
    supplier, customer = (keep // (staff + customers)).astype(np.int32), (keep % (staff + customers)).astype(np.int32)
    return supplier, customer, (supplier // TEAM_SIZE == customer // TEAM_SIZE) & (customer < staff)


def _mostly_inside(volume: np.ndarray, supplier: np.ndarray, inside: np.ndarray, staff: int) -> np.ndarray:
    """Scale the volumes so that 70 % of what a person hands over stays in the team."""
    within = np.bincount(supplier, weights=volume * inside, minlength=staff)
    outside = np.bincount(supplier, weights=volume * ~inside, minlength=staff)
    both = (within > 0) & (outside > 0)
    scale = np.where(both, 0.7 / 0.3 * outside / np.where(both, within, 1.0), 1.0)
    return np.where(inside, volume * scale[supplier], volume)
