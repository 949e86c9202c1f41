"""A room that draws its chain from nothing: nobody has a place, and all the same people talk and agree by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.exercise_results import AgreementSaid
from chainmap.models import Agreement, Organization, Workshop
from chainmap.services.exercise_answers import proposal_answer
from chainmap.services.exercise_asking import proposals_to
from chainmap.services.exercise_cards import card_find
from chainmap.services.exercise_guests import guests_of, person_of
from chainmap.services.exercise_results import result_find, result_kept
from chainmap.services.workshop_after import workshop_summary_find
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_offers import copy_offers_find
from tests.services.exercising import make_exercise, make_room, make_workshop, reveal, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop(Organization.objects.create(name="Corner Bakery"))


@pytest.fixture
def rooms(workshop):
    return {name: make_room(workshop, name=name) for name in ("Anna", "Ben", "Cleo", "Dora")}


def draw(workshop, rooms):
    """Anna gives Ben flour, Ben gives Cleo dough, Cleo gives the café bread."""
    exercise = make_exercise(workshop, "draw")
    for one, what, other in (("Anna", "flour", "Ben"), ("Ben", "dough", "Cleo"), ("Cleo", "bread", "Café Sun")):
        say(rooms[one], exercise, {"supplier_words": one, "customer_words": other, "deliverable": what, "volume": 1})
    reveal(exercise)


def promise(**other):
    said = {
        "supplier_words": "Anna",
        "customer_words": " ben",
        "sentence": "By noon",
        "due_on": (timezone.localdate() + timedelta(days=14)).isoformat(),
    }
    return said | other


def test_a_guest_is_known_by_the_name_nobody_else_came_under(workshop, rooms):
    assert set(guests_of(workshop)) == {"anna", "ben", "cleo", "dora"}
    assert person_of(rooms["Ben"]) == -rooms["Ben"].participant.pk
    twin = make_room(workshop, name="BEN")
    assert "ben" not in guests_of(workshop)
    assert person_of(twin) is person_of(rooms["Ben"]) is None


def test_the_other_phone_is_asked_and_its_yes_counts(workshop, rooms):
    exercise = make_exercise(workshop, "agreements")
    say(rooms["Anna"], exercise, promise())
    assert [len(proposals_to(room=rooms[name], exercise=exercise)) for name in rooms] == [0, 1, 0, 0]
    (asked,) = proposals_to(room=rooms["Ben"], exercise=exercise)
    proposal_answer(room=rooms["Ben"], exercise=exercise.pk, mark=asked.mark, answer="yes")
    (found,) = result_kept(exercise=reveal(exercise)).agreements
    assert found.said == AgreementSaid.BOTH


def test_nobody_promises_for_another_by_coming_under_the_same_name(workshop, rooms):
    exercise = make_exercise(workshop, "agreements")
    say(make_room(workshop, name="Ben "), exercise, promise())
    (asked,) = proposals_to(room=rooms["Anna"], exercise=exercise)
    proposal_answer(room=rooms["Anna"], exercise=exercise.pk, mark=asked.mark, answer="yes")
    (found,) = result_kept(exercise=reveal(exercise)).agreements
    assert (str(found.named_by), found.said == AgreementSaid.BOTH) == ("others", False)


def test_without_a_yes_it_is_open_and_somebody_who_is_not_in_was_not_asked(workshop, rooms):
    exercise = make_exercise(workshop, "agreements")
    say(rooms["Anna"], exercise, promise())
    say(rooms["Anna"], exercise, promise(customer_words="Zoe", sentence="By night"), key="k2")
    said = {one.sentence: one.said for one in result_kept(exercise=reveal(exercise)).agreements}
    assert said == {"By noon": AgreementSaid.OPEN, "By night": AgreementSaid.NOT_ASKED}


def test_coffee_pairs_come_from_what_the_room_drew(workshop, rooms):
    draw(workshop, rooms)
    exercise = make_exercise(workshop, "coffee")
    cards = {name: card_find(room=room, exercise=exercise).context for name, room in rooms.items()}
    paired = {name: card["pair"] for name, card in cards.items() if card["pair"]}
    assert len(paired) in (2, 3)
    assert "Ben" in paired, "he is in both hand-offs between people of the room"
    assert cards["Dora"]["pair"] is None
    assert [people for people, _reason in cards["Dora"]["pairs"]], "whoever drew nothing sees who could talk"
    shown = result_find(workshop=workshop, exercise=reveal(exercise), hides_names=False)
    assert shown.title == "1 conversation that would bring our customers most"
    (pair,) = shown.context["pairs"]
    assert {pair.supplier, pair.customer} <= {"Anna", "Ben", "Cleo"}
    assert "Nobody has rated it yet." in pair.reason
    (kept,) = workshop_summary_find(actor=OPERATOR, workshop=workshop).coffee
    assert {kept.one, kept.other} == {pair.supplier, pair.customer}
    hidden = result_find(workshop=workshop, exercise=exercise, hides_names=True)
    assert not {hidden.context["pairs"][0].supplier, hidden.context["pairs"][0].customer} & set(rooms)


def test_everybody_is_called_as_they_joined_and_not_as_somebody_else_spelled_it(workshop, rooms):
    exercise = make_exercise(workshop, "draw")
    flour = {"supplier_words": "ANNA", "customer_words": " ben", "deliverable": "flour", "volume": 1}
    say(rooms["Cleo"], exercise, flour)
    say(rooms["Dora"], exercise, flour | {"customer_words": "café sun", "deliverable": "cake"})
    links = result_kept(exercise=reveal(exercise)).links
    assert {(one.supplier.words, one.customer.words) for one in links} == {("Anna", "Ben"), ("Anna", "café sun")}
    asked = make_exercise(workshop, "agreements")
    say(rooms["Anna"], asked, promise(supplier_words="anna"))
    (found,) = result_kept(exercise=reveal(asked)).agreements
    assert (found.supplier.words, found.customer.words) == ("Anna", "Ben")


def offers_after(workshop, rooms, *promises):
    """The evening is over: what can be copied, once these were written down."""
    draw(workshop, rooms)
    exercise = make_exercise(workshop, "agreements")
    for number, (who, said) in enumerate(promises):
        say(rooms[who], exercise, said, key=f"k{number}")
    reveal(exercise)
    Workshop.objects.filter(pk=workshop.pk).update(state="closed", code="")
    workshop.refresh_from_db()
    return copy_offers_find(actor=OPERATOR, workshop=workshop)


def test_two_who_are_new_take_their_agreement_into_the_organization_with_their_hand_off(workshop, rooms):
    offers = offers_after(workshop, rooms, ("Ben", promise()))
    (offer,) = offers.agreements
    assert (offer.proposer, offer.other, offer.owner, offers.agreements_left) == ("Ben", "Anna", "other", 0)
    places = frozenset(one.place for one in offers.handoffs)
    done = workshop_copy(actor=OPERATOR, workshop=workshop, plan=CopyPlan(offers.mark, places, agreements=True))
    made = Agreement.objects.get()
    assert (done.agreements, made.state, made.sentence) == (1, "proposed", "By noon")
    assert (made.made_by.name, made.owner.name, made.handoff.deliverable) == ("Ben", "Anna", "flour")


def test_without_their_hand_off_it_stays_on_the_page_of_results(workshop, rooms):
    offers = offers_after(workshop, rooms, ("Ben", promise()))
    places = frozenset(one.place for one in offers.handoffs if one.deliverable != "flour")
    done = workshop_copy(actor=OPERATOR, workshop=workshop, plan=CopyPlan(offers.mark, places, agreements=True))
    assert (done.agreements, Agreement.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("who", "other"),
    [
        ("Dora", {}),  # no side of it
        ("Ben", {"customer_words": "Dora", "supplier_words": "Ben"}),  # nothing was drawn between the two
    ],
)
def test_what_no_side_wrote_or_no_hand_off_carries_is_not_offered(workshop, rooms, who, other):
    offers = offers_after(workshop, rooms, (who, promise(**other)))
    assert (offers.agreements, offers.agreements_left) == ((), 1)


@pytest.mark.parametrize(("answer", "title", "told"), [("", "0 agreed, 1 still", True), ("yes", "1 agreed, 0", False)])
def test_why_an_agreement_is_open_stands_below_the_headline(workshop, rooms, answer, title, told):
    exercise = make_exercise(workshop, "agreements")
    say(rooms["Anna"], exercise, promise())
    (asked,) = proposals_to(room=rooms["Ben"], exercise=exercise)
    if answer:
        proposal_answer(room=rooms["Ben"], exercise=exercise.pk, mark=asked.mark, answer=answer)
    shown = result_find(workshop=workshop, exercise=reveal(exercise), hides_names=False).context
    assert title in shown["title"]
    assert ("a yes is still missing" in shown["note"]) is told
