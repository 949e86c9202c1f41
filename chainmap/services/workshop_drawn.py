"""The new hand-offs of "Draw our chain" once they are revealed: what they are called, and who rates which.

All of it comes from the frozen result, so that sixty phones ask at once and no chain is worked out. Nothing before the
reveal, nothing once it is undone, and nothing of a workshop without names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.domain.exercise_results import DrawnLink, DrawResult, Side, result_from_json
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.workshop_chain import same_words
from chainmap.models import Exercise, Participant, Party, Workshop
from chainmap.services.joining import Room


@dataclass(frozen=True, slots=True)
class DrawnToRate:
    """A drawn hand-off somebody gets: its key below 0, who hands it over, and what."""

    key: int
    supplier: str
    deliverable: str


def drawn_kept(workshop: Workshop) -> tuple[DrawnLink, ...]:
    """The drawn hand-offs that were in no chain at the reveal and can be in one."""
    if workshop.is_anonymous:
        return ()
    shown = Exercise.objects.filter(
        workshop=workshop, kind=Kind.DRAW.value, state__in=(Exercise.State.REVEALED, Exercise.State.DONE)
    )
    text = shown.exclude(result="").values_list("result", flat=True).first()
    if not text:
        return ()
    try:
        found = result_from_json(Kind.DRAW, text)
    except ValueError:
        return ()
    return tuple(link for link in found.links if link.key < 0) if isinstance(found, DrawResult) else ()


def drawn_ends(workshop: Workshop) -> dict[int, tuple[Side, Side, str]]:
    """Key of a drawn hand-off -> who hands it over, who gets it, and what."""
    return {link.key: (link.supplier, link.customer, link.deliverable) for link in drawn_kept(workshop)}


def drawn_to_rate(room: Room) -> list[DrawnToRate]:
    """What this person was drawn to get, the most first.

    Whoever has a place in the chain gets what goes there. In a room without a chain nobody has one: then whoever alone
    came under a name gets what is drawn to that name, where no one of the chain is meant.
    """
    links = drawn_kept(room.workshop)
    if not links:
        return []
    places = _Places.of(room.workshop, links)
    own, name = room.participant.party_id, same_words(room.participant.name)
    if own is None and not (name and _is_alone(room, name)):
        return []
    mine = [link for link in links if places.customer(link) == (own if own is not None else name)]
    return places.rows(mine)


def drawn_received(workshop: Workshop) -> dict[int, list[DrawnToRate]]:
    """Party of the chain -> what it was drawn to get, the most first."""
    links = drawn_kept(workshop)
    if not links:
        return {}
    places = _Places.of(workshop, links)
    found: dict[int, list[DrawnLink]] = {}
    for link in links:
        customer = places.customer(link)
        if isinstance(customer, int):
            found.setdefault(customer, []).append(link)
    return {party: places.rows(mine) for party, mine in found.items()}


@dataclass(frozen=True, slots=True)
class _Places:
    """Who the sides of drawn hand-offs are today: the number of a party, or folded words for whoever is in no chain."""

    names: Mapping[int, str]
    by_words: Mapping[str, int]  # 0: several have this name, so nobody is meant

    @classmethod
    def of(cls, workshop: Workshop, links: Sequence[DrawnLink]) -> _Places:
        rows = Party.objects.filter(organization=workshop.organization_id)
        sides = [side for link in links for side in (link.supplier, link.customer)]
        if all(side.party is not None for side in sides):
            rows = rows.filter(pk__in={side.party for side in sides})
        names = dict(rows.values_list("pk", "name"))
        counts = Counter(same_words(name) for name in names.values())
        by_words = {same_words(name): pk if counts[same_words(name)] == 1 else 0 for pk, name in names.items()}
        return cls(names, by_words)

    def customer(self, link: DrawnLink) -> int | str:
        words = same_words(link.customer.words)
        return link.customer.party if link.customer.party is not None else self.by_words.get(words, words)

    def rows(self, links: Sequence[DrawnLink]) -> list[DrawnToRate]:
        ordered = sorted(links, key=lambda link: (-link.volume, same_words(link.deliverable), link.key))
        return [DrawnToRate(link.key, self._name(link.supplier), link.deliverable) for link in ordered]

    def _name(self, side: Side) -> str:
        return side.words if side.party is None else self.names.get(side.party, "–")


def _is_alone(room: Room, name: str) -> bool:
    """Whether nobody else without a place came under this name: a name that two have means neither."""
    others = Participant.objects.filter(workshop=room.workshop.pk, party=None).exclude(pk=room.participant.pk)
    return name not in {same_words(other) for other in others.exclude(name="").values_list("name", flat=True)}
