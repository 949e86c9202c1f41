"""A workshop through the services of every part: joined by phone, drawn, rated, agreed, revealed, closed, copied."""

from __future__ import annotations

import pytest

from chainmap.models import Agreement, Exercise, HandOff, Party, Rating
from chainmap.services.exercise_entries import entry_save
from chainmap.services.exercise_results import result_find
from chainmap.services.joining import join, participant_of
from chainmap.services.workshop_after import after_find, after_link_make, workshop_summary_find
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_offers import copy_offers_find
from chainmap.services.workshop_screens import phone_screen
from chainmap.services.workshop_steps import step_do
from chainmap.services.workshops import WorkshopPlan, workshop_close, workshop_create, workshop_find, workshop_open
from tests.after import handoff, in_a_week, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(organization, people, bob):
    """An open workshop, and Alice (her account), Bob (his) and Carla (by her name) in it."""
    Party.objects.filter(organization=organization, code="bob").update(user=bob)
    made = workshop_create(actor=bob, organization=organization, plan=WorkshopPlan("All of us"))
    opened = workshop_open(actor=bob, workshop=made)
    given = {"code": opened.code, "address": "127.0.0.1"}
    tokens = {
        "alice": join(**given, user=people["alice"]).token,
        "bob": join(**given, user=bob).token,
        "carla": join(**given, name="Carla", party=party(organization, "carla").pk).token,
    }
    return opened, tokens


def run(bob, workshop, tokens, kind, said):
    """Start an exercise, let everybody say theirs, reveal it."""
    row = Exercise.objects.get(workshop=workshop, kind=kind)

    def step(name):
        found = workshop_find(actor=bob, organization=workshop.organization, pk=workshop.pk)
        step_do(actor=bob, workshop=found, step=name, version=found.version, exercise=row.pk)

    step("start")
    for number, (who, data) in enumerate(said):
        place = participant_of(workshop=workshop.pk, token=tokens[who])
        entry_save(room=place, exercise=row.pk, key=f"k{number}", data=data)
    step("reveal")
    row.refresh_from_db()
    return row


def test_from_the_room_to_the_round(room, organization, bob):
    workshop, tokens = room
    keys = {code: party(organization, code).pk for code in ("alice", "bob", "carla")}
    forecast, plan = handoff(organization, "alice", "bob").pk, handoff(organization, "bob", "carla").pk
    answers = {"supplier": keys["bob"], "customer": keys["alice"], "deliverable": "answers"}
    run(bob, workshop, tokens, "draw", [("alice", answers), ("bob", answers)])
    scores = [("bob", {"handoff": forecast, "score": 2}), ("carla", {"handoff": plan, "score": 9})]
    rated = run(bob, workshop, tokens, "rate", scores)
    promise = {"supplier": keys["alice"], "customer": keys["bob"], "sentence": "It comes on Friday."}
    promise |= {"due_on": in_a_week().isoformat()}
    run(bob, workshop, tokens, "agreements", [("alice", promise)])

    address = after_link_make(actor=bob, workshop=workshop)
    workshop = workshop_close(actor=bob, workshop=workshop)
    for token in tokens.values():
        screen = phone_screen(participant_of(workshop=workshop.pk, token=token))
        assert (screen.kind, screen.after) == ("closed", address)

    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert after_find(token=address.strip("/").split("/")[1]) == found
    shown = result_find(workshop=workshop, exercise=rated, hides_names=False)
    assert shown.title in {result.finding for result in found.results}
    assert [line.what for line in found.agreements] == ["It comes on Friday."]
    assert found.chain is not None
    assert found.chain.delivered < found.chain.before

    offers = copy_offers_find(actor=bob, workshop=workshop)
    places = frozenset(one.place for one in offers.handoffs)
    raters = frozenset(one.party for one in offers.raters)
    done = workshop_copy(
        actor=bob, workshop=workshop, plan=CopyPlan(offers.mark, places, raters=raters, agreements=True)
    )
    assert (done.handoffs, done.ratings, done.agreements) == (1, 2, 1)
    assert HandOff.objects.filter(deliverable="answers", supplier=keys["bob"], customer=keys["alice"]).exists()
    assert set(Rating.objects.filter(round=done.round).values_list("handoff_id", "score")) == {
        (forecast, 2.0), (plan, 9.0)
    }  # fmt: skip
    assert Agreement.objects.get().made_by.code == "alice"
