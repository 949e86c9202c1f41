"""What the services of the exercises share: who somebody is in a room without being told, and what was said so far."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from chainmap.domain.coffee_pairs import CoffeePlan
from chainmap.domain.confidentiality import raters_needed
from chainmap.domain.exercise_entries import entry_from_json
from chainmap.domain.exercise_tallies import Room as Rules
from chainmap.domain.exercise_tallies import Said
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.exercises import WorkshopMode
from chainmap.domain.plain_data import from_json, to_json
from chainmap.domain.workshop_chain import same_words
from chainmap.models import Entry, Exercise, HandOff, Participant, Party, Workshop
from chainmap.services.exercise_guests import as_joined, names_joined
from chainmap.services.joining import Room

#: What names people in words.
_NAMING = (Kind.CLIENT, Kind.DRAW, Kind.AGREEMENTS)
#: An entry without a teller is the room's own: the pairs of a coffee, kept so that nobody's partner changes.
NOBODY = ""
#: Names offered to choose from; whoever is not among them is written in words.
MOST_NAMES = 300


def mode_of(workshop: Workshop) -> WorkshopMode:
    """Who learns what somebody says."""
    return WorkshopMode(workshop.mode)


def rules_of(workshop: Workshop) -> Rules:
    """How much of what was said may be shown."""
    return Rules(mode_of(workshop))


def people_needed(exercise: Exercise) -> int:
    """From how many people on something of it is shown; 1 where one is enough."""
    kind, rules = Kind(exercise.kind), rules_of(exercise.workshop)
    if kind == Kind.COFFEE or (not rules.is_anonymous and kind != Kind.ORIENTATION):
        return 1
    return rules.writers_needed if kind in (Kind.DRAW, Kind.PURPOSE) else raters_needed(rules.k)


def teller_of(room: Room, exercise: Exercise) -> str:
    """The mark of this person in this edition; without names only this phone can make it again."""
    return _digest("teller", exercise, _who(room))


def slot_of(room: Room, exercise: Exercise, key: str) -> str:
    """The place of one entry: the same phone, exercise, edition and key find the same row."""
    return _digest("entry", exercise, f"{_who(room)}:{key}")


def asked_slot(exercise: Exercise, participant: int) -> str:
    """The place of the row in which somebody's answers to proposals are kept."""
    return _digest("asked", exercise, f"participant {participant}")


def entries_of(exercise: Exercise) -> QuerySet[Entry, Entry]:
    """What counts now: this edition, not taken back."""
    rows = Entry.objects.filter(exercise=exercise, edition=exercise.edition, is_taken_back=False)
    return rows.exclude(teller=NOBODY)


def said_in(exercise: Exercise) -> list[Said[Any]]:
    """The entries that count, for the tallies, ordered by a hash that tells nothing.

    Whoever is in without a place is called by the name they joined under, not as somebody else spelled it.
    """
    kind = Kind(exercise.kind)
    names = names_joined(exercise.workshop) if kind in _NAMING else {}
    rows = entries_of(exercise).order_by("slot")
    values = rows.values_list("teller", "content", "participant__party_id", "participant__name")
    return [
        Said(teller, as_joined(entry_from_json(kind, text), names), party, name or "")
        for teller, text, party, name in values
    ]


def people_of(workshop: Workshop) -> QuerySet[Party, Party]:
    """The people and customers a workshop speaks of: its team and direct neighbours, or everybody."""
    rows = Party.objects.filter(organization=workshop.organization_id, left_on__isnull=True)
    if workshop.team_id is not None:
        near = HandOff.objects.in_chain().filter(organization=workshop.organization_id)
        given = near.filter(supplier__team=workshop.team_id).values("customer")
        got = near.filter(customer__team=workshop.team_id).values("supplier")
        rows = rows.filter(Q(team=workshop.team_id) | Q(pk__in=given) | Q(pk__in=got) | Q(kind="end_customer"))
    return rows


def parties_known(workshop: Workshop) -> list[Party]:
    """Those of them who are offered to choose from, by name."""
    return list(people_of(workshop).select_related("team").order_by("name", "pk")[:MOST_NAMES])


def party_label(party: Party) -> str:
    """A name with the team, which tells two of one name apart."""
    return f"{party.name} ({party.team.name})" if party.team is not None else party.name


def speaks_of(room: Room) -> QuerySet[Party, Party]:
    """Whom somebody may name by number: the workshop's people, and themselves where an account brought them.

    Everybody else of the organization is a name in words: numbers are not for trying out who is there.
    """
    own = Party.objects.filter(organization=room.workshop.organization_id, pk=room.participant.party_id or 0)
    return people_of(room.workshop) | own.filter(left_on__isnull=True)


def parties_by_words(room: Room) -> dict[str, int]:
    """What somebody may write -> the one party that is meant; a name that two have means neither."""
    found: dict[str, set[int]] = {}
    for pk, name, team in speaks_of(room).values_list("pk", "name", "team__name"):
        for words in (name, f"{name} ({team})"):
            found.setdefault(same_words(words), set()).add(pk)
    return {words: min(keys) for words, keys in found.items() if len(keys) == 1}


def received_by(party: int, workshop: Workshop) -> list[HandOff]:
    """What somebody is handed in the chain, the most work first, then by supplier and deliverable."""
    rows = HandOff.objects.in_chain().filter(organization=workshop.organization_id, customer_id=party)
    return list(rows.select_related("supplier", "customer").order_by("-volume", "supplier__name", "deliverable", "pk"))


def plan_kept(exercise: Exercise) -> CoffeePlan | None:
    """The pairs of this edition; None before they were made."""
    row = Entry.objects.filter(exercise=exercise, edition=exercise.edition, teller=NOBODY).first()
    return None if row is None else from_json(CoffeePlan, row.content)


def plan_keep(exercise: Exercise, plan: CoffeePlan) -> None:
    """Keep the pairs; the exercise's row is held by the caller. Without anybody in the room nothing is kept."""
    workshop = exercise.workshop
    first = None
    if not workshop.is_anonymous:
        first = Participant.objects.filter(workshop=workshop).order_by("pk").first()
        if first is None:
            return
    Entry.objects.create(
        exercise=exercise,
        edition=exercise.edition,
        participant=first,
        slot=_digest("plan", exercise, ""),
        teller=NOBODY,
        content=to_json(plan),
    )


def _who(room: Room) -> str:
    return room.token if room.workshop.is_anonymous else f"participant {room.participant.pk}"


def _digest(what: str, exercise: Exercise, who: str) -> str:
    value = f"{exercise.pk}:{exercise.edition}:{who}"
    return salted_hmac(f"chainmap.workshop.{what}", value, algorithm="sha256").hexdigest()
