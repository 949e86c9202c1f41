"""What a report says changed since the round before: read from the comparison its own page shows."""

from __future__ import annotations

from collections.abc import Sequence

from chainmap.access import OPERATOR
from chainmap.domain.reports import Moved, ReportChange
from chainmap.domain.round_changes import HandOffChange
from chainmap.models import Round
from chainmap.services.comparing import Comparison, comparison_find

#: Hand-offs with a line of their own.
MOST_MOVED = 10


def round_before(*, rounds: Sequence[Round], round: Round) -> Round | None:
    """The latest one before ``round`` with figures of the same kind, by person or by team; ``rounds`` newest first."""
    places = [place for place, one in enumerate(rounds) if one.pk == round.pk]
    earlier = rounds[places[0] + 1 :] if places else ()
    return next((one for one in earlier if one.is_protected == round.is_protected), None)


def change_find(*, before: Round, now: Round) -> ReportChange | None:
    """The change of the whole organization; None where one of the rounds has nothing to go by.

    Of protected rounds from their releases alone. Raises SolverError. Whoever calls has asked whether the reader may
    compare rounds.
    """
    found = comparison_find(actor=OPERATOR, before=before, now=now)
    if found.change is None:
        return None
    parts = found.change.parts
    return ReportChange(
        round=before.name,
        closed_on=before.closed_on,
        yield_before=found.change.yield_before,
        yield_now=found.change.yield_now,
        difference=found.change.difference,
        lost_before=found.change.lost_before,
        lost_now=found.change.lost_now,
        by_yield=parts.by_yield,
        by_flow=parts.by_flow,
        new=parts.new,
        removed=parts.removed,
        moved=_moved(found, found.change.handoffs),
        nps_before=found.before.score.nps,
        nps_now=found.now.score.nps,
        comparable=before.mode == now.mode and (not now.is_protected or before.k == now.k),
        by_assumed=parts.by_assumed,
        by_team=now.is_protected,
    )


def _moved(found: Comparison, rows: Sequence[HandOffChange]) -> tuple[Moved, ...]:
    """Those that moved most, of rows that come most moved first."""
    names = found.names
    return tuple(
        Moved(
            supplier=names.get(one.supplier, one.supplier),
            customer=names.get(one.customer, one.customer),
            deliverable=one.deliverable,
            kind=one.presence.value,
            before=one.lost_before,
            now=one.lost_now,
            by_yield=one.by_yield,
            by_flow=one.by_flow,
        )
        for one in rows[:MOST_MOVED]
        if one.change or one.by_yield
    )
