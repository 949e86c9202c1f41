"""Who is in a room with names without a place in the chain: known by the name they alone came under.

In a room that draws its chain from nothing nobody has a place. There a person is the number of their participant below
0, where somebody of the chain is the number of their party.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from chainmap.domain.exercise_entries import AgreementEntry, ClientEntry, DrawEntry
from chainmap.domain.exercise_results import Side
from chainmap.domain.workshop_chain import same_words
from chainmap.models import Participant, Workshop
from chainmap.services.joining import Room


def guests_of(workshop: Workshop) -> dict[str, int]:
    """Folded name -> number (below 0) of whoever is in without a place; a name that two have means neither.

    Nobody in a workshop without names. One query.
    """
    return {folded: number for folded, (number, _name) in _alone(workshop).items()}


def names_joined(workshop: Workshop) -> dict[str, str]:
    """Folded name -> the name as its owner typed it when they joined; of the same people. One query."""
    return {folded: name for folded, (_number, name) in _alone(workshop).items()}


def as_joined(entry: Any, names: Mapping[str, str]) -> Any:
    """The entry with everybody under the name they joined by, however it was spelled: "ben" is the Ben who is in.

    >>> as_joined(ClientEntry(None, "ben"), {"ben": "Ben"}).words
    'Ben'
    """
    if isinstance(entry, ClientEntry) and entry.party is None:
        return replace(entry, words=names.get(same_words(entry.words), entry.words))
    if isinstance(entry, DrawEntry | AgreementEntry):
        supplier, customer = entry.supplier_words, entry.customer_words
        return replace(
            entry,
            supplier_words=names.get(same_words(supplier), supplier),
            customer_words=names.get(same_words(customer), customer),
        )
    return entry


def _alone(workshop: Workshop) -> dict[str, tuple[int, str]]:
    """Folded name -> number and name of whoever came under it alone, without a place."""
    if workshop.is_anonymous:
        return {}
    is_in = Q(phones__is_let_in=True) | Q(entries__isnull=False)
    rows = Participant.objects.filter(is_in, workshop=workshop.pk, party=None).exclude(name="").distinct()
    named = [(same_words(name), -pk, name) for pk, name in rows.values_list("pk", "name")]
    counts = Counter(folded for folded, _number, _name in named)
    return {folded: (number, name) for folded, number, name in named if counts[folded] == 1}


def guest_names(workshop: Workshop) -> dict[int, str]:
    """Number of each of them -> the name as it was typed; also of names that two have."""
    if workshop.is_anonymous:
        return {}
    rows = Participant.objects.filter(workshop=workshop.pk, party=None).exclude(name="")
    return {-pk: name for pk, name in rows.values_list("pk", "name")}


def person_of(room: Room) -> int | None:
    """The number of this phone's owner: of the place in the chain, else of the guest; None for nobody known."""
    there = room.participant
    if there.party_id is not None:
        return there.party_id
    number = guests_of(room.workshop).get(same_words(there.name)) if there.name else None
    return number if number == -there.pk else None


def side_person(side: Side, guests: dict[str, int]) -> int | None:
    """Who a side is: a party, a guest of that name, or None."""
    return side.party if side.party is not None else guests.get(same_words(side.words))
