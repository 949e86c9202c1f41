"""The picture of "Draw our chain": the workshop's chain, and what the room added to it standing out.

The same picture twice: still, for whoever has no scripts, and as the data of a map. Of a workshop without names there
is none: what was said there is in no chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.chain_map import ChainMap
from chainmap.domain.exercise_results import NamedBy
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.exports.chain_picture import chain_picture
from chainmap.exports.drawn_words import DrawnKey, drawn_legend, drawn_marks
from chainmap.models import Workshop
from chainmap.services.exercise_names import names_of
from chainmap.services.map_places import map_placed
from chainmap.services.pictures import drawn_once
from chainmap.services.workshop_findings import drawing_finding, drawn_new, revealed_exercise

#: With more people than this only those who drew or were drawn are shown, and who is next to them.
MOST_PEOPLE = 60


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """The still picture. ``mark`` changes with what is seen; ``legend``: the kinds of new hand-offs in it."""

    svg: SafeString
    trouble: str
    mark: str
    legend: tuple[DrawnKey, ...]
    hides_names: bool
    workshop: Workshop


def drawn_picture(*, workshop: Workshop, hides_names: bool) -> DrawnPicture | None:
    """The still picture; None where there is nothing to draw. Whoever calls has asked whether the reader may see it."""
    try:
        finding, new = _drawn(workshop, hides_names=hides_names)
    except (NotFound, SolverError):
        return None
    if not finding.handoffs:
        return None
    marks = drawn_marks(new)
    picture = chain_picture(finding, marks=marks)
    said = f"{get_language()}{picture.dot}{picture.description}{sorted(new.items())}"
    mark = hashlib.sha256(said.encode()).hexdigest()[:20]
    drawn = drawn_once(finding=finding, key=f"drawn-room:2:{mark}", marks=marks)
    svg = mark_safe(drawn.svg or "")  # noqa: S308 - reduced to an allow-list of shapes and text by exports.svg
    return DrawnPicture(svg, drawn.trouble, mark, drawn_legend(new.values()), hides_names, workshop)


def drawn_map(
    *, actor: User | Operator, workshop: Workshop, hides_names: bool
) -> tuple[ChainMap, Bottlenecks, Mapping[int, NamedBy]]:
    """The map, its finding, and the new hand-offs in it: key -> which sides drew them.

    Names are hidden where the coach hid them, whatever is asked for. Raises NotFound for a stranger and before the
    reveal, PermissionDenied for whoever may not see workshops, SolverError.
    """
    require(actor, Action.SEE_WORKSHOPS, workshop.organization)
    finding, new = _drawn(workshop, hides_names=hides_names or workshop.hides_names)
    return map_placed(organization=workshop.organization, finding=finding), finding, new


def _drawn(workshop: Workshop, *, hides_names: bool) -> tuple[Bottlenecks, dict[int, NamedBy]]:
    """The finding with names as short as on a map, numbered as in the table. Raises NotFound, SolverError."""
    if workshop.is_anonymous or revealed_exercise(workshop, Kind.DRAW) is None:
        raise NotFound
    new = drawn_new(workshop)
    finding = _near(drawing_finding(workshop=workshop), new)
    names = names_of(workshop, hides_names=hides_names, on_map=True)
    parties = [
        replace(party, name=names.party(party.key) if party.key > 0 else names.outsider(party.name))
        for party in finding.parties
    ]
    handoffs = [replace(handoff, deliverable=names.mask(handoff.deliverable)) for handoff in finding.handoffs]
    return replace(finding, parties=parties, handoffs=handoffs), new


def _near(finding: Bottlenecks, new: Mapping[int, NamedBy]) -> Bottlenecks:
    """Of a large chain both sides of what is new and who is next to them; figures stay those of the whole."""
    if len(finding.parties) <= MOST_PEOPLE or not new:
        return finding
    drawn = {end for one in finding.handoffs if one.key in new for end in (one.supplier, one.customer)}
    near = {
        end for one in finding.handoffs for end in (one.supplier, one.customer) if {one.supplier, one.customer} & drawn
    }
    return replace(
        finding,
        parties=[party for party in finding.parties if party.id in near],
        handoffs=[one for one in finding.handoffs if one.supplier in near and one.customer in near],
    )
