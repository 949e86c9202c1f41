"""Clarity: do people know their most important client, and do both sides name the same hand-offs?

    clarity    = people whose answer matches the chain / people who answered
    agreement  = hand-offs that both sides named / hand-offs that both sides could confirm

What somebody answered is for that person alone, so clarity is published like everything of few people: coarsely, from
a minimum group on, and again only after enough answers changed for two figures never to differ by a few people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chainmap.domain.confidentiality import MINIMUM_RATERS, raters_needed
from chainmap.domain.release import band_of
from chainmap.domain.shares import SHARE_RATERS, round_share


@dataclass(frozen=True, slots=True)
class Clarity:
    """How many people answered who their most important client is, and how many answers match the chain.

    The two counts and ``share`` are exact and not for publication: ``people_band``, ``band`` and ``half_or_more`` are,
    where ``may_publish`` allows it.
    """

    people: int
    matching: int  # 0 .. people

    @property
    def share(self) -> float | None:
        """Matching answers of all, 0..1; None where nobody answered."""
        return self.matching / self.people if self.people else None

    @property
    def band(self) -> int | None:
        """The share in percent, 10..90 in steps of 10, the ends standing for "or less" and "or more".

        None below 21 people: of so few even steps of 10 would say how many (``shares``, P10 of SECURITY).

        >>> Clarity(30, 13).band, Clarity(30, 30).band, Clarity(20, 10).band
        (40, 90, None)
        """
        return round_share(self.matching, self.people) if self.people >= SHARE_RATERS else None

    @property
    def half_or_more(self) -> bool | None:
        """Whether at least half of the answers match: what can be said of fewer than 21 people. None without any."""
        return 2 * self.matching >= self.people if self.people else None

    @property
    def people_band(self) -> str:
        """How many answered, as a release says it: "5-7", "8-12", "13-20", ">20". Raises ValueError below 5."""
        return band_of(self.people)


def find_clarity(answers: Sequence[bool]) -> Clarity:
    """Count the people who answered, one entry each: True where the answer matches the chain.

    >>> find_clarity([True, False, True, True]).share
    0.75
    """
    return Clarity(people=len(answers), matching=sum(map(bool, answers)))


def may_publish(people: int, changed: int, k: int = MINIMUM_RATERS) -> bool:
    """Whether a figure over ``people`` answers may be published (again).

    ``changed`` counts the people whose answer is new, another or gone since the last publication; all of them where
    there was none. Both must reach ``raters_needed(k)``: whoever subtracts two publications is left with k others
    besides himself. Raises ValueError for k below 5.

    >>> may_publish(people=6, changed=6), may_publish(people=40, changed=5), may_publish(people=5, changed=5)
    (True, False, False)
    """
    return min(people, changed) >= raters_needed(k)


@dataclass(frozen=True, slots=True)
class HandOffClaim:
    """What the two sides say about one hand-off: True "yes, that is so", False "no", None nothing yet."""

    supplier_says: bool | None
    customer_says: bool | None
    confirmable: bool  # whether both sides are people who can answer


@dataclass(frozen=True, slots=True)
class Claims:
    """Confirmable hand-offs by what was said: ``both + one_sided + disputed + nobody == confirmable``."""

    confirmable: int
    both: int  # both said yes
    one_sided: int  # one said yes, the other nothing yet
    disputed: int  # at least one said no
    nobody: int  # nobody said anything

    @property
    def share(self) -> float | None:
        """Hand-offs that both sides named, of those they could, 0..1; None where there is none."""
        return self.both / self.confirmable if self.confirmable else None


def find_agreement(claims: Iterable[HandOffClaim]) -> Claims:
    """Count the hand-offs by what their two sides say; those that cannot be confirmed are left out.

    >>> said = HandOffClaim(True, True, True), HandOffClaim(True, None, True), HandOffClaim(True, None, False)
    >>> find_agreement(said)
    Claims(confirmable=2, both=1, one_sided=1, disputed=0, nobody=0)
    """
    said = [{claim.supplier_says, claim.customer_says} for claim in claims if claim.confirmable]
    return Claims(
        confirmable=len(said),
        both=said.count({True}),
        one_sided=said.count({True, None}),
        disputed=sum(False in sides for sides in said),
        nobody=said.count({None}),
    )
