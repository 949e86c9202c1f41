"""Practice workshops: an invented company of a coach's own, answers of people who do not exist, and a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR, NotFound, User, require
from chainmap.domain.entry_reading import EntryErrors
from chainmap.domain.exercise_entries import AgreementEntry, RateEntry, entry_to_json, read_entry
from chainmap.domain.exercise_entries import Entry as Said
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.exercises import WorkshopMode, takes_several
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.roles import Action, Role
from chainmap.domain.solver import SolverError
from chainmap.exports.practice_words import END, LOBBY, MAP, GuideWords, guide_steps, lesson_words
from chainmap.imports.practice_company import Link, link_named
from chainmap.models import Entry, Exercise, Membership, Organization, Participant, Party, Phone, Workshop
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.exercise_asking import invented_answer
from chainmap.services.exercise_entries import handoff_key
from chainmap.services.exercise_rooms import NOBODY, slot_of, teller_of
from chainmap.services.joining import Room
from chainmap.services.practice_company import company_store, handoffs_by_link, practice_company
from chainmap.services.questionnaires import questionnaire_find

#: Practice companies a coach may have at a time: one to prepare with, one for a training, one to try things out.
MOST_COMPANIES = 3
#: The roles a coach gets in the invented company.
_ROLES = (Role.COACH, Role.MANAGER)
#: Fields of an answer that name a party.
_SIDES = ("party", "supplier", "customer")


class PracticeProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be done; ``str()`` says what, why and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class PracticeSeen:
    """One invented company of the reader, and its newest practice workshop (None where it was removed)."""

    organization: Organization
    workshop: Workshop | None


def may_practise(*, user: User) -> bool:
    """Whether the user is a coach in some real organization."""
    return Organization.objects.visible_to(user, Action.RUN_WORKSHOPS).filter(is_practice=False).exists()


def practice_list(*, user: User) -> list[PracticeSeen]:
    """The invented companies the user made, newest first. Raises NotFound for whoever coaches nowhere."""
    _require_coach(user)
    workshops: dict[int, Workshop] = {}
    own = list(_own(user))
    for workshop in Workshop.objects.filter(organization__in=own, is_practice=True).order_by("made_at", "pk"):
        workshops[workshop.organization_id] = workshop
    return [PracticeSeen(organization, workshops.get(organization.pk)) for organization in own]


def practice_load(*, user: User, known: int = 0) -> Workshop:
    """A prepared practice workshop of the coach's own: the newest one, or a new company with one.

    A company is made where the coach has at most ``known`` so far, which is what they saw when they asked: a second
    tap finds the one that the first tap made. Raises NotFound for whoever coaches nowhere, PracticeProblem
    above MOST_COMPANIES.
    """
    _require_coach(user)
    with transaction.atomic():
        _hold(user)
        own = practice_list(user=user)
        if len(own) > known:
            ready = next((seen.workshop for seen in own if seen.workshop is not None), None)
            if ready is not None:
                return ready
        if len(own) >= MOST_COMPANIES:
            raise PracticeProblem(
                "too_many",
                _("You have %(most)s invented companies, which is as many as fit. Remove one, or start one afresh.")
                % {"most": MOST_COMPANIES},
            )
        return _load(user)


def practice_afresh(*, user: User, organization: int) -> Workshop:
    """Replace one of the coach's own invented companies by a new one; no other organization is ever touched.

    Raises NotFound for whoever coaches nowhere, and for anything else but a practice company of theirs.
    """
    _require_coach(user)
    with transaction.atomic():
        _hold(user)
        _own_company(user, organization).delete()
        return _load(user)


def practice_find(*, user: User, organization: int) -> Organization:
    """One invented company of the user's own. Raises NotFound for everything else."""
    return _own_company(user, organization)


def practice_remove(*, user: User, organization: int) -> None:
    """Take a whole invented company away, with all that was said in it. Raises NotFound for everything else."""
    with transaction.atomic():
        _hold(user)
        _own_company(user, organization).delete()


def practice_answers(*, exercise: Exercise) -> int:
    """What the invented people say in an exercise that starts; how many answers came in.

    Runs in the caller's transaction. Nothing outside a practice workshop, in an anonymous one, and where they have
    answered this edition already.
    """
    workshop = exercise.workshop
    if not workshop.is_practice or workshop.is_anonymous:
        return 0
    people = {
        row.party.code: row
        for row in Participant.objects.filter(workshop=workshop, is_invented=True).select_related("party")
        if row.party is not None
    }
    said = Entry.objects.filter(exercise=exercise, edition=exercise.edition, participant__in=people.values())
    if said.exclude(teller=NOBODY).exists():
        return 0
    entries, agreed = [], []
    for number, (who, entry, is_agreed) in enumerate(_entries(workshop.organization, Kind(exercise.kind))):
        if who not in people:
            continue  # taken out meanwhile
        if isinstance(entry, AgreementEntry):
            agreed.append((entry, is_agreed))
        room = Room(workshop, people[who], Phone(participant=people[who]), token="")
        entries.append(
            Entry(
                exercise=exercise,
                edition=exercise.edition,
                participant=people[who],
                slot=slot_of(room, exercise, _key(Kind(exercise.kind), entry, number)),
                teller=teller_of(room, exercise),
                content=entry_to_json(entry),
            )
        )
    Entry.objects.bulk_create(entries)
    invented_answer(exercise=exercise, said=agreed)
    return len(entries)


def _key(kind: Kind, entry: Said, number: int) -> str:
    """As a phone's own number of an entry: whoever joins as one of them changes what that one said."""
    if not takes_several(kind, WorkshopMode.OPEN):
        return ""
    return handoff_key(entry.handoff) if isinstance(entry, RateEntry) else f"practice-{number}"


def _entries(organization: Organization, kind: Kind) -> Iterator[tuple[str, Said, bool]]:
    """Who says what, read as strictly as what a phone sends; without what is about something taken out meanwhile.

    Beside it whether the other side of an agreement says yes to it.
    """
    names = _Names.of(organization)
    asked = questionnaire_find(organization=organization, code=ORIENTATION.code).text
    for answer in practice_company().answers[kind]:
        fields = names.fields(answer.fields)
        if fields is None:
            continue
        is_agreed = fields.pop("yes", False) is True
        try:
            entry = read_entry(kind, fields, WorkshopMode.OPEN, questionnaire=asked)
        except EntryErrors:
            continue  # the coach gave the questionnaire other rows than those the answers are to
        yield answer.who, entry, is_agreed


@dataclass(frozen=True, slots=True)
class PracticeGuide:
    """The script beside the console. ``lesson``: today's figures, once the room has bet; "" before."""

    steps: tuple[GuideWords, ...]
    current: GuideWords
    next: GuideWords | None
    is_revealed: bool  # whether the answers of the current step are on the screen
    minutes: int  # of the whole agenda
    lesson: str


def practice_guide(*, workshop: Workshop) -> PracticeGuide | None:
    """The script of a practice workshop and where the coach is in it; None for a real workshop.

    Whoever calls has asked whether the reader runs the workshop.
    """
    if not workshop.is_practice:
        return None
    exercises = {exercise.kind: exercise for exercise in Exercise.objects.filter(workshop=workshop)}
    steps = guide_steps(exercises.keys())
    code = _step_now(workshop, steps, exercises)
    place = next(place for place, step in enumerate(steps) if step.code == code)
    is_revealed = code in exercises and exercises[code].state == Exercise.State.REVEALED
    return PracticeGuide(
        steps=steps,
        current=steps[place],
        next=steps[place + 1] if place + 1 < len(steps) else None,
        is_revealed=is_revealed,
        minutes=steps[-1].ends,
        lesson=_lesson(workshop.organization) if code == MAP or (code == Kind.RATE and is_revealed) else "",
    )


def _step_now(workshop: Workshop, steps: tuple[GuideWords, ...], exercises: Mapping[str, Exercise]) -> str:
    """The exercise the room is at; between two, the first step of the agenda that is still to come."""
    if workshop.state != Workshop.State.OPEN:
        return END if workshop.state == Workshop.State.CLOSED else LOBBY
    current = next((one for one in exercises.values() if one.pk == workshop.current_id), None)
    if current is not None and current.state != Exercise.State.DONE:
        return current.kind
    begun = [
        step.code for step in steps if step.code in exercises and exercises[step.code].state != Exercise.State.READY
    ]
    codes = [step.code for step in steps]
    if not begun:
        return LOBBY
    for place, code in enumerate(codes[1:], start=1):
        if code == MAP:
            if set(codes[place:]).isdisjoint(begun):
                return MAP  # nothing that comes after it was begun
        elif code not in begun:
            return code
    return END


def _lesson(organization: Organization) -> str:
    try:
        return lesson_words(bottlenecks_find(actor=OPERATOR, organization=organization))
    except SolverError:
        return ""  # somebody drew a loop that is nearly closed: the map says so itself


@dataclass(frozen=True, slots=True)
class _Names:
    """Ids of the files -> numbers of the rows."""

    parties: Mapping[str, int]
    handoffs: Mapping[Link, int]

    @classmethod
    def of(cls, organization: Organization) -> _Names:
        parties = dict(Party.objects.filter(organization=organization).values_list("code", "pk"))
        return cls(parties, {link: row.pk for link, row in handoffs_by_link(organization).items()})

    def fields(self, said: Mapping[str, object]) -> dict[str, object] | None:
        """The fields as a phone would send them; None where what they name is not there any more."""
        fields = dict(said)
        days = fields.pop("due_in_days", None)
        if isinstance(days, int):
            fields["due_on"] = (timezone.localdate() + timedelta(days=days)).isoformat()
        link = link_named(fields)
        if link is not None and "volume" not in fields:  # drawing names a hand-off that may not be there yet
            if link not in self.handoffs:
                return None
            fields = {name: value for name, value in fields.items() if name not in (*_SIDES, "deliverable")}
            fields["handoff"] = self.handoffs[link]
        for side in _SIDES:
            if side in fields:
                if fields[side] not in self.parties:
                    return None
                fields[side] = self.parties[str(fields[side])]
        answers = fields.pop("answers", None)
        return fields | dict(answers) if isinstance(answers, dict) else fields


def _require_coach(user: User) -> None:
    if not may_practise(user=user):
        raise NotFound


def _own(user: User) -> list[Organization]:
    return list(Organization.objects.filter(is_practice=True, practice_of_id=user.pk).order_by("-pk"))


def _own_company(user: User, organization: int) -> Organization:
    if user.pk is None:
        raise NotFound
    found = Organization.objects.filter(pk=organization, is_practice=True, practice_of_id=user.pk).first()
    if found is None:
        raise NotFound
    require(user, Action.RUN_WORKSHOPS, found)
    return found


def _hold(user: User) -> None:
    """One at a time for each coach: two taps neither pass the limit nor remove twice."""
    get_user_model().objects.select_for_update().get(pk=user.pk or 0)


def _load(user: User) -> Workshop:
    organization = Organization.objects.create(name=_free_name(user), is_practice=True, practice_of_id=user.pk)
    Membership.objects.bulk_create(
        Membership(organization=organization, user_id=user.pk or 0, role=role.value) for role in _ROLES
    )
    return company_store(user=user, organization=organization)


def _free_name(user: User) -> str:
    """The company's name with the coach's and a number: unique, and it says in itself that it is invented."""
    parts = {"company": practice_company().texts.name, "coach": user.get_username()[:120]}
    first = _("%(company)s (invented, for practice) of %(coach)s") % parts
    taken = set(Organization.objects.filter(name__startswith=first).values_list("name", flat=True))
    numbered = (first if number == 1 else f"{first} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)
