"""Copying a workshop: what is offered, what becomes of it, once, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.exercise_results import DrawResult, Side
from chainmap.models import (
    Agreement,
    Entry,
    HandOff,
    Notification,
    Organization,
    Participant,
    Party,
    Purpose,
    Rating,
    Round,
    Team,
    Workshop,
)
from chainmap.services import workshop_copy as copying
from chainmap.services.agreements import agreement_answer
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.limits import TooMany
from chainmap.services.own import EditConflict
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_offers import copy_offers_find
from chainmap.services.workshops import WorkshopProblem
from tests.after import (
    SHOWN,
    agreement,
    anonymous_workshop,
    drawn,
    handoff,
    make_workshop,
    open_workshop,
    party,
    revealed,
    say,
    side,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization, people) -> Workshop:
    return open_workshop(organization, people)


def everything(actor, workshop, **others) -> CopyPlan:
    """All that is offered."""
    offers = copy_offers_find(actor=actor, workshop=workshop)
    places = frozenset(one.place for one in offers.handoffs if not one.problem)
    raters = frozenset(one.party for one in offers.raters)
    given = {"handoffs": places, "raters": raters, "agreements": True, "draft": True} | others
    return CopyPlan(offers.mark, **given)


def counts() -> tuple[int, ...]:
    return tuple(
        model._default_manager.count() for model in (HandOff, Party, Rating, Round, Agreement, Notification, Purpose)
    )


# ---- what is offered


def test_drawn_hand_offs_that_are_not_in_the_chain_are_offered(workshop, bob):
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert [(one.supplier, one.customer, one.deliverable, one.named_by) for one in offers.handoffs] == [
        ("Bob Brown", "Alice Adams", "answers", "both"),
        ("Night shift", "Carla Conti", "clean desks", "customer"),
        ("The client", "Alice Adams", "orders", "others"),
    ]
    assert [bool(one.problem) for one in offers.handoffs] == [False, False, True]
    assert "end customer" in offers.handoffs[2].problem
    assert offers.known == 1
    assert [(one.name, one.usual_kind) for one in offers.people] == [("Night shift", "employee")]
    assert offers.claimed == 2  # Carla by her name alone, and the guest


def test_ratings_are_those_of_the_receiving_side_in_the_revealed_edition(workshop, organization, bob):
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert {(one.handoff, one.rater, one.score) for one in offers.ratings} == {
        (handoff(organization, "alice", "bob").pk, party(organization, "bob").pk, 4),
        (handoff(organization, "bob", "carla").pk, party(organization, "carla").pk, 8),
    }
    assert offers.ratings_left == 2  # the guest, and Alice about what Carla receives


def test_only_who_was_signed_in_proposes(workshop, organization, bob, alice):
    offers = copy_offers_find(actor=bob, workshop=workshop)
    (one,) = offers.agreements
    assert (one.proposer, one.other, one.user, one.owner) == ("Alice Adams", "Bob Brown", alice.pk, "me")
    assert offers.agreements_left == 1  # Carla's


@pytest.mark.parametrize("change", ["late", "other_side", "no_account", "no_handoff", "left"])
def test_what_cannot_be_agreed_stays_behind(workshop, organization, bob, alice, change):
    row = Entry.objects.get(exercise__kind="agreements", participant__user=alice)
    row.delete()
    said = {
        "late": agreement(organization, due_on=timezone.localdate() - timedelta(days=1)),
        "other_side": agreement(organization, "bob", "carla"),  # Alice is no side of it
        "no_handoff": agreement(organization, "bob", "alice"),
    }.get(change, agreement(organization))
    say(row.exercise, row.participant, said)
    if change == "no_account":
        Party.objects.filter(code="bob").update(user=None)
    if change == "left":
        Party.objects.filter(code="bob").update(left_on=timezone.localdate())
    assert copy_offers_find(actor=bob, workshop=workshop).agreements == ()


def test_somebody_elses_account_does_not_speak_for_a_party(workshop, organization, bob, people):
    Participant.objects.filter(party__code="alice").update(user=people["erik"])
    assert copy_offers_find(actor=bob, workshop=workshop).agreements == ()


def test_two_of_one_name_are_not_guessed(organization, bob):
    workshop = make_workshop(organization)
    Party.objects.create(organization=organization, code="dan2", name="Dan Duval", kind="employee", capacity=1)
    link = drawn(Side(None, "dan  DUVAL"), side(organization, "alice"), "notes")
    revealed(workshop, DrawResult(SHOWN, (link,)))
    (offer,) = copy_offers_find(actor=bob, workshop=workshop).handoffs
    assert "several of this name" in offer.problem


def test_words_that_name_one_person_are_that_person(organization, bob):
    workshop = make_workshop(organization)
    link = drawn(Side(None, "dan  DUVAL"), side(organization, "alice"), "notes")
    revealed(workshop, DrawResult(SHOWN, (link,)))
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert offers.people == ()
    assert offers.handoffs[0].ends[0].party == party(organization, "dan").pk


def test_volume_is_in_the_unit_of_what_the_supplier_hands_over(organization, bob):
    """Alice: forecast (3) was drawn as 6, so a drawn 4 is 2. Bob: plan (1) alone and nothing of it drawn: middling."""
    workshop = make_workshop(organization)
    alice, carla = side(organization, "alice"), side(organization, "carla")
    bob_side = side(organization, "bob")
    links = (
        drawn(alice, bob_side, "forecast", volume=6.0),
        drawn(alice, bob_side, "news", volume=4.0),
        drawn(bob_side, carla, "minutes", volume=8.0),
        drawn(Side(None, "Porter"), carla, "parcels", volume=3.0),
    )
    revealed(workshop, DrawResult(SHOWN, links))
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert {one.deliverable: one.volume for one in offers.handoffs} == {
        "news": pytest.approx(2.0), "minutes": pytest.approx(1.0), "parcels": pytest.approx(3.0)
    }  # fmt: skip


def test_scores_are_listed_by_who_gave_them_and_how_sure_that_is(workshop, organization, bob):
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert [(one.name, one.count, one.is_sure) for one in offers.raters] == [
        ("Bob Brown", 1, True), ("Carla Conti", 1, False)
    ]  # fmt: skip
    Participant.objects.filter(party__code="bob").update(user=None)  # whoever else had the code
    assert [one.is_sure for one in copy_offers_find(actor=bob, workshop=workshop).raters] == [False, False]


def test_only_the_scores_of_ticked_people_are_copied(workshop, organization, bob):
    only = frozenset({party(organization, "bob").pk})
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, raters=only))
    assert done.ratings == 1
    assert {row.rater.code for row in Rating.objects.filter(round=done.round)} == {"bob"}


def test_scores_of_nobody_make_no_round(workshop, bob):
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, raters=frozenset({10**9})))
    assert (done.ratings, done.round) == (0, None)


# ---- what becomes of it


def test_everything_is_copied_and_enters_the_analysis(workshop, organization, bob):
    before = bottlenecks_find(actor=bob, organization=organization)
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert (done.handoffs, done.people, done.ratings, done.agreements, done.was_so) == (2, 1, 2, 1, False)
    workshop.refresh_from_db()
    assert workshop.is_copied
    assert workshop.round == done.round
    made = HandOff.objects.get(supplier__name="Night shift")
    assert (made.customer.code, made.deliverable, made.is_claim) == ("carla", "clean desks", False)
    assert (made.supplier_says, made.customer_says) == ("", "")  # nobody said so signed in
    assert (made.supplier.kind, made.supplier.team, made.supplier.user) == ("employee", None, None)
    copied = done.round
    assert (copied.name, copied.mode, copied.state) == ("Kitchen table", "open", "closed")
    assert {(row.handoff.deliverable, row.rater.code, row.score) for row in Rating.objects.filter(round=copied)} == {
        ("forecast", "bob", 4.0), ("plan", "carla", 8.0)
    }  # fmt: skip
    after = bottlenecks_find(actor=bob, organization=Organization.objects.get(pk=organization.pk))
    assert len(after.handoffs) == len(before.handoffs) + 2
    yields = {one.deliverable: one.yield_ for one in after.handoffs}
    assert yields["forecast"] < {one.deliverable: one.yield_ for one in before.handoffs}["forecast"]


def test_an_agreement_is_proposed_and_the_other_side_says_yes_itself(workshop, organization, alice, bob):
    workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    made = Agreement.objects.get()
    assert (made.state, made.made_by.code, made.owner.code) == ("proposed", "alice", "alice")
    assert (made.shared_by_supplier, made.shared_by_customer) == (False, False)
    assert Notification.objects.get(agreement=made).party.code == "bob"
    agreement_answer(user=bob, organization=organization, pk=made.pk, answer="yes", version=made.version)
    made.refresh_from_db()
    assert made.state == "agreed"


def test_what_is_not_ticked_is_not_copied(workshop, bob):
    plan = replace(everything(bob, workshop), handoffs=frozenset({0}), raters=frozenset(), agreements=False)
    done = workshop_copy(actor=bob, workshop=workshop, plan=plan)
    assert (done.handoffs, done.people, done.ratings, done.agreements, done.round) == (1, 0, 0, 0, None)
    assert not Party.objects.filter(name="Night shift").exists()


def test_copying_twice_does_nothing_twice(workshop, bob):
    plan = everything(bob, workshop)
    first = workshop_copy(actor=bob, workshop=workshop, plan=plan)
    there = counts()
    again = workshop_copy(actor=bob, workshop=workshop, plan=plan)
    assert (again.was_so, again.round) == (True, first.round)
    assert counts() == there


def test_all_or_nothing(workshop, bob, monkeypatch):
    there = counts()

    def fails(*_args, **_kwargs):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(copying, "_agreements_make", fails)
    with pytest.raises(RuntimeError):
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert counts() == there
    workshop.refresh_from_db()
    assert not workshop.is_copied


def test_the_kind_of_a_new_person_is_the_coachs_to_say(workshop, bob):
    kinds = {0: "end_customer"}
    with pytest.raises(WorkshopProblem, match="nothing leaves an end customer") as refused:
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, kinds=kinds))
    assert refused.value.field == "kind0"
    with pytest.raises(WorkshopProblem, match="Choose what Night shift is"):
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, kinds={0: "ghost"}))
    workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, kinds={0: "external_supplier"}))
    assert Party.objects.get(name="Night shift").kind == "external_supplier"


def test_whoever_only_receives_is_an_end_customer_unless_told_otherwise(organization, bob):
    workshop = make_workshop(organization)
    links = (drawn(side(organization, "carla"), Side(None, "Diners"), "meals"),)
    revealed(workshop, DrawResult(SHOWN, links))
    workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    made = Party.objects.get(name="Diners")
    assert (made.kind, made.capacity) == ("end_customer", 0.0)


def test_a_claim_the_room_drew_is_in_the_chain_and_one_taken_out_comes_back(organization, bob):
    workshop = make_workshop(organization)
    alice, dan = party(organization, "alice"), party(organization, "dan")
    given = {"organization": organization, "supplier": dan, "customer": alice, "volume": 7.0}
    claim = HandOff.objects.create(**given, deliverable="Notes", is_claim=True)
    gone = HandOff.objects.create(**given, deliverable="tips", is_removed=True)
    links = tuple(drawn(Side(dan.pk), Side(alice.pk), what) for what in ("notes", "tips"))
    revealed(workshop, DrawResult(SHOWN, links))
    workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    claim.refresh_from_db()
    assert (claim.is_claim, claim.deliverable, claim.volume) == (False, "Notes", 7.0)
    assert HandOff.objects.filter(pk=gone.pk, volume=7.0).exists()
    assert HandOff.everything.filter(supplier=dan, customer=alice).count() == 2


def test_names_that_are_taken_get_a_number(workshop, organization, bob):
    Round.objects.create(organization=organization, name="Kitchen table")
    Party.objects.create(organization=organization, code="Night shift", name="Other", kind="employee", capacity=1)
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert done.round.name == "Kitchen table (2)"
    assert Party.objects.get(name="Night shift").code == "Night shift (2)"


def test_an_anonymous_workshop_gives_hand_offs_and_a_draft_but_no_rating(organization, bob):
    team = Team.objects.get(organization=organization, name="Planning")
    workshop = anonymous_workshop(organization, team=team)
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert (offers.ratings, offers.agreements, offers.claimed) == ((), (), 0)
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert (done.handoffs, done.ratings) == (1, 0)
    made = done.round
    assert (made.mode, made.state, list(made.teams.all())) == ("anonymous", "draft", [team])
    assert Rating.objects.filter(round=made).count() == 0


def test_the_purpose_is_written_where_it_is_chosen(workshop, organization, bob):
    with pytest.raises(WorkshopProblem, match="none of the sentences"):
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, purpose="Mine"))
    workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop, purpose="Guests go home happier."))
    kept = Purpose.objects.get(organization=organization)
    assert (kept.team, kept.text) == (None, "Guests go home happier.")


# ---- when it cannot be


def test_an_open_workshop_is_not_copied(workshop, bob):
    Workshop.objects.update(state="open")
    with pytest.raises(WorkshopProblem, match="Close it first"):
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))


def test_what_changed_since_it_was_looked_at_is_looked_at_again(workshop, organization, bob):
    plan = everything(bob, workshop)
    Party.objects.filter(code="alice").update(name="Alice Ames")
    with pytest.raises(EditConflict):
        workshop_copy(actor=bob, workshop=workshop, plan=plan)
    assert not Workshop.objects.get(pk=workshop.pk).is_copied


def test_nothing_ticked_copies_nothing(workshop, bob):
    offers = copy_offers_find(actor=bob, workshop=workshop)
    with pytest.raises(WorkshopProblem, match="Nothing is ticked"):
        workshop_copy(actor=bob, workshop=workshop, plan=CopyPlan(offers.mark))
    with pytest.raises(WorkshopProblem, match="Nothing is ticked"):  # a place that cannot be
        workshop_copy(actor=bob, workshop=workshop, plan=CopyPlan(offers.mark, handoffs=frozenset({2, 99})))


def test_only_who_runs_workshops_copies(workshop, people, zoe, bob):
    plan = everything(bob, workshop)
    for name in ("alice", "carla", "dora", "erik"):
        with pytest.raises(PermissionDenied):
            workshop_copy(actor=people[name], workshop=workshop, plan=plan)
        with pytest.raises(PermissionDenied):
            copy_offers_find(actor=people[name], workshop=workshop)
    with pytest.raises(NotFound):
        workshop_copy(actor=zoe, workshop=workshop, plan=plan)


def test_a_proposal_that_is_there_already_is_left_alone(workshop, organization, bob, alice):
    copying._agreements_make(organization, copy_offers_find(actor=bob, workshop=workshop))
    assert copying._agreements_make(organization, copy_offers_find(actor=bob, workshop=workshop)) == 0
    assert Agreement.objects.count() == 1


def test_an_account_that_left_the_house_proposes_nothing(workshop, organization, bob, alice):
    alice.memberships.all().delete()
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert (done.agreements, done.ratings) == (0, 2)


def test_more_than_fits_on_a_form_is_said(organization, bob):
    workshop = make_workshop(organization)
    alice = side(organization, "alice")
    links = tuple(drawn(Side(None, f"New {n}"), alice, "parts", key=-1 - n) for n in range(300))
    revealed(workshop, DrawResult(SHOWN, links))
    offers = copy_offers_find(actor=bob, workshop=workshop)
    assert (len(offers.handoffs), len(offers.people), offers.too_many, offers.known) == (225, 225, 75, 0)
    done = workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert (done.handoffs, done.people) == (225, 225)


def test_somebody_who_agreed_on_too_much_today_is_told_so_and_nothing_is_copied(workshop, bob, monkeypatch):
    def refuses(**_given):
        raise TooMany(timedelta(hours=3))

    monkeypatch.setattr(copying, "agreement_make", refuses)
    there = counts()
    with pytest.raises(WorkshopProblem, match="Alice Adams has proposed as many agreements"):
        workshop_copy(actor=bob, workshop=workshop, plan=everything(bob, workshop))
    assert counts() == there
