"""What the core is given: the things of the model, and one immutable snapshot of an organization.

``Party``, ``HandOff`` and ``Rating`` are the records a reader of a file or of the database produces. ``Chain`` holds
the same facts column by column, because the engine works on arrays: 100,000 hand-offs as objects cost ten times the
time of the whole analysis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Stands in ``passes`` and ``returned`` for "this hand-off was not measured".
NOT_MEASURED = -1
#: Stands in ``rating_day`` for "the date of this rating is not known"; such a rating counts as the oldest.
UNKNOWN_DAY = 0


class ChainError(ValueError):
    """The records do not make a chain; the message says which record and why."""


class PartyKind(StrEnum):
    """What a party is. An end customer is absorbing: nothing leaves it."""

    EMPLOYEE = "employee"
    END_CUSTOMER = "end_customer"
    EXTERNAL_SUPPLIER = "external_supplier"


#: Value a party creates itself when nothing else is said, in person-equivalents.
DEFAULT_CAPACITY = {
    PartyKind.EMPLOYEE: 1.0,
    PartyKind.END_CUSTOMER: 0.0,
    PartyKind.EXTERNAL_SUPPLIER: 0.0,
}


@dataclass(frozen=True, slots=True)
class Party:
    """A person, an end customer or an external supplier.

    ``capacity`` is the value it creates itself, in person-equivalents, >= 0; None = the default of its kind.
    """

    id: str
    name: str
    kind: PartyKind = PartyKind.EMPLOYEE
    team: str = ""
    capacity: float | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """A directed link supplier -> customer with one named deliverable.

    ``volume`` > 0, in any unit that is the same for all hand-offs of one supplier. ``passes`` and ``returned`` are
    counts from an event log, None when the hand-off was not measured. ``given_yield`` in 0..1 is set only where a
    yield is known as such (a chain of teams from a release or from folding) and then takes precedence.
    """

    supplier: str
    customer: str
    deliverable: str = ""
    volume: float = 1.0
    passes: int | None = None
    returned: int | None = None
    given_yield: float | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A score 0..10 by the receiving side about one hand-off. ``rater`` None = the receiving party itself."""

    supplier: str
    customer: str
    score: float
    deliverable: str = ""
    rater: str | None = None
    given_on: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """One immutable snapshot: ``n`` parties, ``m`` hand-offs, ``r`` ratings, column by column.

    Positions are used inside (``supplier[h]`` is a position in ``party_ids``); ids and keys only at the edges.
    ``party_keys`` and ``handoff_keys`` are the caller's own numbers (primary keys), carried along untouched.
    Arrays are made read-only. Build it from records with :meth:`from_records`.

    >>> chain = Chain.from_records(
    ...     [Party("ann", "Ann"), Party("cli", "Client", PartyKind.END_CUSTOMER)],
    ...     [HandOff("ann", "cli", "report", volume=2)],
    ...     [Rating("ann", "cli", 8, "report")])
    >>> chain.party_count, chain.handoff_count, float(chain.rating_score[0])
    (2, 1, 8.0)
    """

    party_ids: Sequence[str]
    party_names: Sequence[str]
    party_kinds: Sequence[PartyKind]
    party_teams: Sequence[str]  # "" = no team
    capacity: FloatArray  # [n] person-equivalents, >= 0
    supplier: IntArray  # [m] position of the giving party
    customer: IntArray  # [m] position of the receiving party
    deliverables: Sequence[str]  # [m]
    volume: FloatArray  # [m] > 0
    passes: LongArray  # [m] NOT_MEASURED or >= 1
    returned: LongArray  # [m] NOT_MEASURED or 0..passes
    given_yield: FloatArray  # [m] nan = derive it from ratings or passes
    rating_handoff: IntArray  # [r] position of the hand-off
    rating_rater: IntArray  # [r] position of the party who gave it
    rating_day: IntArray  # [r] date.toordinal(), UNKNOWN_DAY when not known
    rating_score: FloatArray  # [r] 0..10
    party_keys: LongArray = field(default_factory=lambda: np.empty(0, np.int64))
    handoff_keys: LongArray = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            column = getattr(self, name)
            if isinstance(column, np.ndarray):
                column.flags.writeable = False

    @property
    def party_count(self) -> int:
        return len(self.party_ids)

    @property
    def handoff_count(self) -> int:
        return len(self.supplier)

    @property
    def rating_count(self) -> int:
        return len(self.rating_score)

    @property
    def is_end_customer(self) -> BoolArray:
        """[n] True where the party is an end customer."""
        return np.fromiter((kind == PartyKind.END_CUSTOMER for kind in self.party_kinds), np.bool_, self.party_count)

    @classmethod
    def from_records(
        cls,
        parties: Iterable[Party],
        handoffs: Iterable[HandOff],
        ratings: Iterable[Rating] = (),
        *,
        allow_self: bool = False,
    ) -> Chain:
        """Check the records and lay them out in columns.

        ``allow_self`` permits a hand-off from a party to itself: work that stays inside a team, in a chain of teams.
        Raises ChainError for an unknown or repeated id, a self hand-off, a hand-off that leaves an end customer, a
        volume that is not positive, a score outside 0..10, or a rating without its hand-off.
        """
        party_list, handoff_list, rating_list = list(parties), list(handoffs), list(ratings)
        place = {party.id: position for position, party in enumerate(party_list)}
        if len(place) != len(party_list):
            raise ChainError("two parties have the same id")
        where: dict[tuple[str, str, str], int] = {}
        for position, handoff in enumerate(handoff_list):
            _check_handoff(handoff, place, party_list, allow_self=allow_self)
            link = (handoff.supplier, handoff.customer, handoff.deliverable)
            if link in where:
                raise ChainError(f"the hand-off {link} is given twice")
            where[link] = position
        for rating in rating_list:
            _check_rating(rating, place, where)
        return cls(
            party_ids=tuple(party.id for party in party_list),
            party_names=tuple(party.name for party in party_list),
            party_kinds=tuple(party.kind for party in party_list),
            party_teams=tuple(party.team for party in party_list),
            capacity=np.array(
                [DEFAULT_CAPACITY[p.kind] if p.capacity is None else p.capacity for p in party_list], np.float64
            ),
            supplier=np.array([place[h.supplier] for h in handoff_list], np.int32),
            customer=np.array([place[h.customer] for h in handoff_list], np.int32),
            deliverables=tuple(handoff.deliverable for handoff in handoff_list),
            volume=np.array([handoff.volume for handoff in handoff_list], np.float64),
            passes=_counts([handoff.passes for handoff in handoff_list]),
            returned=_counts([handoff.returned for handoff in handoff_list]),
            given_yield=np.array(
                [np.nan if h.given_yield is None else h.given_yield for h in handoff_list], np.float64
            ),
            rating_handoff=np.array([where[(r.supplier, r.customer, r.deliverable)] for r in rating_list], np.int32),
            rating_rater=np.array([place[r.rater or r.customer] for r in rating_list], np.int32),
            rating_day=np.array([r.given_on.toordinal() if r.given_on else UNKNOWN_DAY for r in rating_list], np.int32),
            rating_score=np.array([rating.score for rating in rating_list], np.float64),
            party_keys=np.arange(len(party_list), dtype=np.int64),
            handoff_keys=np.arange(len(handoff_list), dtype=np.int64),
        )


def _counts(values: Sequence[int | None]) -> LongArray:
    return np.array([NOT_MEASURED if value is None else value for value in values], np.int64)


def _check_handoff(handoff: HandOff, place: dict[str, int], parties: Sequence[Party], *, allow_self: bool) -> None:
    for end in (handoff.supplier, handoff.customer):
        if end not in place:
            raise ChainError(
                f"the hand-off {handoff.supplier!r} -> {handoff.customer!r} names an unknown party {end!r}"
            )
    if handoff.supplier == handoff.customer and not allow_self:
        raise ChainError(f"{handoff.supplier!r} cannot hand off to itself")
    if parties[place[handoff.supplier]].kind == PartyKind.END_CUSTOMER:
        raise ChainError(f"nothing leaves the end customer {handoff.supplier!r}")
    if not (handoff.volume > 0 and np.isfinite(handoff.volume)):
        raise ChainError(f"the volume of {handoff.supplier!r} -> {handoff.customer!r} must be above 0")


def _check_rating(rating: Rating, place: dict[str, int], where: dict[tuple[str, str, str], int]) -> None:
    if (rating.supplier, rating.customer, rating.deliverable) not in where:
        raise ChainError(f"a rating has no hand-off: {rating.supplier!r} -> {rating.customer!r}")
    if rating.rater is not None and rating.rater not in place:
        raise ChainError(f"unknown rater {rating.rater!r}")
    if not 0 <= rating.score <= 10:
        raise ChainError(f"the score {rating.score!r} is outside 0..10")
