"""A company large enough for protected rounds, and how its people answer.

Three teams of eight. Everybody in Red hands a "spec" to two people in Blue, everybody in Blue a "part" to two people in
Green, everybody in Green a "parcel" to two people in Red and a "delivery" to the client::

    Red ──spec──> Blue ──part──> Green ──delivery──> client
     ^──────────────parcel─────────┘
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.models import Answer, Ask, HandOff, Organization, Party, Round, SealedAnswer, Team
from chainmap.services.answers import _slot, answers_find
from chainmap.services.ballots import BallotKey, answer_save
from chainmap.services.rounds import RoundPlan, round_close, round_create, round_open

SIZE = 8
TEAMS = ("Red", "Blue", "Green")


def make_crowd(name: str = "Crowd", *, size: int = SIZE, with_mail: bool = False) -> Organization:
    """The company above; party codes are red0, red1, ... and client. ``with_mail``: all but the client have mail."""
    organization = Organization.objects.create(name=name)
    people = {}
    for team in TEAMS:
        row = Team.objects.create(organization=organization, name=team)
        for number in range(size):
            code = f"{team.lower()}{number}"
            people[code] = Party(
                organization=organization,
                code=code,
                name=f"{team} {number}",
                team=row,
                capacity=1.0,
                email=f"{code}@example.com" if with_mail else "",
            )
    people["client"] = Party(
        organization=organization, code="client", name="The client", kind="end_customer", capacity=0.0
    )
    Party.objects.bulk_create(people.values())
    ends = [
        (f"{giving}{number}", f"{taking}{(number + step) % size}", deliverable)
        for giving, taking, deliverable in (
            ("red", "blue", "spec"), ("blue", "green", "part"), ("green", "red", "parcel")
        )
        for number in range(size)
        for step in (0, 1)
    ]  # fmt: skip
    ends += [(f"green{number}", "client", "delivery") for number in range(size)]
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=people[one], customer=people[other], deliverable=deliverable)
        for one, other, deliverable in ends
    )
    return organization


def make_round(organization: Organization, mode: str, *, opened: bool = True, **plan: object) -> Round:
    """A round with that mode, opened unless told otherwise."""
    plan = {"name": f"Round {mode}", "mode": mode, **plan}
    made = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(**plan))
    return round_open(actor=OPERATOR, round=made) if opened else made


def save(round: Round, ask: Ask, card: Card) -> None:
    """One answer as a person gives it, whatever was answered before."""
    version = answers_find(round=round, asks=[ask.pk])[ask.pk].version
    key = BallotKey(round, ask.rater)
    answer_save(key=key, ask=ask.pk, card=card, version=version, client_id=str(uuid.uuid4()))


def answer_all(round: Round, card_of: Callable[[Ask], Card | None]) -> None:
    """Everybody asked answers what ``card_of`` says, in one go; None answers nothing."""
    round = Round.objects.get(pk=round.pk)
    is_sealed = round.mode == Round.Mode.ANONYMOUS
    rows = {
        row.slot if is_sealed else row.ask_id: row
        for row in (SealedAnswer.objects.filter(round=round) if is_sealed else Answer.objects.filter(ask__round=round))
    }
    for ask in Ask.objects.filter(round=round).select_related("rater", "handoff__supplier").order_by("pk"):
        card = card_of(ask)
        if card is None:
            continue
        row = rows[_slot(round, ask.pk) if is_sealed else ask.pk]
        row.score, row.marks, row.texts = card.to_row()
        row.saves = f"{int(row.saves) + 1:06d}"
        row.given_in = round.version  # of signed answers only
    fields = ["score", "marks", "texts", "saves"] + ([] if is_sealed else ["given_in"])
    (SealedAnswer if is_sealed else Answer).objects.bulk_update(rows.values(), fields)


def close(round: Round) -> Round:
    """Close at once, as the operator may."""
    return round_close(actor=OPERATOR, round=Round.objects.get(pk=round.pk))
