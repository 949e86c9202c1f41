"""Agreements of a room -> the result that is frozen at the reveal: who proposed it, and whether both said yes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from chainmap.domain.exercise_entries import AgreementEntry
from chainmap.domain.exercise_results import AgreementSaid, AgreementShown, AgreementsResult, NamedBy
from chainmap.domain.exercise_tallies import Room, Said, named_by, same_side, shuffle_mark, sides_of
from chainmap.domain.workshop_chain import same_words


def agreement_mark(entry: AgreementEntry) -> str:
    """The same for the same words between the same two until the same day: what somebody says yes to.

    >>> from datetime import date
    >>> one = AgreementEntry(1, "", 2, "", "By noon", date(2026, 12, 1))
    >>> agreement_mark(one) == agreement_mark(replace(one, sentence="by  NOON"))
    True
    >>> agreement_mark(one) == agreement_mark(replace(one, due_on=date(2026, 12, 2)))
    False
    """
    return shuffle_mark(repr((_same_promise(entry), entry.due_on.isoformat())))[:32]


def tally_agreements(
    said: Sequence[Said[AgreementEntry]],
    room: Room,
    *,
    yes: Mapping[str, Set[int]] | None = None,
    here: Set[int] = frozenset(),
    guests: Mapping[str, int] | None = None,
) -> AgreementsResult:
    """Every agreement once; what was written down alike is one. Agreed is what both sides said yes to themselves.

    Whoever writes an agreement of their own says yes with it. ``yes``: :func:`agreement_mark` -> parties that said yes
    when they were asked; ``here``: parties whose phones are in the room, who can be asked. ``guests``: folded name of
    whoever is in without a place -> a number below 0 that stands for them in both; under a name that is not among them
    nobody writes for themselves, for two came under it.

    A promise between two sides is written to be seen, and the card says so: without names it needs as many people as a
    figure, and not as many as an opinion in somebody's words.
    """
    answered = room.answered(said)
    if not answered.is_shown:
        return AgreementsResult(answered, ())
    groups: dict[tuple[object, ...], list[Said[AgreementEntry]]] = {}
    if guests is not None:
        said = [one if same_words(one.name) in guests else replace(one, name="") for one in said]
    for one in sorted(said, key=lambda one: (one.entry.due_on, repr(one.entry))):
        groups.setdefault(_same_promise(one.entry), []).append(one)
    found = [_agreement(group, room, yes or {}, here, guests or {}) for group in groups.values()]
    return AgreementsResult(
        answered,
        tuple(sorted(found, key=lambda one: (one.yes, one.due_on, shuffle_mark(one.sentence), repr(one)))),
    )


def _agreement(
    group: Sequence[Said[AgreementEntry]],
    room: Room,
    yes: Mapping[str, Set[int]],
    here: Set[int],
    guests: Mapping[str, int],
) -> AgreementShown:
    """What the group wrote down alike, until the earliest of their days."""
    entry = group[0].entry
    shown = AgreementShown(*sides_of(entry), entry.sentence, entry.due_on)
    if room.is_anonymous:
        return shown
    agreed = yes.get(agreement_mark(entry), frozenset())
    wrote = named_by([one for one in group if one.entry.due_on == entry.due_on])
    people = [side.party if side.party is not None else guests.get(same_words(side.words)) for side in sides_of(entry)]
    missing = [
        person
        for person, by in zip(people, (NamedBy.SUPPLIER, NamedBy.CUSTOMER), strict=True)
        if wrote not in (by, NamedBy.BOTH) and person not in agreed
    ]
    said = AgreementSaid.BOTH
    if missing:
        said = AgreementSaid.OPEN if all(party in here for party in missing) else AgreementSaid.NOT_ASKED
    return replace(shown, said=said, named_by=named_by(group))


def _same_promise(entry: AgreementEntry) -> tuple[object, ...]:
    return (*(same_side(side) for side in sides_of(entry)), same_words(entry.sentence))
