"""Rows of the database -> one immutable Chain: the only bridge from the ORM to the core.

Three queries, whatever the size. Rows go from the cursor into arrays; an ORM object per row would cost ten times as
much as everything else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import QuerySet

from chainmap.domain.records import NOT_MEASURED, UNKNOWN_DAY, Chain, IntArray, LongArray, PartyKind
from chainmap.models import HandOff, Organization, Party, Rating, Round

#: Rows taken from the cursor at a time.
_CHUNK = 10_000


def chain_snapshot(*, organization: Organization, round: Round | None = None) -> Chain:
    """The chain of persons of one organization, with every rating of its open rounds, or of one of them alone.

    Parties and hand-offs come in the order of their primary keys, which ``party_keys`` and ``handoff_keys`` carry.
    Ratings of pair and anonymous rounds never enter: those rounds answer through their release.
    """
    parties = _columns(
        Party.objects.filter(organization=organization)
        .order_by("id")
        .values_list("id", "code", "name", "kind", "team__name", "capacity"),
        width=6,
    )
    handoffs = _columns(
        HandOff.objects.in_chain()
        .filter(organization=organization)
        .order_by("id")
        .values_list("id", "supplier_id", "customer_id", "deliverable", "volume", "passes", "returned"),
        width=7,
    )
    chosen = Rating.objects.in_open_rounds().filter(
        round__organization=organization, handoff__is_removed=False, handoff__is_claim=False
    )
    ratings = _columns(
        (chosen if round is None else chosen.filter(round=round))
        .order_by("round_id", "handoff_id", "rater_id", "given_on")  # the later of two rounds of one day counts
        .values_list("handoff_id", "rater_id", "given_on", "score"),
        width=4,
    )
    party_keys = np.array(parties[0], np.int64)
    handoff_keys = np.array(handoffs[0], np.int64)
    kinds = {kind.value: kind for kind in PartyKind}
    return Chain(
        party_ids=parties[1],
        party_names=parties[2],
        party_kinds=tuple(kinds[kind] for kind in parties[3]),
        party_teams=tuple(team or "" for team in parties[4]),
        capacity=np.array(parties[5], np.float64),
        supplier=_positions(handoffs[1], party_keys),
        customer=_positions(handoffs[2], party_keys),
        deliverables=handoffs[3],
        volume=np.array(handoffs[4], np.float64),
        passes=_counts(handoffs[5]),
        returned=_counts(handoffs[6]),
        given_yield=np.full(len(handoff_keys), np.nan),
        rating_handoff=_positions(ratings[0], handoff_keys),
        rating_rater=_positions(ratings[1], party_keys),
        rating_day=np.array([day.toordinal() if day else UNKNOWN_DAY for day in ratings[2]], np.int32),
        rating_score=np.array(ratings[3], np.float64),
        party_keys=party_keys,
        handoff_keys=handoff_keys,
    )


def _columns(rows: QuerySet[Any, Any], *, width: int) -> tuple[tuple[Any, ...], ...]:
    """The rows of a query turned into columns; ``width`` empty ones when there are none."""
    taken = list(rows.iterator(chunk_size=_CHUNK))
    return tuple(zip(*taken, strict=True)) if taken else ((),) * width


def _positions(keys: tuple[int, ...], ordered: LongArray) -> IntArray:
    """The place of each key among the ordered keys."""
    return np.searchsorted(ordered, np.array(keys, np.int64)).astype(np.int32)


def _counts(values: tuple[int | None, ...]) -> LongArray:
    return np.array([NOT_MEASURED if value is None else value for value in values], np.int64)
