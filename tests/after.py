"""Workshops of Acme that are over, as a coach left them: frozen results and what was said, without running a room.

In the open one everybody sat: Alice (signed in with her account), Bob (signed in), Carla by her name alone, and a guest
who is nobody in the chain.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from chainmap.domain.exercise_entries import AgreementEntry, RateEntry, entry_to_json
from chainmap.domain.exercise_results import (
    AgreementSaid,
    AgreementShown,
    AgreementsResult,
    Answered,
    ClientResult,
    CoffeeResult,
    DrawnLink,
    DrawResult,
    MomentsResult,
    MomentText,
    NamedBy,
    NamedClient,
    PairShown,
    PurposeResult,
    RatedLink,
    RateResult,
    Result,
    Shown,
    Side,
    Text,
    result_to_json,
)
from chainmap.domain.moments import Moment
from chainmap.domain.release import Clip
from chainmap.models import Entry, Exercise, HandOff, Organization, Participant, Party, Workshop

SHOWN = Answered(Shown.SHOWN, 4, None)
TOO_FEW = Answered(Shown.TOO_FEW, None, None)
BAND = Answered(Shown.SHOWN, None, "8-12")
KINDS = {
    ClientResult: "client",
    DrawResult: "draw",
    RateResult: "rate",
    MomentsResult: "moments",
    PurposeResult: "purpose",
    CoffeeResult: "coffee",
    AgreementsResult: "agreements",
}


def in_a_week() -> date:
    return timezone.localdate() + timedelta(days=7)


def party(organization: Organization, code: str) -> Party:
    return Party.objects.get(organization=organization, code=code)


def handoff(organization: Organization, supplier: str, customer: str) -> HandOff:
    return HandOff.objects.get(organization=organization, supplier__code=supplier, customer__code=customer)


def side(organization: Organization, code: str) -> Side:
    return Side(party(organization, code).pk)


def make_workshop(organization: Organization, **fields: object) -> Workshop:
    """A closed one of the whole organization."""
    values = {"name": "Kitchen table", "state": "closed", "closed_on": timezone.localdate()} | fields
    return Workshop.objects.create(organization=organization, **values)


def revealed(workshop: Workshop, result: Result, state: str = "done") -> Exercise:
    """An exercise with its frozen result."""
    return Exercise.objects.create(
        workshop=workshop,
        kind=KINDS[type(result)],
        place=workshop.exercises.count() + 1,
        state=state,
        result=result_to_json(result),
    )


def drawn(
    supplier: Side, customer: Side, what: str, *, key: int = -1, volume: float = 2.0, by: NamedBy | None = NamedBy.BOTH
) -> DrawnLink:
    return DrawnLink(key, supplier, customer, what, volume, by)


def say(exercise: Exercise, participant: Participant | None, entry: object, **fields: object) -> Entry:
    """What somebody said in it."""
    return Entry.objects.create(
        exercise=exercise,
        participant=participant,
        slot=secrets.token_hex(32),
        teller=secrets.token_hex(32),
        content=entry_to_json(entry),
        **fields,
    )


def rates(organization: Organization, **fields: object) -> RateResult:
    """The room rated the forecast 4 and the plan 8: 41 of every 100 arrive."""
    values: dict[str, object] = {
        "links": (
            RatedLink(handoff(organization, "alice", "bob").pk, 4.0, 1, 0.6, 0.45, 0.8, 0.5),
            RatedLink(handoff(organization, "bob", "carla").pk, 8.0, 1, None, 0.8, 0.2, 0.1),
        ),
        "created": 4.0,
        "before": 2.0,
        "after": 1.64,
        "mean": None,
        "clip": Clip.NONE,
        "reasons": (),
        "texts": (),
    }
    return RateResult(SHOWN, **(values | fields))


def agreements(organization: Organization, *, said: AgreementSaid = AgreementSaid.BOTH) -> AgreementsResult:
    sides = side(organization, "alice"), side(organization, "bob")
    shown = AgreementShown(*sides, "The forecast comes on Friday.", in_a_week(), said, NamedBy.SUPPLIER)
    return AgreementsResult(SHOWN, (shown,))


def open_workshop(organization: Organization, people: Mapping[str, object], **fields: object) -> Workshop:
    """An open-mode workshop with results of six exercises and the entries behind ratings and agreements."""
    workshop = make_workshop(organization, **fields)
    alice, bob, carla = (party(organization, code) for code in ("alice", "bob", "carla"))
    Party.objects.filter(pk=bob.pk).update(user=people["bob"])
    room = {
        "alice": Participant.objects.create(workshop=workshop, party=alice, user=people["alice"], name="Alice"),
        "bob": Participant.objects.create(workshop=workshop, party=bob, user=people["bob"], name="Bob"),
        "carla": Participant.objects.create(workshop=workshop, party=carla, name="Carla"),
        "guest": Participant.objects.create(workshop=workshop, name="Guest"),
    }
    named = NamedClient(Side(bob.pk), 3, None), NamedClient(Side(None, "The market"), 1, None)
    revealed(workshop, ClientResult(SHOWN, named, 2, 3, Side(bob.pk)))
    links = (
        drawn(Side(alice.pk), Side(bob.pk), "forecast", key=handoff(organization, "alice", "bob").pk, volume=6.0),
        drawn(Side(bob.pk), Side(alice.pk), "answers", volume=2.0),
        drawn(Side(None, "Night shift"), Side(carla.pk), "clean desks", key=-2, by=NamedBy.CUSTOMER),
        drawn(side(organization, "client"), Side(alice.pk), "orders", key=0, by=NamedBy.OTHERS),
    )
    revealed(workshop, DrawResult(SHOWN, links))
    rate = revealed(workshop, rates(organization))
    say(rate, room["bob"], RateEntry(handoff(organization, "alice", "bob").pk, 4, None, ""))
    say(rate, room["carla"], RateEntry(handoff(organization, "bob", "carla").pk, 8, None, ""))
    say(rate, room["guest"], RateEntry(handoff(organization, "bob", "carla").pk, 1, None, ""))
    say(rate, room["alice"], RateEntry(handoff(organization, "bob", "carla").pk, 2, None, ""))
    say(rate, room["carla"], RateEntry(handoff(organization, "alice", "carla").pk, 3, None, ""), is_taken_back=True)
    say(rate, room["carla"], RateEntry(handoff(organization, "alice", "carla").pk, 5, None, ""), edition=7)
    moment = MomentText(Moment.MAGIC, "They stayed late for us.", None)
    revealed(workshop, MomentsResult(SHOWN, 3, 1, 3.0, 0, True, None, (moment,)))
    pair = PairShown(alice.pk, bob.pk, handoff(organization, "alice", "bob").pk, 0.5, ())
    revealed(workshop, CoffeeResult(SHOWN, (pair,), 2, True, ()))
    revealed(workshop, PurposeResult(SHOWN, (Text("Guests go home happier."), Text("Warm bread for everybody."))))
    agreed = revealed(workshop, agreements(organization))
    say(agreed, room["alice"], agreement(organization))
    say(agreed, room["carla"], agreement(organization, "carla", "bob", "Questions go to one desk."))
    return workshop


def agreement(
    organization: Organization, supplier: str = "alice", customer: str = "bob", sentence: str = "", **fields: object
) -> AgreementEntry:
    return AgreementEntry(
        party(organization, supplier).pk,
        "",
        party(organization, customer).pk,
        "",
        sentence or "The forecast comes on Friday.",
        **({"due_on": in_a_week()} | fields),
    )


def anonymous_workshop(organization: Organization, **fields: object) -> Workshop:
    """A workshop without names: one result that may be shown and one that may not."""
    workshop = make_workshop(organization, mode="anonymous", **fields)
    for _number in range(10):
        Participant.objects.create(workshop=workshop)
    links = (drawn(side(organization, "bob"), side(organization, "alice"), "answers", by=None),)
    revealed(workshop, DrawResult(BAND, links))
    revealed(workshop, PurposeResult(TOO_FEW, ()))
    mean = {"links": (), "created": None, "before": None, "after": None, "mean": 5.5}
    rate = revealed(workshop, RateResult(BAND, **({"clip": Clip.NONE, "reasons": (), "texts": ()} | mean)))
    for score in range(9):
        say(rate, None, RateEntry(None, score, None, "CANARY said"))
    return workshop
