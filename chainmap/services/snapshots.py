"""Rows of the database -> one immutable Chain: the only bridge from the ORM to the core.

Three queries, whatever the size; some more for a chain as it was. Rows go from the cursor into arrays; an ORM object
per row would cost ten times as much as everything else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import QuerySet

from chainmap.domain.records import NOT_MEASURED, UNKNOWN_DAY, Chain, IntArray, LongArray, PartyKind
from chainmap.models import HandOff, Organization, Party, Rating, Round
from chainmap.services.chain_then import handoffs_then

#: Rows taken from the cursor at a time.
_CHUNK = 10_000


def chain_snapshot(*, organization: Organization, round: Round | None = None, as_it_was: bool = False) -> Chain:
    """The chain of persons of one organization, with every rating of its open rounds, or of one of them alone.

    ``as_it_was``: the hand-offs as they were when the round closed (services/chain_then.py), not as they are.
    Parties and hand-offs come in the order of their primary keys, which ``party_keys`` and ``handoff_keys`` carry.
    Ratings of pair and anonymous rounds never enter: those rounds answer through their release.
    """
    parties = _columns(
        Party.objects.filter(organization=organization)
        .order_by("id")
        .values_list("id", "code", "name", "kind", "team__name", "capacity"),
        width=6,
    )
    handoffs = _columns_of(_handoffs(organization, round if as_it_was else None), width=7)
    there = None if not as_it_was else set(handoffs[0])
    ratings = _columns_of(_ratings(organization, round, there), width=4)
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


def _handoffs(organization: Organization, round: Round | None) -> list[tuple[Any, ...]]:
    """Those in the chain now; with a round those that were in it when it closed."""
    columns = ("id", "supplier_id", "customer_id", "deliverable", "volume", "passes", "returned")
    if round is None:
        rows = HandOff.objects.in_chain().filter(organization=organization).order_by("id").values_list(*columns)
        return list(rows.iterator(chunk_size=_CHUNK))
    return handoffs_then(round=round)


def _ratings(organization: Organization, round: Round | None, there: set[int] | None) -> list[tuple[Any, ...]]:
    """Those of hand-offs that are in the chain, or that were (``there``)."""
    chosen = Rating.objects.in_open_rounds().filter(round__organization=organization)
    if round is not None:
        chosen = chosen.filter(round=round)
    if there is None:
        chosen = chosen.filter(handoff__is_removed=False, handoff__is_claim=False)
    rows = chosen.order_by("round_id", "handoff_id", "rater_id", "given_on")
    taken = rows.values_list("handoff_id", "rater_id", "given_on", "score").iterator(chunk_size=_CHUNK)
    return [row for row in taken if there is None or row[0] in there]


def _columns(rows: QuerySet[Any, Any], *, width: int) -> tuple[tuple[Any, ...], ...]:
    """The rows of a query turned into columns; ``width`` empty ones when there are none."""
    return _columns_of(list(rows.iterator(chunk_size=_CHUNK)), width=width)


def _columns_of(rows: list[tuple[Any, ...]], *, width: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*rows, strict=True)) if rows else ((),) * width


def _positions(keys: tuple[int, ...], ordered: LongArray) -> IntArray:
    """The place of each key among the ordered keys."""
    return np.searchsorted(ordered, np.array(keys, np.int64)).astype(np.int32)


def _counts(values: tuple[int | None, ...]) -> LongArray:
    return np.array([NOT_MEASURED if value is None else value for value in values], np.int64)
