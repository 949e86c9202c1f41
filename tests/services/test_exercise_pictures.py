"""What the room drew as a picture: what is new stands out, hidden names stay hidden, and the copy is what was seen."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from chainmap.access import NotFound, PermissionDenied
from chainmap.domain.exercise_results import NamedBy
from chainmap.exports.drawn_words import drawn_json
from chainmap.exports.picture_style import PALETTES
from chainmap.models import HandOff, Workshop
from chainmap.services import exercise_pictures
from chainmap.services.exercise_pictures import drawn_map, drawn_picture
from chainmap.services.exercise_results import result_find
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_findings import drawing_finding
from chainmap.services.workshop_offers import copy_offers_find
from tests.services.exercising import handoff_of, make_exercise, make_room, make_workshop, party_of, reveal, say

pytestmark = pytest.mark.django_db


def draws(workshop, exercise, *said):
    """Each: who says it, from, what, to, how much."""
    rooms = {}
    for place, (who, supplier, what, customer, volume) in enumerate(said):
        if who not in rooms:
            rooms[who] = make_room(workshop, party_of(workshop.organization, who), who)
        sides = {"supplier_words": supplier, "customer_words": customer}
        say(rooms[who], exercise, sides | {"deliverable": what, "volume": volume}, f"k{place}")


def three_new(organization, **fields):
    """One new hand-off drawn by both sides, one by one of them, one by others; and one that is known."""
    workshop = make_workshop(organization, **fields)
    exercise = make_exercise(workshop, "draw")
    known = handoff_of(organization, "alice", "bob").deliverable
    draws(
        workshop, exercise,
        ("dan", "Dan Duval", "notes", "Carla Conti", 4), ("carla", "Dan Duval", "notes", "Carla Conti", 2),
        ("carla", "Carla Conti", "praise of Alice Adams", "Dan Duval", 2),
        ("alice", "Bob Brown", "bread", "Anna's bakery", 2), ("alice", "Alice Adams", known, "Bob Brown", 2),
    )  # fmt: skip
    return workshop, exercise


@pytest.fixture
def drawn(organization):
    workshop, exercise = three_new(organization)
    return workshop, reveal(exercise)


def links(actor, workshop, **asked):
    found, finding, new = drawn_map(actor=actor, workshop=workshop, **{"hides_names": False} | asked)
    data = drawn_json(found, finding, new)
    names = {party["id"]: party["name"] for party in data["parties"]}
    return {
        (names[link["from"]], link["what"], names[link["to"]]): (link.get("drawn"), link.get("drawn_words"))
        for link in data["links"]
    }, str(data)


def test_what_is_new_says_which_sides_drew_it_and_the_rest_says_nothing(drawn, bob):
    found, _data = links(bob, drawn[0])
    new = {link: mark for link, mark in found.items() if mark[0]}
    assert new == {
        ("Dan Duval", "notes", "Carla Conti"): ("both", "new, both"),
        ("Carla Conti", "praise of Alice Adams", "Dan Duval"): ("one", "new, one side"),
        ("Bob Brown", "bread", "Anna's bakery"): ("others", "new"),
    }
    assert len(found) == HandOff.objects.in_chain().count() + 3


def test_the_still_picture_names_the_kinds_and_changes_its_mark_with_what_is_seen(drawn, organization):
    workshop, _exercise = drawn
    picture = drawn_picture(workshop=workshop, hides_names=False)
    assert [key.style for key in picture.legend] == ["both", "one", "others"]
    assert "<svg" in picture.svg
    assert "Anna" in picture.svg
    assert drawn_picture(workshop=workshop, hides_names=True).mark != picture.mark
    assert drawn_picture(workshop=workshop, hides_names=False).mark == picture.mark
    rated = make_exercise(workshop, "rate")
    said = {"handoff": handoff_of(organization, "alice", "bob").pk, "score": 1}
    say(make_room(workshop, party_of(organization, "bob"), "b"), rated, said)
    reveal(rated)
    assert drawn_picture(workshop=workshop, hides_names=False).mark != picture.mark


def test_the_still_picture_marks_what_is_new_and_explains_the_marks(drawn):
    svg = ElementTree.fromstring(drawn_picture(workshop=drawn[0], hides_names=False).svg)
    names = "{http://www.w3.org/2000/svg}"
    new = [group for group in svg.iter(f"{names}g") if "drawn" in group.get("class", "").split()]
    lines = [next(group.iter(f"{names}path")) for group in new]
    assert {line.get("stroke") for line in lines} == {PALETTES["light"].drawn}
    assert len({line.get("stroke-dasharray") for line in lines}) == 3  # whole, dashed, dotted: not by colour alone
    texts = [text.text for text in svg.iter(f"{names}text")]
    assert [text for text in texts if text and text.startswith("new")] != []
    assert [text for text in texts if text and text.startswith("Blue, ")] == [
        "Blue, whole: new, drawn by both sides.",
        "Blue, dashed: new, drawn by one side. Ask the other.",
        "Blue, dotted: new, drawn by others. Ask both.",
    ]


@pytest.mark.parametrize("how", ["asked", "by the coach"])
def test_hidden_names_are_in_no_part_of_the_picture(drawn, bob, how):
    workshop, exercise = drawn
    if how == "by the coach":
        Workshop.objects.filter(pk=workshop.pk).update(hides_names=True)
        workshop.refresh_from_db()
    found, data = links(bob, workshop, hides_names=how == "asked")
    svg = drawn_picture(workshop=workshop, hides_names=True).svg
    for name in ("Alice", "Adams", "Bob Brown", "Carla", "Duval", "The client"):
        assert name not in data
        assert name not in svg
    assert len(found) == HandOff.objects.in_chain().count() + 3
    # nor in the table beside it, which has room for longer words
    table = result_find(workshop=workshop, exercise=exercise, hides_names=True).context["all"]
    ends = {end for row in table for end in (row.supplier, row.customer)}
    assert not [end for end in ends if any(name in end for name in ("Alice", "Bob", "Carla", "Duval", "client"))]


def test_nothing_is_seen_before_the_reveal_nor_without_names_nor_by_others(organization, bob, carla, alice, zoe):
    workshop, exercise = three_new(organization)
    assert drawn_picture(workshop=workshop, hides_names=False) is None
    with pytest.raises(NotFound):
        links(bob, workshop)
    reveal(exercise)
    with pytest.raises(NotFound):
        links(zoe, workshop)
    with pytest.raises(PermissionDenied):
        links(alice, workshop)
    assert links(carla, workshop) == links(bob, workshop)
    hidden = make_workshop(organization, "anonymous")
    asked = make_exercise(hidden, "draw")
    for number in range(10):
        said = {"supplier_words": "Sales", "customer_words": "Post", "deliverable": f"cake {number}"}
        say(make_room(hidden), asked, said)
    found = result_find(workshop=hidden, exercise=reveal(asked), hides_names=False)
    assert "picture" not in found.context
    assert len(found.context["all"]) == 10
    with pytest.raises(NotFound):
        links(bob, hidden)


def test_of_a_large_chain_those_around_what_is_new_are_shown(drawn, bob, monkeypatch):
    workshop, _exercise = drawn
    whole, finding, new = drawn_map(actor=bob, workshop=workshop, hides_names=False)
    monkeypatch.setattr(exercise_pictures, "MOST_PEOPLE", 3)
    part, _finding, _new = drawn_map(actor=bob, workshop=workshop, hides_names=False)
    shown = {party.id for party in part.parties}
    ends = {end for one in finding.handoffs if one.key in new for end in (one.supplier, one.customer)}
    assert {party.key for party in finding.parties if party.id in ends} <= shown
    assert "Paper mill" in {party.name for party in whole.parties} - {party.name for party in part.parties}
    assert {link.id for link in part.links} >= set(new)
    assert set(new.values()) == {NamedBy.BOTH, NamedBy.SUPPLIER, NamedBy.OTHERS}


@pytest.mark.parametrize("of_team", [False, True])
def test_a_volume_after_copying_is_the_one_the_room_saw(organization, bob, of_team):
    """Dan's own hand-offs are in hours, some of them outside the workshop's part of the chain."""
    for customer, volume in (("bob", 300), ("carla", 40)):
        ends = {"supplier": party_of(organization, "dan"), "customer": party_of(organization, customer)}
        HandOff.objects.create(organization=organization, **ends, deliverable="hours", volume=volume)
    organization.touch()
    workshop, exercise = three_new(organization, team=party_of(organization, "bob").team if of_team else None)
    draws(
        workshop, exercise, ("bob", "Dan Duval", "hours", "Bob Brown", 6), ("bob", "Bob Brown", "toast", "Dan Duval", 9)
    )
    reveal(exercise)
    finding = drawing_finding(workshop=workshop)
    seen = {handoff.deliverable: handoff.volume for handoff in finding.handoffs if handoff.key < 0}
    assert seen["notes"] == pytest.approx(3 * 300 / 6)
    Workshop.objects.filter(pk=workshop.pk).update(state="closed", code="")
    workshop.refresh_from_db()
    offers = copy_offers_find(actor=bob, workshop=workshop)
    workshop_copy(actor=bob, workshop=workshop, plan=CopyPlan(offers.mark, frozenset(o.place for o in offers.handoffs)))
    copied = HandOff.objects.filter(organization=organization, deliverable__in=seen)
    assert dict(copied.values_list("deliverable", "volume")) == pytest.approx(seen)
    assert len(seen) == 4
