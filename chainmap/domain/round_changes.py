"""One round against another: what is lost now and was lost before, split exactly into what changed it.

A hand-off loses ``L = f (1 - y)``, f its flow and y its yield. What changed between two rounds is

    L' - L = -(f + f')/2 (y' - y)  +  ((1 - y) + (1 - y'))/2 (f' - f)
               yield changed             flow changed

which is an identity, the mean of the two orders in which one may let the factors move (Shapley's value of a product
of two; Marshall-Edgeworth in index numbers). A hand-off that is there in one of the rounds alone has all of its loss
under *new* or *removed*. Where nobody rated a hand-off in one of the rounds, the organization's mean stands in, and
the part of the yield says how the mean moved: it is kept apart. The five sums add up to the change of all loss.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.analysis import Analysis
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval, normal_quantile
from chainmap.domain.records import Chain
from chainmap.domain.uncertainty import find_delivered_uncertainty


class Presence(StrEnum):
    """In which of the two rounds a hand-off was there."""

    BOTH = "both"
    NEW = "new"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class HandOffChange:
    """One hand-off in two rounds, person-equivalents; ``lost_now - lost_before`` is the sum of the two parts.

    Of a hand-off that is new or removed the whole change stands in ``by_flow``, and the figures of the round without
    it are 0 (its yield None).
    """

    key: int  # of the hand-off: in the chain of now, or of before where it was removed
    supplier: str  # id
    customer: str  # id
    deliverable: str
    presence: Presence
    is_assumed: bool  # nobody rated or measured it in one of the rounds (in the only one, if new or removed)
    yield_before: float | None
    yield_now: float | None
    flow_before: float
    flow_now: float
    lost_before: float
    lost_now: float
    by_yield: float
    by_flow: float

    @property
    def change(self) -> float:
        """``lost_now - lost_before``: above 0 more is lost."""
        return self.lost_now - self.lost_before


@dataclass(frozen=True, slots=True)
class LossParts:
    """``total``, the change of all loss, is the sum of the five others, to 1e-9 of what was created."""

    total: float
    by_yield: float  # yields that somebody rated or measured in both rounds
    by_assumed: float  # yields that the mean stood in for: a change of the mean, not of the hand-off
    by_flow: float
    new: float
    removed: float


@dataclass(frozen=True, slots=True)
class RoundComparison:
    """Two rounds of one organization, ``before`` and ``now``. Chain yields 0..1, ``difference`` their 90 % interval."""

    created_before: float
    created_now: float
    yield_before: float
    yield_now: float
    difference: Interval | None  # of yield_now - yield_before, -1..1; None where a yield came without a variance
    lost_before: float
    lost_now: float
    stranded_before: float
    stranded_now: float
    parts: LossParts
    handoffs: Sequence[HandOffChange]  # most changed first, then by supplier, customer, deliverable

    @property
    def direction(self) -> int:
        """1 more arrives, -1 less, 0 where the interval holds no change (or cannot be given)."""
        if self.difference is None or not self.difference.excludes_zero:
            return 0
        return 1 if self.difference.low > 0 else -1


def compare_rounds(
    before: Analysis, now: Analysis, *, by_ends: bool = False, confidence: float = DEFAULT_CONFIDENCE
) -> RoundComparison | None:
    """Compare two analysed rounds; None when either has no rating or nothing is created in it.

    Hand-offs are the same when their keys are; ``by_ends``: when the ids of both ends and the deliverable are, for
    chains of teams, whose keys are their places. Raises SolverError as the analyses do, ValueError for a confidence
    outside 0..1.

    >>> from chainmap.domain.analysis import analyse
    >>> from chainmap.domain.records import HandOff, Party, PartyKind
    >>> def chain(*yields: float) -> Chain:
    ...     return Chain.from_records(
    ...         [Party("ann", "Ann"), Party("bob", "Bob"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...         [HandOff("ann", "bob", given_yield=yields[0]), HandOff("bob", "cli", given_yield=yields[1])])
    >>> found = compare_rounds(analyse(chain(0.5, 0.5)), analyse(chain(0.7, 0.5)))
    >>> [round(part, 3) for part in (found.parts.total, found.parts.by_yield, found.parts.by_flow)]
    [-0.1, -0.2, 0.1]
    >>> round(found.yield_before, 3), round(found.yield_now, 3), found.difference is None
    (0.375, 0.425, True)
    """
    quantile = normal_quantile(confidence)
    flows = before.flow, now.flow
    if flows[0] is None or flows[1] is None or not flows[0].created or not flows[1].created:
        return None
    first, second = _Round.of(before, by_ends=by_ends), _Round.of(now, by_ends=by_ends)
    changes = [_change(first, second, name) for name in {**first.places, **second.places}]
    changes.sort(key=lambda one: (-round(abs(one.change), 12), one.supplier, one.customer, one.deliverable))
    yields = flows[0].delivered / flows[0].created, flows[1].delivered / flows[1].created
    return RoundComparison(
        created_before=flows[0].created,
        created_now=flows[1].created,
        yield_before=yields[0],
        yield_now=yields[1],
        difference=_difference(before, now, yields[1] - yields[0], quantile),
        lost_before=flows[0].total_lost,
        lost_now=flows[1].total_lost,
        stranded_before=flows[0].stranded,
        stranded_now=flows[1].stranded,
        parts=_parts(changes, flows[1].total_lost - flows[0].total_lost),
        handoffs=tuple(changes),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """The arrays of one round and the place of each hand-off by its name."""

    analysis: Analysis
    places: dict[Hashable, int]

    @classmethod
    def of(cls, analysis: Analysis, *, by_ends: bool) -> _Round:
        chain = analysis.chain
        names: list[Hashable] = [_ends(chain, place) for place in range(chain.handoff_count)]
        if not by_ends:
            names = list(chain.handoff_keys.tolist())
        return cls(analysis, {name: place for place, name in enumerate(names)})


@dataclass(frozen=True, slots=True)
class _Figures:
    yield_: float | None
    flow: float
    lost: float
    is_assumed: bool


_NOT_THERE = _Figures(None, 0.0, 0.0, False)


def _ends(chain: Chain, place: int) -> tuple[str, str, str]:
    ids = chain.party_ids
    return ids[chain.supplier[place]], ids[chain.customer[place]], chain.deliverables[place]


def _figures(of: _Round, place: int | None) -> _Figures:
    flow = of.analysis.flow
    if place is None or flow is None:
        return _NOT_THERE
    yields = of.analysis.yields
    return _Figures(
        float(yields.value[place]), float(flow.flow[place]), float(flow.lost[place]), bool(yields.is_assumed[place])
    )


def _change(first: _Round, second: _Round, name: Hashable) -> HandOffChange:
    place_before, place_now = first.places.get(name), second.places.get(name)
    before, now = _figures(first, place_before), _figures(second, place_now)
    shown, place = (second, place_now) if place_now is not None else (first, place_before)
    chain = shown.analysis.chain
    supplier, customer, deliverable = _ends(chain, int(place or 0))
    by_yield, by_flow = 0.0, now.lost - before.lost
    presence = Presence.NEW if place_before is None else Presence.REMOVED
    if before.yield_ is not None and now.yield_ is not None:
        presence = Presence.BOTH
        by_yield = -(before.flow + now.flow) / 2 * (now.yield_ - before.yield_)
        by_flow = ((1 - before.yield_) + (1 - now.yield_)) / 2 * (now.flow - before.flow)
    return HandOffChange(
        key=int(chain.handoff_keys[int(place or 0)]),
        supplier=supplier,
        customer=customer,
        deliverable=deliverable,
        presence=presence,
        is_assumed=before.is_assumed or now.is_assumed,
        yield_before=before.yield_,
        yield_now=now.yield_,
        flow_before=before.flow,
        flow_now=now.flow,
        lost_before=before.lost,
        lost_now=now.lost,
        by_yield=by_yield,
        by_flow=by_flow,
    )


def _parts(changes: Sequence[HandOffChange], total: float) -> LossParts:
    both = [one for one in changes if one.presence == Presence.BOTH]
    return LossParts(
        total=total,
        by_yield=_sum(one.by_yield for one in both if not one.is_assumed),
        by_assumed=_sum(one.by_yield for one in both if one.is_assumed),
        by_flow=_sum(one.by_flow for one in both),
        new=_sum(one.change for one in changes if one.presence == Presence.NEW),
        removed=_sum(one.change for one in changes if one.presence == Presence.REMOVED),
    )


def _sum(values: Iterable[float]) -> float:
    return math.fsum(values)


def _difference(before: Analysis, now: Analysis, change: float, quantile: float) -> Interval | None:
    """Rounds are independent samples of answers: their variances add up. No interval where a yield came as exact."""
    found = [find_delivered_uncertainty(each) for each in (before, now)]
    variance = 0.0
    for each, analysis in zip(found, (before, now), strict=True):
        if each is None or each.taken_as_exact or analysis.flow is None:
            return None
        variance += each.variance / analysis.flow.created**2
    return Interval.around(change, quantile * math.sqrt(variance), least=-1.0, most=1.0)
