"""The first question: whom a person names as their most important client, and whom the chain shows.

The answer is for that person alone. What becomes of all answers together is clarity: a figure of the organization,
published like every figure of a group (``services/group_figures.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, Operator, User, require
from chainmap.domain.analysis import Analysis
from chainmap.domain.clarity import Claims, HandOffClaim, find_agreement, find_clarity
from chainmap.domain.confidentiality import raters_needed
from chainmap.domain.first_clients import ClientBasis, find_first_clients
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.texts import read_text
from chainmap.models import ClientAnswer, HandOff, Organization, Party
from chainmap.services.analysis import analysis_find
from chainmap.services.group_figures import (
    ORGANIZATION,
    group_figure_find,
    group_figure_update,
    group_figures_lock,
)
from chainmap.services.own import OwnProblem, own_party
from chainmap.services.people import Unclear, people_near, person_resolve
from chainmap.services.rounds import least_group

#: Characters of an answer.
MOST_WORDS = 200
#: The field of the form.
WORDS = "words"
#: The kind of the figure of the group.
CLARITY = "clarity"
#: Whom one can serve.
CLIENT_KINDS = frozenset({PartyKind.EMPLOYEE, PartyKind.END_CUSTOMER})


@dataclass(frozen=True, slots=True)
class ChainClient:
    """Whom the chain shows as the most important client of one party."""

    party: int  # primary key
    name: str
    kind: PartyKind
    basis: ClientBasis  # what it is read from; anything but SHARE: the volume
    share: float | None  # of what the party delivers to end customers, 0..1; None by volume
    volume: float  # handed over to it, in the party's own unit


@dataclass(frozen=True, slots=True)
class ClarityFigure:
    """How clear it is in an organization who serves whom. None where too few people or hand-offs stand behind it."""

    people: str | None  # a band: "8-12"
    share: int | None  # percent whose answer matches the chain, 10..90 in steps of 10; None below 21 people
    half_or_more: bool | None  # whether at least half of the answers match
    claims: Claims | None  # hand-offs between two people of the house by what the two sides say


def client_answer_find(*, user: User, organization: Organization) -> ClientAnswer | None:
    """What the user answered last; None before the first answer. Raises NotFound for whoever stands for no party."""
    return answer_of(own_party(user=user, organization=organization))


def answer_of(party: Party) -> ClientAnswer | None:
    """The answer of a party, for that party's own page alone."""
    return ClientAnswer.objects.filter(party=party).select_related("client").first()


def client_answer_save(*, user: User, organization: Organization, words: str, as_written: bool = False) -> ClientAnswer:
    """Keep the user's answer; ``words`` of at most 200 characters, empty for "I do not know".

    The later of two answers at once stays: it is one's own. Raises NotFound for whoever stands for no party, TextFault
    for words too long, OwnProblem (field ``words``) where they mean somebody who left, or oneself, and Unclear, with
    labels to choose from, where they mean several ("ambiguous") or are nearly a name ("near"). ``as_written`` keeps
    such words as they are: they then mean nobody of the chain.
    """
    party = own_party(user=user, organization=organization)
    text = read_text(words, MOST_WORDS, one_line=True)
    try:
        client = _client_meant(user, organization, party, text)
    except Unclear:
        if not as_written:
            raise
        client = None
    with transaction.atomic():
        group_figures_lock(organization=organization)
        kept = ClientAnswer.objects.select_for_update().filter(party=party).first()
        is_same = kept is not None and (kept.words, kept.client_id) == (text, client.pk if client else None)
        answer, _is_new = ClientAnswer.objects.update_or_create(
            party=party,
            defaults={
                "words": text,
                "client": client,
                "answered_on": timezone.localdate(),
                "is_counted": is_same and kept is not None and kept.is_counted,
            },
        )
        _clarity_update(organization)
    return answer


def chain_client_of(analysis: Analysis, party: Party) -> ChainClient | None:
    """Whom the chain shows as the party's most important client.

    By the share of what is delivered through them where it is known, else by volume (``basis`` says why). None where
    the party hands nothing on, or entered the chain after the analysis was made.
    """
    place = place_of(analysis, party.pk)
    if place is None:
        return None
    found = find_first_clients(analysis, np.array([place], np.int64))
    client = int(found.client[0])
    if client < 0:
        return None
    basis = found.basis(0)
    return ChainClient(
        party=int(analysis.chain.party_keys[client]),
        name=analysis.chain.party_names[client],
        kind=analysis.chain.party_kinds[client],
        basis=basis,
        share=float(found.share[0]) if basis == ClientBasis.SHARE else None,
        volume=float(found.volume[0]),
    )


def place_of(analysis: Analysis, party: int) -> int | None:
    """The position of a party's primary key in the chain of the analysis, None where it is not there."""
    keys = analysis.chain.party_keys
    place = int(np.searchsorted(keys, party))
    return place if place < len(keys) and int(keys[place]) == party else None


def matches(answer: ClientAnswer | None, chain: ChainClient | None) -> bool:
    """Whether both name the same party."""
    return answer is not None and chain is not None and answer.client_id == chain.party


def clarity_find(*, actor: User | Operator, organization: Organization) -> ClarityFigure:
    """Clarity as everybody in the organization may see it. Raises NotFound for a stranger."""
    require(actor, Action.SEE_BOTTLENECKS, organization)
    kept = group_figure_find(organization=organization, kind=CLARITY, edition="", group=ORGANIZATION) or {}
    claims = _claims(organization)
    return ClarityFigure(
        people=kept.get("people"),
        share=kept.get("share"),
        half_or_more=kept.get("half_or_more"),
        claims=claims if claims.confirmable >= raters_needed(least_group()) else None,
    )


def _client_meant(user: User, organization: Organization, party: Party, text: str) -> Party | None:
    """The party the words mean; None where they are empty or mean nobody of the chain."""
    if not text:
        return None
    try:
        found = person_resolve(user=user, organization=organization, text=text, kinds=CLIENT_KINDS)
    except OwnProblem as problem:
        problem.field = WORDS
        raise
    if found is None:
        near = people_near(user=user, organization=organization, text=text, kinds=CLIENT_KINDS)
        if near:
            raise Unclear("near", _("Nobody in the chain is called “%(words)s”.") % {"words": text}, near, WORDS)
    if found is not None and found.pk == party.pk:
        raise OwnProblem(
            "yourself", _("That is you. Name somebody who needs what you do to serve their own customer."), WORDS
        )
    return found


def _clarity_update(organization: Organization) -> None:
    """Publish clarity anew if enough people answered something new; their answers are then known to the figure."""
    answers = ClientAnswer.objects.filter(party__organization=organization, party__left_on__isnull=True)
    count = answers.aggregate(people=Count("pk"), changed=Count("pk", filter=Q(is_counted=False)))
    is_published = group_figure_update(
        organization=organization,
        kind=CLARITY,
        edition="",
        group=ORGANIZATION,
        people=count["people"],
        changed=count["changed"],
        content=lambda: _clarity_content(organization, answers.values_list("party_id", "client_id")),
    )
    if is_published:
        ClientAnswer.objects.filter(pk__in=answers.values("pk")).update(is_counted=True)


def _clarity_content(organization: Organization, answers: Iterable[tuple[int, int | None]]) -> dict[str, Any]:
    """What is published: coarse values only. ``answers``: who answered, and whom they named."""
    analysis = analysis_find(actor=OPERATOR, organization=organization)
    named = [(place_of(analysis, party), client) for party, client in answers]
    places = np.array([place for place, _client in named if place is not None], np.int64)
    shown = find_first_clients(analysis, places).client.tolist()
    keys = analysis.chain.party_keys
    by_place = {place: int(keys[client]) for place, client in zip(places.tolist(), shown, strict=True) if client >= 0}
    clarity = find_clarity(
        [client is not None and place is not None and by_place.get(place) == client for place, client in named]
    )
    return {"people": clarity.people_band, "share": clarity.band, "half_or_more": clarity.half_or_more}


def _claims(organization: Organization) -> Claims:
    """Hand-offs between two people who are here, by what the two sides say: one query, at most nine rows."""
    employee = PartyKind.EMPLOYEE.value
    rows = (
        HandOff.objects.filter(
            organization=organization,
            supplier__kind=employee,
            customer__kind=employee,
            supplier__left_on__isnull=True,
            customer__left_on__isnull=True,
        )
        .order_by()
        .values_list("supplier_says", "customer_says")
        .annotate(handoffs=Count("pk"))
    )
    says = {"yes": True, "no": False}
    counted = [
        (find_agreement([HandOffClaim(says.get(supplier), says.get(customer), True)]), handoffs)
        for supplier, customer, handoffs in rows
    ]
    return Claims(
        confirmable=sum(handoffs for _claim, handoffs in counted),
        both=sum(claim.both * handoffs for claim, handoffs in counted),
        one_sided=sum(claim.one_sided * handoffs for claim, handoffs in counted),
        disputed=sum(claim.disputed * handoffs for claim, handoffs in counted),
        nobody=sum(claim.nobody * handoffs for claim, handoffs in counted),
    )
