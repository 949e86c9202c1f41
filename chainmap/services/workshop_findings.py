"""The chain a workshop looks at, with everything the room drew and rated and the coach revealed, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.exercise_entries import DrawEntry
from chainmap.domain.exercise_rates import live_ratings
from chainmap.domain.exercise_results import NamedBy
from chainmap.domain.exercise_tallies import Said, tally_draw
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.records import Chain
from chainmap.domain.workshop_chain import DrawnHandOff, DrawnSide, with_drawn, with_ratings, workshop_part
from chainmap.models import Exercise, Party, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.exercise_rooms import rules_of, said_in

#: Findings of workshops kept at a time.
_KEPT = 8
#: Exercises whose result may be seen.
SHOWN_STATES = (Exercise.State.REVEALED, Exercise.State.DONE)


def workshop_finding(*, workshop: Workshop) -> Bottlenecks:
    """The workshop's part of the chain with everything the room drew and rated and the coach revealed.

    Of a workshop without names the organization's chain alone: what was said is in no chain. Whoever calls has asked
    whether the reader may see the chain. Kept for as long as nothing of it changes. Raises SolverError.
    """
    organization = workshop.organization
    shown = Exercise.objects.filter(
        workshop=workshop, kind__in=[Kind.DRAW.value, Kind.RATE.value], state__in=SHOWN_STATES
    )
    revealed = tuple(shown.order_by("kind").values_list("kind", "edition", "result"))
    chain = (organization.pk, organization.data_version, organization.kappa, organization.name)
    return _finding(workshop, (*chain, workshop.team_id, workshop.mode, revealed))


@lru_cache(maxsize=_KEPT)
def _finding(workshop: Workshop, _state: tuple[object, ...]) -> Bottlenecks:
    organization = workshop.organization
    return find_bottlenecks(_chain(workshop), organization=organization.name, kappa=organization.kappa)


def chain_drawn(workshop: Workshop) -> Chain:
    """The workshop's part of the chain with what the room drew and the coach revealed."""
    drawn = revealed_exercise(workshop, Kind.DRAW)
    said = [] if drawn is None or workshop.is_anonymous else said_in(drawn)
    return _part(workshop, with_drawn(_whole(workshop), drawn_handoffs(said))[0])


def drawn_keys(workshop: Workshop, said: Sequence[Said[DrawEntry]]) -> tuple[int, ...]:
    """The key in the workshop's chain of what each entry says, in their order."""
    return with_drawn(_whole(workshop), drawn_handoffs(said))[1]


def drawn_new(workshop: Workshop) -> dict[int, NamedBy]:
    """The hand-offs of the finding that the room drew and that were in no chain: key -> which sides drew them.

    Nothing before the reveal, and nothing of a workshop without names.
    """
    drawn = revealed_exercise(workshop, Kind.DRAW)
    if drawn is None or workshop.is_anonymous:
        return {}
    said = said_in(drawn)
    found = tally_draw(said, rules_of(workshop), keys=drawn_keys(workshop, said))
    return {link.key: link.named_by or NamedBy.OTHERS for link in found.links if link.key < 0}


def drawn_handoffs(said: Sequence[Said[DrawEntry]]) -> list[DrawnHandOff]:
    """What was drawn, as the chain takes it."""
    return [
        DrawnHandOff(
            DrawnSide(one.entry.supplier, one.entry.supplier_words),
            DrawnSide(one.entry.customer, one.entry.customer_words),
            one.entry.deliverable,
            float(one.entry.volume),
        )
        for one in said
    ]


def revealed_exercise(workshop: Workshop, kind: Kind) -> Exercise | None:
    """The exercise of this kind whose result may be seen; None without one."""
    rows = Exercise.objects.filter(workshop=workshop, kind=kind.value, state__in=SHOWN_STATES)
    return rows.exclude(result="").select_related("workshop__organization").first()


def workshop_day(workshop: Workshop) -> int:
    """``date.toordinal()`` of the day from which what was rated counts."""
    return (workshop.closed_on or timezone.localdate()).toordinal()


def _chain(workshop: Workshop) -> Chain:
    chain = chain_drawn(workshop)
    rated = revealed_exercise(workshop, Kind.RATE)
    if rated is None or workshop.is_anonymous:
        return chain
    said: list[Said[Any]] = said_in(rated)
    return with_ratings(chain, live_ratings(said), workshop_day(workshop))


def _whole(workshop: Workshop) -> Chain:
    return analysis_find(actor=OPERATOR, organization=workshop.organization).chain


def _part(workshop: Workshop, chain: Chain) -> Chain:
    if workshop.team_id is None:
        return chain
    team = Party.objects.filter(organization=workshop.organization_id, team=workshop.team_id)
    return workshop_part(chain, team.values_list("pk", flat=True))
