"""Who is asked about which hand-offs in a round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chainmap.domain.records import PartyKind
from chainmap.models import Ask, HandOff, Round
from chainmap.services.structure import group_key


def handoffs_asked(*, round: Round) -> Sequence[HandOff]:
    """The hand-offs asked about, each with its receiving side; of a draft those that would be.

    Every employee of the chosen teams (all when none is chosen) about every hand-off they receive, or the largest
    ones where the round asks a person about so many at most; end customers too where the round says so.
    """
    handoffs = HandOff.objects.select_related("supplier__team", "customer__team").order_by("pk")
    if round.state != Round.State.DRAFT:
        return list(handoffs.filter(asks__round=round))
    kinds = [PartyKind.EMPLOYEE.value]
    if round.asks_end_customers:
        kinds.append(PartyKind.END_CUSTOMER.value)
    asked = handoffs.in_chain().filter(organization=round.organization, customer__kind__in=kinds)
    teams = set(round.teams.values_list("pk", flat=True))
    end = PartyKind.END_CUSTOMER.value
    chosen = [one for one in asked if not teams or one.customer.kind == end or one.customer.team_id in teams]
    return _largest(chosen, round.most_asked)


def _largest(handoffs: Sequence[HandOff], most: int | None) -> Sequence[HandOff]:
    """At most so many a receiver, those with the most work first; never by how they were rated before."""
    if most is None:
        return handoffs
    taken: Counter[int] = Counter()
    kept = []
    for handoff in sorted(handoffs, key=lambda one: (-one.volume, one.pk)):
        taken[handoff.customer_id] += 1
        if taken[handoff.customer_id] <= most:
            kept.append(handoff)
    return sorted(kept, key=lambda one: one.pk)


def asks_create(*, round: Round) -> int:
    """Write down who is asked, with the groups of today; how many questions there are."""
    asks = [
        Ask(
            round=round,
            handoff=handoff,
            rater=handoff.customer,
            rater_team=group_key(handoff.customer),
            supplier_team=group_key(handoff.supplier),
        )
        for handoff in handoffs_asked(round=round)
    ]
    Ask.objects.bulk_create(asks, batch_size=500)
    return len(asks)
