"""What a room said together, as it is frozen at the reveal: one frozen dataclass a kind of exercise.

People and hand-offs are keys, so that a result shows today's names and those that are gone not at all. In an open
workshop the figures are exact. In an anonymous one they come from 6 people on and as coarse as in a release, texts
(but agreements, which are made to be seen) from 10 people on and in an order that says nothing: figures that were not
published are None, and lists are empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from chainmap.domain import plain_data
from chainmap.domain.exercises import Exercise
from chainmap.domain.ladder import Rung
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.release import Clip


class Shown(StrEnum):
    """Whether there is something to see."""

    SHOWN = "shown"
    NOTHING = "nothing"  # nobody said anything (open workshops only)
    TOO_FEW = "too_few"  # the same for nobody and for too few
    FEW_MORE = "few_more"  # a few joined since it was last shown: the difference of the two figures would be theirs


@dataclass(frozen=True, slots=True)
class Answered:
    """How many people a result rests on."""

    shown: Shown
    people: int | None  # exact; open workshops only
    band: str | None  # anonymous, of a result that is shown: "5-7", "8-12", "13-20", ">20"

    @property
    def is_shown(self) -> bool:
        return self.shown == Shown.SHOWN


@dataclass(frozen=True, slots=True)
class Side:
    """The key of a party of the chain, or words for somebody who is not in it."""

    party: int | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Something somebody wrote, and the hand-off it is about."""

    words: str
    handoff: int | None = None


@dataclass(frozen=True, slots=True)
class NamedClient:
    """Somebody who was called the most important client."""

    who: Side
    people: int | None  # open
    share: int | None  # anonymous, from 21 people: percent, 10..90 in steps of 10


@dataclass(frozen=True, slots=True)
class ClientAnswered:
    """Whom one party of the chain named, and whom the chain names for it."""

    party: int
    named: Side
    chain: int | None  # None: it hands nothing on, or entered the chain just now
    share: float | None  # of what it delivers to end customers, 0..1; None where the volume decides


@dataclass(frozen=True, slots=True)
class ClientResult:
    """Who is called the most important client, and how often that is who the chain names.

    ``named`` most often first; of an anonymous room only those whom 6 people or more named, from 21 people on.
    """

    answered: Answered
    named: tuple[NamedClient, ...]
    matching: int | None  # open: of those judged, how many answers are what the chain says
    judged: int | None  # open: people whose answer the chain can judge
    half_name: Side | None  # whom at least half of the room names, if anybody
    answers: tuple[ClientAnswered, ...] = ()  # open: of those who answered and have a place, by key

    @property
    def clarity(self) -> float | None:
        """Matching answers of those judged, 0..1; None where none could be judged."""
        return self.matching / self.judged if self.matching is not None and self.judged else None


class NamedBy(StrEnum):
    """Which sides of a hand-off drew it."""

    BOTH = "both"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    OTHERS = "others"  # neither


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """One hand-off the room drew, however many drew it."""

    key: int  # > 0: the hand-off of the chain; < 0: a new one; 0: it cannot be in a chain
    supplier: Side
    customer: Side
    deliverable: str
    volume: float  # mean of what was said, 1..10
    named_by: NamedBy | None  # open

    @property
    def is_new(self) -> bool:
        return self.key <= 0


@dataclass(frozen=True, slots=True)
class DrawResult:
    """The hand-offs the room drew: named by both sides first, then by one, then by others."""

    answered: Answered
    links: tuple[DrawnLink, ...]

    @property
    def both(self) -> int:
        """How many were drawn by both sides."""
        return sum(link.named_by == NamedBy.BOTH for link in self.links)

    @property
    def one(self) -> int:
        """How many were drawn by one of their sides."""
        return sum(link.named_by in (NamedBy.SUPPLIER, NamedBy.CUSTOMER) for link in self.links)

    @property
    def new(self) -> int:
        """How many are not in the chain yet."""
        return sum(link.is_new for link in self.links)


@dataclass(frozen=True, slots=True)
class RatedLink:
    """One hand-off somebody rated live. Yields 0..1; values in person-equivalents."""

    handoff: int  # < 0: one the room drew
    score: float  # mean, 0..10
    answers: int
    before: float | None  # yield before; None where nothing was known
    after: float  # yield with the room's ratings
    lost: float | None  # value destroyed here now
    gain: float | None  # what delivered value gains if this hand-off were perfect


@dataclass(frozen=True, slots=True)
class ReasonSaid:
    """How often a reason was named."""

    reason: Reason
    people: int | None  # open
    share: int | None  # anonymous, from 21 people: percent, 10..90 in steps of 10


@dataclass(frozen=True, slots=True)
class RateResult:
    """The room's ratings, biggest loss first, and what they do to what arrives at the end customers.

    ``created`` and ``after`` are of the chain with what the room drew and rated, ``created_before`` and ``before`` of
    the chain as everybody saw it.
    """

    answered: Answered
    links: tuple[RatedLink, ...]
    created: float | None  # open: person-equivalents, of the workshop's part of the chain
    before: float | None  # delivered before the workshop; None where nothing was known
    after: float | None  # delivered with the room's ratings
    mean: float | None  # anonymous: 2.0 .. 9.0 in steps of 0.5, whole numbers below 10 people
    clip: Clip
    reasons: tuple[ReasonSaid, ...]  # most often first
    texts: tuple[Text, ...]
    created_before: float | None = None  # None: as created
    kappa: float | None = None  # ratings at the mean of the chain that every yield is counted with
    handoffs: int | None = None  # of the chain with what the room drew and rated; None: not known
    assumed: int | None = None  # of these, those nobody has rated or measured: taken as average

    @property
    def arrives(self) -> float | None:
        """The share that reaches the end customers with the room's ratings, 0..1; None where it is not known."""
        return self.after / self.created if self.created and self.after is not None else None

    @property
    def is_mostly_assumed(self) -> bool:
        """Whether more hand-offs are taken as average than are known, so that what arrives is no finding yet."""
        return self.handoffs is not None and self.assumed is not None and 2 * self.assumed > self.handoffs

    @property
    def arrived(self) -> float | None:
        """The share that reached them before, 0..1; None where it was not known."""
        created = self.created if self.created_before is None else self.created_before
        return self.before / created if created and self.before is not None else None


@dataclass(frozen=True, slots=True)
class MomentText:
    """A moment in somebody's words."""

    kind: Moment | None  # None in an anonymous workshop: counted, the kinds would be a distribution
    words: str
    handoff: int | None


@dataclass(frozen=True, slots=True)
class MomentsResult:
    """Magic against misery, by the organization's rule."""

    answered: Answered
    magic: int | None  # open
    misery: int | None  # open
    magic_for_one_misery: float  # the rule
    still_wanted: int | None  # open: magic moments the rule still asks for
    made_up_for: bool | None  # whether there are as many as it asks for
    magic_share: int | None  # anonymous, from 21 people: percent of all moments, 10..90 in steps of 10
    texts: tuple[MomentText, ...]


@dataclass(frozen=True, slots=True)
class RungSaid:
    """How many see the customers on this rung."""

    rung: Rung
    people: int | None  # open
    share: int | None  # anonymous, from 21 people: percent, 10..90 in steps of 10


@dataclass(frozen=True, slots=True)
class LadderResult:
    """Every rung, lowest first, and the highest that at least half of the room see reached."""

    answered: Answered
    rungs: tuple[RungSaid, ...]
    half_reach: Rung | None


@dataclass(frozen=True, slots=True)
class RowMean:
    """One line of the questionnaire: 0 = its left sentence, 10 = its right one."""

    code: str
    mean: float  # 2.0 .. 9.0 in steps of 0.5, whole numbers below 10 people
    clip: Clip


@dataclass(frozen=True, slots=True)
class OrientationResult:
    """The room's profile; a group figure from 6 people on in every workshop. ``overall`` None: not shown."""

    answered: Answered
    version: str  # of the text that was asked
    rows: tuple[RowMean, ...]
    overall: RowMean | None


@dataclass(frozen=True, slots=True)
class PurposeResult:
    """What the work is for, in the room's words."""

    answered: Answered
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class PairShown:
    """Who was proposed to talk to whom, and why."""

    supplier: int
    customer: int
    handoff: int
    gain: float | None  # share of all value created, 0..1; None: nobody has rated it yet
    listeners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CoffeeResult:
    """The pairs, most to gain first, and how many say that they met."""

    answered: Answered
    pairs: tuple[PairShown, ...]
    met: int | None  # open
    half_met: bool | None  # whether at least half of those who answered met
    texts: tuple[Text, ...]


class AgreementSaid(StrEnum):
    """How far an agreement came in the room: nobody's yes is given by somebody else's phone."""

    BOTH = "both"  # each side said yes on a phone of its own
    ROOM = "room"  # the coach heard both say yes
    OPEN = "open"  # proposed
    NOT_ASKED = "not_asked"  # proposed, and one who did not say yes was not there to be asked


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """One agreement of the room. ``named_by``: which sides wrote it down; None in an anonymous room."""

    supplier: Side
    customer: Side
    sentence: str
    due_on: date
    said: AgreementSaid = AgreementSaid.OPEN
    named_by: NamedBy | None = None

    @property
    def yes(self) -> bool:
        """Whether both said yes."""
        return self.said in (AgreementSaid.BOTH, AgreementSaid.ROOM)


@dataclass(frozen=True, slots=True)
class AgreementsResult:
    """What the room agrees on: open ones first, then the earliest day."""

    answered: Answered
    agreements: tuple[AgreementShown, ...]

    @property
    def open(self) -> int:
        """How many are not agreed by both yet."""
        return sum(not agreement.yes for agreement in self.agreements)


Result = (
    ClientResult
    | DrawResult
    | RateResult
    | MomentsResult
    | LadderResult
    | OrientationResult
    | PurposeResult
    | CoffeeResult
    | AgreementsResult
)
RESULT_TYPES: Mapping[Exercise, type[Any]] = {
    Exercise.CLIENT: ClientResult,
    Exercise.DRAW: DrawResult,
    Exercise.RATE: RateResult,
    Exercise.MOMENTS: MomentsResult,
    Exercise.LADDER: LadderResult,
    Exercise.ORIENTATION: OrientationResult,
    Exercise.PURPOSE: PurposeResult,
    Exercise.COFFEE: CoffeeResult,
    Exercise.AGREEMENTS: AgreementsResult,
}


def result_to_json(result: Result) -> str:
    """The result as it is kept: the same text for the same result."""
    return plain_data.to_json(result)


def result_from_json(kind: Exercise, text: str) -> Result:
    """Read back what :func:`result_to_json` wrote, now or before a result had all of its fields.

    Raises ValueError for everything else.
    """
    if kind in _LATER:
        text = _with_later(text, _LATER[kind])
    elif kind == Exercise.AGREEMENTS:
        text = _with_said(text)
    found: Result = plain_data.from_json(RESULT_TYPES[kind], text)
    return found


#: Fields a result did not always have.
_LATER: Mapping[Exercise, Mapping[str, object]] = {
    Exercise.CLIENT: {"answers": []},
    Exercise.RATE: {"created_before": None, "kappa": None, "handoffs": None, "assumed": None},
}


def _with_later(text: str, fields: Mapping[str, object]) -> str:
    """A result kept before it had these fields, with them."""
    try:
        data = json.loads(text)
    except RecursionError:
        return text  # refused where it is read
    return json.dumps({**fields, **data}) if isinstance(data, dict) else text


def _with_said(text: str) -> str:
    """A result kept when one tick said that both had said yes: then it was so as far as the room heard."""
    try:
        data = json.loads(text)
    except RecursionError:
        return text  # refused where it is read
    listed = data.get("agreements") if isinstance(data, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("yes"), bool):
            yes = one.pop("yes")
            one |= {"said": (AgreementSaid.ROOM if yes else AgreementSaid.OPEN).value, "named_by": None}
    return json.dumps(data)
