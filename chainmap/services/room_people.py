"""Who is in an open workshop, for its coach, who may put somebody out. Without names nobody is listed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.roles import Action
from chainmap.models import Entry, Participant, Phone, Workshop
from chainmap.services.joining import place_lose
from chainmap.services.workshops import workshop_held, workshop_touch


@dataclass(frozen=True, slots=True)
class PersonIn:
    """Somebody who is in. ``place``: who they are in the chain, "" for nobody of it."""

    pk: int
    name: str
    place: str
    has_account: bool
    phones: int  # that are let in


def people_in_room(*, actor: User | Operator, workshop: Workshop) -> list[PersonIn]:
    """Whoever has a phone in the room, by name; nobody without names. Raises NotFound, PermissionDenied."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    if workshop.is_anonymous:
        return []
    rows = (
        Participant.objects.filter(workshop=workshop, phones__is_let_in=True)
        .select_related("party")
        .annotate(count=Count("phones"))
        .order_by(F("name").asc(), "pk")
    )
    return [
        PersonIn(
            row.pk,
            row.name,
            row.party.name if row.party is not None else "",
            row.user_id is not None,
            row.count,
        )
        for row in rows
    ]


def person_put_out(*, actor: User | Operator, workshop: Workshop, participant: int) -> None:
    """Somebody's phones and what they said in the running exercise go; what was revealed stays as it was shown.

    Their place in the chain is free again. They may join anew, by the code. Raises NotFound for somebody of another
    workshop, without names, and where nobody of this number is in any more.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        rows = Participant.objects.filter(workshop=held, pk=participant, phones__isnull=False)
        found = rows.distinct().first()
        if found is None or held.is_anonymous:
            raise NotFound
        Phone.objects.filter(participant=found).delete()
        now = {"participant": found, "exercise": held.current_id, "edition": F("exercise__edition")}
        Entry.objects.filter(**now, exercise__result="").delete()
        if not Entry.objects.filter(participant=found).exists():
            found.delete()
        elif found.user_id is None and found.party_id is not None:
            place_lose(found)
        workshop_touch(held)
