"""What the room draws is rated live, by whoever gets it: from the drawing to the round, and what of it counts when."""

from __future__ import annotations

import pytest

from chainmap.access import OPERATOR
from chainmap.domain.exercise_entries import LONGEST_WORDS
from chainmap.models import Entry, Exercise, HandOff, Organization, Party, Rating, Workshop
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.exercise_cards import card_find
from chainmap.services.exercise_entries import EntryRefused
from chainmap.services.exercise_results import result_find, result_kept
from chainmap.services.workshop_after import workshop_summary_find
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_findings import workshop_finding
from chainmap.services.workshop_offers import copy_offers_find
from chainmap.services.workshop_paper import paper_forms_find
from tests.services.exercising import (
    handoff_of,
    make_exercise,
    make_room,
    make_workshop,
    party_of,
    reveal,
    say,
)

pytestmark = pytest.mark.django_db
NOTES = {"supplier_words": "Dan Duval", "customer_words": "Carla Conti", "deliverable": "notes", "volume": 2}


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


@pytest.fixture
def rooms(workshop):
    """Dan, Carla and Bob, each with a phone."""
    return {code: make_room(workshop, party_of(workshop.organization, code), code) for code in ("dan", "carla", "bob")}


def draw_notes(workshop, rooms, *, by=("dan", "carla")):
    """The exercise in which these drew what Dan gives Carla, revealed; and the key of it."""
    exercise = make_exercise(workshop, "draw")
    for code in by:
        say(rooms[code], exercise, NOTES)
    (link,) = result_kept(exercise=reveal(exercise)).links
    return exercise, link.key


def rows_of(room, exercise):
    return card_find(room=room, exercise=exercise).context["rows"]


def share(finding):
    return finding.delivered / finding.created


def closed(workshop):
    Workshop.objects.filter(pk=workshop.pk).update(state="closed", code="")
    workshop.refresh_from_db()
    return workshop


def copied(workshop, actor=OPERATOR, *, without=False):
    """Everything that is offered, copied; ``without``: no drawn hand-off."""
    offers = copy_offers_find(actor=actor, workshop=closed(workshop))
    places = frozenset() if without else frozenset(one.place for one in offers.handoffs if not one.problem)
    raters = frozenset(one.party for one in offers.raters)
    return offers, workshop_copy(actor=actor, workshop=workshop, plan=CopyPlan(offers.mark, places, raters=raters))


# ---- who rates it


def test_whoever_gets_it_rates_it_first_and_nobody_else(workshop, rooms):
    _draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    first, *others = rows_of(rooms["carla"], rate)
    assert (first.handoff, first.is_new, first.title, first.is_kept) == (notes, True, "notes · Dan Duval", False)
    assert "Dan Duval" in first.question
    assert not any(row.is_new for row in others)
    for code in ("dan", "bob"):
        assert notes not in {row.handoff for row in rows_of(rooms[code], rate)}
        with pytest.raises(EntryRefused) as refused:
            say(rooms[code], rate, {"handoff": notes, "score": 5})
        assert refused.value.field == "handoff"
    for wrong in (notes - 1, -1):
        with pytest.raises(EntryRefused):
            say(rooms["carla"], rate, {"handoff": wrong, "score": 5})
    say(rooms["carla"], rate, {"handoff": notes, "score": 4}, "a")
    say(rooms["carla"], rate, {"handoff": notes, "score": 5}, "b")
    assert Entry.objects.get(exercise=rate).version == 2
    assert rows_of(rooms["carla"], rate)[0].is_kept


def test_before_the_reveal_of_the_drawing_there_is_nothing_to_rate(workshop, rooms):
    draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    Exercise.objects.filter(pk=draw.pk).update(state="running")
    assert notes not in {row.handoff for row in rows_of(rooms["carla"], rate)}
    with pytest.raises(EntryRefused):
        say(rooms["carla"], rate, {"handoff": notes, "score": 5})


def test_the_largest_come_first_and_five_are_seen(workshop, rooms):
    organization, bob = workshop.organization, party_of(workshop.organization, "bob")
    for number in range(9):
        HandOff.objects.create(
            organization=organization, supplier=party_of(organization, "dan"), customer=bob,
            deliverable=f"part {number}", volume=number + 20,
        )  # fmt: skip
    rate = make_exercise(workshop, "rate")
    context = card_find(room=rooms["bob"], exercise=rate).context
    assert [row.title for row in context["first"]] == [f"part {number} · Dan Duval" for number in (8, 7, 6, 5, 4)]
    assert context["todo"] == context["first"][0]
    assert {row.handoff for row in context["first"] + context["more"]} == {row.handoff for row in context["rows"]}
    assert len(context["first"] + context["more"]) == len(context["rows"]) > 9
    say(rooms["bob"], rate, {"handoff": context["first"][0].handoff, "score": 5})
    context = card_find(room=rooms["bob"], exercise=rate).context
    assert context["todo"].title == "part 7 · Dan Duval"
    assert [row.title for row in context["more"] if row.is_kept] == ["part 8 · Dan Duval"]


def test_a_paper_form_asks_about_it_too(workshop, rooms):
    draw_notes(workshop, rooms)
    Exercise.objects.filter(workshop=workshop, kind="draw").update(place=1)
    make_exercise(workshop, "rate")
    forms = {
        form.name: repr(form) for form in paper_forms_find(actor=OPERATOR, workshop=workshop, each_person=True).forms
    }
    assert [name for name, said in forms.items() if "notes" in said] == ["Carla Conti"]


# ---- before and after


def test_before_is_the_figure_of_the_chain_page_whatever_was_drawn(workshop, rooms):
    organization = workshop.organization
    page = bottlenecks_find(actor=OPERATOR, organization=organization)
    draw_notes(workshop, rooms)
    assert share(workshop_finding(workshop=workshop)) == pytest.approx(share(page)), "a question moves no figure"
    rate = make_exercise(workshop, "rate")
    say(rooms["bob"], rate, {"handoff": handoff_of(organization, "alice", "bob").pk, "score": 9})
    found = result_kept(exercise=reveal(rate))
    assert found.arrived == pytest.approx(share(page))
    assert found.arrives == pytest.approx(share(workshop_finding(workshop=workshop)))
    said = result_find(workshop=workshop, exercise=rate, hides_names=False).context["note"]
    assert said.startswith(f"Before the workshop it was {round(100 * share(page))} of every 100; with your scores")
    chain = workshop_summary_find(actor=OPERATOR, workshop=workshop).chain
    assert (chain.before, chain.delivered) == (found.arrived, found.arrives)


def test_rated_it_counts_and_the_chain_says_the_same_once_it_is_copied(workshop, rooms, organization):
    page = bottlenecks_find(actor=OPERATOR, organization=organization)
    _draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    say(rooms["carla"], rate, {"handoff": notes, "score": 1, "words": "unreadable"[:LONGEST_WORDS]})
    say(rooms["bob"], rate, {"handoff": handoff_of(organization, "alice", "bob").pk, "score": 9})
    found = result_kept(exercise=reveal(rate))
    assert found.arrived == pytest.approx(share(page))
    assert found.arrives == pytest.approx(share(workshop_finding(workshop=workshop)))
    shown = result_find(workshop=workshop, exercise=rate, hides_names=False).context
    change = next(one for one in shown["changes"] if one.what == "notes")
    assert (change.supplier, change.customer, change.before, change.answers) == (
        "Dan Duval", "Carla Conti", None, "1 score: 1 of 10",
    )  # fmt: skip
    assert "with what you drew and rated" in shown["note"]
    assert shown["texts"][0].about == "notes, from Dan Duval"
    hidden = result_find(workshop=workshop, exercise=rate, hides_names=True).context
    assert not any("Du" in repr(one) or "Conti" in repr(one) for one in hidden["changes"])

    offers, done = copied(workshop)
    assert ([one.is_rated for one in offers.handoffs], offers.has_unrated) == ([True], False)
    assert (done.handoffs, done.ratings, offers.ratings_left) == (1, 2, 0)
    made = HandOff.objects.get(organization=organization, deliverable="notes")
    (given,) = Rating.objects.filter(handoff=made)
    assert (given.rater.code, given.score, given.round) == ("carla", 1, done.round)
    organization.refresh_from_db()
    assert share(bottlenecks_find(actor=OPERATOR, organization=organization)) == pytest.approx(found.arrives)
    # the page of the workshop says what it said
    again = result_find(workshop=workshop, exercise=rate, hides_names=False).context
    assert again["changes"] == shown["changes"]


def test_a_drawn_hand_off_that_is_left_out_takes_its_ratings_along(workshop, rooms, organization):
    _draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    say(rooms["carla"], rate, {"handoff": notes, "score": 1})
    say(rooms["bob"], rate, {"handoff": handoff_of(organization, "alice", "bob").pk, "score": 9})
    reveal(rate)
    _offers, done = copied(workshop, without=True)
    assert (done.handoffs, done.ratings) == (0, 1)
    assert not HandOff.objects.filter(deliverable="notes").exists()


def test_a_drawn_hand_off_that_came_into_the_chain_meanwhile_gets_its_rating(workshop, rooms, organization):
    _draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    say(rooms["carla"], rate, {"handoff": notes, "score": 3})
    reveal(rate)
    ends = {"supplier": party_of(organization, "dan"), "customer": party_of(organization, "carla")}
    made = HandOff.objects.create(organization=organization, **ends, deliverable="Notes", volume=1)
    organization.touch()
    offers, done = copied(workshop)
    assert (offers.handoffs, offers.known, done.ratings) == ((), 1, 1)
    assert Rating.objects.get(round=done.round).handoff == made


@pytest.mark.parametrize("when", ["before the scores are seen", "after"])
def test_what_is_not_drawn_any_more_vanishes_with_its_ratings(workshop, rooms, organization, when):
    draw, notes = draw_notes(workshop, rooms)
    rate = make_exercise(workshop, "rate")
    page = share(bottlenecks_find(actor=OPERATOR, organization=organization))
    say(rooms["carla"], rate, {"handoff": notes, "score": 2, "words": "unreadable"})
    say(rooms["bob"], rate, {"handoff": handoff_of(organization, "carla", "bob").pk, "score": 9})
    if when == "after":
        reveal(rate)
    Exercise.objects.filter(pk=draw.pk).update(state="running", result="")
    if when != "after":
        assert notes not in {row.handoff for row in rows_of(rooms["carla"], rate)}
        reveal(rate)
        assert {link.handoff for link in result_kept(exercise=rate).links} == {
            handoff_of(organization, "carla", "bob").pk
        }
    shown = result_find(workshop=workshop, exercise=rate, hides_names=False).context
    assert [one.what for one in shown["changes"] + shown["more"]] == [
        handoff_of(organization, "carla", "bob").deliverable
    ]
    assert result_kept(exercise=rate).arrived == pytest.approx(page)
    assert workshop_finding(workshop=workshop).delivered is not None
    workshop_summary_find(actor=OPERATOR, workshop=workshop)
    offers, done = copied(workshop)
    assert (offers.handoffs, offers.ratings_left, done.ratings) == ((), 1, 1)


def test_taken_back_by_one_it_stays_while_the_other_drew_it(workshop, rooms):
    draw = make_exercise(workshop, "draw")
    for code in ("dan", "carla"):
        say(rooms[code], draw, NOTES)
    say(rooms["bob"], draw, NOTES | {"deliverable": "aaa"}, "k2")
    keys = {link.deliverable: link.key for link in result_kept(exercise=reveal(draw)).links}
    Exercise.objects.filter(pk=draw.pk).update(state="running", result="", edition=2)
    draw.refresh_from_db()
    say(rooms["carla"], draw, NOTES)
    (link,) = result_kept(exercise=reveal(draw)).links
    assert link.key == keys["notes"]


# ---- a chain drawn from nothing


@pytest.fixture
def empty(db):
    return Organization.objects.create(name="Nothing yet")


def test_a_chain_drawn_from_nothing_is_rated_and_copied(empty):
    """Ann > Ben > Shop: Ben says 8 of the plan. m = .8, so plan and bread .8: of 2 made .8 + .64 arrive."""
    workshop = make_workshop(empty)
    ann, ben = (make_room(workshop, name=name) for name in ("Ann", "Ben"))
    draw = make_exercise(workshop, "draw")
    plan = {"supplier_words": "ann", "customer_words": "Ben", "deliverable": "plan"}
    say(ann, draw, plan)
    say(ben, draw, {"supplier_words": "Ben", "customer_words": "Shop", "deliverable": "bread"})
    reveal(draw)
    rate = make_exercise(workshop, "rate")
    (row,) = rows_of(ben, rate)
    assert row.title == "plan · Ann"
    second = make_room(workshop, name=" BEN")
    for room in (ann, ben, second):
        assert rows_of(room, rate) == [], "of two of one name neither is meant"
        with pytest.raises(EntryRefused):
            say(room, rate, {"handoff": row.handoff, "score": 1})
    second.participant.delete()
    say(ben, rate, {"handoff": row.handoff, "score": 8})
    found = result_kept(exercise=reveal(rate))
    assert (found.arrived, found.arrives) == (None, pytest.approx(0.72))
    shown = result_find(workshop=workshop, exercise=rate, hides_names=True).context
    assert shown["title"] == "Of every 100 units of work we create, 72 reach the end customer"
    assert [(one.supplier, one.customer) for one in shown["changes"]] == [
        ("somebody not in the chain (1)", "somebody not in the chain (2)")
    ]
    (line,) = [one for one in workshop_summary_find(actor=OPERATOR, workshop=workshop).results if "Rate" in one.title]
    assert [(one.label, one.value) for one in line.rows] == [("plan, from Ann to Ben", "8 of 10, counted as 80 of 100")]

    offers, done = copied(workshop)
    assert [(one.name, one.count, one.is_sure) for one in offers.raters] == [("Ben", 1, False)]
    assert (done.handoffs, done.people, done.ratings) == (2, 3, 1)
    given = Rating.objects.get(round=done.round)
    assert (given.handoff.deliverable, given.rater.name, given.score) == ("plan", "Ben", 8)
    empty.refresh_from_db()
    assert share(bottlenecks_find(actor=OPERATOR, organization=empty)) == pytest.approx(0.72)


def test_a_name_in_the_chain_is_nobody_elses(workshop, rooms):
    """Carla is in the chain: who only came under her name rates nothing that is hers."""
    _draw, notes = draw_notes(workshop, rooms)
    guest = make_room(workshop, name="Carla Conti")
    rate = make_exercise(workshop, "rate")
    assert rows_of(guest, rate) == []
    with pytest.raises(EntryRefused):
        say(guest, rate, {"handoff": notes, "score": 1})


def test_without_names_nothing_is_drawn_to_be_rated(organization):
    hidden = make_workshop(organization, "anonymous")
    phones = [make_room(hidden) for _number in range(10)]
    draw = make_exercise(hidden, "draw")
    for number, phone in enumerate(phones):
        say(phone, draw, NOTES | {"deliverable": f"notes {number}"})
    reveal(draw)
    rate = make_exercise(hidden, "rate")
    (row,) = rows_of(phones[0], rate)
    assert row.handoff is None
    with pytest.raises(EntryRefused):
        say(phones[0], rate, {"handoff": -5, "score": 5})
    for phone in phones[:5]:
        say(phone, rate, {"score": 5})
    found = result_kept(exercise=reveal(rate))
    assert (found.answered.is_shown, found.links, found.mean, found.arrives) == (False, (), None, None)
    assert Party.objects.filter(organization=organization).count() > 0
