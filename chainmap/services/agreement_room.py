"""What a coach heard two people say yes to: written into the kept result, and called "said in the room"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chainmap.access import NotFound
from chainmap.domain.exercise_results import AgreementSaid, AgreementsResult, result_to_json
from chainmap.exports.plain_text import clean_text
from chainmap.exports.room_agreement_words import agreement_state
from chainmap.models import Exercise, Workshop
from chainmap.services.exercise_names import names_of
from chainmap.services.exercise_results import result_kept


@dataclass(frozen=True, slots=True)
class RoomAgreement:
    """One revealed agreement that not both said yes to on a phone. ``place``: in the kept result, from 0 on."""

    place: int
    supplier: str
    customer: str
    sentence: str
    state: str
    is_heard: bool


def agreements_to_hear(*, workshop: Workshop, exercise: Exercise) -> tuple[RoomAgreement, ...]:
    """Those a coach may hear a yes to, as they stand on the screen. Whoever calls has asked who reads."""
    found = result_kept(exercise=exercise)
    if not isinstance(found, AgreementsResult):
        return ()
    names = names_of(workshop, hides_names=workshop.hides_names)
    rows = []
    for place, one in enumerate(found.agreements):
        if one.said == AgreementSaid.BOTH:
            continue
        sides = names.side(one.supplier), names.side(one.customer)
        sentence = clean_text(names.mask(one.sentence), 300)
        rows.append(RoomAgreement(place, *sides, sentence, agreement_state(one, *sides), one.yes))
    return tuple(rows)


def is_heard(*, exercise: Exercise, place: int | None) -> bool:
    """Whether a coach heard both say yes. Raises NotFound where there is nothing to hear."""
    return _of(exercise, place)[0].agreements[place or 0].said == AgreementSaid.ROOM


def agreement_hear(*, exercise: Exercise, place: int | None, is_yes: bool) -> None:
    """Put it into the result, which the caller holds and saves. Raises NotFound where there is nothing to hear.

    Taken back it stays open, and says no more who was not asked: the room has spoken about it.
    """
    found, at = _of(exercise, place)
    said = AgreementSaid.ROOM if is_yes else AgreementSaid.OPEN
    rows = [replace(one, said=said) if row == at else one for row, one in enumerate(found.agreements)]
    exercise.result = result_to_json(replace(found, agreements=tuple(rows)))


def _of(exercise: Exercise, place: int | None) -> tuple[AgreementsResult, int]:
    found = result_kept(exercise=exercise)
    if not isinstance(found, AgreementsResult) or place is None or not 0 <= place < len(found.agreements):
        raise NotFound
    if found.agreements[place].said == AgreementSaid.BOTH:
        raise NotFound
    return found, place
