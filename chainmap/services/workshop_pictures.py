"""The picture of the chain on the page of a workshop's results: as it stood at the end, and nothing newer.

The page opens by a link, for weeks, so the picture must not follow the chain: it is made of what was revealed. Where
what was drawn was revealed and today's chain still gives the figures that were kept with the live ratings, it is the
whole part of the chain the workshop looked at, as on the projector; else the hand-offs the room drew and rated, with
the figures kept then. Without names that is what was drawn alone, for what was said is in no chain.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chainmap.domain.exercise_results import DrawResult, RatedLink, RateResult, Result, Side
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding, Structure
from chainmap.domain.records import PartyKind
from chainmap.domain.solver import SolverError
from chainmap.domain.workshop_chain import same_words
from chainmap.exports.chain_picture import chain_picture
from chainmap.exports.exercise_words import Names
from chainmap.exports.workshop_report import SummaryPicture
from chainmap.models import Party, Workshop
from chainmap.services.exercise_names import names_of
from chainmap.services.pictures import drawn_once
from chainmap.services.workshop_findings import workshop_finding

#: With more people than this the picture holds what the room drew and rated alone.
MOST_PEOPLE = 60
#: Two figures that differ by less are the same.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept at the reveals, as far as it may be seen."""

    drawn: DrawResult | None
    rated: RateResult | None

    @property
    def keys(self) -> set[int]:
        """The hand-offs of the chain that the room drew or rated."""
        drawn = {link.key for link in self.drawn.links if link.key} if self.drawn else set()
        return drawn | ({link.handoff for link in self.rated.links} if self.rated else set())


def summary_picture(*, workshop: Workshop, results: Mapping[Kind, Result], names: Names) -> SummaryPicture | None:
    """The picture of these revealed results; None where there is nothing to draw.

    ``names`` as they may be shown; hidden ones are made as short as on a map. Whoever calls has asked whether the
    reader may see the results.
    """
    kept = _kept(results)
    if kept.drawn is None and kept.rated is None:
        return None
    if names.is_hidden:
        names = names_of(workshop, hides_names=True, on_map=True)
    whole = _whole(workshop, kept, names)
    finding = whole if whole is not None else _of_the_room(workshop, kept, names)
    if not finding.handoffs:
        return None
    picture = chain_picture(finding)
    mark = hashlib.sha256(f"{get_language()}{picture.dot}{picture.description}".encode()).hexdigest()
    drawn = drawn_once(finding=finding, key=f"after:1:{mark}")
    return SummaryPicture(
        sentence=_sentence(is_whole=whole is not None, rated=finding.analysed),
        description=drawn.description,
        svg=drawn.svg or "",
        trouble=drawn.trouble,
    )


def _kept(results: Mapping[Kind, Result]) -> _Kept:
    drawn, rated = results.get(Kind.DRAW), results.get(Kind.RATE)
    return _Kept(
        drawn if isinstance(drawn, DrawResult) and drawn.answered.is_shown else None,
        rated if isinstance(rated, RateResult) and rated.answered.is_shown else None,
    )


def _sentence(*, is_whole: bool, rated: bool) -> str:
    if is_whole:
        return _("The chain as it stood at the end of the workshop, with what was drawn and rated in the room.")
    if rated:
        return _("The hand-offs that were drawn and rated in the room, with the figures of that day.")
    return _("The hand-offs that were drawn in the room. How much of them arrives is not in this picture.")


def _whole(workshop: Workshop, kept: _Kept, names: Names) -> Bottlenecks | None:
    """Today's finding, where it still is the one of the kept figures; else None."""
    rated = kept.rated
    if workshop.is_anonymous or kept.drawn is None or rated is None or rated.after is None:
        return None  # the projector showed the chain with what was drawn in it
    try:
        finding = workshop_finding(workshop=workshop)
    except SolverError:
        return None
    gains = {link.handoff: link.gain for link in rated.links}
    is_same = (
        _is_same(finding.created, rated.created)
        and _is_same(finding.delivered, rated.after)
        and all(_is_same(one.recoverable, gains[one.key]) for one in finding.handoffs if one.key in gains)
    )
    return _named(_near(finding, kept), names) if is_same else None


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)


def _near(finding: Bottlenecks, kept: _Kept) -> Bottlenecks:
    """Of a large chain what the room drew and rated; figures stay those of the whole."""
    if len(finding.parties) <= MOST_PEOPLE:
        return finding
    handoffs = [one for one in finding.handoffs if one.key in kept.keys]
    ends = {end for one in handoffs for end in (one.supplier, one.customer)}
    return replace(finding, handoffs=handoffs, parties=[party for party in finding.parties if party.id in ends])


def _named(finding: Bottlenecks, names: Names) -> Bottlenecks:
    """With names as short as on a map, hidden or not."""
    parties = [
        replace(party, name=names.party(party.key) if party.key > 0 else names.outsider(party.name))
        for party in finding.parties
    ]
    handoffs = [replace(one, deliverable=names.mask(one.deliverable)) for one in finding.handoffs]
    return replace(finding, parties=parties, handoffs=handoffs)


def _of_the_room(workshop: Workshop, kept: _Kept, names: Names) -> Bottlenecks:
    """What was drawn and rated, of the kept results alone. Parties and hand-offs that are gone are left out."""
    rows = Party.objects.filter(organization=workshop.organization_id).values_list("pk", "kind", "team__name")
    known = {pk: (PartyKind(kind), team or "") for pk, kind, team in rows}
    rated = kept.rated if kept.rated is not None and kept.rated.created and kept.rated.after is not None else None
    parties: dict[str, PartyFinding] = {}
    handoffs: dict[int, HandOffFinding] = {}
    for one, from_, to in _links(kept, names, has_figures=rated is not None):
        supplier, customer = _party(from_, known, names), _party(to, known, names)
        if supplier is not None and customer is not None:
            parties |= {supplier.id: supplier, customer.id: customer}
            handoffs.setdefault(one.key, replace(one, supplier=supplier.id, customer=customer.id))
    created, after = (rated.created or 0.0, rated.after) if rated is not None else (0.0, None)
    return Bottlenecks(
        organization=workshop.organization.name,
        analysed=after is not None and any(one.rank for one in handoffs.values()),
        created=created,
        delivered=after,
        lost=None,
        stranded=None,
        chain_yield=after / created if after is not None else None,
        mean_yield=None,
        handoffs=list(handoffs.values()),
        parties=list(parties.values()),
        structure=Structure(),
    )


def _links(kept: _Kept, names: Names, *, has_figures: bool) -> Iterator[tuple[HandOffFinding, Side, Side]]:
    """The rated ones first, ranked as they were kept; then what was drawn beside them."""
    for rank, link in enumerate(kept.rated.links if kept.rated is not None and has_figures else (), start=1):
        found = names.handoffs.get(link.handoff)
        if found is not None:
            yield _rated(link, rank, names.mask(found[2])), Side(found[0]), Side(found[1])
    for drawn in kept.drawn.links if kept.drawn is not None else ():
        if drawn.key:  # else it is in no chain
            yield _unrated(drawn.key, names.mask(drawn.deliverable)), drawn.supplier, drawn.customer


def _rated(link: RatedLink, rank: int, what: str) -> HandOffFinding:
    flow = link.lost / (1 - link.after) if link.lost is not None and link.after < 1 else None
    return replace(
        _unrated(link.handoff, what),
        rank=rank,
        basis=Basis.RATED,
        ratings=link.answers,
        yield_=link.after,
        flow=flow,
        lost=link.lost,
        recoverable=link.gain,
    )


def _unrated(key: int, what: str) -> HandOffFinding:
    return HandOffFinding(
        key=key,
        rank=None,
        supplier="",
        customer="",
        deliverable=what,
        volume=1.0,
        share=0.0,
        basis=Basis.ASSUMED,
        ratings=0,
        passes=None,
        returned=None,
        yield_=None,
        flow=None,
        lost=None,
        lost_share=None,
        recoverable=None,
        recoverable_error=None,
    )


def _party(side: Side, known: Mapping[int, tuple[PartyKind, str]], names: Names) -> PartyFinding | None:
    """One side as a party; None for one that is gone."""
    if side.party is None:
        kind, team, id_, name = PartyKind.EMPLOYEE, "", f"words {same_words(side.words)}", names.outsider(side.words)
    elif side.party in known:
        (kind, team), id_, name = known[side.party], f"party {side.party}", names.party(side.party)
    else:
        return None
    return PartyFinding(side.party or -1, id_, name, kind, team, None, None, None, None, None)
