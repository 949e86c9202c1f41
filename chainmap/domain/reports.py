"""The bottleneck report: everything its page, its documents and its files say, as one record.

A report of a protected round is made of the release and of the structure frozen at opening alone: whatever is written
from a :class:`Report` can show nothing else. Amounts are person-equivalents, shares and yields 0..1, scores 0..10,
unless said otherwise; what is not known is None. Names come as they were typed; whoever writes them cleans them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chainmap.domain.findings import Basis, Bottlenecks
from chainmap.domain.icare import Dimension
from chainmap.domain.intervals import Interval
from chainmap.domain.moments import Moment
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reasons import Reason
from chainmap.domain.release import Clip

#: Below this share of asked hand-offs that were rated, a report says that its figures may lean (issue: 60 %).
LOW_COVERAGE = 0.60
#: Hand-offs with their own lines in a report, and questions under "ask next".
TOP_LINKS, ASK_NEXT = 10, 10


class Subject(StrEnum):
    """What a report is about."""

    ORGANIZATION = "organization"
    TEAM = "team"  # what its people receive and hand over
    WORKSHOP = "workshop"


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what, from when, and under which rules."""

    subject: Subject
    organization: str
    name: str  # of the team or the workshop; "" for the organization
    round: str  # name of the round; "" for a workshop
    mode: str  # open, pair, anonymous; of a workshop open or anonymous
    version: int  # of the round, 1 and up
    opened_on: date | None
    closed_on: date | None  # the day the figures are of
    by_team: bool  # True: the parties are teams
    k: int | None  # people behind any number; None where single answers are signed


@dataclass(frozen=True, slots=True)
class Totals:
    """``created = delivered + lost + stranded``; of a team its own: see ``services/reports.py``."""

    created: float
    delivered: float | None
    lost: float | None
    stranded: float | None
    chain_yield: float | None
    interval: Interval | None  # 90 %, of chain_yield (0..1)
    mean_yield: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A mean score and a net promoter score: exact where answers are signed, else as released."""

    answers: str  # "7", or a band "5-7"; "" = no answers, or not shown
    mean: float | None = None  # 0..10
    clip: Clip = Clip.NONE  # a released mean at an end stands for itself or beyond
    nps: NetPromoterScore | None = None  # exact, with its interval; None under 10 answers are for the words to hide
    released_nps: int | None = None  # -90..90 in steps of 10; no interval is published


@dataclass(frozen=True, slots=True)
class AgreementMark:
    """What a room agreed on about a hand-off, aloud and for all to see: both sides said yes. What two people agreed is
    theirs alone."""

    what: str
    until: date | None


@dataclass(frozen=True, slots=True)
class ReportLink:
    """One of the hand-offs (or team links) that most can be won back at."""

    key: int  # of the hand-off in ``Report.finding``
    rank: int
    supplier: str  # name
    customer: str  # name
    deliverable: str  # "" for a team link or an unnamed one
    basis: Basis
    score: Score
    yield_: float | None
    yield_interval: Interval | None  # 90 %; None where only a release is known
    flow: float | None
    lost: float | None
    lost_share: float | None
    lost_interval: Interval | None
    recoverable: float | None
    recoverable_interval: Interval | None
    of_created: float | None  # recoverable / created: of all work created, the share that would arrive too
    top_probability: float | None  # of being among the top 5, 0..1
    reasons: Sequence[tuple[Reason, float]] = ()  # share of those who named one, largest first; () = none or not shown
    care_weakest: Dimension | None = None  # the I-CARE part most often said to be missing
    care_missing: float | None = None  # share of those who said so
    agreements: Sequence[AgreementMark] = ()


@dataclass(frozen=True, slots=True)
class ParetoBar:
    """One bar of the Pareto chart, largest loss first; ``key`` None for all the rest together."""

    key: int | None
    supplier: str
    customer: str
    deliverable: str
    lost: float
    cumulative: float  # share of all loss up to and with this bar, 0..1
    others: int = 0  # how many hand-offs the rest is


@dataclass(frozen=True, slots=True)
class TeamCoverage:
    """How many of a group answered, as a band of ``domain.response`` (never for fewer people than it allows)."""

    teams: Sequence[str]
    band: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what was asked was answered. Nobody is named, and nothing tells who did not answer."""

    handoffs_asked: int
    handoffs_rated: int | None  # None: not told in a protected round
    people_asked: int
    people_answered: int | None
    band: str  # band of ``domain.response`` over everybody asked
    is_low: bool | None  # under LOW_COVERAGE; None: cannot be said
    teams: Sequence[TeamCoverage] = ()


@dataclass(frozen=True, slots=True)
class AskNextLine:
    """A hand-off where an answer would tell most; ``weight``: its part of the variance of delivered value, 0..1."""

    key: int
    supplier: str
    customer: str
    deliverable: str
    weight: float | None
    ratings: int


@dataclass(frozen=True, slots=True)
class OneSided:
    """Hand-offs that one side named and the other did not confirm: how many, and never which."""

    count: int


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A party whose decisions others wait for."""

    name: str
    handoffs: int
    askers: int
    dependence: float | None


@dataclass(frozen=True, slots=True)
class StructureLines:
    """What the shape of the chain says, by name."""

    dead_ends: Sequence[str] = ()
    customers_without_supplier: Sequence[str] = ()
    one_sided: OneSided = OneSided(0)
    loops: Sequence[tuple[Sequence[str], float | None]] = ()  # names, value that passes twice
    single_points: Sequence[tuple[str, int, float | None]] = ()  # name, how many it cuts off, dependence
    decision_owners: Sequence[OwnerLine] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the shape gives nothing to say."""
        one_sided = self.one_sided.count
        lists = (self.dead_ends, self.customers_without_supplier, self.loops, self.single_points, self.decision_owners)
        return not one_sided and not any(lists)


@dataclass(frozen=True, slots=True)
class MomentLines:
    """Moments told: counts where answers are signed, else shares (percent, 10..90) of the organization's cell."""

    counts: Mapping[Moment, int] | None = None
    shares: Mapping[Moment, int] | None = None
    magic_for_one_misery: float | None = None  # what makes up for one misery, by the organization's rule


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """How many agreements there are, never which; all None where too few hand-offs have one to tell."""

    kept: int | None = None
    partly: int | None = None
    not_kept: int | None = None
    open: int | None = None
    overdue: int | None = None  # among the open ones
    in_room: int = 0  # made aloud in the workshop this report is of


@dataclass(frozen=True, slots=True)
class Moved:
    """The loss at one hand-off in two rounds: ``now - before = by_yield + by_flow`` to 1e-9.

    ``kind``: both, new, removed. A hand-off that is new or removed has all of its change under ``by_flow``.
    """

    supplier: str
    customer: str
    deliverable: str
    kind: str
    before: float
    now: float
    by_yield: float
    by_flow: float
    is_assumed: bool = False  # nobody rated it in one of the rounds: its yield moved with the mean


@dataclass(frozen=True, slots=True)
class ReportChange:
    """What changed since the round before."""

    round: str
    closed_on: date | None
    yield_before: float
    yield_now: float
    difference: Interval | None  # 90 %, of now - before (-1..1); None where only releases are known
    lost_before: float
    lost_now: float
    by_yield: float  # the parts of lost_now - lost_before: the five add up exactly (domain/round_changes.py)
    by_flow: float
    new: float
    removed: float
    moved: Sequence[Moved] = ()  # those that moved most
    nps_before: NetPromoterScore | None = None
    nps_now: NetPromoterScore | None = None
    by_assumed: float = 0.0  # where nobody rated in one of the rounds: the mean moved, not the hand-off
    comparable: bool = True  # False: another mode or another minimum group, so that the figures are not of one kind
    by_team: bool = False  # of releases: the rows are team links


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not shown: rows of a release that are too few, hand-offs beyond the list."""

    cells: int = 0  # released cells "not shown: too few answers"
    links: int = 0  # team links without a figure of their own
    not_listed: int = 0  # ranked hand-offs beyond the top list
    people_small: int = 0  # groups left out of coverage


@dataclass(frozen=True, slots=True)
class Method:
    """How the figures were made, to print with them."""

    question: str  # the text that was asked, translated
    kappa: float
    curve: str  # name of the retention curve
    window: str  # "round": the answers of this round alone
    question_set: str
    draws: int  # of the Monte Carlo; 0 = none were made


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``proof``: what it was made from, so that a reader can tell two files of one report apart."""

    scope: Scope
    totals: Totals
    finding: Bottlenecks  # of a team: the hand-offs to and from its people, and the parties at their ends
    links: Sequence[ReportLink]
    pareto: Sequence[ParetoBar]
    coverage: Coverage | None
    ask_next: Sequence[AskNextLine]
    structure: StructureLines
    score: Score  # of everything that was answered
    moments: MomentLines | None
    agreements: AgreementFigures
    change: ReportChange | None
    hidden: Hidden
    method: Method
    proof: str = ""
    positions: Mapping[int, tuple[float, float]] = field(default_factory=dict)  # party key -> its place on the map
