"""What the core answers: results as frozen dataclasses, the same for page, table, picture, API and file.

A figure that cannot be known (no ratings, or a party without a way to an end customer) is None, never 0 by default.
Values are person-equivalents unless said otherwise; shares and yields are 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.records import PartyKind


class Basis(StrEnum):
    """Where the yield of a hand-off comes from."""

    RATED = "rated"  # its ratings
    MEASURED = "measured"  # passes and returns of an event log
    ASSUMED = "assumed"  # neither: the organization's mean stands in
    GIVEN = "given"  # given as such: a chain of teams


@dataclass(frozen=True, slots=True)
class HandOffFinding:
    """One hand-off with its place in the loss of the organization."""

    key: int  # the caller's own number of the hand-off
    rank: int | None  # 1 = most recoverable; None for assumed hand-offs: a question, not a finding
    supplier: str  # id of the giving party
    customer: str  # id of the receiving party
    deliverable: str
    volume: float
    share: float  # of the supplier's output, 0..1
    basis: Basis
    ratings: int  # counted ratings
    passes: int | None
    returned: int | None
    yield_: float | None  # share of value that survives, 0..1
    flow: float | None  # value put into the hand-off
    lost: float | None  # value destroyed in this step
    lost_share: float | None  # of all value lost, 0..1
    recoverable: float | None  # what delivered value gains if this hand-off were perfect
    recoverable_error: float | None  # absolute bound on the error of recoverable; 0 = exact


@dataclass(frozen=True, slots=True)
class PartyFinding:
    """One party with its place in the chain."""

    key: int  # the caller's own number of the party
    id: str
    name: str
    kind: PartyKind
    team: str
    inflow: float | None  # value present here: own capacity plus what arrives
    reach: float | None  # share of a unit of value here that reaches an end customer, 0..1
    dependence: float | None  # share of delivered value that passes through here at least once, 0..1
    dependence_error: float | None  # absolute bound; 0 = exact
    most_important_client: str | None  # id of the customer that most of what this party delivers goes through


@dataclass(frozen=True, slots=True)
class Cycle:
    """A loop of work: parties that can all reach each other (two or more)."""

    parties: Sequence[str]  # ids, sorted
    repeated: float | None  # value that passes through a party of the loop again, person-equivalents


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A party through which every way of some others to the end customers goes."""

    party: str  # id
    blocks: Sequence[str]  # ids of the parties cut off without it, sorted
    dependence: float | None  # 0..1


@dataclass(frozen=True, slots=True)
class Structure:
    """What the shape of the chain says, with or without ratings."""

    dead_ends: Sequence[str] = ()  # ids of parties (not end customers) without a way to an end customer
    customers_without_supplier: Sequence[str] = ()  # ids of end customers that receive nothing
    cycles: Sequence[Cycle] = ()  # largest first
    single_points: Sequence[SinglePoint] = ()  # most blocked parties first


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """Where value is lost in one organization: totals, every hand-off, every party, the structure.

    ``created = delivered + lost + stranded`` always (to 1e-9 relative). Without any rating or measured pass
    ``analysed`` is False, delivered .. mean_yield are None and only the structure says something.
    ``handoffs`` come ranked first (rank 1, 2, ...), then the assumed ones by what they could hide.
    """

    organization: str
    analysed: bool
    created: float
    delivered: float | None
    lost: float | None
    stranded: float | None
    chain_yield: float | None  # delivered / created, 0..1; None when nothing is created
    mean_yield: float | None  # mean retention over all counted ratings (passes where there are no ratings)
    handoffs: Sequence[HandOffFinding]
    parties: Sequence[PartyFinding]
    structure: Structure
    by_team: bool = False  # True: the parties are teams
    released: bool = False  # True: from the release of a protected round, where an assumed yield is one not shown

    @property
    def ranked(self) -> Sequence[HandOffFinding]:
        """The hand-offs that somebody rated or measured, worst first."""
        return [handoff for handoff in self.handoffs if handoff.rank is not None]

    @property
    def ask_next(self) -> Sequence[HandOffFinding]:
        """The hand-offs nobody has rated or measured yet: questions, not findings."""
        return [handoff for handoff in self.handoffs if handoff.rank is None]


@dataclass(frozen=True, slots=True)
class ClientShare:
    """How much of what a party delivers to end customers goes through one direct customer."""

    party: str  # id of the customer
    share: float | None  # c_ij, 0..1; the shares of one supplier sum to 1
    volume: float  # handed over, in the supplier's unit


@dataclass(frozen=True, slots=True)
class SupplierShare:
    """How much of what arrives at a party comes from one direct supplier."""

    party: str  # id of the supplier
    share: float | None  # of the inflow from others, 0..1
    volume: float  # handed over, in that supplier's unit


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of the main chain: hand-offs supplier -> customer taken together."""

    supplier: str
    customer: str
    yield_: float  # volume-weighted over the parallel hand-offs, 0..1
    left: float  # what is left of one unit after this step, 0..1


@dataclass(frozen=True, slots=True)
class PartyChain:
    """One party's own view: who it serves, who serves it, and its main chain to an end customer."""

    party: str
    customers: Sequence[ClientShare]  # largest share first
    suppliers: Sequence[SupplierShare]  # largest share first
    main_chain: Sequence[ChainStep]  # () when no end customer can be reached or nothing is known of yields
    best_path: Sequence[str] = ()  # ids along the path with the best yield, this party first; () when there is none
    best_path_yield: float | None = None

    @property
    def most_important_client(self) -> ClientShare | None:
        """The customer most of this party's delivered value goes through, if any."""
        return self.customers[0] if self.customers and self.customers[0].share is not None else None
