"""What one reader learns of one hand-off of the map: the figures everybody sees, and what is theirs beyond that.

Nothing is shown here that another page does not show the same reader: single ratings with their cards as in
``services/scores.py``, of open rounds alone; the mirror guess to the supplier who made it; moments, agreements and who
confirmed what to the two sides; agreements that both sides share to a coach. Of a protected round what its release
says of the two groups, and nothing about a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainmap.access import NotFound, User, can, require
from chainmap.domain.cells import Table
from chainmap.domain.findings import Bottlenecks, HandOffFinding
from chainmap.domain.icare import CareProfile, find_care_profile
from chainmap.domain.intervals import Interval
from chainmap.domain.likely_yield import likely_yield
from chainmap.domain.mirror import MirrorGap, find_mirror_gap
from chainmap.domain.reasons import ReasonProfile, ScoredReason, find_reasons
from chainmap.domain.roles import Action
from chainmap.models import Agreement, HandOff, MirrorGuess, Organization, Round
from chainmap.services.agreement_sharing import shared_agreements
from chainmap.services.conversations import HandOffTalks, handoff_talks
from chainmap.services.handoff_rows import OwnRow, rows_of
from chainmap.services.maps import map_shown
from chainmap.services.moments import HandOffMoments, handoff_moments
from chainmap.services.own import OwnHandOff, own_of
from chainmap.services.parties import party_of_user
from chainmap.services.results import CellRow, round_results_find
from chainmap.services.scores import ScoreSeen, scores_find


@dataclass(frozen=True, slots=True)
class SaidOf:
    """One answer the reader may see. ``gap`` beside the guess of the supplier, for the supplier alone."""

    seen: ScoreSeen
    gap: MirrorGap | None


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What the two sides of a hand-off share, for one of them."""

    own: OwnHandOff
    row: OwnRow
    moments: HandOffMoments
    talks: HandOffTalks


@dataclass(frozen=True, slots=True)
class HandOffSheet:
    """One hand-off for one reader."""

    finding: Bottlenecks
    handoff: HandOffFinding
    supplier: int  # number of the party
    customer: int
    likely: Interval | None  # where the yield lies with 90 % certainty
    may_see_ratings: bool  # the reader sees every single rating of open rounds, so that none means none
    said: tuple[SaidOf, ...]  # oldest first
    reasons: ReasonProfile | None  # of what is said above, None where nothing is
    care: CareProfile | None
    own: OwnPart | None  # the reader is one of the two sides
    shared: tuple[Agreement, ...]  # for a coach: what both sides share


@dataclass(frozen=True, slots=True)
class TeamSheet:
    """What the release of a protected round says of the work between two of its groups."""

    finding: Bottlenecks
    handoff: HandOffFinding
    cell: CellRow | None  # None: the release has no such cell


def sheet_find(*, actor: User, organization: Organization, handoff: int, round: Round | None = None) -> HandOffSheet:
    """The sheet of one hand-off, its figures those of everything or of one open round.

    Raises NotFound for a stranger, for a hand-off that is not in the chain (any more), and for a protected round.
    """
    shown = map_shown(actor=actor, organization=organization, round=round)
    finding = shown.finding
    found = None if finding.by_team else next((one for one in finding.handoffs if one.key == handoff), None)
    if found is None:
        raise NotFound
    row = HandOff.objects.filter(organization=organization, pk=handoff).select_related(
        "supplier__team", "customer__team", "decision_owner"
    )
    held = row.first()
    if held is None:
        raise NotFound
    said = _said(actor, organization, held, round)
    scored = [
        ScoredReason(one.seen.card.score, one.seen.card.reason) for one in said if one.seen.card.score is not None
    ]
    return HandOffSheet(
        finding=finding,
        handoff=found,
        supplier=held.supplier_id,
        customer=held.customer_id,
        likely=likely_yield(found, kappa=organization.kappa),
        may_see_ratings=can(actor, Action.SEE_OPEN_RATINGS, organization),
        said=said,
        reasons=find_reasons(scored) if said else None,
        care=find_care_profile(one.seen.card.care for one in said) if said else None,
        own=_own_part(actor, organization, held),
        shared=_shared(actor, organization, handoff),
    )


def team_sheet_find(*, actor: User, round: Round, supplier: int, customer: int) -> TeamSheet:
    """The sheet of what goes from one group of a protected round to another; ``supplier`` and ``customer`` as in its
    map. A function of the release, the structure of opening day and the reader's rights alone.

    Raises NotFound for a stranger, for a round by person, before closing, and where nothing is handed over.
    """
    require(actor, Action.SEE_RELEASE, round.organization)
    finding = map_shown(actor=actor, organization=round.organization, round=round).finding
    parties = [party.id for party in finding.parties]
    if not finding.released or not (0 <= supplier < len(parties) and 0 <= customer < len(parties)):
        raise NotFound
    ends = (parties[supplier], parties[customer])
    found = next((one for one in finding.handoffs if (one.supplier, one.customer) == ends), None)
    if found is None:
        raise NotFound
    cells = round_results_find(actor=actor, round=round).cells
    cell = next((one for one in cells if one.table == Table.LINK and tuple(map(str, one.cell.key)) == ends), None)
    return TeamSheet(finding=finding, handoff=found, cell=cell)


def _said(actor: User, organization: Organization, handoff: HandOff, round: Round | None) -> tuple[SaidOf, ...]:
    """The visible answers of open rounds, with the guess where it is the reader's own."""
    seen = scores_find(user=actor, handoffs=[handoff.pk]).get(handoff.pk, ())
    is_open = set(
        Round.objects.filter(organization=organization, mode=Round.Mode.OPEN).values_list("pk", flat=True)
        if round is None
        else [round.pk]
    )
    of_open = [one for one in seen if one.round in is_open]
    guesses = _guesses(actor, handoff, of_open)
    return tuple(SaidOf(one, find_mirror_gap(guesses.get(one.round), [one.score])) for one in of_open)


def _guesses(actor: User, handoff: HandOff, said: Sequence[ScoreSeen]) -> dict[int, int]:
    if not said or actor.pk is None or handoff.supplier.user_id != actor.pk:
        return {}
    return dict(
        MirrorGuess.objects.filter(handoff=handoff, round__in={one.round for one in said}).values_list("round", "guess")
    )


def _own_part(actor: User, organization: Organization, handoff: HandOff) -> OwnPart | None:
    party = party_of_user(user=actor, organization=organization)
    if party is None or party.pk not in (handoff.supplier_id, handoff.customer_id):
        return None
    if not can(actor, Action.SEE_OWN_PAGE, organization):
        return None
    party.organization = organization
    own = own_of(handoff, party)
    (row,) = rows_of(user=actor, owns=[own])
    return OwnPart(
        own=own,
        row=row,
        moments=handoff_moments(user=actor, own=own, scores=row.said),
        talks=handoff_talks(user=actor, own=own),
    )


def _shared(actor: User, organization: Organization, handoff: int) -> tuple[Agreement, ...]:
    if not can(actor, Action.SEE_SHARED_TALKS, organization):
        return ()
    return tuple(one for one in shared_agreements(actor=actor, organization=organization) if one.handoff_id == handoff)
