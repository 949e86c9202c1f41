"""Two rounds side by side, and every round in a row, as the pages and files that tell of them need it.

Of protected rounds everything here is read from their releases. Names come as they were typed; whoever writes them
cleans them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chainmap.domain.agreement_pairs import PairsEffect
from chainmap.domain.intervals import Interval
from chainmap.domain.nps import Change
from chainmap.domain.reports import Score
from chainmap.domain.round_changes import RoundComparison


@dataclass(frozen=True, slots=True)
class ComparedRound:
    """One round. ``interval``: of the chain yield, 90 %; None where only a release is known. ``mode`` and ``k`` as in
    ``Round``: figures of another mode, or of another smallest group, are not of one kind."""

    name: str
    closed_on: date | None
    mode: str
    k: int
    chain_yield: float | None  # 0..1
    interval: Interval | None
    score: Score
    lost: float | None  # person-equivalents
    created: float

    @property
    def by_team(self) -> bool:
        """Whether it is known by its release alone."""
        return self.mode != "open"

    def is_kind_of(self, other: ComparedRound) -> bool:
        """Whether the figures of both are of one kind."""
        return self.mode == other.mode and (not self.by_team or self.k == other.k)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two rounds. ``obstacle`` as in ``services/comparing.py``: "modes", "unrated", or "" where ``change`` is known."""

    organization: str
    before: ComparedRound
    now: ComparedRound
    obstacle: str
    change: RoundComparison | None
    nps: Change | None
    agreements: PairsEffect | None
    names: Mapping[str, str]  # id of a party -> its name

    @property
    def by_team(self) -> bool:
        """Whether the hand-offs are those of teams."""
        return self.now.by_team
