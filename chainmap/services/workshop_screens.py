"""What the three kinds of screen of a workshop show now: the phones, the coach's console and the projector.

They follow by asking again and again. The questions "is there anything new?" (:func:`phone_version`,
:func:`screen_version`) cost one small query; the screens themselves are worked out only when there is.

Before a reveal nobody sees more than how many are in and how many have said something, in an anonymous workshop in
coarse words: the version of a screen follows those words and no exact number, or it would count for whoever watches it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from chainmap.access import Operator, User, require
from chainmap.domain.roles import Action
from chainmap.exports.workshop_words import exercise_instruction, exercise_title, people_in
from chainmap.models import Exercise, Participant, Phone, Scene, Workshop
from chainmap.services.agreement_room import RoomAgreement, agreements_to_hear
from chainmap.services.exercise_cards import CardShown, card_find
from chainmap.services.exercise_own import own_client_said
from chainmap.services.exercise_results import ResultShown, result_find, taken_part
from chainmap.services.exercise_rooms import people_needed
from chainmap.services.joining import Room, token_digest
from chainmap.services.links import LinkDead
from chainmap.services.scenes import SceneShown, scene_show, scenes_of
from chainmap.services.workshop_after import after_link
from chainmap.services.workshop_steps import LastStep, last_step
from chainmap.services.workshops import exercises_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One exercise in words. ``seconds_left``: of its timer, None while none runs; below 0 once it is over.

    ``needed``: how many people something of it is shown from.
    """

    exercise: Exercise
    title: str
    instruction: str
    seconds_left: int | None
    #: How many have said something, in the words that may be said of them.
    answered: str
    needed: int = 1


@dataclass(frozen=True, slots=True)
class PhoneScreen:
    """What a phone shows: ``kind`` is closed, waiting, looking, lobby, card or result."""

    kind: str
    workshop: Workshop
    asked: Asked | None = None
    card: CardShown | None = None
    after: str | None = None
    #: Whoever has the place this phone was at, signed in; "" where nobody has.
    lost_to: str = ""
    #: A phone that waits: for which place, and why: "taken", "other" or "several", see :func:`_why`.
    place: str = ""
    why: str = ""
    #: What a result says to this phone's owner alone; "" for nothing.
    own: str = ""
    #: As whom this phone is in: the place in the chain, else the name that was typed; "" without either, and waiting.
    me: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A phone that waits for a place in the chain. ``name``: the place's; ``why``: see :func:`_why`."""

    phone: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the coach would do next: a step, about an exercise or about none ("close").

    ``leaves``: exercises were not run, because they need answers of more people than are in.
    """

    step: str
    exercise: Exercise | None
    title: str
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class ConsoleScreen:
    """Everything a coach steers by."""

    workshop: Workshop
    cards: tuple[Asked, ...]
    current: Asked | None
    next: NextStep
    joined: int
    waiting: tuple[Waiting, ...]
    scenes: tuple[Scene, ...]
    last: LastStep | None
    #: Revealed agreements of the exercise the room is at that wait for a yes said aloud.
    to_hear: tuple[RoomAgreement, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectorScreen:
    """What the room looks at: ``kind`` is prepared, closed, lobby, exercise, result or scene."""

    kind: str
    workshop: Workshop
    joined: int
    asked: Asked | None = None
    result: ResultShown | None = None
    scene: SceneShown | None = None

    @property
    def people(self) -> str:
        """How many are in, in words."""
        return people_in(self.joined)


#: By hand, because sixty phones ask it forty times a second and putting it together would cost more than the answer.
_PHONE_VERSION = """
SELECT workshop.version, phone.is_let_in, phone.id, participant.party_id,
       (SELECT SUM(entry.version) FROM chainmap_entry entry
        WHERE entry.participant_id = participant.id AND entry.exercise_id = workshop.current_id)
FROM chainmap_phone phone
JOIN chainmap_participant participant ON participant.id = phone.participant_id
JOIN chainmap_workshop workshop ON workshop.id = participant.workshop_id
WHERE phone.token_hash = %s AND workshop.id = %s
"""


def phone_version(*, workshop: int, token: str | None) -> str:
    """What a phone's screen depends on: the steps of the coaches, whether it is let in, and what its owner said.

    One query. Raises LinkDead for a phone this workshop does not know, or no more.
    """
    if not token:
        raise LinkDead
    with connection.cursor() as cursor:
        cursor.execute(_PHONE_VERSION, [token_digest(token), workshop])
        found = cursor.fetchone()
    if found is None:
        raise LinkDead
    return "-".join(str(int(part or 0)) for part in found)


def screen_version(workshop_pk: int) -> str:
    """What console and projector depend on; "" for a workshop that is gone."""
    waiting = Q(participants__phones__is_let_in=False)
    row = (
        Workshop.objects.filter(pk=workshop_pk)
        .select_related("current")
        .annotate(
            joined=Count("participants", distinct=True),
            waiting=Count("participants__phones", filter=waiting, distinct=True),
        )
        .first()
    )
    if row is None:
        return ""
    counted: Any = row
    current = _current(row)
    answered = taken_part(current) if current is not None else ""
    return f"{row.version}-{counted.joined}-{counted.waiting}-{answered}"


def phone_screen(room: Room) -> PhoneScreen:
    """What the phone shows now."""
    screen = replace(_phone_screen(room), me=_me(room))
    return replace(screen, lost_to=_lost_to(room)) if room.participant.said_party_id else screen


def _me(room: Room) -> str:
    there = room.participant
    if room.is_waiting:
        return ""
    return there.party.name if there.party is not None else there.name


def _lost_to(room: Room) -> str:
    """Somebody with an account is at the place this one said."""
    said = room.participant.said_party
    there = Participant.objects.filter(workshop=room.workshop, party=said, user__isnull=False)
    return said.name if said is not None and room.participant.party_id is None and there.exists() else ""


def _phone_screen(room: Room) -> PhoneScreen:
    workshop = room.workshop
    if workshop.state == Workshop.State.CLOSED:
        return PhoneScreen("closed", workshop, after=after_link(workshop=workshop))
    if room.is_waiting:
        there = room.participant
        place = there.party.name if there.party is not None else there.name
        return PhoneScreen("waiting", workshop, place=place, why=_why(there, _taken(workshop)))
    current = _current(workshop)
    if workshop.is_looking:
        return PhoneScreen("looking", workshop)
    if current is not None and current.state == Exercise.State.RUNNING:
        return PhoneScreen("card", workshop, _asked(current), card_find(room=room, exercise=current))
    if workshop.scene_id is not None:
        return PhoneScreen("looking", workshop)
    if current is not None and current.state == Exercise.State.REVEALED:
        return PhoneScreen("result", workshop, _asked(current), own=own_client_said(room=room, exercise=current))
    return PhoneScreen("lobby", workshop)


def result_shown(*, workshop: Workshop, exercise: Exercise) -> ResultShown | None:
    """What was revealed, with names hidden where the coach said so; None before the reveal."""
    return result_find(workshop=workshop, exercise=exercise, hides_names=workshop.hides_names)


def console_screen(*, actor: User | Operator, workshop: Workshop) -> ConsoleScreen:
    """The console. Raises NotFound for a stranger, PermissionDenied for whoever may not run workshops."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    rows = exercises_of(workshop)
    cards = tuple(_asked(row, is_counted=row.state != Exercise.State.READY) for row in rows)
    phones = Phone.objects.filter(participant__workshop=workshop, is_let_in=False)
    place = Coalesce("participant__party__name", "participant__name")
    phones = phones.select_related("participant").annotate(place=place).order_by("place", "pk")
    taken = _taken(workshop) if phones else set()
    joined = workshop.participants.count()
    return ConsoleScreen(
        workshop=workshop,
        cards=cards,
        current=next((card for card in cards if card.exercise.pk == workshop.current_id), None),
        next=_next(workshop, cards, joined),
        joined=joined,
        waiting=tuple(Waiting(phone.pk, phone.place, _why(phone.participant, taken)) for phone in phones),
        scenes=tuple(scenes_of(actor=actor, organization=workshop.organization, workshop=workshop)),
        last=last_step(workshop),
        to_hear=_to_hear(workshop),
    )


def _to_hear(workshop: Workshop) -> tuple[RoomAgreement, ...]:
    current = _current(workshop)
    if current is None or current.kind != Exercise.Kind.AGREEMENTS:
        return ()
    return agreements_to_hear(workshop=workshop, exercise=current)


def projector_screen(*, actor: User | Operator, workshop: Workshop) -> ProjectorScreen:
    """The projector. Raises NotFound for a stranger, PermissionDenied for whoever may not see workshops."""
    require(actor, Action.SEE_WORKSHOPS, workshop.organization)
    joined = workshop.participants.count()
    if workshop.state != Workshop.State.OPEN:
        return ProjectorScreen(str(workshop.state), workshop, joined)
    if workshop.scene is not None:
        return ProjectorScreen("scene", workshop, joined, scene=scene_show(actor=actor, scene=workshop.scene))
    current = _current(workshop)
    if current is not None and current.state == Exercise.State.REVEALED:
        found = result_shown(workshop=workshop, exercise=current)
        return ProjectorScreen("result", workshop, joined, _asked(current), found)
    if current is not None and current.state == Exercise.State.RUNNING:
        return ProjectorScreen("exercise", workshop, joined, _asked(current, is_counted=True))
    return ProjectorScreen("lobby", workshop, joined)


def _why(there: Participant, taken: set[int]) -> str:
    """Why a phone waits: the place is "taken", the phone said an "other" place before, or "several" said this one."""
    if there.pk in taken:
        return "taken"
    return "other" if there.said_party_id is not None else "several"


def _taken(workshop: Workshop) -> set[int]:
    """Whoever came in, and not only a phone that waits; the invented people of a practice workshop are in."""
    is_in = Q(phones__is_let_in=True) | Q(entries__isnull=False) | Q(is_invented=True)
    return set(Participant.objects.filter(is_in, workshop=workshop).values_list("pk", flat=True))


def _current(workshop: Workshop) -> Exercise | None:
    """The exercise the room is at, which knows its workshop without asking for it."""
    if workshop.current is not None:
        workshop.current.workshop = workshop
    return workshop.current


def _asked(exercise: Exercise, *, is_counted: bool = False) -> Asked:
    return Asked(
        exercise=exercise,
        title=exercise_title(exercise.kind),
        instruction=exercise_instruction(exercise.kind, exercise.instruction),
        seconds_left=seconds_left(exercise),
        answered=taken_part(exercise) if is_counted else "",
        needed=people_needed(exercise),
    )


def seconds_left(exercise: Exercise) -> int | None:
    """Of the timer of a running exercise; None where there is none, below 0 once the time is over."""
    if exercise.state != Exercise.State.RUNNING or exercise.started_at is None or not exercise.seconds:
        return None
    end = exercise.started_at + timedelta(seconds=exercise.seconds)
    return round((end - timezone.now()).total_seconds())


def _next(workshop: Workshop, cards: tuple[Asked, ...], joined: int) -> NextStep:
    """Reveal what runs; else the first card after it that was not asked yet, else the first of all; else the end.

    What needs answers of more people than are in is left to the list, unless so few are in that it is so of all.
    """
    current = next((card for card in cards if card.exercise.pk == workshop.current_id), None)
    if current is not None and current.exercise.state == Exercise.State.RUNNING:
        return NextStep("reveal", current.exercise, current.title)
    place = cards.index(current) + 1 if current is not None else 0
    ready = [card for card in (*cards[place:], *cards[:place]) if card.exercise.state == Exercise.State.READY]
    offered = ready
    if any(card.needed <= joined for card in cards):
        offered = [card for card in ready if card.needed <= joined]
    if offered:
        return NextStep("start", offered[0].exercise, offered[0].title)
    return NextStep("close", None, "", leaves=bool(ready))
