"""How sure the figures are: delivered value, the place of each hand-off, and where to ask next (MODEL section 5).

Delivered value, by the delta method (the yields are independent; ``x``, ``p``, ``v`` as in value_flow, h = i -> j):

    dD / dy_h = x_i p_h v_j            Var(D) = sum of (x_i p_h v_j)^2 Var(y_h)

No further solve is needed, so it works at any size. *Ask next* orders the hand-offs by their term of the sum.

The place of a hand-off, by Monte Carlo: every yield is drawn from a Beta distribution with the mean and variance of
section 2, the chain is solved again for each draw (``drawn_solves``), and the draws say in which range lost and
recoverable value lie and how often the hand-off is among the top. The seed is fixed: the same chain gives the same
figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.drawn_solves import solve_draws
from chainmap.domain.findings import Basis
from chainmap.domain.intervals import DEFAULT_CONFIDENCE, Interval, normal_quantile
from chainmap.domain.records import BoolArray, Chain, FloatArray, LongArray
from chainmap.domain.value_flow import DENSE_LIMIT
from chainmap.domain.yields import BASES, CURVES, DEFAULT_KAPPA, Curve, Yields

#: Draws of the Monte Carlo. A probability from 200 draws has a standard error of 0.035 at most.
DRAWS = 200
SEED = 20_260_131
#: How many hand-offs are "the top".
TOP = 5
#: Up to this many parties that hand off towards end customers the chain can be drawn: each draw is solved exactly.
DRAW_LIMIT = DENSE_LIMIT
#: A Beta with more weight than this is its mean; with less, all its mass sits at 0 and 1.
_CERTAIN_WEIGHT, _EITHER_OR_WEIGHT = 1e12, 1e-3
#: Figures closer than this part of created value are the same figure; the ranking rounds alike.
_DIGITS = 13


@dataclass(frozen=True, slots=True, eq=False)
class DeliveredUncertainty:
    """How sure delivered value is, and which of the ``m`` hand-offs make it unsure."""

    delivered: float  # person-equivalents
    variance: float  # Var(D), person-equivalents squared
    interval: Interval  # 0..created
    terms: FloatArray  # [m] the hand-off's term in Var(D), in the order of the chain
    ask_next: LongArray  # positions of the hand-offs with a term above 0, largest first
    taken_as_exact: int  # hand-offs that value flows through and whose yield came without a variance

    @property
    def standard_deviation(self) -> float:
        """Of delivered value, person-equivalents."""
        return float(np.sqrt(self.variance))


@dataclass(frozen=True, slots=True)
class HandOffUncertainty:
    """How sure the place of one hand-off is. Assumed hand-offs have no rank, so nothing is said of their place."""

    key: int  # the caller's own number of the hand-off
    lost: Interval  # person-equivalents
    recoverable: Interval  # person-equivalents
    top_probability: float | None  # of being among the top, 0..1; None for assumed hand-offs
    top_under: tuple[str, ...]  # names of the retention curves under which it is among the top
    stays_on_top: bool | None  # under every curve; None for assumed hand-offs or when no curves were compared


@dataclass(frozen=True, slots=True, eq=False)
class PlaceUncertainty:
    """What the draws say about a chain with ``m`` hand-offs."""

    draws: int
    top: int  # how many hand-offs count as the top
    delivered: Interval  # from the draws; close to that of the delta method unless yields are very unsure
    handoffs: tuple[HandOffUncertainty, ...]  # [m] in the order of the chain


def find_delivered_uncertainty(
    analysis: Analysis, *, confidence: float = DEFAULT_CONFIDENCE
) -> DeliveredUncertainty | None:
    """Variance and interval of delivered value, and the order in which to ask; None when no yield is known.

    Equal terms are ordered by volume, largest first, then by the ids of supplier, customer and deliverable. A yield
    that was given without a variance counts as exact; ``taken_as_exact`` says how many do. Raises ValueError for a
    confidence outside 0..1 and SolverError when the chain cannot be solved.

    >>> from chainmap.domain.records import HandOff, Party, PartyKind, Rating
    >>> chain = Chain.from_records([Party("ann", "Ann"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...                            [HandOff("ann", "cli")], [Rating("ann", "cli", 5)])
    >>> found = find_delivered_uncertainty(analyse(chain))  # Var(D) = 1^2 (.5 * .5 / (2 + 1 + 1))
    >>> found.delivered, found.variance, round(found.interval.low, 3), round(found.interval.high, 3)
    (0.5, 0.0625, 0.089, 0.911)
    """
    quantile = normal_quantile(confidence)
    flow, yields = analysis.flow, analysis.yields
    if flow is None:
        return None
    slope = flow.flow * flow.reach[analysis.chain.customer]
    terms = slope**2 * yields.variance
    variance = float(terms.sum())
    order = np.lexsort((_tie_break(analysis.chain), -np.round(terms / (variance or 1.0), _DIGITS)))
    given = yields.basis == BASES.index(Basis.GIVEN)
    return DeliveredUncertainty(
        delivered=flow.delivered,
        variance=variance,
        interval=Interval.around(
            flow.delivered, quantile * float(np.sqrt(variance)), least=0.0, most=max(flow.created, flow.delivered)
        ),
        terms=terms,
        ask_next=order[terms[order] > 0],
        taken_as_exact=int(np.count_nonzero(given & (yields.variance == 0) & (slope > 0))),
    )


def can_be_drawn(analysis: Analysis) -> bool:
    """Whether the chain is small enough for :func:`find_place_uncertainty`: ``DRAW_LIMIT`` parties at most."""
    network = analysis.network
    return int(np.count_nonzero(network.in_reach & ~network.is_end)) <= DRAW_LIMIT


def find_place_uncertainty(
    analysis: Analysis,
    *,
    by_curve: Mapping[str, Analysis] | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    top: int = TOP,
    confidence: float = DEFAULT_CONFIDENCE,
) -> PlaceUncertainty | None:
    """Intervals of lost and recoverable value of every hand-off and the probability of being among the ``top``.

    None when no yield is known. The top are the first of the ranking (rated, measured and given hand-offs by
    recoverable value), as far as they recover anything. Assumed yields are drawn too: they make the others unsure.
    ``by_curve`` holds the same chain analysed under several retention curves (:func:`analyse_by_curve`; for a chain of
    teams, the folding of each); without it nothing is said about curves.

    Raises ValueError for a chain with more than ``DRAW_LIMIT`` parties, for ``draws`` or ``top`` below 1, a confidence
    outside 0..1, or another chain in ``by_curve``, and SolverError when a draw cannot be solved. All draws are
    solved together: about 0.05 s for 60 parties and one second for 500 that loops tie together.

    >>> from chainmap.domain.records import HandOff, Party, PartyKind, Rating
    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("ben", "Ben"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "cli"), HandOff("ben", "cli")], [Rating("ann", "cli", 0), Rating("ben", "cli", 10)])
    >>> found = find_place_uncertainty(analyse(chain), top=1, by_curve=analyse_by_curve(chain))
    >>> found.handoffs[0].top_probability > 0.7, found.handoffs[0].top_under
    (True, ('linear', 'promoter'))
    """
    _check_request(analysis, by_curve or {}, draws, top)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    normal_quantile(confidence)
    if analysis.flow is None:
        return None
    delivered, lost, recoverable, on_top = _solve_draws(analysis, draw_yields(analysis.yields, draws, seed), top)
    lost_ends, recoverable_ends = (np.quantile(values, tails, axis=0) for values in (lost, recoverable))
    return PlaceUncertainty(
        draws=draws,
        top=top,
        delivered=Interval(*np.quantile(delivered, tails).tolist()),
        handoffs=_handoff_uncertainties(analysis, by_curve or {}, top, lost_ends, recoverable_ends, on_top),
    )


def analyse_by_curve(
    chain: Chain, *, kappa: float = DEFAULT_KAPPA, curves: Mapping[str, Curve] = CURVES
) -> dict[str, Analysis]:
    """The same chain analysed under each retention curve, by the name of the curve.

    >>> sorted(analyse_by_curve(Chain.from_records([], [])))
    ['linear', 'promoter']
    """
    return {name: analyse(chain, kappa=kappa, curve=curve) for name, curve in curves.items()}


def draw_yields(yields: Yields, draws: int = DRAWS, seed: int = SEED) -> FloatArray:
    """[draws, m] yields 0..1, each hand-off's drawn from the Beta distribution with its mean and variance.

    A Beta with mean y and variance s has the weight ``a + b = y (1 - y) / s - 1``, ``a = y (a + b)``; with the variance
    of section 2 that weight is ``kappa + n``, the number of answers it stands on. Without variance the yield stays
    what it is. A variance of ``y (1 - y)`` or more, which no Beta can exceed, means all or nothing: 1 with probability
    y, else 0.

    >>> known = Yields(value=np.array([0.25, 0.5, 1.0]), basis=np.zeros(3, np.int8), ratings=np.zeros(3, np.int64),
    ...                variance=np.array([0.0, 0.05, 0.0]), mean=0.5)
    >>> drawn = draw_yields(known, draws=1000)
    >>> drawn.mean(axis=0).round(1).tolist(), drawn.var(axis=0).round(2).tolist()
    ([0.2, 0.5, 1.0], [0.0, 0.05, 0.0])
    """
    value, variance = yields.value, yields.variance
    spread = value * (1.0 - value)
    weight = np.full(len(value), np.inf)
    np.divide(spread, variance, out=weight, where=(variance > 0) & (spread > 0))
    weight -= 1.0
    certain = weight > _CERTAIN_WEIGHT
    either_or = weight < _EITHER_OR_WEIGHT
    smooth = ~(certain | either_or)
    alpha, beta = np.ones(len(value)), np.ones(len(value))
    alpha[smooth] = value[smooth] * weight[smooth]
    beta[smooth] = (1.0 - value[smooth]) * weight[smooth]
    random = np.random.default_rng(seed)
    drawn = random.beta(alpha, beta, size=(draws, len(value)))
    coins = random.random((draws, int(np.count_nonzero(either_or))))
    drawn[:, either_or] = coins < value[either_or]
    drawn[:, certain] = value[certain]
    return drawn


def _check_request(analysis: Analysis, by_curve: Mapping[str, Analysis], draws: int, top: int) -> None:
    if draws < 1 or top < 1:
        raise ValueError(f"draws and top are 1 or more, not {draws!r} and {top!r}")
    if not can_be_drawn(analysis):
        raise ValueError(
            f"a chain with more than {DRAW_LIMIT} parties that hand off is too large to be drawn {draws} times; "
            "fold it to teams first, or use find_delivered_uncertainty"
        )
    for name, other in by_curve.items():
        if other.chain.handoff_count != analysis.chain.handoff_count:
            raise ValueError(f"the analysis under the curve {name!r} is of another chain: it has other hand-offs")


def _solve_draws(
    analysis: Analysis, drawn: FloatArray, top: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """[draws] delivered, [draws, m] lost and recoverable, and [m] the share of draws among the top."""
    ranked, tie_break = ~analysis.yields.is_assumed, _tie_break(analysis.chain)
    found, created = solve_draws(analysis.network, analysis.yields, drawn), float(analysis.chain.capacity.sum())
    on_top = np.zeros(drawn.shape[1])
    for lost, recoverable in zip(found.lost, found.recoverable, strict=True):
        on_top[_top_positions(lost, recoverable, created, ranked, tie_break, top)] += 1
    return found.delivered, found.lost, found.recoverable, on_top / len(drawn)


def _top_positions(
    lost: FloatArray, recoverable: FloatArray, created: float, ranked: BoolArray, tie_break: LongArray, top: int
) -> LongArray:
    """Positions of the first ``top`` of the ranking, as far as they recover anything."""
    unit = created if created > 0 else 1.0
    gain = np.round(recoverable / unit, _DIGITS)
    candidates = np.flatnonzero(ranked & (gain > 0))
    loss = np.round(lost[candidates] / unit, _DIGITS)
    order = np.lexsort((tie_break[candidates], -loss, -gain[candidates]))
    return candidates[order[:top]]


def _tie_break(chain: Chain) -> LongArray:
    """[m] the place of each hand-off by volume, largest first, then by the ids of its ends and its deliverable."""
    ids = chain.party_ids
    links = zip(
        (-chain.volume).tolist(), chain.supplier.tolist(), chain.customer.tolist(), chain.deliverables, strict=True
    )
    keys = [(volume, ids[supplier], ids[customer], name) for volume, supplier, customer, name in links]
    place = np.empty(len(keys), np.int64)
    place[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return place


def _tops_under_curves(by_curve: Mapping[str, Analysis], top: int) -> dict[str, frozenset[int]]:
    """The top of each curve; () where nothing is known of yields."""
    tops = {}
    for name, solved in by_curve.items():
        found: list[int] = []
        if solved.flow is not None and solved.gains is not None:
            ranked, tie_break = ~solved.yields.is_assumed, _tie_break(solved.chain)
            figures = (solved.flow.lost, solved.gains.recoverable, solved.flow.created)
            found = _top_positions(*figures, ranked, tie_break, top).tolist()
        tops[name] = frozenset(found)
    return tops


def _handoff_uncertainties(
    analysis: Analysis,
    by_curve: Mapping[str, Analysis],
    top: int,
    lost: FloatArray,
    recoverable: FloatArray,
    probability: FloatArray,
) -> tuple[HandOffUncertainty, ...]:
    """One finding a hand-off from [2, m] ends of the intervals and [m] probabilities."""
    chain, tops = analysis.chain, _tops_under_curves(by_curve, top)
    keys = chain.handoff_keys.tolist() if len(chain.handoff_keys) else range(chain.handoff_count)
    ends = zip(keys, *lost.tolist(), *recoverable.tolist(), probability.tolist(), strict=True)
    assumed = analysis.yields.is_assumed.tolist()
    found = []
    for position, (key, lost_low, lost_high, low, high, chance) in enumerate(ends):
        under = tuple(name for name, positions in tops.items() if position in positions)
        question = assumed[position]
        found.append(
            HandOffUncertainty(
                key=key,
                lost=Interval(lost_low, lost_high),
                recoverable=Interval(low, high),
                top_probability=None if question else chance,
                top_under=under,
                stays_on_top=None if question or not tops else len(under) == len(tops),
            )
        )
    return tuple(found)
