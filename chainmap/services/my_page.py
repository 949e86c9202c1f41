"""My page: what is due, my most important client, from whom I get what and to whom I give what, and moments.

Everything on it is the reader's own. The number of queries does not depend on how many hand-offs there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count, Q

from chainmap.access import NotFound, User, roles_of
from chainmap.domain.analysis import Analysis
from chainmap.domain.bottlenecks import find_party_chain
from chainmap.domain.findings import Basis, ChainStep, PartyChain
from chainmap.domain.records import NOT_MEASURED
from chainmap.domain.roles import Role
from chainmap.domain.solver import SolverError
from chainmap.domain.yields import BASES
from chainmap.models import ClientAnswer, HandOff, Organization, Party
from chainmap.services.analysis import analysis_find
from chainmap.services.due_now import DueNow, due_find
from chainmap.services.first_question import ChainClient, answer_of, chain_client_of, matches, place_of
from chainmap.services.handoff_rows import OwnRow, OwnRows, rows_of
from chainmap.services.moments import MomentsSeen, moments_recent
from chainmap.services.own import own_of, own_party
from chainmap.services.purposes import PurposeTexts, purpose_texts

#: What a row needs of its hand-off.
_ENDS = ("supplier", "customer")
#: Hand-offs of a side, and moments of a side.
MOST_HANDOFFS, MOST_MOMENTS = 5, 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the yield of a hand-off rests on; as in HandOffFinding."""

    basis: Basis
    ratings: int
    passes: int | None
    returned: int | None


@dataclass(frozen=True, slots=True)
class ClientSeen:
    """The reader's most important client as the chain shows it, and what the reader said."""

    client: ChainClient
    is_same: bool  # the reader named the same
    rows: tuple[OwnRow, ...]  # the largest hand-offs to the client, by volume
    total: int  # how many there are
    confirmed: int  # how many of them both sides confirmed
    evidence: Evidence | None  # of the largest of them


@dataclass(frozen=True, slots=True)
class Path:
    """The main chain from the reader to an end customer; no steps where there is none."""

    steps: tuple[ChainStep, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # id -> name
    me: str = ""  # the reader's id


@dataclass(frozen=True, slots=True)
class MyPage:
    """Everything my page shows."""

    party: Party
    answer: ClientAnswer
    named_share: float | None  # of what the reader delivers, through whom they named; None where not known
    due: DueNow
    client: ClientSeen | None
    path: Path
    purposes: PurposeTexts
    given: OwnRows
    received: OwnRows
    moments: MomentsSeen


def my_page_find(*, user: User, organization: Organization) -> MyPage | None:
    """The reader's page; None before they answered the first question: nothing of the chain is shown until then.

    Raises NotFound for a stranger and for whoever stands for no party.
    """
    party = own_party(user=user, organization=organization)
    answer = answer_of(party)
    if answer is None:
        return None
    analysis = analysis_find(actor=user, organization=organization)
    chain = _party_chain(analysis, party)
    client = chain_client_of(analysis, party)
    handoffs = _handoffs(user, party, client)
    return MyPage(
        party=party,
        answer=answer,
        named_share=_named_share(analysis, chain, answer),
        due=due_find(user=user, organization=organization, party=party),
        client=_client(analysis, answer, client, handoffs),
        path=_path(analysis, chain),
        purposes=purpose_texts(actor=user, organization=organization),
        given=handoffs.given,
        received=handoffs.received,
        moments=moments_recent(user=user, party=party, limit=MOST_MOMENTS),
    )


def home_organization(*, user: User, organizations: Sequence[Organization]) -> Organization | None:
    """Where my page is the user's home: the one organization they belong to, as a member only, standing for a party."""
    if len(organizations) != 1 or roles_of(user, organizations[0]) != {Role.MEMBER}:
        return None
    try:
        own_party(user=user, organization=organizations[0])
    except NotFound:
        return None
    return organizations[0]


def _party_chain(analysis: Analysis, party: Party) -> PartyChain | None:
    """The party's own view; None where the chain cannot be solved or does not have the party yet."""
    place = place_of(analysis, party.pk)
    if place is None:
        return None
    try:
        return find_party_chain(analysis.chain, place, analysis=analysis)
    except SolverError:
        return None


@dataclass(frozen=True, slots=True)
class _HandOffs:
    """The largest hand-offs of three lists, and how many each has."""

    given: OwnRows
    received: OwnRows
    to_client: OwnRows
    confirmed: int  # of those to the client, by both sides


def _handoffs(user: User, party: Party, client: ChainClient | None) -> _HandOffs:
    """All read together: the three lists are short, and what belongs to their rows is asked for once."""
    everything = HandOff.objects.filter(organization=party.organization)
    sides = [Q(supplier=party), Q(customer=party), Q(supplier=party, customer=client.party if client else None)]
    lists = [
        [own_of(handoff, party) for handoff in rows.order_by("-volume", "pk")[:MOST_HANDOFFS]]
        for rows in (everything.filter(side).select_related(*_ENDS) for side in sides)
    ]
    unique = {each.handoff.pk: each for part in lists for each in part}
    rows = {row.own.handoff.pk: row for row in rows_of(user=user, owns=list(unique.values()))}
    totals = everything.filter(sides[0] | sides[1]).aggregate(
        given=Count("pk", filter=sides[0]),
        received=Count("pk", filter=sides[1]),
        to_client=Count("pk", filter=sides[2]),
        confirmed=Count("pk", filter=sides[2] & Q(supplier_says="yes", customer_says="yes")),
    )
    given, received, to_client = (
        OwnRows(tuple(rows[each.handoff.pk] for each in part), totals[name])
        for part, name in zip(lists, ("given", "received", "to_client"), strict=True)
    )
    return _HandOffs(given, received, to_client, totals["confirmed"])


def _client(
    analysis: Analysis, answer: ClientAnswer, client: ChainClient | None, handoffs: _HandOffs
) -> ClientSeen | None:
    if client is None:
        return None
    rows = handoffs.to_client.rows
    return ClientSeen(
        client=client,
        is_same=matches(answer, client),
        rows=rows,
        total=handoffs.to_client.total,
        confirmed=handoffs.confirmed,
        evidence=_evidence(analysis, rows[0].own.handoff.pk) if rows else None,
    )


def _evidence(analysis: Analysis, handoff: int) -> Evidence | None:
    """What the yield of one hand-off rests on; None for one that entered the chain after the analysis was made."""
    keys = analysis.chain.handoff_keys
    place = int(np.searchsorted(keys, handoff))
    if place >= len(keys) or int(keys[place]) != handoff:
        return None
    passes = int(analysis.chain.passes[place])
    is_measured = passes != NOT_MEASURED
    return Evidence(
        basis=BASES[int(analysis.yields.basis[place])],
        ratings=int(analysis.yields.ratings[place]),
        passes=passes if is_measured else None,
        returned=int(analysis.chain.returned[place]) if is_measured else None,
    )


def _named_share(analysis: Analysis, chain: PartyChain | None, answer: ClientAnswer) -> float | None:
    """What of the reader's delivery goes through whom they named."""
    if chain is None or answer.client_id is None:
        return None
    place = place_of(analysis, answer.client_id)
    named = None if place is None else analysis.chain.party_ids[place]
    return next((one.share for one in chain.customers if one.party == named), None)


def _path(analysis: Analysis, chain: PartyChain | None) -> Path:
    if chain is None or not chain.main_chain:
        return Path()
    ids = analysis.chain.party_ids
    wanted = {chain.party, *(step.customer for step in chain.main_chain)}
    names = {id_: name for id_, name in zip(ids, analysis.chain.party_names, strict=True) if id_ in wanted}
    return Path(steps=tuple(chain.main_chain), names=names, me=chain.party)
