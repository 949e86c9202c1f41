"""Where the yield of one hand-off likely lies, from the figure itself and the answers behind it."""

from __future__ import annotations

from scipy.special import betaincinv

from chainmap.domain.findings import Basis, HandOffFinding
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval


def likely_yield(handoff: HandOffFinding, *, kappa: float, confidence: float = DEFAULT_CONFIDENCE) -> Interval | None:
    """The middle ``confidence`` of ``Beta(y w, (1 - y) w)``, ``w = kappa + n``, n the ratings or passes (MODEL 5).

    Its mean is the yield and its variance ``y (1 - y) / (kappa + n + 1)``, that of ``Yields``. None for a yield that
    was given or assumed, or is not known; a yield of 0 or 1 is both ends. Raises ValueError for a confidence outside
    0..1, ends excluded.

    >>> from chainmap.domain.bottlenecks import find_bottlenecks
    >>> from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating
    >>> chain = Chain.from_records([Party("ann", "Ann"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...                            [HandOff("ann", "cli")], [Rating("ann", "cli", 5)])
    >>> found = likely_yield(find_bottlenecks(chain, organization="").handoffs[0], kappa=1)  # Beta(1, 1)
    >>> round(found.low, 3), round(found.high, 3)
    (0.05, 0.95)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1 (0.90 for 90 %), not {confidence!r}")
    if handoff.yield_ is None or handoff.basis not in (Basis.RATED, Basis.MEASURED):
        return None
    weight = kappa + (handoff.ratings if handoff.basis == Basis.RATED else handoff.passes or 0)
    if not 0 < handoff.yield_ < 1:
        return Interval(handoff.yield_, handoff.yield_)
    ends = handoff.yield_ * weight, (1 - handoff.yield_) * weight
    return Interval(*(float(betaincinv(*ends, share)) for share in ((1 - confidence) / 2, (1 + confidence) / 2)))
