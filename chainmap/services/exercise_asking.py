"""Asking the other side of an agreement on its own phone, while the exercise runs and names are known.

Whoever is named in what somebody else wrote has one row in the edition, without a teller: what they answered, and a
version that grows with everything they are asked, by which their phone learns of it. Nobody else is shown it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q

from chainmap.domain.agreement_tallies import agreement_mark
from chainmap.domain.exercise_entries import AgreementEntry, entry_from_json
from chainmap.domain.exercise_tallies import sides_of
from chainmap.domain.exercises import Exercise as Kind
from chainmap.models import Entry, Exercise, Participant, Workshop
from chainmap.services.exercise_guests import guests_of, person_of, side_person
from chainmap.services.exercise_rooms import NOBODY, asked_slot, entries_of
from chainmap.services.joining import ASKED_ALONE, Room

#: What may be answered; not yet is as open as no answer.
YES, NOT_YET = "yes", "not_yet"
#: Proposals to one person that their phone shows.
MOST_ASKED = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody else wrote about the phone's owner. ``answer``: "" while there is none."""

    mark: str
    entry: AgreementEntry
    answer: str


def people_here(workshop: Workshop) -> frozenset[int]:
    """The people who can be asked on a phone: those let in, and the invented people of a practice workshop.

    As numbers of parties; guests as in ``exercise_guests``.
    """
    reachable = Q(phones__is_let_in=True) | Q(is_invented=True)
    rows = Participant.objects.filter(reachable, workshop=workshop, party__isnull=False)
    return frozenset(rows.values_list("party_id", flat=True)) | frozenset(guests_of(workshop).values())


def sides_ask(*, exercise: Exercise, said: AgreementEntry, but: int | None) -> None:
    """Tell the phones of both sides (``but`` that of the writer) that something about them was written or taken back.

    Inside the caller's transaction, which holds the exercise. Invented people without a phone say yes at once.
    """
    guests = guests_of(exercise.workshop)
    sides = {person for side in sides_of(said) if (person := side_person(side, guests)) not in (None, but)}
    reachable = Q(phones__is_let_in=True) | Q(is_invented=True)
    is_side = Q(party__in=sides) | Q(party=None, pk__in=[-person for person in sides if person is not None])
    rows = Participant.objects.filter(reachable, is_side, workshop=exercise.workshop_id).distinct()
    for participant in rows.prefetch_related("phones"):
        # a phone that waits for the coach is asked nothing yet
        is_alone = participant.is_invented and not any(phone.is_let_in for phone in participant.phones.all())
        _answer_put(exercise, participant, {agreement_mark(said): YES} if is_alone else {})


def answer_put(*, exercise: Exercise, participant: Participant, mark: str, answer: str) -> None:
    """Keep what somebody answers; inside the caller's transaction, which holds the exercise."""
    _answer_put(exercise, participant, {mark: answer})


def proposals_to(*, room: Room, exercise: Exercise) -> list[Proposal]:
    """What others wrote that this phone's owner is a side of, in an order that says nothing; each once."""
    if room.workshop.is_anonymous or exercise.kind != Kind.AGREEMENTS:
        return []
    own, guests = person_of(room), guests_of(room.workshop)
    if own is None:
        return []
    answers = _answers(Entry.objects.filter(slot=_slot(exercise, room.participant)).first())
    found: dict[str, Proposal] = {}
    written: set[str] = set()
    for row in entries_of(exercise).order_by("slot"):
        said = entry_from_json(Kind.AGREEMENTS, row.content)
        if not isinstance(said, AgreementEntry) or own not in [side_person(side, guests) for side in sides_of(said)]:
            continue
        mark = agreement_mark(said)
        if row.participant_id == room.participant.pk:
            written.add(mark)
        else:
            found[mark] = Proposal(mark, said, answers.get(mark, ""))
    return [one for mark, one in sorted(found.items()) if mark not in written][:MOST_ASKED]


def yes_said(exercise: Exercise) -> dict[str, set[int]]:
    """Mark of an agreement -> the people (as in :func:`people_here`) that said yes to it when they were asked."""
    rows = Entry.objects.filter(
        exercise=exercise, edition=exercise.edition, teller=NOBODY, participant__isnull=False
    ).select_related("participant")
    found: dict[str, set[int]] = {}
    for row in rows:
        there = row.participant
        for mark, answer in _answers(row).items():
            if answer == YES and there is not None:
                found.setdefault(mark, set()).add(-there.pk if there.party_id is None else there.party_id)
    return found


def _answer_put(exercise: Exercise, participant: Participant, answers: Mapping[str, str]) -> None:
    fresh = {"exercise": exercise, "edition": exercise.edition, "participant": participant, "teller": NOBODY}
    row, _is_new = Entry.objects.get_or_create(
        slot=_slot(exercise, participant), defaults=fresh | {"content": ASKED_ALONE, "version": 0}
    )
    row.content = json.dumps(_answers(row) | dict(answers), sort_keys=True)
    row.version = F("version") + 1
    row.save(update_fields=["content", "version"])


def _slot(exercise: Exercise, participant: Participant) -> str:
    return asked_slot(exercise, participant.pk)


def _answers(row: Entry | None) -> dict[str, str]:
    kept: object = json.loads(row.content) if row is not None and row.content else {}
    return {str(mark): str(answer) for mark, answer in kept.items()} if isinstance(kept, dict) else {}


def invented_answer(*, exercise: Exercise, said: Iterable[tuple[AgreementEntry, bool]]) -> None:
    """What the invented people answer to each other's proposals: yes where their story says that both agree.

    Whoever has a phone by now is asked on it instead.
    """
    people = Participant.objects.filter(workshop=exercise.workshop_id, is_invented=True, party__isnull=False)
    by_party = {person.party_id: person for person in people.exclude(phones__is_let_in=True)}
    for entry, is_agreed in said:
        for side in (entry.supplier, entry.customer):
            if side in by_party and is_agreed:
                _answer_put(exercise, by_party[side], {agreement_mark(entry): YES})
