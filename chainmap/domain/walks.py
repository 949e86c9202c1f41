"""Walk the chain: from one party to an end customer, one hand-off at a time, with what becomes of 100 units.

Of what is at a party, ``here`` of the one unit the walk began with, the hand-offs to the next one take the share ``p``:

    lost = here * sum p (1 - y)        left = here * sum p y        other ways = here * (1 - sum p)

so that what is lost on the way, what goes other ways and what arrives are together what the walk began with, and what
arrives plus what reaches end customers from the other ways is the reach of the first party (MODEL section 3). Work a
team hands to itself comes back with ``w = p y``: the geometric series 1 / (1 - w) of it is walked at once.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainmap.domain.clients import DIGITS
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind

#: Walks shown to choose from.
SUGGESTED = 3
#: Starts whose largest shares lead round in a circle, for which the careful route is looked for.
_CAREFUL = 50
#: Shares of one unit below this are the rest of a subtraction.
_NOTHING = 1e-12


class WalkError(ValueError):
    """There is no such way in this chain any more."""


class ForkKind(StrEnum):
    """Where work goes that does not stay on the walk."""

    OTHER = "other"  # to somebody else from whom an end customer can be reached
    BACK = "back"  # to somebody the walk has passed already: it goes round
    NOWHERE = "nowhere"  # to somebody from whom no end customer is reached


@dataclass(frozen=True, slots=True)
class Fork:
    """Another way at one party of the walk. Shares of the one unit the walk began with, 0..1."""

    party: str  # id
    kind: ForkKind
    amount: float  # handed over there; the hand-off to it may still lose some
    reaches: float | None  # of it, what reaches an end customer in the end; None when nothing is known of yields


@dataclass(frozen=True, slots=True)
class Amounts:
    """What becomes of the unit in one step: ``before = lost + elsewhere + left``, each 0..1 of the first unit."""

    before: float
    lost: float  # at the hand-offs of this step, ``inside`` included
    inside: float  # of it, lost at what a team hands to itself
    elsewhere: float  # goes another way
    left: float  # arrives at the customer of this step
    assumed: float = 0.0  # of ``lost``, at hand-offs nobody rated or measured: a question, not a finding

    @property
    def found(self) -> float:
        """Of ``lost``, what ratings or a log say, 0..1."""
        return self.lost - self.assumed


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step: all hand-offs from ``supplier`` to ``customer`` together, largest first."""

    supplier: str
    customer: str
    handoffs: tuple[HandOffFinding, ...]
    forks: tuple[Fork, ...]  # largest first
    amounts: Amounts | None  # None when nothing is known of yields


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through the chain. ``steps`` are empty where the first party hands nothing on, or is an end customer."""

    start: str
    steps: tuple[WalkStep, ...]
    reaches_end: bool  # whether its last party is an end customer

    @property
    def parties(self) -> tuple[str, ...]:
        """Ids in the order of the walk, the first one included."""
        return (self.start, *(step.customer for step in self.steps))

    @property
    def end(self) -> str:
        return self.parties[-1]

    @property
    def is_known(self) -> bool:
        """Whether there are figures."""
        return bool(self.steps) and self.steps[0].amounts is not None

    @property
    def lost(self) -> float:
        """Of one unit, what is lost on this way, 0..1; 0 where nothing is known."""
        return sum(step.amounts.lost for step in self.steps if step.amounts)

    @property
    def assumed(self) -> float:
        """Of ``lost``, what nobody rated or measured, 0..1."""
        return sum(step.amounts.assumed for step in self.steps if step.amounts)

    @property
    def elsewhere(self) -> float:
        """Of one unit, what takes other ways, 0..1."""
        return sum(step.amounts.elsewhere for step in self.steps if step.amounts)

    @property
    def left(self) -> float:
        """Of one unit, what is left at the end of the walk, 0..1."""
        last = self.steps[-1].amounts if self.steps else None
        return last.left if last else 1.0

    @property
    def elsewhere_reaches(self) -> float:
        """Of one unit, what reaches end customers on the other ways, 0..1."""
        return sum(fork.reaches or 0.0 for step in self.steps for fork in step.forks)

    @property
    def worst(self) -> int | None:
        """Number (from 0) of the step at which most is found to be lost; None where nothing is lost or known.

        What is assumed does not count: a loss that nobody reported is a question (MODEL section 3).
        """
        losses = [step.amounts.found if step.amounts else 0.0 for step in self.steps]
        most = max(losses, default=0.0)
        return losses.index(most) if most > _NOTHING else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A walk worth taking: ``value`` is what is found to be lost on it of the work that begins there, what is assumed
    not counted; person-equivalents."""

    walk: Walk
    value: float


class Walks:
    """The walks of one finding; build it once, ask for as many as needed."""

    def __init__(self, finding: Bottlenecks) -> None:
        self._parties: Mapping[str, PartyFinding] = {party.id: party for party in finding.parties}
        self._known = finding.analysed
        self._onward: dict[str, dict[str, list[HandOffFinding]]] = defaultdict(dict)
        self._givers: dict[str, set[str]] = defaultdict(set)
        self._self: dict[str, list[HandOffFinding]] = defaultdict(list)
        for handoff in finding.handoffs:
            if handoff.supplier == handoff.customer:
                self._self[handoff.supplier].append(handoff)
            else:
                self._onward[handoff.supplier].setdefault(handoff.customer, []).append(handoff)
                self._givers[handoff.customer].add(handoff.supplier)
        self._in_reach = self._reaching(())

    def walk(self, start: str, way: Sequence[str] = ()) -> Walk:
        """The walk from ``start``: first along ``way``, then always on to whom most of what is delivered goes through.

        It passes nobody twice and ends at an end customer wherever one can be reached without coming back. Raises
        WalkError for a start or a way that is not in the chain, or that passes somebody twice.
        """
        if start not in self._parties:
            raise WalkError("nobody with this id")
        route = [start]
        for party in way:
            if party in route or party not in self._onward.get(route[-1], {}):
                raise WalkError("no such way")
            route.append(party)
        route = self._straight_on(route) or self._carefully_on(route)
        return self._measured(route)

    def suggestions(self, most: int = SUGGESTED) -> list[Suggestion]:
        """The walks on which most of the work that begins there is lost, each with another worst hand-off.

        Valued by own work times what is found to be lost of it, by ratings or a log: an assumed hand-off heads no list
        of losses. Those with the larger part lost, then the name, decide ties.
        """
        if not self._known:
            return []
        rows = []
        for party, lost in self._lost_on_the_way().items():
            value = self._own(party) * lost
            if value > _NOTHING:
                rows.append((-round(value, DIGITS), -round(lost, DIGITS), self._parties[party].name, party))
        found: list[Suggestion] = []
        seen: set[tuple[str, str]] = set()
        for value, _lost, _name, party in sorted(rows):
            walk = self.walk(party)
            worst = None if walk.worst is None else walk.steps[walk.worst]
            if worst is None or (worst.supplier, worst.customer) in seen:
                continue
            seen.add((worst.supplier, worst.customer))
            found.append(Suggestion(walk, -value))
            if len(found) == most:
                break
        return found

    def _straight_on(self, route: Sequence[str]) -> list[str] | None:
        """The route led on to whom most goes through at every step; None where that comes back."""
        onward = list(route)
        while (following := self._first_choice(onward[-1])) is not None:
            if following in onward:
                return None
            onward.append(following)
        return onward

    def _carefully_on(self, route: Sequence[str]) -> list[str]:
        """The same, each step only to parties that lead to an end customer past everybody on the route."""
        onward = list(route)
        while not self._is_end(onward[-1]):
            ways = [party for party in self._ordered(onward[-1]) if party not in onward]
            following = None
            for arriving in (True, False):
                reached = self._reaching(onward, arriving=arriving)
                usable = (one for one in ways if one in reached and (not arriving or self._arrives(onward[-1], one)))
                following = following or next(usable, None)
            if following is None:
                break
            onward.append(following)
        return onward

    def _first_choice(self, party: str) -> str | None:
        """Whom most goes through among those that lead on; None at the end of every way."""
        return next((way for way in self._ordered(party) if way in self._in_reach), None)

    def _arrives(self, supplier: str, customer: str) -> bool:
        """Whether anything that goes this way reaches an end customer."""
        return self._through(self._onward[supplier][customer]) > 0

    def _ordered(self, party: str) -> list[str]:
        """The customers of a party, the one most goes through first, as in ``domain/clients.py``."""
        weights = {customer: self._through(handoffs) for customer, handoffs in self._onward.get(party, {}).items()}
        total = sum(weights.values())

        def importance(customer: str) -> tuple[float, float, str, str]:
            volume = sum(handoff.volume for handoff in self._onward[party][customer])
            share = weights[customer] / total if total > 0 else 0.0
            return -round(share, DIGITS), -volume, self._parties[customer].name, customer

        return sorted(weights, key=importance)

    def _through(self, handoffs: Iterable[HandOffFinding]) -> float:
        """Of one unit of the supplier, what reaches end customers through these hand-offs to one customer; 0 where
        nothing is known, so that volumes decide."""
        return sum(
            one.share * one.yield_ * (self._parties[one.customer].reach or 0.0) for one in handoffs if one.yield_
        )

    def _reaching(self, passed: Collection[str], *, arriving: bool = False) -> set[str]:
        """Parties that lead to an end customer past ``passed``; ``arriving``: along ways where something arrives."""
        reached = {party for party in self._parties if self._is_end(party)}
        ahead = list(reached)
        while ahead:
            customer = ahead.pop()
            for giver in self._givers.get(customer, ()):
                is_open = giver not in reached and giver not in passed
                if is_open and (not arriving or self._arrives(giver, customer)):
                    reached.add(giver)
                    ahead.append(giver)
        return reached

    def _measured(self, route: Sequence[str]) -> Walk:
        steps: list[WalkStep] = []
        before = 1.0
        for place, (supplier, customer) in enumerate(itertools.pairwise(route)):
            passed = route[: place + 1]
            step = self._step(supplier, customer, before, passed)
            steps.append(step)
            before = step.amounts.left if step.amounts else before
        return Walk(route[0], tuple(steps), self._is_end(route[-1]))

    def _step(self, supplier: str, customer: str, before: float, passed: Sequence[str]) -> WalkStep:
        again = sum(one.share * (one.yield_ or 0.0) for one in self._self.get(supplier, ()))
        here = before / (1.0 - again) if again < 1.0 else before
        handoffs = sorted(self._onward[supplier][customer], key=lambda one: (-one.volume, one.deliverable, one.key))
        forks = tuple(
            self._fork(other, ways, here, passed) for other, ways in self._onward[supplier].items() if other != customer
        )
        amounts = None
        if self._known:
            inside = here * _lost_share(self._self.get(supplier, ()))
            lost = here * _lost_share(handoffs)
            left = here * sum(one.share * (one.yield_ or 0.0) for one in handoffs)
            unrated = [one for one in (*self._self.get(supplier, ()), *handoffs) if one.basis == Basis.ASSUMED]
            away = sum(fork.amount for fork in forks)
            amounts = Amounts(before, lost + inside, inside, away, left, here * _lost_share(unrated))
        ordered = sorted(forks, key=lambda fork: (-round(fork.amount, DIGITS), self._parties[fork.party].name))
        return WalkStep(supplier, customer, tuple(handoffs), tuple(ordered), amounts)

    def _fork(self, party: str, ways: Iterable[HandOffFinding], here: float, passed: Sequence[str]) -> Fork:
        kind = ForkKind.OTHER if party in self._in_reach else ForkKind.NOWHERE
        listed = list(ways)
        return Fork(
            party=party,
            kind=ForkKind.BACK if party in passed else kind,
            amount=here * sum(one.share for one in listed),
            reaches=here * self._through(listed) if self._known else None,
        )

    def _lost_on_the_way(self) -> dict[str, float]:
        """Id -> of one unit, what is found to be lost on its walk. Most walks share their ends: each party is measured
        once."""
        lost: dict[str, float] = {}
        going_round: list[str] = []
        for first in self._parties:
            trail: dict[str, str | None] = {}  # each with whom it hands on to
            party: str | None = first
            while party is not None and party not in lost and party not in trail and not self._is_end(party):
                trail[party] = self._first_choice(party)
                party = trail[party]
            if party in trail:
                going_round.append(first)
                continue
            behind = lost.get(party, 0.0) if party is not None else 0.0
            for one, following in reversed(trail.items()):
                behind = lost[one] = self._lost_from(one, following, behind)
        for party in sorted(going_round, key=lambda one: (-self._own(one), one))[:_CAREFUL]:
            walk = self.walk(party)
            lost[party] = walk.lost - walk.assumed
        return lost

    def _lost_from(self, party: str, following: str | None, behind: float) -> float:
        if following is None:
            return 0.0
        amounts = self._step(party, following, 1.0, (party,)).amounts
        return amounts.found + amounts.left * behind if amounts else 0.0

    def _own(self, party: str) -> float:
        """Work that begins here, person-equivalents: what is present without what arrives from others."""
        inflow = self._parties[party].inflow
        if inflow is None or self._is_end(party):
            return 0.0
        arriving = sum(
            (one.flow or 0.0) - (one.lost or 0.0)
            for giver in self._givers.get(party, ())
            for one in self._onward[giver][party]
        )
        arriving += sum((one.flow or 0.0) - (one.lost or 0.0) for one in self._self.get(party, ()))
        return max(inflow - arriving, 0.0)

    def _is_end(self, party: str) -> bool:
        return self._parties[party].kind == PartyKind.END_CUSTOMER


def _lost_share(handoffs: Iterable[HandOffFinding]) -> float:
    """Of one unit of the supplier, what is lost at these hand-offs, 0..1."""
    return sum(one.share * (1.0 - (one.yield_ or 0.0)) for one in handoffs)


def whole_parts(parts: Sequence[float], total: int = 100) -> list[int]:
    """The parts in whole hundredths that add up to ``total``: those with the largest rest are rounded up.

    ``parts`` >= 0 sum to 1 (anything else is scaled); zeros stay 0.

    >>> whole_parts([1 / 3, 1 / 3, 1 / 3]), whole_parts([0.004, 0.996]), whole_parts([0.0, 0.0])
    ([34, 33, 33], [0, 100], [0, 0])
    """
    whole = sum(parts)
    if whole <= 0:
        return [0 for _part in parts]
    exact = [total * part / whole for part in parts]
    floors = [int(value + _NOTHING) for value in exact]
    rest = total - sum(floors)
    by_rest = sorted(range(len(parts)), key=lambda place: (-(exact[place] - floors[place]), place))
    for place in by_rest[:rest]:
        floors[place] += 1
    return floors
