"""The chain a workshop looks at, with what the room drew and rated and the coach revealed, and what follows.

Figures count of what was drawn what was rated, in every place alike: a drawn hand-off nobody rated is a question, shown
in the picture of the drawing and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.exercise_entries import DrawEntry, RateEntry
from chainmap.domain.exercise_rates import live_ratings
from chainmap.domain.exercise_results import NamedBy
from chainmap.domain.exercise_tallies import Said, tally_draw
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.records import Chain
from chainmap.domain.workshop_chain import (
    DrawnHandOff,
    DrawnSide,
    counted,
    with_drawn,
    with_ratings,
    workshop_part,
)
from chainmap.models import Exercise, Party, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.exercise_rooms import rules_of, said_in

#: Findings of workshops kept at a time.
_KEPT = 8
#: Exercises whose result may be seen.
SHOWN_STATES = (Exercise.State.REVEALED, Exercise.State.DONE)


def workshop_finding(*, workshop: Workshop) -> Bottlenecks:
    """The workshop's part of the chain with what the room drew and rated and the coach revealed; of what was drawn
    what counts (``workshop_chain.counted``).

    Of a workshop without names the organization's chain alone: what was said is in no chain. Whoever calls has asked
    whether the reader may see the chain. Kept for as long as nothing of it changes. Raises SolverError.
    """
    return _finding(workshop, _state(workshop), with_questions=False)


def drawing_finding(*, workshop: Workshop) -> Bottlenecks:
    """The same with everything the room drew, rated or not: for the picture of the drawing. Raises SolverError."""
    return _finding(workshop, _state(workshop), with_questions=True)


def workshop_state(*, workshop: Workshop) -> tuple[object, ...]:
    """Another value as soon as that finding may be another one: what is made of it is kept for exactly this."""
    return _state(workshop)


def workshop_chain(*, workshop: Workshop) -> Chain:
    """The chain that finding is of; whoever calls has asked whether the reader may see it."""
    return _chain(workshop, with_questions=False)


def _state(workshop: Workshop) -> tuple[object, ...]:
    """Changes with everything a finding is made of."""
    organization = workshop.organization
    shown = Exercise.objects.filter(
        workshop=workshop, kind__in=[Kind.DRAW.value, Kind.RATE.value], state__in=SHOWN_STATES
    )
    revealed = tuple(shown.order_by("kind").values_list("kind", "edition", "result"))
    chain = (organization.pk, organization.data_version, organization.kappa, organization.name)
    return (*chain, workshop.team_id, workshop.mode, revealed)


@lru_cache(maxsize=_KEPT)
def _finding(workshop: Workshop, _state: tuple[object, ...], *, with_questions: bool) -> Bottlenecks:
    organization = workshop.organization
    chain = _chain(workshop, with_questions=with_questions)
    return find_bottlenecks(chain, organization=organization.name, kappa=organization.kappa)


def chain_known(workshop: Workshop) -> Chain:
    """The workshop's part of the chain as everybody saw it before the room drew anything."""
    return _part(workshop, _whole(workshop))


def chain_counted(workshop: Workshop, said: Sequence[Said[RateEntry]]) -> Chain:
    """The workshop's part of the chain with what the room drew, the coach revealed and these entries rate."""
    chain = _drawn(workshop)
    return _part(workshop, counted(chain, {rating.handoff for rating in live_ratings(said, chain)}))


def _drawn(workshop: Workshop) -> Chain:
    """The whole chain with what the room drew and the coach revealed."""
    drawn = revealed_exercise(workshop, Kind.DRAW)
    said = [] if drawn is None or workshop.is_anonymous else said_in(drawn)
    return with_drawn(_whole(workshop), drawn_handoffs(said))[0]


def drawn_keys(workshop: Workshop, said: Sequence[Said[DrawEntry]]) -> tuple[int, ...]:
    """The key in the workshop's chain of what each entry says, in their order."""
    return with_drawn(_whole(workshop), drawn_handoffs(said))[1]


def drawn_new(workshop: Workshop) -> dict[int, NamedBy]:
    """The hand-offs of the drawing's finding that were in no chain: key -> which sides drew them.

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


def _chain(workshop: Workshop, *, with_questions: bool) -> Chain:
    rated = revealed_exercise(workshop, Kind.RATE)
    said: list[Said[Any]] = [] if rated is None or workshop.is_anonymous else said_in(rated)
    chain = _part(workshop, _drawn(workshop)) if with_questions else chain_counted(workshop, said)
    return with_ratings(chain, live_ratings(said, chain), workshop_day(workshop))


def _whole(workshop: Workshop) -> Chain:
    return analysis_find(actor=OPERATOR, organization=workshop.organization).chain


def _part(workshop: Workshop, chain: Chain) -> Chain:
    if workshop.team_id is None:
        return chain
    team = Party.objects.filter(organization=workshop.organization_id, team=workshop.team_id)
    return workshop_part(chain, team.values_list("pk", flat=True))
